import { defineNode } from '../kit/node.ts';
import type { SchemaModule } from '../kit/schema-module.ts';
import { AdministrationResolver } from './administration.resolver.ts';
import { ProvisionTenantResolver } from './provision-tenant.resolver.ts';
import { ProvisionUserResolver } from './provision-user.resolver.ts';
import { ProvisionUsersResolver } from './provision-users.resolver.ts';
import { ClientRolesResolver, GroupRolesResolver, RoleResolver, UserRolesResolver } from './role.resolver.ts';
import { RoleGrantResolver } from './role-grant.resolver.ts';
import { RoleHolderResolver } from './role-holder.resolver.ts';
import { ClientScopeRolesResolver, ScopeRolesResolver } from './scope-role.resolver.ts';
import {
  GroupTenantRolesResolver,
  TenantClientGrantResolver,
  UserTenantRolesResolver,
} from './tenant-client-grant.resolver.ts';

declare module '../global-id.ts' {
  interface NodeTags {
    rol: 'Role';
  }
}

export const roles: SchemaModule = {
  resolvers: [
    AdministrationResolver,
    ProvisionTenantResolver,
    ProvisionUserResolver,
    ProvisionUsersResolver,
    RoleResolver,
    RoleGrantResolver,
    RoleHolderResolver,
    UserRolesResolver,
    GroupRolesResolver,
    ClientRolesResolver,
    ClientScopeRolesResolver,
    ScopeRolesResolver,
    UserTenantRolesResolver,
    GroupTenantRolesResolver,
    TenantClientGrantResolver,
  ],
  nodes: [defineNode('rol', 'Role', ({ services }, tenantId, key) => services.roles.findIn(tenantId, key))],
};
