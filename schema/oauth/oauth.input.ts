import { Field, InputType } from 'type-graphql';
import { IssuerKindName, SigningAlgorithmName } from './oauth.type.ts';

@InputType({
  description: 'A token request (RFC 6749 section 4). The caller is the client, authenticated with its credentials.',
})
export class IssueTokensInput {
  @Field(() => IssuerKindName, {
    nullable: true,
    description: 'Kind of the issuer that issues the tokens. Default NATIVE.',
  })
  issuerKind?: IssuerKindName;

  @Field(() => String, { nullable: true, description: 'The grant type: `client_credentials`, `refresh_token` ...' })
  grantType?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Scope names separated by spaces. Default: every scope that the client holds, or its default scopes when the tokens are for a user.',
  })
  scope?: string | null;

  @Field(() => String, { nullable: true, description: 'For the grant `password`: the name of the user.' })
  username?: string | null;

  @Field(() => String, { nullable: true, description: 'For the grant `password`.' })
  password?: string | null;

  @Field(() => String, { nullable: true, description: 'For the grant `refresh_token`.' })
  refreshToken?: string | null;
}

@InputType({ description: 'A token to revoke (RFC 7009 section 2.1).' })
export class RevokeTokenInput {
  @Field(() => String, { description: 'An access token, or a refresh token, which revokes everything issued with it.' })
  token!: string;
}

@InputType({ description: 'A signing key to replace.' })
export class RotateSigningKeyInput {
  @Field(() => SigningAlgorithmName, {
    description: 'The algorithm whose key is replaced, or created when there is none.',
  })
  alg!: SigningAlgorithmName;
}
