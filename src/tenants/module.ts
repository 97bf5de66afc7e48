import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import type { ChangeFeed } from '../events/index.ts';
import { fk } from '../persistence/index.ts';
import { MailServers } from './mail-servers.ts';
import { TenantDirectory } from './tenant.directory.ts';
import { TenantEntity, TenantHostEntity } from './tenant.entity.ts';
import { tenantErrors } from './tenant.errors.ts';
import { tenantEvents } from './tenant.events.ts';
import { TenantService } from './tenant.service.ts';
import { TenantStore } from './tenant.store.ts';

interface TenantNeeds extends ModuleBase {
  readonly changeFeed: ChangeFeed;
  /** Origin of this service, without a path: its host belongs to no tenant. */
  readonly publicUrl: string;
}

export const tenants = {
  name: 'tenants',
  entities: [TenantEntity, TenantHostEntity],
  foreignKeys: [fk('tenant_hosts', ['tenant_id'], 'tenants', ['id'])],
  indexes: {
    tenants__name: `create unique index "tenants__name" on "tenants" (lower("name")) where "deleted_at" is null`,
  },
  errors: [tenantErrors],
  events: [tenantEvents],
  create: ({ base, catalogue, changeFeed, publicUrl, sealer }: TenantNeeds) => {
    const store = new TenantStore(base.db);
    const directory = new TenantDirectory(store, catalogue, changeFeed);
    const mailSealer = sealer('mail-server');
    return {
      services: { directory, tenants: new TenantService({ ...base, store, publicUrl, sealer: mailSealer }) },
      internals: { mailServers: new MailServers(store, mailSealer) },
      caches: [directory.onEvents],
    };
  },
} as const satisfies ServiceModule;
