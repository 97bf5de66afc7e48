import type { Authority } from '../access/index.ts';
import { routeOfHandle } from '../crypto/index.ts';
import { type Mailer, renderTemplate, type TemplateName } from '../delivery/index.ts';
import { addSeconds, type Clock } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { OneTimeCodeRow, OneTimeCodeStore } from '../sessions/index.ts';
import type { KnownTenant, TenantDirectory } from '../tenants/index.ts';
import { isSameEmail, type User, type UserService, type UserStore } from '../users/index.ts';
import { emailConfirmationErrors } from './email-confirmation.errors.ts';
import { authorityByMail } from './mail-owner.ts';
import { type MailWording, type MailWordingDeps, wordingFor } from './mail-wording.ts';
import { languagesFor } from './message-languages.ts';

/** An address to confirm. */
export interface AskConfirmation {
  readonly user: User;
  /** Null: the present address of the account. Another one becomes its address when it is confirmed. */
  readonly newEmail: string | null;
  readonly wording: MailWording;
  /** The address of the page that has the code. */
  readonly toAddress: (code: string) => string;
}

export interface EmailConfirmationDeps extends MailWordingDeps {
  readonly db: Database;
  readonly codes: Pick<OneTimeCodeStore, 'put' | 'find' | 'take' | 'deleteOfUser'>;
  readonly directory: Pick<TenantDirectory, 'byId' | 'holdSettings'>;
  readonly users: Pick<UserService, 'update'>;
  readonly userStore: Pick<UserStore, 'lockToSignIn'>;
  readonly mailer: Pick<Mailer, 'offer'>;
  readonly clock: Clock;
}

const KIND = 'email-confirmation';
/** A day, because some people read the mail on the next day. */
const LIFE_SECONDS = 86_400;

/** What is stored of a code. */
interface StoredConfirmation {
  /** The address to which it was mailed. */
  readonly to: string;
  readonly isChange: boolean;
  /** `users.proof_version` at that time: another secret and the end of all sessions outdate a change. */
  readonly proofVersion: number;
}

/** Confirms addresses of accounts by codes in mails, in whichever browser the mail is read. */
export class EmailConfirmationFlow {
  readonly #deps: EmailConfirmationDeps;

  constructor(deps: EmailConfirmationDeps) {
    this.#deps = deps;
  }

  /** How mails of the tenant are worded. To be read outside of units of work. */
  wordingFor(tenant: KnownTenant): Promise<MailWording> {
    return wordingFor(this.#deps, tenant);
  }

  /** Mails a code, which replaces the former one of the account and lives for a day. Inside a unit of work. */
  async send(authority: Authority, asked: AskConfirmation): Promise<void> {
    const { tenant } = authority;
    const { codes, clock } = this.#deps;
    const { user, newEmail, wording } = asked;
    const to = newEmail ?? user.email!;
    const payload: StoredConfirmation = { to, isChange: newEmail !== null, proofVersion: user.proofVersion };
    await codes.deleteOfUser(tenant.id, user.id, KIND);
    const expiresAt = addSeconds(clock.now(), LIFE_SECONDS);
    const code = await codes.put(tenant, { kind: KIND, userId: user.id, payload: { ...payload }, expiresAt });
    const values = { link: asked.toAddress(code), minutes: String(LIFE_SECONDS / 60) };
    await this.#mail(authority, { user, to, wording, purpose: 'verification-link', values });
  }

  /**
   * Confirms the address to which a code was mailed. Where it is a new one, the account has it from now on, and the former one gets a
   * mail about that. The code is used up.
   * @throws EMAIL_CONFIRMATION_INVALID It is unknown, used or expired, of another tenant, or the account changed since.
   * @throws USER_EMAIL_TAKEN Another account has the new address by now.
   * @throws USER_USERNAME_TAKEN The new address becomes the username as well, and another account has that.
   */
  async confirm(authority: Authority, tenant: KnownTenant, code: string): Promise<void> {
    const { db, directory, codes, userStore } = this.#deps;
    const wording = await this.wordingFor(tenant);
    await db.transaction(async () => {
      // Settings are held before rows are locked, because a change of settings may wait for the rows of accounts.
      await directory.holdSettings(tenant.id);
      const row = routeOfHandle(code) === tenant.route ? await codes.find(tenant.id, KIND, code) : null;
      const user = row === null ? null : await userStore.lockToSignIn(tenant.id, row.userId!);
      if (user === null || !isUsable(row!, user)) throw emailConfirmationErrors.EMAIL_CONFIRMATION_INVALID();
      if ((await codes.take(tenant.id, KIND, code)) === null)
        throw emailConfirmationErrors.EMAIL_CONFIRMATION_INVALID();
      await this.#apply(authority, { user, stored: storedOf(row!), wording });
    });
  }

  async #apply(authority: Authority, { user, stored, wording }: Confirmed): Promise<void> {
    const { users, clock } = this.#deps;
    const own = authorityByMail(authority, user.id, clock.now());
    const { email: former, emailVerified: wasVerified } = user;
    const { to, isChange } = stored;
    const isFormerMailed = isChange && former != null && wasVerified && !isSameEmail(former, to);
    await users.update(own, user.id, { ...(isChange ? { email: to } : {}), emailVerified: true });
    if (isFormerMailed) await this.#mail(own, { user, to: former, wording, purpose: 'email-changed', values: {} });
  }

  async #mail(
    { caller, tenant }: Authority,
    { user, to, wording: { app, texts }, purpose, values }: Addressed,
  ): Promise<void> {
    const { directory, mailer } = this.#deps;
    const rendered = renderTemplate(purpose, await languagesFor(directory, user), { app, ...values }, texts);
    mailer.offer({ to, ...rendered, purpose, behalf: { tenant, actor: caller, subjectId: user.id } });
  }
}

interface Confirmed {
  readonly user: User;
  readonly stored: StoredConfirmation;
  readonly wording: MailWording;
}

interface Addressed {
  readonly user: User;
  readonly to: string;
  readonly wording: MailWording;
  readonly purpose: TemplateName;
  readonly values: Readonly<Record<string, string>>;
}

const storedOf = ({ payload }: OneTimeCodeRow): StoredConfirmation => payload as unknown as StoredConfirmation;

function isUsable(row: OneTimeCodeRow, user: User): boolean {
  const { to, isChange, proofVersion } = storedOf(row);
  if (!user.enabled) return false;
  return isChange ? user.proofVersion === proofVersion : user.email != null && isSameEmail(user.email, to);
}
