import { kernelErrors } from '../../kernel/index.ts';
import type { SecurityEvent } from '../record/event.ts';

/** Writes events with one statement and returns once they are durable; all of them, or none. */
export type EventSink = (events: readonly SecurityEvent[]) => Promise<void>;

export interface GroupWriterOptions<T, R> {
  /** Writes items with one statement, all or none, and returns a result for each once they are durable. */
  readonly write: (items: readonly T[]) => Promise<readonly R[]>;
  /** Called with each group once it is durable, before its callers get their results. */
  readonly onWritten: (items: readonly T[], results: readonly R[]) => void;
  /** Runs a loop outside the context of the request that happened to start it. */
  readonly detached: <T>(work: () => T) => T;
  /** Most items that may wait: 10,000 of about 1 KB are 10 MB and, at 4,000 a second, 2.5 s. */
  readonly maxWaiting?: number;
  /** Most items of one statement. */
  readonly maxGroup?: number;
  /**
   * Most groups written at the same time. Default 1, with which this process idles while the database works, and the database
   * idles while this process works.
   */
  readonly maxParallel?: number;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/** A larger group came from parallel requests; then it pays to let the next group grow. */
const LARGE_GROUP = 4;
/**
 * How long after a flush the next group may grow under load, unless it is full before. A statement costs 150 us whatever its
 * size: at 4,000 events a second, groups of 4 take a quarter of a core in this process, groups of 8 an eighth, and groups
 * beyond 16 gain little more. A single caller never waits for this.
 */
const GROWTH_MS = 2;
const FULL_GROUP = 16;

/** Group commit: all items that wait share one statement and one commit, and their callers are answered after it. */
export class GroupWriter<T, R> {
  readonly #options: GroupWriterOptions<T, R>;
  readonly #maxWaiting: number;
  readonly #maxGroup: number;
  #waiting: Waiting<T, R>[] = [];
  readonly #maxParallel: number;
  readonly #runs = new Set<Promise<void>>();
  /**
   * Runs that will look for waiting items once more. `#runs` cannot tell, because the promise of a finished run settles a
   * little later.
   */
  #looking = 0;
  #isBeginning = false;
  #isHurried = false;
  /** Runs that are letting their next group grow. */
  readonly #growing = new Set<() => void>();

  constructor(options: GroupWriterOptions<T, R>) {
    this.#options = options;
    this.#maxWaiting = options.maxWaiting ?? 10_000;
    this.#maxGroup = options.maxGroup ?? 500;
    this.#maxParallel = options.maxParallel ?? 1;
  }

  /**
   * Resolves once the item is durable.
   * @throws SERVICE_UNAVAILABLE Too many wait already, or the database is away.
   */
  append(item: T): Promise<R> {
    if (this.#waiting.length >= this.#maxWaiting) {
      return Promise.reject(kernelErrors.SERVICE_UNAVAILABLE({ retryAfterSeconds: 1 }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length >= FULL_GROUP) this.#goOn();
      // A run that has just begun takes everything that arrives in this turn of the event loop.
      if (!this.#isBeginning && this.#looking < this.#maxParallel) this.#begin();
    });
  }

  #begin(): void {
    this.#isBeginning = true;
    this.#looking++;
    const run = this.#options.detached(() => this.#run());
    this.#runs.add(run);
    void run.then(() => this.#runs.delete(run));
  }

  /** Ends the growth of a group. */
  #goOn(): void {
    const [goOn] = this.#growing;
    goOn?.();
  }

  /** Writes all waiting items without delay and returns when none waits. */
  async drain(): Promise<void> {
    this.#isHurried = true;
    for (const goOn of this.#growing) goOn();
    while (this.#runs.size > 0) await Promise.all(this.#runs);
    this.#isHurried = false;
  }

  async #run(): Promise<void> {
    // Wait for what else arrives in this turn of the event loop: it joins the first group.
    await new Promise((resolve) => setImmediate(resolve));
    this.#isBeginning = false;
    while (this.#waiting.length > 0) {
      const startedAt = performance.now();
      const group = this.#waiting.splice(0, this.#maxGroup);
      await this.#flush(group);
      if (group.length > LARGE_GROUP) await this.#grow(startedAt + GROWTH_MS - performance.now());
      else await new Promise((resolve) => setImmediate(resolve));
    }
    this.#looking--;
  }

  /** Lets the next group grow for a while, or until it is full. */
  async #grow(ms: number): Promise<void> {
    // Let the callers just answered append again first.
    await new Promise((resolve) => setImmediate(resolve));
    if (ms <= 0 || this.#isHurried || this.#waiting.length >= FULL_GROUP) return;
    await new Promise<void>((resolve) => {
      const goOn = () => {
        clearTimeout(timer);
        this.#growing.delete(goOn);
        resolve();
      };
      const timer = setTimeout(goOn, ms);
      this.#growing.add(goOn);
    });
  }

  /** Writes a group. When the database refuses a row, the group is split until that row fails alone. */
  async #flush(group: readonly Waiting<T, R>[]): Promise<void> {
    const items = group.map(({ item }) => item);
    let results: readonly R[];
    try {
      results = await this.#options.write(items);
    } catch (error) {
      if (group.length === 1 || !isRowFault(error)) {
        for (const { reject } of group) reject(error);
        return;
      }
      const middle = group.length >> 1;
      await this.#flush(group.slice(0, middle));
      await this.#flush(group.slice(middle));
      return;
    }
    this.#options.onWritten(items, results);
    group.forEach(({ resolve }, at) => {
      resolve(results[at]!);
    });
  }
}

/** Data exception, constraint violation, row or index entry too large: the SQLSTATE classes that one row can cause. */
const ROW_FAULT_CLASSES = new Set(['22', '23', '54']);

function isRowFault(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 3) return false;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && ROW_FAULT_CLASSES.has(code.slice(0, 2)) && code.length === 5) return true;
  return isRowFault(cause, depth + 1);
}
