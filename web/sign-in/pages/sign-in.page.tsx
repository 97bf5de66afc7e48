import { type ReactNode, Suspense } from 'react';
import { FlowContext, type Shown, useFlow } from '../flow.ts';
import { later } from '../later.ts';
import type { Step } from '../operations.generated.ts';
import { Frame } from '../parts/frame.tsx';
import { NEW_KEY_WORDS } from '../passkey/words.ts';
import type { SignInState } from '../state.ts';
import { AccountStep } from '../steps/account.step.tsx';
import { ConsentStep } from '../steps/consent.step.tsx';
import { EmailCodeStep } from '../steps/email-code.step.tsx';
import { FactorStep, factorTitle } from '../steps/factor.step.tsx';
import { FinishedStep } from '../steps/finished.step.tsx';
import { NewPasswordStep } from '../steps/new-password.step.tsx';
import { PasswordStep } from '../steps/password.step.tsx';
import { PasswordResetCodeStep, PasswordResetStep } from '../steps/password-reset.step.tsx';
import { RegistrationStep } from '../steps/registration.step.tsx';
import { describeRefusal, t } from '../texts/texts.ts';
import { ErrorPage } from './error.page.tsx';

/** Loaded by those alone who come to these steps, so that signing in stays quick. */
const EnrolmentStep = later((parts) => parts.EnrolmentStep);
const KeyEnrolment = later((parts) => parts.KeyEnrolment);
const OtherActionsStep = later((parts) => parts.OtherActionsStep);
const RecoveryCodesStep = later((parts) => parts.RecoveryCodesStep);
const TermsStep = later((parts) => parts.TermsStep);

const TITLES = {
  PasswordStep: 'password.title',
  RegistrationStep: 'registration.title',
  PasswordResetStep: 'passwordReset.title',
  PasswordResetCodeStep: 'passwordReset.codeTitle',
  FactorEnrolmentStep: 'enrolment.title',
  TermsStep: 'terms.title',
  NewPasswordStep: 'newPassword.title',
  EmailCodeStep: 'emailCode.title',
  OtherActionsStep: 'otherActions.title',
  AccountStep: 'account.title',
  ConsentStep: 'consent.title',
  Finished: 'finished.title',
} as const satisfies Readonly<Record<Exclude<Step['__typename'], 'FactorStep' | 'KeyEnrolmentStep'>, string>>;

/** The steps with something to read before the first field. */
const READ_FIRST: ReadonlySet<Step['__typename']> = new Set(['FactorEnrolmentStep', 'KeyEnrolmentStep']);

function titleOf(step: Step): string {
  switch (step.__typename) {
    case 'FactorStep':
      return t(factorTitle(step));
    case 'KeyEnrolmentStep':
      return t(NEW_KEY_WORDS[step.kind].add);
    default:
      return t(TITLES[step.__typename]);
  }
}

/** The steps of an interaction, one after the other, as the server gives them. */
export function SignInPage({ state }: { readonly state: SignInState }): ReactNode {
  const { flow, shown, dropCodes } = useFlow(state);
  const { number, step, branch, recoveryCodes, fault } = shown;
  if (fault !== null)
    return <ErrorPage tenant={state.tenant} code={fault.code} text={describeRefusal(fault)} startAgainAt={null} />;
  const title = branch?.title ?? titleOf(step);
  return (
    <FlowContext value={flow}>
      {/* The title appears with the step, whose first field takes the focus. */}
      <Suspense>
        <Frame
          key={number}
          tenant={state.tenant}
          title={recoveryCodes === null ? title : t('recoveryCodes.title')}
          application={flow.application}
          isReadFirst={READ_FIRST.has(step.__typename)}
        >
          {recoveryCodes === null ? (
            (branch?.content ?? <StepOfInteraction step={step} />)
          ) : (
            <RecoveryCodesStep codes={recoveryCodes} tenantName={flow.tenant?.displayName ?? ''} onSaved={dropCodes} />
          )}
        </Frame>
      </Suspense>
    </FlowContext>
  );
}

function StepOfInteraction({ step }: Pick<Shown, 'step'>): ReactNode {
  switch (step.__typename) {
    case 'PasswordStep':
      return <PasswordStep step={step} />;
    case 'RegistrationStep':
      return <RegistrationStep step={step} />;
    case 'PasswordResetStep':
      return <PasswordResetStep step={step} />;
    case 'PasswordResetCodeStep':
      return <PasswordResetCodeStep step={step} />;
    case 'FactorStep':
      return <FactorStep step={step} />;
    case 'FactorEnrolmentStep':
      return <EnrolmentStep step={step} />;
    case 'TermsStep':
      return <TermsStep step={step} />;
    case 'NewPasswordStep':
      return <NewPasswordStep step={step} />;
    case 'EmailCodeStep':
      return <EmailCodeStep step={step} />;
    case 'KeyEnrolmentStep':
      return <KeyEnrolment kind={step.kind} />;
    case 'OtherActionsStep':
      return <OtherActionsStep step={step} />;
    case 'AccountStep':
      return <AccountStep step={step} />;
    case 'ConsentStep':
      return <ConsentStep step={step} />;
    case 'Finished':
      return <FinishedStep step={step} />;
  }
}
