import { joinKey } from '../../../schema/global-id.ts';
import type { Sample } from '../../support/populated.ts';

export const sample: Sample = async ({ world, tenant, user }) => {
  await world.services.devices.seen(world.system(tenant), { userId: user.id, deviceId: 'SHA256_x' });
  return { Device: joinKey([user.id, 'SHA256_x']) };
};
