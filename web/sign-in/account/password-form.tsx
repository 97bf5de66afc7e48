import type { ReactNode } from 'react';
import { ChangePassword } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { PasswordField } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import type { AccountFormProps } from './profile-form.tsx';

export function PasswordForm({ account, overview, onDone, onBack }: AccountFormProps): ReactNode {
  const { tenant, change, refusal, isBusy } = account;
  async function save(currentPassword: string, newPassword: string): Promise<void> {
    const input = { tenant, currentPassword, newPassword, sessions: 'END_OTHERS' } as const;
    if ((await change(ChangePassword, { input })) !== null) onDone();
  }
  return (
    <Form
      submit={t('newPassword.submit')}
      required={{ currentPassword: t('field.passwordMissing'), newPassword: t('field.newPasswordMissing') }}
      refusedField={refusal?.code === 'PASSWORD_CURRENT_WRONG' ? 'currentPassword' : 'newPassword'}
      refusal={refusal}
      isBusy={isBusy}
      onSubmit={({ currentPassword = '', newPassword = '' }) => void save(currentPassword, newPassword)}
      actions={<ActionButton onPress={onBack}>{t('account.page.back')}</ActionButton>}
    >
      {/* Password managers store the new password under the name that stands beside it. */}
      <input hidden readOnly name="username" autoComplete="username" value={overview.username} />
      <PasswordField name="currentPassword" label={t('account.password.current')} autoComplete="current-password" />
      <PasswordField name="newPassword" label={t('newPassword.password')} autoComplete="new-password" />
    </Form>
  );
}
