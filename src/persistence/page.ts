import { type SelectQueryBuilder, sql } from 'kysely';
import { invalidField } from '../kernel/index.ts';

/** A column that orders a list. `column` as written in SQL, `property` as the rows name it. The last key must be unique. */
export interface PageKey {
  readonly column: string;
  readonly property: string;
  readonly type: 'text' | 'uuid' | 'timestamptz' | 'bigint';
}

/** What a connection asks for: `first`/`after` forwards, `last`/`before` backwards. */
export interface PageRequest {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  /** Whether to reverse the whole order. Default ascending. */
  readonly descending?: boolean | undefined;
  /** Whether to count the rows of the whole list as well, with a second statement. */
  readonly withTotal?: boolean | undefined;
}

export interface PageResult<T> {
  readonly rows: readonly T[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Present if requested. */
  readonly totalCount?: number;
  /** The cursor of a row of this page. */
  readonly cursorOf: (row: T) => string;
}

// biome-ignore lint/suspicious/noExplicitAny: the query's table types do not matter here, and naming them would infect every store
type AnySelect = SelectQueryBuilder<any, any, any>;

/** Largest page: 200 rows of about 2 KB are 400 KB, and a page is built in memory. */
const MAX_PAGE_SIZE = 200;
const DEFAULT_PAGE_SIZE = 20;

function encodeCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

const VALID: Readonly<Record<PageKey['type'], (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && value.length <= 2000 && !value.includes('\0') && value.isWellFormed(),
  uuid: (value) => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value),
  timestamptz: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  bigint: (value) => Number.isSafeInteger(value),
};

function decodeCursor(cursor: string, keys: readonly PageKey[], path: string): unknown[] {
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

/** The page size asked for, within 1 ... 200. */
function pageSize(request: PageRequest): { size: number; backwards: boolean } {
  const backwards = request.last !== undefined && request.last !== null;
  const isForwards = request.first !== undefined && request.first !== null;
  if (backwards && isForwards) throw invalidField('last', 'PAGE_AMBIGUOUS', 'Give either "first" or "last".');
  const size = (backwards ? request.last : request.first) ?? DEFAULT_PAGE_SIZE;
  if (!Number.isInteger(size) || size < 0 || size > MAX_PAGE_SIZE) {
    throw invalidField(backwards ? 'last' : 'first', 'PAGE_SIZE', `A page has 0 to ${MAX_PAGE_SIZE} items.`);
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
    cursorOf: (row) => encodeCursor(keys.map((key) => (row as Record<string, unknown>)[key.property])),
  };
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
  const { size, backwards } = pageSize(request);
  if (backwards || request.after != null || request.before != null || request.withTotal) return null;
  const { rows, hasMore, cursorOf } = pageOf(await read(size + 1), keys, size);
  return { rows, hasNextPage: hasMore, hasPreviousPage: false, cursorOf };
}

/**
 * Reads one page of a filtered query by keyset: the cost of a page does not grow with its distance from the start.
 * @param query Filtered, with its columns selected, neither ordered nor limited.
 * @throws INVALID_INPUT A cursor that is not of this list, or a page size out of range.
 */
export async function keysetPage<T>(
  query: AnySelect,
  keys: readonly PageKey[],
  request: PageRequest,
): Promise<PageResult<T>> {
  const { size, backwards } = pageSize(request);
  const descending = (request.descending ?? false) !== backwards;
  const tuple = sql`(${sql.join(keys.map((key) => sql.raw(key.column)))})`;
  const bound = (cursor: string, path: string) => {
    const values = decodeCursor(cursor, keys, path);
    return sql`(${sql.join(keys.map((key, i) => sql`${values[i]}::${sql.raw(key.type)}`))})`;
  };
  let page = query;
  if (request.after != null) {
    const after = bound(request.after, 'after');
    page = page.where(request.descending ? sql<boolean>`${tuple} < ${after}` : sql<boolean>`${tuple} > ${after}`);
  }
  if (request.before != null) {
    const before = bound(request.before, 'before');
    page = page.where(request.descending ? sql<boolean>`${tuple} > ${before}` : sql<boolean>`${tuple} < ${before}`);
  }
  for (const key of keys) page = page.orderBy(sql.raw(key.column), descending ? 'desc' : 'asc');
  // One row more than requested shows whether the list continues, even if no items are requested.
  const found = (await page.limit(size + 1).execute()) as T[];
  const { rows, hasMore, cursorOf } = pageOf(found, keys, size);
  const total = request.withTotal ? await countRows(query) : undefined;
  return {
    rows: backwards ? rows.toReversed() : rows,
    hasNextPage: backwards ? request.before != null : hasMore,
    hasPreviousPage: backwards ? hasMore : request.after != null,
    ...(total === undefined ? {} : { totalCount: total }),
    cursorOf,
  };
}

async function countRows(query: AnySelect): Promise<number> {
  const row = await query.clearSelect().select(sql<number>`count(*)`.as('total')).executeTakeFirst();
  return Number(row?.total ?? 0);
}
