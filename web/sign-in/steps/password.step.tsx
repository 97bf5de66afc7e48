import type { ReactNode } from 'react';
import { type StepOf, useStep } from '../flow.ts';
import { openImage } from '../image/open-image.ts';
import { BeginPasswordReset, BeginRegistration, SubmitPassword } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { CheckField, Field, PasswordField } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { identifierAutoComplete, OfferedPasskeys } from '../passkey/offered-passkeys.tsx';
import { t } from '../texts/texts.ts';
import { Cancel } from './cancel.tsx';
import { Intro } from './intro.tsx';

export function PasswordStep({ step }: { readonly step: StepOf<'PasswordStep'> }): ReactNode {
  const flow = useStep();
  const { submit, setIdentifier, refusal, notice, isBusy } = flow;
  return (
    <>
      <Intro text="password.intro" />
      <Form
        submit={t('password.submit')}
        required={{ identifier: t('field.identifierMissing'), password: t('field.passwordMissing') }}
        refusedField="password"
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={({ identifier = '', password = '', isRemembered }) => {
          setIdentifier(identifier);
          void submit(SubmitPassword, { identifier, password, isRemembered: isRemembered === 'on' });
        }}
        actions={
          <>
            <OfferedPasskeys step={step} />
            {step.canResetPassword && (
              <ActionButton isQuiet onPress={() => void submit(BeginPasswordReset, {})}>
                {t('password.forgotten')}
              </ActionButton>
            )}
            {step.offersImage && (
              <ActionButton onPress={() => void openImage(flow, step)}>{t('imageSignIn.use')}</ActionButton>
            )}
            {step.canRegister && (
              <ActionButton onPress={() => void submit(BeginRegistration, {})}>{t('password.register')}</ActionButton>
            )}
            <Cancel />
          </>
        }
      >
        <Field
          name="identifier"
          label={t('password.identifier')}
          autoComplete={identifierAutoComplete(step)}
          defaultValue={step.identifier ?? ''}
          isReadOnly={step.isIdentifierFixed}
        />
        <PasswordField name="password" label={t('password.password')} autoComplete="current-password" />
        {step.canRemember && <CheckField name="isRemembered" label={t('password.remember')} />}
      </Form>
    </>
  );
}
