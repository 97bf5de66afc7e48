import { type ReactNode, useState } from 'react';
import type { ImageChoice } from '../../zero-knowledge/secret.ts';
import { type Answer, ask, type Refusal } from '../graph.ts';
import { ErrorPage } from '../pages/error.page.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { Frame } from '../parts/frame.tsx';
import type { ImageResetState } from '../state.ts';
import { describeCode, t } from '../texts/texts.ts';
import { rulesOf, useImageChoice } from './image-choice.tsx';
import { createImageClient } from './image-client.ts';
import { attempt } from './refusal.ts';

interface MailedLink {
  readonly code: string;
  readonly requestId: string;
}

/** What the address has behind `#`, which no server sees; null: the link is not whole. */
function readLink(): MailedLink | null {
  const values = new URLSearchParams(location.hash.slice(1));
  const code = values.get('code');
  const requestId = values.get('auth_req_id');
  return code === null || requestId === null ? null : { code, requestId };
}

/** The page of a mail about a lost image: the user chooses another one. */
export function ImageResetPage({ state }: { readonly state: ImageResetState }): ReactNode {
  const [link] = useState(readLink);
  const [isDone, setDone] = useState(false);
  const { tenant } = state;
  if (link === null)
    return (
      <ErrorPage
        tenant={tenant}
        code="IMAGE_PROOF_CODE_INVALID"
        text={describeCode('IMAGE_PROOF_CODE_INVALID', '')}
        startAgainAt={null}
      />
    );
  if (isDone)
    return (
      <Frame key="done" tenant={tenant} title={t('imageReset.doneTitle')}>
        <p className="intro">{t('imageReset.done')}</p>
      </Frame>
    );
  return (
    <Frame tenant={tenant} title={t('imageReset.title')}>
      <p className="intro">{t('imageReset.intro')}</p>
      <ResetForm state={state} link={link} onDone={() => setDone(true)} />
    </Frame>
  );
}

interface ResetFormProps {
  readonly state: ImageResetState;
  readonly link: MailedLink;
  readonly onDone: () => void;
}

function ResetForm({ state: { tenant, demands }, link, onDone }: ResetFormProps): ReactNode {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { fields, required, read } = useImageChoice(demands, { isNew: true });

  async function send(values: Readonly<Record<string, string>>): Promise<void> {
    const username = values['username']!.trim();
    setBusy(true);
    setRefusal(null);
    const answer = await attemptReset(username, await read(values));
    setBusy(false);
    if ('refusal' in answer) setRefusal(answer.refusal);
    else onDone();
  }

  async function attemptReset(username: string, choice: Answer<ImageChoice>): Promise<Answer<void>> {
    if ('refusal' in choice) return choice;
    const client = createImageClient(tenant.name, ask);
    return attempt(() => client.reset({ username, ...link, choice: choice.data, rules: rulesOf(demands) }));
  }

  return (
    <Form
      submit={t('imageReset.submit')}
      required={{ username: t('field.usernameMissing'), ...required }}
      refusal={refusal}
      notice={isBusy ? t('image.wait') : null}
      isBusy={isBusy}
      onSubmit={(values) => void send(values)}
    >
      <Field name="username" label={t('registration.username')} autoComplete="username" />
      {fields}
    </Form>
  );
}
