import type { ClientScopeStore, ClientStore } from '../../clients/index.ts';
import type { ModuleBase, ServiceModule } from '../../composition/index.ts';
import type { ClientRoles, GuardedAccounts } from '../../roles/index.ts';
import type { DeviceService, SessionService } from '../../sessions/index.ts';
import type { UserService, UserStore } from '../../users/index.ts';
import { EndAccessFlow } from './end-access.flow.ts';
import { LinkedApps } from './linked-apps.ts';

interface EndAccessNeeds extends ModuleBase {
  readonly users: UserService;
  readonly userStore: UserStore;
  readonly clientStore: ClientStore;
  readonly clientScopeStore: ClientScopeStore;
  readonly clientRoles: ClientRoles;
  readonly guarded: GuardedAccounts;
  readonly sessions: SessionService;
  readonly devices: DeviceService;
}

/** Apart from the other flows, because the lock-out, on which those depend, ends access. */
export const endAccess = {
  name: 'endAccess',
  create: ({ base, users, sessions, devices, ...needs }: EndAccessNeeds) => {
    const linkedApps = new LinkedApps({
      ...base,
      clients: needs.clientStore,
      scopes: needs.clientScopeStore,
      clientRoles: needs.clientRoles,
      users: needs.userStore,
      guard: needs.guarded,
    });
    return {
      services: {
        /** Apps on the devices of users. */
        linkedApps,
        /** Disables, deletes and resets accounts, together with their sessions and tokens. */
        endAccess: new EndAccessFlow({ ...base, users, sessions, devices, apps: linkedApps, guard: needs.guarded }),
      },
    };
  },
} as const satisfies ServiceModule;
