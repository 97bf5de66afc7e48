import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { CreateUserInput } from './user.input.ts';
import { UserType } from './user.type.ts';

const LANGUAGES =
  'Languages of mails and text messages, in the format of `Accept-Language` (RFC 9110). Default: the language of the account.';

export enum SignUpStepName {
  CONFIRM_EMAIL = 'confirm-email',
  CONFIRM_PHONE = 'confirm-phone',
}
registerEnumType(SignUpStepName, {
  name: 'SignUpStep',
  description: 'A step that a new user still has to complete.',
  valuesConfig: {
    CONFIRM_EMAIL: { description: 'Give the code that was mailed to the e-mail address.' },
    CONFIRM_PHONE: { description: 'Give the code that was sent to the phone.' },
  },
});

@InputType({ description: 'An account to create, with its password and app instances.' })
export class SignUpInput extends CreateUserInput {
  @Field(() => String, {
    nullable: true,
    description: 'Password, by the rules of the tenant. Default: none; the user signs in by other means.',
  })
  password?: string | null;
  @Field(() => [String], {
    nullable: true,
    description:
      '`client_id` of each app instance to assign to the user, at most 16. No user may own them yet. Requires `linked-app:create`.',
  })
  linkApps?: string[] | null;
  @Field(() => String, { nullable: true, description: LANGUAGES })
  languages?: string | null;
}

@InputType({ description: 'A step of a sign-up, and its code.' })
export class ContinueSignUpInput {
  @Field(() => String, { description: 'The `context` of the sign-up.' })
  context!: string;
  @Field(() => SignUpStepName, { description: 'One of the steps that are left.' })
  step!: SignUpStepName;
  @Field(() => String, { description: 'The code that was sent.' })
  code!: string;
}

@InputType({ description: 'A step of a sign-up whose code did not arrive.' })
export class ResendSignUpCodeInput {
  @Field(() => String, { description: 'The `context` of the sign-up.' })
  context!: string;
  @Field(() => SignUpStepName, { description: 'One of the steps that are left.' })
  step!: SignUpStepName;
  @Field(() => String, { nullable: true, description: LANGUAGES })
  languages?: string | null;
}

@ObjectType({ description: 'Progress of a sign-up.' })
export class SignUpPayload {
  @Field(() => String, { description: 'Public id of the user, which every `userId` argument accepts.' })
  subject!: string;
  @Field(() => UserType, { nullable: true, description: 'The account; null when the caller may not read it.' })
  user!: UserType | null;
  @Field(() => String, {
    description: 'Identifies the sign-up to `continueSignUp` for 24 hours; has no use once no step is left.',
  })
  context!: string;
  @Field(() => [SignUpStepName], { description: 'Steps that the user still has to complete.' })
  steps!: readonly SignUpStepName[];
  @Field(() => String, {
    nullable: true,
    description:
      'Value of a session cookie that signs the browser in as the user; returned once, as soon as no step blocks the sign-in. Keep it secret.',
  })
  sessionCookie!: string | null;
}

@ObjectType({ description: 'Progress of a sign-up.' })
export class ContinueSignUpPayload extends SignUpPayload {}

@ObjectType({ description: 'Progress of a sign-up.' })
export class ResendSignUpCodePayload extends SignUpPayload {}
