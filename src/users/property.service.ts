import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import {
  type Properties,
  type PropertyPatch,
  patchedProperties,
  propertyChanges,
  propertyFaults,
  propertyMapFaults,
} from './properties.ts';
import type { User } from './user.entity.ts';
import { userEvents } from './user.events.ts';
import type { UserService } from './user.service.ts';
import { throwFaults } from './user-input.ts';

export interface PropertyServiceDeps {
  readonly db: Database;
  readonly users: Pick<UserService, 'lock'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Rules of the properties of accounts. */
export class PropertyService {
  readonly #deps: PropertyServiceDeps;

  constructor(deps: PropertyServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Changes properties: `remove`, then `add`. One event names what changed.
   * @throws USER_PROPERTY_INVALID One field per faulty value; or the whole map is too large.
   * @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED
   */
  async update(authority: Authority, userId: string, patch: PropertyPatch): Promise<User> {
    throwFaults(propertyFaults(patch));
    const { db, users, events, clock } = this.#deps;
    return db.transaction(async () => {
      const user = await users.lock(authority, userId);
      const before = (user.properties ?? {}) as Properties;
      const after = patchedProperties(before, patch);
      const params = propertyChanges(before, after);
      if (params.added.length + params.removed.length === 0) return user;
      throwFaults(propertyMapFaults(after));
      user.properties = after;
      user.updatedAt = clock.now();
      events.record(authority.caller, authority.tenant, {
        type: userEvents['user.properties_changed'],
        subjectId: user.id,
        params,
      });
      return user;
    });
  }
}
