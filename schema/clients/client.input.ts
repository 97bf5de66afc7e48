import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import {
  ClientObject,
  ClientSecretForm,
  ClientSecretKind,
  ClientType,
  GrantTypeName,
  RedirectMatch,
  TokenFormatName,
} from './client.type.ts';
import { ClientMetadataInput } from './client-metadata.input.ts';
import { ProtocolMapperInput } from './protocol-mapper.input.ts';

@InputType({ description: 'Filters for a list of clients.' })
export class ClientFilterInput {
  @Field(() => Boolean, { nullable: true, description: 'Only enabled or only disabled ones.' })
  isEnabled?: boolean | null;
  @Field(() => String, { nullable: true, description: 'Only the client with this `client_id`, in exact case.' })
  clientId?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Only clients whose `client_id` or name contains this text, ignoring case. No index finds parts of names: see `PageInfo` for lists of more than 10,000.',
  })
  nameContains?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether to include those that the service created itself. Default false.',
  })
  withBuiltin?: boolean | null;
}

@InputType({ description: 'An address that a client may send users back to.' })
export class RedirectAddressInput {
  @Field(() => String, {
    description:
      "Absolute URL in ASCII, without fragment, user name or `\\`. `http` is allowed for the user's device only (`localhost`, `127.0.0.1`, `[::1]`), schemes such as `com.example.app` for native applications only. For sign-in also a path that continues `rootUrl`, such as `/callback`, which only issuers of the kind `realm` compare with.",
  })
  uri!: string;
  @Field(() => RedirectMatch, {
    nullable: true,
    description:
      'How the address of a request is compared with it. Default: unchanged for an existing address, else EXACT.',
  })
  match?: RedirectMatch | null;
}

@InputType({ description: 'A scope that a client may request.' })
export class ClientScopeInput {
  @Field(() => String, { description: 'Its name.' })
  name!: string;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is granted when a request names no scope. Default false.',
  })
  isDefault?: boolean | null;
}

@InputType({ description: 'What can be said of a client.' })
export class ClientPropertiesInput extends ClientMetadataInput {
  @Field(() => String, { nullable: true, description: 'Display name; null removes it.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'Description; null removes it.' })
  description?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether it may be used. Default true.' })
  isEnabled?: boolean | null;
  @Field(() => [GrantTypeName], {
    nullable: true,
    description: 'Grant types that the client may use. Default: none.',
  })
  grantTypes?: GrantTypeName[] | null;
  @Field(() => [RedirectAddressInput], {
    nullable: true,
    description: 'Addresses to which the client may send users after sign-in; replaces the list.',
  })
  redirects?: RedirectAddressInput[] | null;
  @Field(() => [RedirectAddressInput], {
    nullable: true,
    description: 'Addresses to which the client may send users after sign-out, EXACT ones; replaces the list.',
  })
  postLogoutRedirects?: RedirectAddressInput[] | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether this client's tokens contain the roles of the user. Default false. A new client gets it only from callers who hold what administrators of the tenant do.",
  })
  hasFullRoleScope?: boolean | null;
  @Field(() => [String], {
    nullable: true,
    description:
      'Native permissions that the client itself holds; replaces the list. The caller must hold each added permission.',
  })
  permissions?: string[] | null;
  @Field(() => TokenFormatName, { nullable: true, description: 'Format of access tokens. Default JWT.' })
  tokenFormat?: TokenFormatName | null;
  @Field(() => String, {
    nullable: true,
    description: "Signature algorithm of access tokens: `EdDSA`, `ES256` or `RS256`; null = the issuer's default.",
  })
  accessTokenAlg?: string | null;
  @Field(() => String, {
    nullable: true,
    description: "Signature algorithm of ID tokens: `EdDSA`, `ES256` or `RS256`; null = the issuer's default.",
  })
  idTokenAlg?: string | null;
  @Field(() => Int, { nullable: true, description: 'Lifetime of access tokens in seconds, at most 30 days.' })
  accessTokenSeconds?: number | null;
  @Field(() => Int, { nullable: true, description: 'Lifetime of refresh tokens in seconds, at most 365 days.' })
  refreshTokenSeconds?: number | null;
  @Field(() => [ClientScopeInput], {
    nullable: true,
    description:
      'Scopes that the client may request; replaces the list. The caller must hold what an added scope allows an application to do. Default for a new client: those that the tenant gives new clients.',
  })
  scopes?: ClientScopeInput[] | null;
  @Field(() => Date, {
    nullable: true,
    description: 'Tokens issued before this moment, which is not in the future, are refused; null removes it.',
  })
  notBefore?: Date | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether AUTHORIZATION_CODE is allowed before the client has a redirect address, which can be added later. Default false: it is refused.',
  })
  canLackRedirects?: boolean | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether the client has an account for what it does itself (`Client.serviceAccount`); false deletes it. Confidential clients only. Default: as it is, none for a new client.',
  })
  hasServiceAccount?: boolean | null;
}

@InputType({ description: 'A client to register.' })
export class NewClientInput extends ClientPropertiesInput {
  @Field(() => String, {
    nullable: true,
    description:
      'The `client_id`: 1 to 255 printable ASCII characters, case-sensitive and unique. Default: a new UUID.',
  })
  clientId?: string | null;
  @Field(() => ClientType, {
    nullable: true,
    description: 'Whether the client can keep a secret; cannot be changed later. Default CONFIDENTIAL.',
  })
  type?: ClientType | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether to keep an encrypted copy of the secret, so that `clientSecret` can show it again. Default false.',
  })
  keepSecretReadable?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The secret: 1 to 1024 printable ASCII characters that nobody can guess. Default: the service makes one.',
  })
  secret?: string | null;
  @Field(() => ClientSecretForm, {
    nullable: true,
    description: 'Form of a secret that the service makes. Default RANDOM.',
  })
  secretForm?: ClientSecretForm | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether to create a secret for REST endpoints that take HTTP Basic as well. Default false.',
  })
  withRestSecret?: boolean | null;
}

@InputType({ description: 'A client to register.' })
export class CreateClientInput extends NewClientInput {
  @Field(() => [ProtocolMapperInput], { nullable: true, description: 'Its mappers. Default: none.' })
  mappers?: ProtocolMapperInput[] | null;
}

@InputType({ description: 'A user who administers the tenant, as for a sign-in.' })
export class ProvedAdministratorInput {
  @Field(() => String, { description: 'The name with which the user signs in.' })
  username!: string;
  @Field(() => String, { description: 'The password of the user.' })
  password!: string;
}

@InputType({ description: 'A client whose resources can be asked for.' })
export class CreateResourceServerInput {
  @Field(() => String, { description: 'The `client_id`.' })
  clientId!: string;
  @Field(() => ProvedAdministratorInput, {
    description: 'An administrator of the tenant. A wrong password counts as at a sign-in.',
  })
  administrator!: ProvedAdministratorInput;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether the role `uma_authorization`, which lets users use resources, is put into the default role of the tenant. Default false.',
  })
  isForEveryUser?: boolean | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether to keep an encrypted copy of the secret, so that `clientSecret` can show it again. Default false.',
  })
  keepSecretReadable?: boolean | null;
  @Field(() => ClientSecretForm, { nullable: true, description: 'Form of the secret. Default RANDOM.' })
  secretForm?: ClientSecretForm | null;
}

@InputType({ description: 'Changes to a client; absent members stay.' })
export class UpdateClientInput extends ClientPropertiesInput {
  @Field(() => ID, { description: 'The client: global id or `client_id`.' })
  clientId!: string;
  @Field(() => ClientType, {
    nullable: true,
    description: 'The type that the client must have; another one is refused. `newType` changes it.',
  })
  type?: ClientType | null;
  @Field(() => ClientType, {
    nullable: true,
    description:
      'Another type. A client that becomes public loses its secrets; one that becomes confidential has none until it gets one. The caller must hold `client-secret:rotate` as well.',
  })
  newType?: ClientType | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The `client_id` that the client must have; another one is refused, because a `client_id` cannot be changed.',
  })
  expectedClientId?: string | null;
  @Field(() => [ProtocolMapperInput], {
    nullable: true,
    description: 'Mappers of the client; replaces them. Those whose names stay keep their ids.',
  })
  mappers?: ProtocolMapperInput[] | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Another secret for OAuth, unless it is the present one: 1 to 1024 printable ASCII characters that nobody can guess. The caller must hold `client-secret:rotate` as well. The earlier ones end at once.',
  })
  secret?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'With `secret`: whether to keep an encrypted copy, so that `clientSecret` can show it again. Default false.',
  })
  keepSecretReadable?: boolean | null;
  @Field(() => [GrantTypeName], {
    nullable: true,
    description: 'Grant types to allow in addition to those that the client has, or to `grantTypes`.',
  })
  addedGrantTypes?: GrantTypeName[] | null;
  @Field(() => [GrantTypeName], { nullable: true, description: 'Grant types to withdraw; the others stay.' })
  removedGrantTypes?: GrantTypeName[] | null;
  @Field(() => [ClientScopeInput], {
    nullable: true,
    description:
      'Scopes that the client may request in addition to those that it has, or to `scopes`; one that it has becomes a default one or not.',
  })
  addedScopes?: ClientScopeInput[] | null;
  @Field(() => [String], { nullable: true, description: 'Names of scopes to withdraw; the others stay.' })
  removedScopes?: string[] | null;
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Members of `extra` to set, null to remove one; the others stay.',
  })
  extraChanges?: Record<string, unknown> | null;
}

@InputType({ description: 'A client to delete.' })
export class DeleteClientInput {
  @Field(() => ID, { description: 'The client: global id or `client_id`.' })
  clientId!: string;
}

@InputType({ description: 'A secret to replace.' })
export class RotateClientSecretInput {
  @Field(() => ID, { description: 'The client: global id or `client_id`.' })
  clientId!: string;
  @Field(() => ClientSecretKind, { nullable: true, description: 'Which secret. Default OAUTH.' })
  kind?: ClientSecretKind | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'How long the previous secret stays valid, in seconds: at most 90 days, OAUTH only. Default 0: it ends at once.',
  })
  overlapSeconds?: number | null;
  @Field(() => Int, { nullable: true, description: 'Seconds until the new secret expires. Default: never.' })
  expiresInSeconds?: number | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether to keep an encrypted copy, so that `clientSecret` can show it again. Default false.',
  })
  keepReadable?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The new secret: 1 to 1024 printable ASCII characters that nobody can guess. Default: the service makes one.',
  })
  secret?: string | null;
  @Field(() => ClientSecretForm, {
    nullable: true,
    description: 'Form of a secret that the service makes. Default RANDOM.',
  })
  secretForm?: ClientSecretForm | null;
}

@InputType({ description: 'A client whose earlier secrets to end.' })
export class EndEarlierClientSecretsInput {
  @Field(() => ID, { description: 'The client: global id or `client_id`.' })
  clientId!: string;
}

@ObjectType({ description: 'A new client.' })
export class CreateClientPayload {
  @Field(() => String, { description: 'The `client_id`, which every `clientId` argument accepts.' })
  clientId!: string;
  @Field(() => ID, { description: 'UUID of the client.' })
  clientUuid!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Secret of the client, shown only this once; null for a public client.',
  })
  secret!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Secret for REST endpoints that take HTTP Basic, shown only this once; null unless it was requested.',
  })
  restSecret!: string | null;
  @Field(() => ClientObject, { nullable: true, description: 'The client; null when the caller may not read it.' })
  client!: ClientObject | null;
}

@ObjectType({ description: 'Result of making a client whose resources can be asked for.' })
export class CreateResourceServerPayload {
  @Field(() => String, { description: 'Secret of the client, shown only this once.' })
  secret!: string;
  @Field(() => ClientObject, { nullable: true, description: 'The client; null when the caller may not read it.' })
  client!: ClientObject | null;
}

@ObjectType({ description: 'Result of a change to a client.' })
export class UpdateClientPayload {
  @Field(() => ClientObject, {
    nullable: true,
    description: 'The client after the change; null when the caller may not read it.',
  })
  client!: ClientObject | null;
}

@ObjectType({ description: 'Result of replacing a secret.' })
export class RotateClientSecretPayload {
  @Field(() => String, { description: 'The new secret, shown only this once.' })
  secret!: string;
  @Field(() => ClientObject, { nullable: true, description: 'The client; null when the caller may not read it.' })
  client!: ClientObject | null;
}

@ObjectType({ description: 'Result of ending earlier secrets.' })
export class EndEarlierClientSecretsPayload {
  @Field(() => Int, { description: 'Number of secrets that ended.' })
  endedSecrets!: number;
  @Field(() => ClientObject, { nullable: true, description: 'The client; null when the caller may not read it.' })
  client!: ClientObject | null;
}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteClientPayload {
  @Field(() => ID, { description: 'Global id of the deleted client.' })
  deletedClientId!: string;
  @Field(() => String, { description: '`client_id` of the deleted client.' })
  clientId!: string;
}
