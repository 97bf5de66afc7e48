import { Field, InputType } from 'type-graphql';
import { OAuthParameterInput } from './oauth.input.ts';
import { IssuerKindName } from './oauth.type.ts';

@InputType({
  description: 'A request of an application to sign its user out (OpenID Connect RP-Initiated Logout section 2).',
})
export class EndSessionInput {
  @Field(() => IssuerKindName, {
    nullable: true,
    description: 'Kind of the issuer that the request is sent to. Default NATIVE.',
  })
  issuerKind?: IssuerKindName;

  @Field(() => [OAuthParameterInput], {
    description:
      'The parameters of the request: `id_token_hint`, `client_id`, `post_logout_redirect_uri`, `state` ... One that is sent more than once is refused; one that the endpoint does not know is ignored.',
  })
  parameters!: OAuthParameterInput[];
}

@InputType({ description: 'The decision of a user about a sign-out.' })
export class ConfirmSignOutInput {
  @Field(() => String, { description: 'Handle of the sign-out.' })
  handle!: string;

  @Field(() => Boolean, { description: 'Whether the user signs out.' })
  isConfirmed!: boolean;
}

@InputType({ description: 'A request to sign a user out that an application posted.' })
export class PostSignOutInput {
  @Field(() => IssuerKindName, {
    nullable: true,
    description: 'Kind of the issuer that the request is sent to. Default NATIVE.',
  })
  issuerKind?: IssuerKindName;

  @Field(() => [OAuthParameterInput], {
    description:
      'The parameters of the request: those of `endSession`, or `refresh_token`, `client_id` and `client_secret`.',
  })
  parameters!: OAuthParameterInput[];
}
