import type { IdentityError } from '../kernel/index.ts';
import { userErrors } from './user.errors.ts';
import type { IdentifierConflict } from './user-identifier.store.ts';
import type { IdentifierKind } from './user-names.ts';

const TAKEN = {
  username: userErrors.USER_USERNAME_TAKEN,
  email: userErrors.USER_EMAIL_TAKEN,
  id: userErrors.USER_ID_TAKEN,
} as const;

const PATHS = { username: 'input.username', email: 'input.email', id: 'input.subject' } as const;

/** The kind of the existing name selects the error; the path is that of the value that collides with it. */
export function taken(existing: IdentifierKind, wanted: IdentifierKind): IdentityError {
  const { code, message } = TAKEN[existing]();
  return TAKEN[existing]({ fields: [{ path: PATHS[wanted], code, message }] });
}

/** USER_ID_TAKEN, USER_USERNAME_TAKEN or USER_EMAIL_TAKEN, whichever says best what the other user has. */
export function takenBy({ wanted, existing }: IdentifierConflict): IdentityError {
  return taken(existing, wanted.includes(existing) ? existing : (wanted[0] ?? 'username'));
}
