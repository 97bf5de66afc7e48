import { Field, InputType, ObjectType } from 'type-graphql';
import { OfInteraction, StepPayload } from './interaction.type.ts';

@InputType({ description: 'A sign-in whose user has forgotten the password.' })
export class BeginPasswordResetInput extends OfInteraction {}
@ObjectType({ description: 'The page that asks whose password it is.' })
export class BeginPasswordResetPayload extends StepPayload {}

@InputType({ description: 'A sign-in whose user knows the password after all.' })
export class LeavePasswordResetInput extends OfInteraction {}
@ObjectType({ description: 'The step of the password.' })
export class LeavePasswordResetPayload extends StepPayload {}

@InputType({ description: 'Whose password is forgotten.' })
export class RequestPasswordResetInput extends OfInteraction {
  @Field(() => String, {
    description: 'Username, or the e-mail address where people sign in with it. Ignored where the account is fixed.',
  })
  identifier!: string;
}
@ObjectType({ description: 'What follows the request.' })
export class RequestPasswordResetPayload extends StepPayload {}

@InputType({ description: 'The code from the mail.' })
export class SubmitPasswordResetCodeInput extends OfInteraction {
  @Field(() => String, { description: 'The code.' })
  code!: string;
}
@ObjectType({ description: 'What follows the code.' })
export class SubmitPasswordResetCodePayload extends StepPayload {}
