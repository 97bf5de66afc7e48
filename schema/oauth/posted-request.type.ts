import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { OAuthParameterInput } from './oauth.input.ts';
import { IssuerKindName } from './oauth.type.ts';

export enum PostedEndpointName {
  AUTHORIZATION = 'authorization',
  END_SESSION = 'endSession',
}
registerEnumType(PostedEndpointName, {
  name: 'PostedEndpoint',
  description: 'An endpoint of an issuer to which applications may post a browser.',
  valuesConfig: {
    AUTHORIZATION: { description: 'Signs a user in (RFC 6749 section 3.1).' },
    END_SESSION: { description: 'Signs a user out (OpenID Connect RP-Initiated Logout section 2).' },
  },
});

@InputType({ description: 'A request that an application posted through the browser.' })
export class KeepPostedRequestInput {
  @Field(() => IssuerKindName, {
    nullable: true,
    description: 'Kind of the issuer that the request is sent to. Default NATIVE.',
  })
  issuerKind?: IssuerKindName;

  @Field(() => PostedEndpointName, { description: 'The endpoint that it was posted to.' })
  endpoint!: PostedEndpointName;

  @Field(() => [OAuthParameterInput], { description: 'The parameters of the request, which its endpoint judges.' })
  parameters!: OAuthParameterInput[];
}

@ObjectType({ description: 'A request that is kept.' })
export class KeepPostedRequestPayload {
  @Field(() => String, {
    description:
      'Address of the endpoint with which the browser goes on, by GET; it works for a minute. A browser sends no cookie with a POST of another site.',
  })
  redirectTo!: string;
}
