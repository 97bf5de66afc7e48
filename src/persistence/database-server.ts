import { ServerConnection } from './server-connection.ts';
import { DEFAULT_TIME_LIMITS, settlesWithin, type TimeLimits } from './time-limits.ts';

/** What closing lets connections take to say goodbye. */
const CLOSE_PATIENCE_MS = 500;

/**
 * The server behind a URL, as one node sees it: makes its connections, and remembers which of them are not to be relied on.
 * After a failover a URL leads to another server, while connections to the old one stay open as long as that one is there.
 */
export class DatabaseServer {
  readonly url: string;
  readonly limits: TimeLimits;
  readonly #open = new Set<ServerConnection>();
  readonly #listeners = new Set<() => void>();
  #generation = 0;

  constructor(url: string, limits: Partial<TimeLimits> = {}) {
    this.url = url;
    this.limits = { ...DEFAULT_TIME_LIMITS, ...limits };
  }

  /** Grows with each doubt: a connection of an earlier generation has to show that its server takes writes. */
  get generation(): number {
    return this.#generation;
  }

  /** Says that a connection of a generation is silent or read-only: those made or checked before now may be no better. */
  distrust(generation: number): void {
    if (generation === this.#generation) this.#generation++;
  }

  /**
   * A connection, not yet made.
   * @param name Shown as `application_name`, so that the operator knows the connection.
   */
  connection(name: string): ServerConnection {
    const connection = new ServerConnection(this, name);
    this.track(connection);
    return connection;
  }

  /** Remembers a connection until its end, so that closing finds it. */
  track(connection: ServerConnection): void {
    this.#open.add(connection);
    connection.once('connect', () => {
      for (const listener of this.#listeners) listener();
    });
    connection.once('end', () => this.#open.delete(connection));
  }

  /**
   * Calls the listener whenever a connection was made: perhaps to another server than before.
   * @returns What ends that.
   */
  onConnect(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for connections that were ended, and cuts those that do not end. */
  async close(): Promise<void> {
    const ended = [...this.#open].map((connection) => new Promise((resolve) => connection.once('end', resolve)));
    await settlesWithin(CLOSE_PATIENCE_MS, Promise.all(ended));
    for (const connection of this.#open) connection.cut();
  }
}
