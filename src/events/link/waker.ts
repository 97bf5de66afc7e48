/** How nodes inform each other of new positions. Losing a message is harmless, because followers also poll. */
export interface Waker {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether the wake-ups of other nodes arrive at the moment. */
  readonly isUp: boolean;
  /** Called after a commit that gave out positions. */
  publish(): void;
  /** Registers a listener for the wake-ups of all nodes. */
  subscribe(listener: () => void): void;
}

/**
 * Wakes within the process. The embedded database needs nothing else. On a PostgreSQL server the sequencer's transaction
 * notifies the other nodes, and the listening connection publishes each notification here.
 */
export class LocalWaker implements Waker {
  readonly #listeners: (() => void)[] = [];
  readonly #isListening: () => boolean;

  /** @param isListening Whether the listening connection is up. Default: there is none, and no other node. */
  constructor(isListening: () => boolean = () => true) {
    this.#isListening = isListening;
  }

  get isUp(): boolean {
    return this.#isListening();
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  publish(): void {
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
