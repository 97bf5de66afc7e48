import type { Right } from '../../src/rights/index.ts';
import { listLoader } from '../loading.ts';

/** Rights that users hold, at most 1,000 each. */
export const rightsOfUser = listLoader<Right>(({ rights }, tenantId, userIds) => rights.ofUsers(tenantId, userIds));

/** Rights that are held on users. */
export const rightsOnUser = listLoader<Right>(({ rights }, tenantId, userIds) => rights.onUsers(tenantId, userIds));
