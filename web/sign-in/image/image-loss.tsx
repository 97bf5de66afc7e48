import type { ReactNode } from 'react';
import { type Outcome, useStep } from '../flow.ts';
import { ask } from '../graph.ts';
import { RequestImageReset } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { Cancel } from '../steps/cancel.tsx';
import { t } from '../texts/texts.ts';
import { NameField, nameMissing } from './name-field.tsx';
import type { WayProps } from './ways.ts';

interface ImageLossProps extends WayProps {
  readonly clientId: string;
  readonly username: string;
}

/** Asks for a mail whose link leads to the choice of another image. */
export function ImageLoss({ demands, ways, clientId, username: name }: ImageLossProps): ReactNode {
  const { tenant, perform, open, refusal, notice, isBusy } = useStep();
  const { isEmailUsername } = demands;

  async function request(values: Readonly<Record<string, string>>): Promise<Outcome> {
    const email = values['email']!.trim();
    const username = isEmailUsername ? email : values['username']!.trim();
    const answer = await ask(RequestImageReset, { input: { tenant: tenant!.name, clientId, username, email } });
    return 'refusal' in answer ? answer : { branch: ways.mailed(username) };
  }

  return (
    <>
      <p className="intro">{t('imageLoss.intro')}</p>
      <Form
        submit={t('imageLoss.submit')}
        required={{
          ...(isEmailUsername ? {} : { username: nameMissing(demands) }),
          email: t('field.emailMissing'),
        }}
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={(values) => void perform(() => request(values))}
        actions={
          <>
            <ActionButton isQuiet onPress={() => open(ways.signIn())}>
              {t('passwordReset.leave')}
            </ActionButton>
            <Cancel />
          </>
        }
      >
        {!isEmailUsername && <NameField demands={demands} username={name} />}
        <Field
          name="email"
          label={t('registration.email')}
          autoComplete="email"
          inputMode="email"
          defaultValue={isEmailUsername ? name : ''}
        />
      </Form>
    </>
  );
}
