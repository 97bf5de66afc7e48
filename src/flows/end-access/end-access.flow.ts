import type { Authority } from '../../access/index.ts';
import { invalidField, kernelErrors } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { DeviceService, EndSessionsOptions, SessionRow, SessionService } from '../../sessions/index.ts';
import { canonicalUserId, type User, type UserService } from '../../users/index.ts';
import type { LinkedApps } from './linked-apps.ts';

export interface EndAccessDeps {
  readonly db: Database;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly devices: DeviceService;
  readonly apps: Pick<LinkedApps, 'removeAllOf'>;
}

/**
 * Ends a user's access at once. The change of the account, the end of its sessions and the end of its tokens are one
 * transaction, so that no disabled user is still signed in (ASVS 7.4.2).
 */
export class EndAccessFlow {
  readonly #deps: EndAccessDeps;

  constructor(deps: EndAccessDeps) {
    this.#deps = deps;
  }

  /**
   * Enables or disables an account; disabling ends its sessions and tokens.
   * @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED, ADMINISTRATOR_LAST
   */
  setEnabled(authority: Authority, userId: string, enabled: boolean, reason?: string): Promise<User> {
    const { db, users, sessions } = this.#deps;
    return db.transaction(async () => {
      const { user, changed } = await users.setEnabled(authority, userId, enabled, reason);
      if (changed && !enabled) await sessions.revokeAllOf(authority, user.id);
      return user;
    });
  }

  /**
   * Deletes an account with its sessions, tokens, apps and everything else that belongs to it.
   * @param confirmed The same id from another source. If it names another account, nothing is deleted.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED, ADMINISTRATOR_LAST, INVALID_INPUT
   * @throws FORBIDDEN The account may do more than the caller, or is the service account of a client.
   */
  async delete(authority: Authority, userId: string, confirmed = userId): Promise<User> {
    if (canonicalUserId(confirmed) !== canonicalUserId(userId))
      throw invalidField('input.confirmedUserId', 'IDS_DIFFER', 'The two ids name different accounts.');
    return this.#delete(authority, userId, ({ serviceClientId }) => {
      if (serviceClientId != null)
        throw kernelErrors.FORBIDDEN({ message: 'A service account is deleted by a change of its client.' });
    });
  }

  /** Deletes the service account of a client that has it no more. @throws As `delete`. */
  deleteServiceAccount(authority: Authority, clientUuid: string): Promise<User> {
    return this.#delete(authority, clientUuid);
  }

  #delete(authority: Authority, userId: string, check: (user: User) => void = () => {}): Promise<User> {
    const { db, users, sessions, apps } = this.#deps;
    return db.transaction(async () => {
      const user = await users.lockToChange(authority, userId);
      check(user);
      const { id } = user;
      // An app has separate credentials, which stay valid when sessions end.
      await apps.removeAllOf(authority, id);
      await sessions.revokeAllOf(authority, id);
      return users.delete(authority, id);
    });
  }

  /**
   * Ends all sessions and tokens of a user and deletes its devices.
   * @param options Sessions that continue; a device named here is kept.
   * @returns The sessions that ended.
   * @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED
   */
  resetSessions(
    authority: Authority,
    userId: string,
    options: EndSessionsOptions = {},
  ): Promise<{ readonly user: User; readonly ended: readonly SessionRow[] }> {
    const { db, users, sessions, devices } = this.#deps;
    return db.transaction(async () => {
      const user = await users.lock(authority, userId);
      const ended = await sessions.revokeAllOf(authority, user.id, options);
      await devices.removeAllOf(authority, user.id, options.exceptDeviceId ?? null);
      return { user, ended };
    });
  }
}
