import type { ReactNode } from 'react';
import { type StepOf, useStep } from '../flow.ts';
import { LeaveRegistration, SubmitRegistration } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Field, PasswordField } from '../parts/fields.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { Cancel } from './cancel.tsx';
import { Intro } from './intro.tsx';

/** A name to begin with is an address or a username. */
export function namesOf(identifier: string | null, isEmailUsername: boolean): { username: string; email: string } {
  const name = identifier ?? '';
  return name.includes('@') || isEmailUsername ? { username: '', email: name } : { username: name, email: '' };
}

export function RegistrationStep({ step }: { readonly step: StepOf<'RegistrationStep'> }): ReactNode {
  const { submit, setIdentifier, refusal, notice, isBusy } = useStep();
  const names = namesOf(step.identifier, step.isEmailUsername);
  return (
    <>
      <Intro text="registration.intro" />
      <Form
        submit={t('registration.submit')}
        required={{
          ...(step.isEmailUsername ? {} : { username: t('field.usernameMissing') }),
          email: t('field.emailMissing'),
          password: t('field.newPasswordMissing'),
        }}
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={({ username = '', email = '', givenName = '', familyName = '', password = '' }) => {
          setIdentifier(step.isEmailUsername ? email : username);
          void submit(SubmitRegistration, { username, email, givenName, familyName, password });
        }}
        actions={
          <>
            <ActionButton onPress={() => void submit(LeaveRegistration, {})}>{t('registration.leave')}</ActionButton>
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
        {!step.isEmailUsername && (
          <Field
            name="username"
            label={t('registration.username')}
            autoComplete="username"
            defaultValue={names.username}
          />
        )}
        <Field name="givenName" label={t('registration.givenName')} autoComplete="given-name" isOptional />
        <Field name="familyName" label={t('registration.familyName')} autoComplete="family-name" isOptional />
        <PasswordField
          name="password"
          label={t('registration.password')}
          autoComplete="new-password"
          {...(step.minLength > 0 ? { hint: t('newPassword.hint', { minLength: step.minLength }) } : {})}
        />
      </Form>
    </>
  );
}
