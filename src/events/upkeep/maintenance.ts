import { sql } from 'kysely';
import type { Clock } from '../../kernel/index.ts';
import { type Database, withTimeLimits } from '../../persistence/index.ts';
import { LOG } from '../sequence/sequencing.ts';
import { type IsEnding, MaintenanceTurn } from './maintenance-turn.ts';
import { createPartitions, monthOf } from './partitions.ts';

/** The present month and the next two. */
const MONTHS_AHEAD = 3;
const PARTITION_LIMITS = { statementMs: 300_000, queryMs: 310_000 };

/** Maintains the log: makes its partitions, and deletes the rows that the sequencer no longer needs. */
export class LogMaintenance {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #hourly: MaintenanceTurn;
  readonly #sweeping: MaintenanceTurn;
  readonly #sweepBatch: number;
  /** Arrivals below this transaction id are deleted. Searching below it would read dead rows that are not vacuumed yet. */
  #sweptBelow = '0';
  /** The last position at the last sweep that was finished. */
  #sweptAt: number | undefined;

  constructor(db: Database, clock: Clock, isEnding?: IsEnding) {
    this.#db = db;
    this.#clock = clock;
    this.#hourly = new MaintenanceTurn(db, 'hourly', isEnding);
    this.#sweeping = new MaintenanceTurn(db, 'sweep', isEnding);
    // On the embedded database every request waits while a batch is deleted.
    this.#sweepBatch = db.isEmbedded ? 100 : 5_000;
  }

  /** Makes the partitions of this month and the next two. */
  async createPartitions(): Promise<void> {
    // The limits are long, because rows that a wrong clock put into the default partition are moved.
    await withTimeLimits(PARTITION_LIMITS, () =>
      this.#hourly.take(() => createPartitions(this.#db, monthOf(this.#clock.now()), MONTHS_AHEAD)),
    );
  }

  /**
   * Deletes arrivals that every later pass ignores, and all batches except the last. Returns the number of arrivals.
   * @param last The last position that is known. Without a new one there is nothing to delete, and nothing is read.
   */
  async sweep(last?: number): Promise<number> {
    if (last !== undefined && last === this.#sweptAt) return 0;
    const limit = await this.#sweepLimit();
    if (limit === null) return 0;
    const swept = await this.#sweeping.inBatches(
      this.#sweepBatch,
      () =>
        sql`delete from event_arrivals where ctid = any(array(select ctid from event_arrivals
        where xid >= ${this.#sweptBelow}::xid8 and xid < ${limit.xmin}::xid8 order by xid limit ${this.#sweepBatch}))`,
    );
    if (swept === null) return 0;
    this.#sweptBelow = limit.xmin;
    await this.#sweeping.inBatches(
      this.#sweepBatch,
      () =>
        sql`delete from event_batches where ctid = any(array(select ctid from event_batches
        where log = ${sql.raw(String(LOG))} and (generation, last_position) < (${limit.generation}::integer, ${limit.position}::bigint)
        limit ${this.#sweepBatch}))`,
    );
    this.#sweptAt = last;
    return swept;
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
}
