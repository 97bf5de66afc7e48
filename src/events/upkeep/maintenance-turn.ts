import { sql } from 'kysely';
import type { Database } from '../../persistence/index.ts';

/**
 * Any 64-bit numbers that no other application of the database uses as advisory locks. The sweep, which runs every two seconds,
 * has a separate lock: with a shared one it would interrupt the hourly work so often that less would be deleted than is
 * written.
 */
const LOCKS = { hourly: 7_236_914_552_013n, sweep: 7_236_914_552_015n } as const;

/** Whether the node is ending: its database is about to be closed, so that no further transaction may begin. */
export type IsEnding = () => boolean;

/** Runs maintenance of the log on one node at a time, in separate transactions. */
export class MaintenanceTurn {
  readonly #db: Database;
  readonly #lock: bigint;
  readonly #isEnding: IsEnding;

  constructor(db: Database, kind: keyof typeof LOCKS, isEnding: IsEnding = () => false) {
    this.#db = db;
    this.#lock = LOCKS[kind];
    this.#isEnding = isEnding;
  }

  /** Runs work in a transaction; null when another node is doing such work, or this one is ending. */
  async take<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.#isEnding()) return null;
    return this.#db.detached(() =>
      this.#db.transaction(async () => {
        // Without statistics the planner would scan whole tables for what an index finds.
        const { rows } = await sql<{ isOurs: boolean }>`select set_config('enable_seqscan', 'off', true),
          pg_try_advisory_xact_lock(${sql.raw(String(this.#lock))}) as "isOurs"`.execute(this.#db.read());
        return rows[0]!.isOurs ? work() : null;
      }),
    );
  }

  /**
   * Repeats a statement, each time in a separate transaction, until it affects fewer rows than a batch. Null when another node
   * is doing such work, or this one is ending.
   */
  async inBatches(size: number, statement: () => ReturnType<typeof sql>): Promise<number | null> {
    let total = 0;
    for (;;) {
      const count = await this.take(async () => {
        const { numAffectedRows, rows } = await statement().execute(this.#db.read());
        return rows.length > 0 ? rows.length : Number(numAffectedRows ?? 0);
      });
      if (count === null) return null;
      total += count;
      if (count < size) return total;
    }
  }
}
