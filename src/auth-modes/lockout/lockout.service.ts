import { Authority, systemCaller } from '../../access/index.ts';
import type { EventActor, EventLog } from '../../events/index.ts';
import {
  addSeconds,
  type Clock,
  IdentityError,
  invalidField,
  isStorableText,
  kernelErrors,
  type TenantRef,
} from '../../kernel/index.ts';
import type { Database, PageRequest, PageResult } from '../../persistence/index.ts';
import type { GuardedAccounts } from '../../roles/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import { type AccountSource, getAccount, isUserIdShaped, type User, type UserStore } from '../../users/index.ts';
import type { Lockout } from '../credential.entity.ts';
import { lockoutEvents } from './lockout.events.ts';
import {
  ACCOUNT_RULE,
  type AppliedRule,
  afterFailure,
  failuresAt,
  type LockoutRule,
  rulesFor,
} from './lockout.rules.ts';
import type {
  AccountCounterRow,
  ClearedRow,
  CounterRow,
  LockoutFilter,
  LockoutOrder,
  LockoutStore,
} from './lockout.store.ts';
import {
  type Attempt,
  accountSubject,
  addressSubject,
  deviceSubject,
  LOCKOUT_FACTORS,
  type LockoutFactor,
  type LockoutSettings,
  type LockoutSubject,
  nameSubject,
  SUBJECT_KINDS,
} from './lockout.subject.ts';
import { resendRules } from './resend.rules.ts';
import { Serial } from './serial.ts';

/**
 * Disables and enables accounts, and ends their sessions and tokens. Supplied from outside, because this module may not
 * import `flows/`.
 */
export interface AccountSwitch {
  setEnabled(authority: Authority, userId: string, enabled: boolean, reason?: string): Promise<unknown>;
}

/** Value of `users.disabled_reason` for accounts that the engine disabled. */
const LOCKOUT_REASON = 'lockout';

export interface LockoutServiceDeps {
  readonly db: Database;
  readonly store: LockoutStore;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly users: AccountSource & Pick<UserStore, 'findByUsername'>;
  readonly accounts: AccountSwitch;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange' | 'changeableAmong'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Whether an attempt is allowed. */
export interface Verdict {
  readonly isBlocked: boolean;
  /** End of the block; null when there is none. */
  readonly until: Date | null;
  /** The rule whose block ends last. */
  readonly rule: LockoutRule['name'] | null;
}

/** The failures of an account at a factor, from devices that it is not known on. */
export interface AccountFailures {
  /** How many count towards the next block. */
  readonly failures: number;
  readonly lastFailureAt: Date | null;
  readonly lastIp: string | null;
  /** End of the present block; null when there is none. */
  readonly blockedUntil: Date | null;
  /** Seconds until then, rounded up. */
  readonly waitSeconds: number | null;
  /** How many blocks followed each other, the present one included. */
  readonly level: number;
}

export const NO_FAILURES: AccountFailures = {
  failures: 0,
  lastFailureAt: null,
  lastIp: null,
  blockedUntil: null,
  waitSeconds: null,
  level: 0,
};

/** How long counters are kept after the last failure. */
const KEPT_SECONDS = 31 * 86_400;

/** Subjects of one unit of work: each has an event for each of five factors at most, and a transaction holds 5,000. */
const SUBJECTS_PER_COMMIT = 500;

const FREE: Verdict = { isBlocked: false, until: null, rule: null };

/**
 * Which blocks to lift: all of an account, of every account, of an address, of a name that no account has or of a username, whether or
 * not an account has it; or one row.
 */
export type LiftTarget =
  | { readonly allUsers: true }
  | { readonly userId: string }
  | { readonly address: string }
  | { readonly name: string }
  | { readonly username: string }
  | { readonly subjectKind: string; readonly subject: string; readonly factor: string };

/**
 * The lock-out engine (docs/lock-out.md). Every check of a credential calls `check`, then `fail` or `succeed`, all inside
 * `serially`. Independent of rate limits, which can be switched off.
 */
export class LockoutService {
  readonly #deps: LockoutServiceDeps;
  readonly #serial = new Serial();

  constructor(deps: LockoutServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Runs attempts at the same account, or at the same unknown name, one after the other on this node. With several nodes,
   * each further node allows at most one attempt beyond the limit.
   * @throws TOO_MANY_REQUESTS Too many attempts wait for this account.
   */
  serially<T>(attempt: Attempt, task: () => Promise<T>): Promise<T> {
    const { kind, key } = accountSubject(attempt);
    return this.#serial.run(`${attempt.tenant.id} ${kind} ${key}`, task);
  }

  /** Whether the attempt is allowed. Evaluates all rules; the block that ends last counts. */
  async check(attempt: Attempt): Promise<Verdict> {
    const applied = rulesFor(attempt, await this.#settings(attempt.tenant, attempt.factor));
    if (applied.length === 0) return FREE;
    const { store, clock } = this.#deps;
    const subjects = applied.map(({ subject }) => subject);
    return verdictOf(applied, await store.find(attempt.tenant.id, attempt.factor, subjects), clock.now().getTime());
  }

  /**
   * Counts a failed attempt against all its subjects, in one transaction with the events of the blocks it starts. Attempts
   * during a block are not counted.
   * @returns The verdict for the next attempt.
   */
  async fail(attempt: Attempt, actor: EventActor): Promise<Verdict> {
    const settings = await this.#settings(attempt.tenant, attempt.factor);
    const applied = rulesFor(attempt, settings);
    if (applied.length === 0) return FREE;
    return this.#deps.db.transaction(() => this.#count(attempt, actor, settings, applied));
  }

  async #count(
    attempt: Attempt,
    actor: EventActor,
    settings: LockoutSettings,
    applied: readonly AppliedRule[],
  ): Promise<Verdict> {
    const { store, clock } = this.#deps;
    const { tenant, factor } = attempt;
    const now = clock.now();
    const time = now.getTime();
    const locked = await store.lock(
      tenant.id,
      factor,
      applied.map(({ subject }) => subject),
      now,
    );
    const before = verdictOf(applied, locked, time);
    if (before.isBlocked) return before;
    const after: CounterRow[] = [];
    for (const { rule, subject } of applied) {
      const row = rowOf(locked, subject);
      const outcome = afterFailure(row, rule, settings, time);
      let counter = outcome.counter;
      if (outcome.isPermanent && (await this.#disable(attempt, actor))) {
        // The account is disabled from now on; the counter is reset so that it starts at zero when the account is enabled
        // again.
        counter = { ...counter, failures: 0, times: [], level: 0, blockedFrom: null, blockedUntil: null };
        this.#recordStarted(attempt, actor, rule, null);
      } else if (outcome.isBlockStarted) this.#recordStarted(attempt, actor, rule, counter.blockedUntil);
      after.push({ ...subject, ...counter });
    }
    await store.write(tenant.id, factor, after, now, attempt.peerIp);
    return verdictOf(applied, after, time);
  }

  /** @returns False when there is no account or it may not be disabled; the temporary block then stays. */
  async #disable({ tenant, userId }: Attempt, actor: EventActor): Promise<boolean> {
    if (userId === null) return false;
    const { directory, accounts } = this.#deps;
    const known = (await directory.byId(tenant.id)) as TenantRef;
    const authority = Authority.system(systemCaller(actor.origin), known);
    try {
      await accounts.setEnabled(authority, userId, false, LOCKOUT_REASON);
      return true;
    } catch (error) {
      // The last administrator is not disabled, because an attacker could otherwise leave a tenant without administrators.
      if (error instanceof IdentityError && (error.kind === 'refused' || error.kind === 'not-found')) return false;
      throw error;
    }
  }

  #recordStarted(attempt: Attempt, actor: EventActor, rule: LockoutRule, until: number | null): void {
    this.#deps.events.record(actor, attempt.tenant, {
      type: lockoutEvents['lockout.started'],
      subjectId: attempt.userId,
      reason: rule.name,
      params: {
        rule: rule.name,
        factor: attempt.factor,
        permanent: until === null,
        until: until === null ? null : new Date(until),
      },
    });
  }

  /** Clears the failures of the account and of its device at this factor, but not those of the address. */
  async succeed(attempt: Attempt): Promise<void> {
    const { userId, knownDeviceId, tenant, factor } = attempt;
    if (userId === null || !(await this.#settings(tenant)).enabled) return;
    const subjects = [accountSubject(attempt)];
    if (knownDeviceId !== null) subjects.push(deviceSubject(userId, knownDeviceId));
    await this.#deps.store.clear(tenant.id, factor, subjects);
  }

  /**
   * Lifts one block, or those of an account, address or name at all factors, of an account a permanent one too. Failures that led to
   * no block yet stay counted, except those of accounts that are named by their ids or not at all: these are forgotten, with an
   * event for each factor.
   * @returns How many blocks were lifted.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED
   * @throws INVALID_INPUT The address is none.
   */
  async lift(authority: Authority, target: LiftTarget): Promise<number> {
    authority.requireAccount('');
    const { db, store, clock } = this.#deps;
    const tenantId = authority.tenant.id;
    if ('allUsers' in target) return this.#liftAll(authority);
    if ('username' in target) return this.#liftOfUsername(authority, target.username);
    if ('address' in target || 'name' in target) {
      const { kind, key } = 'name' in target ? nameSubject(target.name) : givenAddress(target.address);
      return db.transaction(async () =>
        this.#recordLifted(authority, await store.clearSubject(tenantId, kind, key, null, clock.now())),
      );
    }
    if (!('userId' in target)) {
      const { subjectKind, subject, factor } = target;
      if (!isKey(subjectKind, subject, factor)) return 0;
      const account = accountOf(subjectKind, subject);
      if (account !== null) await this.#deps.guard.assertMayChange(authority, 'user', account);
      return db.transaction(async () =>
        this.#recordLifted(authority, await store.clearSubject(tenantId, subjectKind, subject, factor, clock.now())),
      );
    }
    const user = await getAccount(this.#deps.users, tenantId, target.userId);
    await this.#deps.guard.assertMayChange(authority, 'user', user.id);
    return db.transaction(async () => {
      const lifted = this.#recordCleared(authority, await store.clearAccount(tenantId, user.id));
      return lifted + (await this.#liftPermanent(authority, user));
    });
  }

  async #liftOfUsername(authority: Authority, username: string): Promise<number> {
    const { db, guard, store, users, clock } = this.#deps;
    const tenantId = authority.tenant.id;
    const user = await users.findByUsername(tenantId, username);
    if (user === null) return this.lift(authority, { name: username });
    await guard.assertMayChange(authority, 'user', user.id);
    return db.transaction(async () => {
      const lifted = this.#recordLifted(authority, await store.clearAccount(tenantId, user.id, null, clock.now()));
      return lifted + (await this.#liftPermanent(authority, user));
    });
  }

  /**
   * Lifts the temporary blocks of all accounts and their devices, 500 of them in a commit. Accounts that the caller may not
   * change stay blocked, and so do those that are disabled.
   */
  async #liftAll(authority: Authority): Promise<number> {
    let lifted = 0;
    for (const kind of ['account', 'device'] as const) lifted += await this.#liftAllOf(authority, kind);
    return lifted;
  }

  async #liftAllOf(authority: Authority, kind: 'account' | 'device'): Promise<number> {
    const { db, guard, store } = this.#deps;
    const tenantId = authority.tenant.id;
    let lifted = 0;
    let after = '';
    for (;;) {
      const subjects = await store.subjectsOf(tenantId, kind, after, SUBJECTS_PER_COMMIT);
      const accounts = subjects.map((subject) => accountOf(kind, subject)!);
      const changeable = new Set(await guard.changeableAmong(authority, [...new Set(accounts)]));
      const cleared = subjects.filter((_, at) => changeable.has(accounts[at]!));
      lifted += await db.transaction(async () =>
        this.#recordCleared(authority, await store.clearSubjects(tenantId, kind, cleared)),
      );
      if (subjects.length < SUBJECTS_PER_COMMIT) return lifted;
      after = subjects.at(-1)!;
    }
  }

  /**
   * Lifts the blocks of accounts at one factor. The caller of this method must check that the accounts may be changed.
   * @returns How many blocks were lifted.
   */
  liftOfAccounts(authority: Authority, userIds: readonly string[], factor: LockoutFactor): Promise<number> {
    const { db, store } = this.#deps;
    return db.transaction(async () =>
      this.#recordLifted(authority, await store.clearAccounts(authority.tenant.id, userIds, factor)),
    );
  }

  /**
   * Lifts the block of an account when another caller sets its password, in the same transaction, because the failures
   * concerned the old password. For callers who may lift blocks it lifts all. For others, a permanent block and failures at
   * a second factor stay, because a new password would otherwise allow new guesses at the second factor.
   * @returns How many blocks were lifted.
   */
  async liftForNewPassword(authority: Authority, user: User): Promise<number> {
    const { store } = this.#deps;
    const tenantId = authority.tenant.id;
    if (!authority.holds([{ permission: 'block:lift', reach: 'tenant' }]))
      return this.#recordLifted(authority, await store.clearAccount(tenantId, user.id, 'first'));
    const lifted = this.#recordLifted(authority, await store.clearAccount(tenantId, user.id));
    return lifted + (await this.#liftPermanent(authority, user));
  }

  /** Inside a unit of work. @returns How many blocks were lifted: 1, or 0 if the account has no permanent one. */
  async #liftPermanent(authority: Authority, user: User): Promise<number> {
    const { accounts, events } = this.#deps;
    if (user.enabled || user.disabledReason !== LOCKOUT_REASON) return 0;
    await accounts.setEnabled(authority, user.id, true);
    events.record(authority.caller, authority.tenant, {
      type: lockoutEvents['lockout.lifted'],
      subjectId: user.id,
      params: { subjectKind: 'account', permanent: true },
    });
    return 1;
  }

  /** @returns How many of the counters had a block. */
  #recordLifted(authority: Authority, rows: readonly ClearedRow[]): number {
    const lifted = rows.filter((row) => this.#isBlocked(row));
    for (const row of lifted) this.#recordEnd(authority, row, {});
    return lifted.length;
  }

  /** As `#recordLifted`, and records also which failures without a block were forgotten, after which more guesses are allowed. */
  #recordCleared(authority: Authority, rows: readonly ClearedRow[]): number {
    const forgotten = rows.filter((row) => row.failures > 0 && !this.#isBlocked(row));
    for (const row of forgotten) this.#recordEnd(authority, row, { failures: row.failures });
    return this.#recordLifted(authority, rows);
  }

  #isBlocked({ blockedUntil }: ClearedRow): boolean {
    return blockedUntil !== null && blockedUntil > this.#deps.clock.now();
  }

  #recordEnd(
    { caller, tenant }: Authority,
    { subjectKind, subject, factor }: ClearedRow,
    more: { readonly failures?: number },
  ): void {
    this.#deps.events.record(caller, tenant, {
      type: lockoutEvents['lockout.lifted'],
      subjectId: accountOf(subjectKind, subject),
      params: { subjectKind, factor, permanent: false, ...(subjectKind === 'ip' ? { address: subject } : {}), ...more },
    });
  }

  /** Present blocks. Permanent ones are not listed; their accounts are shown as disabled. */
  async page(
    authority: Authority,
    filter: LockoutFilter,
    request: PageRequest,
    order: LockoutOrder = 'subject',
  ): Promise<PageResult<Lockout>> {
    authority.requireAccount('');
    const { userId } = filter;
    if (userId !== undefined && !isUserIdShaped(userId)) {
      throw invalidField('filter.user', 'ID_INVALID', 'This is not the id of a user.');
    }
    return this.#deps.store.page(authority.tenant.id, filter, request, this.#deps.clock.now(), order);
  }

  /** For loaders: the failures of users of one tenant. Every id has an entry. */
  async failuresOf(
    tenantId: string,
    userIds: readonly string[],
    factor: LockoutFactor = 'first',
  ): Promise<ReadonlyMap<string, AccountFailures>> {
    const settings = await this.#settings({ id: tenantId }, factor);
    const now = this.#deps.clock.now().getTime();
    const rows = await this.#deps.store.ofAccounts(tenantId, factor, userIds);
    const found = new Map(rows.map((row) => [row.key, toAccountFailures(row, settings, now)]));
    return new Map(userIds.map((id) => [id, found.get(id) ?? NO_FAILURES]));
  }

  /**
   * Deletes up to `limit` counters without a failure for a month, so that names typed by attackers are not kept for ever.
   * Longer windows are cut to a month by this. The server calls it at intervals, and again at once while it returns
   * `limit`.
   * @returns How many rows were deleted.
   */
  sweepExpired(limit: number): Promise<number> {
    const now = this.#deps.clock.now();
    return this.#deps.store.sweepExpired(addSeconds(now, -KEPT_SECONDS), now, limit);
  }

  /** One row by its key, whether or not its block has ended. */
  async find(tenantId: string, subjectKind: string, subject: string, factor: string): Promise<Lockout | null> {
    if (!isKey(subjectKind, subject, factor)) return null;
    return this.#deps.store.findOne(tenantId, subjectKind, subject, factor);
  }

  /** Requests to send a code again are no failures, and have rules of their tenant for themselves. */
  async #settings(tenant: { readonly id: string }, factor: LockoutFactor = 'first'): Promise<LockoutSettings> {
    const known = await this.#deps.directory.byId(tenant.id);
    if (known === null) throw kernelErrors.NOT_FOUND({ message: 'There is no such tenant.' });
    return factor === 'otp-resend' ? resendRules(known.settings.otpResend) : known.settings.lockout;
  }
}

function toAccountFailures(row: AccountCounterRow, settings: LockoutSettings, now: number): AccountFailures {
  const until = row.blockedUntil !== null && row.blockedUntil > now ? row.blockedUntil : null;
  return {
    failures: failuresAt(row, ACCOUNT_RULE, settings, now),
    lastFailureAt: new Date(row.lastAt),
    lastIp: row.lastIp,
    blockedUntil: until === null ? null : new Date(until),
    waitSeconds: until === null ? null : Math.ceil((until - now) / 1000),
    level: row.level,
  };
}

/** The account of a row; the keys of devices contain it before the `/`. */
export function accountOf(subjectKind: string, subject: string): string | null {
  if (subjectKind === 'account') return subject;
  return subjectKind === 'device' ? subject.slice(0, subject.indexOf('/')) : null;
}

/** The subject of an address as a caller gives it; any of a network of IPv6 stands for the network. @throws INVALID_INPUT */
function givenAddress(address: string): LockoutSubject {
  const subject = addressSubject(address.replace(/::\/64$/, '::'));
  if (subject === null) throw invalidField('input.address', 'ADDRESS_INVALID', 'This is no IP address.');
  return subject;
}

/** Whether these can be the parts of a key; no query runs for others. */
const isKey = (subjectKind: string, subject: string, factor: string): boolean =>
  SUBJECT_KINDS.some((kind) => kind === subjectKind) &&
  LOCKOUT_FACTORS.some((name) => name === factor) &&
  isStorableText(subject);

const rowOf = (rows: readonly CounterRow[], subject: { kind: string; key: string }): CounterRow | null =>
  rows.find(({ kind, key }) => kind === subject.kind && key === subject.key) ?? null;

function verdictOf(applied: readonly AppliedRule[], rows: readonly CounterRow[], now: number): Verdict {
  let latest: Verdict = FREE;
  for (const { rule, subject } of applied) {
    const until = rowOf(rows, subject)?.blockedUntil ?? null;
    if (until === null || until <= now || (latest.until !== null && until <= latest.until.getTime())) continue;
    latest = { isBlocked: true, until: new Date(until), rule: rule.name };
  }
  return latest;
}
