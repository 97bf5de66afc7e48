import type { ReactNode } from 'react';
import { type Outcome, useStep } from '../flow.ts';
import { SubmitSignInTicket } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { Cancel } from '../steps/cancel.tsx';
import { Intro } from '../steps/intro.tsx';
import { namesOf } from '../steps/registration.step.tsx';
import { t } from '../texts/texts.ts';
import { rulesOf, useImageChoice } from './image-choice.tsx';
import { NameField, nameMissing } from './name-field.tsx';
import { attempt } from './refusal.ts';
import type { WayProps } from './ways.ts';

/** Makes an account with an image, and signs its user in. */
export function ImageRegistration({ step, demands, client, ways }: WayProps): ReactNode {
  const flow = useStep();
  const { handle, isBusy, notice } = flow;
  const { isEmailUsername } = demands;
  const names = namesOf(step.identifier, isEmailUsername);
  const { fields, required, read } = useImageChoice(demands, { isNew: true });

  async function register(values: Readonly<Record<string, string>>): Promise<Outcome> {
    const choice = await read(values);
    if ('refusal' in choice) return choice;
    const email = values['email']!.trim();
    const username = isEmailUsername ? email : values['username']!.trim();
    const act = { username, requestId: handle, choice: choice.data };
    const made = await attempt(() => client.register({ ...act, email, rules: rulesOf(demands) }));
    if ('refusal' in made) return made;
    flow.setIdentifier(username);
    const proved = await attempt(() => client.signIn(act));
    // The account is there, so it is not registered again.
    if ('refusal' in proved) return { branch: ways.signIn(username), notice: t('imageRegistration.made') };
    if (proved.data.mustVerifyEmail) return { branch: ways.confirm({ username, email }) };
    return flow.send(SubmitSignInTicket, { ticket: proved.data.nonce });
  }

  return (
    <>
      <Intro text="registration.intro" />
      <p className="hint">{t('image.keep')}</p>
      <Form
        submit={t('registration.submit')}
        required={{
          email: t('field.emailMissing'),
          ...(isEmailUsername ? {} : { username: nameMissing(demands) }),
          ...required,
        }}
        refusal={flow.refusal}
        notice={isBusy ? t('image.wait') : notice}
        isBusy={isBusy}
        onSubmit={(values) => void flow.perform(() => register(values))}
        actions={
          <>
            <ActionButton onPress={() => flow.open(ways.signIn())}>{t('registration.leave')}</ActionButton>
            <Cancel />
          </>
        }
      >
        <Field
          name="email"
          label={t('registration.email')}
          autoComplete="email"
          inputMode="email"
          defaultValue={names.email}
        />
        {!isEmailUsername && <NameField demands={demands} username={names.username} />}
        {fields}
      </Form>
    </>
  );
}
