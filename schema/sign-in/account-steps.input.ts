import { Field, InputType, ObjectType } from 'type-graphql';
import { OfInteraction, StepPayload } from './interaction.type.ts';

@InputType({ description: 'A sign-in whose user sets up an authenticator app.' })
export class BeginFactorEnrolmentInput extends OfInteraction {}
@ObjectType({ description: 'The app to set up.' })
export class BeginFactorEnrolmentPayload extends StepPayload {}

@InputType({ description: 'The first code of an authenticator app.' })
export class SubmitFactorEnrolmentInput extends OfInteraction {
  @Field(() => String, { description: 'The code that the app shows. Blanks in it do not matter.' })
  code!: string;
  @Field(() => String, { nullable: true, description: 'Name of the app, for lists. At most 255 characters.' })
  name?: string | null;
}
@ObjectType({ description: 'What follows a right code.' })
export class SubmitFactorEnrolmentPayload extends StepPayload {
  @Field(() => [String], {
    nullable: true,
    description:
      'Recovery codes of the account, each of which replaces the app once. They are shown this once. Null when the step was not done, because the password has to be shown again.',
  })
  recoveryCodes!: readonly string[] | null;
}

@InputType({ description: 'A new password.' })
export class SubmitNewPasswordInput extends OfInteraction {
  @Field(() => String, { description: 'The new password.' })
  newPassword!: string;
}
@ObjectType({ description: 'What follows the new password.' })
export class SubmitNewPasswordPayload extends StepPayload {}

@InputType({ description: 'A sign-in whose user verifies the e-mail address.' })
export class SendEmailCodeInput extends OfInteraction {}
@ObjectType({ description: 'The step whose code was mailed.' })
export class SendEmailCodePayload extends StepPayload {}

@InputType({ description: 'A code that was mailed.' })
export class SubmitEmailCodeInput extends OfInteraction {
  @Field(() => String, { description: 'The six digits. Blanks in them do not matter.' })
  code!: string;
}
@ObjectType({ description: 'What follows a right code.' })
export class SubmitEmailCodePayload extends StepPayload {}
