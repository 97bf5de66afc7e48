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

  /** @param change More than 0 for what begins, less than 0 for what was counted and has ended. */
  count(key: string, change: number): void {
    const counted = this.of(key) + change;
    this.#total += change;
    if (counted === 0) this.#counts.delete(key);
    else this.#counts.set(key, counted);
  }
}
