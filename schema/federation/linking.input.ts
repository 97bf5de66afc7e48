import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';

export enum AccountLinkingOutcome {
  CONFIRMATION = 'confirmation',
  LINKED = 'linked',
  ACCESS_DENIED = 'access_denied',
  ALREADY_BOUND = 'already_bound',
  SERVER_ERROR = 'server_error',
}
registerEnumType(AccountLinkingOutcome, {
  name: 'AccountLinkingOutcome',
  description: 'How a visit to a federation provider ended.',
  valuesConfig: {
    CONFIRMATION: {
      description:
        'Nothing is linked yet: send the browser to `redirectTo`, a page that asks the user. Afterwards the browser comes to the return address with another `state`, for another call.',
    },
    LINKED: { description: 'The account is linked.' },
    ACCESS_DENIED: { description: 'The user refused, at the provider or at this service.' },
    ALREADY_BOUND: { description: 'The external account is linked to another user.' },
    SERVER_ERROR: { description: 'The provider did not answer as expected; the security event has the details.' },
  },
});

@InputType({
  description: 'A visit to a federation provider, which links the external account that the user signs in to there.',
})
export class BeginAccountLinkingInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'The user. Default: the caller. When an application calls: the user who is signed in in the browser when it comes back.',
  })
  userId?: string | null;
  @Field(() => String, { description: 'The provider, as `type:name`.' })
  provider!: string;
  @Field(() => String, {
    description:
      'Where the browser is sent at the end: an absolute URL under an address registered for the calling client.',
  })
  callback!: string;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether the provider opens in a popup, which closes itself at the end. Default false.',
  })
  isPopup?: boolean | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Where the provider sends the browser: an address of this service. Default: the callback; the application then calls `completeAccountLinking` with the parameters that arrive there.',
  })
  redirectUri?: string | null;
}

@ObjectType({ description: 'The start of a visit to a federation provider.' })
export class BeginAccountLinkingPayload {
  @Field(() => String, {
    description: 'Address to which the application sends the browser. It works once, within 10 minutes.',
  })
  redirectTo!: string;
}

@InputType({ description: 'Parameters with which the browser came back from a federation provider.' })
export class CompleteAccountLinkingInput {
  @Field(() => String, { description: 'The parameter `state`.' })
  state!: string;
  @Field(() => String, { nullable: true, description: 'The parameter `code`.' })
  code?: string | null;
  @Field(() => String, { nullable: true, description: 'The parameter `error` (RFC 6749 section 4.1.2.1).' })
  error?: string | null;
  @Field(() => String, { nullable: true, description: 'The parameter `iss` (RFC 9207).' })
  issuer?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'The provider, as `type:name`, for which the return address was made. The call is refused when the visit was begun with another provider.',
  })
  provider?: string | null;
}

@ObjectType({ description: 'The end of a visit to a federation provider.' })
export class CompleteAccountLinkingPayload {
  @Field(() => AccountLinkingOutcome, { description: 'How it ended.' })
  outcome!: AccountLinkingOutcome;
  @Field(() => String, { description: 'The callback that `beginAccountLinking` was given.' })
  callback!: string;
  @Field(() => Boolean, { description: 'Whether the visit took place in a popup.' })
  isPopup!: boolean;
  @Field(() => String, {
    description:
      'Where to send the browser: the page that asks, or the callback, with `error` and `error_description` unless the account was linked.',
  })
  redirectTo!: string;
}
