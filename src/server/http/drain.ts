import type { Server } from 'node:http';

/** How long requests may still run once the server accepts no new ones. In milliseconds. */
const GRACE_MS = 3_000;

/**
 * Ends a server in two parts. First it reports that it is not ready but still serves, so that load balancers can switch to
 * other nodes. Then it stops accepting, lets requests finish and closes the remaining connections. Upgraded sockets are closed
 * elsewhere, with 1001, between the two parts.
 */
export class Drain {
  readonly #server: Server;
  readonly #graceMs: number;
  #serving: Promise<void> | undefined;
  #endServing: () => void = () => undefined;
  #done: Promise<void> | undefined;

  /** @param graceMs After this, requests still running are cut off. In milliseconds. */
  constructor(server: Server, graceMs = GRACE_MS) {
    this.#server = server;
    this.#graceMs = graceMs;
  }

  /** Whether the end has begun: the node reports itself as not ready, and answers ask clients to reconnect. */
  get hasBegun(): boolean {
    return this.#serving !== undefined || this.#done !== undefined;
  }

  /** Reports from now on that the node is not ready, and resolves after this time. A second call returns the same promise. */
  serveOn(milliseconds: number): Promise<void> {
    this.#serving ??= new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#endServing = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return this.#serving;
  }

  /** Makes `serveOn` resolve now. */
  hurry(): void {
    this.#endServing();
  }

  /** Stops accepting; resolves once the last connection is closed. A second call returns the same promise. */
  begin(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  async #run(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const cutOff = setTimeout(() => this.#server.closeAllConnections(), this.#graceMs);
    await closed;
    clearTimeout(cutOff);
  }
}
