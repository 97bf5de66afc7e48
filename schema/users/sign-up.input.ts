import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { CreateUserInput } from './user.input.ts';
import { UserType } from './user.type.ts';

const LANGUAGES =
  "Languages of mails and text messages, as `Accept-Language` writes them (RFC 9110). Default: the account's own.";

export enum SignUpStepName {
  CONFIRM_EMAIL = 'confirm-email',
  CONFIRM_PHONE = 'confirm-phone',
}
registerEnumType(SignUpStepName, {
  name: 'SignUpStep',
  description: 'What a new user has still to do.',
  valuesConfig: {
    CONFIRM_EMAIL: { description: 'Give the code that was mailed to the e-mail address.' },
    CONFIRM_PHONE: { description: 'Give the code that was sent to the phone.' },
  },
});

@InputType({ description: 'An account to make with all that belongs to it.' })
export class SignUpInput extends CreateUserInput {
  @Field(() => String, {
    nullable: true,
    description: 'Password, by the rules of the tenant. Default: none; the user signs in by other means.',
  })
  password?: string | null;
  @Field(() => [String], {
    nullable: true,
    description:
      "client_ids of app instances that nobody owns yet, at most 16; they become the user's. Needs `linked-app:create`.",
  })
  linkApps?: string[] | null;
  @Field(() => String, { nullable: true, description: LANGUAGES })
  languages?: string | null;
}

@InputType({ description: 'A step of a sign-up, and its code.' })
export class ContinueSignUpInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string | null;
  @Field(() => String, { description: 'The `context` of the sign-up.' })
  context!: string;
  @Field(() => SignUpStepName, { description: 'One of the steps that are left.' })
  step!: SignUpStepName;
  @Field(() => String, { description: 'The code that was sent.' })
  code!: string;
}

@InputType({ description: 'A step of a sign-up whose code did not arrive.' })
export class ResendSignUpCodeInput {
  @Field(() => String, { nullable: true, description: "Name of the tenant. Default: the caller's." })
  tenant?: string | null;
  @Field(() => String, { description: 'The `context` of the sign-up.' })
  context!: string;
  @Field(() => SignUpStepName, { description: 'One of the steps that are left.' })
  step!: SignUpStepName;
  @Field(() => String, { nullable: true, description: LANGUAGES })
  languages?: string | null;
}

@ObjectType({ description: 'How far a sign-up has come.' })
export class SignUpPayload {
  @Field(() => String, { description: 'Its public id, which every `userId` takes.' })
  subject!: string;
  @Field(() => UserType, { nullable: true, description: 'The account; null when the caller may not read it.' })
  user!: UserType | null;
  @Field(() => String, {
    description: 'Names the sign-up to `continueSignUp`, for 24 hours; worth nothing once no step is left.',
  })
  context!: string;
  @Field(() => [SignUpStepName], { description: 'What is left to do.' })
  steps!: readonly SignUpStepName[];
  @Field(() => String, {
    nullable: true,
    description:
      'Value of a session cookie that signs a browser in as the user: given once, as soon as nothing stands in the way. Keep it secret.',
  })
  sessionCookie!: string | null;
}

@ObjectType({ description: 'How far a sign-up has come.' })
export class ContinueSignUpPayload extends SignUpPayload {}

@ObjectType({ description: 'How far a sign-up has come.' })
export class ResendSignUpCodePayload extends SignUpPayload {}
