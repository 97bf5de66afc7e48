import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { invalidField } from '../../src/kernel/index.ts';
import type { RightObjectRef, RightSubjectRef } from '../../src/rights/index.ts';
import { keyOf } from '../global-id.ts';
import { RightType } from './right.type.ts';

@InputType({ description: 'The holder of a right. Give exactly one member.' })
export class RightSubjectInput {
  @Field(() => ID, { nullable: true, description: 'A user.' })
  userId?: string | null;
  @Field(() => String, { nullable: true, description: '`client_id` of an application.' })
  clientId?: string | null;
}

@InputType({ description: 'A group by its key in its directory.' })
export class RightGroupKeyInput {
  @Field(() => String, { description: 'Profile of the group.' })
  profile!: string;
  @Field(() => String, { description: 'Key of the group.' })
  key!: string;
}

@InputType({ description: 'The object of a right. Give exactly one member.' })
export class RightObjectInput {
  @Field(() => ID, { nullable: true, description: 'A user.' })
  userId?: string | null;
  @Field(() => String, { nullable: true, description: '`client_id` of an application.' })
  clientId?: string | null;
  @Field(() => ID, { nullable: true, description: 'A group.' })
  groupId?: string | null;
  @Field(() => RightGroupKeyInput, { nullable: true, description: 'A group by profile and key.' })
  groupKey?: RightGroupKeyInput | null;
}

@InputType({ description: 'Rights of one subject on one object.' })
export class RightsInput {
  @Field(() => RightSubjectInput, { description: 'The user or application that holds the rights.' })
  subject!: RightSubjectInput;
  @Field(() => RightObjectInput, { description: 'The object: a user, group or application.' })
  object!: RightObjectInput;
  @Field(() => [String], { description: 'Names of the rights: 1 to 50, each at most 128 characters.' })
  names!: string[];
  @Field(() => [String], {
    nullable: true,
    description: 'Tags that say who sets the rights, or why: at most 20, each at most 64 characters.',
  })
  tags?: string[] | null;
}

@InputType({ description: 'Rights to give.' })
export class GrantRightsInput {
  @Field(() => [RightsInput], {
    description:
      'Rights to give, at most 50 pairs of subject and object. A right that is given without tags gets the tag `set_from_api`; existing tags stay.',
  })
  rights!: RightsInput[];
}

@InputType({ description: 'Rights to take away.' })
export class RevokeRightsInput {
  @Field(() => [RightsInput], {
    description:
      'Rights to take away, at most 50 pairs of subject and object. When tags are given, only these tags are removed, and a right that has no tag left is taken away.',
  })
  rights!: RightsInput[];
}

@InputType({ description: 'Rights of one subject on one object, to give and to take away.' })
export class ChangeRightsInput {
  @Field(() => RightSubjectInput, { description: 'The user or application that holds the rights.' })
  subject!: RightSubjectInput;
  @Field(() => RightObjectInput, { description: 'The object: a user, group or application.' })
  object!: RightObjectInput;
  @Field(() => [String], { nullable: true, description: 'Names of rights to give, at most 50.' })
  add?: string[] | null;
  @Field(() => [String], { nullable: true, description: 'Names of rights to take away, at most 50.' })
  remove?: string[] | null;
}

@ObjectType({ description: 'Result of giving rights.' })
export class GrantRightsPayload {
  @Field(() => [RightType], { nullable: 'itemsAndList', description: 'The named rights after the change.' })
  rights!: (RightType | null)[] | null;
}

@ObjectType({ description: 'Result of taking rights away.' })
export class RevokeRightsPayload {
  @Field(() => Int, { description: 'Number of rights that were taken away or lost tags.' })
  changedCount!: number;
}

@ObjectType({ description: 'Result of changing rights.' })
export class ChangeRightsPayload {
  @Field(() => [RightType], {
    nullable: 'itemsAndList',
    description: 'The rights that the subject now holds on the object; null when the caller may not read them.',
  })
  rights!: (RightType | null)[] | null;
}

const oneOf = (path: string) => invalidField(path, 'ONE_REQUIRED', 'Exactly one of the members is needed.');

/** @throws INVALID_INPUT None or several are given. */
export function subjectRef(input: RightSubjectInput, path: string): RightSubjectRef {
  const ref = objectRef(input, path);
  if (ref.kind === 'group') throw oneOf(path);
  return ref;
}

/** @throws INVALID_INPUT None or several are given. */
export function objectRef({ userId, clientId, groupId, groupKey }: RightObjectInput, path: string): RightObjectRef {
  const refs: RightObjectRef[] = [];
  if (userId != null) refs.push({ kind: 'user', id: keyOf('User', userId, `${path}.userId`) });
  if (clientId != null) refs.push({ kind: 'application', clientId });
  if (groupId != null) refs.push({ kind: 'group', id: keyOf('Group', groupId, `${path}.groupId`) });
  if (groupKey != null) refs.push({ kind: 'group', profile: groupKey.profile, key: groupKey.key });
  if (refs.length !== 1) throw oneOf(path);
  return refs[0]!;
}
