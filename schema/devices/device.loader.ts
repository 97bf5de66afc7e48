import type { DeviceKeys } from '../../src/sessions/index.ts';
import { narrowListLoader } from '../loading.ts';

/** The devices of users, at most 100 each. */
export const devicesOfUser = narrowListLoader<DeviceKeys>(({ devices }, tenantId, userIds, columns) =>
  devices.ofUsers(tenantId, userIds, columns),
);
