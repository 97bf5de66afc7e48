import type { ReactNode } from 'react';
import { type StepOf, useStep } from '../flow.ts';
import { BeginFactorEnrolment, SubmitFactorEnrolment } from '../operations.generated.ts';
import { AppToSetUp } from '../parts/app-to-set-up.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { Cancel } from './cancel.tsx';

export function EnrolmentStep({ step: { enrolment } }: { readonly step: StepOf<'FactorEnrolmentStep'> }): ReactNode {
  return enrolment === null ? <Beginning /> : <Enrolment {...enrolment} />;
}

function Beginning(): ReactNode {
  const { submit, refusal, notice, isBusy } = useStep();
  return (
    <>
      <p className="intro">{t('enrolment.intro')}</p>
      <Form
        submit={t('enrolment.begin')}
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={() => void submit(BeginFactorEnrolment, {})}
        actions={<Cancel />}
      />
    </>
  );
}

function Enrolment(enrolment: NonNullable<StepOf<'FactorEnrolmentStep'>['enrolment']>): ReactNode {
  const { submit, refusal, notice, isBusy } = useStep();
  return (
    <>
      <AppToSetUp {...enrolment} />
      <Form
        submit={t('enrolment.submit')}
        required={{ code: t('field.codeMissing') }}
        refusedField="code"
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={({ code = '' }) => void submit(SubmitFactorEnrolment, { code: code.trim() })}
        actions={<Cancel />}
      >
        <Field name="code" label={t('enrolment.code')} autoComplete="one-time-code" inputMode="numeric" />
      </Form>
    </>
  );
}
