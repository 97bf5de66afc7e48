import type { ReactNode } from 'react';
import { AddPasskey, BeginPasskeyRegistration } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { makePasskey } from '../passkey/ceremony.ts';
import { t } from '../texts/texts.ts';
import type { AccountFormProps } from './profile-form.tsx';

/** Makes a passkey in the browser, and adds it to the account. */
export function PasskeyForm({ account, onDone, onBack }: Omit<AccountFormProps, 'overview'>): ReactNode {
  const { tenant, perform, refusal, isBusy } = account;

  async function add(name: string | null): Promise<void> {
    const added = await perform(async (send) => {
      const begun = await send(BeginPasskeyRegistration, { input: { tenant } });
      if ('refusal' in begun) return begun;
      const made = await makePasskey(begun.data.beginPasskeyRegistration.options);
      return 'data' in made ? send(AddPasskey, { input: { tenant, name, ...made.data } }) : made;
    });
    if (added !== null) onDone();
  }

  return (
    <>
      <p className="intro">{t('account.passkeys.intro')}</p>
      <Form
        submit={t('account.passkeys.add')}
        refusal={refusal}
        isBusy={isBusy}
        onSubmit={({ name = '' }) => void add(name.trim() || null)}
        actions={<ActionButton onPress={onBack}>{t('account.page.back')}</ActionButton>}
      >
        <Field name="name" label={t('account.passkeys.name')} autoComplete="off" isOptional />
      </Form>
    </>
  );
}
