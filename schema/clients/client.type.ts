import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';

export enum ClientKind {
  REGULAR = 'regular',
  BUILTIN = 'builtin',
  INSTANCE = 'instance',
}
registerEnumType(ClientKind, {
  name: 'ClientKind',
  description: 'How a client was registered.',
  valuesConfig: {
    REGULAR: { description: 'A caller of the API registered it.' },
    BUILTIN: { description: 'The service created it; it cannot be changed or deleted.' },
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
    CONFIDENTIAL: { description: 'The client keeps a secret and authenticates with it.' },
    PUBLIC: { description: 'The client cannot keep a secret: an app on a device or in a browser.' },
  },
});

export enum GrantTypeName {
  AUTHORIZATION_CODE = 'authorization_code',
  CLIENT_CREDENTIALS = 'client_credentials',
  PASSWORD = 'password',
  REFRESH_TOKEN = 'refresh_token',
}
registerEnumType(GrantTypeName, {
  name: 'GrantType',
  description: 'A way in which a client can obtain tokens.',
  valuesConfig: {
    AUTHORIZATION_CODE: {
      description:
        'The client exchanges a code that a browser brings it after sign-in (RFC 6749 section 4.1). It needs a redirect address.',
    },
    CLIENT_CREDENTIALS: {
      description: 'The client requests tokens for itself with its secret (RFC 6749 section 4.4).',
    },
    PASSWORD: { description: "The client sends the user's password; for older applications only." },
    REFRESH_TOKEN: { description: 'The client sends a refresh token (RFC 6749 section 6).' },
  },
});

export enum TokenFormatName {
  JWT = 'jwt',
  OPAQUE = 'opaque',
}
registerEnumType(TokenFormatName, {
  name: 'TokenFormat',
  description: 'Format of an access token.',
  valuesConfig: {
    JWT: { description: 'Signed and readable (RFC 9068).' },
    OPAQUE: { description: 'A random text; only introspection returns what it means.' },
  },
});

export enum RedirectMatch {
  EXACT = 'exact',
  PREFIX = 'prefix',
  WILDCARD = 'wildcard',
}
registerEnumType(RedirectMatch, {
  name: 'RedirectMatch',
  description: 'How an address is compared. Only issuers of older APIs support values other than EXACT.',
  valuesConfig: {
    EXACT: {
      description:
        'Character by character; the port of an `http` address of `localhost`, `127.0.0.1` or `[::1]` may differ after sign-in.',
    },
    PREFIX: { description: 'The address of a request equals it, or its path continues after a "/".' },
    WILDCARD: { description: 'The address of a request begins with the part before the "*" at the end.' },
  },
});

export enum ClientSecretKind {
  OAUTH = 'oauth',
  REST = 'rest',
}
registerEnumType(ClientSecretKind, {
  name: 'ClientSecretKind',
  description: 'What a secret is used for.',
  valuesConfig: {
    OAUTH: {
      description: 'For token, introspection and revocation requests. During a rotation two secrets can be valid.',
    },
    REST: { description: 'For REST endpoints that take HTTP Basic of an application.' },
  },
});

export enum ClientSecretForm {
  RANDOM = 'random',
  UUID = 'uuid',
}
registerEnumType(ClientSecretForm, {
  name: 'ClientSecretForm',
  description: 'Form of a secret that the service makes.',
  valuesConfig: {
    RANDOM: { description: '256 random bits as 43 characters of base64url.' },
    UUID: { description: 'A random UUID, for applications that expect that form.' },
  },
});

@ObjectType({ description: 'An address that a client may send users back to.' })
export class RedirectAddress {
  @Field(() => String, { description: 'The address.' })
  uri!: string;
  @Field(() => RedirectMatch, { description: 'How the address of a request is compared with it.' })
  match!: RedirectMatch;
}

@ObjectType('LinkedScope', { description: 'A scope that a client may request.' })
export class LinkedScopeType {
  @Field(() => ID, { description: 'UUID of the scope, which every `clientScopeId` argument accepts.' })
  clientScopeUuid!: string;
  @Field(() => String, { description: 'Its name.' })
  name!: string;
  @Field(() => Boolean, { description: 'Whether it is granted when a request names no scope.' })
  isDefault!: boolean;
}

@ObjectType({ description: 'A secret of a client, without its value.' })
export class ClientSecretInfo {
  @Field(() => ClientSecretKind, { description: 'What the secret is used for.' })
  kind!: ClientSecretKind;
  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;
  @Field(() => Date, {
    nullable: true,
    description: 'When the secret expires; null = it is valid until it is replaced.',
  })
  expiresAt!: Date | null;
  @Field(() => Boolean, {
    description:
      'Whether `clientSecret` shows it: an encrypted copy was kept, and it is the newest of its kind that is valid.',
  })
  isReadable!: boolean;
}

@ObjectType('Client', { implements: Node, description: 'An application that is registered with a tenant.' })
@RequiresScopes(['client:read'])
@Owned({ account: null })
export class ClientObject extends Node {
  @Field(() => ID, { description: 'UUID of the client: its global id without type and tenant.' })
  clientUuid!: string;
  @Field(() => String, {
    description: 'The `client_id` with which the client authenticates; unique within its tenant.',
  })
  clientId!: string;
  @Field(() => String, { nullable: true, description: 'Display name.' })
  name!: string | null;
  @Field(() => String, { nullable: true, description: 'Description.' })
  description!: string | null;
  @Field(() => ClientKind, { description: 'How the client was registered.' })
  kind!: ClientKind;
  @Field(() => ClientType, { description: 'Whether the client can keep a secret.' })
  type!: ClientType;
  @Field(() => Boolean, { name: 'isEnabled', description: 'Whether it may be used.' })
  enabled!: boolean;
  @Field(() => [GrantTypeName], { description: 'Grant types that the client may use.' })
  grantTypes!: GrantTypeName[];
  @Field(() => [RedirectAddress], { description: 'Addresses to which the client may send users after sign-in.' })
  redirects!: RedirectAddress[];
  @Field(() => [RedirectAddress], { description: 'Addresses to which the client may send users after sign-out.' })
  postLogoutRedirects!: RedirectAddress[];
  @Field(() => Boolean, {
    name: 'hasFullRoleScope',
    description: "Whether this client's tokens contain the roles of the user.",
  })
  fullRoleScope!: boolean;
  @Field(() => [String], { description: 'Native permissions that the client itself holds, such as `user:read`.' })
  permissions!: string[];
  @Field(() => TokenFormatName, { description: "Format of the client's access tokens." })
  tokenFormat!: TokenFormatName;
  @Field(() => String, {
    nullable: true,
    description: "Signature algorithm of the client's access tokens; null = the issuer's default.",
  })
  accessTokenAlg!: string | null;
  @Field(() => String, {
    nullable: true,
    description: "Signature algorithm of the client's ID tokens; null = the issuer's default.",
  })
  idTokenAlg!: string | null;
  @Field(() => Int, {
    nullable: true,
    description:
      "Lifetime of the client's access tokens in seconds; null = the tenant's setting, else the issuer's default.",
  })
  accessTokenSeconds!: number | null;
  @Field(() => Int, {
    nullable: true,
    description:
      "Lifetime of the client's refresh tokens in seconds; null = the tenant's setting, else the issuer's default.",
  })
  refreshTokenSeconds!: number | null;
  @Field(() => Date, { nullable: true, description: 'Tokens issued before this moment are refused.' })
  notBefore!: Date | null;
  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const ClientConnection = connectionOf(ClientObject, 'Client');
