import { IdentityError, invalidField } from '../kernel/index.ts';
import { refused, type UserResult } from './user-result.ts';

/** Most users of one request. */
const MAX_USERS = 1_000;
/** Users of one unit of work: it holds its locks for some tenths of a second, and its events are well below 5,000. */
const USERS_PER_COMMIT = 200;

/** @throws INVALID_INPUT A list has no item, or more than 1,000. */
export function assertBatchLength(length: number, path: string): void {
  if (length >= 1 && length <= MAX_USERS) return;
  throw invalidField(path, 'LIST_LENGTH', `The list must have 1 to ${MAX_USERS} items.`);
}

/** The items of a request, by the units of work that handle them. */
export function unitsOf<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / USERS_PER_COMMIT);
  return Array.from({ length: count }, (_, at) => items.slice(at * USERS_PER_COMMIT, (at + 1) * USERS_PER_COMMIT));
}

/** The results of a unit of work. If it is refused as a whole, so is each of its users, and those of other units are not. */
export async function resultsOf(count: number, work: () => Promise<UserResult[]>): Promise<UserResult[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    return Array.from({ length: count }, () => refused(error));
  }
}
