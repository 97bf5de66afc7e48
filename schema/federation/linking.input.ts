import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';

export enum AccountLinkingOutcome {
  LINKED = 'linked',
  ACCESS_DENIED = 'access_denied',
  ALREADY_BOUND = 'already_bound',
  SERVER_ERROR = 'server_error',
}
registerEnumType(AccountLinkingOutcome, {
  name: 'AccountLinkingOutcome',
  description: 'How a visit to a federation provider ended.',
  valuesConfig: {
    LINKED: { description: 'The account is linked.' },
    ACCESS_DENIED: { description: 'The user refused at the provider, or somebody else is signed in here.' },
    ALREADY_BOUND: { description: 'The external account is linked to another user.' },
    SERVER_ERROR: { description: 'The provider did not answer as it should; the security event says more.' },
  },
});

@InputType({ description: 'A visit to a federation provider that links the account signed in there.' })
export class BeginAccountLinkingInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
  @Field(() => ID, {
    nullable: true,
    description:
      'The user. Default: the caller; for an application, whoever is signed in in the browser when it comes back.',
  })
  userId?: string | null;
  @Field(() => String, { description: 'The provider, as `type:name`.' })
  provider!: string;
  @Field(() => String, {
    description: 'Where the browser ends up: an absolute URL under an address registered for the calling client.',
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
      'Where the provider sends the browser: an address of this service. Default: the callback itself; then the application calls `completeAccountLinking` with what arrives there.',
  })
  redirectUri?: string | null;
}

@ObjectType({ description: 'The begin of a visit.' })
export class BeginAccountLinkingPayload {
  @Field(() => String, { description: 'Where the browser has to be sent within 10 minutes. It works once.' })
  redirectTo!: string;
}

@InputType({ description: 'What the browser brought back from a federation provider.' })
export class CompleteAccountLinkingInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string;
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
      'The provider, as `type:name`, that the address of the return was made for: another than the one begun with is refused.',
  })
  provider?: string | null;
}

@ObjectType({ description: 'The end of a visit.' })
export class CompleteAccountLinkingPayload {
  @Field(() => AccountLinkingOutcome, { description: 'How it ended.' })
  outcome!: AccountLinkingOutcome;
  @Field(() => String, { description: 'The callback, as it was given at the begin.' })
  callback!: string;
  @Field(() => Boolean, { description: 'Whether the visit was made in a popup.' })
  isPopup!: boolean;
  @Field(() => String, {
    description:
      'Where the browser goes now: the callback, with `error` and `error_description` unless the account was linked.',
  })
  redirectTo!: string;
}
