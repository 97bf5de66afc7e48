import { type Authority, accessErrors, dependsOnSignIn } from '../access/index.ts';
import { type AccountChangeDeps, getAccountToChange, type User } from '../users/index.ts';
import { acrOf, factorsOf } from './acr.ts';
import type { CredentialStore } from './credential.store.ts';

export interface CredentialChangeDeps extends AccountChangeDeps {
  readonly credentials: Pick<CredentialStore, 'acceptedAsSecond'>;
}

/**
 * The account with this id, if the caller may change its credentials. Users of an account that has a second factor must have shown one
 * at the sign-in: a stolen password alone would else give the thief a factor, or take that of the owner away. Call it before any
 * transaction, because the guard reads through a cache.
 * @throws FORBIDDEN, USER_NOT_FOUND, ACCOUNT_GUARDED
 * @throws REAUTHENTICATION_REQUIRED The account is the caller's own, and its sign-in is too old or showed one factor of two (check 54).
 */
export async function getAccountOfCredentials(
  deps: CredentialChangeDeps,
  authority: Authority,
  userId: string,
): Promise<User> {
  const user = await getAccountToChange(deps, authority, userId);
  if (!dependsOnSignIn(authority, user.id) || factorsOf(acrOf(authority.caller.amr)) === 2) return user;
  const accepted = await deps.credentials.acceptedAsSecond(authority.tenant.id, user.id);
  if (accepted.length > 0) throw accessErrors.REAUTHENTICATION_REQUIRED();
  return user;
}
