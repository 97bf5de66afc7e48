import type { Authority } from '../../access/index.ts';
import { invalidField, kernelErrors } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { GuardedAccounts } from '../../roles/index.ts';
import type { DeviceService, EndSessionsOptions, SessionRow, SessionService } from '../../sessions/index.ts';
import {
  assertBatchLength,
  canonicalUserId,
  done,
  refused,
  resultsOf,
  type User,
  type UserResult,
  type UserService,
  unitsOf,
  userErrors,
} from '../../users/index.ts';
import type { LinkedApps } from './linked-apps.ts';

export interface EndAccessDeps {
  readonly db: Database;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly devices: DeviceService;
  readonly apps: Pick<LinkedApps, 'removeAllOf' | 'ownersAmong'>;
  readonly guard: Pick<GuardedAccounts, 'endableAmong'>;
}

/** What became of a unit of work that deletes accounts. */
interface Deletion {
  /** By their ids. */
  readonly deleted: ReadonlyMap<string, User>;
  /** Ids of those that are there and have to be looked at one by one. */
  readonly left: ReadonlySet<string>;
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

  /**
   * Deletes accounts independently, 200 in a unit of work: the refusal of one does not affect the others. Those with apps, and
   * administrators who may have to stay, are deleted after the others of their unit, each in a separate one.
   * @param userIds 1 to 1,000.
   * @returns What became of each, in the order of the ids: the account as it was, or an error of `delete`.
   * @throws INVALID_INPUT There are none, or more than 1,000, or the caller is one of them; then nothing is deleted.
   */
  async deleteMany(authority: Authority, userIds: readonly string[]): Promise<UserResult[]> {
    assertBatchLength(userIds.length, 'input.userIds');
    const ids = userIds.map(canonicalUserId);
    const own = ids.findIndex((id) => authority.isOwnAccount(id));
    if (own !== -1)
      throw invalidField(
        `input.userIds.${own}`,
        'OWN_ACCOUNT',
        'Callers do not delete their accounts together with others.',
      );
    const results: UserResult[] = [];
    for (const part of unitsOf(ids))
      results.push(...(await resultsOf(part.length, () => this.#deleteUnit(authority, part))));
    return results;
  }

  async #deleteUnit(authority: Authority, ids: readonly string[]): Promise<UserResult[]> {
    const { deleted, left } = await this.#deleteTogether(authority, ids);
    const results: UserResult[] = [];
    for (const [at, id] of ids.entries()) {
      const user = ids.indexOf(id) === at ? deleted.get(id) : undefined;
      if (user !== undefined) results.push(done(user));
      else if (!left.has(id)) results.push(refused(userErrors.USER_NOT_FOUND()));
      else results.push(...(await resultsOf(1, async () => [done(await this.delete(authority, id))])));
    }
    return results;
  }

  /** Deletes those of some accounts of which nothing has to be looked at one by one. */
  #deleteTogether(authority: Authority, ids: readonly string[]): Promise<Deletion> {
    const { apps, db, guard, sessions, users } = this.#deps;
    return db.transaction(async () => {
      const found = await users.lockMany(authority, ids);
      const people = found.filter(({ serviceClientId }) => serviceClientId == null).map(({ id }) => id);
      const owners = await apps.ownersAmong(authority, people);
      const without = people.filter((id) => !owners.has(id));
      const endable = new Set(await guard.endableAmong(authority, without));
      const ended = found.filter(({ id }) => endable.has(id));
      await sessions.revokeAllOfMany(authority, [...endable]);
      await users.deleteLocked(authority, ended);
      return {
        deleted: new Map(ended.map((user) => [user.id, user])),
        left: new Set(found.map(({ id }) => id).filter((id) => !endable.has(id))),
      };
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
