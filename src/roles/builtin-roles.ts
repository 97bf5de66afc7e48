import { everyPermission, formatScope } from '../access/index.ts';
import { type Clock, newId } from '../kernel/index.ts';
import { MASTER_TENANT, type TenantSeed } from '../tenants/index.ts';
import { TENANT_ROLE_CLIENT } from './role.entity.ts';
import type { RoleStore } from './role.store.ts';

/** Holds every permission with reach `all`; exists in `master` alone. */
export const ADMINISTRATOR_ROLE = 'administrator';
/** Allows everything in one tenant except creating and deleting tenants (docs/tenancy.md). Exists in every tenant. */
export const TENANT_ADMINISTRATOR_ROLE = 'tenant-administrator';

/** The permissions of `administrator`. */
const ADMINISTRATOR_PERMISSIONS: readonly string[] = everyPermission('all').map(formatScope);

/** The permissions of `tenant-administrator`. */
export const TENANT_ADMINISTRATOR_PERMISSIONS: readonly string[] = everyPermission('tenant')
  .map(formatScope)
  .filter((scope) => scope !== 'tenant:create' && scope !== 'tenant:delete');

/** Adds the builtin roles of a new tenant with one insert, in the transaction that creates the tenant. */
export function seedBuiltinRoles(store: RoleStore, clock: Clock): TenantSeed {
  return async (_authority, tenant) => {
    const now = clock.now();
    const make = (name: string, description: string, permissions: readonly string[]) =>
      store.create({
        tenantId: tenant.id,
        id: newId(),
        clientUuid: TENANT_ROLE_CLIENT,
        name,
        description,
        permissions: [...permissions],
        attributes: {},
        builtin: true,
        createdAt: now,
        updatedAt: now,
      });
    if (tenant.name === MASTER_TENANT)
      make(ADMINISTRATOR_ROLE, 'Everything, in every tenant.', ADMINISTRATOR_PERMISSIONS);
    make(TENANT_ADMINISTRATOR_ROLE, 'Everything in this tenant.', TENANT_ADMINISTRATOR_PERMISSIONS);
  };
}
