import { type ForeignCredential, type ReadCredentials, readForeignCredentials } from '../auth-modes/index.ts';
import type { RowFault } from './import-row.ts';

/** Whether a user has a password in plain text, whose hash takes by far the most time of a row. */
export const hasPlainPassword = (credentials: readonly ForeignCredential[]): boolean =>
  credentials.some(({ type, value }) => type === 'password' && value != null);

/** The credentials of a user, with the faults of its row. @param username Names the user in faults. */
export function readCredentials(
  username: string,
  credentials: readonly ForeignCredential[],
): ReadCredentials & { readonly faults: readonly RowFault[] } {
  const read = readForeignCredentials(credentials);
  return { ...read, faults: read.faults.map((fault) => ({ kind: 'user', owner: '', name: username, ...fault })) };
}
