import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { invalidField } from '../kernel/index.ts';
import type { Database } from './database.ts';

/** A column that orders a list. `column` as written in SQL, `property` as the rows name it. The last key must be unique. */
export interface PageKey {
  readonly column: string;
  readonly property: string;
  readonly type: 'text' | 'uuid' | 'timestamptz' | 'bigint' | 'boolean';
  /** How many characters of the property order the list, where they are not all. An absent text counts as an empty one. */
  readonly length?: number;
  /** Whether the list ignores the case of the property: `column` is in lower case, and cursors have the text as it is. */
  readonly ignoresCase?: true;
  /** The value of a row, where it is not the property as it is. */
  readonly computed?: (row: Readonly<Record<string, unknown>>) => unknown;
}

/** The value of a key in a cursor, as the statement compares it with the column. */
export const comparedKey = ({ type, ignoresCase }: PageKey, value: string): string =>
  ignoresCase === true ? `lower(${value}::${type})` : `${value}::${type}`;

/** What a connection asks for: `first`/`after` forwards, `last`/`before` backwards. */
export interface PageRequest {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  /** Most items of the page. Default 200, the most for callers from outside. */
  readonly largest?: number | undefined;
  /** Whether to reverse the whole order. Default ascending. */
  readonly descending?: boolean | undefined;
  /** Whether to count the rows of the whole list as well, with a second statement. */
  readonly withTotal?: boolean | undefined;
  /** How many rows of the list to pass before the page; see `pageAt`. For callers inside the process. */
  readonly offset?: number | undefined;
  /** Whether 100,000 rows are counted instead of 10,000. */
  readonly isCountedFar?: boolean | undefined;
  /**
   * Whether a page of a narrowed list may end before it is full (`PageResult.walkedTo`). Default false: for callers who cannot
   * go on from there, the list is read on until the page is full or the list ends, or a million conditions were looked at.
   */
  readonly mayEndEarly?: boolean | undefined;
}

export interface PageResult<T> {
  readonly rows: readonly T[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Present if requested; at most 10,000, or 100,000 with `isCountedFar`. */
  readonly totalCount?: number;
  /** Whether the list has no more rows than `totalCount`. Present together with it. */
  readonly isTotalCountExact?: boolean;
  /**
   * Cursor of the last row that was looked at, where a page of a narrowed list ended before it was full. The list may go on
   * after it, in the direction of the page.
   */
  readonly walkedTo?: string;
  /** Whether `last` or `before` asked for the end of the list. Default false. */
  readonly isBackwards?: boolean;
  /** The cursor of a row of this page. Its order is read of every row, so a list of whole rows is one of narrower rows too. */
  cursorOf(row: T): string;
}

// biome-ignore lint/suspicious/noExplicitAny: the query's table types do not matter here, and naming them would infect every store
export type AnySelect = SelectQueryBuilder<any, any, any>;

/** Largest page: 200 rows of about 2 KB are 400 KB, and a page is built in memory. */
export const MAX_PAGE_SIZE = 200;
/** Largest page for callers inside the process, which answer lists that have no pages: 10,000 rows of 2 KB are 20 MB. */
export const MAX_INSIDE_PAGE_SIZE = 10_000;
const DEFAULT_PAGE_SIZE = 20;

export function encodeCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

const VALID: Readonly<Record<PageKey['type'], (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && value.length <= 2000 && !value.includes('\0') && value.isWellFormed(),
  uuid: (value) => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value),
  timestamptz: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  bigint: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === 'boolean',
};

/** The values of the keys in a cursor. @throws INVALID_INPUT A cursor that is not of this list. */
export function decodeCursor(cursor: string, keys: readonly PageKey[], path: string): unknown[] {
  let values: unknown;
  try {
    values = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    values = null;
  }
  const isValid =
    Array.isArray(values) &&
    values.length === keys.length &&
    keys.every((key, i) => VALID[key.type]((values as unknown[])[i]));
  if (!isValid) throw invalidField(path, 'CURSOR_INVALID', 'The cursor is not one of this list.');
  return values as unknown[];
}

/** The page size asked for, at most 200 or `largest`. @throws INVALID_INPUT */
export function pageSize(request: PageRequest): { size: number; backwards: boolean } {
  const backwards = request.last !== undefined && request.last !== null;
  const isForwards = request.first !== undefined && request.first !== null;
  if (backwards && isForwards) throw invalidField('last', 'PAGE_AMBIGUOUS', 'Give either "first" or "last".');
  const size = (backwards ? request.last : request.first) ?? DEFAULT_PAGE_SIZE;
  const largest = request.largest ?? MAX_PAGE_SIZE;
  if (!Number.isInteger(size) || size < 0 || size > largest) {
    throw invalidField(backwards ? 'last' : 'first', 'PAGE_SIZE', `A page has 0 to ${largest} items.`);
  }
  return { size, backwards };
}

/** Builds a page from rows that were read with one row more than requested, which shows whether the list continues. */
function pageOf<T>(
  found: readonly T[],
  keys: readonly PageKey[],
  size: number,
): Pick<PageResult<T>, 'rows' | 'cursorOf'> & { readonly hasMore: boolean } {
  const hasMore = found.length > size;
  return {
    rows: hasMore ? found.slice(0, size) : found,
    hasMore,
    cursorOf: (row) => encodeCursor(keys.map((key) => orderValueOf(key, row as Record<string, unknown>))),
  };
}

function orderValueOf({ property, length, computed }: PageKey, row: Readonly<Record<string, unknown>>): unknown {
  const value = computed === undefined ? row[property] : computed(row);
  // PostgreSQL counts code points, as the iterator of a string does.
  return length === undefined ? value : [...String(value ?? '')].slice(0, length).join('');
}

/**
 * The first page of a list whose rows are read elsewhere.
 * @param read Reads this many rows, in the order of the list.
 * @returns Null when the request is for another page or includes the total.
 * @throws INVALID_INPUT A page size out of range.
 */
export async function firstPage<T>(
  request: PageRequest,
  keys: readonly PageKey[],
  read: (limit: number) => Promise<readonly T[]>,
): Promise<PageResult<T> | null> {
  const { size } = pageSize(request);
  if (!isForFirst(request) || request.withTotal) return null;
  const { rows, hasMore, cursorOf } = pageOf(await read(size + 1), keys, size);
  return { rows, hasNextPage: hasMore, hasPreviousPage: false, cursorOf };
}

/**
 * The first page of a list all of whose rows were read.
 * @param request One that `isForFirst`.
 * @param all In the order of the list.
 * @throws INVALID_INPUT A page size out of range.
 */
export function pageOfWhole<T>(request: PageRequest, keys: readonly PageKey[], all: readonly T[]): PageResult<T> {
  const { rows, hasMore, cursorOf } = pageOf(all, keys, pageSize(request).size);
  const total = request.withTotal === true ? { totalCount: all.length, isTotalCountExact: true } : {};
  return { rows, hasNextPage: hasMore, hasPreviousPage: false, isBackwards: false, cursorOf, ...total };
}

/** Whether a request is for the first page of a list. */
export const isForFirst = ({ after, before, last }: PageRequest): boolean =>
  after == null && before == null && last == null;

/** A page that was requested, in the terms of its statement. */
export interface Window {
  readonly size: number;
  readonly isBackwards: boolean;
  /** Whether the statement reads the largest keys first. */
  readonly isDescending: boolean;
  readonly orderBy: RawBuilder<unknown>;
  /** The rows after `after` and before `before`; always true without cursors. */
  readonly within: RawBuilder<boolean>;
}

/** How the statement of a page reads. */
export interface Reading {
  /** Whether it reads the largest keys first. */
  readonly isDescending: boolean;
  /** How the keys of the rows compare with those of a cursor. */
  readonly after: '<' | '>';
  readonly before: '<' | '>';
}

export function toReading({ descending }: PageRequest, isBackwards: boolean): Reading {
  const isReversed = descending ?? false;
  const [after, before] = isReversed ? (['<', '>'] as const) : (['>', '<'] as const);
  return { isDescending: isReversed !== isBackwards, after, before };
}

function comparedValue(key: PageKey, value: unknown): RawBuilder<unknown> {
  const [before, after] = comparedKey(key, '?').split('?') as [string, string];
  return sql`${sql.raw(before)}${value}${sql.raw(after)}`;
}

/** @throws INVALID_INPUT A cursor that is not of this list, or a page size out of range. */
export function toWindow(keys: readonly PageKey[], request: PageRequest): Window {
  const { size, backwards } = pageSize(request);
  const { isDescending, after, before } = toReading(request, backwards);
  const tuple = sql`(${sql.join(keys.map((key) => sql.raw(key.column)))})`;
  const bound = (cursor: string, path: string) => {
    const values = decodeCursor(cursor, keys, path);
    return sql`(${sql.join(keys.map((key, i) => comparedValue(key, values[i])))})`;
  };
  const within = [
    ...(request.after == null ? [] : [sql`${tuple} ${sql.raw(after)} ${bound(request.after, 'after')}`]),
    ...(request.before == null ? [] : [sql`${tuple} ${sql.raw(before)} ${bound(request.before, 'before')}`]),
  ];
  const direction = sql.raw(isDescending ? 'desc' : 'asc');
  return {
    size,
    isBackwards: backwards,
    isDescending,
    orderBy: sql.join(keys.map((key) => sql`${sql.raw(key.column)} ${direction}`)),
    within: within.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(within, sql` and `)}`,
  };
}

/**
 * Reads one page of a filtered query by keyset: the cost of a page does not grow with its distance from the start.
 * @param query Filtered by what an index serves in this order, with its columns selected, neither ordered nor limited.
 * @throws INVALID_INPUT A cursor that is not of this list, or a page size out of range.
 */
export async function keysetPage<T>(
  db: Database,
  query: AnySelect,
  keys: readonly PageKey[],
  request: PageRequest,
): Promise<PageResult<T>> {
  const window = toWindow(keys, request);
  // One row more than requested shows whether the list continues, even if no items are requested.
  const page = query
    .where(window.within)
    .orderBy(window.orderBy)
    .limit(window.size + 1);
  const found = (await page.execute()) as T[];
  const total = request.withTotal ? await countRows(db, query, window, countedAtMost(request)) : {};
  return { ...toPage(found, keys, request, window), ...total };
}

/** The page of rows that were read with one row more than requested, in the order of the statement. */
export function toPage<T>(
  found: readonly T[],
  keys: readonly PageKey[],
  request: PageRequest,
  { size, isBackwards }: Pick<Window, 'size' | 'isBackwards'>,
): PageResult<T> {
  const { rows, hasMore, cursorOf } = pageOf(found, keys, size);
  return {
    rows: isBackwards ? rows.toReversed() : rows,
    hasNextPage: isBackwards ? request.before != null : hasMore,
    hasPreviousPage: isBackwards ? hasMore : request.after != null,
    isBackwards,
    cursorOf,
  };
}

/** Most rows that are counted: reading so many index entries takes some 5 ms. */
const COUNTED_AT_MOST = 10_000;
/**
 * Most rows that are counted for callers who show numbers of pages: 50 ms. Where each row has to be looked at for the conditions
 * of a narrowed list, it may take a second.
 */
const COUNTED_FAR_AT_MOST = 100_000;
/** Most rows before a page: their keys are read by ten statements of 10,000 rows, in some 300 ms. */
export const SKIPPED_AT_MOST = 100_000;

/** Most rows that are counted for a request. */
export const countedAtMost = ({ isCountedFar }: PageRequest): number =>
  isCountedFar === true ? COUNTED_FAR_AT_MOST : COUNTED_AT_MOST;

export type Total = Required<Pick<PageResult<unknown>, 'totalCount' | 'isTotalCountExact'>>;

/** Counts in the order of the list, because without one a planner may read the whole table for the first rows of a tenant. */
async function countRows(db: Database, query: AnySelect, { orderBy }: Window, most: number): Promise<Total> {
  const counted = query
    .clearSelect()
    .select(sql`true`.as('counted'))
    .orderBy(orderBy)
    .limit(most + 1);
  const { rows } = await sql<{ total: unknown }>`select count(*) as total from (${counted}) counted`.execute(db.read());
  const total = Number(rows[0]!.total);
  return { totalCount: Math.min(total, most), isTotalCountExact: total <= most };
}
