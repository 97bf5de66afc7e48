import type { CredentialInfo, SecurityQuestion } from '../../src/auth-modes/index.ts';
import type { Services } from '../context.ts';
import { listLoader, rowLoader } from '../loaders.ts';

/** Credentials and security questions by user. Auth modes need no loader: they are columns of the user. */
export const authModeLoaders = ({ credentials, securityQuestionStore }: Services) => ({
  credentialsOfUser: () => listLoader<CredentialInfo>((tenantId, userIds) => credentials.ofUsers(tenantId, userIds)),
  securityQuestionOfUser: () =>
    rowLoader<SecurityQuestion>((tenantId, userIds) => securityQuestionStore.findMany(tenantId, userIds)),
});
