/** How a round of a loop ended, as the milliseconds to rest before the next may begin, woken or not. */
export interface Round {
  readonly restMs: number;
  /** Whether to go on after the rest without being woken. */
  readonly isUnfinished: boolean;
}

/** Longest time between two rounds, in milliseconds; a function is asked before each rest. */
export type PollMs = number | (() => number);

export interface LoopOptions {
  readonly round: () => Promise<Round>;
  /** Finds work for which no wake-up came. */
  readonly pollMs: PollMs;
  /** Called when a round throws, once until a round succeeds again; the loop goes on. Not called after `stop`. */
  readonly onError: (error: unknown) => void;
}

const REST_AFTER_ERROR_MS = 250;

/** A background loop that rests until it is woken or its poll is due. Rounds never overlap. */
export class Loop {
  readonly #options: LoopOptions;
  #isStopped = true;
  #isWoken = false;
  #wake: (() => void) | undefined;
  #finished: Promise<void> = Promise.resolve();
  #isFailing = false;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    // A round that failed after the stop was not reported.
    this.#isFailing = false;
    this.#finished = this.#run();
  }

  /** Asks for a round soon; several calls before it begins have the effect of one. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Stops the loop after the round under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake?.();
    await this.#finished;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      this.#isWoken = false;
      const { restMs, isUnfinished } = await this.#round();
      if (this.#isStopped) return;
      if (restMs > 0) await this.#sleep(restMs, false);
      if (!isUnfinished && !this.#isWoken && !this.#isStopped) await this.#sleep(this.#pollMs(), true);
    }
  }

  #pollMs(): number {
    const { pollMs } = this.#options;
    return typeof pollMs === 'number' ? pollMs : pollMs();
  }

  async #round(): Promise<Round> {
    try {
      const round = await this.#options.round();
      this.#isFailing = false;
      return round;
    } catch (error) {
      // A round that outlasts the patience of a stop fails because the database was closed, which is no fault.
      if (!this.#isFailing && !this.#isStopped) this.#options.onError(error);
      this.#isFailing = true;
      return { restMs: REST_AFTER_ERROR_MS, isUnfinished: true };
    }
  }

  /** Stopping ends any sleep; `wake` ends only a wakeable one. */
  #sleep(ms: number, isWakeable: boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      timer.unref();
      this.#wake = () => {
        if (isWakeable || this.#isStopped) done();
      };
    });
  }
}
