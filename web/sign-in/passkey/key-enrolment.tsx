import type { ReactNode } from 'react';
import { type Outcome, useStep } from '../flow.ts';
import { ask } from '../graph.ts';
import { RequestKeyEnrolment, SubmitKeyEnrolment, type WebauthnKind } from '../operations.generated.ts';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { Cancel } from '../steps/cancel.tsx';
import { t } from '../texts/texts.ts';
import { makePasskey } from './ceremony.ts';
import { nameRefusal } from './refusal.ts';
import { NEW_KEY_WORDS } from './words.ts';

/** Makes the passkey or security key that the account has to have. */
export function KeyEnrolment({ kind }: { readonly kind: WebauthnKind }): ReactNode {
  const { tenant, handle, perform, send, refusal, notice, isBusy } = useStep();
  const words = NEW_KEY_WORDS[kind];

  async function add(name: string | null): Promise<Outcome> {
    const begun = await ask(RequestKeyEnrolment, { input: { tenant: tenant?.name ?? null, handle } });
    if ('refusal' in begun) return begun;
    const { options, step } = begun.data.requestKeyEnrolment;
    // The password was typed too long ago, and is asked for again.
    if (options === null) return { payload: { step } };
    const made = await makePasskey(options);
    return 'data' in made ? send(SubmitKeyEnrolment, { name, credential: made.data }) : made;
  }

  return (
    <>
      <p className="intro">{t(words.demanded)}</p>
      <p className="intro">{t(words.intro)}</p>
      <Form
        submit={t(words.add)}
        refusal={nameRefusal(kind, refusal)}
        notice={notice}
        isBusy={isBusy}
        onSubmit={({ name = '' }) => void perform(() => add(name.trim() || null))}
        actions={<Cancel />}
      >
        <Field name="name" label={t(words.name)} autoComplete="off" isOptional />
      </Form>
    </>
  );
}
