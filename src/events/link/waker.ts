/** How nodes tell each other of new positions. Losing a message is harmless: followers also look by themselves. */
export interface Waker {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Called after a commit that gave out positions. */
  publish(): void;
  /** Registers for the news of any node. */
  subscribe(listener: () => void): void;
}

/**
 * Wakes within the process. All the embedded database needs; on PostgreSQL the sequencer's own transaction notifies the
 * other nodes, and the connection that listens publishes here what it hears.
 */
export class LocalWaker implements Waker {
  readonly #listeners: (() => void)[] = [];

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  publish(): void {
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
