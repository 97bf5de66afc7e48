import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql';
import type { LinkQuestionAnswer } from '../../src/flows/index.ts';
import { InteractionAccount, InteractionApplication } from './interaction.type.ts';

@InputType({ description: 'The page of an account linking.' })
export class OpenAccountLinkingInput {
  @Field(() => String, { description: 'Handle of the linking, from the address of the page.' })
  handle!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Handle of the sign-in from which the browser comes back to the page.',
  })
  interactionHandle?: string | null;
}

@InputType({ description: 'The decision of a user about an account linking.' })
export class DecideAccountLinkingInput {
  @Field(() => String, { description: 'Handle of the linking.' })
  handle!: string;
  @Field(() => ID, {
    description: 'The account that the page named. Refused when the browser is signed in to another one by now.',
  })
  userId!: string;
  @Field(() => Boolean, { description: 'Whether the external account is linked.' })
  isConfirmed!: boolean;
}

@ObjectType({ description: 'The user decides whether an external account is linked; `decideAccountLinking` takes it.' })
class AccountLinkingQuestion {
  @Field(() => String, { description: 'Handle of the linking.' })
  handle!: string;
  @Field(() => String, { description: 'Name of the federation provider.' })
  provider!: string;
  @Field(() => String, { description: 'Name of the external account; its id when the provider gives no name.' })
  externalName!: string;
  @Field(() => InteractionAccount, { description: 'The account that it would be linked to.' })
  account!: InteractionAccount;
  @Field(() => InteractionApplication, {
    nullable: true,
    description: 'The application that began the linking; null when there is none any more.',
  })
  application!: InteractionApplication | null;
}

@ObjectType({ description: 'The user must first sign in to the account that the linking was begun for.' })
class AccountLinkingSignIn {
  @Field(() => String, { description: 'Page to send the browser to. It leads back to the page of the linking.' })
  pageUrl!: string;
}

@ObjectType({ description: 'The linking has ended without a question.' })
class AccountLinkingEnd {
  @Field(() => String, { description: 'Address to send the browser to.' })
  redirectTo!: string;
}

const ANSWER_TYPES = {
  question: 'AccountLinkingQuestion',
  'sign-in': 'AccountLinkingSignIn',
  end: 'AccountLinkingEnd',
} as const satisfies Readonly<Record<LinkQuestionAnswer['kind'], string>>;

const AccountLinkingAnswer = createUnionType({
  name: 'AccountLinkingAnswer',
  description: 'What the page of an account linking does next.',
  types: () => [AccountLinkingQuestion, AccountLinkingSignIn, AccountLinkingEnd] as const,
  resolveType: (answer) => ANSWER_TYPES[(answer as unknown as LinkQuestionAnswer).kind],
});

@ObjectType({ description: 'What the page does next.' })
export class OpenAccountLinkingPayload {
  @Field(() => AccountLinkingAnswer, { description: 'The question, or where the browser goes.' })
  answer!: object;
}

@ObjectType({ description: 'What follows the decision.' })
export class DecideAccountLinkingPayload {
  @Field(() => String, {
    description:
      'Return address of the linking, with the `state` for which `completeAccountLinking` tells the outcome.',
  })
  redirectTo!: string;
}
