import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, Info, Query, Resolver } from 'type-graphql';
import { invalidField } from '../../src/kernel/index.ts';
import { roleErrors } from '../../src/roles/index.ts';
import type { UserFilter, UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { type ConnectionData, PageArgs } from '../kit/connection.ts';
import { assertMayFilter } from '../users/filter-permissions.ts';
import { UserFilterInput, UserOrderInput } from '../users/user.input.ts';
import { UserConnection } from '../users/user.type.ts';
import { readUsers, toFilter } from '../users/user-list.ts';
import { RoleReferenceInput } from './role.input.ts';
import { toRoleReference } from './role-reference.ts';

/** What a filter has for the holders of a role, which may be one of a client that stands for a tenant. @throws ROLE_NOT_FOUND */
async function conditionOf(
  context: GraphContext,
  role: RoleReferenceInput,
): Promise<Pick<UserFilter, 'roleId' | 'roleOnTenant'>> {
  const { authority, services } = context;
  const { clientId, name } = role;
  const tenant = clientId == null || name == null ? null : await services.tenantClients.find(authority, clientId);
  if (tenant === null) {
    const found = await services.roles.find(authority, await toRoleReference(context, role, 'role.'));
    if (found === null) throw roleErrors.ROLE_NOT_FOUND().at('role.name');
    return { roleId: found.id };
  }
  const roleId = await services.tenantClientRoles.idOf(authority.tenant.id, tenant, name!);
  if (roleId === null) throw roleErrors.ROLE_NOT_FOUND().at('role.name');
  return { roleOnTenant: { roleId, onTenantId: tenant.id } };
}

@Resolver()
export class RoleHolderResolver {
  @RequiresScopes(['user:read', 'role-grant:read'])
  @Errors('ROLE_NOT_FOUND', 'ROLE_CLIENT_NOT_FOUND')
  @Query(() => UserConnection, {
    description: 'Users to whom a role is granted directly, not through groups or other roles.',
  })
  async usersOfRole(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('role', () => RoleReferenceInput, { description: 'The role.' }) role: RoleReferenceInput,
    @Arg('filter', () => UserFilterInput, {
      nullable: true,
      description: 'Only items that meet these conditions, without `roleId`.',
    })
    filter?: UserFilterInput | null,
    @Arg('orderBy', () => UserOrderInput, {
      nullable: true,
      description: 'Order of the list. Default: by time of creation.',
    })
    orderBy?: UserOrderInput | null,
  ): Promise<ConnectionData<UserKeys>> {
    if (filter?.roleId != null) throw invalidField('filter.roleId', 'ONE_REQUIRED', 'Name the role in "role" alone.');
    assertMayFilter(context, filter);
    const narrowed = toFilter(filter ?? {});
    const granted = await conditionOf(context, role);
    return readUsers(context, info, page, { ...narrowed, ...granted }, orderBy);
  }
}
