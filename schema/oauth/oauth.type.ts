import { GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars';
import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { Node } from '../interfaces/node.ts';

export enum IssuerKindName {
  NATIVE = 'native',
  SUITE = 'suite',
}
registerEnumType(IssuerKindName, {
  name: 'IssuerKind',
  description:
    'A kind of token issuer. Each tenant has one issuer of each kind; they differ in paths, defaults and keys.',
  valuesConfig: {
    NATIVE: { description: 'The issuer of this service: short tokens, EdDSA unless the client chose otherwise.' },
    SUITE: { description: 'The issuer of the suite API: RS256, certificates in its key set.' },
  },
});

export enum TokenHolder {
  USER = 'user',
  APPLICATION = 'app',
}
registerEnumType(TokenHolder, {
  name: 'TokenHolder',
  description: 'For whom a token speaks.',
  valuesConfig: {
    USER: { description: 'A user who let the client act.' },
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
  description: 'Whether a key signs already, and still.',
  valuesConfig: {
    NEXT: { description: 'It is published, so that everybody knows it by the time it signs.' },
    ACTIVE: { description: 'It signs.' },
    RETIRED: { description: 'It signs no more and is published until every token it signed has expired.' },
  },
});

@ObjectType('SigningKey', {
  implements: Node,
  description: 'A key that signs tokens of a tenant. Only its public half is ever shown.',
})
@RequiresScopes(['key:read'])
@Owned({ account: null })
export class SigningKeyType extends Node {
  @Field(() => String, { description: 'Thumbprint of the key (RFC 7638), as in the header of its tokens.' })
  kid!: string;

  @Field(() => SigningAlgorithmName, { description: 'What it signs with.' })
  alg!: string;

  @Field(() => SigningKeyStatus, { description: 'Whether it signs at present.' })
  status!: string;

  @Field(() => GraphQLJSONObject, { description: 'The public key (RFC 7517).' })
  publicJwk!: object;

  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'It signs from then on.' })
  activeFrom!: Date;

  @Field(() => Date, { nullable: true, description: 'When another one takes, or took, its place.' })
  retiredAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it leaves the key set.' })
  expiresAt!: Date | null;
}

@ObjectType({ description: 'The answer of the token endpoint (RFC 6749 section 5.1).' })
export class IssueTokensPayload {
  @Field(() => String, { description: 'The access token.' })
  accessToken!: string;

  @Field(() => String, { description: 'How it is used: always `Bearer`.' })
  tokenType!: string;

  @Field(() => GraphQLSafeInt, { description: 'Lifetime of the access token in seconds.' })
  expiresIn!: number;

  @Field(() => String, { description: 'What was granted: scope names joined by spaces.' })
  scope!: string;

  @Field(() => String, { nullable: true, description: 'A refresh token, shown once; null when there is none.' })
  refreshToken!: string | null;

  @Field(() => String, { nullable: true, description: 'An ID token, for users and the scope `openid`.' })
  idToken!: string | null;
}

@ObjectType({
  description:
    'What a token says (RFC 7662 section 2.2). Everything but `active` is null for a token that is not active, or not for the caller to see.',
})
export class TokenIntrospection {
  @Field(() => Boolean, { description: 'Whether the token is good now.' })
  active!: boolean;

  @Field(() => String, { nullable: true, description: 'Scope names joined by spaces.' })
  scope!: string | null;

  @Field(() => String, { nullable: true, description: 'The client it was issued to.' })
  clientId!: string | null;

  @Field(() => String, { nullable: true, description: 'How it is used: `Bearer`.' })
  tokenType!: string | null;

  @Field(() => GraphQLSafeInt, { nullable: true, description: 'When it ends, in seconds since 1970.' })
  exp!: number | null;

  @Field(() => GraphQLSafeInt, { nullable: true, description: 'When it was issued, in seconds since 1970.' })
  iat!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Public id of the user, or `client:` and the client; some issuer kinds leave it out for clients.',
  })
  sub!: string | null;

  @Field(() => [String], { nullable: true, description: 'For whom it is meant.' })
  aud!: readonly string[] | null;

  @Field(() => String, { nullable: true, description: 'Who issued it.' })
  iss!: string | null;

  @Field(() => String, { nullable: true, description: 'Its id.' })
  jti!: string | null;

  @Field(() => TokenHolder, { nullable: true, description: 'For whom it speaks.' })
  holder!: string | null;

  @Field(() => String, { nullable: true, description: 'The session it hangs on.' })
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
}

@ObjectType({ description: 'Result of a revocation.' })
export class RevokeTokenPayload {
  @Field(() => Boolean, {
    description:
      "Whether something was revoked; false for a token that is unknown, dead, or not the caller's to revoke.",
  })
  isRevoked!: boolean;
}

@ObjectType({ description: 'Result of a key rotation.' })
export class RotateSigningKeyPayload {
  @Field(() => SigningKeyType, { nullable: true, description: 'The new key; null when the caller may not read keys.' })
  signingKey!: SigningKeyType | null;
}
