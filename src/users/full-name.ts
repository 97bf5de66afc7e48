import type { User } from './user.entity.ts';

/** The name of a person: the one that was given to be shown, else first and last name; null when there is none. */
export function fullNameOf({
  displayName,
  givenName,
  familyName,
}: Pick<User, 'displayName' | 'givenName' | 'familyName'>): string | null {
  const full = [givenName, familyName].filter((name) => name != null && name !== '').join(' ');
  return displayName ?? (full === '' ? null : full);
}
