import type { Authority } from '../access/index.ts';
import { addSeconds, type Clock } from '../kernel/index.ts';
import { livenessErrors } from './liveness.errors.ts';
import type { LivenessCounts, LivenessResolution, LivenessResult, LivenessStore } from './liveness.store.ts';

export type { LivenessResolution, LivenessResult } from './liveness.store.ts';

/** How checks went in a time. */
export interface LivenessTotals {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Average of those that said how long they took, in milliseconds; null when none did. */
  readonly averageDurationMs: number | null;
}

/** How they went in a part of it. */
export interface LivenessBucket extends LivenessTotals {
  readonly start: Date;
}

export interface LivenessReport {
  readonly totals: LivenessTotals;
  /** Every bucket that the time touches, in order, those without checks too. */
  readonly buckets: readonly LivenessBucket[];
}

/** What a report is about: from `start` to `end`, which is excluded. */
export interface LivenessPeriod {
  readonly start: Date;
  readonly end: Date;
  /** Length of the buckets, which begin with the days, hours and minutes of UTC. */
  readonly resolution: LivenessResolution;
}

export interface LivenessServiceDeps {
  readonly store: LivenessStore;
  readonly clock: Clock;
}

const BUCKET_MS: Readonly<Record<LivenessResolution, number>> = { day: 86_400_000, hour: 3_600_000, minute: 60_000 };
/** A report of 1,000 buckets is some 150 KB of JSON. */
const MAX_BUCKETS = 1_000;
/** An hour. Pages tell durations, and one that is wrong should not hide all others. */
const MAX_DURATION_MS = 3_600_000;
/** A year and a month, so that a month can be compared with that of the year before: at most 576,000 rows of a tenant. */
const KEPT_SECONDS = 400 * 86_400;

const NOTHING: LivenessCounts = { passed: 0, failed: 0, skipped: 0, timed: 0, durationMs: 0 };

/** Counts by the minute how checks of liveness went, which pages make and tell, and reports them. */
export class LivenessService {
  readonly #deps: LivenessServiceDeps;

  constructor(deps: LivenessServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Counts a check of somebody who has proved who they are. The caller of this method must have seen the proof, because anybody
   * could make up checks otherwise.
   * @param durationMs How long it took, in milliseconds, cut to an hour; null: unknown.
   */
  async count(tenantId: string, result: LivenessResult, durationMs: number | null): Promise<void> {
    const { clock, store } = this.#deps;
    const taken = durationMs === null ? null : Math.min(Math.max(Math.round(durationMs), 0), MAX_DURATION_MS);
    await store.count(tenantId, clock.now(), result, taken);
  }

  /**
   * How the checks of a tenant went.
   * @throws LIVENESS_PERIOD_INVALID The end is not after the start; there would be more than 1,000 buckets.
   */
  async report({ tenant }: Authority, { start, end, resolution }: LivenessPeriod): Promise<LivenessReport> {
    if (end <= start) throw livenessErrors.LIVENESS_PERIOD_INVALID().at('end');
    const size = BUCKET_MS[resolution];
    const first = Math.floor(start.getTime() / size) * size;
    const count = Math.ceil((end.getTime() - first) / size);
    if (count > MAX_BUCKETS) throw livenessErrors.LIVENESS_PERIOD_INVALID().at('end');
    const counted = await this.#deps.store.report(tenant.id, start, end, resolution);
    const found = new Map(counted.map((bucket) => [bucket.start.getTime(), bucket]));
    const buckets = Array.from({ length: count }, (_, at) => {
      const time = first + at * size;
      return { start: new Date(time), ...toTotals(found.get(time) ?? NOTHING) };
    });
    return { totals: toTotals(counted.reduce(add, NOTHING)), buckets };
  }

  /** Deletes up to `limit` counts that are older than 400 days. @returns How many were deleted. */
  sweepExpired(limit: number): Promise<number> {
    return this.#deps.store.sweepBefore(addSeconds(this.#deps.clock.now(), -KEPT_SECONDS), limit);
  }
}

const add = (a: LivenessCounts, b: LivenessCounts): LivenessCounts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  timed: a.timed + b.timed,
  durationMs: a.durationMs + b.durationMs,
});

const toTotals = ({ passed, failed, skipped, timed, durationMs }: LivenessCounts): LivenessTotals => ({
  total: passed + failed + skipped,
  passed,
  failed,
  skipped,
  averageDurationMs: timed === 0 ? null : Math.round(durationMs / timed),
});
