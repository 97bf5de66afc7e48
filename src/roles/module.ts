import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import type { ChangeFeed } from '../events/index.ts';
import { byTenant } from '../persistence/index.ts';
import type { TenantDirectory, TenantService } from '../tenants/index.ts';
import { grantErrors } from './access.errors.ts';
import { AdministratorRoles } from './administrator-roles.ts';
import { seedBuiltinRoles } from './builtin-roles.ts';
import { ClientRoles } from './client-roles.ts';
import { EffectiveRoleStore } from './effective.store.ts';
import { GuardedAccounts } from './guarded-accounts.ts';
import { holderEvents } from './holder.events.ts';
import { RoleCompositeEntity, RoleEntity, RoleGrantEntity } from './role.entity.ts';
import { roleErrors } from './role.errors.ts';
import { roleEvents } from './role.events.ts';
import { RoleService } from './role.service.ts';
import { RoleStore } from './role.store.ts';
import { RoleGrantService } from './role-grant.service.ts';
import { RolePermissions } from './role-permissions.ts';

interface RoleNeeds extends ModuleBase {
  readonly changeFeed: ChangeFeed;
  readonly directory: TenantDirectory;
  readonly tenants: TenantService;
}

export const roles = {
  name: 'roles',
  entities: [RoleCompositeEntity, RoleEntity, RoleGrantEntity],
  foreignKeys: [
    byTenant('role_composites', 'role_id', 'roles'),
    byTenant('role_composites', 'child_id', 'roles'),
    byTenant('role_grants', 'role_id', 'roles'),
  ],
  errors: [grantErrors, roleErrors],
  events: [holderEvents, roleEvents],
  create: ({ base, catalogue, changeFeed, directory, tenants }: RoleNeeds) => {
    const roleStore = new RoleStore(base.db);
    const effective = new EffectiveRoleStore(base.db);
    const rolePermissions = new RolePermissions(effective, catalogue, changeFeed);
    const guarded = new GuardedAccounts({
      ...base,
      roles: roleStore,
      effective,
      permissions: rolePermissions,
      directory,
    });
    tenants.addSeed(seedBuiltinRoles(roleStore, base.clock));
    return {
      services: {
        /** Permissions of users and clients through their roles, cached. */
        rolePermissions,
        /** Checked before each write to a user or client. */
        guarded,
        roles: new RoleService({ ...base, store: roleStore, effective, guarded }),
        roleGrants: new RoleGrantService({ ...base, store: roleStore, effective, guarded, directory }),
      },
      internals: {
        roleStore,
        administratorRoles: new AdministratorRoles({ ...base, store: roleStore }),
        clientRoles: new ClientRoles({ ...base, store: roleStore, guarded }),
      },
      caches: [rolePermissions.onEvents],
    };
  },
} as const satisfies ServiceModule;
