import { type Authority, type PermissionGrant, PermissionSet } from '../access/index.ts';
import { accountStateOf, UPDATE_PASSWORD } from '../auth-modes/index.ts';
import { routeOfHandle } from '../crypto/index.ts';
import type { TemplateName } from '../delivery/index.ts';
import type { EventLog } from '../events/index.ts';
import { addSeconds, type Clock, kernelErrors, type TenantRef } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import type { OneTimeCodeRow, OneTimeCodeStore } from '../sessions/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import { isSameEmail, type User, type UserService, type UserStore, writeForUser } from '../users/index.ts';
import { accountMailErrors } from './account-mail.errors.ts';
import type { EarlierAccess } from './earlier-access.ts';
import { authorityByMail } from './mail-owner.ts';
import { mailedLinkErrors } from './mailed-link.errors.ts';
import { mailedLinkEvents } from './mailed-link.events.ts';
import { signInFailed } from './sign-in.events.ts';
import type { TenantMails } from './tenant-mail.ts';

/** What a link can have its user do. Whatever a link is for, its use confirms the address to which it was mailed. */
export const LINK_ACTIONS = ['UPDATE_PASSWORD', 'VERIFY_EMAIL', 'CONFIGURE_TOTP'] as const;
export type LinkAction = (typeof LINK_ACTIONS)[number];

export type LinkPurpose = 'sign-in' | 'required-actions';

/** What a link is for. */
export interface LinkContent {
  readonly purpose: LinkPurpose;
  /** Kind of the issuer at whose address it is opened. */
  readonly issuerKind: string;
  /** `client_id` of the application to which it leads; null: none. */
  readonly clientId: string | null;
  /** Where the browser goes in the end; null: nowhere. */
  readonly redirectUri: string | null;
  readonly actions: readonly LinkAction[];
  /** What the flow that continues a sign-in needs. It is stored and returned as it is. */
  readonly request: Readonly<Record<string, unknown>> | null;
}

/** A link to mail. */
export interface NewMailedLink extends LinkContent {
  readonly user: User;
  readonly lifeSeconds: number;
  /** The address with the secret of the link. */
  readonly toAddress: (key: string) => string;
}

/** A link that somebody opened. */
export interface MailedLink extends LinkContent {
  readonly user: User;
}

/** A link as a browser shows it. */
export interface ShownLink {
  /** Its secret. */
  readonly key: string;
  readonly issuerKind: string;
  /** The `client_id` in the address, which must be that of the link; null: the address has none. */
  readonly clientId: string | null;
}

export interface MailedLinkFlowDeps {
  readonly db: Database;
  readonly codes: OneTimeCodeStore;
  readonly directory: Pick<TenantDirectory, 'holdSettings'>;
  readonly users: Pick<UserService, 'update'>;
  readonly userStore: Pick<UserStore, 'findById' | 'lockToSignIn'>;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange'>;
  readonly mails: Pick<TenantMails, 'send'>;
  readonly earlierAccess: Pick<EarlierAccess, 'end'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** What it takes to demand something of an account. */
const MAY_DEMAND: readonly PermissionGrant[] = [{ permission: 'auth-mode:write', reach: 'tenant' }];
const AS_SENT = new PermissionSet(MAY_DEMAND);

const KIND = 'mailed-link';
/** Links of one account that work at the same time; of more, the oldest are withdrawn. */
const MAX_LIVING = 20;
/** As many mails as an address gets in ten minutes at most. A link that was used does not count. */
const WINDOW_SECONDS = 600;
const RETRY_SECONDS = 60;

/** What is stored of a link, beside its hash. */
interface StoredLink extends LinkContent {
  /** The address to which it was mailed. */
  readonly to: string;
  /** `users.proof_version` at that time: a link is outdated by a new password and by the end of all sessions. */
  readonly proofVersion: number;
}

/**
 * Links in mails, which work once. They are stored as hashes. Reading one uses nothing up, because mail scanners and browsers open
 * addresses that nobody has clicked.
 */
export class MailedLinkFlow {
  readonly #deps: MailedLinkFlowDeps;

  constructor(deps: MailedLinkFlowDeps) {
    this.#deps = deps;
  }

  /**
   * Mails a link to a user, by the server that the tenant has set. A link that could not be mailed does not work.
   * @throws ACCOUNT_GUARDED, FORBIDDEN The account may do more than the caller, or the link demands more than that the address is
   *   confirmed and the caller does not hold `auth-mode:write`.
   * @throws TOO_MANY_REQUESTS The address got too many.
   * @throws MAIL_RECIPIENT_MISSING, MAIL_SERVER_MISSING, MAIL_NOT_SENT, SERVICE_UNAVAILABLE, USER_NOT_FOUND
   * @returns When it expires.
   */
  async send(authority: Authority, { user, lifeSeconds, toAddress, ...content }: NewMailedLink): Promise<Date> {
    const { codes, guard, mails, events, clock } = this.#deps;
    const { caller, tenant } = authority;
    const { id: userId, email, proofVersion } = user;
    await guard.assertMayChange(authority, 'user', userId);
    if (!confirmsOnly(content.actions) && !authority.holds(MAY_DEMAND))
      throw kernelErrors.FORBIDDEN({ detail: 'may not demand actions' });
    if (email == null) throw accountMailErrors.MAIL_RECIPIENT_MISSING();
    const now = clock.now();
    await this.#assertFew(tenant, userId, now);
    const expiresAt = addSeconds(now, lifeSeconds);
    const payload: StoredLink = { ...content, to: email, proofVersion };
    const code = { kind: KIND, userId, payload: { ...payload }, expiresAt };
    const key = await writeForUser('one_time_codes', () => codes.put(tenant, code));
    await codes.keepNewest(tenant.id, { userId, kind: KIND, count: MAX_LIVING });
    const values = { link: toAddress(key), minutes: String(Math.ceil(lifeSeconds / 60)) };
    try {
      await mails.send(authority, user, templateOf(content), values);
    } catch (error) {
      await codes.take(tenant.id, KIND, key);
      throw error;
    }
    await events.append(caller, tenant, {
      type: mailedLinkEvents['mailed_link.sent'],
      subjectId: userId,
      ...ofClient(content),
      params: { purpose: content.purpose, actions: content.actions, expiresAt: expiresAt.toISOString() },
    });
    return expiresAt;
  }

  /** @throws TOO_MANY_REQUESTS */
  async #assertFew({ id }: Pick<TenantRef, 'id'>, userId: string, now: Date): Promise<void> {
    const since = addSeconds(now, -WINDOW_SECONDS);
    if ((await this.#deps.codes.countSince(id, userId, KIND, since)) < MAX_LIVING) return;
    throw kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: RETRY_SECONDS });
  }

  /** A link, which goes on working. @throws MAILED_LINK_UNUSABLE */
  async find(tenant: TenantRef, shown: ShownLink): Promise<MailedLink> {
    const { codes, userStore } = this.#deps;
    const stored = toStored(await this.#read(tenant, shown, () => codes.find(tenant.id, KIND, shown.key)), shown);
    const user = await userStore.findById(tenant.id, stored.userId);
    if (user === null || this.#findFault(stored.link, user) !== null) throw mailedLinkErrors.MAILED_LINK_UNUSABLE();
    return { ...contentOf(stored.link), user };
  }

  /**
   * Uses a link up: of simultaneous calls, a single one gets it. Confirms the address to which it was mailed, and demands a new
   * password where the link is for one. A link by which a user signs in ends what gave access to an account whose address nobody had
   * confirmed.
   * @param begin Begins what the link leads to, in the same unit of work. Where it throws, the link goes on working.
   * @throws MAILED_LINK_UNUSABLE Records `sign_in.failed` for a link that expired, or whose account changed meanwhile.
   */
  use<T>(authority: Authority, shown: ShownLink, begin: (link: MailedLink) => Promise<T>): Promise<T> {
    const { db, directory } = this.#deps;
    return db.transaction(async () => {
      // Settings are held before rows are locked, because a change of settings may wait for the rows of accounts.
      await directory.holdSettings(authority.tenant.id);
      return begin(await this.#use(authority, shown));
    });
  }

  async #use(authority: Authority, shown: ShownLink): Promise<MailedLink> {
    const { codes, userStore, clock } = this.#deps;
    const { tenant } = authority;
    const row = await this.#read(tenant, shown, () => codes.findLate(tenant.id, KIND, shown.key));
    const { link, userId } = toStored(row, shown);
    const user = await userStore.lockToSignIn(tenant.id, userId);
    const isExpired = row.expiresAt <= clock.now();
    const fault = isExpired ? 'link_expired' : user === null ? 'unknown_user' : this.#findFault(link, user);
    if (fault !== null) {
      this.#recordRefusal(authority, userId, fault);
      throw mailedLinkErrors.MAILED_LINK_UNUSABLE();
    }
    if ((await codes.take(tenant.id, KIND, shown.key)) === null) throw mailedLinkErrors.MAILED_LINK_UNUSABLE();
    return { ...contentOf(link), user: await this.#apply(authority, link, user!) };
  }

  /** What the use of a link changes of its account, for its user. @returns The account afterwards. */
  async #apply(authority: Authority, link: StoredLink, user: User): Promise<User> {
    const { users, events, clock } = this.#deps;
    const own = authorityByMail(authority, user.id, clock.now(), AS_SENT);
    const before = user.requiredActions ?? [];
    // Another person may have made the account with this address, and signs in no more. Administrators send links for actions.
    if (link.purpose === 'sign-in' && !user.emailVerified) await this.#deps.earlierAccess.end(own, user.id);
    const isDemanded = link.actions.includes(UPDATE_PASSWORD) && !before.includes(UPDATE_PASSWORD);
    // The link replaces the permissions for these values; who sent it held them.
    const after = await users.update(own, user.id, {
      emailVerified: true,
      ...(isDemanded ? { requiredActions: [...before, UPDATE_PASSWORD] } : {}),
    });
    events.record(own.caller, own.tenant, {
      type: mailedLinkEvents['mailed_link.used'],
      subjectId: user.id,
      ...ofClient(link),
      params: { purpose: link.purpose, actions: link.actions },
    });
    return after;
  }

  /** @throws MAILED_LINK_UNUSABLE The secret is unknown, or of another tenant. */
  async #read(
    { route }: TenantRef,
    { key }: ShownLink,
    find: () => Promise<OneTimeCodeRow | null>,
  ): Promise<OneTimeCodeRow> {
    const row = routeOfHandle(key) === route ? await find() : null;
    // A guessed secret records nothing, so that guesses fill no log.
    if (row === null) throw mailedLinkErrors.MAILED_LINK_UNUSABLE();
    return row;
  }

  /** Why a link does not work any more, because of what became of its account; null: it works. */
  #findFault({ to, proofVersion }: StoredLink, user: User): string | null {
    if (!user.enabled) return 'account_disabled';
    if (user.serviceClientId != null) return 'service_account';
    if (accountStateOf(user, this.#deps.clock.now()).name === 'inactivityLock') return 'account_inactive';
    if (user.email == null || !isSameEmail(user.email, to)) return 'address_changed';
    return user.proofVersion === proofVersion ? null : 'proof_outdated';
  }

  #recordRefusal({ caller, tenant }: Authority, subjectId: string, reason: string): void {
    this.#deps.events.appendAfterRollback(caller, tenant, signInFailed(subjectId, reason, { method: 'mailed-link' }));
  }
}

/** The link in a row. @throws MAILED_LINK_UNUSABLE It is one of another issuer or application. */
function toStored({ payload, userId }: OneTimeCodeRow, { issuerKind, clientId }: ShownLink) {
  const link = payload as unknown as StoredLink;
  const isShown = link.issuerKind === issuerKind && (clientId === null || clientId === link.clientId);
  if (!isShown) throw mailedLinkErrors.MAILED_LINK_UNUSABLE();
  return { link, userId: userId! };
}

function contentOf({ purpose, issuerKind, clientId, redirectUri, actions, request }: StoredLink): LinkContent {
  return { purpose, issuerKind, clientId, redirectUri, actions, request };
}

/** Whether nothing is to be done but what every link does by itself. */
export const confirmsOnly = (actions: readonly LinkAction[]): boolean =>
  actions.every((action) => action === 'VERIFY_EMAIL');

function templateOf({ purpose, actions }: Pick<LinkContent, 'purpose' | 'actions'>): TemplateName {
  if (purpose === 'sign-in') return 'sign-in-link';
  return confirmsOnly(actions) ? 'verification-link' : 'actions-link';
}

const ofClient = ({ clientId }: Pick<LinkContent, 'clientId'>) => (clientId === null ? {} : { clientId });
