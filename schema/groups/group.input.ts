import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { ComparisonInput } from '../kit/comparison.ts';
import { SortDirection } from '../kit/order.ts';
import { UserType } from '../users/user.type.ts';
import { GroupType } from './group.type.ts';

export enum GroupSearchField {
  KEY = 'key',
  PROFILE = 'profile',
  NAME = 'name',
}
registerEnumType(GroupSearchField, {
  name: 'GroupSearchField',
  description: 'Fields of a group that can be compared, besides its attributes.',
  valuesConfig: {
    KEY: { description: 'The key, exactly.' },
    PROFILE: { description: 'The profile, exactly.' },
    NAME: { description: 'The name, ignoring case.' },
  },
});

@InputType({ description: 'A comparison of an attribute or a field of a group with a value.' })
export class GroupComparisonInput extends ComparisonInput {
  @Field(() => GroupSearchField, { nullable: true, description: 'A field. Give either this or `attribute`.' })
  field?: GroupSearchField | null;
}

@InputType({ description: 'Comparisons that must all hold.' })
export class GroupAlternativeInput {
  @Field(() => [GroupComparisonInput], { description: 'The comparisons, at least one.' })
  allOf!: GroupComparisonInput[];
}

@InputType({ description: 'Filters for a list of groups.' })
export class GroupFilterInput {
  @Field(() => String, { nullable: true, description: 'Only groups of this profile; `groups` is the tree.' })
  profile?: string | null;
  @Field(() => ID, { nullable: true, description: 'Only the direct children of this group.' })
  parentId?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Only groups without a parent. Default false.' })
  topOnly?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Only those whose name contains this text, ignoring case. No index finds parts of names: see `PageInfo` for lists of more than 10,000.',
  })
  nameContains?: string | null;
  @Field(() => String, { nullable: true, description: 'Only those with this id in an external directory.' })
  externalId?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Only the group at this path in the tree, such as `/parent/child`, ignoring case. The first slash may be left out.',
  })
  path?: string | null;
  @Field(() => [ID], { nullable: true, description: 'Only groups with one of these ids, at most 200.' })
  groupIds?: string[] | null;
  @Field(() => String, {
    nullable: true,
    description: 'Only groups with this direct member: the public id of a user, or the id of a group inside them.',
  })
  memberId?: string | null;
  @Field(() => [GroupAlternativeInput], {
    nullable: true,
    description:
      'Only groups that meet at least one of these alternatives: 1 to 20, with at most 100 comparisons together.',
  })
  anyOf?: GroupAlternativeInput[] | null;
}

export enum GroupOrderField {
  PATH = 'path',
  CREATED_AT = 'createdAt',
}
registerEnumType(GroupOrderField, {
  name: 'GroupOrderField',
  description: 'Fields by which groups can be ordered.',
  valuesConfig: {
    PATH: {
      description:
        'Path, so that each group comes after its parent. Groups whose paths have the same first 500 characters are in the order of time.',
    },
    CREATED_AT: { description: 'Time of creation.' },
  },
});

@InputType({ description: 'The order of a list of groups.' })
export class GroupOrderInput {
  @Field(() => GroupOrderField, { description: 'Field by which the list is ordered.' })
  field!: GroupOrderField;
  @Field(() => SortDirection, { nullable: true, description: 'Direction of the order. Default ASC.' })
  direction?: SortDirection | null;
}

@InputType({ description: 'A group to create.' })
export class CreateGroupInput {
  @Field(() => String, {
    description:
      'Name: 1 to 255 characters. In the tree it has no `/` and is unique among its siblings, ignoring case.',
  })
  name!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Profile: 1 to 64 letters, digits, `.`, `_` or `-`. Default `groups`, the tree.',
  })
  profile?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Key of the group in its directory, unique per profile. Default: the id of the group.',
  })
  key?: string | null;
  @Field(() => ID, { nullable: true, description: 'The parent group; only for groups in the tree. Default: none.' })
  parentId?: string | null;
  @Field(() => GraphQLJSONObject, { nullable: true, description: 'Attributes, at most 64 KiB together.' })
  attributes?: Record<string, unknown> | null;
  @Field(() => String, { nullable: true, description: 'Id of the group in an external directory.' })
  externalId?: string | null;
}

@InputType({ description: 'Which group is meant.' })
class GroupReferenceInput {
  @Field(() => ID, { nullable: true, description: 'The group. Give either this or `key`.' })
  groupId?: string | null;
  @Field(() => String, { nullable: true, description: 'Key of the group in its directory.' })
  key?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Profile of the group. Default, when `key` is given: the profile of the only directory of organisations that has the key.',
  })
  profile?: string | null;
}

@InputType({ description: 'Changes to a group; absent members stay.' })
export class UpdateGroupInput extends GroupReferenceInput {
  @Field(() => String, { nullable: true, description: 'A new name.' })
  name?: string | null;
  @Field(() => ID, {
    nullable: true,
    description:
      'The new parent group; null moves the group to the top of the tree. Its members then have the roles of the groups above the new place.',
  })
  parentId?: string | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Attributes to set, by name; null removes one, others stay.',
  })
  attributes?: Record<string, unknown> | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether attributes that `attributes` does not name are removed. Default false.',
  })
  replaceAttributes?: boolean | null;
  @Field(() => String, { nullable: true, description: 'Id of the group in an external directory; null removes it.' })
  externalId?: string | null;
}

@InputType({ description: 'A group to delete.' })
export class DeleteGroupInput extends GroupReferenceInput {}

@InputType({ description: 'A group and some of its members.' })
export class GroupMembersInput extends GroupReferenceInput {
  @Field(() => [ID], { description: 'The users, at most 1000.' })
  userIds!: string[];
}

@InputType({ description: 'A group and some of its members.' })
export class AddGroupMembersInput extends GroupMembersInput {}

@InputType({ description: 'A group and some of its members.' })
export class RemoveGroupMembersInput extends GroupMembersInput {}

@InputType({ description: 'A group and one of its members.' })
export class GroupMemberInput {
  @Field(() => ID, { description: 'The group.' })
  groupId!: string;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}

@InputType({ description: 'A group and one of its members.' })
export class AddGroupMemberInput extends GroupMemberInput {}

@InputType({ description: 'A group and one of its members.' })
export class RemoveGroupMemberInput extends GroupMemberInput {}

@InputType({ description: 'A group of the tree and groups inside it.' })
export class NestedGroupsInput {
  @Field(() => ID, { description: 'The group around the others.' })
  groupId!: string;
  @Field(() => [ID], { description: 'The groups inside it, at most 200.' })
  nestedGroupIds!: string[];
}

@InputType({ description: 'A group of the tree and groups to put into it.' })
export class NestGroupsInput extends NestedGroupsInput {}

@InputType({ description: 'A group of the tree and groups to take out of it.' })
export class UnnestGroupsInput extends NestedGroupsInput {}

@InputType({ description: 'A group: by its id, or by its path in the tree.' })
export class GroupInTreeInput {
  @Field(() => ID, { nullable: true, description: 'The group. Give either this or `path`.' })
  groupId?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Path of the group, such as `/parent/child`, ignoring case. The first slash may be left out.',
  })
  path?: string | null;
}

@InputType({ description: 'A user and groups.' })
export class UserGroupsInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => [GroupInTreeInput], { description: 'The groups, at most 200.' })
  groups!: GroupInTreeInput[];
}

@InputType({ description: 'A user and groups.' })
export class JoinGroupsInput extends UserGroupsInput {}

@InputType({ description: 'A user and groups.' })
export class LeaveGroupsInput extends UserGroupsInput {}

@InputType({ description: 'A group of the tree that new users join.' })
class DefaultGroupInput {
  @Field(() => ID, { description: 'The group.' })
  groupId!: string;
}

@InputType({ description: 'A group of the tree that new users join from now on.' })
export class AddDefaultGroupInput extends DefaultGroupInput {}

@InputType({ description: 'A group that new users no longer join.' })
export class RemoveDefaultGroupInput extends DefaultGroupInput {}

@ObjectType({ description: 'Result of a change to a group.' })
class GroupPayload {
  @Field(() => GroupType, {
    nullable: true,
    description: 'The group after the change; null when the caller may not read it.',
  })
  group!: GroupType | null;
}

@ObjectType({ description: 'Result of a change to a group.' })
export class CreateGroupPayload extends GroupPayload {}

@ObjectType({ description: 'Result of a change to a group.' })
export class UpdateGroupPayload extends GroupPayload {}

@ObjectType({ description: 'Result of a change to a group.' })
export class AddGroupMembersPayload extends GroupPayload {}

@ObjectType({ description: 'Result of a change to a group.' })
export class RemoveGroupMembersPayload extends GroupPayload {}

@ObjectType({ description: 'The group around the others.' })
export class NestGroupsPayload extends GroupPayload {}

@ObjectType({ description: 'The group that was around the others.' })
export class UnnestGroupsPayload extends GroupPayload {}

@ObjectType({ description: 'The group that new users join from now on.' })
export class AddDefaultGroupPayload extends GroupPayload {}

@ObjectType({ description: 'The group that new users no longer join.' })
export class RemoveDefaultGroupPayload extends GroupPayload {}

@ObjectType({ description: 'Result of a change to the members of a group.' })
class GroupMemberPayload extends GroupPayload {
  @Field(() => UserType, { nullable: true, description: 'The user; null when the caller may not read it.' })
  user!: UserType | null;
}

@ObjectType({ description: 'Result of a change to the members of a group.' })
export class AddGroupMemberPayload extends GroupMemberPayload {}

@ObjectType({ description: 'Result of a change to the members of a group.' })
export class RemoveGroupMemberPayload extends GroupMemberPayload {}

@ObjectType({ description: 'Result of a change to the groups of a user.' })
class UserGroupsPayload {
  @Field(() => UserType, { nullable: true, description: 'The user; null when the caller may not read it.' })
  user!: UserType | null;
  @Field(() => [GroupType], {
    nullable: 'itemsAndList',
    description:
      'The groups that the input names, each once and in its order; null where the caller may not read them.',
  })
  groups!: (GroupType | null)[] | null;
}

@ObjectType({ description: 'Result of a change to the groups of a user.' })
export class JoinGroupsPayload extends UserGroupsPayload {}

@ObjectType({ description: 'Result of a change to the groups of a user.' })
export class LeaveGroupsPayload extends UserGroupsPayload {}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteGroupPayload {
  @Field(() => ID, { description: 'Global id of the deleted group.' })
  deletedGroupId!: string;
}
