import { kernelErrors } from '../../kernel/index.ts';

/** Waiting for one account at most: at 10 ms a hash the last of 32 waits a third of a second. */
const MAX_WAITING = 32;

/**
 * Runs tasks of one key one after the other, tasks of different keys side by side. Two tries that both read "one try left"
 * would both be checked; here the second sees what the first came to.
 */
export class Serial {
  readonly #queues = new Map<string, (() => void)[]>();

  /** @throws TOO_MANY_REQUESTS Too many wait for the same key. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    await this.#enter(key);
    try {
      return await task();
    } finally {
      this.#leave(key);
    }
  }

  #enter(key: string): Promise<void> | undefined {
    const waiting = this.#queues.get(key);
    if (waiting === undefined) {
      this.#queues.set(key, []);
      return undefined;
    }
    if (waiting.length >= MAX_WAITING) throw kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: 1 });
    return new Promise((resolve) => waiting.push(resolve));
  }

  /** Hands over to the next in line; the entry goes with the last one, so the map holds only keys in use. */
  #leave(key: string): void {
    const next = this.#queues.get(key)?.shift();
    if (next === undefined) this.#queues.delete(key);
    else next();
  }
}
