import { Field, InputType } from 'type-graphql';
import { OAuthParameterInput } from './oauth.input.ts';

@InputType({ description: 'A request of another service for the second factor of a user whom it has identified.' })
export class RequestExternalFactorInput {
  @Field(() => [OAuthParameterInput], {
    description:
      'The parameters of the request: `client_id`, `redirect_uri`, `id_token_hint`, `claims`, `state`, `nonce` ... One that is not known is ignored.',
  })
  parameters!: OAuthParameterInput[];
}

@InputType({ description: 'A request for a second factor that is kept, or its parameters.' })
export class BeginExternalFactorInput extends RequestExternalFactorInput {}

@InputType({ description: 'A sign-in for a second factor whose user has come back from its pages.' })
export class ResumeExternalFactorInput {
  @Field(() => String, { description: 'Handle of the interaction, in the browser in which it was begun.' })
  handle!: string;
}

@InputType({ description: 'An answer that waits for its browser.' })
export class AnswerExternalFactorInput {
  @Field(() => String, { description: 'The secret in the address to which the browser was sent; it works once.' })
  handle!: string;
}
