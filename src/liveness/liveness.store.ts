import { sql } from 'kysely';
import { type Database, defineStatement } from '../persistence/index.ts';

/** Results of checks. */
export const LIVENESS_RESULTS = ['passed', 'failed', 'skipped'] as const;
export type LivenessResult = (typeof LIVENESS_RESULTS)[number];

/** Lengths of the buckets of a report. */
export type LivenessResolution = 'day' | 'hour' | 'minute';

/** How many checks had each result, and how long those took that told. */
export interface LivenessCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly timed: number;
  readonly durationMs: number;
}

/** The counts of a bucket that has any. */
export interface CountedBucket extends LivenessCounts {
  readonly start: Date;
}

const COUNT = defineStatement<object>(
  'liveness-count',
  `insert into liveness_counts as c (tenant_id, minute, passed, failed, skipped, timed, duration_ms)
  values ($1, date_trunc('minute', $2::timestamptz), $3::int, $4::int, $5::int, $6::int, $7::bigint)
  on conflict (tenant_id, minute) do update set passed = c.passed + excluded.passed, failed = c.failed + excluded.failed,
    skipped = c.skipped + excluded.skipped, timed = c.timed + excluded.timed, duration_ms = c.duration_ms + excluded.duration_ms`,
);

/** Sums of integers are big integers, which fit into numbers here: a number holds the minutes of 17 million years. */
const REPORT = defineStatement<CountedBucket>(
  'liveness-report',
  `select date_trunc($4, minute, 'UTC') as start, sum(passed)::float8 as passed, sum(failed)::float8 as failed,
    sum(skipped)::float8 as skipped, sum(timed)::float8 as timed, sum(duration_ms)::float8 as "durationMs"
  from liveness_counts where tenant_id = $1 and minute >= $2 and minute < $3 group by 1 order by 1`,
);

/** The only queries on counts of liveness. */
export class LivenessStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Counts one check. @param durationMs Null: it did not say how long it took. */
  async count(tenantId: string, now: Date, result: LivenessResult, durationMs: number | null): Promise<void> {
    const counts = LIVENESS_RESULTS.map((name) => (name === result ? 1 : 0));
    await this.#db.run(COUNT, [tenantId, now, ...counts, durationMs === null ? 0 : 1, durationMs ?? 0]);
  }

  /** The buckets, in UTC, that have counts of minutes from `start` to `end`, the latter excluded, in their order. */
  report(tenantId: string, start: Date, end: Date, resolution: LivenessResolution): Promise<CountedBucket[]> {
    return this.#db.run(REPORT, [tenantId, start, end, resolution]);
  }

  /** Deletes up to `limit` counts of minutes before a moment, with an index probe for each tenant. @returns How many. */
  sweepBefore(moment: Date, limit: number): Promise<number> {
    return this.#db.change(sql`
      delete from liveness_counts c using (
        select o.tenant_id, o.minute from tenants t cross join lateral (
          select tenant_id, minute from liveness_counts
          where tenant_id = t.id and minute < ${moment} order by minute limit ${limit}
        ) o limit ${limit}
      ) gone
      where c.tenant_id = gone.tenant_id and c.minute = gone.minute`);
  }
}
