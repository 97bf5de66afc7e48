import { type AliasedExpression, type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Narrowing } from './narrowing.ts';
import {
  type AnySelect,
  countedAtMost,
  encodeCursor,
  isForFirst,
  keysetPage,
  type PageKey,
  type PageRequest,
  type PageResult,
  type Total,
  toPage,
  toWindow,
  type Window,
} from './page.ts';

/** A list that can be narrowed. */
export interface NarrowedList {
  /** Selects from one table, filtered by what an index serves in the order of the list. */
  readonly query: AnySelect;
  /** The table, or its alias in the query. */
  readonly table: string;
  /** What the rows of the page have, over the table. */
  readonly columns: readonly AliasedExpression<unknown, string>[] | RawBuilder<unknown>;
  /** The column that identifies a row within the tenant, over the table. */
  readonly id: string;
}

/**
 * Rows that a statement looks at, one by one in the order of the list, for a page or to count: 10 to 50 ms, by what the
 * conditions look at.
 */
export const WALKED_AT_MOST = 10_000;

/** Conditions that a statement looks at, those of each row: filters of more than ten walk through fewer rows. */
const CHECKED_AT_ONCE = 100_000;

/** Conditions that are looked at for a page, and those that are looked at to count: one to five seconds. */
const CHECKED_AT_MOST = 1_000_000;

const rowsAtOnce = ({ conditions }: Narrowing): number =>
  Math.min(WALKED_AT_MOST, Math.max(1, Math.floor(CHECKED_AT_ONCE / conditions)));

type Row = Record<string, unknown>;

/**
 * Reads one page of a list that is narrowed by conditions that no index serves in its order. Where few rows meet them, it finds
 * these and sorts them; otherwise it looks at the rows of the list one by one, at 10,000 in a statement. A page for which these
 * were not enough ends early if the request allows that (`walkedTo`), else the next ones are read, until a million conditions
 * of rows were looked at: then every page ends early.
 * @param narrowing Null: the list is whole.
 * @throws INVALID_INPUT A cursor that is not of this list, or a page size out of range.
 */
export async function narrowedPage<T>(
  db: Database,
  list: NarrowedList,
  narrowing: Narrowing | null,
  keys: readonly PageKey[],
  request: PageRequest,
): Promise<PageResult<T>> {
  if (narrowing === null) return keysetPage<T>(db, list.query, keys, request);
  const window = toWindow(keys, request);
  const found: Row[] = [];
  let walkedTo: readonly unknown[] | null;
  let part = window;
  let checked = 0;
  do {
    const read = await readPart(db, list, narrowing, keys, part);
    checked += rowsAtOnce(narrowing) * narrowing.conditions;
    found.push(...read.rows);
    walkedTo = found.length > window.size ? null : read.walkedTo;
    if (walkedTo !== null) part = toWindow(keys, startingAt(request, walkedTo, window, found.length));
  } while (walkedTo !== null && request.mayEndEarly !== true && checked < CHECKED_AT_MOST);
  const isWhole = walkedTo === null && found.length <= window.size && isForFirst(request);
  const count = (): Total | Promise<Total> =>
    isWhole
      ? { totalCount: found.length, isTotalCountExact: true }
      : countNarrowed(db, list, narrowing, window, countedAtMost(request));
  const total = request.withTotal ? await count() : {};
  const page = toPage(found as T[], keys, request, window);
  if (walkedTo === null) return { ...page, ...total };
  const goesOn = window.isBackwards ? { hasPreviousPage: true } : { hasNextPage: true };
  return { ...page, ...goesOn, ...total, walkedTo: encodeCursor(walkedTo) };
}

const keyName = (at: number): string => `key${at}`;

/** The rest of a request, from the last row that was looked at. */
function startingAt(request: PageRequest, walkedTo: readonly unknown[], window: Window, have: number): PageRequest {
  const cursor = encodeCursor(walkedTo);
  const missing = window.size - have;
  return window.isBackwards
    ? { ...request, before: cursor, last: missing }
    : { ...request, after: cursor, first: missing };
}

interface Part {
  readonly rows: readonly Row[];
  /** The keys of the last row that was looked at, when the page was not full then and the list may go on. */
  readonly walkedTo: readonly unknown[] | null;
}

async function readPart(
  db: Database,
  list: NarrowedList,
  narrowing: Narrowing,
  keys: readonly PageKey[],
  { size, within, orderBy, isDescending }: Window,
): Promise<Part> {
  const table = sql.ref(list.table);
  const columns = Array.isArray(list.columns) ? sql.join(list.columns) : (list.columns as RawBuilder<unknown>);
  const { chosen, isWalk, candidates } = waysOf(list, narrowing);
  const inOrder = list.query.clearSelect().where(isWalk).where(within).orderBy(orderBy);
  const keyColumns = keys.map(({ column }, at) => sql.raw(column).as(keyName(at)));
  const atOnce = rowsAtOnce(narrowing);
  const walked = inOrder.select([sql`${table}.*` as never, ...keyColumns]).limit(atOnce);
  // By columns of the walk, because PostgreSQL does not see that it is in the order of an expression.
  const direction = sql.raw(isDescending ? 'desc' : 'asc');
  const asWalked = sql.join(keys.map((_, at) => sql`${sql.ref(keyName(at))} ${direction}`));
  const last = inOrder
    .select(keyColumns)
    .offset(atOnce - 1)
    .limit(1);
  // Outside the walk, because PostgreSQL would build a value for each row that it passes.
  const lastKeys = sql`select json_build_array(${sql.join(keys.map((_, at) => sql.ref(keyName(at))))}) from (${last}) last`;
  const limit = sql.lit(size + 1);
  const meeting = testOfFound(narrowing);
  const { rows } = await sql<Row>`with ${chosen}page as materialized (
      ${candidates === null ? sql`` : sql`(select ${table}.*, ${sql.join(keyColumns)} from ${candidates} where ${within} and ${meeting} order by ${orderBy} limit ${limit}) union all `}
      (select ${table}.* from (${walked}) ${table} where ${narrowing.test} order by ${asWalked} limit ${limit})
    ), walk as materialized (
      select case when (select count(*) from page) <= ${sql.lit(size)} then (${lastKeys}) end as "walkedTo"
    )
    select walk."walkedTo", ${columns} from walk left join page ${table} on true order by ${orderBy}`.execute(
    db.read(),
  );
  // The last key is that of the row, which no row lacks.
  const isRow = (row: Row) => row[keys.at(-1)!.property] !== null;
  return {
    rows: rows.filter(isRow).map(({ walkedTo: _, ...row }) => row),
    walkedTo: (rows[0]?.['walkedTo'] ?? null) as readonly unknown[] | null,
  };
}

/** What is looked at of each row that was found. */
const testOfFound = ({ isExact, test }: Narrowing): RawBuilder<boolean> =>
  isExact === true ? sql<boolean>`true` : test;

/** The two ways to the rows of a list, of which a statement takes one. */
function waysOf({ query, table, id }: NarrowedList, { found }: Narrowing) {
  if (found === undefined) return { chosen: sql``, isWalk: sql<boolean>`true`, candidates: null };
  // The limit keeps the planner from a join with the whole table: it looks up each row by its key.
  const byId = query
    .clearSelect()
    .select(sql`${sql.ref(table)}.*` as never)
    .where(sql<boolean>`${sql.ref(id)} = wanted.id`)
    .limit(1);
  return {
    chosen: sql`chosen as materialized (select ${found} as ids), `,
    isWalk: sql<boolean>`(select ids from chosen) is null`,
    candidates: sql`(select distinct one.id from chosen, unnest(chosen.ids) one (id)) wanted cross join lateral (${byId}) ${sql.ref(table)}`,
  };
}

/**
 * Counts the rows of a narrowed list, at most so many, and looks at as many rows of the whole list for it, or at fewer where the
 * filter has many conditions.
 */
async function countNarrowed(
  db: Database,
  list: NarrowedList,
  narrowing: Narrowing,
  { orderBy }: Window,
  most: number,
): Promise<Total> {
  const table = sql.ref(list.table);
  const { chosen, isWalk, candidates } = waysOf(list, narrowing);
  const looked = Math.min(most, Math.floor(CHECKED_AT_MOST / narrowing.conditions));
  const walked = list.query
    .clearSelect()
    .select(sql`${table}.*` as never)
    .where(isWalk)
    .orderBy(orderBy)
    .limit(looked + 1);
  const { rows } = await sql<{ total: unknown; walked: unknown }>`with ${chosen}counted as materialized (
      select count(*) filter (where ${narrowing.test}) as total, count(*) as walked from (${walked}) ${table}
    )
    select counted.walked, counted.total ${
      candidates === null ? sql`` : sql`+ (select count(*) from ${candidates} where ${testOfFound(narrowing)})`
    } as total from counted`.execute(db.read());
  const total = Number(rows[0]!.total);
  const isWhole = Number(rows[0]!.walked) <= looked;
  return { totalCount: Math.min(total, most), isTotalCountExact: isWhole && total <= most };
}
