import { sql } from 'kysely';
import type { Clock } from '../../kernel/index.ts';
import { type Database, settlesWithin } from '../../persistence/index.ts';
import type { Logger } from '../environment/logger.ts';

/** The clocks of this machine. In milliseconds. */
export interface TimeSource {
  /** Since the epoch; an operator or NTP may change it at any moment. */
  wall(): number;
  /** Since some moment in the past; never changed, never backwards. */
  monotonic(): number;
}

const machineTime: TimeSource = { wall: () => Date.now(), monotonic: () => performance.now() };

/** How often the deviation is measured. A clock that is wrong by 100 ppm deviates by half a millisecond in between. */
const MEASURE_EVERY_MS = 6_000;
/**
 * How long after a new connection to measure: it may lead to another server, after a failover, and the other connections of the
 * pool follow within this time.
 */
const AFTER_CONNECT_MS = 200;
const STOP_PATIENCE_MS = 500;
/** Most queries of one measurement; the fastest answer counts. */
const SAMPLES = 4;
/** An answer within this time ends the measurement: it shows deviations of half as much. */
const FAST_MS = 5;
/** While a deviation is corrected, time passes at most a tenth faster or slower, so that it never runs backwards. */
const SLEW = 0.1;
/** A larger step forward is made at once, because a gradual correction would take days for a machine that slept for hours. */
const STEP_MS = 60_000;
/** Smaller deviations are not logged: they cannot make a valid token refused. */
const REMARKABLE_MS = 1_000;

/** When the query was sent and answered, by the monotonic clock, and the time that the database returned. In milliseconds. */
interface Sample {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly databaseMs: number;
}

const roundTrip = ({ sentAt, receivedAt }: Sample): number => receivedAt - sentAt;

/**
 * A clock that follows the time of the database, because the clocks of nodes differ: a token that a slow node dates before the
 * `not_before` that a fast node has just set would be refused until it expires. The deviation is measured every few seconds and
 * after each new connection. A deviation within half the round trip is ignored, a larger one is corrected gradually.
 */
export class DatabaseClock implements Clock {
  readonly #source: TimeSource;
  /** The last fixed point, from which later times are computed. */
  #fixed: { readonly monotonic: number; readonly ms: number };
  /** The correction that is still to be applied; negative when this node is ahead. */
  #pendingMs = 0;

  constructor(source: TimeSource = machineTime) {
    this.#source = source;
    this.#fixed = { monotonic: source.monotonic(), ms: source.wall() };
  }

  now(): Date {
    return new Date(this.#at(this.#source.monotonic()));
  }

  /**
   * Computes the deviation from the fastest of some samples, and begins to correct it.
   * @param isFirst Whether no time was given out yet; then the whole deviation is corrected at once.
   * @returns The deviation, or 0 when it is within half the round trip.
   */
  learn(samples: readonly Sample[], isFirst = false): number {
    const best = samples.reduce((one, other) => (roundTrip(other) < roundTrip(one) ? other : one));
    const boundMs = roundTrip(best) / 2;
    const difference = best.databaseMs + boundMs - this.#at(best.receivedAt);
    const deviation = Math.abs(difference) <= boundMs ? 0 : difference;
    this.#fix();
    this.#pendingMs = deviation;
    if (isFirst || deviation > STEP_MS) this.#step();
    return deviation;
  }

  #at(monotonic: number): number {
    const elapsed = Math.max(0, monotonic - this.#fixed.monotonic);
    return this.#fixed.ms + elapsed + this.#corrected(elapsed);
  }

  /** How much of the pending correction is applied after this time. */
  #corrected(elapsedMs: number): number {
    const most = elapsedMs * SLEW;
    return Math.max(-most, Math.min(most, this.#pendingMs));
  }

  #fix(): void {
    const monotonic = this.#source.monotonic();
    const ms = this.#at(monotonic);
    this.#pendingMs -= this.#corrected(monotonic - this.#fixed.monotonic);
    this.#fixed = { monotonic, ms };
  }

  #step(): void {
    this.#fixed = { ...this.#fixed, ms: this.#fixed.ms + this.#pendingMs };
    this.#pendingMs = 0;
  }

  /** Queries the time of the database, several times while it answers slowly. For the embedded database it is the wall clock of this machine. */
  async sample(db: Database): Promise<readonly Sample[]> {
    const now = this.#source.monotonic();
    if (db.isEmbedded) return [{ sentAt: now, receivedAt: now, databaseMs: this.#source.wall() }];
    const samples: Sample[] = [];
    do {
      const sentAt = this.#source.monotonic();
      const databaseMs = await askTime(db);
      samples.push({ sentAt, receivedAt: this.#source.monotonic(), databaseMs });
    } while (samples.length < SAMPLES && roundTrip(samples.at(-1)!) > FAST_MS);
    return samples;
  }
}

async function askTime(db: Database): Promise<number> {
  const { rows } = await db.detached(() =>
    sql<{ ms: number }>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(db.read()),
  );
  return rows[0]!.ms;
}

/** Measures the deviation as long as the node runs. */
export class ClockWatch {
  readonly #db: Database;
  readonly #clock: DatabaseClock;
  readonly #logger: Pick<Logger, 'warn' | 'debug'>;
  #timer: NodeJS.Timeout | undefined;
  #measuring: Promise<void> | undefined;
  #isStopped = false;
  #forget: (() => void) | undefined;

  constructor(db: Database, clock: DatabaseClock, logger: Pick<Logger, 'warn' | 'debug'>) {
    this.#db = db;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Resolves once the clock has been corrected for the first time. */
  async start(): Promise<void> {
    this.#tell(this.#clock.learn(await this.#clock.sample(this.#db), true));
    this.#forget = this.#db.server?.onConnect(() => this.#schedule(AFTER_CONNECT_MS));
    this.#schedule(MEASURE_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#forget?.();
    // Do not wait long: the database may not answer.
    if (this.#measuring !== undefined) await settlesWithin(STOP_PATIENCE_MS, this.#measuring);
  }

  /** Plans the next measurement, in place of one already planned. A running measurement plans the next one itself. */
  #schedule(delayMs: number): void {
    if (this.#isStopped || this.#measuring !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#measuring = this.#measure().finally(() => {
        this.#measuring = undefined;
        this.#schedule(MEASURE_EVERY_MS);
      });
    }, delayMs).unref();
  }

  async #measure(): Promise<void> {
    try {
      this.#tell(this.#clock.learn(await this.#clock.sample(this.#db)));
    } catch (error) {
      // While the database is away, the clock continues without correction.
      this.#logger.debug({ err: error }, 'The time of the database could not be measured');
    }
  }

  #tell(deviationMs: number): void {
    if (Math.abs(deviationMs) < REMARKABLE_MS) return;
    this.#logger.warn(
      { deviationMs: Math.round(deviationMs) },
      'The clock of this machine differs from that of the database, whose time is used',
    );
  }
}
