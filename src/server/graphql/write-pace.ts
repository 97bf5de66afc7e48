/** Frames written in one turn of the event loop; at 5 us each, a request waits for them at most 5 ms. */
const FRAMES_PER_TURN = 1_000;

/** Spreads the frames of a node over turns of the event loop, so that requests are served between them. */
export class WritePace {
  #left = FRAMES_PER_TURN;
  #turn: Promise<void> | null = null;

  /** Resolves when another frame may be written. Undefined when it may be written at once, which is nearly always so. */
  take(): Promise<void> | undefined {
    if (this.#left === 0) return this.#takeLater();
    this.#left -= 1;
    return undefined;
  }

  async #takeLater(): Promise<void> {
    while (this.#left === 0) await this.#nextTurn();
    this.#left -= 1;
  }

  #nextTurn(): Promise<void> {
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = null;
        this.#left = FRAMES_PER_TURN;
        resolve();
      });
    });
    return this.#turn;
  }
}
