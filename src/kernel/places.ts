import { kernelErrors } from './errors.ts';
import { Tally } from './tally.ts';

/** Runs a bounded number of tasks of each key at once, and refuses more. */
export class Places {
  readonly #limit: number;
  /** How many tasks of each key run. */
  readonly #taken = new Tally();

  /** @param limit How many tasks of a key run at once. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws TOO_MANY_REQUESTS As many tasks of the key run as may. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    if (this.#taken.of(key) >= this.#limit) throw kernelErrors.TOO_MANY_REQUESTS();
    this.#taken.count(key, 1);
    try {
      return await task();
    } finally {
      this.#taken.count(key, -1);
    }
  }
}
