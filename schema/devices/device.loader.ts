import type { Device } from '../../src/sessions/index.ts';
import { listLoader } from '../loading.ts';

/** The devices of users, at most 100 each. */
export const devicesOfUser = listLoader<Device>(({ devices }, tenantId, userIds) => devices.ofUsers(tenantId, userIds));
