import type { ReactNode } from 'react';
import { RemoveCredential, RevokeConsent, RevokeSession, UnlinkExternalAccount } from '../operations.generated.ts';
import { ActionButton } from '../parts/buttons.tsx';
import { t } from '../texts/texts.ts';
import type { Account, Overview } from './account.ts';

/** The forms to which the lists lead. */
export type AccountView = 'profile' | 'password' | 'app' | 'codes';

interface ListsProps {
  readonly account: Account;
  readonly overview: Overview;
  readonly signOutUrl: string;
  readonly onOpen: (view: AccountView) => void;
}

/** A thing of the account that its user can end. */
interface Item {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  /** Null: it cannot be ended here. */
  readonly onEnd: (() => void) | null;
}

/** Factors that the user can remove; a password is changed instead. */
const REMOVABLE = ['TOTP', 'RECOVERY_CODE', 'SECURITY_KEY', 'PASSKEY'] as const;
type Removable = (typeof REMOVABLE)[number];
const isRemovable = (type: string): type is Removable => (REMOVABLE as readonly string[]).includes(type);

/** A field that was refused beside others is null, and so are items that are gone. */
const present = <T,>(items: readonly (T | null)[] | null): T[] =>
  (items ?? []).filter((item): item is T => item !== null);

const formatMoment = (moment: string): string =>
  new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(moment),
  );

export function AccountLists({ account, overview, signOutUrl, onOpen }: ListsProps): ReactNode {
  const { tenant, change } = account;
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
        <ActionButton onPress={() => onOpen('app')}>{t('account.factors.addApp')}</ActionButton>
        <ActionButton onPress={() => onOpen('codes')}>{t('account.factors.newCodes')}</ActionButton>
      </div>
      <List title={t('account.sessions.title')} end={t('signOut.confirm')} items={sessions} />
      <List title={t('account.factors.title')} end={t('account.factors.remove')} items={factors} />
      <List title={t('account.applications.title')} end={t('account.applications.revoke')} items={consents} />
      <List title={t('account.links.title')} end={t('account.links.unlink')} items={links} />
      <div className="actions">
        <a className="button" href={signOutUrl}>
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
        {items.map(({ id, title: name, detail, onEnd }) => (
          <li key={id} className="item">
            <p className="lead">
              <bdi>{name}</bdi>
            </p>
            <p className="hint">
              <bdi>{detail}</bdi>
            </p>
            {onEnd !== null && (
              <ActionButton onPress={onEnd} label={`${end}: ${name}`}>
                {end}
              </ActionButton>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
