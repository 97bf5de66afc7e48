import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { invalidField } from '../../src/kernel/index.ts';
import type { CreateGroup, Group, GroupFilter, GroupKeys, GroupReference, UpdateGroup } from '../../src/roles/index.ts';
import { canonicalUserId } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { requirePermission } from '../directives/require-permission.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf, toGlobalId } from '../global-id.ts';
import { anyOfFrom } from '../kit/comparison.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { given } from '../kit/given.ts';
import { GLOBAL_ID } from '../kit/node.ts';
import { SortDirection } from '../kit/order.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import {
  CreateGroupInput,
  CreateGroupPayload,
  DeleteGroupInput,
  DeleteGroupPayload,
  GroupFilterInput,
  GroupOrderField,
  GroupOrderInput,
  UpdateGroupInput,
  UpdateGroupPayload,
} from './group.input.ts';
import { ancestorsOfGroup, childCountOfGroup, childrenOfGroup, narrowGroupById } from './group.loader.ts';
import { GroupConnection, GroupType } from './group.type.ts';

/** The group that an input refers to. @throws INVALID_INPUT The input has neither an id nor a key, or both. */
export function referenceIn(
  { groupId, key, profile }: { [K in 'groupId' | 'key' | 'profile']?: string | null | undefined },
  path = 'input.groupId',
): GroupReference {
  if ((groupId == null) === (key == null)) {
    throw invalidField(path, 'ONE_REQUIRED', 'Give either "groupId" or "key".');
  }
  return groupId == null ? { key, profile } : { id: keyOf('Group', groupId, path), profile };
}

function toFilter({ parentId, topOnly, anyOf, groupIds, memberId, ...filter }: GroupFilterInput): GroupFilter {
  const parent = parentId == null ? {} : { parentId: keyOf('Group', parentId, 'filter.parentId') };
  const condition = {
    ...(anyOf == null ? {} : { anyOf: anyOfFrom(anyOf) }),
    ...(groupIds == null ? {} : { groupIds: groupIds.map((id, at) => keyOf('Group', id, `filter.groupIds.${at}`)) }),
    ...(memberId == null ? {} : { memberId: canonicalUserId(memberId) }),
  };
  return { ...given(filter), ...condition, ...(topOnly === true ? { parentId: null } : parent) } as GroupFilter;
}

@Resolver(() => GroupType)
export class GroupResolver {
  @Reads()
  @FieldResolver(() => ID, GLOBAL_ID)
  id(@Root() group: GroupKeys, @Ctx() { tenants }: GraphContext): string {
    return toGlobalId('Group', tenants.get(group.tenantId)!, group.id);
  }

  @Reads('parentId')
  @FieldResolver(() => GroupType, { nullable: true, description: 'The parent group; null at the top of the tree.' })
  parent(
    @Root() group: Pick<Group, 'tenantId' | 'parentId'>,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<GroupKeys | null> | null {
    if (group.parentId == null) return null;
    return loaders.loadColumns(narrowGroupById, { tenantId: group.tenantId, key: group.parentId }, columnsRead(info));
  }

  @Reads()
  @RequiresScopes(['group:read'])
  @FieldResolver(() => [GroupType], {
    nullable: 'itemsAndList',
    description: 'Child groups, by name.',
  })
  children(
    @Root() group: GroupKeys,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly GroupKeys[]> {
    return loaders.loadColumns(childrenOfGroup, { tenantId: group.tenantId, key: group.id }, columnsRead(info));
  }

  @Reads()
  @RequiresScopes(['group:read'])
  @FieldResolver(() => Int, { nullable: true, description: 'How many child groups the group has.' })
  async childCount(@Root() group: GroupKeys, @Ctx() { loaders }: GraphContext): Promise<number> {
    const key = { tenantId: group.tenantId, key: group.id };
    return (await loaders.load<number | null>(childCountOfGroup, key)) ?? 0;
  }

  @Reads()
  @RequiresScopes(['group:read'])
  @FieldResolver(() => [GroupType], {
    nullable: 'itemsAndList',
    description: 'The groups above the group, from the top to its parent.',
  })
  ancestors(@Root() group: GroupKeys, @Ctx() { loaders }: GraphContext): Promise<readonly Group[]> {
    return loaders.load(ancestorsOfGroup, { tenantId: group.tenantId, key: group.id });
  }

  @RequiresScopes(['group:read'])
  @Errors('GROUP_KEY_AMBIGUOUS')
  @Query(() => GroupType, {
    nullable: true,
    description: 'A group by its id, by its path in the tree, or by its key in its directory; null when there is none.',
  })
  group(
    @Ctx() { services, authority }: GraphContext,
    @Arg('groupId', () => ID, { nullable: true, description: 'Global id or UUID.' }) groupId?: string | null,
    @Arg('key', () => String, { nullable: true, description: 'Key within the profile.' }) key?: string | null,
    @Arg('profile', () => String, {
      nullable: true,
      description:
        'Profile of the group. Default, when `key` is given: the profile of the only directory of organisations that has the key.',
    })
    profile?: string | null,
    @Arg('path', () => String, {
      nullable: true,
      description: 'Path of the group, such as `/parent/child`, ignoring case. The first slash may be left out.',
    })
    path?: string | null,
  ): Promise<Group | null> {
    if (path != null && groupId == null && key == null && profile == null)
      return services.groups.find(authority, { path });
    if (path != null) throw invalidField('path', 'ONE_REQUIRED', 'Give "path" alone.');
    return services.groups.find(authority, referenceIn({ groupId, key, profile }, 'groupId'));
  }

  @RequiresScopes(['group:read'])
  @Query(() => GroupConnection, { description: 'Groups of a tenant.' })
  async groups(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, authority, caller, largestPage }: GraphContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('filter', () => GroupFilterInput, { nullable: true, description: 'Only items that meet these conditions.' })
    filter?: GroupFilterInput | null,
    @Arg('orderBy', () => GroupOrderInput, { nullable: true, description: 'Order of the list. Default: by path.' })
    orderBy?: GroupOrderInput | null,
  ): Promise<ConnectionData<GroupKeys>> {
    // A caller could find out the members of groups by asking for each of them.
    if (filter?.memberId != null) requirePermission({ caller, authority }, 'group-member:read');
    const descending = orderBy?.direction === SortDirection.DESC;
    const request = toPageRequest(page, info, descending, largestPage);
    const order = orderBy?.field ?? GroupOrderField.PATH;
    return toConnection(
      await services.groups.page(authority, toFilter(filter ?? {}), order, request, columnsRead(info)),
    );
  }

  @RequiresScopes(['group:create'])
  @Errors(
    'GROUP_NAME_TAKEN',
    'GROUP_NAME_INVALID',
    'GROUP_KEY_TAKEN',
    'GROUP_PROFILE_INVALID',
    'GROUP_PARENT_NOT_FOUND',
    'GROUP_PARENT_INVALID',
    'GROUP_TOO_DEEP',
  )
  @Mutation(() => CreateGroupPayload, {
    description: 'Creates a group.',
  })
  async createGroup(
    @Arg('input', () => CreateGroupInput, { description: 'The group.' })
    { parentId, ...input }: CreateGroupInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ group: Group }> {
    const parent = parentId == null ? null : keyOf('Group', parentId, 'input.parentId');
    return { group: await services.groups.create(authority, { ...given(input), parentId: parent } as CreateGroup) };
  }

  @RequiresScopes(['group:write'])
  @Errors(
    'GROUP_KEY_AMBIGUOUS',
    'GROUP_NAME_TAKEN',
    'GROUP_NAME_INVALID',
    'GROUP_PARENT_NOT_FOUND',
    'GROUP_PARENT_INVALID',
    'GROUP_TOO_DEEP',
    'PERMISSION_ESCALATION',
    'ACCOUNT_GUARDED',
    'ADMINISTRATOR_LAST',
  )
  @Mutation(() => UpdateGroupPayload, {
    description: 'Renames, moves or changes a group.',
  })
  async updateGroup(
    @Arg('input', () => UpdateGroupInput, { description: 'What to change.' })
    { groupId, key, profile, parentId, ...input }: UpdateGroupInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ group: Group }> {
    const parent = parentId == null ? parentId : keyOf('Group', parentId, 'input.parentId');
    const change = { ...given(input, ['externalId']), ...(parent === undefined ? {} : { parentId: parent }) };
    const id = await services.groups.idOf(authority, referenceIn({ groupId, key, profile }));
    return { group: await services.groups.update(authority, id, change as UpdateGroup) };
  }

  @RequiresScopes(['group:delete'])
  @Errors('GROUP_KEY_AMBIGUOUS', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => DeleteGroupPayload, {
    description: 'Deletes a group and all groups below it.',
  })
  async deleteGroup(
    @Arg('input', () => DeleteGroupInput, { description: 'The group.' }) input: DeleteGroupInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<DeleteGroupPayload> {
    const id = await services.groups.idOf(authority, referenceIn(input));
    const group = await services.groups.delete(authority, id);
    return { deletedGroupId: toGlobalId('Group', authority.tenant, group.id) };
  }
}
