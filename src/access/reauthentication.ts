import { defineErrors } from '../kernel/index.ts';
import type { Authority } from './authority.ts';

export const accessErrors = defineErrors({
  REAUTHENTICATION_REQUIRED: {
    kind: 'unauthenticated',
    message: 'The sign-in is too old for this; sign in again and repeat.',
  },
});

/**
 * Credentials of the own account are changed only soon after a sign-in (check 54; ASVS 7.5.1): an unlocked screen must not
 * be enough. Applications and administrators have no sign-in of the account to show. The older APIs know no such answer,
 * and their callers could not act on it.
 * @param reauthSeconds How old the sign-in may be.
 * @throws REAUTHENTICATION_REQUIRED The caller changes the own account on the strength of an older sign-in.
 */
export function requireRecentSignIn(authority: Authority, userId: string, reauthSeconds: number, now: Date): void {
  const { caller } = authority;
  if (caller.kind !== 'user' || !authority.isOwnAccount(userId) || caller.origin.api === 'rest') return;
  const age = caller.authTime === null ? Number.POSITIVE_INFINITY : now.getTime() - caller.authTime.getTime();
  if (age > reauthSeconds * 1000) throw accessErrors.REAUTHENTICATION_REQUIRED();
}
