import type { ReactNode } from 'react';
import { type StepOf, useStep } from '../flow.ts';
import { SubmitNewPassword } from '../operations.generated.ts';
import { PasswordField } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { Cancel } from './cancel.tsx';

export function NewPasswordStep({ step }: { readonly step: StepOf<'NewPasswordStep'> }): ReactNode {
  const { submit, identifier, refusal, notice, isBusy } = useStep();
  return (
    <>
      <p className="intro">{t(step.isForgotten ? 'newPassword.forgotten' : 'newPassword.intro')}</p>
      <Form
        submit={t('newPassword.submit')}
        required={{ newPassword: t('field.newPasswordMissing') }}
        refusedField="newPassword"
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={({ newPassword = '' }) => void submit(SubmitNewPassword, { newPassword })}
        actions={<Cancel />}
      >
        {/* Password managers store the new password under the name that stands beside it. */}
        {identifier !== null && <input hidden readOnly name="username" autoComplete="username" value={identifier} />}
        <PasswordField
          name="newPassword"
          label={t('newPassword.password')}
          autoComplete="new-password"
          {...(step.minLength > 0 ? { hint: t('newPassword.hint', { minLength: step.minLength }) } : {})}
        />
      </Form>
    </>
  );
}
