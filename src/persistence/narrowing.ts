import { type RawBuilder, sql } from 'kysely';

type Condition = RawBuilder<boolean>;
type Ids = RawBuilder<readonly string[] | null>;

/**
 * A condition on the rows of a list that no index of the list serves together with its order. PostgreSQL would have to know how
 * many rows meet it to choose between finding them and looking at the rows of the list one by one, and its statistics do not say
 * that of one value of one attribute in one tenant. So the statement counts first, up to `FOUND_AT_MOST`, and both ways are part
 * of it (`narrowedPage`).
 */
export interface Narrowing {
  /** Whether a row of the list meets it. */
  readonly test: Condition;
  /** The ids of the rows that meet it, as an array; null when there are more than `FOUND_AT_MOST`. Absent: nothing finds them. */
  readonly found?: Ids;
  /** Whether every row that `found` has meets the condition, so that it is not looked at again. Absent: it is. */
  readonly isExact?: true;
  /** How many conditions are looked at for a row. */
  readonly conditions: number;
}

/**
 * So many rows are read by their ids and sorted, in some 5 ms. Where more meet a condition, a walk through a list of a million
 * rows finds a page of them among its first 10,000.
 */
const FOUND_AT_MOST = 2_000;

/** A condition on the columns of a row alone. */
export const testing = (test: Condition, conditions = 1): Narrowing => ({ test, conditions });

/** The rows in `source` that another table, or an index, knows to meet a condition. */
export interface KnownRows {
  /** Selects the column `id` of rows all of which meet the condition. */
  readonly source: RawBuilder<unknown>;
  readonly test: Condition;
  /** Whether the values of the condition let an index find the rows; else those of the list are looked at. Absent: always. */
  readonly isFindable?: Condition;
}

/** A condition whose rows are found by a query. */
export function finding({ source, test, isFindable }: KnownRows): Narrowing {
  const counted: Ids = sql`(select case when count(*) <= ${sql.lit(FOUND_AT_MOST)} then coalesce(array_agg(known.id), '{}') end
    from (select known.id from (${source}) known limit ${sql.lit(FOUND_AT_MOST + 1)}) known)`;
  return {
    test,
    found: isFindable === undefined ? counted : sql`(case when ${isFindable} then ${counted} end)`,
    isExact: true,
    conditions: 1,
  };
}

/** All conditions together; null when there are none. They are served from the one that the fewest rows meet. */
export function allOf(narrowings: readonly Narrowing[]): Narrowing | null {
  const [first, ...others] = narrowings;
  if (first === undefined || others.length === 0) return first ?? null;
  const test = sql<boolean>`(${joined(narrowings, sql` and `)})`;
  const conditions = sumOf(narrowings);
  const found = narrowings.flatMap((each) => each.found ?? []);
  if (found.length < 2) return { test, conditions, ...(found[0] === undefined ? {} : { found: found[0] }) };
  return {
    test,
    conditions,
    found: sql`(select few.ids from (values ${rowsOf(found)}) few (ids) where few.ids is not null order by cardinality(few.ids) limit 1)`,
  };
}

/** At least one of the conditions; their rows are found where those of each are. */
export function oneOf(narrowings: readonly [Narrowing, ...Narrowing[]]): Narrowing {
  if (narrowings.length === 1) return narrowings[0];
  const test = sql<boolean>`(${joined(narrowings, sql` or `)})`;
  const conditions = sumOf(narrowings);
  const found = narrowings.flatMap((each) => each.found ?? []);
  if (found.length < narrowings.length) return { test, conditions };
  const areExact = narrowings.every(({ isExact }) => isExact === true);
  return {
    test,
    conditions,
    ...(areExact ? { isExact: true } : {}),
    found: sql`(select case when bool_and(few.ids is not null) then coalesce(array_agg(one.id) filter (where one.id is not null), '{}') end
      from (values ${rowsOf(found)}) few (ids) left join lateral unnest(few.ids) one (id) on true)`,
  };
}

/**
 * Whether a row does not meet a condition. A row for which the condition is unknown, because it lacks a value, does not meet it.
 * Nothing finds such rows, of which most lists have many: the list is walked.
 */
export const notMeeting = ({ test, conditions }: Narrowing): Narrowing =>
  testing(sql<boolean>`(${test}) is not true`, conditions);

const sumOf = (narrowings: readonly Narrowing[]): number =>
  narrowings.reduce((sum, { conditions }) => sum + conditions, 0);

const joined = (narrowings: readonly Narrowing[], by: RawBuilder<unknown>) =>
  sql.join(
    narrowings.map(({ test }) => test),
    by,
  );
const rowsOf = (found: readonly Ids[]) => sql.join(found.map((ids) => sql`(${ids})`));
