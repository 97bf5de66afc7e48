import { defineErrors, kernelErrors } from '../kernel/index.ts';
import type { Authority } from './authority.ts';
import type { Caller } from './caller.ts';

export const accessErrors = defineErrors({
  REAUTHENTICATION_REQUIRED: {
    kind: 'unauthenticated',
    message: 'The sign-in is too old for this, or lacks the second factor of the account; sign in again and repeat.',
  },
});

/** The `auth_time` of sessions and tokens of an administrator who acts as a user: nobody proved to be the user. */
export const NEVER_SIGNED_IN = new Date(0);

/** Whether nobody proved to be the user: an administrator acts as the user. */
export const isActedFor = (authTime: Date | null): boolean => authTime?.getTime() === NEVER_SIGNED_IN.getTime();

/**
 * Requires a recent sign-in of users who change credentials of their own account (check 54; ASVS 7.5.1), so that access to
 * an unlocked screen is not enough. Applications and administrators are exempt: they did not sign in to the account. The
 * older APIs are exempt: they document no such answer, so their callers could not act on it. Where an administrator acts as the user, none is.
 * @param reauthSeconds How old the sign-in may be.
 * @throws REAUTHENTICATION_REQUIRED The caller changes its own account and its sign-in is older.
 * @throws FORBIDDEN The caller is an API key of the account.
 */
export function requireRecentSignIn(authority: Authority, userId: string, reauthSeconds: number, now: Date): void {
  refuseOwnKey(authority, userId);
  if (!dependsOnSignIn(authority, userId)) return;
  requireRecentProof(authority.caller, reauthSeconds, now);
}

/**
 * Requires a recent sign-in of a user, by whatever API it calls (check 54).
 * @param reauthSeconds How old the sign-in may be.
 * @throws REAUTHENTICATION_REQUIRED
 */
export function requireRecentProof({ authTime }: Caller, reauthSeconds: number, now: Date): void {
  if (!isRecentSignIn(authTime, reauthSeconds, now)) throw accessErrors.REAUTHENTICATION_REQUIRED();
}

/** Whether a change of credentials of an account depends on how the caller signed in; see `requireRecentSignIn` for who is exempt. */
export function dependsOnSignIn(authority: Authority, userId: string): boolean {
  const { caller } = authority;
  if (caller.kind !== 'user' || !authority.isOwnAccount(userId)) return false;
  return caller.origin.api !== 'rest' || isActedFor(caller.authTime);
}

/**
 * Refuses to let an API key change how its owner signs in and is reached, whatever the key may do: a thief of the key would take
 * over the account (docs/tenancy.md).
 * @throws FORBIDDEN The caller is an API key of the account.
 */
export function refuseOwnKey(authority: Authority, userId: string): void {
  if (authority.caller.kind !== 'api-key' || !authority.isOwnAccount(userId)) return;
  throw kernelErrors.FORBIDDEN({ message: 'An API key may not change how its owner signs in and is reached.' });
}

/**
 * Whether a sign-in is recent enough for a change of credentials (check 54).
 * @param authTime When the user signed in; null: not known, which is never recent.
 * @param reauthSeconds How old the sign-in may be.
 */
export function isRecentSignIn(authTime: Date | null, reauthSeconds: number, now: Date): boolean {
  return authTime !== null && now.getTime() - authTime.getTime() <= reauthSeconds * 1000;
}
