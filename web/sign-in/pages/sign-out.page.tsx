import { type ReactNode, useState } from 'react';
import { leadTo } from '../addresses.ts';
import { ConfirmSignOut } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Emphasis, NAME } from '../parts/emphasis.tsx';
import { Form } from '../parts/form.tsx';
import { Frame } from '../parts/frame.tsx';
import type { SignOutState } from '../state.ts';
import { t } from '../texts/texts.ts';
import { useQuestion } from './question.ts';
import { SignedOutPage } from './signed-out.page.tsx';

/** Asks before it signs out, because any site can lead a browser here. */
export function SignOutPage({ state }: { readonly state: SignOutState }): ReactNode {
  const { tenant, account, application, handle } = state;
  const { send, refusal, isBusy, outcome } = useSignOut(tenant?.name ?? null, handle);
  const returnTo = application?.clientUri ?? null;
  if (outcome === 'signed-out') return <SignedOutPage tenant={tenant} application={application} returnTo={returnTo} />;
  if (outcome === 'stayed')
    return (
      <Frame tenant={tenant} title={t('signedInStill.title')}>
        <p className="intro">{t('signedInStill.intro')}</p>
      </Frame>
    );
  return (
    <Frame tenant={tenant} title={t('signOut.title')} application={application}>
      {application !== null && (
        <p className="intro">
          <Emphasis text={t('signOut.asked', { application: NAME })} name={application.name} />
        </p>
      )}
      {account !== null && (
        <p className="intro">
          <Emphasis text={t('signOut.intro', { account: NAME })} name={account.name} />
        </p>
      )}
      <Form
        submit={t('signOut.confirm')}
        refusal={refusal}
        isBusy={isBusy}
        onSubmit={() => void send(true)}
        actions={<ActionButton onPress={() => void send(false)}>{t('signOut.stay')}</ActionButton>}
      />
    </Frame>
  );
}

type Outcome = 'open' | 'signed-out' | 'stayed';

function useSignOut(tenant: string | null, handle: string) {
  const [outcome, setOutcome] = useState<Outcome>('open');
  const question = useQuestion(
    ConfirmSignOut,
    { tenant, handle },
    // It was answered before, or its time is over.
    (code) => code === 'SIGN_OUT_NOT_FOUND',
    ({ confirmSignOut: { answer } }) => {
      if (answer.__typename === 'SignOutRedirect') leadTo(answer.redirectTo);
      else if (answer.__typename === 'SignOutConfirmation') leadTo(answer.pageUrl);
      else setOutcome(answer.__typename === 'SignedOut' ? 'signed-out' : 'stayed');
    },
  );
  return { ...question, outcome };
}
