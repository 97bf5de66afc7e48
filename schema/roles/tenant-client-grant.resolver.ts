import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { TenantClientGrant } from '../../src/clients/index.ts';
import type { GroupKeys } from '../../src/roles/index.ts';
import { MASTER_TENANT, type Tenant } from '../../src/tenants/index.ts';
import type { UserKeys } from '../../src/users/index.ts';
import { TenantClientGrantType, type TenantClientRoleType } from '../clients/tenant-client.type.ts';
import type { GraphContext } from '../context.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { GroupType } from '../groups/group.type.ts';
import { Reads } from '../kit/reads.ts';
import type { LoaderDefinition } from '../loading.ts';
import { UserType } from '../users/user.type.ts';
import {
  effectiveTenantRolesOfGroup,
  effectiveTenantRolesOfUser,
  tenantRolesOfGroup,
  tenantRolesOfUser,
} from './tenant-client-grant.loader.ts';

type Loader = LoaderDefinition<readonly TenantClientGrant[]>;

const DESCRIPTION =
  'Roles of the clients that stand for tenants, by the names of these: holders in `master` may have some. Callers without `role-grant:read:all` see none.';
const EFFECTIVE = 'Whether those count too that come through groups or inside other roles.';

/** Only callers who see the clients themselves see who has roles of them. */
async function read(
  { authority, loaders }: GraphContext,
  loader: Loader,
  key: { readonly tenantId: string; readonly key: string },
): Promise<readonly TenantClientGrant[]> {
  if (authority.reach !== 'all' || authority.tenant.name !== MASTER_TENANT) return [];
  return loaders.load(loader, key);
}

@Resolver(() => UserType)
export class UserTenantRolesResolver {
  @Reads()
  @RequiresScopes(['role-grant:read'])
  @FieldResolver(() => [TenantClientGrantType], { description: DESCRIPTION })
  tenantClientRoles(
    @Root() { tenantId, id }: UserKeys,
    @Ctx() context: GraphContext,
    @Arg('isEffective', () => Boolean, { defaultValue: false, description: EFFECTIVE }) isEffective: boolean,
  ): Promise<readonly TenantClientGrant[]> {
    return read(context, isEffective ? effectiveTenantRolesOfUser : tenantRolesOfUser, { tenantId, key: id });
  }
}

@Resolver(() => GroupType)
export class GroupTenantRolesResolver {
  @Reads()
  @RequiresScopes(['role-grant:read'])
  @FieldResolver(() => [TenantClientGrantType], { description: DESCRIPTION })
  tenantClientRoles(
    @Root() { tenantId, id }: GroupKeys,
    @Ctx() context: GraphContext,
    @Arg('isEffective', () => Boolean, { defaultValue: false, description: EFFECTIVE }) isEffective: boolean,
  ): Promise<readonly TenantClientGrant[]> {
    return read(context, isEffective ? effectiveTenantRolesOfGroup : tenantRolesOfGroup, { tenantId, key: id });
  }
}

@Resolver(() => TenantClientGrantType)
export class TenantClientGrantResolver {
  @FieldResolver()
  client(@Root() { tenant }: TenantClientGrant): Pick<Tenant, 'id' | 'name'> {
    return tenant;
  }

  @FieldResolver()
  roles(@Root() { roles }: TenantClientGrant): TenantClientRoleType[] {
    return roles.map(({ id, name }) => ({ roleUuid: id, name }));
  }
}
