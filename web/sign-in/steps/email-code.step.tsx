import type { ReactNode } from 'react';
import { type StepOf, useStep } from '../flow.ts';
import { SendEmailCode, SubmitEmailCode } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Emphasis, NAME } from '../parts/emphasis.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { Cancel } from './cancel.tsx';

export function EmailCodeStep({ step }: { readonly step: StepOf<'EmailCodeStep'> }): ReactNode {
  const { submit, refusal, notice, isBusy } = useStep();
  const shared = { refusal, notice, isBusy };
  if (!step.isSent)
    return (
      <>
        <p className="intro">
          <Emphasis text={t('emailCode.sendIntro', { email: NAME })} name={step.email} />
        </p>
        <Form
          {...shared}
          submit={t('emailCode.send')}
          onSubmit={() => void submit(SendEmailCode, {})}
          actions={<Cancel />}
        />
      </>
    );
  return (
    <>
      <p className="intro">
        <Emphasis text={t('emailCode.intro', { email: NAME })} name={step.email} />
      </p>
      <Form
        {...shared}
        submit={t('emailCode.submit')}
        required={{ code: t('field.codeMissing') }}
        refusedField="code"
        onSubmit={({ code = '' }) => void submit(SubmitEmailCode, { code: code.trim() })}
        actions={
          <>
            <ActionButton isQuiet onPress={() => void submit(SendEmailCode, {}, t('emailCode.sent'))}>
              {t('emailCode.sendAgain')}
            </ActionButton>
            <Cancel />
          </>
        }
      >
        <Field name="code" label={t('emailCode.code')} autoComplete="one-time-code" inputMode="numeric" />
      </Form>
    </>
  );
}
