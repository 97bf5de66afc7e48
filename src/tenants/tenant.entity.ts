import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A tenant. One of the few tables whose key does not begin with a tenant id, because its own id is one. */
export const TenantEntity = defineEntity({
  name: 'Tenant',
  tableName: 'tenants',
  properties: {
    id: p.uuid().primary(),
    /** Immutable; addressed in exact case, unique ignoring case among the tenants that are not deleted. */
    name: p.string().length(63),
    /** 5 random bytes as 8 characters of base32, which handles and global ids contain instead of the name. */
    route: p.string().length(8).unique('tenants__route'),
    /** Name of the set of defaults the tenant was made with: `native`, `realm` or `image`. */
    template: p.string().length(16),
    displayName: p.string().length(255).nullable(),
    enabled: p.boolean().default(true),
    /** Public id of the user whom the tenant was made with; the user may be gone. */
    administratorId: p.text().nullable(),
    /** Number of the event log the tenant writes to. */
    log: p.smallint().default(0),
    settings: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    /** Settings of a dialect that have no native name, stored so that a read returns what was written. */
    extra: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    /** Tokens issued before this moment are refused. */
    notBefore: p.datetime().nullable(),
    deletedAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Tenant = InferEntity<typeof TenantEntity>;

/** A host name that serves one tenant alone. */
export const TenantHostEntity = defineEntity({
  name: 'TenantHost',
  tableName: 'tenant_hosts',
  properties: {
    host: p.string().length(253).primary(),
    tenantId: p.uuid().index('tenant_hosts__tenant_id'),
    createdAt: p.datetime(),
  },
});
