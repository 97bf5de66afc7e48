import { sql } from 'kysely';
import type { Database } from '../persistence/index.ts';

/** Any 64-bit number no other application of the database uses. */
const MAINTENANCE_LOCK = 7_236_914_552_013n;

/** Work on the log that one node at a time does, in transactions of its own. */
export class MaintenanceTurn {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Runs work in a transaction, unless another node is at such work: then null. */
  take<T>(work: () => Promise<T>): Promise<T | null> {
    return this.#db.detached(() =>
      this.#db.transaction(async () => {
        // Without statistics the planner would scan whole tables for what an index finds.
        const { rows } = await sql<{ isOurs: boolean }>`select set_config('enable_seqscan', 'off', true),
          pg_try_advisory_xact_lock(${sql.raw(String(MAINTENANCE_LOCK))}) as "isOurs"`.execute(this.#db.read());
        return rows[0]!.isOurs ? work() : null;
      }),
    );
  }

  /** Repeats a statement, each time in a transaction of its own, until one touches less than a batch. Null: another node is at it. */
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
