import { Field, InputType } from 'type-graphql';
import { IssuerKindName, SigningAlgorithmName } from './oauth.type.ts';

@InputType({
  description:
    'A parameter of an OAuth request by its name there, such as `grant_type`, and the values it is sent with.',
})
export class OAuthParameterInput {
  @Field(() => String, { description: 'Name of the parameter.' })
  name!: string;

  @Field(() => [String], {
    description:
      'One value for each time that the parameter is sent. An empty value, or none, counts as if it were not sent.',
  })
  values!: string[];
}

@InputType({
  description: 'A token request (RFC 6749 section 4). The caller is the client, authenticated with its credentials.',
})
export class IssueTokensInput {
  @Field(() => IssuerKindName, {
    nullable: true,
    description: 'Kind of the issuer that issues the tokens. Default NATIVE.',
  })
  issuerKind?: IssuerKindName;

  @Field(() => [OAuthParameterInput], {
    description:
      'The parameters of the request: `grant_type` and those of the grant (`scope`, `refresh_token` ...), without the credentials of the client. One that is sent more than once is refused; one that the endpoint does not know is ignored (RFC 6749 section 3.2).',
  })
  parameters!: OAuthParameterInput[];
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

@InputType({ description: 'A tenant whose key for messages to replace.' })
export class RotateAgreementKeyInput {}
