import { Field, InputType } from 'type-graphql';
import { OAuthParameterInput } from './oauth.input.ts';
import { IssuerKindName } from './oauth.type.ts';

@InputType({ description: 'A request of an application for a sign-in (RFC 6749 section 4.1.1).' })
export class AuthorizeInput {
  @Field(() => IssuerKindName, {
    nullable: true,
    description: 'Kind of the issuer that the request is sent to. Default NATIVE.',
  })
  issuerKind?: IssuerKindName;

  @Field(() => [OAuthParameterInput], {
    description:
      'The parameters of the request: `client_id`, `redirect_uri`, `response_type`, `scope`, `state` ... One that the endpoint does not know is ignored.',
  })
  parameters!: OAuthParameterInput[];
}

@InputType({ description: 'A request of an application for a sign-in whose user makes an account first.' })
export class AuthorizeRegistrationInput extends AuthorizeInput {}

@InputType({ description: 'A sign-in whose user has come back from its pages.' })
export class ResumeAuthorizationInput {
  @Field(() => IssuerKindName, {
    nullable: true,
    description: 'Kind of the issuer that the request was sent to. Default NATIVE.',
  })
  issuerKind?: IssuerKindName;

  @Field(() => String, { description: 'Handle of the interaction, in the browser in which it was begun.' })
  handle!: string;
}
