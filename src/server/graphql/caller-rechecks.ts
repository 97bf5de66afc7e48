/** Tokens looked at at once: an event of a whole tenant must not take every connection of the pool. */
const PARALLEL = 8;

/**
 * Looks at the tokens of sockets again when events may have ended them. A token that waits already is not asked for twice,
 * and many sockets of one token are one look; what is asked for during a look leads to another one.
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
    // The other sockets of the token are asked for in the same turn.
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
