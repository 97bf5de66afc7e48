import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ComparisonInput } from '../interfaces/comparison.ts';
import { SortDirection } from '../interfaces/order.ts';
import { UserType } from './user.type.ts';

const TENANT = "Name of the tenant. Default: the one of the id, else the caller's.";

@InputType({ description: 'An attribute and its value.' })
export class UserAttributeFilterInput {
  @Field(() => String, { description: 'Name of the attribute.' })
  name!: string;
  @Field(() => String, {
    description: 'The value as text, ignoring case; of a list the first eight items count, of a text 255 characters.',
  })
  value!: string;
}

export enum UserSearchField {
  SUBJECT = 'subject',
  ENABLED = 'enabled',
}
registerEnumType(UserSearchField, {
  name: 'UserSearchField',
  description: 'What can be compared of a user beside its attributes.',
  valuesConfig: { SUBJECT: { description: 'The public id.' }, ENABLED: { description: '`true` or `false`.' } },
});

@InputType({ description: 'A comparison of an attribute or a field of a user with a value.' })
export class UserComparisonInput extends ComparisonInput {
  @Field(() => UserSearchField, { nullable: true, description: 'A field. Either this or `attribute`.' })
  field?: UserSearchField | null;
}

@InputType({ description: 'Comparisons that must all hold.' })
export class UserAlternativeInput {
  @Field(() => [UserComparisonInput], { description: 'The comparisons, at least one.' })
  allOf!: UserComparisonInput[];
}

@InputType({ description: 'What a list of users can be narrowed by; all given conditions must hold.' })
export class UserFilterInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Beginning of the username, e-mail address, given, family or display name or phone number, ignoring case.',
  })
  search?: string | null;
  @Field(() => String, { nullable: true, description: 'The whole username, ignoring case.' })
  username?: string | null;
  @Field(() => String, { nullable: true, description: 'The whole e-mail address, ignoring case.' })
  email?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Only enabled or only disabled ones.' })
  isEnabled?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Only those whose e-mail address is, or is not, verified.' })
  emailVerified?: boolean | null;
  @Field(() => String, { nullable: true, description: 'The id in a directory elsewhere, exactly.' })
  externalId?: string | null;
  @Field(() => UserAttributeFilterInput, { nullable: true, description: 'Only those with this attribute value.' })
  attribute?: UserAttributeFilterInput | null;
  @Field(() => [UserAlternativeInput], {
    nullable: true,
    description:
      'Only those for which at least one of these holds: 1 to 20, with 100 comparisons together. Names that mean a field (`given_name`, `email` ...) compare the field.',
  })
  anyOf?: UserAlternativeInput[] | null;
  @Field(() => Date, { nullable: true, description: 'Only those made at this moment or later.' })
  createdFrom?: Date | null;
  @Field(() => Date, { nullable: true, description: 'Only those made before this moment.' })
  createdBefore?: Date | null;
  @Field(() => ID, { nullable: true, description: 'Only direct members of this group.' })
  groupId?: string | null;
  @Field(() => ID, { nullable: true, description: 'Only those to whom this role is granted directly.' })
  roleId?: string | null;
}

export enum UserOrderField {
  CREATED_AT = 'createdAt',
  USERNAME = 'username',
}
registerEnumType(UserOrderField, {
  name: 'UserOrderField',
  description: 'What users can be ordered by.',
  valuesConfig: { CREATED_AT: { description: 'When they were made.' }, USERNAME: { description: 'Username.' } },
});

@InputType({ description: 'The order of a list of users.' })
export class UserOrderInput {
  @Field(() => UserOrderField, { description: 'What they are ordered by.' })
  field!: UserOrderField;
  @Field(() => SortDirection, { nullable: true, description: 'Which end comes first. Default ASC.' })
  direction?: SortDirection | null;
}

@InputType({ description: 'What can be set of a user account.' })
class UserFieldsInput {
  @Field(() => String, { nullable: true, description: TENANT })
  tenant?: string | null;
  @Field(() => String, {
    nullable: true,
    description: '1 to 255 printable characters, none of / \\ < > " % # ? |; unique in the tenant, ignoring case.',
  })
  username?: string | null;
  @Field(() => String, { nullable: true, description: 'E-mail address; null removes it.' })
  email?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the e-mail address is known to be theirs. Left out with a new address: not.',
  })
  emailVerified?: boolean | null;
  @Field(() => String, { nullable: true, description: 'Phone number; null removes it.' })
  phone?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the phone number is known to be theirs. Left out with a new number: not.',
  })
  phoneVerified?: boolean | null;
  @Field(() => String, { nullable: true, description: 'Given name; null removes it.' })
  givenName?: string | null;
  @Field(() => String, { nullable: true, description: 'Middle name; null removes it.' })
  middleName?: string | null;
  @Field(() => String, { nullable: true, description: 'Family name; null removes it.' })
  familyName?: string | null;
  @Field(() => String, { nullable: true, description: 'Name to show; null removes it.' })
  displayName?: string | null;
  @Field(() => String, { nullable: true, description: 'Language tag such as `en-GB`; null removes it.' })
  locale?: string | null;
  @Field(() => String, { nullable: true, description: 'Id in a directory elsewhere; null removes it.' })
  externalId?: string | null;
  @Field(() => [String], {
    nullable: true,
    description: 'What the user has to do at the next sign-in; replaces the list. Changing it needs `auth-mode:write`.',
  })
  requiredActions?: string[] | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Attributes to set, by name; the others stay, null removes one. Names that mean a field (`firstName`, `given_name`, `email` ...) set that field. At most 200 names and 64 KiB.',
  })
  attributes?: Record<string, unknown> | null;
}

@InputType({ description: 'A user account to make.' })
export class CreateUserInput extends UserFieldsInput {
  @Field(() => String, {
    nullable: true,
    description: 'Public id: 1 to 128 letters, digits, "_", "." or "-". Default: a new UUID.',
  })
  subject?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it may be used at once. Default true.',
  })
  isEnabled?: boolean | null;
}

@InputType({ description: 'What to change of a user account; what is left out stays.' })
export class UpdateUserInput extends UserFieldsInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
}

@InputType({ description: 'A user account to enable or disable.' })
export class SetUserEnabledInput {
  @Field(() => String, { nullable: true, description: TENANT })
  tenant?: string | null;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => Boolean, { description: 'Whether the account may be used.' })
  isEnabled!: boolean;
}

@InputType({ description: 'A user account to delete.' })
export class DeleteUserInput {
  @Field(() => String, { nullable: true, description: TENANT })
  tenant?: string | null;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => ID, {
    nullable: true,
    description: 'The user once more, from another source: where it names another one, nothing is deleted.',
  })
  confirmedUserId?: string | null;
}

@InputType({ description: 'A user whose sessions and tokens are to end.' })
export class ResetUserSessionsInput {
  @Field(() => String, { nullable: true, description: TENANT })
  tenant?: string | null;
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { nullable: true, description: 'A device that is kept, with its sessions.' })
  keepDeviceId?: string | null;
}

@ObjectType({ description: 'Result of making a user account.' })
export class CreateUserPayload {
  @Field(() => String, { description: 'Its public id, which every `userId` takes.' })
  subject!: string;
  @Field(() => UserType, { nullable: true, description: 'The account; null when the caller may not read it.' })
  user!: UserType | null;
}

@ObjectType({ description: 'Result of a change to a user account.' })
class UserPayload {
  @Field(() => UserType, { nullable: true, description: 'The account after it; null when the caller may not read it.' })
  user!: UserType | null;
}

@ObjectType({ description: 'Result of a change to a user account.' })
export class UpdateUserPayload extends UserPayload {}

@ObjectType({ description: 'Result of a change to a user account.' })
export class SetUserEnabledPayload extends UserPayload {}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteUserPayload {
  @Field(() => ID, { description: 'Global id of the account that is gone.' })
  deletedUserId!: string;
  @Field(() => String, { description: 'Its public id.' })
  subject!: string;
}

@ObjectType({ description: 'Result of ending the sessions of a user.' })
export class ResetUserSessionsPayload {
  @Field(() => UserType, { nullable: true, description: 'The account; null when the caller may not read it.' })
  user!: UserType | null;
  @Field(() => Int, { description: 'How many sessions ended.' })
  endedSessions!: number;
}
