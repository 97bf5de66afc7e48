import type { SchemaModule } from '../kit/schema-module.ts';
import { AccountLinkingQuestionResolver } from './account-linking.resolver.ts';
import { AccountStepsResolver } from './account-steps.resolver.ts';
import { InteractionResolver } from './interaction.resolver.ts';
import { KeyEnrolmentResolver } from './key-enrolment.resolver.ts';
import { PasskeyStepResolver } from './passkey-step.resolver.ts';
import { PasswordResetStepsResolver } from './password-reset-steps.resolver.ts';
import { RegistrationStepsResolver } from './registration-steps.resolver.ts';

export const signIn: SchemaModule = {
  resolvers: [
    InteractionResolver,
    RegistrationStepsResolver,
    PasswordResetStepsResolver,
    PasskeyStepResolver,
    AccountStepsResolver,
    KeyEnrolmentResolver,
    AccountLinkingQuestionResolver,
  ],
};
