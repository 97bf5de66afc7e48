import type { Server } from 'node:http';

/** How long requests may still run once no new ones are taken. In milliseconds. */
const GRACE_MS = 3_000;

/**
 * The end of a server, in two parts: it says that it is not ready and serves on, so that load balancers can turn to other
 * nodes; then it stops accepting, lets requests finish and closes what is left. Sockets that were upgraded are not its
 * business: their owner closes them between the two parts, with 1001.
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

  /** Says from now on that the node is not ready, and resolves when it has served on for so long. A second call joins the first. */
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

  /** Ends the time of `serveOn` now. */
  hurry(): void {
    this.#endServing();
  }

  /** Stops accepting; resolves once the last connection is closed. A second call joins the first. */
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
