import type { Server } from 'node:http';

/** Leaves 2 s of the 10 s between SIGTERM and the end for everything behind the server. In milliseconds. */
const GRACE_MS = 8_000;

/**
 * The end of a server: stops accepting, lets requests finish, then closes what is left. Sockets that were upgraded are not
 * its business: whoever upgraded them closes them first, with 1001.
 */
export class Drain {
  readonly #server: Server;
  readonly #graceMs: number;
  #done: Promise<void> | undefined;

  /** @param graceMs After this, requests still running are cut off. In milliseconds. */
  constructor(server: Server, graceMs = GRACE_MS) {
    this.#server = server;
    this.#graceMs = graceMs;
  }

  /** Whether the end has begun: the node reports itself as not ready, and answers ask clients to reconnect. */
  get hasBegun(): boolean {
    return this.#done !== undefined;
  }

  /** Resolves once the last connection is closed. A second call joins the first. */
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
