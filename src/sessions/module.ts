import type { ServiceModule } from '../composition/index.ts';
import { byTenant } from '../persistence/index.ts';
import { OneTimeCodeEntity } from './codes/one-time-code.entity.ts';
import { deviceEvents } from './devices/device.events.ts';
import { DeviceEntity, SessionEntity } from './session.entity.ts';
import { sessionErrors } from './session.errors.ts';
import { sessionEvents } from './session.events.ts';

export const sessions = {
  name: 'sessions',
  entities: [OneTimeCodeEntity, DeviceEntity, SessionEntity],
  foreignKeys: [
    byTenant('sessions', 'user_id', 'users'),
    byTenant('devices', 'user_id', 'users'),
    byTenant('one_time_codes', 'user_id', 'users'),
  ],
  errors: [sessionErrors],
  events: [deviceEvents, sessionEvents],
} satisfies ServiceModule;
