import { type Authority, requireRecentSignIn } from '../access/index.ts';
import type { Clock } from '../kernel/index.ts';
import { violatedConstraint } from '../persistence/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import { type TenantDirectory, tenantErrors } from '../tenants/index.ts';
import type { User } from './user.entity.ts';
import { userErrors } from './user.errors.ts';
import type { UserStore } from './user.store.ts';
import { canonicalUserId, isUserIdShaped } from './user-names.ts';

/** Where accounts are read from. */
export type AccountSource = Pick<UserStore, 'findById'>;

/** The account with this id. The caller of this function must check the permission to act on it. @throws USER_NOT_FOUND */
export async function getAccount(users: AccountSource, tenantId: string, userId: string): Promise<User> {
  const user = await users.findById(tenantId, userId);
  if (user === null) throw userErrors.USER_NOT_FOUND();
  return user;
}

/**
 * The account with this id, if it is in the caller's reach. Checks the reach first, so that callers who reach only their own
 * account do not learn which others exist.
 * @throws FORBIDDEN, USER_NOT_FOUND
 */
export async function getAccountInReach(users: AccountSource, authority: Authority, userId: string): Promise<User> {
  authority.requireAccount(canonicalUserId(userId));
  return getAccount(users, authority.tenant.id, userId);
}

export interface AccountChangeDeps {
  readonly users: AccountSource;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange'>;
  readonly clock: Clock;
}

/**
 * The account with this id, if the caller may change the ways to sign in to it. Call it before any transaction, because the
 * guard reads through a cache.
 * @throws FORBIDDEN, USER_NOT_FOUND, ACCOUNT_GUARDED
 * @throws REAUTHENTICATION_REQUIRED The account is the caller's own and its sign-in is too old (check 54).
 */
export async function getAccountToChange(deps: AccountChangeDeps, authority: Authority, userId: string): Promise<User> {
  const user = await getAccountInReach(deps.users, authority, userId);
  await requireRecentSignInTo(deps, authority, user.id);
  await deps.guard.assertMayChange(authority, 'user', user.id);
  return user;
}

/**
 * Requires a sign-in that is as recent as the tenant asks, if the account is the caller's own.
 * @param userId The stored spelling of the id.
 * @throws REAUTHENTICATION_REQUIRED The sign-in is too old (check 54).
 */
export async function requireRecentSignInTo(
  { directory, clock }: Pick<AccountChangeDeps, 'directory' | 'clock'>,
  authority: Authority,
  userId: string,
): Promise<void> {
  const tenant = await directory.byId(authority.tenant.id);
  if (tenant === null) throw tenantErrors.TENANT_REQUIRED();
  requireRecentSignIn(authority, userId, tenant.settings.reauthSeconds, clock.now());
}

/** The stored spelling of an id, without a query. @throws USER_NOT_FOUND No user can have this id. */
export function requireUserId(userId: string): string {
  if (!isUserIdShaped(userId)) throw userErrors.USER_NOT_FOUND();
  return canonicalUserId(userId);
}

/**
 * Writes a row that belongs to a user.
 * @param table The table with the row; its foreign key to users is `<table>__user_id__fkey` (docs/data-model.md).
 * @throws USER_NOT_FOUND The user was deleted meanwhile.
 */
export async function writeForUser<T>(table: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (violatedConstraint(error) === `${table}__user_id__fkey`) throw userErrors.USER_NOT_FOUND();
    throw error;
  }
}
