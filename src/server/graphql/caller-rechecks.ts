/** Most tokens checked at the same time: an event of a whole tenant must not take every connection of the pool. */
const PARALLEL = 8;

/**
 * Checks the tokens of sockets again when events may have ended them. A token is checked once for all its sockets and all
 * requests that wait; a request that comes during a check leads to another check.
 */
export class CallerRechecks<S> {
  readonly #look: (authorization: string, sockets: ReadonlySet<S>) => Promise<void>;
  readonly #due = new Map<string, Set<S>>();
  #running = 0;

  /** @param look Must not throw. */
  constructor(look: (authorization: string, sockets: ReadonlySet<S>) => Promise<void>) {
    this.#look = look;
  }

  ask(authorization: string, socket: S): void {
    const waiting = this.#due.get(authorization);
    if (waiting === undefined) this.#due.set(authorization, new Set([socket]));
    else waiting.add(socket);
    // Wait for the other sockets of the token, which are added in the same turn of the event loop.
    queueMicrotask(() => this.#goOn());
  }

  #goOn(): void {
    for (const [authorization, sockets] of this.#due) {
      if (this.#running >= PARALLEL) return;
      this.#due.delete(authorization);
      this.#running += 1;
      void this.#look(authorization, sockets).finally(() => {
        this.#running -= 1;
        this.#goOn();
      });
    }
  }
}
