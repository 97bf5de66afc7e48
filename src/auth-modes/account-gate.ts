import type { Authority } from '../access/index.ts';
import { type AccountChangeDeps, getAccountInReach, getAccountToChange, type User } from '../users/index.ts';

/** Finds the account and checks permissions before credentials or auth modes are read or changed. */
export class AccountGate {
  readonly #deps: AccountChangeDeps;

  constructor(deps: AccountChangeDeps) {
    this.#deps = deps;
  }

  /** The account, if it is in the caller's reach. @throws FORBIDDEN, USER_NOT_FOUND */
  enter(authority: Authority, userId: string): Promise<User> {
    return getAccountInReach(this.#deps.users, authority, userId);
  }

  /**
   * The account, if the caller may change its credentials. Call it before any transaction, because the guard reads through
   * a cache.
   * @throws FORBIDDEN, USER_NOT_FOUND, ACCOUNT_GUARDED
   * @throws REAUTHENTICATION_REQUIRED The account is the caller's own and its sign-in is too old (check 54).
   */
  enterToChange(authority: Authority, userId: string): Promise<User> {
    return getAccountToChange(this.#deps, authority, userId);
  }
}
