import type { Authority } from '../../access/index.ts';
import type { EventLog } from '../../events/index.ts';
import { type Clock, invalidField } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { GuardedAccounts } from '../../roles/index.ts';
import { type AccountSource, getAccount, type User, type UserStore } from '../../users/index.ts';
import { lockoutEvents } from './lockout.events.ts';
import { type AccountSwitch, LOCKOUT_REASON } from './lockout.service.ts';
import type { ClearedRow, LockoutStore } from './lockout.store.ts';
import {
  accountOf,
  addressSubject,
  isCounterKey,
  type LockoutFactor,
  type LockoutSubject,
  nameSubject,
} from './lockout.subject.ts';

export interface BlockLiftServiceDeps {
  readonly db: Database;
  readonly store: LockoutStore;
  readonly users: AccountSource & Pick<UserStore, 'findByUsername'>;
  readonly accounts: AccountSwitch;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange' | 'changeableAmong'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Subjects of one unit of work: each has an event for each of five factors at most, and a transaction holds 5,000. */
const SUBJECTS_PER_COMMIT = 500;

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

/** Lifts blocks that the lock-out engine began, before their time (docs/lock-out.md). */
export class BlockLiftService {
  readonly #deps: BlockLiftServiceDeps;

  constructor(deps: BlockLiftServiceDeps) {
    this.#deps = deps;
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
    if ('allUsers' in target) return this.#liftAll(authority);
    if ('username' in target) return this.#liftOfUsername(authority, target.username);
    if ('userId' in target) return this.#liftOfUser(authority, target.userId);
    if ('address' in target) return this.#liftOfSubject(authority, givenAddress(target.address), null);
    if ('name' in target) return this.#liftOfSubject(authority, nameSubject(target.name), null);
    const { subjectKind: kind, subject: key, factor } = target;
    if (!isCounterKey(kind, key, factor)) return 0;
    const account = accountOf(kind, key);
    if (account !== null) await this.#deps.guard.assertMayChange(authority, 'user', account);
    return this.#liftOfSubject(authority, { kind, key }, factor);
  }

  /** @param factor Null: all factors. */
  #liftOfSubject(
    authority: Authority,
    { kind, key }: { readonly kind: string; readonly key: string },
    factor: string | null,
  ): Promise<number> {
    const { db, store, clock } = this.#deps;
    return db.transaction(async () =>
      this.#recordLifted(authority, await store.clearSubject(authority.tenant.id, kind, key, factor, clock.now())),
    );
  }

  async #liftOfUser(authority: Authority, userId: string): Promise<number> {
    const { db, guard, store, users } = this.#deps;
    const tenantId = authority.tenant.id;
    const user = await getAccount(users, tenantId, userId);
    await guard.assertMayChange(authority, 'user', user.id);
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
}

/** The subject of an address as a caller gives it; any of a network of IPv6 stands for the network. @throws INVALID_INPUT */
function givenAddress(address: string): LockoutSubject {
  const subject = addressSubject(address.replace(/::\/64$/, '::'));
  if (subject === null) throw invalidField('input.address', 'ADDRESS_INVALID', 'This is no IP address.');
  return subject;
}
