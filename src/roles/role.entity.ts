import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** `client_id` of a role that belongs to the tenant and not to a client. */
export const TENANT_ROLE_CLIENT = '00000000-0000-0000-0000-000000000000';

/** Kinds of holders of a role. A client is identified by its UUID. */
const HOLDER_KINDS = ['user', 'group', 'client'] as const;
export type HolderKind = (typeof HOLDER_KINDS)[number];

/** A role: a named set of native permissions, of the tenant or of one client. */
export const RoleEntity = defineEntity({
  name: 'Role',
  tableName: 'roles',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** UUID of the client the role belongs to; the zero UUID for a role of the tenant. */
    clientUuid: p.uuid(),
    name: p.text(),
    description: p.text().nullable(),
    /** Native permissions in the form of scope strings: `user:read`, `user:read:self`, `user:read:all`. */
    permissions: p.array().columnType('text[]').defaultRaw(`'{}'`),
    attributes: p.json<Record<string, unknown>>().defaultRaw(`'{}'`),
    /** Made by the service itself; cannot be changed or deleted through the API. */
    builtin: p.boolean().default(false),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
  uniques: [{ name: 'roles__name', properties: ['tenantId', 'clientUuid', 'name'] }],
  indexes: [{ name: 'roles__tenant_id__name', properties: ['tenantId', 'name', 'id'] }],
});
export type Role = InferEntity<typeof RoleEntity>;

/** `role_id` contains `child_id`. */
export const RoleCompositeEntity = defineEntity({
  name: 'RoleComposite',
  tableName: 'role_composites',
  properties: { tenantId: p.uuid().primary(), roleId: p.uuid().primary(), childId: p.uuid().primary() },
  indexes: [{ name: 'role_composites__child_id', properties: ['tenantId', 'childId'] }],
});

/** Who holds a role. `on_tenant_id` is another tenant only for holders in `master`. */
export const RoleGrantEntity = defineEntity({
  name: 'RoleGrant',
  tableName: 'role_grants',
  properties: {
    tenantId: p.uuid().primary(),
    /** `user`, `group` or `client`. */
    holderKind: p.string().length(8).primary(),
    holderId: p.text().primary(),
    roleId: p.uuid().primary(),
    onTenantId: p.uuid().primary(),
    createdAt: p.datetime(),
  },
  indexes: [{ name: 'role_grants__role_id', properties: ['tenantId', 'roleId'] }],
});
export type RoleGrant = InferEntity<typeof RoleGrantEntity>;
