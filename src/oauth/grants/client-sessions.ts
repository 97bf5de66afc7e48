import type { Authority } from '../../access/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { ClientSessionCount, GrantStore } from './grant.store.ts';

/** Where the clients of a tenant have sessions. */
export class ClientSessions {
  readonly #grants: Pick<GrantStore, 'countByClient'>;
  readonly #clock: Clock;

  constructor(grants: Pick<GrantStore, 'countByClient'>, clock: Clock) {
    this.#grants = grants;
    this.#clock = clock;
  }

  /** The clients of the tenant that have sessions, or access that goes on without one, by `client_id`. */
  count({ tenant }: Authority): Promise<readonly ClientSessionCount[]> {
    return this.#grants.countByClient(tenant.id, this.#clock.now());
  }
}
