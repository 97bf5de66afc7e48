import type { Authority } from '../../access/index.ts';
import { type PasswordHasher, type PasswordHashing, passwordErrors } from '../../crypto/index.ts';
import type { EventLog, EventType } from '../../events/index.ts';
import { type Clock, invalidField, isStorableText } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { GuardedAccounts } from '../../roles/index.ts';
import type { KnownTenant, TenantDirectory, TenantSettings } from '../../tenants/index.ts';
import { type AccountSource, getAccount, type User, type UserStore, userErrors } from '../../users/index.ts';
import { authModeEvents } from '../auth-mode.events.ts';
import { UPDATE_PASSWORD } from '../auth-mode.rules.ts';
import type { AuthModeColumns, AuthModeStore } from '../auth-mode.store.ts';
import { credentialEvents } from '../credential.events.ts';
import type { CredentialStore, StoredPassword } from '../credential.store.ts';
import type { AuthMode } from '../mode.ts';
import { generatePassword } from './generated-password.ts';
import { passwordModeErrors } from './password.errors.ts';
import { type PasswordRules, passwordFaults } from './password.policy.ts';
import type { PasswordHistoryStore } from './password-history.store.ts';

export interface PasswordModeDeps {
  readonly db: Database;
  readonly credentials: CredentialStore;
  readonly history: PasswordHistoryStore;
  readonly columns: AuthModeStore;
  readonly users: AccountSource & Pick<UserStore, 'outdateProofs'>;
  readonly hasher: PasswordHasher;
  readonly directory: Pick<TenantDirectory, 'byId' | 'holdSettings'>;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** A password that was checked and hashed, ready to be written in a transaction. */
export interface HashedPassword {
  readonly hash: string;
  /** Checks the password again, because the policy may have changed since. @throws PASSWORD_POLICY */
  readonly assertAllowed: (settings: TenantSettings) => void;
}

export interface PreparedPassword extends HashedPassword {
  readonly user: User;
}

/** The parts of a new account that the rules need. */
export type NewAccount = {
  readonly [K in 'username' | 'email' | 'givenName' | 'familyName']?: string | null | undefined;
};

/** The parts of a tenant that the rules need. */
export type PasswordTenant = Pick<KnownTenant, 'name' | 'displayName' | 'settings'>;

/** How a prepared password is written. */
export interface WritePassword {
  readonly event: EventType<'password.changed' | 'password.reset'>;
  /** Whether to demand another change at the next sign-in. Default false, which also ends an existing demand. */
  readonly isTemporary?: boolean;
  /** The current password, if the caller had to prove it. */
  readonly proved?: StoredPassword;
  /** Parameters of the event. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The limit of the hasher, in bytes of UTF-8. */
const MAX_BYTES = 1024;

/** Sign-in by password: Argon2id hashes, a policy, and new hashes in place of weaker ones when a user signs in. */
export class PasswordMode implements AuthMode<string> {
  readonly type = 'password';
  readonly amr = ['pwd'];
  readonly #deps: PasswordModeDeps;

  constructor(deps: PasswordModeDeps) {
    this.#deps = deps;
  }

  async isSetUp(tenantId: string, userId: string): Promise<boolean> {
    return (await this.#deps.credentials.findPassword(tenantId, userId)) !== null;
  }

  async verify(tenantId: string, userId: string | null, password: string): Promise<boolean> {
    return (await this.prove(tenantId, userId, password)) !== null;
  }

  /**
   * Runs a sign-in attempt with its statements before and after `prove`. When too many are running, it refuses the attempt
   * before the first statement, because many attempts on the embedded database would delay all other requests.
   * @throws SERVICE_UNAVAILABLE Too many are running.
   */
  admit<T>(work: () => Promise<T>): Promise<T> {
    return this.#deps.hasher.admit(work);
  }

  /**
   * The stored password if `password` matches it, else null. Replaces a hash that is weaker than new ones (check 49). An
   * over-long password never matches.
   * @throws SERVICE_UNAVAILABLE Too many passwords are being hashed.
   */
  async prove(tenantId: string, userId: string | null, password: string): Promise<StoredPassword | null> {
    const { credentials, hasher } = this.#deps;
    // Run the query even when there is no account, so that the response time does not reveal it.
    const stored = await credentials.findPassword(tenantId, userId ?? '');
    const candidate = Buffer.byteLength(password) > MAX_BYTES ? '' : password;
    if (stored === null || candidate !== password) {
      await hasher.verifyNothing(candidate);
      return null;
    }
    const verdict = await hasher.verify(password, stored.hash);
    if (!verdict.ok) return null;
    return verdict.needsRehash ? this.#rehash(tenantId, stored, password) : stored;
  }

  /** Writes the new hash only over the one that was verified, so that a concurrent change of the password wins. */
  async #rehash(tenantId: string, stored: StoredPassword, password: string): Promise<StoredPassword> {
    const hash = await this.#deps.hasher.hash(password);
    const isReplaced = await this.#deps.credentials.replaceHash(tenantId, stored.id, stored.hash, hash);
    return isReplaced ? { id: stored.id, hash } : stored;
  }

  /**
   * Checks a new password against the tenant's rules and hashes it. Call it outside transactions, because hashing takes
   * long.
   * @param path GraphQL input path of the password.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED
   * @throws PASSWORD_POLICY One field per reason (`password.policy.ts`). Also for a password that the account had before, where the
   *   tenant refuses that.
   * @throws PASSWORD_TOO_LONG, INVALID_INPUT Control characters or lone surrogates.
   */
  async prepare(authority: Authority, userId: string, password: string, path: string): Promise<PreparedPassword> {
    const { users, guard } = this.#deps;
    const tenantId = authority.tenant.id;
    const user = await getAccount(users, tenantId, userId);
    await guard.assertMayChange(authority, 'user', user.id);
    const tenant = await this.#tenant(tenantId);
    const hashed = await this.#hashed(tenant, password, path, user, await this.#hasFactor(user));
    // Compare last, because it costs hashes, which a password against the other rules need not cost.
    await this.#assertUnused(user, password, tenant.settings.passwordRules.history, path);
    return { user, ...hashed };
  }

  /**
   * A random password for an account, which follows the rules of the tenant. What refuses it is what `prepare` refuses beside them.
   * @param path GraphQL input path of the password that was not given.
   * @throws USER_NOT_FOUND
   * @throws PASSWORD_POLICY None that was tried follows them: they contradict each other, or leave too few passwords.
   */
  async generate({ tenant: { id } }: Authority, user: User, path: string): Promise<string> {
    const tenant = await this.#tenant(id);
    const made = generatePassword(rulesOf(tenant, tenant.settings, user, await this.#hasFactor(user)));
    if (made !== null) return made;
    const message = 'No random password that follows all rules was found. Give one.';
    throw passwordModeErrors.PASSWORD_POLICY({ fields: [{ path, code: 'PASSWORD_NOT_GENERATED', message }] });
  }

  /** @param count How many of the last passwords are refused, the present one included. @throws PASSWORD_POLICY */
  async #assertUnused({ tenantId, id }: User, password: string, count: number, path: string): Promise<void> {
    if (count === 0) return;
    const { credentials, hasher, history } = this.#deps;
    const present = await credentials.findPassword(tenantId, id);
    const former = await history.newest(tenantId, id, count - 1);
    for (const hash of [...(present === null ? [] : [present.hash]), ...former]) {
      if (!(await hasher.verify(password, hash)).ok) continue;
      const message = `The new password must differ from the last ${count}.`;
      throw passwordModeErrors.PASSWORD_POLICY({ fields: [{ path, code: 'PASSWORD_USED_BEFORE', message }] });
    }
  }

  /**
   * How passwords are hashed, by the ids of their credentials; those that are no passwords are left out. The caller of this
   * method must check the permission to read credentials.
   */
  async hashingOf(tenantId: string, credentialIds: readonly string[]): Promise<ReadonlyMap<string, PasswordHashing>> {
    const hashes = await this.#deps.credentials.passwordHashes(tenantId, credentialIds);
    return new Map([...hashes].map(([id, hash]) => [id, this.#deps.hasher.describe(hash)]));
  }

  /** The least length that the tenant's rules ask of a new password of this account. */
  async leastLength(user: User, settings: TenantSettings): Promise<number> {
    return leastLengthOf(settings, await this.#hasFactor(user));
  }

  async #hasFactor({ tenantId, id, requiredFactor }: User): Promise<boolean> {
    return requiredFactor === 2 || (await this.#deps.credentials.secondFactorMethods(tenantId, id)).length > 0;
  }

  /**
   * As `prepare`, for the first password of an account that does not exist yet. @returns What `add` takes.
   * @throws PASSWORD_POLICY, PASSWORD_TOO_LONG, INVALID_INPUT
   */
  async prepareNew(
    { tenant }: Authority,
    account: NewAccount,
    password: string,
    path: string,
  ): Promise<HashedPassword> {
    return this.prepareFirst(await this.#tenant(tenant.id), account, password, path);
  }

  /** As `prepareNew`, for an account of a tenant that does not exist yet. @throws As `prepareNew`. */
  prepareFirst(tenant: PasswordTenant, account: NewAccount, password: string, path: string): Promise<HashedPassword> {
    return this.#hashed(tenant, password, path, account, false);
  }

  async #tenant(tenantId: string): Promise<PasswordTenant> {
    const tenant = await this.#deps.directory.byId(tenantId);
    if (tenant === null) throw userErrors.USER_NOT_FOUND();
    return tenant;
  }

  async #hashed(
    tenant: PasswordTenant,
    password: string,
    path: string,
    account: NewAccount,
    hasFactor: boolean,
  ): Promise<HashedPassword> {
    if (typeof password !== 'string' || !isStorableText(password)) {
      throw invalidField(path, 'TEXT_NOT_STORABLE', 'A password has no control characters.');
    }
    // Check the length before the other rules, so that an over-long password costs nothing.
    if (Buffer.byteLength(password) > MAX_BYTES) throw passwordErrors.PASSWORD_TOO_LONG();
    const assertBy = (rules: PasswordRules): void => {
      const fields = passwordFaults(password, rules, path);
      if (fields.length > 0) throw passwordModeErrors.PASSWORD_POLICY({ fields });
    };
    assertBy(rulesOf(tenant, tenant.settings, account, hasFactor));
    const matched = new Set(tenant.settings.passwordRules.patterns);
    return {
      hash: await this.#deps.hasher.hash(password),
      assertAllowed: (settings) => assertBy(withoutPatterns(rulesOf(tenant, settings, account, hasFactor), matched)),
    };
  }

  /** Sets the first password of an account that was created in this unit of work. @throws PASSWORD_POLICY */
  async add({ caller, tenant }: Authority, userId: string, { hash, assertAllowed }: HashedPassword): Promise<void> {
    const { credentials, events, directory } = this.#deps;
    assertAllowed(await directory.holdSettings(tenant.id));
    const { id, ordinal } = await credentials.add(tenant.id, { userId, type: this.type, secret: hash });
    const params = { type: this.type, credentialId: id, ordinal };
    events.record(caller, tenant, { type: credentialEvents['credential.added'], subjectId: userId, params });
  }

  /**
   * Writes a prepared password and its event, inside a unit of work. Ends a demand for a change. A sign-in under way that
   * proved the old password starts again.
   * @throws PASSWORD_POLICY The policy was changed meanwhile.
   * @throws PASSWORD_CHANGED_MEANWHILE The current password is no longer the one that was proved.
   * @throws USER_NOT_FOUND The account was deleted meanwhile.
   */
  async write(authority: Authority, prepared: PreparedPassword, how: WritePassword): Promise<void> {
    const { credentials, columns, events, directory, history, users } = this.#deps;
    const { tenant } = authority;
    const { user, hash } = prepared;
    const settings = await directory.holdSettings(tenant.id);
    prepared.assertAllowed(settings);
    const row = await columns.lock(tenant.id, user.id);
    if (row === null) throw userErrors.USER_NOT_FOUND();
    const stored = await credentials.findPassword(tenant.id, user.id);
    if (how.proved !== undefined && stored?.hash !== how.proved.hash) {
      throw passwordModeErrors.PASSWORD_CHANGED_MEANWHILE();
    }
    if (stored === null) await credentials.add(tenant.id, { userId: user.id, type: 'password', secret: hash });
    else await credentials.changePassword(tenant.id, stored.id, stored.hash, hash);
    if (stored !== null) await history.keep(tenant.id, user.id, stored.hash, formerOf(settings));
    await users.outdateProofs(tenant.id, user.id);
    await this.#meetDemand(authority, row, how.isTemporary === true);
    const { event: type, params = {} } = how;
    events.record(authority.caller, tenant, { type, subjectId: user.id, params });
  }

  async #meetDemand(authority: Authority, row: AuthModeColumns, isTemporary: boolean): Promise<void> {
    const { columns, events, clock } = this.#deps;
    const wasDemanded = row.requiredActions.includes(UPDATE_PASSWORD);
    const others = row.requiredActions.filter((action) => action !== UPDATE_PASSWORD);
    const requiredActions = isTemporary ? [...others, UPDATE_PASSWORD] : others;
    await columns.write(authority.tenant.id, row.id, { requiredActions }, clock.now());
    if (!isTemporary || wasDemanded) return;
    const type = authModeEvents['auth_mode.password_change_required'];
    events.record(authority.caller, authority.tenant, { type, subjectId: row.id, params: { value: true } });
  }
}

/** How many former passwords are kept beside the present one. */
const formerOf = ({ passwordRules: { history } }: TenantSettings): number => Math.max(history - 1, 0);

const leastLengthOf = (
  { passwordMinLength, passwordMinLengthWithFactor }: TenantSettings,
  hasFactor: boolean,
): number => (hasFactor ? Math.min(passwordMinLength, passwordMinLengthWithFactor) : passwordMinLength);

/** The rules without expressions that the password is known to match, because they take the most time of all rules. */
function withoutPatterns(rules: PasswordRules, matched: ReadonlySet<string>): PasswordRules {
  const patterns = rules.rules.patterns.filter((pattern) => !matched.has(pattern));
  return { ...rules, rules: { ...rules.rules, patterns } };
}

function rulesOf(
  tenant: Omit<PasswordTenant, 'settings'>,
  settings: TenantSettings,
  account: NewAccount,
  hasFactor: boolean,
): PasswordRules {
  return {
    minLength: leastLengthOf(settings, hasFactor),
    rules: settings.passwordRules,
    username: account.username ?? null,
    email: account.email ?? null,
    forbiddenWords: settings.passwordForbiddenWords,
    tenantTexts: [tenant.name, tenant.displayName],
    userTexts: [account.username, account.email, account.givenName, account.familyName],
  };
}
