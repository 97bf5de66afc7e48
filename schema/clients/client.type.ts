import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../interfaces/connection.ts';
import { Node } from '../interfaces/node.ts';

export enum ClientKind {
  REGULAR = 'regular',
  BUILTIN = 'builtin',
  INSTANCE = 'instance',
}
registerEnumType(ClientKind, {
  name: 'ClientKind',
  description: 'Where a client comes from.',
  valuesConfig: {
    REGULAR: { description: 'Somebody registered it.' },
    BUILTIN: { description: 'The service made it; it cannot be changed or deleted.' },
    INSTANCE: { description: 'An app on the device of one user.' },
  },
});

export enum ClientType {
  CONFIDENTIAL = 'confidential',
  PUBLIC = 'public',
}
registerEnumType(ClientType, {
  name: 'ClientType',
  description: 'Whether a client can keep a secret (RFC 6749 section 2.1).',
  valuesConfig: {
    CONFIDENTIAL: { description: 'It can, and proves itself with it.' },
    PUBLIC: { description: 'It cannot: an app on a device or in a browser.' },
  },
});

export enum ClientGrantName {
  AUTHORIZATION_CODE = 'authorization_code',
  IMPLICIT = 'implicit',
  CLIENT_CREDENTIALS = 'client_credentials',
  PASSWORD = 'password',
  REFRESH_TOKEN = 'refresh_token',
  DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code',
  TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange',
  CIBA = 'urn:openid:params:grant-type:ciba',
}
registerEnumType(ClientGrantName, {
  name: 'ClientGrant',
  description: 'How a client may come by tokens.',
  valuesConfig: {
    AUTHORIZATION_CODE: { description: 'The user signs in and comes back with a code (RFC 6749 section 4.1).' },
    IMPLICIT: { description: 'The user comes back with the token itself; for older applications only.' },
    CLIENT_CREDENTIALS: { description: 'Of its own accord, with its secret (RFC 6749 section 4.4).' },
    PASSWORD: { description: "With the user's password; for older applications only." },
    REFRESH_TOKEN: { description: 'With a refresh token (RFC 6749 section 6).' },
    DEVICE_CODE: { description: 'With a code the user types on another device (RFC 8628).' },
    TOKEN_EXCHANGE: { description: 'In exchange for another token (RFC 8693).' },
    CIBA: { description: 'After the user confirmed on a device of theirs (OpenID CIBA).' },
  },
});

export enum TokenFormatName {
  JWT = 'jwt',
  OPAQUE = 'opaque',
}
registerEnumType(TokenFormatName, {
  name: 'TokenFormat',
  description: 'What an access token looks like.',
  valuesConfig: {
    JWT: { description: 'Signed and readable (RFC 9068).' },
    OPAQUE: { description: 'A random text; only introspection tells what it means.' },
  },
});

export enum RedirectMatch {
  EXACT = 'exact',
  PREFIX = 'prefix',
  WILDCARD = 'wildcard',
}
registerEnumType(RedirectMatch, {
  name: 'RedirectMatch',
  description: 'How an address is compared. Only the issuers of older APIs honour anything but EXACT.',
  valuesConfig: {
    EXACT: { description: 'Character by character.' },
    PREFIX: { description: 'The address of a request begins with it.' },
    WILDCARD: { description: 'As a prefix up to the "*" at its end.' },
  },
});

export enum ClientSecretKind {
  OAUTH = 'oauth',
  REST = 'rest',
}
registerEnumType(ClientSecretKind, {
  name: 'ClientSecretKind',
  description: 'What a secret is for.',
  valuesConfig: {
    OAUTH: { description: 'Token, introspection and revocation requests. Two may live during a rotation.' },
    REST: { description: 'Routes that document HTTP Basic of an application.' },
  },
});

@ObjectType({ description: 'An address that a client may send users back to.' })
export class RedirectAddress {
  @Field(() => String, { description: 'The address.' })
  uri!: string;
  @Field(() => RedirectMatch, { description: 'How it is compared.' })
  match!: RedirectMatch;
}

@ObjectType({ description: 'A scope that a client may ask for.' })
export class ClientScope {
  @Field(() => String, { description: 'Its name.' })
  name!: string;
  @Field(() => Boolean, { description: 'Whether it is granted when a request names no scope.' })
  isDefault!: boolean;
}

@ObjectType({ description: 'That a client has a secret; the secret itself is not kept in readable form.' })
export class ClientSecretInfo {
  @Field(() => ClientSecretKind, { description: 'What it is for.' })
  kind!: ClientSecretKind;
  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When it ends; null = when it is replaced.' })
  expiresAt!: Date | null;
  @Field(() => Boolean, { description: 'Whether a sealed copy is kept, which `clientSecret` shows.' })
  isReadable!: boolean;
}

@ObjectType('Client', { implements: Node, description: 'An application that is registered with a tenant.' })
@RequiresScopes(['client:read'])
@Owned({ account: null })
export class ClientObject extends Node {
  @Field(() => ID, { description: 'Its id without type and tenant: a UUID.' })
  clientUuid!: string;
  @Field(() => String, { description: 'The name it proves itself with (`client_id`); unique within its tenant.' })
  clientId!: string;
  @Field(() => String, { nullable: true, description: 'Name for people.' })
  name!: string | null;
  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description!: string | null;
  @Field(() => ClientKind, { description: 'Where it comes from.' })
  kind!: ClientKind;
  @Field(() => ClientType, { description: 'Whether it can keep a secret.' })
  type!: ClientType;
  @Field(() => Boolean, { name: 'isEnabled', description: 'Whether it may be used.' })
  enabled!: boolean;
  @Field(() => [ClientGrantName], { description: 'How it may come by tokens.' })
  grants!: ClientGrantName[];
  @Field(() => [RedirectAddress], { description: 'Where it may send users back to after sign-in.' })
  redirects!: RedirectAddress[];
  @Field(() => [RedirectAddress], { description: 'Where it may send users back to after sign-out.' })
  postLogoutRedirects!: RedirectAddress[];
  @Field(() => [String], {
    description: 'Origins of pages that may call with its tokens; `+` stands for the origins of `redirects`.',
  })
  webOrigins!: string[];
  @Field(() => Boolean, {
    name: 'hasFullRoleScope',
    description: "Whether the roles of users ride in this client's tokens.",
  })
  fullRoleScope!: boolean;
  @Field(() => [String], { description: 'Native permissions it holds itself, such as `user:read`.' })
  permissions!: string[];
  @Field(() => TokenFormatName, { description: 'What its access tokens look like.' })
  tokenFormat!: TokenFormatName;
  @Field(() => String, { nullable: true, description: "Algorithm of its access tokens; null = the issuer's own." })
  accessTokenAlg!: string | null;
  @Field(() => String, { nullable: true, description: "Algorithm of its ID tokens; null = the issuer's own." })
  idTokenAlg!: string | null;
  @Field(() => Int, {
    nullable: true,
    description: "Lifetime of its access tokens in seconds; null = the tenant's or the issuer's own.",
  })
  accessTokenSeconds!: number | null;
  @Field(() => Int, {
    nullable: true,
    description: "Lifetime of its refresh tokens in seconds; null = the tenant's or the issuer's own.",
  })
  refreshTokenSeconds!: number | null;
  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const ClientConnection = connectionOf(ClientObject, 'Client');
