import type { Authority } from '../../access/index.ts';
import type { ClientTokens } from '../../consents/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { TokenFamilies } from '../../sessions/index.ts';
import type { ClientSession, GrantStore, RevokedFamilies } from './grant.store.ts';

/** Learns, inside the unit of work, which sessions of clients end with the families of users and sessions. */
type ClientSessionsListener = (authority: Authority, ended: readonly ClientSession[]) => void;

/**
 * Revokes the token families of users, sessions and consents, in the transaction that ends those. It records no events, because
 * the events of those changes imply it.
 */
export class GrantFamilies implements TokenFamilies, ClientTokens {
  readonly #grants: GrantStore;
  readonly #clock: Clock;
  #listener: ClientSessionsListener = () => {};

  constructor(grants: GrantStore, clock: Clock) {
    this.#grants = grants;
    this.#clock = clock;
  }

  /** Registers the one who tells clients. */
  tellClientsBy(listener: ClientSessionsListener): void {
    this.#listener = listener;
  }

  async revokeOfUser(
    authority: Authority,
    userId: string,
    { exceptSessionIds = [] }: { readonly exceptSessionIds?: readonly string[] } = {},
  ): Promise<number> {
    const { tenant } = authority;
    return this.#tell(
      authority,
      await this.#grants.revokeOfUser(tenant.id, userId, exceptSessionIds, this.#clock.now()),
    );
  }

  async revokeOfSession(authority: Authority, sessionId: string): Promise<number> {
    return this.#tell(authority, await this.#grants.revokeOfSession(authority.tenant.id, sessionId, this.#clock.now()));
  }

  ownersAmong(tenantId: string, userIds: readonly string[]): Promise<readonly string[]> {
    return this.#grants.ownersAmong(tenantId, userIds);
  }

  revokeOfClient({ tenant }: Authority, userId: string, clientUuid: string): Promise<number> {
    return this.#grants.revokeOfClient(tenant.id, userId, clientUuid, this.#clock.now());
  }

  #tell(authority: Authority, { count, clientSessions }: RevokedFamilies): number {
    if (clientSessions.length > 0) this.#listener(authority, clientSessions);
    return count;
  }
}
