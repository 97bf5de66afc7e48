import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { ClientKeys } from '../../src/clients/index.ts';
import {
  type CreateRole,
  type GroupKeys,
  type Role,
  type RoleFilter,
  type RoleKeys,
  roleErrors,
  TENANT_ROLE_CLIENT,
  type UpdateRole,
} from '../../src/roles/index.ts';
import type { UserKeys } from '../../src/users/index.ts';
import { clientById, narrowClientById } from '../clients/client.loader.ts';
import { ClientObject } from '../clients/client.type.ts';
import { toClientReference } from '../clients/client-reference.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { GroupType } from '../groups/group.type.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { given } from '../kit/given.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { UserType } from '../users/user.type.ts';
import {
  CreateRoleInput,
  CreateRolePayload,
  DeleteRoleInput,
  DeleteRolePayload,
  RoleFilterInput,
  UpdateRoleInput,
  UpdateRolePayload,
} from './role.input.ts';
import type { RoleOfUser } from './role.loader.ts';
import {
  childrenOfRole,
  effectiveRolesOfGroup,
  effectiveRolesOfUser,
  isAdministratorById,
  isCompositeById,
  rolesOfClient,
  rolesOfGroup,
  rolesOfUser,
} from './role.loader.ts';
import { RoleConnection, RoleType } from './role.type.ts';
import { toRoleReference, toRoleReferences } from './role-reference.ts';

const keysOf = (ids: readonly string[] | null | undefined, path: string): string[] =>
  (ids ?? []).map((id, index) => keyOf('Role', id, `${path}.${index}`));

function toFilter({ clientId: _clientId, ofTenantOnly, ...filter }: RoleFilterInput, owner: string | null): RoleFilter {
  const clientUuid = owner ?? (ofTenantOnly === true ? TENANT_ROLE_CLIENT : null);
  return given({ ...filter, clientUuid }) as RoleFilter;
}

@Resolver(() => RoleType)
export class RoleResolver {
  @Reads()
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() role: RoleKeys, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('Role', tenants.get(role.tenantId)!, role.id);
  }

  @Reads()
  @RequiresScopes(['role:read'])
  @FieldResolver(() => [RoleType], {
    nullable: 'itemsAndList',
    description: 'Roles that the role contains directly, by name.',
  })
  children(
    @Root() role: RoleKeys,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly RoleKeys[]> {
    return loaders.loadColumns(childrenOfRole, { tenantId: role.tenantId, key: role.id }, columnsRead(info));
  }

  @Reads()
  @FieldResolver(() => Boolean, { description: 'Whether the role contains other roles.' })
  async isComposite(@Root() role: RoleKeys, @Ctx() { loaders }: GraphContext): Promise<boolean> {
    return (await loaders.load<boolean | null>(isCompositeById, { tenantId: role.tenantId, key: role.id })) === true;
  }

  @Reads('clientUuid')
  @FieldResolver(() => ID, {
    nullable: true,
    description: 'UUID of the client that the role belongs to; null for a role of the tenant.',
  })
  clientUuid(@Root() { clientUuid }: Pick<Role, 'clientUuid'>): string | null {
    return clientUuid === TENANT_ROLE_CLIENT ? null : clientUuid;
  }

  @Reads('clientUuid')
  @FieldResolver(() => ClientObject, {
    nullable: true,
    description: 'The client that the role belongs to; null for a role of the tenant.',
  })
  client(
    @Root() role: Pick<Role, 'tenantId' | 'clientUuid'>,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ClientKeys | null> | null {
    if (role.clientUuid === TENANT_ROLE_CLIENT) return null;
    return loaders.loadColumns(narrowClientById, { tenantId: role.tenantId, key: role.clientUuid }, columnsRead(info));
  }

  @Reads('clientUuid')
  @FieldResolver(() => String, {
    nullable: true,
    description: '`client_id` of the client that the role belongs to; null for a role of the tenant.',
  })
  async clientId(
    @Root() role: Pick<Role, 'tenantId' | 'clientUuid'>,
    @Ctx() { loaders }: GraphContext,
  ): Promise<string | null> {
    if (role.clientUuid === TENANT_ROLE_CLIENT) return null;
    const client = await loaders.load(clientById, { tenantId: role.tenantId, key: role.clientUuid });
    return client?.clientId ?? null;
  }

  @RequiresScopes(['role:read'])
  @Errors('ROLE_CLIENT_NOT_FOUND')
  @Query(() => RoleType, {
    nullable: true,
    description: 'A role by its id, or by its name in the tenant or in a client; null when there is none.',
  })
  async role(
    @Ctx() context: GraphContext,
    @Arg('roleId', () => ID, { nullable: true, description: 'Global id or UUID.' }) roleId?: string | null,
    @Arg('name', () => String, { nullable: true, description: 'Name of the role, in exact case.' })
    name?: string | null,
    @Arg('clientId', () => ID, {
      nullable: true,
      description: 'With `name`: the client that the role belongs to. Default: none; the role belongs to the tenant.',
    })
    clientId?: string | null,
  ): Promise<Role | null> {
    const reference = await toRoleReference(context, { roleId, name, clientId }, '');
    return context.services.roles.find(context.authority, reference);
  }

  @RequiresScopes(['role:read'])
  @Query(() => RoleConnection, { description: 'Roles by name. An unknown client in the filter is an error.' })
  async roles(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, authority, largestPage }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => RoleFilterInput, { nullable: true, description: 'Only items that meet these conditions.' })
    filter?: RoleFilterInput | null,
  ): Promise<ConnectionData<RoleKeys>> {
    const request = toPageRequest(page, info, false, largestPage);
    const owner =
      filter?.clientId == null
        ? null
        : await services.clients.idOf(authority, toClientReference(filter.clientId, 'filter.clientId'));
    const narrowed = toFilter(filter ?? {}, owner);
    return toConnection(await services.roles.page(authority, narrowed, request, columnsRead(info)));
  }

  @RequiresScopes(['role:create'])
  @Errors(
    'ROLE_NAME_TAKEN',
    'ROLE_NOT_FOUND',
    'ROLE_CLIENT_NOT_FOUND',
    'PERMISSION_UNKNOWN',
    'PERMISSION_ESCALATION',
    'PERMISSION_MASTER_ONLY',
  )
  @Mutation(() => CreateRolePayload, {
    description: 'Creates a role.',
  })
  async createRole(
    @Arg('input', () => CreateRoleInput, { description: 'The role.' })
    { clientId, childIds, children, ...input }: CreateRoleInput,
    @Ctx() context: GraphContext,
  ): Promise<{ role: Role }> {
    const { services, authority } = context;
    const role = await services.roles.create(authority, {
      ...given(input),
      clientUuid:
        clientId == null
          ? null
          : await services.clients.idOf(
              authority,
              toClientReference(clientId, 'input.clientId'),
              roleErrors.ROLE_CLIENT_NOT_FOUND,
            ),
      childIds: keysOf(childIds, 'input.childIds'),
      children: await toRoleReferences(context, children ?? [], 'input.children'),
    } as CreateRole);
    return { role };
  }

  @RequiresScopes(['role:write'])
  @Errors(
    'ROLE_BUILTIN',
    'ROLE_NAME_TAKEN',
    'ROLE_NOT_FOUND',
    'ROLE_CYCLE',
    'PERMISSION_UNKNOWN',
    'PERMISSION_ESCALATION',
    'PERMISSION_MASTER_ONLY',
    'ACCOUNT_GUARDED',
    'ADMINISTRATOR_LAST',
  )
  @Mutation(() => UpdateRolePayload, {
    description: 'Changes a role and what it contains.',
  })
  async updateRole(
    @Arg('input', () => UpdateRoleInput, { description: 'What to change.' })
    { roleId, addChildIds, removeChildIds, ...input }: UpdateRoleInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ role: Role }> {
    const change = {
      ...given(input, ['description']),
      ...(addChildIds == null ? {} : { addChildIds: keysOf(addChildIds, 'input.addChildIds') }),
      ...(removeChildIds == null ? {} : { removeChildIds: keysOf(removeChildIds, 'input.removeChildIds') }),
    };
    return {
      role: await services.roles.update(authority, keyOf('Role', roleId, 'input.roleId'), change as UpdateRole),
    };
  }

  @RequiresScopes(['role:delete'])
  @Errors('ROLE_BUILTIN', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => DeleteRolePayload, {
    description: 'Deletes a role and withdraws it from all its holders.',
  })
  async deleteRole(
    @Arg('input', () => DeleteRoleInput, { description: 'The role.' }) { roleId }: DeleteRoleInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteRolePayload> {
    const role = await services.roles.delete(authority, keyOf('Role', roleId, 'input.roleId'));
    return { deletedRoleId: toGlobalId('Role', authority.tenant, role.id) };
  }
}

@Resolver(() => UserType)
export class UserRolesResolver {
  @Reads()
  @RequiresScopes(['role-grant:read'], ['role-grant:read:self'])
  @FieldResolver(() => [RoleType], {
    nullable: 'itemsAndList',
    description: 'Roles granted to the user directly, by name; without those that come through groups or other roles.',
  })
  roles(
    @Root() user: UserKeys,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly RoleOfUser[]> {
    return loaders.loadColumns(rolesOfUser, { tenantId: user.tenantId, key: user.id }, columnsRead(info));
  }

  @Reads()
  @RequiresScopes(['role-grant:read'], ['role-grant:read:self'])
  @FieldResolver(() => [RoleType], {
    nullable: 'itemsAndList',
    description:
      'Roles that the user has in the tenant, by name: granted directly, through groups and their parents, or inside other roles.',
  })
  effectiveRoles(@Root() { tenantId, id }: UserKeys, @Ctx() { loaders }: GraphContext): Promise<readonly RoleOfUser[]> {
    return loaders.load(effectiveRolesOfUser, { tenantId, key: id });
  }

  @Reads()
  @RequiresScopes(['role-grant:read'], ['role-grant:read:self'])
  @FieldResolver(() => Boolean, {
    nullable: true,
    description:
      'Whether the user administers the tenant: its roles, with those of its groups and those inside other roles, give every permission of `tenant-administrator`.',
  })
  isAdministrator(@Root() { tenantId, id }: UserKeys, @Ctx() { loaders }: GraphContext): Promise<boolean | null> {
    return loaders.load(isAdministratorById, { tenantId, key: id });
  }
}

@Resolver(() => GroupType)
export class GroupRolesResolver {
  @Reads()
  @RequiresScopes(['role-grant:read'])
  @FieldResolver(() => [RoleType], {
    nullable: 'itemsAndList',
    description: 'Roles granted to the group itself, by name. Its members also have the roles of the groups above it.',
  })
  roles(
    @Root() group: GroupKeys,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly RoleKeys[]> {
    return loaders.loadColumns(rolesOfGroup, { tenantId: group.tenantId, key: group.id }, columnsRead(info));
  }

  @Reads()
  @RequiresScopes(['role-grant:read'])
  @FieldResolver(() => [RoleType], {
    nullable: 'itemsAndList',
    description:
      'Roles that members have through the group, by name: granted to it or to a group above it, or inside these roles.',
  })
  effectiveRoles(@Root() { tenantId, id }: GroupKeys, @Ctx() { loaders }: GraphContext): Promise<readonly Role[]> {
    return loaders.load(effectiveRolesOfGroup, { tenantId, key: id });
  }
}

@Resolver(() => ClientObject)
export class ClientRolesResolver {
  @Reads()
  @RequiresScopes(['role-grant:read'])
  @FieldResolver(() => [RoleType], {
    nullable: 'itemsAndList',
    description: 'Roles granted to the client itself, by name.',
  })
  roles(
    @Root() client: ClientKeys,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly RoleKeys[]> {
    return loaders.loadColumns(rolesOfClient, { tenantId: client.tenantId, key: client.id }, columnsRead(info));
  }
}
