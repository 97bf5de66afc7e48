import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { FactorMethodName, OfInteraction, StepPayload } from './interaction.type.ts';

@InputType({ description: 'A name and a password.' })
export class SubmitPasswordInput extends OfInteraction {
  @Field(() => String, {
    description: 'Username, id, or the e-mail address where the tenant allows it. Ignored when the account is fixed.',
  })
  identifier!: string;
  @Field(() => String, { description: 'The password.' })
  password!: string;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether to stay signed in after the browser is closed, where the tenant offers that. Default false.',
  })
  isRemembered?: boolean | null;
}
@ObjectType({ description: 'What follows a right password.' })
export class SubmitPasswordPayload extends StepPayload {}

@InputType({ description: 'A ticket of a user who was proved for this sign-in.' })
export class SubmitSignInTicketInput extends OfInteraction {
  @Field(() => String, {
    description:
      'What `signInWithImage` or `signInWithPasskey` gave, with the handle of this sign-in as `requestId`. It works once.',
  })
  ticket!: string;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether to stay signed in after the browser is closed, where the tenant offers that. Default false.',
  })
  isRemembered?: boolean | null;
}
@ObjectType({ description: 'What follows a right ticket.' })
export class SubmitSignInTicketPayload extends StepPayload {}

@InputType({ description: 'A second factor.' })
export class SubmitFactorInput extends OfInteraction {
  @Field(() => FactorMethodName, { description: 'What is shown: a method that has codes.' })
  method!: FactorMethodName;
  @Field(() => String, { description: 'The code. Blanks in it do not matter.' })
  code!: string;
}
@ObjectType({ description: 'What follows a right code.' })
export class SubmitFactorPayload extends StepPayload {}

@InputType({ description: 'A choice of account.' })
export class ChooseAccountInput extends OfInteraction {
  @Field(() => ID, { nullable: true, description: 'One of the accounts of the step. Null: another account.' })
  userId?: string | null;
}
@ObjectType({ description: 'What follows the choice.' })
export class ChooseAccountPayload extends StepPayload {}

@InputType({ description: 'An answer to what an application asks for.' })
export class SubmitConsentInput extends OfInteraction {
  @Field(() => Boolean, { description: 'Whether the user allows it. If not, the sign-in ends.' })
  isGranted!: boolean;
}
@ObjectType({ description: 'What follows the answer.' })
export class SubmitConsentPayload extends StepPayload {}

@InputType({ description: 'The answer of a user to the terms of the tenant.' })
export class SubmitTermsInput extends OfInteraction {
  @Field(() => Boolean, { description: 'Whether the user accepts them. If not, the sign-in ends.' })
  isAccepted!: boolean;
}
@ObjectType({ description: 'What follows the answer.' })
export class SubmitTermsPayload extends StepPayload {}

@InputType({ description: 'A sign-in to give up.' })
export class CancelInteractionInput extends OfInteraction {}
@ObjectType({ description: 'The end of a sign-in.' })
export class CancelInteractionPayload extends StepPayload {}
