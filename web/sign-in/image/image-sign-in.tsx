import type { ReactNode } from 'react';
import { type Outcome, useStep } from '../flow.ts';
import type { Refusal } from '../graph.ts';
import { SubmitSignInTicket } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { CheckField } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { Cancel } from '../steps/cancel.tsx';
import { Intro } from '../steps/intro.tsx';
import { t } from '../texts/texts.ts';
import { useImageChoice } from './image-choice.tsx';
import { NameField, nameMissing } from './name-field.tsx';
import { attempt } from './refusal.ts';
import type { WayProps } from './ways.ts';

/** The text of that code is about a password. */
const toShown = (refusal: Refusal | null): Refusal | null =>
  refusal?.code === 'SIGN_IN_REFUSED' ? { ...refusal, code: 'IMAGE_ACCOUNT_REFUSED' } : refusal;

/** An e-mail address or a UUID. */
const OTHER_NAME = /@|^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Signs in with an image, in place of a password. */
export function ImageSignIn(props: WayProps & { readonly username: string }): ReactNode {
  const { step, demands, client, ways, username } = props;
  const flow = useStep();
  const { application, handle, isBusy, notice, open } = flow;
  // An application may name the account by its address or id, of which no image is a proof: the person types the username.
  const isUsername = demands.isEmailUsername || !OTHER_NAME.test(username);
  const { fields, required, secretField, read } = useImageChoice(demands, { isNew: false });

  async function signIn(values: Readonly<Record<string, string>>): Promise<Outcome> {
    const choice = await read(values);
    if ('refusal' in choice) return choice;
    const name = values['username']!.trim();
    flow.setIdentifier(name);
    const proved = await attempt(() => client.signIn({ username: name, requestId: handle, choice: choice.data }));
    if ('refusal' in proved) return proved;
    return flow.send(SubmitSignInTicket, { ticket: proved.data.nonce, isRemembered: values['isRemembered'] === 'on' });
  }

  return (
    <>
      <Intro text="password.intro" />
      <Form
        submit={t('password.submit')}
        required={{ username: nameMissing(demands), ...required }}
        refusedField={secretField}
        refusal={toShown(flow.refusal)}
        notice={isBusy ? t('image.wait') : notice}
        isBusy={isBusy}
        onSubmit={(values) => void flow.perform(() => signIn(values))}
        actions={
          <>
            {application !== null && (
              <ActionButton isQuiet onPress={() => open(ways.lose(application.clientId, flow.identifier ?? username))}>
                {t('imageSignIn.lost')}
              </ActionButton>
            )}
            <ActionButton onPress={flow.leave}>{t('imageSignIn.usePassword')}</ActionButton>
            {step.canRegisterImage && (
              <ActionButton onPress={() => open(ways.register())}>{t('password.register')}</ActionButton>
            )}
            <Cancel />
          </>
        }
      >
        <NameField demands={demands} username={username} isReadOnly={step.isIdentifierFixed && isUsername} />
        {fields}
        {step.canRemember && <CheckField name="isRemembered" label={t('password.remember')} />}
      </Form>
    </>
  );
}
