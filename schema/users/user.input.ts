import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ComparisonInput } from '../kit/comparison.ts';
import { SortDirection } from '../kit/order.ts';
import { UserType } from './user.type.ts';

@InputType({ description: 'An attribute and its value.' })
export class UserAttributeFilterInput {
  @Field(() => String, { description: 'Name of the attribute.' })
  name!: string;
  @Field(() => String, {
    description:
      'The value as text, ignoring case. Of a list only the first eight items are compared, of a text only 255 characters.',
  })
  value!: string;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the case of letters counts, and every character of a text. Default false.',
  })
  isExact?: boolean | null;
}

@InputType({ description: 'A member of a profile and its value.' })
export class UserProfileFilterInput {
  @Field(() => String, { description: 'Name of the member.' })
  name!: string;
  @Field(() => String, {
    description:
      'The value as text, ignoring case. Of a list the first eight items are compared, by their member `value` if they have members, of a text 255 characters.',
  })
  value!: string;
}

@InputType({ description: 'Texts that fields of a user contain, ignoring case. All of them must be there.' })
export class UserContentsInput {
  @Field(() => String, {
    nullable: true,
    description: 'In the username, the e-mail address, the given name or the family name.',
  })
  anywhere?: string | null;
  @Field(() => String, { nullable: true, description: 'In the username.' })
  username?: string | null;
  @Field(() => String, { nullable: true, description: 'In the e-mail address.' })
  email?: string | null;
  @Field(() => String, { nullable: true, description: 'In the given name.' })
  givenName?: string | null;
  @Field(() => String, { nullable: true, description: 'In the family name.' })
  familyName?: string | null;
}

export enum UserSearchField {
  SUBJECT = 'subject',
  ENABLED = 'enabled',
}
registerEnumType(UserSearchField, {
  name: 'UserSearchField',
  description: 'Fields of a user that can be compared, besides its attributes.',
  valuesConfig: { SUBJECT: { description: 'The public id.' }, ENABLED: { description: '`true` or `false`.' } },
});

@InputType({ description: 'A comparison of an attribute or a field of a user with a value.' })
export class UserComparisonInput extends ComparisonInput {
  @Field(() => UserSearchField, { nullable: true, description: 'A field. Give either this or `attribute`.' })
  field?: UserSearchField | null;
}

@InputType({ description: 'Comparisons that must all hold.' })
export class UserAlternativeInput {
  @Field(() => [UserComparisonInput], { description: 'The comparisons, at least one.' })
  allOf!: UserComparisonInput[];
}

@InputType({ description: 'An account of a user at an identity provider; without members, any account at any.' })
export class UserExternalAccountInput {
  @Field(() => String, { nullable: true, description: 'Name of the provider, exactly.' })
  providerName?: string | null;
  @Field(() => String, { nullable: true, description: 'The id of the account at the provider, exactly.' })
  externalId?: string | null;
}

@InputType({
  description:
    'Filters for a list of users; users must meet all of them. With the filters inside it, at most three levels deep, a filter has at most 150 conditions.',
})
export class UserFilterInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Beginning of the username, e-mail address, given, family or display name or phone number, ignoring case.',
  })
  search?: string | null;
  @Field(() => UserContentsInput, { nullable: true, description: 'Only those with these texts, wherever they stand.' })
  contains?: UserContentsInput | null;
  @Field(() => [String], {
    nullable: true,
    description:
      'Only those who match each of these patterns, at most 20: by the username, the e-mail address, the given or the family name, ignoring case, where `*` stands for any text, or by the public id, for which a `*` at the end does not count.',
  })
  matches?: string[] | null;
  @Field(() => String, { nullable: true, description: 'The whole username, ignoring case.' })
  username?: string | null;
  @Field(() => String, { nullable: true, description: 'The whole e-mail address, ignoring case.' })
  email?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Only enabled or only disabled ones.' })
  isEnabled?: boolean | null;
  @Field(() => Boolean, { nullable: true, description: 'Only those whose e-mail address is, or is not, verified.' })
  emailVerified?: boolean | null;
  @Field(() => String, { nullable: true, description: 'The id in an external directory, exactly.' })
  externalId?: string | null;
  @Field(() => [ID], { nullable: true, description: 'Only users with one of these ids, at most 200.' })
  userIds?: string[] | null;
  @Field(() => UserAttributeFilterInput, { nullable: true, description: 'Only those with this attribute value.' })
  attribute?: UserAttributeFilterInput | null;
  @Field(() => UserProfileFilterInput, {
    nullable: true,
    description: 'Only those with this value in a member of their profile.',
  })
  profile?: UserProfileFilterInput | null;
  @Field(() => [UserAlternativeInput], {
    nullable: true,
    description:
      'Only users that meet at least one of these alternatives: 1 to 20, with at most 100 comparisons together. Names of fields (`given_name`, `email` ...) compare the field.',
  })
  anyOf?: UserAlternativeInput[] | null;
  @Field(() => Date, { nullable: true, description: 'Only those created at this moment or later.' })
  createdFrom?: Date | null;
  @Field(() => Date, { nullable: true, description: 'Only those created before this moment.' })
  createdBefore?: Date | null;
  @Field(() => ID, { nullable: true, description: 'Only direct members of this group. Takes `group-member:read`.' })
  groupId?: string | null;
  @Field(() => ID, {
    nullable: true,
    description: 'Only those to whom this role is granted directly. Takes `role-grant:read`.',
  })
  roleId?: string | null;
  @Field(() => ID, {
    nullable: true,
    description: 'Only those with an account at this identity provider. Takes `federation-link:read`.',
  })
  providerId?: string | null;
  @Field(() => UserExternalAccountInput, {
    nullable: true,
    description: 'Only those with such an account. Takes `federation-link:read`.',
  })
  externalAccount?: UserExternalAccountInput | null;
  @Field(() => [UserFilterInput], {
    nullable: true,
    description: 'Only those who meet all of these filters, at least one.',
  })
  and?: UserFilterInput[] | null;
  @Field(() => [UserFilterInput], {
    nullable: true,
    description: 'Only those who meet one of these filters, at least one.',
  })
  or?: UserFilterInput[] | null;
  @Field(() => UserFilterInput, {
    nullable: true,
    description: 'Only those who do not meet this filter; those who lack a value that it compares do not meet it.',
  })
  not?: UserFilterInput | null;
}

export enum UserOrderField {
  CREATED_AT = 'createdAt',
  USERNAME = 'username',
  EMAIL = 'email',
  GIVEN_NAME = 'givenName',
  FAMILY_NAME = 'familyName',
  ENABLED = 'enabled',
}
registerEnumType(UserOrderField, {
  name: 'UserOrderField',
  description:
    'Fields by which users can be ordered. Texts are compared by their first 255 characters, ignoring case; users without one come first.',
  valuesConfig: {
    CREATED_AT: { description: 'Time of creation.' },
    USERNAME: { description: 'Username.' },
    EMAIL: { description: 'E-mail address.' },
    GIVEN_NAME: { description: 'Given name.' },
    FAMILY_NAME: { description: 'Family name.' },
    ENABLED: { description: 'Whether the account may be used: those that may not come first.' },
  },
});

@InputType({ description: 'The order of a list of users.' })
export class UserOrderInput {
  @Field(() => UserOrderField, { description: 'Field by which the list is ordered.' })
  field!: UserOrderField;
  @Field(() => SortDirection, { nullable: true, description: 'Direction of the order. Default ASC.' })
  direction?: SortDirection | null;
}

@InputType({ description: 'What can be set of a user account.' })
export class UserFieldsInput {
  @Field(() => String, {
    nullable: true,
    description: '1 to 255 printable characters, none of / \\ < > " % # ? |; unique in the tenant, ignoring case.',
  })
  username?: string | null;
  @Field(() => String, { nullable: true, description: 'E-mail address; null removes it.' })
  email?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the e-mail address is verified. Default for a new address: false.',
  })
  emailVerified?: boolean | null;
  @Field(() => String, { nullable: true, description: 'Phone number; null removes it.' })
  phone?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the phone number is verified. Default for a new number: false.',
  })
  phoneVerified?: boolean | null;
  @Field(() => String, { nullable: true, description: 'Given name; null removes it.' })
  givenName?: string | null;
  @Field(() => String, { nullable: true, description: 'Middle name; null removes it.' })
  middleName?: string | null;
  @Field(() => String, { nullable: true, description: 'Family name; null removes it.' })
  familyName?: string | null;
  @Field(() => String, { nullable: true, description: 'Display name; null removes it.' })
  displayName?: string | null;
  @Field(() => String, { nullable: true, description: 'Language tag such as `en-GB`; null removes it.' })
  locale?: string | null;
  @Field(() => String, { nullable: true, description: 'Id in an external directory; null removes it.' })
  externalId?: string | null;
  @Field(() => Date, {
    nullable: true,
    description:
      'Access of applications that began before this moment is refused, with all its tokens; null = none. Not in the future; of a new account it is now then. An earlier moment than before, or none, needs `session:revoke`.',
  })
  notBefore?: Date | null;
  @Field(() => [String], {
    nullable: true,
    description:
      'Actions that the user has to complete at the next sign-in; replaces the list. Changing it requires `auth-mode:write`.',
  })
  requiredActions?: string[] | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Attributes to set, by name. Attributes that are not named stay; null removes one. Names of fields (`firstName`, `given_name`, `email` ...) set the field. At most 200 names and 64 KiB.',
  })
  attributes?: Record<string, unknown> | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Members of a standard profile to set, by name. Members that are not named stay; null removes one. At most 200 names and 64 KiB.',
  })
  profile?: Record<string, unknown> | null;
}

@InputType({ description: 'A new user account.' })
export class NewUserInput extends UserFieldsInput {
  @Field(() => String, {
    nullable: true,
    description: 'Public id: 1 to 128 letters, digits, "_", "." or "-". Default: a new UUID.',
  })
  subject?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the account is enabled. Default true.',
  })
  isEnabled?: boolean | null;
}

@InputType({ description: 'A user account to create.' })
export class CreateUserInput extends NewUserInput {}

@InputType({ description: 'Changes to a user account; absent members stay.' })
export class UpdateUserInput extends UserFieldsInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether attributes that `attributes` does not name are removed. Fields stay, also those that have the name of an attribute. Default false.',
  })
  replaceAttributes?: boolean | null;
}

@InputType({ description: 'A user account to enable or disable.' })
export class SetUserEnabledInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => Boolean, { description: 'Whether the account may be used.' })
  isEnabled!: boolean;
}

@InputType({ description: 'A user account to delete.' })
export class DeleteUserInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => ID, {
    nullable: true,
    description: 'The user again, from another source. When it names another user, nothing is deleted.',
  })
  confirmedUserId?: string | null;
}

@InputType({ description: 'A user whose sessions and tokens to end.' })
export class ResetUserSessionsInput {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;
  @Field(() => String, { nullable: true, description: 'Id of a device to keep, with its sessions.' })
  keepDeviceId?: string | null;
}

@ObjectType({ description: 'Result of creating a user account.' })
export class CreateUserPayload {
  @Field(() => String, { description: 'Public id of the user, which every `userId` argument accepts.' })
  subject!: string;
  @Field(() => UserType, { nullable: true, description: 'The account; null when the caller may not read it.' })
  user!: UserType | null;
}

@ObjectType({ description: 'Result of a change to a user account.' })
class UserPayload {
  @Field(() => UserType, {
    nullable: true,
    description: 'The account after the change; null when the caller may not read it.',
  })
  user!: UserType | null;
}

@ObjectType({ description: 'Result of a change to a user account.' })
export class UpdateUserPayload extends UserPayload {}

@ObjectType({ description: 'Result of a change to a user account.' })
export class SetUserEnabledPayload extends UserPayload {}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteUserPayload {
  @Field(() => ID, { description: 'Global id of the deleted account.' })
  deletedUserId!: string;
  @Field(() => String, { description: 'Public id of the deleted account.' })
  subject!: string;
}

@ObjectType({ description: 'Result of ending the sessions of a user.' })
export class ResetUserSessionsPayload {
  @Field(() => UserType, { nullable: true, description: 'The account; null when the caller may not read it.' })
  user!: UserType | null;
  @Field(() => Int, { description: 'Number of sessions that ended.' })
  endedSessions!: number;
}
