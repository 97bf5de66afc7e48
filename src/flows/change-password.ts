import { type Authority, requireRecentSignIn } from '../access/index.ts';
import {
  type Attempt,
  type LockoutService,
  type PasswordMode,
  passwordModeErrors,
  type StoredPassword,
} from '../auth-modes/index.ts';
import type { EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { SessionService } from '../sessions/index.ts';
import { type TenantDirectory, tenantErrors } from '../tenants/index.ts';
import { canonicalUserId } from '../users/index.ts';
import type { EndAccessFlow } from './end-access.ts';

/**
 * What becomes of the account's sessions, and with them of its tokens: all end and the devices are forgotten; all but the
 * caller's own end; they go on.
 */
export type SessionsAfter = 'end-all' | 'end-others' | 'keep';

export interface SetPassword {
  readonly userId: string;
  readonly password: string;
  /** Demand a change at the next sign-in. Default false. */
  readonly isTemporary?: boolean;
  /** Default `end-all`. */
  readonly sessions?: SessionsAfter;
}

export interface ChangePassword {
  readonly userId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
  /** Default `end-others`. */
  readonly sessions?: SessionsAfter;
  /** A device whose sessions stay. */
  readonly keepDeviceId?: string | null;
}

export interface PasswordFlowDeps {
  readonly db: Database;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly passwords: PasswordMode;
  readonly lockouts: LockoutService;
  readonly sessions: Pick<SessionService, 'revokeAllOf'>;
  readonly endAccess: Pick<EndAccessFlow, 'resetSessions'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Changing a password: the new hash, its event and the end of the sessions are one transaction. */
export class PasswordFlow {
  readonly #deps: PasswordFlowDeps;

  constructor(deps: PasswordFlowDeps) {
    this.#deps = deps;
  }

  /**
   * Sets the password of an account without knowing the old one.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED, PASSWORD_POLICY, PASSWORD_TOO_LONG
   * @throws FORBIDDEN Reach `self`: the own password is changed, not set.
   */
  async set(authority: Authority, input: SetPassword): Promise<void> {
    authority.requireAccount('');
    const { passwords, db } = this.#deps;
    const { isTemporary = false, sessions = 'end-all' } = input;
    const prepared = await passwords.prepare(authority, input.userId, input.password, 'input.password');
    await db.transaction(async () => {
      await passwords.write(authority, prepared, { event: 'password.reset', isTemporary });
      await this.#endSessions(authority, prepared.user.id, sessions, null);
    });
  }

  /**
   * Changes the caller's own password, which ends a demand for it.
   * @throws FORBIDDEN The account is not the caller's.
   * @throws REAUTHENTICATION_REQUIRED The sign-in is older than the tenant allows.
   * @throws PASSWORD_CURRENT_WRONG Also while the account is blocked. Counts as a failed attempt.
   * @throws PASSWORD_POLICY, PASSWORD_TOO_LONG, PASSWORD_CHANGED_MEANWHILE, USER_NOT_FOUND
   */
  async change(authority: Authority, input: ChangePassword): Promise<void> {
    const { passwords, db, clock, directory } = this.#deps;
    const userId = canonicalUserId(input.userId);
    authority.withReach('self').requireAccount(userId);
    const tenant = await directory.byId(authority.tenant.id);
    if (tenant === null) throw tenantErrors.TENANT_REQUIRED();
    requireRecentSignIn(authority, userId, tenant.settings.reauthSeconds, clock.now());
    const proved = await this.#prove(authority, userId, input.currentPassword);
    const prepared = await passwords.prepare(authority, userId, input.newPassword, 'input.newPassword');
    await db.transaction(async () => {
      await passwords.write(authority, prepared, { event: 'password.changed', proved });
      await this.#endSessions(authority, userId, input.sessions ?? 'end-others', input.keepDeviceId ?? null);
    });
  }

  /** The current password is a thing to guess like that of a sign-in, and counts as one. */
  async #prove(authority: Authority, userId: string, password: string): Promise<StoredPassword> {
    const { passwords, lockouts, events } = this.#deps;
    const { caller, tenant } = authority;
    const attempt: Attempt = {
      tenant,
      factor: 'first',
      userId,
      name: userId,
      peerIp: caller.origin.peerIp,
      // Who is signed in already cannot be kept from it by strangers' failures.
      knownDeviceId: caller.sessionId,
    };
    return lockouts.serially(attempt, async () => {
      const { isBlocked } = await lockouts.check(attempt);
      const proved = await passwords.prove(tenant.id, userId, password);
      if (proved !== null && !isBlocked) {
        await lockouts.succeed(attempt);
        return proved;
      }
      if (!isBlocked) await lockouts.fail(attempt, caller);
      await events.append(caller, tenant, {
        type: 'sign_in.failed',
        subjectId: userId,
        outcome: 'failure',
        reason: isBlocked ? 'locked_out' : 'wrong_password',
        params: { method: 'password', purpose: 'password-change' },
      });
      const { code, message } = passwordModeErrors.PASSWORD_CURRENT_WRONG();
      const fields = [{ path: 'input.currentPassword', code, message }];
      throw passwordModeErrors.PASSWORD_CURRENT_WRONG({ fields });
    });
  }

  async #endSessions(
    authority: Authority,
    userId: string,
    after: SessionsAfter,
    keepDeviceId: string | null,
  ): Promise<void> {
    const { endAccess, sessions } = this.#deps;
    const exceptDeviceId = keepDeviceId;
    if (after === 'end-all') await endAccess.resetSessions(authority, userId, { exceptDeviceId });
    if (after !== 'end-others') return;
    await sessions.revokeAllOf(authority, userId, { exceptDeviceId, exceptSessionId: authority.caller.sessionId });
  }
}
