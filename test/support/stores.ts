import { ApiKeyStore } from '../../src/api-keys/api-key.store.ts';
import { CredentialStore, SecurityQuestionStore } from '../../src/auth-modes/index.ts';
import { ClientScopeStore, ClientStore } from '../../src/clients/index.ts';
import { ConsentStore } from '../../src/consents/index.ts';
import { type MasterKey, Sealer } from '../../src/crypto/index.ts';
import { FederationProviderStore } from '../../src/federation/index.ts';
import type { Clock } from '../../src/kernel/index.ts';
import type { Database } from '../../src/persistence/index.ts';
import { GroupStore, RoleStore } from '../../src/roles/index.ts';
import { DeviceStore, OneTimeCodeStore, SessionStore } from '../../src/sessions/index.ts';
import { TenantStore } from '../../src/tenants/index.ts';
import { UserStore } from '../../src/users/index.ts';

export type Stores = ReturnType<typeof createStores>;

/** The stores of the modules, for tests of the stores themselves and for rows that no service shows or makes. */
export function createStores(db: Database, masterKey: MasterKey, clock: Clock) {
  return {
    apiKeyStore: new ApiKeyStore(db),
    clientScopeStore: new ClientScopeStore(db),
    clientStore: new ClientStore(db),
    consentStore: new ConsentStore(db),
    credentials: new CredentialStore(db, new Sealer(masterKey, 'credential'), clock),
    deviceStore: new DeviceStore(db),
    federationProviderStore: new FederationProviderStore(db),
    groupStore: new GroupStore(db),
    oneTimeCodes: new OneTimeCodeStore(db, clock),
    roleStore: new RoleStore(db),
    securityQuestionStore: new SecurityQuestionStore(db),
    sessionStore: new SessionStore(db),
    tenantStore: new TenantStore(db),
    userStore: new UserStore(db),
  };
}
