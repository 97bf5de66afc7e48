import { Authority, systemCaller } from '../../access/index.ts';
import type { EventActor, EventLog } from '../../events/index.ts';
import {
  addSeconds,
  type Clock,
  IdentityError,
  invalidField,
  kernelErrors,
  type TenantRef,
} from '../../kernel/index.ts';
import type { Database, PageRequest, PageResult } from '../../persistence/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import { isUserIdShaped } from '../../users/index.ts';
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
import type { AccountCounterRow, CounterRow, LockoutFilter, LockoutOrder, LockoutStore } from './lockout.store.ts';
import {
  type Attempt,
  accountSubject,
  deviceSubject,
  isCounterKey,
  type LockoutFactor,
  type LockoutSettings,
  type LockoutSubject,
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
export const LOCKOUT_REASON = 'lockout';

export interface LockoutServiceDeps {
  readonly db: Database;
  readonly store: LockoutStore;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly accounts: AccountSwitch;
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
  /** Whether nothing is counted against the account and its device, so that a success clears nothing. */
  readonly isClean: boolean;
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

const FREE: Verdict = { isBlocked: false, until: null, rule: null, isClean: false };

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
    const rows = await store.find(attempt.tenant.id, attempt.factor, subjects);
    const isClean = clearedBy(attempt).every((one) => findOf(subjects, one) !== null && findOf(rows, one) === null);
    return { ...verdictOf(applied, rows, clock.now().getTime()), isClean };
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
      const row = findOf(locked, subject);
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

  /**
   * Clears the failures of the account and of its device at this factor, but not those of the address.
   * @param before What `check` found. Failures that another node counted since stay, as those after this success.
   */
  async succeed(attempt: Attempt, before?: Verdict): Promise<void> {
    const { userId, tenant, factor } = attempt;
    if (before?.isClean === true || userId === null || !(await this.#settings(tenant)).enabled) return;
    await this.#deps.store.clear(tenant.id, factor, clearedBy(attempt));
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
    if (!isCounterKey(subjectKind, subject, factor)) return null;
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

/** What a success of an attempt clears. */
function clearedBy(attempt: Attempt): LockoutSubject[] {
  const { userId, knownDeviceId } = attempt;
  const account = accountSubject(attempt);
  return userId === null || knownDeviceId === null ? [account] : [account, deviceSubject(userId, knownDeviceId)];
}

type Keyed = Pick<CounterRow, 'kind' | 'key'>;

const findOf = <T extends Keyed>(all: readonly T[], subject: Keyed): T | null =>
  all.find(({ kind, key }) => kind === subject.kind && key === subject.key) ?? null;

function verdictOf(applied: readonly AppliedRule[], rows: readonly CounterRow[], now: number): Verdict {
  let latest: Verdict = FREE;
  for (const { rule, subject } of applied) {
    const until = findOf(rows, subject)?.blockedUntil ?? null;
    if (until === null || until <= now || (latest.until !== null && until <= latest.until.getTime())) continue;
    latest = { ...latest, isBlocked: true, until: new Date(until), rule: rule.name };
  }
  return latest;
}
