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
   * Runs something that will come to a task of the queue, such as a sign-in with its statements before and after: as many at
   * once as the queue holds. The rest are shed before they cost anything.
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

const isFull = () =>
  kernelErrors.SERVICE_UNAVAILABLE({ detail: 'password hashing queue is full', retryAfterSeconds: 1 });
