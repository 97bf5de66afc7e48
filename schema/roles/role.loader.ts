import type { ColumnSet } from '../../src/persistence/index.ts';
import type { GrantedRole, HolderKind, Role, RoleKeys } from '../../src/roles/index.ts';
import { listLoader, narrowListLoader, rowLoader } from '../loading.ts';
import type { Services } from '../services.ts';

/** A role that a user holds; the guard of the type reads the holder from `userId`. */
export interface RoleOfUser extends RoleKeys {
  readonly userId: string;
}

/** Roles of holders. Skips grants on another tenant: they give nothing in this one. */
async function findGranted(
  { roles: service }: Services,
  kind: HolderKind,
  tenantId: string,
  ids: readonly string[],
  columns: ColumnSet | null,
) {
  const found = await service.grantedTo(tenantId, kind, ids, columns);
  const inTenant = (roles: readonly GrantedRole[]) => roles.filter((role) => role.onTenantId === role.tenantId);
  return new Map([...found].map(([id, roles]) => [id, inTenant(roles)]));
}

export const rolesOfUser = narrowListLoader<RoleOfUser>(async (services, tenantId, ids, columns) => {
  const found = await findGranted(services, 'user', tenantId, ids, columns);
  return new Map([...found].map(([userId, roles]) => [userId, roles.map((role) => ({ ...role, userId }))]));
});

/** The roles that users have in their tenant, directly or not. */
export const effectiveRolesOfUser = listLoader<RoleOfUser>(async ({ roles: service }, tenantId, ids) => {
  const found = await service.effectiveOf(tenantId, 'user', ids);
  return new Map([...found].map(([userId, roles]) => [userId, roles.map((role) => ({ ...role, userId }))]));
});

export const rolesOfGroup = narrowListLoader<RoleKeys>((services, tenantId, ids, columns) =>
  findGranted(services, 'group', tenantId, ids, columns),
);

/** The roles that members of groups have through these and the groups above them. */
export const effectiveRolesOfGroup = listLoader<Role>(({ roles: service }, tenantId, ids) =>
  service.effectiveOf(tenantId, 'group', ids),
);

export const rolesOfClient = narrowListLoader<RoleKeys>((services, tenantId, ids, columns) =>
  findGranted(services, 'client', tenantId, ids, columns),
);

/** Whether users administer their tenant. */
export const isAdministratorById = rowLoader<boolean>(async ({ rolePermissions }, tenantId, ids) => {
  const administrators = await rolePermissions.administratorsAmong(tenantId, ids);
  return new Map(ids.map((id) => [id, administrators.has(id)]));
});

/** Roles of users that tokens of clients may have. */
export const scopeRolesOfClient = listLoader<Role>(({ scopeRoles }, tenantId, ids) =>
  scopeRoles.rolesOf(tenantId, 'client', ids),
);

/** Roles of users that tokens with scopes may have. */
export const scopeRolesOfScope = listLoader<Role>(({ scopeRoles }, tenantId, ids) =>
  scopeRoles.rolesOf(tenantId, 'scope', ids),
);

/** Roles of users that tokens of clients may have, with those of the clients themselves and all roles inside them. */
export const effectiveScopeRolesOfClient = listLoader<Role>(({ scopeRoles }, tenantId, ids) =>
  scopeRoles.effectiveOf(tenantId, 'client', ids),
);

/** Roles of users that tokens with scopes may have, with all roles inside them. */
export const effectiveScopeRolesOfScope = listLoader<Role>(({ scopeRoles }, tenantId, ids) =>
  scopeRoles.effectiveOf(tenantId, 'scope', ids),
);

/** Whether roles contain others. */
export const isCompositeById = rowLoader<boolean>(async ({ roles }, tenantId, ids) => {
  const composites = await roles.compositesAmong(tenantId, ids);
  return new Map(ids.map((id) => [id, composites.has(id)]));
});

/** The roles inside roles. */
export const childrenOfRole = narrowListLoader<RoleKeys>(({ roles }, tenantId, ids, columns) =>
  roles.childrenOf(tenantId, ids, columns),
);
