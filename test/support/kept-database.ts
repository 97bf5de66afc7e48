import type { PGlite } from '@electric-sql/pglite';

/** How long emptying may take; a transaction that a test left open would block it for ever. */
const MOST_MS = 20_000;
/** Databases of a process that wait for their next use. */
const MOST_IDLE = 2;
/** The write-ahead log stays in memory, and the embedded database does not shorten it by itself. */
const MOST_LOG_BYTES = 64 * 1024 * 1024;

/**
 * Makes the template again, in which every table is empty but that of the migrations.
 * @param newest The highest id of a table in the template; the others are partitions that the event log added.
 */
const emptyAfter = (newest: number) => `do $$ declare
    name text;
    has_rows boolean;
    filled text[];
  begin
    for name in select relname from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and oid > ${newest}
    loop execute format('drop table if exists %I', name); end loop;
    for name in select tablename from pg_tables where schemaname = 'public' and tablename <> 'migrations' loop
      execute format('select exists (select from %I)', name) into has_rows;
      if has_rows then filled := filled || quote_ident(name); end if;
    end loop;
    -- Rows that are deleted one by one would leave their pages, and other plans.
    if filled is not null then execute 'truncate ' || array_to_string(filled, ', ') || ' cascade'; end if;
    update pg_class set reltuples = 0, relpages = pg_relation_size(oid) / 8192
      where relnamespace = 'public'::regnamespace and relkind = 'i' and reltuples < 0;
    perform setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
      from pg_sequences where last_value is not null;
  end $$`;

/** Catalogues in which each change of the schema leaves a new row or misses one. */
const CATALOGUES = [
  'pg_attribute',
  'pg_attrdef',
  'pg_constraint',
  'pg_db_role_setting',
  'pg_extension',
  'pg_index',
  'pg_namespace',
  'pg_proc',
  'pg_authid',
  'pg_statistic',
  'pg_trigger',
];
const newestIn = (name: string) => `select '${name}', count(*)::text, max(xmin::text::bigint)::text from ${name}`;

/** What another test would find different beside rows: the schema and the statistics of the planner. */
const STATE = `select string_agg(concat_ws(' ', name, size, newest), ',' order by name) as state,
    (select max(oid)::bigint::float8 from pg_class where relkind in ('r', 'p')) as newest,
    pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as log
  from (
    select 'pg_class', md5(string_agg(concat_ws(' ', oid, relname, relkind, relpages, reltuples, reloptions), ',' order by oid)), null
      from pg_class where relnamespace = 'public'::regnamespace
    union all select 'migrations', count(*)::text, max(xmin::text::bigint)::text from migrations
    union all ${CATALOGUES.map(newestIn).join(' union all ')}
  ) as parts (name, size, newest)`;

interface State {
  readonly state: string;
  readonly newest: number;
  readonly log: number;
}

interface Kept {
  readonly pglite: PGlite;
  /** Of the fresh copy. */
  readonly fresh: State;
}

const idle: Kept[] = [];

/**
 * An embedded database as `open` makes it. Closing it only empties it for the next test file of the process, because opening one
 * takes most of the processor time of a test file. One whose schema or statistics a test changed is closed.
 */
export async function keepDatabase(open: () => Promise<PGlite>): Promise<PGlite> {
  const waiting = idle.pop();
  if (waiting !== undefined) return lend(waiting);
  const pglite = await open();
  return lend({ pglite, fresh: await readState(pglite) });
}

/** The database for one use: after it was closed, it refuses its user everything, as a closed one does. */
function lend(kept: Kept): PGlite {
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= giveBack(kept));
  const refuse = async (): Promise<never> => {
    throw new Error('PGlite is closed');
  };
  return new Proxy(kept.pglite, {
    get: (pglite, name) => {
      if (name === 'close') return close;
      if (name === 'closed') return closing !== null || pglite.closed;
      const value: unknown = Reflect.get(pglite, name, pglite);
      if (typeof value !== 'function' || name === 'constructor') return value;
      return closing === null ? value.bind(pglite) : refuse;
    },
  });
}

async function giveBack(kept: Kept): Promise<void> {
  if (idle.length < MOST_IDLE && (await canBeEmptied(kept))) idle.push(kept);
  else await kept.pglite.close();
}

async function canBeEmptied(kept: Kept): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, MOST_MS, false);
  });
  const emptied = makeFresh(kept).catch(() => false);
  const isEmpty = await Promise.race([emptied, late]);
  clearTimeout(timer);
  return isEmpty;
}

/** @returns Whether the database is again as it was when it was opened. */
async function makeFresh({ pglite, fresh }: Kept): Promise<boolean> {
  // `discard all` does not run beside other statements.
  await pglite.exec('rollback');
  await pglite.exec('discard all');
  await pglite.exec(emptyAfter(fresh.newest));
  const { state, log } = await readState(pglite);
  return state === fresh.state && log - fresh.log < MOST_LOG_BYTES;
}

async function readState(pglite: PGlite): Promise<State> {
  return (await pglite.query<State>(STATE)).rows[0]!;
}
