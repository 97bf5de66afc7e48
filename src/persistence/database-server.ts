import { ServerConnection } from './server-connection.ts';
import { StatementNames } from './statement-names.ts';
import { DEFAULT_TIME_LIMITS, settlesWithin, type TimeLimits } from './time-limits.ts';

/** How long connections may take to end when the server is closed. */
const CLOSE_PATIENCE_MS = 500;

/**
 * The server behind a URL, as seen by one node. Makes its connections, and remembers which of them need a check. After a
 * failover the URL leads to another server, while connections to the old one stay open as long as that server runs.
 */
export class DatabaseServer {
  readonly url: string;
  readonly limits: TimeLimits;
  readonly names: StatementNames;
  readonly #open = new Set<ServerConnection>();
  readonly #listeners = new Set<() => void>();
  #generation = 0;

  /** @param warn Called with a sentence for the operator. */
  constructor(url: string, limits: Partial<TimeLimits> = {}, warn: (message: string) => void = () => undefined) {
    this.url = url;
    this.limits = { ...DEFAULT_TIME_LIMITS, ...limits };
    this.names = new StatementNames(warn);
  }

  /**
   * Grows with each call of `distrust`. A connection of an earlier generation must check that its server accepts writes.
   */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Reports that a connection of a generation does not answer or is read-only, so that connections made or checked before
   * are checked again.
   */
  distrust(generation: number): void {
    if (generation === this.#generation) this.#generation++;
  }

  /**
   * A connection that is not open yet.
   * @param name Shown as `application_name`, so that the operator can identify the connection.
   */
  connection(name: string): ServerConnection {
    const connection = new ServerConnection(this, name);
    this.track(connection);
    return connection;
  }

  /** Remembers a connection until it ends, so that `close` can wait for it. */
  track(connection: ServerConnection): void {
    this.#open.add(connection);
    connection.once('connect', () => {
      for (const listener of this.#listeners) listener();
    });
    connection.once('end', () => this.#open.delete(connection));
  }

  /**
   * Calls the listener after each new connection, which may lead to another server than before.
   * @returns A function that removes the listener.
   */
  onConnect(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for connections that are ending, and closes the sockets of those that take too long. */
  async close(): Promise<void> {
    const ended = [...this.#open].map((connection) => new Promise((resolve) => connection.once('end', resolve)));
    await settlesWithin(CLOSE_PATIENCE_MS, Promise.all(ended));
    for (const connection of this.#open) connection.cut();
  }
}
