import { type Clock, newId } from '../kernel/index.ts';
import { MASTER_TENANT, type TenantSeed } from '../tenants/index.ts';
import { ADMINISTRATOR_PERMISSIONS, TENANT_ADMINISTRATOR_PERMISSIONS } from './administration.ts';
import {
  administratorRoles,
  type BuiltinRole,
  REALM_ADMINISTRATOR_ROLE,
  realmComposites,
  realmRoles,
} from './realm-roles.ts';
import { TENANT_ROLE_CLIENT } from './role.entity.ts';
import type { RoleStore } from './role.store.ts';

/** Holds every permission with reach `all`; exists in `master` alone. */
export const ADMINISTRATOR_ROLE = 'administrator';
/** Allows everything in one tenant except creating and deleting tenants (docs/tenancy.md). Exists in every tenant. */
const TENANT_ADMINISTRATOR_ROLE = 'tenant-administrator';

/** Names of the builtin roles, of a tenant and of its clients, that make administrators. */
interface AdministratorNames {
  /** Of those that give everything in every tenant; only `master` has any. */
  readonly ofAllTenants: readonly string[];
  /** Of those that give everything in the tenant; those above do too. */
  readonly ofTenant: readonly string[];
}

/** The roles that a tenant of this name has, or gets as soon as a user is promoted. */
export function administratorNames(tenantName: string): AdministratorNames {
  const roles: readonly BuiltinRole[] = [
    ...(tenantName === MASTER_TENANT ? [{ name: ADMINISTRATOR_ROLE, permissions: ADMINISTRATOR_PERMISSIONS }] : []),
    { name: TENANT_ADMINISTRATOR_ROLE, permissions: TENANT_ADMINISTRATOR_PERMISSIONS },
    ...administratorRoles(tenantName),
    REALM_ADMINISTRATOR_ROLE,
  ];
  const widest = roles.filter(({ permissions }) => permissions === ADMINISTRATOR_PERMISSIONS);
  return { ofAllTenants: widest.map(({ name }) => name), ofTenant: roles.map(({ name }) => name) };
}

/**
 * Adds the builtin roles of a new tenant, in the transaction that creates the tenant. Those of its clients come with the
 * clients.
 */
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
    if (tenant.template !== 'realm') return;
    const roles = realmRoles(tenant.name).map((role) => ({ ...role, clientUuid: TENANT_ROLE_CLIENT }));
    await store.addBuiltin(tenant.id, roles, now);
    await store.addBuiltinChildren(tenant.id, realmComposites(tenant.name));
  };
}
