import { kernelErrors } from '../../kernel/index.ts';

/**
 * Runs a bounded number of tasks at a time, lets a bounded number wait in order of arrival, and refuses the rest at once,
 * because a caller that tries again later costs less than one that times out while waiting.
 */
export class WorkQueue {
  readonly #concurrency: number;
  readonly #queueLimit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #admitted = 0;

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

  /**
   * Runs work that contains a task of the queue, such as a sign-in with its statements before and after the hash. Admits as
   * many at once as the queue can run and hold, and refuses the rest before they cost anything.
   * @throws SERVICE_UNAVAILABLE
   */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    if (this.#admitted >= this.#concurrency + this.#queueLimit) throw isFull();
    this.#admitted += 1;
    try {
      return await work();
    } finally {
      this.#admitted -= 1;
    }
  }

  #enter(): Promise<void> | undefined {
    if (this.#running < this.#concurrency) {
      this.#running += 1;
      return undefined;
    }
    if (this.#waiting.length >= this.#queueLimit) {
      throw isFull();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Passes the slot directly to the first waiting task, so that a new one cannot take it in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#running -= 1;
    } else {
      next();
    }
  }
}

const isFull = () =>
  kernelErrors.SERVICE_UNAVAILABLE({ detail: 'password hashing queue is full', retryAfterSeconds: 1 });
