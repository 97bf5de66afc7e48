import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { type StepOf, useStep } from '../flow.ts';
import { ChooseAccount } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Emphasis, NAME } from '../parts/emphasis.tsx';
import { Notices } from '../parts/form.tsx';
import { t } from '../texts/texts.ts';
import { Cancel } from './cancel.tsx';

export function AccountStep({ step }: { readonly step: StepOf<'AccountStep'> }): ReactNode {
  const { application, submit, refusal, notice } = useStep();
  return (
    <>
      {application !== null && (
        <p className="intro">
          <Emphasis text={t('account.intro', { application: NAME })} name={application.name} />
        </p>
      )}
      <Notices refusal={refusal} notice={notice} />
      <ul className="accounts" aria-label={t('account.list')}>
        {step.accounts.map(({ userId, name, username }) => (
          <li key={userId}>
            <Button className="account" onPress={() => void submit(ChooseAccount, { userId })}>
              <bdi className="name">{name}</bdi>
              <bdi className="username">{username}</bdi>
            </Button>
          </li>
        ))}
      </ul>
      <div className="actions">
        <ActionButton onPress={() => void submit(ChooseAccount, { userId: null })}>{t('account.other')}</ActionButton>
        <Cancel />
      </div>
    </>
  );
}
