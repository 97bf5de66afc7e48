/**
 * The cursor of a place in a list by its number, which documents inside the process may give as `after`: older APIs ask for
 * pages by number. No cursor of a row has a colon.
 */
const POSITION = /^at:(\d{1,9})$/;

/** Largest number: a list of more than a billion rows does not exist. */
const LARGEST = 999_999_999;

/** The cursor before the row with this number, from 0. */
export const positionCursor = (position: number): string => `at:${Math.min(position, LARGEST)}`;

/** The number in such a cursor; null for others. */
export function positionIn(cursor: string | null | undefined): number | null {
  const found = cursor == null ? null : POSITION.exec(cursor);
  return found === null ? null : Number(found[1]);
}
