import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import {
  ClientGrantName,
  ClientObject,
  ClientSecretKind,
  ClientType,
  RedirectMatch,
  TokenFormatName,
} from './client.type.ts';

const TENANT = { nullable: true, description: "Name of the tenant. Default: the caller's." };

@InputType({ description: 'What a list of clients can be narrowed by.' })
export class ClientFilterInput {
  @Field(() => Boolean, { nullable: true, description: 'Only enabled or only disabled ones.' })
  isEnabled?: boolean | null;
  @Field(() => String, { nullable: true, description: 'Only those with this in client_id or name, ignoring case.' })
  nameContains?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Also those the service made itself. Default false.' })
  withBuiltin?: boolean | null;
}

@InputType({ description: 'An address that a client may send users back to.' })
export class RedirectAddressInput {
  @Field(() => String, {
    description:
      'Absolute, ASCII, without fragment, user name or `\\`. `http` only for the own device (`localhost`, `127.0.0.1`, `[::1]`).',
  })
  uri!: string;
  @Field(() => RedirectMatch, {
    nullable: true,
    description: 'How it is compared. Default: as before if the address was there, else EXACT.',
  })
  match?: RedirectMatch | null;
}

@InputType({ description: 'A scope that a client may ask for.' })
export class ClientScopeInput {
  @Field(() => String, { description: 'Its name.' })
  name!: string;
  @Field(() => Boolean, { nullable: true, description: 'Granted when a request names no scope. Default false.' })
  isDefault?: boolean | null;
}

@InputType({ description: 'What can be said of a client.' })
export class ClientPropertiesInput {
  @Field(() => String, { nullable: true, description: 'Name for people; null removes it.' })
  name?: string | null;
  @Field(() => String, { nullable: true, description: 'What it is for; null removes it.' })
  description?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether it may be used. Default true.' })
  isEnabled?: boolean | null;
  @Field(() => [ClientGrantName], { nullable: true, description: 'How it may come by tokens. Default: not at all.' })
  grants?: ClientGrantName[] | null;
  @Field(() => [RedirectAddressInput], { nullable: true, description: 'Addresses after sign-in; replaces the list.' })
  redirects?: RedirectAddressInput[] | null;
  @Field(() => [RedirectAddressInput], { nullable: true, description: 'Addresses after sign-out; replaces the list.' })
  postLogoutRedirects?: RedirectAddressInput[] | null;
  @Field(() => [String], {
    nullable: true,
    description:
      "Origins of pages that may call with this client's tokens, such as `https://app.example.com`; replaces the list. `+` stands for the origins of `redirects`. `http` only for the own device. Default: `+` for a public client, else none; null brings it back.",
  })
  webOrigins?: string[] | null;
  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the roles of users ride in this client's tokens. Default false.",
  })
  hasFullRoleScope?: boolean | null;
  @Field(() => [String], {
    nullable: true,
    description: 'Native permissions it holds itself; replaces the list. The caller must hold what is added.',
  })
  permissions?: string[] | null;
  @Field(() => TokenFormatName, { nullable: true, description: 'What its access tokens look like. Default JWT.' })
  tokenFormat?: TokenFormatName | null;
  @Field(() => String, {
    nullable: true,
    description: "`EdDSA`, `ES256` or `RS256` for access tokens; null = the issuer's own.",
  })
  accessTokenAlg?: string | null;
  @Field(() => String, {
    nullable: true,
    description: "`EdDSA`, `ES256` or `RS256` for ID tokens; null = the issuer's own.",
  })
  idTokenAlg?: string | null;
  @Field(() => Int, { nullable: true, description: 'Lifetime of access tokens in seconds, at most 30 days.' })
  accessTokenSeconds?: number | null;
  @Field(() => Int, { nullable: true, description: 'Lifetime of refresh tokens in seconds, at most 365 days.' })
  refreshTokenSeconds?: number | null;
  @Field(() => [ClientScopeInput], {
    nullable: true,
    description:
      'Scopes it may ask for; replaces the list. The caller must hold what an added one allows an application.',
  })
  scopes?: ClientScopeInput[] | null;
}

@InputType({ description: 'A client to register.' })
export class CreateClientInput extends ClientPropertiesInput {
  @Field(() => String, TENANT)
  tenant?: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Its `client_id`: 1 to 255 printable ASCII characters, unique in exact case. Default: a new UUID.',
  })
  clientId?: string | null;
  @Field(() => ClientType, { nullable: true, description: 'Never changes. Default CONFIDENTIAL.' })
  type?: ClientType | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Keep a sealed copy of the secret, so that `clientSecret` can show it again. Default false.',
  })
  keepSecretReadable?: boolean | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Also make a secret for routes that document HTTP Basic. Default false.',
  })
  withRestSecret?: boolean | null;
}

@InputType({ description: 'What to change of a client; what is left out stays.' })
export class UpdateClientInput extends ClientPropertiesInput {
  @Field(() => String, TENANT)
  tenant?: string | null;
  @Field(() => ID, { description: 'The client: global id or `client_id`.' })
  clientId!: string;
}

@InputType({ description: 'A client to delete.' })
export class DeleteClientInput {
  @Field(() => String, TENANT)
  tenant?: string | null;
  @Field(() => ID, { description: 'The client: global id or `client_id`.' })
  clientId!: string;
}

@InputType({ description: 'A secret to replace.' })
export class RotateClientSecretInput {
  @Field(() => String, TENANT)
  tenant?: string | null;
  @Field(() => ID, { description: 'The client: global id or `client_id`.' })
  clientId!: string;
  @Field(() => ClientSecretKind, { nullable: true, description: 'Which secret. Default OAUTH.' })
  kind?: ClientSecretKind | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'How long the secret before still counts, in seconds: at most 90 days, OAUTH only. Default 0: it ends at once.',
  })
  overlapSeconds?: number | null;
  @Field(() => Int, { nullable: true, description: 'The new one ends after so many seconds. Default never.' })
  expiresInSeconds?: number | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Keep a sealed copy, so that `clientSecret` can show it again. Default false.',
  })
  keepReadable?: boolean | null;
}

@ObjectType({ description: 'A new client.' })
export class CreateClientPayload {
  @Field(() => String, { description: 'Its `client_id`, which every `clientId` takes.' })
  clientId!: string;
  @Field(() => String, { nullable: true, description: 'Its secret, shown this once; null for a public client.' })
  secret!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Its secret for HTTP Basic routes, shown this once; null unless asked for.',
  })
  restSecret!: string | null;
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

@ObjectType({ description: 'A replaced secret.' })
export class RotateClientSecretPayload {
  @Field(() => String, { description: 'The new secret, shown this once.' })
  secret!: string;
  @Field(() => ClientObject, { nullable: true, description: 'The client; null when the caller may not read it.' })
  client!: ClientObject | null;
}

@ObjectType({ description: 'Result of a deletion.' })
export class DeleteClientPayload {
  @Field(() => ID, { description: 'Global id of the client that is gone.' })
  deletedClientId!: string;
  @Field(() => String, { description: 'Its `client_id`.' })
  clientId!: string;
}
