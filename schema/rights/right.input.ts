import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { invalidField } from '../../src/kernel/index.ts';
import type { RightObjectRef, RightSubjectRef } from '../../src/rights/index.ts';
import { keyOf } from '../global-id.ts';
import { RightType } from './right.type.ts';

@InputType({ description: 'Who holds a right: exactly one of these.' })
export class RightSubjectInput {
  @Field(() => ID, { nullable: true, description: 'A user.' })
  userId?: string | null;
  @Field(() => String, { nullable: true, description: '`client_id` of an application.' })
  clientId?: string | null;
}

@InputType({ description: 'A group by the key that its directory gives it.' })
export class RightGroupKeyInput {
  @Field(() => String, { description: 'Profile of the group.' })
  profile!: string;
  @Field(() => String, { description: 'Its key there.' })
  key!: string;
}

@InputType({ description: 'On what a right is held: exactly one of these.' })
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
  @Field(() => RightSubjectInput, { description: 'Who holds them.' })
  subject!: RightSubjectInput;
  @Field(() => RightObjectInput, { description: 'On what.' })
  object!: RightObjectInput;
  @Field(() => [String], { description: 'Names of the rights: 1 to 50, each at most 128 characters.' })
  names!: string[];
  @Field(() => [String], {
    nullable: true,
    description: 'Who sets them, or why: at most 20, each at most 64 characters.',
  })
  tags?: string[] | null;
}

@InputType({ description: 'Rights to give.' })
export class GrantRightsInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => [RightsInput], {
    description: 'At most 50 pairs. Without tags a right gets `set_from_api`; it keeps the tags it has.',
  })
  rights!: RightsInput[];
}

@InputType({ description: 'Rights to take away.' })
export class RevokeRightsInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => [RightsInput], {
    description: 'At most 50 pairs. With tags only these are taken, and a right goes when it has none left.',
  })
  rights!: RightsInput[];
}

@InputType({ description: 'Rights of one subject on one object to give and to take away.' })
export class ChangeRightsInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => RightSubjectInput, { description: 'Who holds them.' })
  subject!: RightSubjectInput;
  @Field(() => RightObjectInput, { description: 'On what.' })
  object!: RightObjectInput;
  @Field(() => [String], { nullable: true, description: 'Names of rights to give, at most 50.' })
  add?: string[] | null;
  @Field(() => [String], { nullable: true, description: 'Names of rights to take away, at most 50.' })
  remove?: string[] | null;
}

@ObjectType({ description: 'Result of giving rights.' })
export class GrantRightsPayload {
  @Field(() => [RightType], { nullable: 'itemsAndList', description: 'The rights that were named, as they are now.' })
  rights!: (RightType | null)[] | null;
}

@ObjectType({ description: 'Result of taking rights away.' })
export class RevokeRightsPayload {
  @Field(() => Int, { description: 'How many rights are gone or have fewer tags.' })
  changedCount!: number;
}

@ObjectType({ description: 'Result of changing rights.' })
export class ChangeRightsPayload {
  @Field(() => [RightType], {
    nullable: 'itemsAndList',
    description: 'What the subject holds on the object now; null for callers who may not read it.',
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
