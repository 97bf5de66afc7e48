import { ConsentService, ConsentStore } from '../../consents/index.ts';
import { EndAccessFlow, LinkedApps } from '../../flows/index.ts';
import { GrantFamilies, GrantStore } from '../../oauth/index.ts';
import {
  DeviceService,
  DeviceStore,
  ExpiredRows,
  OneTimeCodeStore,
  SessionService,
  SessionStore,
} from '../../sessions/index.ts';
import type { Access } from './access.ts';
import type { Accounts } from './accounts.ts';
import type { Core } from './core.ts';
import type { Infrastructure } from './infrastructure.ts';

export type Sessions = ReturnType<typeof createSessions>;

/** Creates sessions, devices, consents and linked apps, and the flow that ends them all. */
export function createSessions({ base }: Infrastructure, { directory }: Core, access: Access, accounts: Accounts) {
  const { db, clock } = base;
  const { guarded: guard } = access;
  const { clientStore, clientScopeStore, roleStore } = access.stores;
  const { users } = accounts;
  const { userStore } = accounts.stores;
  const grantStore = new GrantStore(db);
  const families = new GrantFamilies(grantStore, clock);
  const sessionStore = new SessionStore(db);
  const deviceStore = new DeviceStore(db);
  const consentStore = new ConsentStore(db);
  const oneTimeCodes = new OneTimeCodeStore(db, clock);
  const sessions = new SessionService({ ...base, store: sessionStore, users: userStore, directory, families, guard });
  const devices = new DeviceService({ ...base, store: deviceStore, users: userStore, guard });
  const linkedApps = new LinkedApps({
    ...base,
    clients: clientStore,
    scopes: clientScopeStore,
    roles: roleStore,
    users: userStore,
    guard,
  });
  return {
    stores: { sessionStore, oneTimeCodes, grantStore },
    sessions,
    devices,
    consents: new ConsentService({ ...base, store: consentStore, users: userStore, tokens: families, guard }),
    expiredRows: new ExpiredRows(sessionStore, oneTimeCodes, clock),
    linkedApps,
    endAccess: new EndAccessFlow({ db, users, sessions, devices, apps: linkedApps }),
  };
}
