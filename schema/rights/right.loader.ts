import type { Right } from '../../src/rights/index.ts';
import type { Services } from '../context.ts';
import { listLoader } from '../loaders.ts';

export const rightLoaders = ({ rights }: Services) => ({
  /** What users may do, at most 1,000 rights each. */
  rightsOfUser: () => listLoader<Right>((tenantId, userIds) => rights.ofUsers(tenantId, userIds)),
  /** Who may do what on users. */
  rightsOnUser: () => listLoader<Right>((tenantId, userIds) => rights.onUsers(tenantId, userIds)),
});
