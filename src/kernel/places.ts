import { kernelErrors } from './errors.ts';

/** Runs a bounded number of tasks of each key at once, and refuses more. */
export class Places {
  readonly #limit: number;
  /** How many tasks of each key run; holds only keys in use. */
  readonly #taken = new Map<string, number>();

  /** @param limit How many tasks of a key run at once. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws TOO_MANY_REQUESTS As many tasks of the key run as may. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= this.#limit) throw kernelErrors.TOO_MANY_REQUESTS();
    this.#taken.set(key, taken + 1);
    try {
      return await task();
    } finally {
      this.#leave(key);
    }
  }

  #leave(key: string): void {
    const left = this.#taken.get(key)! - 1;
    if (left === 0) this.#taken.delete(key);
    else this.#taken.set(key, left);
  }
}
