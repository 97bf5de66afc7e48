import type { ReactNode } from 'react';
import { UpdateUser } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { type Account, hasImage, type Overview } from './account.ts';

export interface AccountFormProps {
  readonly account: Account;
  readonly overview: Overview;
  /** @param notice What the page says. Default: that the change is saved. */
  readonly onDone: (notice?: string) => void;
  readonly onBack: () => void;
}

/** What the user changed; a value that was emptied is removed. */
function changesIn(overview: Overview, values: Readonly<Record<string, string>>): Record<string, string | null> {
  const names = (['email', 'givenName', 'familyName'] as const).filter((name) => name in values);
  const changed = names.filter((name) => values[name]!.trim() !== (overview[name] ?? ''));
  return Object.fromEntries(changed.map((name) => [name, values[name]!.trim() || null]));
}

/** Names, and the address of an account without an image; with one the address needs a proof. */
export function ProfileForm({ account, overview, onDone, onBack }: AccountFormProps): ReactNode {
  const { tenant, change, refusal, isBusy } = account;
  async function save(values: Readonly<Record<string, string>>): Promise<void> {
    const input = { tenant, userId: overview.subject, ...changesIn(overview, values) };
    if ((await change(UpdateUser, { input })) !== null) onDone();
  }
  return (
    <Form
      submit={t('account.profile.submit')}
      refusal={refusal}
      isBusy={isBusy}
      onSubmit={(values) => void save(values)}
      actions={<ActionButton onPress={onBack}>{t('account.page.back')}</ActionButton>}
    >
      {!hasImage(overview) && (
        <Field
          name="email"
          label={t('registration.email')}
          autoComplete="email"
          inputMode="email"
          defaultValue={overview.email ?? ''}
          isOptional
        />
      )}
      <Field
        name="givenName"
        label={t('registration.givenName')}
        autoComplete="given-name"
        defaultValue={overview.givenName ?? ''}
        isOptional
      />
      <Field
        name="familyName"
        label={t('registration.familyName')}
        autoComplete="family-name"
        defaultValue={overview.familyName ?? ''}
        isOptional
      />
    </Form>
  );
}
