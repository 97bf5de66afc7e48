import type { Device } from '../../src/sessions/index.ts';
import type { Services } from '../context.ts';
import { listLoader } from '../loaders.ts';

export const deviceLoaders = ({ deviceStore }: Services) => ({
  /** The devices of users, at most 100 each. */
  devicesOfUser: () => listLoader<Device>((tenantId, userIds) => deviceStore.ofUsers(tenantId, userIds)),
});
