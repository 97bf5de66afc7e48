import type { ReactNode } from 'react';
import {
  RemoveCredential,
  RevokeConsent,
  RevokeSession,
  UnlinkExternalAccount,
  type WebauthnKind,
} from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import type { AccountState } from '../state.ts';
import { t } from '../texts/texts.ts';
import { type Account, hasImage, type Overview, type OwnPasskey } from './account.ts';

/** The forms to which the lists lead. */
export type AccountView =
  | 'profile'
  | 'password'
  | 'app'
  | 'codes'
  | 'passkey'
  | 'passkey-name'
  | 'security-key'
  | 'security-key-name'
  | 'image'
  | 'firstImage'
  | 'email';

interface ListsProps {
  readonly account: Account;
  readonly overview: Overview;
  readonly state: AccountState;
  readonly onOpen: (view: AccountView) => void;
  readonly onRename: (passkey: OwnPasskey) => void;
}

/** A thing of the account that its user can end. */
interface Item {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  /** Null: it cannot be ended here. */
  readonly onEnd: (() => void) | null;
  /** Absent: it has no name to change. */
  readonly onRename?: () => void;
}

/** Factors that the user can remove. A password is changed instead; passkeys and security keys are read apart. */
const REMOVABLE = ['TOTP', 'RECOVERY_CODE'] as const;
type Removable = (typeof REMOVABLE)[number];
const isRemovable = (type: string): type is Removable => (REMOVABLE as readonly string[]).includes(type);

/** A field that was refused beside others is null, and so are items that are gone. */
const present = <T,>(items: readonly (T | null)[] | null): T[] =>
  (items ?? []).filter((item): item is T => item !== null);

const formatMoment = (moment: string): string =>
  new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(moment),
  );

const USE = {
  PASSKEY: { added: 'account.passkeys.added', used: 'account.passkeys.used' },
  SECURITY_KEY: { added: 'account.securityKeys.added', used: 'account.securityKeys.used' },
} as const satisfies Readonly<Record<WebauthnKind, unknown>>;

/** When a passkey was added, and last used. A security key is named so, because it stands among other second steps. */
function describeUse({ kind, createdAt, lastUsedAt }: OwnPasskey): string {
  const added = formatMoment(createdAt);
  if (lastUsedAt === null) return t(USE[kind].added, { moment: added });
  return t(USE[kind].used, { added, used: formatMoment(lastUsedAt) });
}

export function AccountLists({ account, overview, state, onOpen, onRename }: ListsProps): ReactNode {
  const { tenant, change, demands } = account;
  const { subject: userId, username, email } = overview;
  const name = [overview.givenName, overview.familyName].filter(Boolean).join(' ') || username;
  const sessions = present(overview.sessions).map(({ id, isCurrent, ip, userAgent, lastUsedAt }) => ({
    id,
    title: isCurrent ? t('account.sessions.current') : (ip ?? t('account.sessions.other')),
    detail: [formatMoment(lastUsedAt), userAgent].filter(Boolean).join(', '),
    onEnd: isCurrent ? null : () => void change(RevokeSession, { input: { tenant, sessionId: id } }),
  }));
  const consents = present(overview.consents).map(({ id, clientId, clientName, scopes }) => ({
    id,
    title: clientName,
    detail: scopes.join(' '),
    onEnd: () => void change(RevokeConsent, { input: { tenant, userId, clientId } }),
  }));
  const factors = present(overview.credentials).flatMap(({ id, type, label, createdAt }) => {
    if (!isRemovable(type)) return [];
    const onEnd = () => void change(RemoveCredential, { input: { tenant, credentialId: id } });
    return [{ id, title: label ?? t(`account.factors.${type}`), detail: formatMoment(createdAt), onEnd }];
  });
  const keysOf = (kind: WebauthnKind): Item[] =>
    account.passkeys
      .filter((passkey) => passkey.kind === kind)
      .map((passkey) => ({
        id: passkey.credentialId,
        title: passkey.label ?? t(`account.factors.${kind}`),
        detail: describeUse(passkey),
        onEnd: () => void change(RemoveCredential, { input: { tenant, credentialId: passkey.credentialId } }),
        onRename: () => onRename(passkey),
      }));
  const links = present(overview.federationLinks).map(({ id, externalName, ...link }) => {
    const { providerName, providerType, externalId } = link;
    const input = { tenant, userId, providerName, providerType, externalId };
    const onEnd = () => void change(UnlinkExternalAccount, { input });
    return { id, title: providerName, detail: externalName ?? externalId, onEnd };
  });
  return (
    <>
      <p className="intro">{[name, email].filter(Boolean).join(', ')}</p>
      <div className="actions">
        <ActionButton onPress={() => onOpen('profile')}>{t('account.profile.title')}</ActionButton>
        <ActionButton onPress={() => onOpen('password')}>{t('account.password.title')}</ActionButton>
        {hasImage(overview) && (
          <>
            <ActionButton onPress={() => onOpen('email')}>{t('account.email.title')}</ActionButton>
            <ActionButton onPress={() => onOpen('image')}>{t('account.image.change')}</ActionButton>
          </>
        )}
        {!hasImage(overview) && demands?.isOffered && (
          <ActionButton onPress={() => onOpen('firstImage')}>{t('account.image.add')}</ActionButton>
        )}
        <ActionButton onPress={() => onOpen('app')}>{t('account.factors.addApp')}</ActionButton>
        <ActionButton onPress={() => onOpen('codes')}>{t('account.factors.newCodes')}</ActionButton>
        {state.isPasskeyEnabled && (
          <>
            <ActionButton onPress={() => onOpen('passkey')}>{t('account.passkeys.add')}</ActionButton>
            <ActionButton onPress={() => onOpen('security-key')}>{t('account.securityKeys.add')}</ActionButton>
          </>
        )}
      </div>
      <List title={t('account.sessions.title')} end={t('signOut.confirm')} items={sessions} />
      <List title={t('account.passkeys.title')} end={t('account.factors.remove')} items={keysOf('PASSKEY')} />
      <List
        title={t('account.factors.title')}
        end={t('account.factors.remove')}
        items={[...factors, ...keysOf('SECURITY_KEY')]}
      />
      <List title={t('account.applications.title')} end={t('account.applications.revoke')} items={consents} />
      <List title={t('account.links.title')} end={t('account.links.unlink')} items={links} />
      <div className="actions">
        <a className="button" href={state.signOutUrl}>
          {t('signOut.confirm')}
        </a>
      </div>
    </>
  );
}

interface ListProps {
  readonly title: string;
  /** What ends an item. */
  readonly end: string;
  readonly items: readonly Item[];
}

function List({ title, end, items }: ListProps): ReactNode {
  if (items.length === 0) return null;
  return (
    <section className="section">
      <h3 className="heading">{title}</h3>
      <ul className="items">
        {items.map(({ id, title: name, detail, onEnd, onRename }) => (
          <li key={id} className="item">
            <p className="lead">
              <bdi>{name}</bdi>
            </p>
            <p className="hint">
              <bdi>{detail}</bdi>
            </p>
            <div className="row">
              {onRename !== undefined && (
                <ActionButton onPress={onRename} label={`${t('account.passkeys.rename')}: ${name}`}>
                  {t('account.passkeys.rename')}
                </ActionButton>
              )}
              {onEnd !== null && (
                <ActionButton onPress={onEnd} label={`${end}: ${name}`}>
                  {end}
                </ActionButton>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
