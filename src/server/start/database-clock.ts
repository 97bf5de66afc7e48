import { sql } from 'kysely';
import type { Clock } from '../../kernel/index.ts';
import { type Database, settlesWithin } from '../../persistence/index.ts';
import type { Logger } from '../environment/logger.ts';

/** What this machine knows of time. In milliseconds. */
export interface TimeSource {
  /** Since the epoch; an operator or NTP may set it at any moment. */
  wall(): number;
  /** Since some moment of the past; never set, never backwards. */
  monotonic(): number;
}

const machineTime: TimeSource = { wall: () => Date.now(), monotonic: () => performance.now() };

/** Ten in a minute cost nothing, and a clock that runs wrong by 100 ppm is off by half a millisecond in between. */
const MEASURE_EVERY_MS = 6_000;
/** A new connection may lead to another server, after a failover; all of a pool come within this. */
const AFTER_CONNECT_MS = 200;
const STOP_PATIENCE_MS = 500;
/** Questions of one measurement; the quickest answer counts. */
const SAMPLES = 4;
/** Time passes by at most a tenth faster or slower while a deviation is corrected, so that it never runs backwards. */
const SLEW = 0.1;
/** A larger step forward is taken at once: slewed, the hours of a machine that slept would take days. */
const STEP_MS = 60_000;
/** Logged from here on: no token and no mark is misjudged by less. */
const REMARKABLE_MS = 1_000;

/** When the database was asked and had answered, by the monotonic clock, and what its clock said. In milliseconds. */
interface Sample {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly databaseMs: number;
}

const roundTrip = ({ sentAt, receivedAt }: Sample): number => receivedAt - sentAt;

/**
 * The time of the database, kept by this node: the clocks of nodes differ, and a token that a slow one dates before the
 * mark that a fast one has just set would be refused for its whole life. The deviation is measured every few seconds and after
 * each new connection; what half the round trip may explain is left alone, the rest is corrected gradually.
 */
export class DatabaseClock implements Clock {
  readonly #source: TimeSource;
  /** The moment up to which time is fixed: later ones follow from it. */
  #fixed: { readonly monotonic: number; readonly ms: number };
  /** Still to be added to what the machine counts; negative when this node is ahead. */
  #pendingMs = 0;

  constructor(source: TimeSource = machineTime) {
    this.#source = source;
    this.#fixed = { monotonic: source.monotonic(), ms: source.wall() };
  }

  now(): Date {
    return new Date(this.#at(this.#source.monotonic()));
  }

  /**
   * Learns from the quickest of some samples.
   * @param isFirst Nothing was dated yet: the whole deviation is corrected at once.
   * @returns The deviation that was found, 0 when the round trip may explain it.
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

  /** How much of what is pending has been added after so long. */
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

  /** Asks the database some times for its time. That of an embedded one is the wall clock of this machine, at once. */
  async sample(db: Database): Promise<readonly Sample[]> {
    const now = this.#source.monotonic();
    if (db.isEmbedded) return [{ sentAt: now, receivedAt: now, databaseMs: this.#source.wall() }];
    const samples: Sample[] = [];
    for (let taken = 0; taken < SAMPLES; taken += 1) {
      const sentAt = this.#source.monotonic();
      const databaseMs = await askTime(db);
      samples.push({ sentAt, receivedAt: this.#source.monotonic(), databaseMs });
    }
    return samples;
  }
}

async function askTime(db: Database): Promise<number> {
  const { rows } = await db.detached(() =>
    sql<{ ms: number }>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(db.read()),
  );
  return rows[0]!.ms;
}

/** Measures for as long as the node runs. */
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

  /** Resolves once the clock is right for the first time. */
  async start(): Promise<void> {
    this.#tell(this.#clock.learn(await this.#clock.sample(this.#db), true));
    this.#forget = this.#db.server?.onConnect(() => this.#schedule(AFTER_CONNECT_MS));
    this.#schedule(MEASURE_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#forget?.();
    // The database may not answer.
    if (this.#measuring !== undefined) await settlesWithin(STOP_PATIENCE_MS, this.#measuring);
  }

  /** A measurement that is due sooner than planned replaces the planned one; one that runs is followed by the next. */
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
      // While the database is away the clock runs on as it did.
      this.#logger.debug({ err: error }, 'The clock was not compared with that of the database');
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
