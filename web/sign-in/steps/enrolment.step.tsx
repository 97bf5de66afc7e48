import type { ReactNode } from 'react';
import { type StepOf, useStep } from '../flow.ts';
import { BeginFactorEnrolment, SubmitFactorEnrolment } from '../operations.generated.ts';
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

/** Groups of four can be typed without losing the place. */
const toGroups = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;

function Enrolment({ secret, uri, qrImage }: NonNullable<StepOf<'FactorEnrolmentStep'>['enrolment']>): ReactNode {
  const { submit, refusal, notice, isBusy } = useStep();
  return (
    <>
      <ol className="instructions">
        <li>
          {t('enrolment.scan')}
          <img className="qr" src={qrImage} alt={t('enrolment.qrImage')} />
          <span className="hint">{t('enrolment.secret')}</span>
          <code className="secret">{toGroups(secret)}</code>
          {uri.startsWith('otpauth://') && <a href={uri}>{t('enrolment.openApp')}</a>}
        </li>
        <li>{t('enrolment.confirm')}</li>
      </ol>
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
