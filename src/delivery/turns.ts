interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

/** Runs a bounded number of tasks of each key at once; the others wait in order. Tasks of different keys do not wait for each other. */
export class Turns {
  readonly #limit: number;
  /** Holds only keys in use. */
  readonly #lanes = new Map<string, Lane>();

  /** @param limit How many tasks of a key run at once. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    await this.#enter(key);
    try {
      return await task();
    } finally {
      this.#leave(key);
    }
  }

  #enter(key: string): Promise<void> | undefined {
    const lane = this.#lanes.get(key) ?? { running: 0, waiting: [] };
    this.#lanes.set(key, lane);
    if (lane.running >= this.#limit) return new Promise((resolve) => lane.waiting.push(resolve));
    lane.running++;
    return undefined;
  }

  /** Gives the turn to the next task, or gives it back. */
  #leave(key: string): void {
    const lane = this.#lanes.get(key)!;
    const next = lane.waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    lane.running--;
    if (lane.running === 0) this.#lanes.delete(key);
  }
}
