import type { GrantedRole, HolderKind, Role } from '../../src/roles/index.ts';
import { listLoader } from '../loading.ts';
import type { Services } from '../services.ts';

/** A role that a user holds; the guard of the type reads the holder from `userId`. */
export interface RoleOfUser extends Role {
  readonly userId: string;
}

/** Roles of holders. Skips grants on another tenant: they give nothing in this one. */
async function findGranted({ roles: service }: Services, kind: HolderKind, tenantId: string, ids: readonly string[]) {
  const found = await service.grantedTo(tenantId, kind, ids);
  const inTenant = (roles: readonly GrantedRole[]) => roles.filter((role) => role.onTenantId === role.tenantId);
  return new Map([...found].map(([id, roles]) => [id, inTenant(roles)]));
}

export const rolesOfUser = listLoader<RoleOfUser>(async (services, tenantId, ids) => {
  const found = await findGranted(services, 'user', tenantId, ids);
  return new Map([...found].map(([userId, roles]) => [userId, roles.map((role) => ({ ...role, userId }))]));
});

export const rolesOfGroup = listLoader<Role>((services, tenantId, ids) =>
  findGranted(services, 'group', tenantId, ids),
);

export const rolesOfClient = listLoader<Role>((services, tenantId, ids) =>
  findGranted(services, 'client', tenantId, ids),
);

/** The roles inside roles. */
export const childrenOfRole = listLoader<Role>(({ roles }, tenantId, ids) => roles.childrenOf(tenantId, ids));
