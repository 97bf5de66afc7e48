import { z } from 'zod';
import { invalidField, positionCursor } from '../../src/kernel/index.ts';

/** Most rows of a page. A page of the graph inside the process has no more. */
export const LARGEST_PAGE = 10_000;
const DEFAULT_SIZE = 100;
const WHOLE_NUMBER = z
  .string()
  .regex(/^-?\d{1,9}$/)
  .optional();

/** Parameters of lists that are shown whole where the request names no size. */
export const WHOLE_PAGE_PARAMETERS = {
  first: WHOLE_NUMBER.describe('Rows to leave out. Default 0.'),
  max: WHOLE_NUMBER.describe('Rows of the page, at most 10,000. Default: all.'),
};

/** Parameters of lists with pages. */
export const PAGE_PARAMETERS = {
  first: WHOLE_NUMBER.describe('Rows to leave out. Default 0.'),
  max: WHOLE_NUMBER.describe('Rows of the page, at most 10,000. Default 100; less than 0: all.'),
};

interface AskedPage {
  readonly first?: string | undefined;
  readonly max?: string | undefined;
}

const tooLarge = () => invalidField('max', 'PAGE_TOO_LARGE', 'A page has at most 10,000 rows.');
const offsetOf = ({ first = '0' }: AskedPage): number => Math.max(Number(first), 0);
/** Whether all rows are asked for, which may be too many. */
const isWhole = ({ max }: AskedPage): boolean => Number(max ?? 0) < 0;

/** The page as the graph is asked for it. @throws INVALID_INPUT It has more rows than the service shows at once. */
export function toWindow(page: AskedPage) {
  const size = Number(page.max ?? DEFAULT_SIZE);
  if (size > LARGEST_PAGE) throw tooLarge();
  return {
    first: size < 0 ? LARGEST_PAGE : size,
    after: positionCursor(offsetOf(page)),
    isWhole: isWhole(page),
  };
}

/** The part of a page of all rows that lies in a list that follows another one of so many rows. @throws INVALID_INPUT */
export function toWindowBehind(page: AskedPage, count: number) {
  const offset = offsetOf(page);
  const { first } = toWholeWindow(page);
  return {
    first: Math.max(first - Math.max(count - offset, 0), 0),
    after: positionCursor(Math.max(offset - count, 0)),
  };
}

/** The same, of all rows where the request names no size. @throws INVALID_INPUT */
export const toWholeWindow = ({ first, max = '-1' }: AskedPage) => toWindow({ first, max });

/** As `assertWhole`, of all rows where the request names no size. @throws INVALID_INPUT */
export const assertAll = ({ first, max = '-1' }: AskedPage, total: number): void => assertWhole({ first, max }, total);

/** @throws INVALID_INPUT All rows are asked for, and they are more than the service shows at once. */
export function assertWhole(page: AskedPage, total: number): void {
  if (isWhole(page) && total - offsetOf(page) > LARGEST_PAGE) throw tooLarge();
}

/**
 * The rows of a page of a list that was read whole; all of them where the request names no size.
 * @throws INVALID_INPUT The page is larger than the service shows at once.
 */
export function cutPage<T>(rows: readonly T[], page: AskedPage): readonly T[] {
  const size = Number(page.max ?? rows.length);
  if (size > LARGEST_PAGE) throw tooLarge();
  const from = offsetOf(page);
  return rows.slice(from, size < 0 ? undefined : from + size);
}

/** The cursor before the first row, with which a list is counted to 100,000. */
export const FIRST_PAGE = positionCursor(0);
