import { type Authority, requireRecentSignIn } from '../access/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import { type TenantDirectory, tenantErrors } from '../tenants/index.ts';
import { canonicalUserId, isUserIdShaped, type User, type UserStore, userErrors } from '../users/index.ts';

export interface AccountGateDeps {
  readonly users: Pick<UserStore, 'findById'>;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange'>;
  readonly clock: Clock;
}

/** Finds the account and checks permissions before credentials or auth modes are read or changed. */
export class AccountGate {
  readonly #deps: AccountGateDeps;

  constructor(deps: AccountGateDeps) {
    this.#deps = deps;
  }

  /** The account, if it is in the caller's reach. @throws FORBIDDEN, USER_NOT_FOUND */
  async enter(authority: Authority, userId: string): Promise<User> {
    const id = canonicalUserId(userId);
    authority.requireAccount(id);
    const user = isUserIdShaped(id) ? await this.#deps.users.findById(authority.tenant.id, id) : null;
    if (user === null) throw userErrors.USER_NOT_FOUND();
    return user;
  }

  /**
   * The account, if the caller may change its credentials. Call it before any transaction, because the guard reads through
   * a cache.
   * @throws FORBIDDEN, USER_NOT_FOUND, ACCOUNT_GUARDED
   * @throws REAUTHENTICATION_REQUIRED The account is the caller's own and its sign-in is too old (check 54).
   */
  async enterToChange(authority: Authority, userId: string): Promise<User> {
    const { directory, guard, clock } = this.#deps;
    const user = await this.enter(authority, userId);
    const tenant = await directory.byId(authority.tenant.id);
    if (tenant === null) throw tenantErrors.TENANT_REQUIRED();
    requireRecentSignIn(authority, user.id, tenant.settings.reauthSeconds, clock.now());
    await guard.assertMayChange(authority, 'user', user.id);
    return user;
  }
}
