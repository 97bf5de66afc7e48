import type { Clock } from '../kernel/index.ts';
import type { OneTimeCodeStore } from './codes/one-time-code.store.ts';
import type { SessionStore } from './session.store.ts';

/** Deletes the expired rows of this module. */
export class ExpiredRows {
  readonly #sessions: SessionStore;
  readonly #codes: OneTimeCodeStore;
  readonly #clock: Clock;

  constructor(sessions: SessionStore, codes: OneTimeCodeStore, clock: Clock) {
    this.#sessions = sessions;
    this.#codes = codes;
    this.#clock = clock;
  }

  /**
   * Deletes up to `limit` expired sessions and as many expired codes, found by index. The server calls it at intervals, and
   * again at once while it returns `limit` or more, in batches of 100 on the embedded database and 1000 on a server.
   * @returns How many rows were deleted.
   */
  async sweepExpired(limit: number): Promise<number> {
    const codes = await this.#codes.sweepExpired(limit);
    return codes + (await this.#sessions.sweepExpired(this.#clock.now(), limit));
  }
}
