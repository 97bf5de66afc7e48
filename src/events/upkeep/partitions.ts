import { sql } from 'kysely';
import type { Database } from '../../persistence/index.ts';

/** A calendar month in UTC: `index` counts months since year 0. */
export interface Month {
  readonly index: number;
}

export const monthOf = (date: Date): Month => ({ index: date.getUTCFullYear() * 12 + date.getUTCMonth() });
const plusMonths = (month: Month, months: number): Month => ({ index: month.index + months });

const startOf = (month: Month): Date => new Date(Date.UTC(Math.floor(month.index / 12), month.index % 12, 1));

/** 48 bits of milliseconds: the year 10889. */
const LAST_MILLISECOND = 2 ** 48 - 1;

/**
 * The smallest UUIDv7 of a moment: its first 48 bits are milliseconds since the epoch (RFC 9562 section 5.7). A moment outside
 * the range of ids gives the nearest id.
 */
export function smallestIdAt(date: Date): string {
  const milliseconds = Math.min(Math.max(date.getTime(), 0), LAST_MILLISECOND);
  const hex = milliseconds.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

const NAME = /^security_events_(\d{4})_(\d{2})$/;

function nameOf(month: Month): string {
  const start = startOf(month);
  return `security_events_${start.getUTCFullYear()}_${String(start.getUTCMonth() + 1).padStart(2, '0')}`;
}

function monthOfName(name: string): Month | null {
  const match = NAME.exec(name);
  return match === null ? null : { index: Number(match[1]) * 12 + Number(match[2]) - 1 };
}

/** Months that have a partition, oldest first. Runs in the open unit of work. */
async function existing(db: Database): Promise<Month[]> {
  const { rows } = await sql<{ name: string }>`select c.relname as name from pg_inherits i
    join pg_class c on c.oid = i.inhrelid where i.inhparent = 'security_events'::regclass order by c.relname`.execute(
    db.read(),
  );
  return rows.flatMap(({ name }) => monthOfName(name) ?? []);
}

/**
 * Makes the missing partitions of a month and those after it. Rows that went to the default partition in the meantime are
 * moved. Runs in the open unit of work.
 */
export async function createPartitions(db: Database, first: Month, count: number): Promise<void> {
  const present = new Set((await existing(db)).map(({ index }) => index));
  for (let i = 0; i < count; i++) {
    const month = plusMonths(first, i);
    if (!present.has(month.index)) await createPartition(db, month);
  }
}

async function createPartition(db: Database, month: Month): Promise<void> {
  const table = sql.id(nameOf(month));
  const from = sql.lit(smallestIdAt(startOf(month)));
  const to = sql.lit(smallestIdAt(startOf(plusMonths(month, 1))));
  const run = (statement: ReturnType<typeof sql>) => statement.execute(db.read());
  // Attaching takes this lock on the default partition anyway. Take it first, so that no row is inserted there after the move.
  await run(sql`lock table security_events_default in access exclusive mode`);
  await run(sql`create table ${table} (like security_events including defaults including constraints)`);
  await run(sql`with moved as (delete from security_events_default where id >= ${from} and id < ${to} returning *)
    insert into ${table} select * from moved`);
  await run(sql`alter table security_events attach partition ${table} for values from (${from}) to (${to})`);
}

/** Whether there are partitions of months before the given one. Runs in the open unit of work. */
export async function hasPartitionsBefore(db: Database, month: Month): Promise<boolean> {
  return (await existing(db)).some(({ index }) => index < month.index);
}

/** Drops the partitions of all months before the given one. Runs in the open unit of work. Returns how many. */
export async function dropPartitionsBefore(db: Database, month: Month): Promise<number> {
  const old = (await existing(db)).filter(({ index }) => index < month.index);
  for (const each of old) await sql`drop table ${sql.id(nameOf(each))}`.execute(db.read());
  return old.length;
}

/** The smallest id that a month may hold. */
export const smallestIdOf = (month: Month): string => smallestIdAt(startOf(month));
