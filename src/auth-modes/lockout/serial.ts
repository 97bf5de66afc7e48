import { kernelErrors } from '../../kernel/index.ts';

/** Most attempts that wait for one account: at 10 ms a hash, the last of 32 waits a third of a second. */
const MAX_WAITING = 32;

/**
 * Runs tasks of the same key one after the other, and tasks of different keys in parallel. Without it, two attempts that
 * both read "one attempt left" would both be checked; with it, the second sees the result of the first.
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

  /** Starts the next waiting task, or deletes the entry after the last one, so that the map holds only keys in use. */
  #leave(key: string): void {
    const next = this.#queues.get(key)?.shift();
    if (next === undefined) this.#queues.delete(key);
    else next();
  }
}
