/** Counts by key, and in all. */
export class Tally {
  /** Holds only keys in use. */
  readonly #counts = new Map<string, number>();
  #total = 0;

  /** The count of all keys together. */
  get total(): number {
    return this.#total;
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** @param change 1 for what begins, -1 for what was counted and has ended. */
  count(key: string, change: 1 | -1): void {
    const counted = this.of(key) + change;
    this.#total += change;
    if (counted === 0) this.#counts.delete(key);
    else this.#counts.set(key, counted);
  }
}
