import { defineEntity, p } from '@mikro-orm/core';

/** A role that tokens of clients with a scope may have. */
export const ClientScopeRoleEntity = defineEntity({
  name: 'ClientScopeRole',
  tableName: 'client_scope_roles',
  properties: {
    tenantId: p.uuid().primary(),
    scopeId: p.uuid().primary(),
    roleId: p.uuid().primary(),
  },
  indexes: [{ name: 'client_scope_roles__role_id', properties: ['tenantId', 'roleId'] }],
});

/** A role that tokens of a client may have. */
export const ClientScopedRoleEntity = defineEntity({
  name: 'ClientScopedRole',
  tableName: 'client_scoped_roles',
  properties: {
    tenantId: p.uuid().primary(),
    clientUuid: p.uuid().primary(),
    roleId: p.uuid().primary(),
  },
  indexes: [{ name: 'client_scoped_roles__role_id', properties: ['tenantId', 'roleId'] }],
});
