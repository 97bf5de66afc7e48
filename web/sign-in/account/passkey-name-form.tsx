import type { ReactNode } from 'react';
import { RenameCredential } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { NEW_KEY_WORDS } from '../passkey/words.ts';
import { t } from '../texts/texts.ts';
import type { OwnPasskey } from './account.ts';
import type { AccountFormProps } from './profile-form.tsx';

/** Gives a passkey or a security key another name. */
export function PasskeyNameForm({
  account,
  passkey: { credentialId, kind, label },
  onDone,
  onBack,
}: Omit<AccountFormProps, 'overview'> & { readonly passkey: OwnPasskey }): ReactNode {
  const { tenant, change, refusal, isBusy } = account;
  async function rename(name: string | null): Promise<void> {
    if ((await change(RenameCredential, { input: { tenant, credentialId, label: name } })) !== null) onDone();
  }
  return (
    <Form
      submit={t('account.profile.submit')}
      refusal={refusal}
      isBusy={isBusy}
      onSubmit={({ name = '' }) => void rename(name.trim() || null)}
      actions={<ActionButton onPress={onBack}>{t('account.page.back')}</ActionButton>}
    >
      <Field name="name" label={t(NEW_KEY_WORDS[kind].name)} autoComplete="off" defaultValue={label ?? ''} isOptional />
    </Form>
  );
}
