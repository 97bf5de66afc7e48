import type { Clock } from '../kernel/index.ts';
import type { GrantStore } from './grants/grant.store.ts';
import type { SigningKeyStore } from './keys/signing-key.store.ts';
import type { TokenStore } from './tokens/token.store.ts';

/** Deletes expired rows of the OAuth tables. */
export class ExpiredTokens {
  readonly #tokens: TokenStore;
  readonly #grants: GrantStore;
  readonly #keys: SigningKeyStore;
  readonly #clock: Clock;

  constructor(stores: { tokens: TokenStore; grants: GrantStore; keys: SigningKeyStore }, clock: Clock) {
    this.#tokens = stores.tokens;
    this.#grants = stores.grants;
    this.#keys = stores.keys;
    this.#clock = clock;
  }

  /**
   * Deletes up to `limit` expired rows of each table. The server calls it periodically, and repeats the call while it returns
   * `limit` or more; `limit` is 100 on the embedded database and 1000 on a server.
   * @returns How many rows were deleted.
   */
  async sweepExpired(limit: number): Promise<number> {
    const now = this.#clock.now();
    const keys = await this.#keys.sweepExpired(now, limit);
    const tokens = await this.#tokens.sweepExpired(now, limit);
    return keys + tokens + (await this.#grants.sweepExpired(now, limit));
  }
}
