import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { Group, GroupKeys, MemberGroupKeys } from '../../src/roles/index.ts';
import { canonicalUserId, type UserKeys } from '../../src/users/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { keyOf } from '../global-id.ts';
import { type ConnectionData, PageArgs, toConnection, toPageRequest } from '../kit/connection.ts';
import { columnsRead, Reads } from '../kit/reads.ts';
import { cutKey } from '../loading.ts';
import { narrowUserById, userById } from '../users/user.loader.ts';
import { UserConnection, UserType } from '../users/user.type.ts';
import {
  AddGroupMemberInput,
  AddGroupMemberPayload,
  AddGroupMembersInput,
  AddGroupMembersPayload,
  type GroupMemberInput,
  type GroupMembersInput,
  RemoveGroupMemberInput,
  RemoveGroupMemberPayload,
  RemoveGroupMembersInput,
  RemoveGroupMembersPayload,
} from './group.input.ts';
import { groupsOfUser, membersOfGroup } from './group.loader.ts';
import { referenceIn } from './group.resolver.ts';
import { GroupType } from './group.type.ts';

const memberOf = ({ groupId, userId }: GroupMemberInput) => ({
  groupId: keyOf('Group', groupId, 'input.groupId'),
  userId: canonicalUserId(keyOf('User', userId, 'input.userId')),
});

const usersOf = ({ userIds }: GroupMembersInput): string[] =>
  userIds.map((id) => canonicalUserId(keyOf('User', id, 'input.userIds')));

@Resolver(() => GroupType)
export class GroupMemberResolver {
  @Reads()
  @RequiresScopes(['group-member:read'])
  @FieldResolver(() => UserConnection, {
    nullable: true,
    description: 'Direct members, by id. Members of the groups below are not included.',
  })
  async members(
    @Root() group: GroupKeys,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() { services, loaders, authority }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ConnectionData<UserKeys>> {
    const request = toPageRequest(page, info);
    const first = (size: number) =>
      loaders.load(membersOfGroup, { tenantId: group.tenantId, key: cutKey(size, group.id) });
    const found = await services.groupMembers.page(authority, group.id, request, first);
    const { edges: places, nodes: members, ...rest } = toConnection(found);
    const columns = columnsRead(info);
    const users = await Promise.all(
      members.map(({ tenantId, userId }) => loaders.loadColumns(narrowUserById, { tenantId, key: userId }, columns)),
    );
    // Every membership has a foreign key to its user; a user is missing only when it was deleted in between.
    const edges = places.map(({ cursor }, i) => ({ cursor, node: users[i]! }));
    return { ...rest, edges, nodes: users as UserKeys[] };
  }

  @Reads()
  @RequiresScopes(['group-member:read'])
  @FieldResolver(() => [String], {
    nullable: true,
    description: 'Public ids of the direct members, sorted. Members of the groups below are not included.',
  })
  async memberIds(
    @Root() group: GroupKeys,
    @Ctx() { loaders }: GraphContext,
    @Arg('limit', () => Int, { defaultValue: 1000, description: 'Number of ids to return, at most 10,000.' })
    limit: number,
  ): Promise<string[]> {
    const members = await loaders.load(membersOfGroup, { tenantId: group.tenantId, key: cutKey(limit, group.id) });
    return members.map(({ userId }) => userId);
  }

  @RequiresScopes(['group-member:write'])
  @Errors('GROUP_KEY_AMBIGUOUS', 'GROUP_MEMBER_NOT_FOUND', 'PERMISSION_ESCALATION', 'ACCOUNT_GUARDED')
  @Mutation(() => AddGroupMembersPayload, {
    description: 'Adds users to a group, all or none; see `addGroupMember`.',
  })
  async addGroupMembers(
    @Arg('input', () => AddGroupMembersInput, { description: 'The group and the users.' }) input: AddGroupMembersInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ group: Group }> {
    const groupId = await services.groups.idOf(authority, referenceIn(input));
    return { group: await services.groupMembers.add(authority, groupId, usersOf(input)) };
  }

  @RequiresScopes(['group-member:write'])
  @Errors('GROUP_KEY_AMBIGUOUS', 'GROUP_MEMBER_NOT_FOUND', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => RemoveGroupMembersPayload, {
    description: 'Removes users from a group, all or none; see `removeGroupMember`.',
  })
  async removeGroupMembers(
    @Arg('input', () => RemoveGroupMembersInput, { description: 'The group and the users.' })
    input: RemoveGroupMembersInput,
    @Ctx() { services, authority }: GraphContext,
  ): Promise<{ group: Group }> {
    const groupId = await services.groups.idOf(authority, referenceIn(input));
    return { group: await services.groupMembers.remove(authority, groupId, usersOf(input)) };
  }

  @RequiresScopes(['group-member:write'])
  @Errors('GROUP_MEMBER_NOT_FOUND', 'PERMISSION_ESCALATION', 'ACCOUNT_GUARDED')
  @Mutation(() => AddGroupMemberPayload, {
    description:
      'Adds a user to a group. The user then has the roles of the group and of the groups above it; the caller must hold everything that they give. Adding a member again is no error.',
  })
  async addGroupMember(
    @Arg('input', () => AddGroupMemberInput, { description: 'The group and the user.' }) input: AddGroupMemberInput,
    @Ctx() { services, loaders, authority }: GraphContext,
  ): Promise<object> {
    const { groupId, userId } = memberOf(input);
    const group = await services.groupMembers.add(authority, groupId, [userId]);
    return { group, user: await loaders.load(userById, { tenantId: group.tenantId, key: userId }) };
  }

  @RequiresScopes(['group-member:write'])
  @Errors('GROUP_MEMBER_NOT_FOUND', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => RemoveGroupMemberPayload, {
    description: 'Removes a user from a group. It is no error when the user is not a member.',
  })
  async removeGroupMember(
    @Arg('input', () => RemoveGroupMemberInput, { description: 'The group and the user.' })
    input: RemoveGroupMemberInput,
    @Ctx() { services, loaders, authority }: GraphContext,
  ): Promise<object> {
    const { groupId, userId } = memberOf(input);
    const group = await services.groupMembers.remove(authority, groupId, [userId]);
    return { group, user: await loaders.load(userById, { tenantId: group.tenantId, key: userId }) };
  }
}

@Resolver(() => UserType)
export class UserGroupsResolver {
  @Reads()
  @RequiresScopes(['group:read'], ['group:read:self'])
  @FieldResolver(() => [GroupType], {
    nullable: 'itemsAndList',
    description: 'Groups of which the user is a direct member, by path.',
  })
  groups(
    @Root() user: UserKeys,
    @Ctx() { loaders }: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly MemberGroupKeys[]> {
    return loaders.loadColumns(groupsOfUser, { tenantId: user.tenantId, key: user.id }, columnsRead(info));
  }
}
