import type { Authority } from '../../access/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { PageRequest, PageResult } from '../../persistence/index.ts';
import type { GrantStore, OfflineFamily, OfflineFilter } from './grant.store.ts';

/** Shows which clients have access of users that goes on without a session (OpenID Connect Core section 11). */
export class OfflineAccess {
  readonly #grants: GrantStore;
  readonly #clock: Clock;

  constructor(grants: GrantStore, clock: Clock) {
    this.#grants = grants;
    this.#clock = clock;
  }

  /** Valid token families without a session, newest first. */
  page({ tenant }: Authority, filter: OfflineFilter, request: PageRequest): Promise<PageResult<OfflineFamily>> {
    return this.#grants.pageOffline(tenant.id, filter, this.#clock.now(), request);
  }
}
