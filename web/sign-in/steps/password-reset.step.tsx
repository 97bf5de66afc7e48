import { type ReactNode, useState } from 'react';
import { type StepOf, useStep } from '../flow.ts';
import { takeMailedCode } from '../mailed-code.ts';
import {
  BeginPasswordReset,
  LeavePasswordReset,
  RequestPasswordReset,
  SubmitPasswordResetCode,
} from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { Cancel } from './cancel.tsx';

export function PasswordResetStep({ step }: { readonly step: StepOf<'PasswordResetStep'> }): ReactNode {
  const { submit, setIdentifier, refusal, notice, isBusy } = useStep();
  return (
    <>
      <p className="intro">{t('passwordReset.intro')}</p>
      <Form
        submit={t('passwordReset.submit')}
        required={{ identifier: t('field.identifierMissing') }}
        refusedField="identifier"
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={({ identifier = '' }) => {
          setIdentifier(identifier);
          void submit(RequestPasswordReset, { identifier });
        }}
        actions={<Leave />}
      >
        <Field
          name="identifier"
          label={t('password.identifier')}
          autoComplete="username"
          defaultValue={step.identifier ?? ''}
          isReadOnly={step.isIdentifierFixed}
        />
      </Form>
    </>
  );
}

export function PasswordResetCodeStep({ step }: { readonly step: StepOf<'PasswordResetCodeStep'> }): ReactNode {
  const { submit, refusal, notice, isBusy } = useStep();
  const [code] = useState(takeMailedCode);
  return (
    <>
      <p className="intro">{t('passwordReset.codeIntro', { digits: step.digits })}</p>
      <p className="hint">{t('passwordReset.noMail')}</p>
      <Form
        submit={t('passwordReset.codeSubmit')}
        required={{ code: t('field.codeMissing') }}
        refusedField="code"
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={(values) => void submit(SubmitPasswordResetCode, { code: values['code']!.trim() })}
        actions={
          <>
            <ActionButton isQuiet onPress={() => void submit(BeginPasswordReset, {})}>
              {t('passwordReset.again')}
            </ActionButton>
            <Leave />
          </>
        }
      >
        <Field
          name="code"
          label={t('passwordReset.code')}
          autoComplete="one-time-code"
          inputMode="numeric"
          defaultValue={code ?? ''}
        />
      </Form>
    </>
  );
}

function Leave(): ReactNode {
  const { submit } = useStep();
  return (
    <>
      <ActionButton isQuiet onPress={() => void submit(LeavePasswordReset, {})}>
        {t('passwordReset.leave')}
      </ActionButton>
      <Cancel />
    </>
  );
}
