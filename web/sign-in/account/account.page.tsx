import { type ReactNode, useState } from 'react';
import { Notices } from '../parts/form.tsx';
import { Frame } from '../parts/frame.tsx';
import type { AccountState } from '../state.ts';
import { t } from '../texts/texts.ts';
import { type OwnPasskey, useAccount } from './account.ts';
import { AppForm, CodesForm } from './factor-forms.tsx';
import { AccountLists, type AccountView } from './lists.tsx';
import { PasskeyForm } from './passkey-form.tsx';
import { PasskeyNameForm } from './passkey-name-form.tsx';
import { PasswordForm } from './password-form.tsx';
import { ProfileForm } from './profile-form.tsx';

type View = 'lists' | AccountView;

const TITLES = {
  lists: 'account.page.title',
  profile: 'account.profile.title',
  password: 'account.password.title',
  app: 'account.factors.addApp',
  codes: 'account.factors.newCodes',
  passkey: 'account.passkeys.add',
  'passkey-name': 'account.passkeys.renameTitle',
} as const satisfies Readonly<Record<View, string>>;

/** What people do with their own accounts. One form is shown at a time. */
export function AccountPage({ state }: { readonly state: AccountState }): ReactNode {
  const account = useAccount(state);
  const [view, setView] = useState<View>('lists');
  const [notice, setNotice] = useState<string | null>(null);
  const [renamed, setRenamed] = useState<OwnPasskey | null>(null);
  const { overview, refusal } = account;
  const show = (next: View, said: string | null = null): void => {
    account.clear();
    setNotice(said);
    setView(next);
  };
  const done = (): void => show('lists', t('account.page.saved'));
  const isOld = refusal?.code === 'REAUTHENTICATION_REQUIRED';
  return (
    <Frame key={view} tenant={state.tenant} title={t(TITLES[view])} isReadFirst={view === 'lists'}>
      {view === 'lists' && <Notices refusal={refusal} notice={notice} />}
      {isOld && (
        <a className="button" href={`${state.pageUrl}?again=1`}>
          {t('account.page.again')}
        </a>
      )}
      {overview !== null && view === 'profile' && (
        <ProfileForm account={account} overview={overview} onDone={done} onBack={() => show('lists')} />
      )}
      {overview !== null && view === 'password' && (
        <PasswordForm account={account} overview={overview} onDone={done} onBack={() => show('lists')} />
      )}
      {overview !== null && view === 'app' && (
        <AppForm account={account} overview={overview} onDone={done} onBack={() => show('lists')} />
      )}
      {overview !== null && view === 'codes' && (
        <CodesForm
          account={account}
          overview={overview}
          tenantName={state.tenant?.displayName ?? ''}
          onDone={done}
          onBack={() => show('lists')}
        />
      )}
      {view === 'passkey' && <PasskeyForm account={account} onDone={done} onBack={() => show('lists')} />}
      {view === 'passkey-name' && renamed !== null && (
        <PasskeyNameForm account={account} passkey={renamed} onDone={done} onBack={() => show('lists')} />
      )}
      {overview !== null && view === 'lists' && (
        <AccountLists
          account={account}
          overview={overview}
          state={state}
          onOpen={show}
          onRename={(passkey) => {
            setRenamed(passkey);
            show('passkey-name');
          }}
        />
      )}
    </Frame>
  );
}
