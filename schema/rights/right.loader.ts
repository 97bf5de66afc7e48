import type { Right } from '../../src/rights/index.ts';
import type { Services } from '../context.ts';
import { listLoader } from '../loaders.ts';

export const rightLoaders = ({ rights }: Services) => ({
  /** Rights that users hold, at most 1,000 each. */
  rightsOfUser: () => listLoader<Right>((tenantId, userIds) => rights.ofUsers(tenantId, userIds)),
  /** Rights that are held on users. */
  rightsOnUser: () => listLoader<Right>((tenantId, userIds) => rights.onUsers(tenantId, userIds)),
});
