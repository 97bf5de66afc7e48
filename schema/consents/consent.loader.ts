import type { ConsentRow } from '../../src/consents/index.ts';
import type { Services } from '../context.ts';
import { listLoader } from '../loaders.ts';

export const consentLoaders = ({ consentStore }: Services) => ({
  /** The consents of users, at most one per client each. */
  consentsOfUser: () => listLoader<ConsentRow>((tenantId, userIds) => consentStore.ofUsers(tenantId, userIds)),
});
