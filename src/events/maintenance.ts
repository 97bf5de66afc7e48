import { sql } from 'kysely';
import { addSeconds, type Clock } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import {
  createPartitions,
  dropPartitionsBefore,
  monthOf,
  plusMonths,
  smallestIdAt,
  smallestIdOf,
} from './partitions.ts';
import { LOG } from './sequencing.ts';

/** How long events are kept; months of the calendar for all, days for tenants that keep less. */
export interface Retention {
  /** Partitions older than this many whole months are dropped. Null keeps everything. */
  readonly longestMonths: number | null;
  readonly shorter: readonly { readonly tenantId: string; readonly days: number }[];
}

/** Any 64-bit number no other application of the database uses. */
const MAINTENANCE_LOCK = 7_236_914_552_013n;
/** The present month and the next two. */
const MONTHS_AHEAD = 3;
const DELETE_BATCH = 1_000;
const SECONDS_A_DAY = 86_400;

/** Housekeeping of the log: partitions, retention, and the rows the sequencer is done with. */
export class LogMaintenance {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #sweepBatch: number;
  /** Arrivals below this transaction id are gone; looking below it would wade through rows not yet vacuumed. */
  #sweptBelow = '0';

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    // On the embedded database every request waits while a batch is deleted.
    this.#sweepBatch = db.isEmbedded ? 100 : 5_000;
  }

  /** Makes the partitions of this month and the next two. */
  async createPartitions(): Promise<void> {
    await this.#alone(() => createPartitions(this.#db, monthOf(this.#clock.now()), MONTHS_AHEAD));
  }

  /** Deletes arrivals that every later pass ignores, and batches but the last. Returns the number of arrivals. */
  async sweep(): Promise<number> {
    const limit = await this.#sweepLimit();
    if (limit === null) return 0;
    const swept = await this.#inBatches(
      this.#sweepBatch,
      () =>
        sql`delete from event_arrivals where ctid = any(array(select ctid from event_arrivals
        where xid >= ${this.#sweptBelow}::xid8 and xid < ${limit.xmin}::xid8 order by xid limit ${this.#sweepBatch}))`,
    );
    if (swept === null) return 0;
    this.#sweptBelow = limit.xmin;
    await this.#inBatches(
      this.#sweepBatch,
      () =>
        sql`delete from event_batches where ctid = any(array(select ctid from event_batches
        where log = ${sql.raw(String(LOG))} and (generation, last_position) < (${limit.generation}::integer, ${limit.position}::bigint)
        limit ${this.#sweepBatch}))`,
    );
    return swept;
  }

  /** Drops and deletes what is past its retention. */
  async expire(retention: Retention): Promise<void> {
    if (retention.longestMonths !== null) await this.dropOlderThan(retention.longestMonths);
    for (const { tenantId, days } of retention.shorter) {
      await this.deleteOlderThan(tenantId, addSeconds(this.#clock.now(), -days * SECONDS_A_DAY));
    }
  }

  /** Drops the partitions before this month less `months`, and the positions of their events. */
  async dropOlderThan(months: number): Promise<void> {
    const first = plusMonths(monthOf(this.#clock.now()), -months);
    const smallest = smallestIdOf(first);
    const dropped = await this.#alone(() => dropPartitionsBefore(this.#db, first));
    if (dropped === null) return;
    await this.#inBatches(
      DELETE_BATCH,
      () =>
        sql`delete from security_events_default where (tenant_id, id) in (
        select tenant_id, id from security_events_default where id < ${smallest}::uuid limit ${DELETE_BATCH})`,
    );
    // Positions and ids grow together, so the oldest ids are among the first positions; the first batch with a younger
    // one is the last to look at. The newest position stays: it carries the numbering on through a restore.
    await this.#inBatches(
      DELETE_BATCH,
      () =>
        sql`delete from event_positions where log = ${sql.raw(String(LOG))} and event_id < ${smallest}::uuid and position in (
        select position from event_positions where log = ${sql.raw(String(LOG))} order by position limit ${DELETE_BATCH})
        and position < (select max(position) from event_positions where log = ${sql.raw(String(LOG))})`,
    );
  }

  /** Deletes a tenant's events made before a moment, and their positions. Returns how many. */
  async deleteOlderThan(tenantId: string, moment: Date): Promise<number> {
    const smallest = smallestIdAt(moment);
    const deleted = await this.#inBatches(
      DELETE_BATCH,
      () =>
        sql`with old as (
          delete from security_events where tenant_id = ${tenantId}::uuid and id in (
            select id from security_events where tenant_id = ${tenantId}::uuid and id < ${smallest}::uuid order by id limit ${DELETE_BATCH})
          returning tenant_id, id),
        forgotten as (delete from event_positions p using old where p.tenant_id = old.tenant_id and p.event_id = old.id
          and p.position < (select max(position) from event_positions where log = ${sql.raw(String(LOG))}))
        select id from old`,
    );
    return deleted ?? 0;
  }

  async #sweepLimit(): Promise<{ xmin: string; generation: number; position: string } | null> {
    const { rows } = await this.#db.detached(() =>
      sql<{ xmin: string; generation: number; position: string }>`
        select pg_snapshot_xmin(snapshot)::text as xmin, generation, last_position::text as position
        from event_batches where log = ${sql.raw(String(LOG))}
        order by log desc, generation desc, last_position desc limit 1`.execute(this.#db.read()),
    );
    return rows[0] ?? null;
  }

  /** Repeats a statement, each time in a transaction of its own, until one touches less than a batch. Null: another node is at it. */
  async #inBatches(size: number, statement: () => ReturnType<typeof sql>): Promise<number | null> {
    let total = 0;
    for (;;) {
      const count = await this.#alone(async () => {
        const { numAffectedRows, rows } = await statement().execute(this.#db.read());
        return rows.length > 0 ? rows.length : Number(numAffectedRows ?? 0);
      });
      if (count === null) return null;
      total += count;
      if (count < size) return total;
    }
  }

  /** Runs work in a transaction, unless another node is at such work: then null. */
  #alone<T>(work: () => Promise<T>): Promise<T | null> {
    return this.#db.detached(() =>
      this.#db.transaction(async () => {
        const { rows } = await sql<{ isOurs: boolean }>`
          select pg_try_advisory_xact_lock(${sql.raw(String(MAINTENANCE_LOCK))}) as "isOurs"`.execute(this.#db.read());
        return rows[0]!.isOurs ? work() : null;
      }),
    );
  }
}
