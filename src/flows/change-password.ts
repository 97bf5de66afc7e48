import { type Authority, type PermissionGrant, requireRecentSignIn } from '../access/index.ts';
import {
  type Attempt,
  type BlockLiftService,
  type LockoutService,
  type PasswordMode,
  type PreparedPassword,
  passwordEvents,
  passwordModeErrors,
  runGuardedTry,
  type StoredPassword,
  type WritePassword,
} from '../auth-modes/index.ts';
import type { EventLog } from '../events/index.ts';
import { type Clock, invalidField, kernelErrors } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { RightService } from '../rights/index.ts';
import type { SessionService } from '../sessions/index.ts';
import { type KnownTenant, type TenantDirectory, tenantErrors } from '../tenants/index.ts';
import { type AccountSource, canonicalUserId, getAccount } from '../users/index.ts';
import type { EndAccessFlow } from './end-access/index.ts';
import type { PasswordNotice, PasswordNotices } from './password-notices.ts';
import { signInFailed } from './sign-in.events.ts';

/**
 * What happens to the account's sessions and their tokens: all end, and the devices are deleted; all except the caller's
 * own end; all continue.
 */
export type SessionsAfter = 'end-all' | 'end-others' | 'keep';

/** Further effects of a new password. */
interface Beside extends PasswordNotice {
  /** A device that is kept, with its sessions. */
  readonly keepDeviceId?: string | null;
}

export interface SetPassword extends Beside {
  readonly userId: string;
  readonly password: string;
  /** Whether to demand a change at the next sign-in. Default false. */
  readonly isTemporary?: boolean;
  /** Default `end-all`. */
  readonly sessions?: SessionsAfter;
}

export interface ChangePassword extends Beside {
  readonly userId: string;
  readonly currentPassword: string;
  readonly newPassword: string;
  /** Default `end-others`. */
  readonly sessions?: SessionsAfter;
}

export interface ReplacePassword extends Beside {
  readonly userId: string;
  /** Required for the caller's own account. */
  readonly currentPassword?: string | null;
  /** Default: a generated one. */
  readonly newPassword?: string | null;
  /** As in `SetPassword`. Ignored when users change their own password with the current one. */
  readonly isTemporary?: boolean;
  /** Default `end-all`. */
  readonly sessions?: SessionsAfter;
  /** Name of an attribute with a phone number, to which the new password is sent. */
  readonly sendToAttribute?: string | null;
}

export interface ChangeDependentPassword extends Beside {
  readonly userId: string;
  readonly newPassword: string;
  /** Required only for the caller's own account. */
  readonly currentPassword?: string | null;
  /** Default `end-all`. */
  readonly sessions?: SessionsAfter;
}

export interface PasswordFlowDeps {
  readonly db: Database;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly passwords: PasswordMode;
  readonly lockouts: LockoutService;
  readonly blockLifts: Pick<BlockLiftService, 'liftForNewPassword'>;
  readonly sessions: Pick<SessionService, 'revokeAllOf'>;
  readonly endAccess: Pick<EndAccessFlow, 'resetSessions'>;
  readonly users: AccountSource;
  readonly rights: Pick<RightService, 'holds'>;
  readonly notices: PasswordNotices;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** GraphQL input path of a new password. */
const NEW_PASSWORD = 'input.newPassword';
/** The right that lets one user change the password of another. */
const DEPENDENT_RIGHT = 'change_password';

const MAY_SET: PermissionGrant = { permission: 'password:set', reach: 'tenant' };

/** What to write, and what else to do in the same transaction. */
interface Replacement extends Beside {
  readonly how: WritePassword;
  readonly sessions: SessionsAfter;
  /** Called at the beginning of the transaction. */
  readonly firstDo?: () => Promise<void>;
  /** Called in the transaction. */
  readonly alsoDo?: () => Promise<void> | void;
}

/** Changes passwords. The new hash, its event and the end of the sessions are one transaction. */
export class PasswordFlow {
  readonly #deps: PasswordFlowDeps;

  constructor(deps: PasswordFlowDeps) {
    this.#deps = deps;
  }

  /**
   * Sets the password of an account without the old one. Ends a block for wrong passwords.
   * @param path GraphQL input path of the password.
   * @param firstDo Called at the beginning of the transaction.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED, PASSWORD_POLICY, PASSWORD_TOO_LONG
   * @throws FORBIDDEN The caller has reach `self`, which only allows to change the password. Or the account may do more
   *   than the caller.
   * @throws REAUTHENTICATION_REQUIRED The account is the caller's own and its sign-in is too old.
   */
  set(authority: Authority, input: SetPassword, path = 'input.password', firstDo?: () => Promise<void>): Promise<void> {
    return this.#set(authority, input, path, undefined, firstDo);
  }

  /**
   * Changes the caller's own password. Ends a demand for a change.
   * @throws FORBIDDEN The account is not the caller's.
   * @throws REAUTHENTICATION_REQUIRED The sign-in is older than the tenant allows.
   * @throws PASSWORD_CURRENT_WRONG Also while the account is blocked. Counts as a failed attempt.
   * @throws PASSWORD_POLICY, PASSWORD_TOO_LONG, PASSWORD_CHANGED_MEANWHILE, USER_NOT_FOUND
   */
  change(authority: Authority, input: ChangePassword): Promise<void> {
    return this.#change(authority, input);
  }

  /**
   * The first half of the change that a sign-in demands: checks and hashes the new password, outside any transaction. The
   * caller is the user who signs in and has just proved the current password.
   * @throws PASSWORD_POLICY Also for the current password: one that was set by somebody else must not stay (ASVS 6.4.1).
   * @throws REAUTHENTICATION_REQUIRED The proof is older than the tenant allows.
   * @throws PASSWORD_TOO_LONG, INVALID_INPUT, USER_NOT_FOUND, FORBIDDEN
   * @throws SERVICE_UNAVAILABLE Too many passwords are being hashed.
   */
  async prepareDemanded(authority: Authority, userId: string, newPassword: string): Promise<PreparedPassword> {
    const { passwords, clock } = this.#deps;
    authority.withReach('self').requireAccount(userId);
    const { settings } = await this.#tenant(authority);
    requireRecentSignIn(authority, userId, settings.reauthSeconds, clock.now());
    const prepared = await passwords.prepare(authority, userId, newPassword, NEW_PASSWORD);
    // Compare last, because it costs a hash, which a password against the policy need not cost.
    if (!(await passwords.admit(() => passwords.verify(authority.tenant.id, userId, newPassword)))) return prepared;
    const message = 'The new password must differ from the current one.';
    const fields = [{ path: NEW_PASSWORD, code: 'PASSWORD_UNCHANGED', message }];
    throw passwordModeErrors.PASSWORD_POLICY({ fields });
  }

  /**
   * The second half, inside a unit of work. Ends the demand and all sessions of the account but the caller's.
   * @throws PASSWORD_POLICY The policy was changed meanwhile. @throws USER_NOT_FOUND
   */
  writeDemanded(authority: Authority, prepared: PreparedPassword, beside: PasswordNotice): Promise<void> {
    const how = { event: passwordEvents['password.changed'] } as const;
    return this.#write(authority, prepared, { ...beside, how, sessions: 'end-others' });
  }

  /**
   * The first half of a change in place of a forgotten password: checks and hashes the new one, outside any transaction. The caller is
   * the user, who has just proved the account without it.
   * @throws PASSWORD_POLICY, PASSWORD_TOO_LONG, INVALID_INPUT, USER_NOT_FOUND, FORBIDDEN
   * @throws REAUTHENTICATION_REQUIRED The proof is older than the tenant allows.
   * @throws SERVICE_UNAVAILABLE Too many passwords are being hashed.
   */
  async prepareForgotten(authority: Authority, userId: string, newPassword: string): Promise<PreparedPassword> {
    authority.withReach('self').requireAccount(userId);
    const { settings } = await this.#tenant(authority);
    requireRecentSignIn(authority, userId, settings.reauthSeconds, this.#deps.clock.now());
    return this.#deps.passwords.prepare(authority, userId, newPassword, NEW_PASSWORD);
  }

  /**
   * The second half, inside a unit of work. Ends all sessions of the account, forgets its devices, and ends a block for wrong passwords.
   * @throws PASSWORD_POLICY The policy was changed meanwhile. @throws USER_NOT_FOUND
   */
  writeForgotten(authority: Authority, prepared: PreparedPassword, beside: PasswordNotice): Promise<void> {
    const how = { event: passwordEvents['password.reset'] } as const;
    const alsoDo = async (): Promise<void> => {
      await this.#deps.blockLifts.liftForNewPassword(authority, prepared.user);
    };
    return this.#write(authority, prepared, { ...beside, how, sessions: 'end-all', alsoDo });
  }

  /**
   * Sets or changes a password, depending on the caller: with `password:set` the caller sets it; otherwise the caller can only
   * change the password of the user's account, whatever the reach of `password:change`, and must give the current one.
   * @returns The generated password if it was not sent to a phone, else null. It is returned only here.
   * @throws INVALID_INPUT The current password is missing, or the attribute has no phone number.
   * @throws PASSWORD_POLICY No random password follows the rules.
   * @throws SERVICE_UNAVAILABLE Too many text messages wait; nothing was changed.
   * @throws What `set` and `change` throw.
   */
  async replace(authority: Authority, input: ReplacePassword): Promise<string | null> {
    const { notices, users } = this.#deps;
    const { newPassword, isTemporary = false, sendToAttribute, currentPassword, ...rest } = input;
    const userId = canonicalUserId(input.userId);
    const isOwn = !authority.holds([MAY_SET]);
    if (isOwn) {
      authority.withReach('self').requireAccount(userId);
      requireCurrent(currentPassword);
    }
    const user = await getAccount(users, authority.tenant.id, userId);
    const phone = sendToAttribute == null ? null : notices.phoneIn(user, sendToAttribute, 'input.sendToAttribute');
    const password = newPassword ?? (await this.#deps.passwords.generate(authority, user, NEW_PASSWORD));
    const alsoDo = async (): Promise<void> => {
      if (phone !== null) await notices.sendPassword(authority, user, phone, password, input);
    };
    const replaced = { ...rest, userId, sessions: input.sessions ?? 'end-all' } as const;
    if (isOwn)
      await this.#change(authority, { ...replaced, currentPassword: currentPassword!, newPassword: password }, alsoDo);
    else await this.#set(authority, { ...replaced, password, isTemporary }, NEW_PASSWORD, alsoDo);
    return newPassword == null && phone === null ? password : null;
  }

  /**
   * Changes the password of an account on which the caller holds the right `change_password`, or of the caller's own
   * account.
   * @throws FORBIDDEN The caller does not hold the right, whether or not the account exists, or is no user.
   * @throws INVALID_INPUT The account is the caller's own and the current password is missing.
   * @throws What `set` and `change` throw.
   */
  async changeDependent(authority: Authority, input: ChangeDependentPassword): Promise<void> {
    const { rights } = this.#deps;
    const { caller, tenant } = authority;
    const { newPassword, currentPassword, ...rest } = input;
    const userId = canonicalUserId(input.userId);
    if (caller.userId === null || authority.isForeign)
      throw kernelErrors.FORBIDDEN({ detail: 'no user of the tenant' });
    const replaced = { ...rest, userId, sessions: input.sessions ?? 'end-all' } as const;
    if (userId === caller.userId) {
      await this.#change(authority, { ...replaced, newPassword, currentPassword: requireCurrent(currentPassword) });
      return;
    }
    const holder = { kind: 'user', id: caller.userId } as const;
    if (!(await rights.holds(tenant.id, holder, { kind: 'user', id: userId }, DEPENDENT_RIGHT)))
      throw kernelErrors.FORBIDDEN({ detail: `no right ${DEPENDENT_RIGHT}` });
    const { settings } = await this.#tenant(authority);
    requireRecentSignIn(authority, caller.userId, settings.reauthSeconds, this.#deps.clock.now());
    // The right replaces the permission for this one account.
    await this.#set(authority.withReach('tenant'), { ...replaced, password: newPassword }, NEW_PASSWORD);
  }

  async #set(
    authority: Authority,
    input: SetPassword,
    path: string,
    alsoDo?: () => void,
    firstDo?: () => Promise<void>,
  ): Promise<void> {
    authority.requireAccount('');
    const { blockLifts, clock, passwords } = this.#deps;
    const { isTemporary = false, sessions = 'end-all' } = input;
    const { settings } = await this.#tenant(authority);
    // A caller with `password:set` needs no current password for its own account, so require a recent sign-in as for a
    // change.
    requireRecentSignIn(authority, canonicalUserId(input.userId), settings.reauthSeconds, clock.now());
    const prepared = await passwords.prepare(authority, input.userId, input.password, path);
    const how = { event: passwordEvents['password.reset'], isTemporary } as const;
    const beside = async (): Promise<void> => {
      alsoDo?.();
      // A caller who only holds the right `change_password` may not lift the block of the account.
      if (authority.holds([MAY_SET])) await blockLifts.liftForNewPassword(authority, prepared.user);
    };
    const first = firstDo === undefined ? {} : { firstDo };
    await this.#write(authority, prepared, { ...input, how, sessions, alsoDo: beside, ...first });
  }

  async #change(authority: Authority, input: ChangePassword, alsoDo?: () => void): Promise<void> {
    const { passwords, clock } = this.#deps;
    const userId = canonicalUserId(input.userId);
    authority.withReach('self').requireAccount(userId);
    const { settings } = await this.#tenant(authority);
    requireRecentSignIn(authority, userId, settings.reauthSeconds, clock.now());
    const proved = await passwords.admit(() => this.#prove(authority, userId, input.currentPassword));
    const prepared = await passwords.prepare(authority, userId, input.newPassword, NEW_PASSWORD);
    const how = { event: passwordEvents['password.changed'], proved } as const;
    const sessions = input.sessions ?? 'end-others';
    await this.#write(authority, prepared, { ...input, how, sessions, ...(alsoDo === undefined ? {} : { alsoDo }) });
  }

  /** Writes the new hash, its event, the end of the sessions and the notices in one transaction. */
  async #write(authority: Authority, prepared: PreparedPassword, replacement: Replacement): Promise<void> {
    const { db, passwords, notices } = this.#deps;
    const { user } = prepared;
    const { how, sessions } = replacement;
    await db.transaction(async () => {
      await replacement.firstDo?.();
      await passwords.write(authority, prepared, { ...how, params: { sessions } });
      await this.#endSessions(authority, user.id, replacement);
      await replacement.alsoDo?.();
      await notices.tellOwner(authority, user, replacement);
    });
  }

  async #tenant({ tenant }: Authority): Promise<KnownTenant> {
    const known = await this.#deps.directory.byId(tenant.id);
    if (known === null) throw tenantErrors.TENANT_REQUIRED();
    return known;
  }

  /** Checks the current password. Counts as a sign-in attempt, because an attacker can guess passwords here as well. */
  async #prove(authority: Authority, userId: string, password: string): Promise<StoredPassword> {
    const { passwords, lockouts, events } = this.#deps;
    const { caller, tenant } = authority;
    const attempt: Attempt = {
      tenant,
      factor: 'first',
      userId,
      name: userId,
      peerIp: caller.origin.peerIp,
      // The session counts as a known device, so that failures of attackers do not block a user who is already signed in.
      knownDeviceId: caller.sessionId,
    };
    const result = await runGuardedTry(lockouts, attempt, caller, () => passwords.prove(tenant.id, userId, password));
    if (result.kind === 'right') return result.proof;
    const reason = result.kind === 'blocked' ? 'locked_out' : 'wrong_password';
    const params = { method: 'password', purpose: 'password-change' };
    await events.append(caller, tenant, signInFailed(userId, reason, params));
    const { code, message } = passwordModeErrors.PASSWORD_CURRENT_WRONG();
    const fields = [{ path: 'input.currentPassword', code, message }];
    throw passwordModeErrors.PASSWORD_CURRENT_WRONG({ fields });
  }

  async #endSessions(
    authority: Authority,
    userId: string,
    { sessions: after, keepDeviceId = null }: Pick<Replacement, 'sessions' | 'keepDeviceId'>,
  ): Promise<void> {
    const { endAccess, sessions } = this.#deps;
    const exceptDeviceId = keepDeviceId;
    if (after === 'end-all') await endAccess.resetSessions(authority, userId, { exceptDeviceId });
    if (after !== 'end-others') return;
    await sessions.revokeAllOf(authority, userId, { exceptDeviceId, exceptSessionId: authority.caller.sessionId });
  }
}

/** @throws INVALID_INPUT */
function requireCurrent(currentPassword: string | null | undefined): string {
  if (currentPassword != null) return currentPassword;
  throw invalidField('input.currentPassword', 'PASSWORD_CURRENT_REQUIRED', 'The current password is needed.');
}
