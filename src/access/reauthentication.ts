import { defineErrors } from '../kernel/index.ts';
import type { Authority } from './authority.ts';

export const accessErrors = defineErrors({
  REAUTHENTICATION_REQUIRED: {
    kind: 'unauthenticated',
    message: 'The sign-in is too old for this; sign in again and repeat.',
  },
});

/**
 * Requires a recent sign-in of users who change credentials of their own account (check 54; ASVS 7.5.1), so that access to
 * an unlocked screen is not enough. Applications and administrators are exempt: they did not sign in to the account. The
 * older APIs are exempt: they document no such answer, so their callers could not act on it.
 * @param reauthSeconds How old the sign-in may be.
 * @throws REAUTHENTICATION_REQUIRED The caller changes its own account and its sign-in is older.
 */
export function requireRecentSignIn(authority: Authority, userId: string, reauthSeconds: number, now: Date): void {
  const { caller } = authority;
  if (caller.kind !== 'user' || !authority.isOwnAccount(userId) || caller.origin.api === 'rest') return;
  const age = caller.authTime === null ? Number.POSITIVE_INFINITY : now.getTime() - caller.authTime.getTime();
  if (age > reauthSeconds * 1000) throw accessErrors.REAUTHENTICATION_REQUIRED();
}
