import type { ReactNode } from 'react';
import { type Answer, type Refusal, refuse } from '../graph.ts';
import { rulesOf, useImageChoice } from '../image/image-choice.tsx';
import { createImageClient } from '../image/image-client.ts';
import { attempt, type ChoiceNames } from '../image/refusal.ts';
import type { Demands } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { hasImage } from './account.ts';
import type { AccountFormProps } from './profile-form.tsx';

type Values = Readonly<Record<string, string>>;

const FORMER_NAMES: ChoiceNames = { image: 'formerImage', pin: 'formerPin', pattern: 'formerPattern' };

/** Without a former image only the sign-in can be what was refused: it is too old, or had no second factor. */
const refuseFirst = ({ code }: Refusal) =>
  code === 'IMAGE_PROOF_REFUSED' ? refuse('REAUTHENTICATION_REQUIRED') : null;

/** Replaces the image of the account by a proof of the present one, or adds the first one. */
export function ImageForm(props: AccountFormProps & { readonly demands: Demands }): ReactNode {
  const { account, overview, demands, onDone, onBack } = props;
  const { tenant, perform, refusal, isBusy } = account;
  const { username, subject: userId } = overview;
  const isReplaced = hasImage(overview);
  const former = useImageChoice(demands, { isNew: false, names: FORMER_NAMES });
  const next = useImageChoice(demands, { isNew: true });

  const change = (values: Values) =>
    perform(async (send): Promise<Answer<true>> => {
      const [from, to] = [isReplaced ? await former.read(values) : { data: null }, await next.read(values)];
      if ('refusal' in from) return from;
      if ('refusal' in to) return to;
      const act = { username, userId, choice: to.data, rules: rulesOf(demands), former: from.data };
      const answer = await attempt(async () => {
        await createImageClient(tenant, send).change(act);
        return true as const;
      }, null);
      return 'refusal' in answer && !isReplaced ? (refuseFirst(answer.refusal) ?? answer) : answer;
    });

  async function save(values: Values): Promise<void> {
    if ((await change(values)) !== null) onDone();
  }

  return (
    <>
      <p className="intro">{t('image.keep')}</p>
      <Form
        submit={t('imageReset.submit')}
        required={{ ...(isReplaced ? former.required : {}), ...next.required }}
        {...(refusal?.code === 'IMAGE_PROOF_REFUSED' ? { refusedField: former.secretField } : {})}
        refusal={refusal}
        notice={isBusy ? t('image.wait') : null}
        isBusy={isBusy}
        onSubmit={(values) => void save(values)}
        actions={<ActionButton onPress={onBack}>{t('account.page.back')}</ActionButton>}
      >
        {isReplaced && (
          <fieldset className="group">
            <legend className="heading">{t('account.image.present')}</legend>
            {former.fields}
          </fieldset>
        )}
        <fieldset className="group">
          <legend className="heading">{t('account.image.next')}</legend>
          {next.fields}
        </fieldset>
      </Form>
    </>
  );
}
