import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../interfaces/connection.ts';
import { Node } from '../interfaces/node.ts';

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
  @Field(() => Boolean, { description: 'Whether the e-mail address is known to be theirs.' })
  emailVerified!: boolean;
  @Field(() => String, { nullable: true, description: 'Phone number.' })
  phone!: string | null;
  @Field(() => Boolean, { description: 'Whether the phone number is known to be theirs.' })
  phoneVerified!: boolean;
  @Field(() => String, { nullable: true, description: 'Given name.' })
  givenName!: string | null;
  @Field(() => String, { nullable: true, description: 'Middle name.' })
  middleName!: string | null;
  @Field(() => String, { nullable: true, description: 'Family name.' })
  familyName!: string | null;
  @Field(() => String, { nullable: true, description: 'Name to show, where it is not made of the others.' })
  displayName!: string | null;
  @Field(() => String, { nullable: true, description: 'Preferred language, as a language tag such as `en-GB`.' })
  locale!: string | null;
  @Field(() => Boolean, {
    name: 'isEnabled',
    description: 'Whether the account may be used: enabled, and not blocked for inactivity.',
  })
  enabled!: boolean;
  @Field(() => GraphQLJSONObject, { description: 'Further attributes: any JSON value per name.' })
  attributes!: Record<string, unknown>;
  @Field(() => [String], { description: 'Names of attributes and fields that the tenant lets nobody change.' })
  unmodifiableAttributes!: string[];
  @Field(() => [String], {
    description: 'What the user has to do at the next sign-in, such as `UPDATE_PASSWORD` or `VERIFY_EMAIL`.',
  })
  requiredActions!: string[];
  @Field(() => String, { nullable: true, description: 'Id of the account in a directory elsewhere; not unique.' })
  externalId!: string | null;
  @Field(() => Date, { description: 'When it was made.' })
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
    ANONYMOUS: { description: 'Nobody in particular: no credential was sent.' },
    USER: { description: 'A user, through a client.' },
    APPLICATION: { description: 'A client of its own accord.' },
    API_KEY: { description: 'The holder of an API key.' },
    SYSTEM: { description: 'The service itself.' },
  },
});

@ObjectType({ description: 'Who is calling, and what the credential allows.' })
export class Viewer {
  @Field(() => CallerKindName, { description: 'What the caller is.' })
  kind!: CallerKindName;
  @Field(() => String, { nullable: true, description: 'Name of the tenant the credential belongs to.' })
  tenant!: string | null;
  @Field(() => String, { nullable: true, description: 'Public id of the user behind the credential.' })
  subject!: string | null;
  @Field(() => String, { nullable: true, description: 'The client behind the credential.' })
  clientId!: string | null;
  @Field(() => [String], { description: 'Scopes of the credential, as they were granted.' })
  scopes!: readonly string[];
  @Field(() => [String], {
    description: 'What they come to: native permissions with their reach, such as `user:read:self`.',
  })
  permissions!: readonly string[];
  @Field(() => Date, { nullable: true, description: 'When the user proved who they are.' })
  authTime!: Date | null;
  @Field(() => [String], { description: 'How the user proved who they are (RFC 8176).' })
  amr!: readonly string[];
  @Field(() => Date, { nullable: true, description: 'When the credential ends.' })
  expiresAt!: Date | null;
}
