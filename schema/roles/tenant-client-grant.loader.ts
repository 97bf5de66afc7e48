import type { TenantClientGrant } from '../../src/clients/index.ts';
import type { HolderKind } from '../../src/roles/index.ts';
import { listLoader } from '../loading.ts';

const grantsOf = (kind: HolderKind, isEffective: boolean) =>
  listLoader<TenantClientGrant>(({ tenantClientRoles }, tenantId, ids) =>
    tenantClientRoles.ofHolders(tenantId, kind, ids, isEffective),
  );

/** Roles of clients that stand for tenants, granted to users. */
export const tenantRolesOfUser = grantsOf('user', false);
/** Those that users have directly or not. */
export const effectiveTenantRolesOfUser = grantsOf('user', true);
/** Roles of clients that stand for tenants, granted to groups. */
export const tenantRolesOfGroup = grantsOf('group', false);
/** Those that members of groups have through these and the groups above them. */
export const effectiveTenantRolesOfGroup = grantsOf('group', true);
