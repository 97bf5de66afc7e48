import { kernelErrors } from '../../kernel/index.ts';

/**
 * Runs a bounded number of tasks at a time, keeps a bounded number waiting in order of arrival, and sheds the rest at once:
 * a caller that is told to come back costs less than one that is kept waiting past its patience.
 */
export class WorkQueue {
  readonly #concurrency: number;
  readonly #queueLimit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(concurrency: number, queueLimit: number) {
    this.#concurrency = concurrency;
    this.#queueLimit = queueLimit;
  }

  /** @throws SERVICE_UNAVAILABLE The queue is full; trying again makes sense after a second. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  #enter(): Promise<void> | undefined {
    if (this.#running < this.#concurrency) {
      this.#running += 1;
      return undefined;
    }
    if (this.#waiting.length >= this.#queueLimit) {
      throw kernelErrors.SERVICE_UNAVAILABLE({ detail: 'password hashing queue is full', retryAfterSeconds: 1 });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Hands the place to the next in line, so that nobody who arrives meanwhile can take it. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#running -= 1;
    } else {
      next();
    }
  }
}
