import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Int, Mutation, Resolver, Root } from 'type-graphql';
import { invalidField } from '../../src/kernel/index.ts';
import type { Group, GroupKeys, MemberGroupKeys, TreeReference } from '../../src/roles/index.ts';
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
  type GroupInTreeInput,
  type GroupMemberInput,
  type GroupMembersInput,
  JoinGroupsInput,
  JoinGroupsPayload,
  LeaveGroupsInput,
  LeaveGroupsPayload,
  RemoveGroupMemberInput,
  RemoveGroupMemberPayload,
  RemoveGroupMembersInput,
  RemoveGroupMembersPayload,
  type UserGroupsInput,
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

/** The group that an item of `input.groups` names. @throws INVALID_INPUT Neither or both of its members are given. */
export function toTreeReference({ groupId, path }: GroupInTreeInput, index: number): TreeReference {
  const at = `input.groups.${index}.groupId`;
  if ((groupId == null) === (path == null)) throw invalidField(at, 'ONE_REQUIRED', 'Give either "groupId" or "path".');
  return groupId == null ? { path: path! } : { id: keyOf('Group', groupId, at) };
}

/** Joins or leaves the groups of the input, and shows the user after it. */
async function changeGroups(
  { services, loaders, authority }: GraphContext,
  { userId: id, groups: inputs }: UserGroupsInput,
  change: 'join' | 'leave',
): Promise<object> {
  const userId = canonicalUserId(keyOf('User', id, 'input.userId'));
  const groups = await services.groupMembers[change](authority, userId, inputs.map(toTreeReference));
  return { groups, user: await loaders.load(userById, { tenantId: authority.tenant.id, key: userId }) };
}

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
  @RequiresScopes(['group-member:write'])
  @Errors('GROUP_NOT_FOUND', 'GROUP_MEMBER_NOT_FOUND', 'PERMISSION_ESCALATION', 'ACCOUNT_GUARDED')
  @Mutation(() => JoinGroupsPayload, {
    description: 'Adds a user to groups, all or none; see `addGroupMember`.',
  })
  joinGroups(
    @Arg('input', () => JoinGroupsInput, { description: 'The user and the groups.' }) input: JoinGroupsInput,
    @Ctx() context: GraphContext,
  ): Promise<object> {
    return changeGroups(context, input, 'join');
  }

  @RequiresScopes(['group-member:write'])
  @Errors('GROUP_NOT_FOUND', 'GROUP_MEMBER_NOT_FOUND', 'ACCOUNT_GUARDED', 'ADMINISTRATOR_LAST')
  @Mutation(() => LeaveGroupsPayload, {
    description: 'Removes a user from groups, all or none; see `removeGroupMember`.',
  })
  leaveGroups(
    @Arg('input', () => LeaveGroupsInput, { description: 'The user and the groups.' }) input: LeaveGroupsInput,
    @Ctx() context: GraphContext,
  ): Promise<object> {
    return changeGroups(context, input, 'leave');
  }

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
