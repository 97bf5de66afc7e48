import { GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars';
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { Node } from '../kit/node.ts';

export enum IssuerKindName {
  NATIVE = 'native',
  SUITE = 'suite',
  REALM = 'realm',
  API = 'api',
  ROOT = 'root',
  EXTERNAL_FACTOR = 'external-factor',
}
registerEnumType(IssuerKindName, {
  name: 'IssuerKind',
  description:
    'A kind of token issuer. Each tenant has one issuer of each kind; they differ in paths, defaults and keys.',
  valuesConfig: {
    NATIVE: {
      description:
        'The issuer of this service: short tokens, signed with EdDSA unless the client chooses another algorithm.',
    },
    SUITE: { description: 'The issuer of the suite API: signs with RS256 and publishes certificates in its key set.' },
    REALM: {
      description:
        'The issuer of the realm API: its tokens name the roles of the user, signed with RS256, and its refresh tokens can be used again.',
    },
    API: {
      description:
        'The issuer below `/api`: its tokens name the tenant, signed with EdDSA or RS256 as the client chooses, and its refresh tokens outlive sessions that run out.',
    },
    ROOT: {
      description:
        'The issuer directly below the origin. It is like API; codes and refresh tokens of one are refused at the other.',
    },
    EXTERNAL_FACTOR: {
      description:
        'The issuer that proves users to other services, which ask for their second factor: it signs ID tokens with RS256, and issues nothing else.',
    },
  },
});

export enum TokenHolder {
  USER = 'user',
  APPLICATION = 'app',
}
registerEnumType(TokenHolder, {
  name: 'TokenHolder',
  description: 'Whom a token represents.',
  valuesConfig: {
    USER: { description: 'A user for whom the client acts.' },
    APPLICATION: { description: 'The client itself.' },
  },
});

export enum SigningAlgorithmName {
  EdDSA = 'EdDSA',
  ES256 = 'ES256',
  RS256 = 'RS256',
}
registerEnumType(SigningAlgorithmName, {
  name: 'SigningAlgorithm',
  description: 'A signature algorithm (RFC 7518, RFC 8037).',
  valuesConfig: {
    EdDSA: { description: 'Ed25519.' },
    ES256: { description: 'ECDSA with P-256 and SHA-256.' },
    RS256: { description: 'RSA of 2048 bits, PKCS #1 v1.5 with SHA-256.' },
  },
});

export enum SigningKeyStatus {
  NEXT = 'next',
  ACTIVE = 'active',
  RETIRED = 'retired',
}
registerEnumType(SigningKeyStatus, {
  name: 'SigningKeyStatus',
  description: 'Whether a key does not sign yet, signs now or no longer signs.',
  valuesConfig: {
    NEXT: { description: 'It is published but does not sign yet, so that clients know it before it signs.' },
    ACTIVE: { description: 'It signs.' },
    RETIRED: { description: 'It no longer signs and is published until every token it signed has expired.' },
  },
});

@ObjectType('SigningKey', {
  implements: Node,
  description: 'A key that signs tokens of a tenant. Only its public part is shown.',
})
@RequiresScopes(['key:read'])
@Owned({ account: null })
export class SigningKeyType extends Node {
  @Field(() => String, { description: 'Thumbprint of the key (RFC 7638), as in the header of its tokens.' })
  kid!: string;

  @Field(() => SigningAlgorithmName, { description: 'Signature algorithm of the key.' })
  alg!: string;

  @Field(() => SigningKeyStatus, { description: 'Whether it signs at present.' })
  status!: string;

  @Field(() => GraphQLJSONObject, { description: 'The public key (RFC 7517).' })
  publicJwk!: object;

  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When it starts to sign.' })
  activeFrom!: Date;

  @Field(() => Date, { nullable: true, description: 'When another key replaces it, or has replaced it.' })
  retiredAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it is removed from the key set.' })
  expiresAt!: Date | null;
}

@ObjectType({ description: 'What may be done with a resource of a resource server.' })
export class ResourcePermission {
  @Field(() => String, { description: 'Id of the resource.' })
  resourceId!: string;

  @Field(() => String, { description: 'Name of the resource.' })
  resourceName!: string;

  @Field(() => [String], { description: 'What may be done with it; empty for a resource without scopes.' })
  scopes!: readonly string[];
}

@ObjectType({ description: 'The answer of the token endpoint (RFC 6749 section 5.1).' })
export class IssueTokensPayload {
  @Field(() => String, {
    nullable: true,
    description:
      'The access token; null where the request asked for permissions instead of a token, or for a second factor alone.',
  })
  accessToken!: string | null;

  @Field(() => String, { description: 'Type of the access token: always `Bearer`.' })
  tokenType!: string;

  @Field(() => GraphQLSafeInt, { description: 'Lifetime of the access token in seconds; 0 without one.' })
  expiresIn!: number;

  @Field(() => String, { description: 'Granted scopes, separated by spaces.' })
  scope!: string;

  @Field(() => String, { nullable: true, description: 'A refresh token, shown once; null when there is none.' })
  refreshToken!: string | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: 'Seconds until the refresh token expires unless it is used; null when there is none.',
  })
  refreshExpiresIn!: number | null;

  @Field(() => String, { nullable: true, description: 'An ID token, for users and the scope `openid`.' })
  idToken!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The session with which the tokens end; null for tokens of a client and for those that outlive the session.',
  })
  sid!: string | null;

  @Field(() => Date, {
    nullable: true,
    description:
      'Tokens of the client that were issued before this moment are no longer accepted; null when there is none.',
  })
  notBefore!: Date | null;

  @Field(() => [ResourcePermission], {
    nullable: true,
    description:
      'The permissions that are given, where the request asked for these instead of a token (User-Managed Access 2.0 Grant); otherwise null.',
  })
  permissions!: readonly ResourcePermission[] | null;
}

@ObjectType({
  description:
    'State and content of a token (RFC 7662 section 2.2). When the token is not active, or the caller may not inspect it, every field except `active` is null.',
})
export class TokenIntrospection {
  @Field(() => Boolean, { description: 'Whether the token is valid now.' })
  active!: boolean;

  @Field(() => String, { nullable: true, description: 'Scope names separated by spaces.' })
  scope!: string | null;

  @Field(() => String, { nullable: true, description: 'The client it was issued to.' })
  clientId!: string | null;

  @Field(() => String, { nullable: true, description: 'Type of the token: `Bearer`.' })
  tokenType!: string | null;

  @Field(() => GraphQLSafeInt, { nullable: true, description: 'When it expires, in seconds since 1970.' })
  exp!: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true, description: 'When it was issued, in seconds since 1970.' })
  iat!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Public id of the user, or `client:` followed by the client; some issuer kinds leave it out for clients.',
  })
  sub!: string | null;

  @Field(() => [String], { nullable: true, description: 'Audience of the token.' })
  aud!: readonly string[] | null;

  @Field(() => String, { nullable: true, description: 'Issuer of the token.' })
  iss!: string | null;

  @Field(() => String, { nullable: true, description: 'Id of the token.' })
  jti!: string | null;

  @Field(() => TokenHolder, { nullable: true, description: 'Whom it represents.' })
  holder!: string | null;

  @Field(() => String, { nullable: true, description: 'Session that the token belongs to.' })
  sid!: string | null;

  @Field(() => String, { nullable: true, description: 'How strongly the user was authenticated.' })
  acr!: string | null;

  @Field(() => [String], { nullable: true, description: 'How the user was authenticated (RFC 8176).' })
  amr!: readonly string[] | null;

  @Field(() => GraphQLSafeInt, {
    nullable: true,
    description: 'When the user was authenticated, in seconds since 1970.',
  })
  authTime!: number | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Every claim of the token, among them those that the kind of its issuer adds, such as roles.',
  })
  claims!: object | null;
}

@ObjectType({ description: 'An issuer of tokens, as its clients may know it.' })
export class TokenIssuer {
  @Field(() => String, { description: 'Its URL, as in the claim `iss`.' })
  url!: string;

  @Field(() => String, {
    description:
      'The public key that signs its tokens now unless a client chose another algorithm: SubjectPublicKeyInfo (RFC 5280), DER in base64.',
  })
  publicKey!: string;

  @Field(() => Date, {
    nullable: true,
    description: 'Tokens that were issued before this moment are not accepted; null when there is none.',
  })
  notBefore!: Date | null;
}

@ObjectType({ description: 'Result of a revocation.' })
export class RevokeTokenPayload {
  @Field(() => Boolean, {
    description:
      'Whether a token was revoked; false when it is unknown or no longer valid, or when the caller may not revoke it.',
  })
  isRevoked!: boolean;
}

@ObjectType({ description: 'Result of a key rotation.' })
export class RotateSigningKeyPayload {
  @Field(() => SigningKeyType, { nullable: true, description: 'The new key; null when the caller may not read keys.' })
  signingKey!: SigningKeyType | null;
}

@ObjectType({ description: 'The next key for messages to a tenant.' })
export class RotateAgreementKeyPayload {
  @Field(() => String, { description: 'Thumbprint of the key (RFC 7638), as in challenges.' })
  kid!: string;

  @Field(() => Date, { description: 'When challenges begin to name it.' })
  activeFrom!: Date;
}
