import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';

@ObjectType('User', { implements: Node, description: 'A user account.' })
@RequiresScopes(['user:read'], ['user:read:self'])
@Owned({ account: 'id' })
export class UserType extends Node {
  @Field(() => String, {
    description: 'Public id: the same in tokens (`sub`) and in every API; unique within its tenant.',
  })
  subject!: string;
  @Field(() => String, { description: 'Name to sign in with; unique within its tenant, ignoring case.' })
  username!: string;
  @Field(() => String, { nullable: true, description: 'E-mail address.' })
  email!: string | null;
  @Field(() => Boolean, { description: 'Whether the e-mail address is verified.' })
  emailVerified!: boolean;
  @Field(() => String, { nullable: true, description: 'Phone number.' })
  phone!: string | null;
  @Field(() => Boolean, { description: 'Whether the phone number is verified.' })
  phoneVerified!: boolean;
  @Field(() => String, { nullable: true, description: 'Given name.' })
  givenName!: string | null;
  @Field(() => String, { nullable: true, description: 'Middle name.' })
  middleName!: string | null;
  @Field(() => String, { nullable: true, description: 'Family name.' })
  familyName!: string | null;
  @Field(() => String, { nullable: true, description: 'Display name, when it is not composed of the other names.' })
  displayName!: string | null;
  @Field(() => String, { nullable: true, description: 'Preferred language, as a language tag such as `en-GB`.' })
  locale!: string | null;
  @Field(() => Boolean, {
    name: 'isEnabled',
    description: 'Whether the account may be used: enabled, and not blocked for inactivity.',
  })
  enabled!: boolean;
  @Field(() => String, {
    nullable: true,
    description:
      'Why the account is disabled: `admin`, or the rule that did it, such as `lockout` after too many failed attempts to sign in.',
  })
  disabledReason!: string | null;
  @Field(() => GraphQLJSONObject, { description: 'Further attributes: any JSON value per name.' })
  attributes!: Record<string, unknown>;
  @Field(() => GraphQLJSONObject, {
    description:
      'Members of a standard profile that have no field, by name, such as further e-mail addresses or a job title. The APIs that write them say what they hold.',
  })
  profile!: Record<string, unknown>;
  @Field(() => [String], {
    description: 'Names of attributes and fields that cannot be changed, by a setting of the tenant.',
  })
  unmodifiableAttributes!: string[];
  @Field(() => [String], {
    description:
      'Actions that the user has to complete at the next sign-in, such as `UPDATE_PASSWORD` or `VERIFY_EMAIL`.',
  })
  requiredActions!: string[];
  @Field(() => String, { nullable: true, description: 'Id of the account in an external directory; not unique.' })
  externalId!: string | null;
  @Field(() => Date, {
    nullable: true,
    description: 'Access of applications that began before this moment is refused, with all its tokens; null = none.',
  })
  notBefore!: Date | null;
  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When the user last signed in.' })
  lastSignInAt!: Date | null;
}

export const UserConnection = connectionOf(UserType, 'User');

export enum CallerKindName {
  ANONYMOUS = 'anonymous',
  USER = 'user',
  APPLICATION = 'application',
  API_KEY = 'api-key',
  SYSTEM = 'system',
}
registerEnumType(CallerKindName, {
  name: 'CallerKind',
  description: 'What a caller is.',
  valuesConfig: {
    ANONYMOUS: { description: 'The request has no credential.' },
    USER: { description: 'A user, through a client.' },
    APPLICATION: { description: 'A client that acts for itself.' },
    API_KEY: { description: 'The holder of an API key.' },
    SYSTEM: { description: 'The service itself.' },
  },
});

@ObjectType({ description: 'The caller and what its credential allows.' })
export class Viewer {
  @Field(() => CallerKindName, { description: 'What the caller is.' })
  kind!: CallerKindName;
  @Field(() => String, { nullable: true, description: 'Name of the tenant the credential belongs to.' })
  tenant!: string | null;
  @Field(() => String, { nullable: true, description: 'Public id of the user whom the credential represents.' })
  subject!: string | null;
  @Field(() => String, { nullable: true, description: 'The client that the credential was issued to.' })
  clientId!: string | null;
  @Field(() => [String], { description: 'Scopes of the credential.' })
  scopes!: readonly string[];
  @Field(() => Date, { nullable: true, description: 'When the user authenticated.' })
  authTime!: Date | null;
  @Field(() => [String], { description: 'How the user authenticated (RFC 8176).' })
  amr!: readonly string[];
  @Field(() => Date, { nullable: true, description: 'When the credential expires.' })
  expiresAt!: Date | null;
}
