import type { GrantedRole, HolderKind, Role } from '../../src/roles/index.ts';
import type { Services } from '../context.ts';
import { listLoader } from '../loaders.ts';

/** A role that a user holds; the guard of the type reads the holder from `userId`. */
export interface RoleOfUser extends Role {
  readonly userId: string;
}

/** Skip grants on another tenant: they give nothing in this one. */
const atHome = (roles: readonly GrantedRole[]): GrantedRole[] =>
  roles.filter(({ onTenantId, tenantId }) => onTenantId === tenantId);

/** The roles of holders and the roles inside roles, with one statement for any number of them. */
export const roleLoaders = ({ roleStore }: Services) => {
  const granted = async (kind: HolderKind, tenantId: string, ids: readonly string[]) => {
    const found = await roleStore.grantedTo(tenantId, kind, ids);
    return new Map([...found].map(([id, roles]) => [id, atHome(roles)]));
  };
  return {
    rolesOfUser: () =>
      listLoader<RoleOfUser>(async (tenantId, ids) => {
        const found = await granted('user', tenantId, ids);
        return new Map([...found].map(([userId, roles]) => [userId, roles.map((role) => ({ ...role, userId }))]));
      }),
    rolesOfGroup: () => listLoader<Role>((tenantId, ids) => granted('group', tenantId, ids)),
    rolesOfClient: () => listLoader<Role>((tenantId, ids) => granted('client', tenantId, ids)),
    childrenOfRole: () => listLoader<Role>((tenantId, ids) => roleStore.childrenOf(tenantId, ids)),
  };
};
