import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import { byTenant } from '../persistence/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import type { UserStore } from '../users/index.ts';
import { OneTimeCodeEntity } from './codes/one-time-code.entity.ts';
import { OneTimeCodeStore } from './codes/one-time-code.store.ts';
import { deviceEvents } from './devices/device.events.ts';
import { DeviceService } from './devices/device.service.ts';
import { DeviceStore } from './devices/device.store.ts';
import { DeviceEntity, SessionEntity } from './session.entity.ts';
import { sessionErrors } from './session.errors.ts';
import { sessionEvents } from './session.events.ts';
import { SessionService } from './session.service.ts';
import { SessionStore } from './session.store.ts';
import type { TokenFamilies } from './token-families.ts';

interface SessionNeeds extends ModuleBase {
  readonly directory: TenantDirectory;
  readonly guarded: GuardedAccounts;
  readonly userStore: UserStore;
  readonly families: TokenFamilies;
}

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
  create: ({ base, directory, guarded: guard, userStore: users, families }: SessionNeeds) => {
    const { db, clock } = base;
    const sessionStore = new SessionStore(db);
    const oneTimeCodes = new OneTimeCodeStore(db, clock);
    return {
      services: {
        sessions: new SessionService({ ...base, store: sessionStore, users, directory, families, guard }),
        devices: new DeviceService({ ...base, store: new DeviceStore(db), users, guard }),
      },
      internals: { sessionStore, oneTimeCodes },
      sweeps: [
        (limit: number) => oneTimeCodes.sweepExpired(limit),
        (limit: number) => sessionStore.sweepExpired(clock.now(), limit),
      ],
    };
  },
} as const satisfies ServiceModule;
