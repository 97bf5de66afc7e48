import type { UserAddress } from '../../src/users/index.ts';
import { listLoader } from '../loading.ts';

/** Addresses of users. */
export const addressesOfUser = listLoader<UserAddress>(({ userAddresses }, tenantId, userIds) =>
  userAddresses.ofUsers(tenantId, userIds),
);
