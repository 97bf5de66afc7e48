import type { ReactNode } from 'react';
import type { Answer } from '../graph.ts';
import { useImageChoice } from '../image/image-choice.tsx';
import { createImageClient } from '../image/image-client.ts';
import { attempt } from '../image/refusal.ts';
import type { Demands } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import type { AccountFormProps } from './profile-form.tsx';

/** Changes the address of the account by a proof of its image. It counts once the link of a mail to it was used. */
export function EmailForm(props: AccountFormProps & { readonly demands: Demands }): ReactNode {
  const { account, overview, demands, onDone, onBack } = props;
  const { tenant, perform, refusal, isBusy } = account;
  const { username, subject: userId } = overview;
  const { fields, required, secretField, read } = useImageChoice(demands, { isNew: false });

  async function save(values: Readonly<Record<string, string>>): Promise<void> {
    const email = values['email']!.trim();
    const asked = await perform(async (send): Promise<Answer<true>> => {
      const choice = await read(values);
      if ('refusal' in choice) return choice;
      return attempt(async () => {
        await createImageClient(tenant, send).updateEmail({ username, userId, email, choice: choice.data });
        return true as const;
      });
    });
    if (asked !== null) onDone(t('account.email.sent', { email }));
  }

  return (
    <>
      <p className="intro">{t('account.email.intro')}</p>
      <Form
        submit={t('account.email.submit')}
        required={{ email: t('field.emailMissing'), ...required }}
        {...(refusal?.code === 'IMAGE_PROOF_REFUSED' ? { refusedField: secretField } : {})}
        refusal={refusal}
        notice={isBusy ? t('image.wait') : null}
        isBusy={isBusy}
        onSubmit={(values) => void save(values)}
        actions={<ActionButton onPress={onBack}>{t('account.page.back')}</ActionButton>}
      >
        <Field name="email" label={t('account.email.new')} autoComplete="email" inputMode="email" />
        {fields}
      </Form>
    </>
  );
}
