import type { CredentialInfo } from '../../src/auth-modes/index.ts';
import type { Services } from '../context.ts';
import { listLoader } from '../loaders.ts';

/** Credentials by user. Auth modes need no loader: they are columns of the user. */
export const authModeLoaders = ({ credentials }: Services) => ({
  credentialsOfUser: () => listLoader<CredentialInfo>((tenantId, userIds) => credentials.ofUsers(tenantId, userIds)),
});
