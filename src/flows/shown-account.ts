import type { User } from '../users/index.ts';

/** An account as its user sees it. */
export interface ShownAccount {
  readonly userId: string;
  readonly name: string;
  readonly username: string;
}

/** Shows an account to its user. */
export function showAccount({ id, username, displayName, givenName, familyName }: User): ShownAccount {
  const composed = [givenName, familyName].filter(Boolean).join(' ');
  return { userId: id, username, name: displayName || composed || username };
}
