import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { GroupType } from './group.type.ts';

const MEMBERS =
  'public ids of users and ids of groups, at most 10,000. They take `group-member:write`, and everything that the roles of the group give.';

@InputType({ description: 'A group of the tree to create at its top, with its members.' })
export class ProvisionGroupInput {
  @Field(() => String, {
    description: 'Name: 1 to 255 characters without `/`, unique at the top of the tree, ignoring case.',
  })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Id of the group in an external directory.' })
  externalId?: string | null;
  @Field(() => [String], { nullable: true, description: `Its members: ${MEMBERS}` })
  members?: string[] | null;
}

@InputType({ description: 'Changes to a group of the tree and its members; absent members stay.' })
export class ConfigureGroupInput {
  @Field(() => ID, { description: 'The group.' })
  groupId!: string;
  @Field(() => String, { nullable: true, description: 'A new name.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'Id of the group in an external directory; null removes it.' })
  externalId?: string | null;
  @Field(() => [String], { nullable: true, description: `Those that become members: ${MEMBERS}` })
  members?: string[] | null;
  @Field(() => [String], {
    nullable: true,
    description: 'Those that are members no longer, in the same form; others are skipped.',
  })
  removedMembers?: string[] | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether all members that `members` does not name are removed, at most 10,000. Default false.',
  })
  replaceMembers?: boolean | null;
}

@ObjectType({ description: 'Result of creating a group with its members.' })
export class ProvisionGroupPayload {
  @Field(() => GroupType, { nullable: true, description: 'The group; null when the caller may not read it.' })
  group!: GroupType | null;
}

@ObjectType({ description: 'Result of changing a group and its members.' })
export class ConfigureGroupPayload {
  @Field(() => GroupType, {
    nullable: true,
    description: 'The group after the change; null when the caller may not read it.',
  })
  group!: GroupType | null;
}
