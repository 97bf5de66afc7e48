import type { Authority } from '../../access/index.ts';
import type { ClientTokens } from '../../consents/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { TokenFamilies } from '../../sessions/index.ts';
import type { GrantStore } from './grant.store.ts';

/**
 * Revokes the token families of users, sessions and consents, in the transaction that ends those. It records no events, because
 * the events of those changes imply it.
 */
export class GrantFamilies implements TokenFamilies, ClientTokens {
  readonly #grants: GrantStore;
  readonly #clock: Clock;

  constructor(grants: GrantStore, clock: Clock) {
    this.#grants = grants;
    this.#clock = clock;
  }

  revokeOfUser(
    { tenant }: Authority,
    userId: string,
    { exceptSessionIds = [] }: { readonly exceptSessionIds?: readonly string[] } = {},
  ): Promise<number> {
    return this.#grants.revokeOfUser(tenant.id, userId, exceptSessionIds, this.#clock.now());
  }

  revokeOfSession({ tenant }: Authority, sessionId: string): Promise<number> {
    return this.#grants.revokeOfSession(tenant.id, sessionId, this.#clock.now());
  }

  revokeOfClient({ tenant }: Authority, userId: string, clientUuid: string): Promise<number> {
    return this.#grants.revokeOfClient(tenant.id, userId, clientUuid, this.#clock.now());
  }
}
