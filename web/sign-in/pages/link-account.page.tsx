import type { ReactNode } from 'react';
import { leadTo } from '../addresses.ts';
import { DecideAccountLinking } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { Emphasis, NAME } from '../parts/emphasis.tsx';
import { Form } from '../parts/form.tsx';
import { Frame } from '../parts/frame.tsx';
import type { LinkAccountState } from '../state.ts';
import { t } from '../texts/texts.ts';
import { useQuestion } from './question.ts';

/** The question cannot be answered any more: it was, its time is over, or another user or none is signed in. */
const OVER: ReadonlySet<string> = new Set(['ACCOUNT_LINK_STATE_INVALID', 'ACCOUNT_LINK_SESSION_REQUIRED']);

/** Asks before an external account is linked, because any site can lead a browser here. */
export function LinkAccountPage({ state }: { readonly state: LinkAccountState }): ReactNode {
  const { tenant, handle, provider, externalName, account, application } = state;
  const { send, refusal, isBusy } = useQuestion(
    DecideAccountLinking,
    { tenant: tenant?.name ?? null, handle, userId: account.userId },
    (code) => OVER.has(code),
    ({ decideAccountLinking }) => leadTo(decideAccountLinking.redirectTo),
  );
  return (
    <Frame tenant={tenant} title={t('linkAccount.title')} application={application}>
      <p className="intro">
        <Emphasis text={t('linkAccount.external', { provider, name: NAME })} name={externalName} />
      </p>
      <p className="intro">
        <Emphasis text={t('linkAccount.account', { account: NAME })} name={account.name} />
      </p>
      <p className="intro">{t('linkAccount.warning')}</p>
      <Form
        submit={t('linkAccount.confirm')}
        refusal={refusal}
        isBusy={isBusy}
        onSubmit={() => void send(true)}
        actions={<ActionButton onPress={() => void send(false)}>{t('linkAccount.decline')}</ActionButton>}
      />
    </Frame>
  );
}
