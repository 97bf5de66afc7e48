import { addSeconds, type Clock } from '../kernel/index.ts';
import type { TenantUsersStore } from './tenant-users.store.ts';

export interface UserRecountDeps {
  readonly store: Pick<TenantUsersStore, 'tenantsAfter' | 'recount' | 'correct'>;
  readonly clock: Clock;
}

/** From the beginning of one walk through the tenants to that of the next, at least. */
const WALK_SECONDS = 3_600;
/** Users after which a step ends: they are counted in an index, in some 20 ms. */
const USERS_A_STEP = 100_000;
/** Before all ids. */
const FIRST = '00000000-0000-0000-0000-000000000000';

/**
 * Counts the users of all tenants again, once an hour, in steps. Rows that were made by other means than the service, such as an
 * import by SQL, would otherwise be missing from the counts for ever.
 */
export class UserRecount {
  readonly #deps: UserRecountDeps;
  #after = FIRST;
  #nextWalkAt = new Date(0);

  constructor(deps: UserRecountDeps) {
    this.#deps = deps;
  }

  /**
   * Goes on with the walk: counts the users of up to `limit` tenants, and ends after the one with which 100,000 users were counted.
   * Does nothing when the last walk is finished and began less than an hour ago.
   * @returns How many counts were corrected.
   */
  async step(limit: number): Promise<number> {
    const { store, clock } = this.#deps;
    const now = clock.now();
    const isBeginning = this.#after === FIRST;
    if (isBeginning && now < this.#nextWalkAt) return 0;
    const tenantIds = await store.tenantsAfter(this.#after, limit);
    if (isBeginning) this.#nextWalkAt = addSeconds(now, WALK_SECONDS);
    let users = 0;
    let corrected = 0;
    for (const tenantId of tenantIds) {
      // Before the count, so that a tenant whose count fails does not keep the walk from the others.
      this.#after = tenantId;
      const counted = await store.recount(tenantId);
      users += counted.users;
      if (counted.missing !== 0) {
        await store.correct(tenantId);
        corrected += 1;
      }
      if (users >= USERS_A_STEP) return corrected;
    }
    if (tenantIds.length < limit) this.#after = FIRST;
    return corrected;
  }
}
