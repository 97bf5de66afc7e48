import { createUnionType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { StepName, StepView } from '../../src/flows/index.ts';
import { WebauthnKindName } from '../auth-modes/passkey.input.ts';

export enum FactorMethodName {
  PASSKEY = 'passkey',
  SECURITY_KEY = 'security-key',
  TOTP = 'totp',
  RECOVERY_CODE = 'recovery-code',
}
registerEnumType(FactorMethodName, {
  name: 'FactorMethod',
  description: 'How a second factor is shown.',
  valuesConfig: {
    PASSKEY: { description: 'A passkey of the account (WebAuthn Level 3): `requestFactorPasskey`.' },
    SECURITY_KEY: { description: 'A security key of the account (WebAuthn Level 3): `requestFactorPasskey`.' },
    TOTP: { description: 'The code that an authenticator app shows (RFC 6238).' },
    RECOVERY_CODE: { description: 'One of the recovery codes of the account, which works once.' },
  },
});

@ObjectType({ description: 'The application that a user signs in to.' })
export class InteractionApplication {
  @Field(() => String, { description: '`client_id` of the application.' })
  clientId!: string;
  @Field(() => String, { description: 'Its name; the `client_id` when it has none.' })
  name!: string;
  @Field(() => String, { nullable: true, description: 'Its home page.' })
  clientUri!: string | null;
  @Field(() => String, { nullable: true, description: 'What it does with personal data.' })
  policyUri!: string | null;
  @Field(() => String, { nullable: true, description: 'Its terms of use.' })
  tosUri!: string | null;
}

@ObjectType({ description: 'An account as its user sees it during a sign-in.' })
export class InteractionAccount {
  @Field(() => ID, { description: 'Public id of the user.' })
  userId!: string;
  @Field(() => String, {
    description: 'Name to show: the display name, else the given and family name, else the username.',
  })
  name!: string;
  @Field(() => String, { description: 'Name to sign in with.' })
  username!: string;
}

@ObjectType({
  description:
    'The user signs in with name and password, which `submitPassword` takes, or by another method, whose ticket `submitSignInTicket` takes.',
})
class PasswordStep {
  @Field(() => String, { nullable: true, description: 'A name to begin with.' })
  identifier!: string | null;
  @Field(() => Boolean, { description: 'Whether that account alone can sign in.' })
  isIdentifierFixed!: boolean;
  @Field(() => Boolean, { description: 'Whether the user may choose to stay signed in after the browser is closed.' })
  canRemember!: boolean;
  @Field(() => Boolean, {
    description: 'Whether somebody without an account may make one; `beginRegistration` leads there.',
  })
  canRegister!: boolean;
  @Field(() => Boolean, {
    description:
      'Whether somebody who has forgotten the password gets a new one by mail; `beginPasswordReset` leads there.',
  })
  canResetPassword!: boolean;
  @Field(() => Boolean, {
    description: 'Whether the page offers to prove an image: `requestImageChallenge` and `signInWithImage`.',
  })
  offersImage!: boolean;
  @Field(() => Boolean, {
    description:
      'Whether somebody without an account may make one with an image, which the application has to allow too: `registerWithImage`.',
  })
  canRegisterImage!: boolean;
  @Field(() => Boolean, {
    description: 'Whether the page offers passkeys: `beginPasskeySignIn` and `signInWithPasskey`.',
  })
  offersPasskey!: boolean;
}

@ObjectType({
  description:
    'The user has forgotten the password; `requestPasswordReset` takes the name, and `leavePasswordReset` leads back.',
})
class PasswordResetStep {
  @Field(() => String, { nullable: true, description: 'A name to begin with.' })
  identifier!: string | null;
  @Field(() => Boolean, { description: 'Whether that account alone can sign in.' })
  isIdentifierFixed!: boolean;
}

@ObjectType({
  description:
    'The user types the code from the mail, which `submitPasswordResetCode` takes. `beginPasswordReset` leads to another mail, and `leavePasswordReset` back to the password.',
})
class PasswordResetCodeStep {
  @Field(() => Int, { description: 'How many digits the code has.' })
  digits!: number;
}

@ObjectType({
  description:
    'The user makes an account; `submitRegistration` takes it, and `leaveRegistration` leads back to the password.',
})
class RegistrationStep {
  @Field(() => String, { nullable: true, description: 'A username or e-mail address to begin with.' })
  identifier!: string | null;
  @Field(() => Boolean, { description: 'Whether the e-mail address is the username, so that none is asked for.' })
  isEmailUsername!: boolean;
  @Field(() => Int, { description: 'The least length of the password.' })
  minLength!: number;
}

@ObjectType({
  description:
    'The user shows a second factor; `submitFactor` takes a code, and `submitFactorPasskey` a passkey or security key.',
})
class FactorStep {
  @Field(() => [FactorMethodName], {
    description: 'What the account can show and the tenant takes; empty where it has nothing else.',
  })
  methods!: readonly FactorMethodName[];
}

@ObjectType({ description: 'A new authenticator app, before its first code was shown.' })
class FactorEnrolment {
  @Field(() => String, { description: 'The secret in base32, for typing.' })
  secret!: string;
  @Field(() => String, { description: 'The secret as an `otpauth` address.' })
  uri!: string;
  @Field(() => String, { description: 'That address as a QR image: a `data:` address of a PNG.' })
  qrImage!: string;
}

@ObjectType({
  description:
    'The user sets up an authenticator app: a second factor is required and the account has none, or the account has to set up one.',
})
class FactorEnrolmentStep {
  @Field(() => FactorEnrolment, { nullable: true, description: 'The app to set up; null until it is begun.' })
  enrolment!: FactorEnrolment | null;
}

@ObjectType({ description: 'The user accepts the terms of the tenant, or does not; `submitTerms` takes the answer.' })
class TermsStep {
  @Field(() => String, {
    nullable: true,
    description:
      'The terms, as plain text with line breaks; null when the tenant has no text of them, then see those of the application.',
  })
  text!: string | null;
}

@ObjectType({ description: 'The user has to choose a new password.' })
class NewPasswordStep {
  @Field(() => Int, { description: 'Its least length.' })
  minLength!: number;
  @Field(() => Boolean, { description: 'Whether it is in place of a forgotten one, which needs no change otherwise.' })
  isForgotten!: boolean;
}

@ObjectType({ description: 'The user has to verify the e-mail address by a code that is mailed there.' })
class EmailCodeStep {
  @Field(() => String, { description: 'The address with most of its name hidden.' })
  email!: string;
  @Field(() => Boolean, { description: 'Whether a code was sent that has not expired.' })
  isSent!: boolean;
}

@ObjectType({
  description:
    'The user makes a passkey or security key that the account has to have; `requestKeyEnrolment` begins, and `submitKeyEnrolment` adds it.',
})
class KeyEnrolmentStep {
  @Field(() => WebauthnKindName, { description: 'What is made.' })
  kind!: WebauthnKindName;
}

@ObjectType({
  description:
    'The account has to do something that cannot be done here, so nobody is signed in; `cancelInteraction` leads back to the application.',
})
class OtherActionsStep {
  @Field(() => [String], { description: 'Names of what the account has to do.' })
  actions!: readonly string[];
}

@ObjectType({ description: 'The user chooses an account; `chooseAccount` takes it.' })
class AccountStep {
  @Field(() => [InteractionAccount], { description: 'The accounts that are signed in in this browser.' })
  accounts!: readonly InteractionAccount[];
}

@ObjectType({ description: 'A permission that an application asks for.' })
class ConsentScope {
  @Field(() => String, { description: 'Name of the scope.' })
  name!: string;
  @Field(() => String, { description: 'What it allows, in English; the name of a scope that has no description.' })
  description!: string;
  @Field(() => Boolean, { description: 'Whether the access lasts after the user has signed out.' })
  isLasting!: boolean;
}

@ObjectType({
  description: 'The user allows the application what it asks for, or does not; `submitConsent` takes the answer.',
})
class ConsentStep {
  @Field(() => InteractionAccount, { description: 'The account that is signed in.' })
  account!: InteractionAccount;
  @Field(() => [ConsentScope], { description: 'What the application asks for.' })
  scopes!: readonly ConsentScope[];
}

@ObjectType({ description: 'Nothing is left to do here.' })
class Finished {
  @Field(() => String, { description: 'Where the page sends the browser.' })
  continueAt!: string;
}

/** The types of the steps, by the names that the service gives them. */
const STEP_TYPES = {
  account: 'AccountStep',
  password: 'PasswordStep',
  registration: 'RegistrationStep',
  'password-reset': 'PasswordResetStep',
  'password-reset-code': 'PasswordResetCodeStep',
  factor: 'FactorStep',
  enrolment: 'FactorEnrolmentStep',
  terms: 'TermsStep',
  'new-password': 'NewPasswordStep',
  'email-code': 'EmailCodeStep',
  'key-enrolment': 'KeyEnrolmentStep',
  'other-actions': 'OtherActionsStep',
  consent: 'ConsentStep',
  finished: 'Finished',
} as const satisfies Record<StepName, string>;

const InteractionStep = createUnionType({
  name: 'InteractionStep',
  description: 'What the user has to do next in a sign-in.',
  types: () =>
    [
      PasswordStep,
      RegistrationStep,
      PasswordResetStep,
      PasswordResetCodeStep,
      FactorStep,
      FactorEnrolmentStep,
      TermsStep,
      NewPasswordStep,
      EmailCodeStep,
      KeyEnrolmentStep,
      OtherActionsStep,
      AccountStep,
      ConsentStep,
      Finished,
    ] as const,
  resolveType: (value) => STEP_TYPES[(value as unknown as StepView).step],
});

@ObjectType({
  description:
    'A sign-in under way in a browser. Its handle and the browser in which it was begun are together the authority for it. It ends after 30 minutes.',
})
export class Interaction {
  @Field(() => String, { description: 'The handle.' })
  handle!: string;
  @Field(() => InteractionApplication, {
    nullable: true,
    description: 'The application that the user signs in to; null when there is none.',
  })
  application!: InteractionApplication | null;
  @Field(() => InteractionStep, { description: 'What the user has to do next.' })
  step!: object;
}

@ObjectType()
export abstract class StepPayload {
  @Field(() => InteractionStep, { description: 'What the user has to do next.' })
  step!: object;
}

/** The member of every step's input. */
@InputType()
export abstract class OfInteraction {
  @Field(() => String, { description: 'Handle of the sign-in.' })
  handle!: string;
}
