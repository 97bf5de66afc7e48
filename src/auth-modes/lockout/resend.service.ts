import type { Authority } from '../../access/index.ts';
import type { EventActor } from '../../events/index.ts';
import { kernelErrors, type TenantRef } from '../../kernel/index.ts';
import type { GuardedAccounts } from '../../roles/index.ts';
import { type TenantDirectory, type TenantSettings, tenantErrors } from '../../tenants/index.ts';
import { type AccountSource, getAccount } from '../../users/index.ts';
import type { BlockLiftService } from './lift.service.ts';
import { type LockoutService, NO_FAILURES } from './lockout.service.ts';
import type { LockoutStore } from './lockout.store.ts';
import type { Attempt } from './lockout.subject.ts';

export interface CodeResendServiceDeps {
  readonly store: LockoutStore;
  readonly lockouts: Pick<LockoutService, 'check' | 'fail' | 'failuresOf' | 'serially'>;
  readonly blockLifts: Pick<BlockLiftService, 'lift' | 'liftOfAccounts'>;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly users: AccountSource;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange' | 'changeableAmong'>;
}

/** The requests of a user to have a code sent again. */
export interface CodeResends {
  /** Whether the tenant counts them. */
  readonly isCounted: boolean;
  /** How many count towards the next block. */
  readonly requests: number;
  readonly lastRequestAt: Date | null;
  readonly lastIp: string | null;
  /** End of the present block; null when there is none. */
  readonly blockedUntil: Date | null;
}

/** What was lifted. */
export interface LiftedResends {
  /** Whether the tenant counts requests; else nothing is lifted. */
  readonly isCounted: boolean;
  readonly liftedCount: number;
}

const NOT_COUNTED: LiftedResends = { isCounted: false, liftedCount: 0 };

/** Accounts of one unit of work: each has one event, and a transaction holds at most 5,000. */
const ACCOUNTS_PER_COMMIT = 500;

/** Counts the requests to have a code sent again, and blocks accounts that ask too often (docs/lock-out.md). */
export class CodeResendService {
  readonly #deps: CodeResendServiceDeps;

  constructor(deps: CodeResendServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Counts a request of a user, before the code is sent. Call it outside of any transaction, so that a request that is
   * refused later counts as well.
   * @throws TOO_MANY_REQUESTS The account has to wait; the request is not counted then.
   */
  count(tenant: Pick<TenantRef, 'id'>, userId: string, actor: EventActor): Promise<void> {
    const { lockouts } = this.#deps;
    const attempt = attemptOf(tenant, userId, actor);
    return lockouts.serially(attempt, async () => {
      await this.#assertNotBlocked(attempt);
      await lockouts.fail(attempt, actor);
    });
  }

  /**
   * Checks before the first code of a flow, which is no request to send one again: it is not counted, but a user who began another
   * sign-in would otherwise get a code during the wait.
   * @throws TOO_MANY_REQUESTS The account has to wait.
   */
  assertNotBlocked(tenant: Pick<TenantRef, 'id'>, userId: string, actor: EventActor): Promise<void> {
    return this.#assertNotBlocked(attemptOf(tenant, userId, actor));
  }

  async #assertNotBlocked(attempt: Attempt): Promise<void> {
    if ((await this.#deps.lockouts.check(attempt)).isBlocked) throw kernelErrors.TOO_MANY_REQUESTS();
  }

  /** The requests of many users. The caller of this method must check the permission to read them. */
  async ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, CodeResends>> {
    const { isEnabled: isCounted } = await this.#settings(tenantId);
    const counted = isCounted ? await this.#deps.lockouts.failuresOf(tenantId, userIds, 'otp-resend') : null;
    const resendsOf = (id: string): CodeResends => {
      const {
        failures: requests,
        lastFailureAt: lastRequestAt,
        lastIp,
        blockedUntil,
      } = counted?.get(id) ?? NO_FAILURES;
      return { isCounted, requests, lastRequestAt, lastIp, blockedUntil };
    };
    return new Map(userIds.map((id) => [id, resendsOf(id)]));
  }

  /**
   * Lifts the block of a user, where the tenant counts requests. As every unlock of an account, it clears all factors.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED, FORBIDDEN
   */
  async lift(authority: Authority, userId: string): Promise<LiftedResends> {
    const { blockLifts, users, guard } = this.#deps;
    const { tenant } = authority;
    const user = await getAccount(users, tenant.id, userId);
    await guard.assertMayChange(authority, 'user', user.id);
    if (!(await this.#settings(tenant.id)).isEnabled) return NOT_COUNTED;
    return { isCounted: true, liftedCount: await blockLifts.lift(authority, { userId: user.id }) };
  }

  /**
   * Lifts the blocks of all users at this factor alone, where the tenant counts requests, 500 users a commit. Accounts that
   * the caller may not change stay blocked.
   */
  async liftAll(authority: Authority): Promise<LiftedResends> {
    const { blockLifts, guard, store } = this.#deps;
    const { id } = authority.tenant;
    if (!(await this.#settings(id)).isEnabled) return NOT_COUNTED;
    let liftedCount = 0;
    let after = '';
    for (;;) {
      const userIds = await store.accountsAt(id, 'otp-resend', after, ACCOUNTS_PER_COMMIT);
      const changeable = await guard.changeableAmong(authority, userIds);
      liftedCount += await blockLifts.liftOfAccounts(authority, changeable, 'otp-resend');
      if (userIds.length < ACCOUNTS_PER_COMMIT) return { isCounted: true, liftedCount };
      after = userIds.at(-1)!;
    }
  }

  async #settings(tenantId: string): Promise<TenantSettings['otpResend']> {
    const known = await this.#deps.directory.byId(tenantId);
    if (known === null) throw tenantErrors.TENANT_REQUIRED();
    return known.settings.otpResend;
  }
}

const attemptOf = (tenant: Pick<TenantRef, 'id'>, userId: string, { origin }: EventActor): Attempt => ({
  tenant,
  factor: 'otp-resend',
  userId,
  name: userId,
  peerIp: origin.peerIp,
  knownDeviceId: null,
});
