import type { ConsentRow } from '../../src/consents/index.ts';
import { listLoader } from '../loading.ts';

/** The consents of users, at most one per client each. */
export const consentsOfUser = listLoader<ConsentRow>(({ consents }, tenantId, userIds) =>
  consents.ofUsers(tenantId, userIds),
);
