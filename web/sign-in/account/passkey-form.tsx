import type { ReactNode } from 'react';
import { AddPasskey, BeginPasskeyRegistration, type WebauthnKind } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { makePasskey } from '../passkey/ceremony.ts';
import { nameRefusal } from '../passkey/refusal.ts';
import { NEW_KEY_WORDS } from '../passkey/words.ts';
import { t } from '../texts/texts.ts';
import type { AccountFormProps } from './profile-form.tsx';

/** Makes a passkey or a security key in the browser, and adds it to the account. */
export function PasskeyForm({
  account,
  kind,
  onDone,
  onBack,
}: Omit<AccountFormProps, 'overview'> & { readonly kind: WebauthnKind }): ReactNode {
  const { tenant, perform, refusal, isBusy } = account;
  const words = NEW_KEY_WORDS[kind];

  async function add(name: string | null): Promise<void> {
    const added = await perform(async (send) => {
      const begun = await send(BeginPasskeyRegistration, { input: { tenant, kind } });
      if ('refusal' in begun) return begun;
      const made = await makePasskey(begun.data.beginPasskeyRegistration.options);
      return 'data' in made ? send(AddPasskey, { input: { tenant, kind, name, ...made.data } }) : made;
    });
    if (added !== null) onDone();
  }

  return (
    <>
      <p className="intro">{t(words.intro)}</p>
      {kind === 'SECURITY_KEY' && <p className="intro">{t('account.securityKeys.orPasskey')}</p>}
      <Form
        submit={t(words.add)}
        refusal={nameRefusal(kind, refusal)}
        isBusy={isBusy}
        onSubmit={({ name = '' }) => void add(name.trim() || null)}
        actions={<ActionButton onPress={onBack}>{t('account.page.back')}</ActionButton>}
      >
        <Field name="name" label={t(words.name)} autoComplete="off" isOptional />
      </Form>
    </>
  );
}
