import type { Services } from '../../schema/context.ts';
import { ScopeAliases } from '../access/index.ts';
import type { MasterKey } from '../crypto/index.ts';
import { EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import { TenantDirectory, TenantService, TenantStore } from '../tenants/index.ts';

/** What the house is put together from. */
export interface RegistryOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly masterKey: MasterKey;
  /** Origin under which the service is reached, without a path: the base of every issuer. */
  readonly publicUrl: string;
  /** Name of the tenant that requests without one act on. */
  readonly defaultTenant: string;
}

/** Every service of the house; the one place that knows which implementation stands behind which interface. */
export function createRegistry(options: RegistryOptions): Services {
  const { db, clock } = options;
  const events = new EventLog(db, clock);
  const scopes = new ScopeAliases();
  const tenantStore = new TenantStore(db);
  const directory = new TenantDirectory(tenantStore);
  events.onCommitted(directory.onEvents);
  const tenants = new TenantService({ db, store: tenantStore, events, clock });
  return { events, scopes, directory, tenants, tenantStore };
}
