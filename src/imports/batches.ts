import { invalidField } from '../kernel/index.ts';
import { hasPlainPassword } from './credentials.ts';
import type { ImportRow } from './import-row.ts';

/** Most rows of a unit of work, and of a request. */
export const MAX_ROWS = 1_000;
/** Most events of a unit of work. A row that causes more has one for itself. */
export const MAX_EVENTS = 5_000;
/** Most rows with a password in plain text at once. Their hashes take the time of as many sign-ins. */
export const MAX_PLAIN_PASSWORDS = 50;

/** Divides rows, in their order, into as few units of work as these bounds allow. @param eventsOf Most events that a row causes. */
export function toBatches<R>(rows: readonly R[], eventsOf: (row: R) => number): R[][] {
  const batches: R[][] = [];
  let events = 0;
  for (const row of rows) {
    const more = eventsOf(row);
    const last = batches.at(-1);
    if (last === undefined || last.length === MAX_ROWS || events + more > MAX_EVENTS) {
      batches.push([row]);
      events = more;
    } else {
      last.push(row);
      events += more;
    }
  }
  return batches;
}

/** The two halves of several rows. */
export function halves<R>(rows: readonly R[]): readonly [R[], R[]] {
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)];
}

/** Divides a list into runs of neighbours that have the same key. */
export function toRuns<R, K>(list: readonly R[], keyOf: (item: R) => K): R[][] {
  const runs: R[][] = [];
  let before: K | undefined;
  for (const item of list) {
    const key = keyOf(item);
    if (key === before) runs.at(-1)!.push(item);
    else runs.push([item]);
    before = key;
  }
  return runs;
}

/** @throws INVALID_INPUT More than 50 rows have a password in plain text. */
export function assertFewPasswords(rows: readonly ImportRow[]): void {
  const plain = rows.filter((row) => row.kind === 'user' && hasPlainPassword(row.input.credentials));
  if (plain.length > MAX_PLAIN_PASSWORDS)
    throw invalidField(
      'input.rows',
      'LIST_TOO_LONG',
      `At most ${MAX_PLAIN_PASSWORDS} passwords in plain text at once.`,
    );
}
