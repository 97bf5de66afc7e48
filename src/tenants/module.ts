import type { ServiceModule } from '../composition/index.ts';
import { fk } from '../persistence/index.ts';
import { TenantEntity, TenantHostEntity } from './tenant.entity.ts';
import { tenantErrors } from './tenant.errors.ts';
import { tenantEvents } from './tenant.events.ts';

export const tenants = {
  name: 'tenants',
  entities: [TenantEntity, TenantHostEntity],
  foreignKeys: [fk('tenant_hosts', ['tenant_id'], 'tenants', ['id'])],
  indexes: {
    tenants__name: `create unique index "tenants__name" on "tenants" (lower("name")) where "deleted_at" is null`,
  },
  errors: [tenantErrors],
  events: [tenantEvents],
} satisfies ServiceModule;
