import { type ReactNode, useState } from 'react';
import { type ImageParts, loadImageParts } from '../image/load-parts.ts';
import type { WebauthnKind } from '../operations.generated.ts';
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
  'security-key': 'account.securityKeys.add',
  'security-key-name': 'account.securityKeys.renameTitle',
  image: 'account.image.change',
  firstImage: 'account.image.add',
  email: 'account.email.title',
} as const satisfies Readonly<Record<View, string>>;

/** What a view adds to the account. */
const ADDED: Readonly<Partial<Record<View, WebauthnKind>>> = { passkey: 'PASSKEY', 'security-key': 'SECURITY_KEY' };

/** The view in which a passkey gets another name. */
const NAMED = { PASSKEY: 'passkey-name', SECURITY_KEY: 'security-key-name' } as const satisfies Readonly<
  Record<WebauthnKind, View>
>;

/** Views whose code is loaded when they are opened. */
const OF_IMAGES: ReadonlySet<View> = new Set(['image', 'firstImage', 'email']);

/** What people do with their own accounts. One form is shown at a time. */
export function AccountPage({ state }: { readonly state: AccountState }): ReactNode {
  const account = useAccount(state);
  const [view, setView] = useState<View>('lists');
  const [notice, setNotice] = useState<string | null>(null);
  const [renamed, setRenamed] = useState<OwnPasskey | null>(null);
  const [parts, setParts] = useState<ImageParts | null>(null);
  const { overview, demands, refusal } = account;
  const show = (next: View, said: string | null = null): void => {
    account.clear();
    setNotice(said);
    setView(next);
  };
  async function open(next: View): Promise<void> {
    if (OF_IMAGES.has(next)) {
      const loaded = await account.perform(loadImageParts);
      if (loaded === null) return;
      setParts(loaded);
    }
    show(next);
  }
  const done = (said: string = t('account.page.saved')): void => show('lists', said);
  const added = ADDED[view];
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
      {added !== undefined && <PasskeyForm account={account} kind={added} onDone={done} onBack={() => show('lists')} />}
      {renamed !== null && view === NAMED[renamed.kind] && (
        <PasskeyNameForm account={account} passkey={renamed} onDone={done} onBack={() => show('lists')} />
      )}
      {overview !== null && demands !== null && parts !== null && (view === 'image' || view === 'firstImage') && (
        <parts.ImageForm
          account={account}
          overview={overview}
          demands={demands}
          onDone={done}
          onBack={() => show('lists')}
        />
      )}
      {overview !== null && demands !== null && parts !== null && view === 'email' && (
        <parts.EmailForm
          account={account}
          overview={overview}
          demands={demands}
          onDone={done}
          onBack={() => show('lists')}
        />
      )}
      {overview !== null && view === 'lists' && (
        <AccountLists
          account={account}
          overview={overview}
          state={state}
          onOpen={(next) => void open(next)}
          onRename={(passkey) => {
            setRenamed(passkey);
            show(NAMED[passkey.kind]);
          }}
        />
      )}
    </Frame>
  );
}
