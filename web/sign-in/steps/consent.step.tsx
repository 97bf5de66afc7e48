import type { ReactNode } from 'react';
import { type StepOf, useStep } from '../flow.ts';
import { SubmitConsent } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Emphasis, NAME } from '../parts/emphasis.tsx';
import { Form } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';

export function ConsentStep({ step: { account, scopes } }: { readonly step: StepOf<'ConsentStep'> }): ReactNode {
  const { application, submit, refusal, notice, isBusy } = useStep();
  return (
    <>
      <p className="intro">
        <Emphasis text={t('consent.intro', { application: NAME })} name={application?.name ?? t('theApplication')} />
      </p>
      <p className="signed-in">
        <bdi className="name">{account.name}</bdi>
        <bdi className="username">{account.username}</bdi>
      </p>
      <p className="lead" id="scopes">
        {t('consent.scopes')}
      </p>
      <ul className="scopes" aria-labelledby="scopes">
        {scopes.map(({ name, description, isLasting }) => (
          <li key={name}>
            {description}
            {isLasting && <span className="lasting">{t('consent.lasting')}</span>}
          </li>
        ))}
      </ul>
      <Form
        submit={t('consent.allow')}
        refusal={refusal}
        notice={notice}
        isBusy={isBusy}
        onSubmit={() => void submit(SubmitConsent, { isGranted: true })}
        actions={
          <ActionButton onPress={() => void submit(SubmitConsent, { isGranted: false })}>
            {t('consent.deny')}
          </ActionButton>
        }
      />
    </>
  );
}
