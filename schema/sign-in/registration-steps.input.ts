import { Field, InputType, ObjectType } from 'type-graphql';
import { OfInteraction, StepPayload } from './interaction.type.ts';

@InputType({ description: 'A sign-in whose user has no account yet.' })
export class BeginRegistrationInput extends OfInteraction {}
@ObjectType({ description: 'The registration.' })
export class BeginRegistrationPayload extends StepPayload {}

@InputType({ description: 'A sign-in whose user has an account after all.' })
export class LeaveRegistrationInput extends OfInteraction {}
@ObjectType({ description: 'The step before the registration.' })
export class LeaveRegistrationPayload extends StepPayload {}

@InputType({ description: 'A new account. Blanks around the values do not matter, except in the password.' })
export class SubmitRegistrationInput extends OfInteraction {
  @Field(() => String, {
    nullable: true,
    description: 'Name to sign in with. Ignored where the e-mail address is the username, else required.',
  })
  username?: string | null;
  @Field(() => String, {
    description: 'E-mail address. A further step verifies it where the tenant demands that.',
  })
  email!: string;
  @Field(() => String, { nullable: true, description: 'Given name.' })
  givenName?: string | null;
  @Field(() => String, { nullable: true, description: 'Family name.' })
  familyName?: string | null;
  @Field(() => String, { description: 'Password, by the rules of the tenant.' })
  password!: string;
}
@ObjectType({ description: 'What follows the registration.' })
export class SubmitRegistrationPayload extends StepPayload {}
