import { type ReactNode, useState } from 'react';
import {
  AttachTotp,
  BeginTotpEnrolment,
  type BeginTotpEnrolmentData,
  GenerateRecoveryCodes,
} from '../operations.generated.ts';
import { AppToSetUp } from '../parts/app-to-set-up.tsx';
import { ActionButton } from '../parts/buttons.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { RecoveryCodesStep } from '../steps/recovery-codes.step.tsx';
import { t } from '../texts/texts.ts';
import type { AccountFormProps } from './profile-form.tsx';

/** Adds an authenticator app, after its first code. */
export function AppForm({ account, overview, onDone, onBack }: AccountFormProps): ReactNode {
  const { tenant, change, refusal, isBusy } = account;
  const [app, setApp] = useState<BeginTotpEnrolmentData['beginTotpEnrolment'] | null>(null);
  const place = { tenant, userId: overview.subject };
  const back = <ActionButton onPress={onBack}>{t('account.page.back')}</ActionButton>;
  const shared = { refusal, isBusy, actions: back };
  async function begin(): Promise<void> {
    const begun = await change(BeginTotpEnrolment, { input: place });
    if (begun !== null) setApp(begun.beginTotpEnrolment);
  }
  async function attach(code: string, typedName: string): Promise<void> {
    const name = typedName === '' ? null : typedName;
    const input = { ...place, secret: app!.secret, code: code.trim(), name };
    if ((await change(AttachTotp, { input })) !== null) onDone();
  }
  if (app === null) return <Form {...shared} submit={t('enrolment.begin')} onSubmit={() => void begin()} />;
  return (
    <>
      <AppToSetUp secret={app.secret} uri={app.uri} qrImage={`data:image/png;base64,${app.qrCode}`} />
      <Form
        {...shared}
        submit={t('enrolment.submit')}
        required={{ code: t('field.codeMissing') }}
        refusedField="code"
        onSubmit={({ code = '', name = '' }) => void attach(code, name)}
      >
        <Field name="code" label={t('enrolment.code')} autoComplete="one-time-code" inputMode="numeric" isFocused />
        <Field name="name" label={t('account.factors.name')} autoComplete="off" isOptional />
      </Form>
    </>
  );
}

/** Makes recovery codes, which replace those from before. They are shown this once. */
export function CodesForm({
  account,
  overview,
  tenantName,
  onDone,
  onBack,
}: AccountFormProps & { readonly tenantName: string }): ReactNode {
  const { tenant, change, refusal, isBusy } = account;
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  async function generate(): Promise<void> {
    const made = await change(GenerateRecoveryCodes, { input: { tenant, userId: overview.subject } });
    if (made !== null) setCodes(made.generateRecoveryCodes.codes);
  }
  if (codes !== null) return <RecoveryCodesStep codes={codes} tenantName={tenantName} onSaved={() => onDone()} />;
  return (
    <>
      <p className="intro">{t('account.factors.codesIntro')}</p>
      <Form
        submit={t('account.factors.makeCodes')}
        refusal={refusal}
        isBusy={isBusy}
        onSubmit={() => void generate()}
        actions={<ActionButton onPress={onBack}>{t('account.page.back')}</ActionButton>}
      />
    </>
  );
}
