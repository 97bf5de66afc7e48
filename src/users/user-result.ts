import { IdentityError } from '../kernel/index.ts';
import type { User } from './user.entity.ts';

/** What became of one of many users. */
export interface UserResult {
  /** The account; null where it was refused. */
  readonly user: User | null;
  /** Why it was refused; null where it was not. */
  readonly error: IdentityError | null;
}

export const done = (user: User): UserResult => ({ user, error: null });
export const refused = (error: IdentityError): UserResult => ({ user: null, error });

/** What `work` returns, or the error by which it refuses. Whatever else it throws is no refusal and passes. */
export function attempt<T>(work: () => T): T | IdentityError {
  try {
    return work();
  } catch (error) {
    if (error instanceof IdentityError) return error;
    throw error;
  }
}
