import { type ChangeFeed, type EventCatalogue, lifetimesBy, type SecurityEvent } from '../events/index.ts';
import { ReadCache, toColumnSet } from '../persistence/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import { isUsable, type User, type UserStore } from '../users/index.ts';
import type { ApiKey } from './api-key.store.ts';

/** Most owners in memory: about 300 bytes each, so 3 MB. */
const CAPACITY = 10_000;

const COLUMNS = toColumnSet(['enabled', 'inactiveSince', 'createdAt']);

/** What decides whether an owner may act. */
export type OwnerState = Pick<User, 'enabled' | 'inactiveSince' | 'createdAt'>;

/** A key, as far as it depends on its owner. */
export type OwnedKey = Pick<ApiKey, 'ownerTenantId' | 'ownerUserId' | 'createdAt'>;

export interface OwnerStatesDeps {
  readonly users: Pick<UserStore, 'findById' | 'findMany'>;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly catalogue: EventCatalogue;
  readonly feed: ChangeFeed;
}

/** Whether the owners of keys may act, from a bounded cache that events of the owners drop. */
export class OwnerStates {
  readonly #deps: OwnerStatesDeps;
  readonly #cache: ReadCache<OwnerState>;

  constructor(deps: OwnerStatesDeps) {
    this.#deps = deps;
    this.#cache = new ReadCache<OwnerState>({
      max: CAPACITY,
      ...lifetimesBy(deps.feed),
      groupOf: (key) => key.slice(0, key.indexOf(' ')),
    });
  }

  /** Whether the owner of a key may act: it exists, it and its tenant are enabled, and it is not blocked for inactivity. */
  async isUsable(key: OwnedKey): Promise<boolean> {
    const { users, directory } = this.#deps;
    const { ownerTenantId, ownerUserId } = key;
    const tenant = await directory.byId(ownerTenantId);
    if (tenant === null || !tenant.enabled) return false;
    const read = () => users.findById(ownerTenantId, ownerUserId, COLUMNS);
    return isOwnerUsable(key, await this.#cache.get(`${ownerTenantId} ${ownerUserId}`, read));
  }

  /** For loaders: what is known of owners of one tenant, by their ids. Reads no cache. */
  async findMany(ownerTenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, OwnerState>> {
    const { users, directory } = this.#deps;
    const tenant = await directory.byId(ownerTenantId);
    if (tenant === null || !tenant.enabled) return new Map();
    // The columns that were asked for are there.
    return users.findMany(ownerTenantId, userIds, COLUMNS) as Promise<ReadonlyMap<string, User>>;
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const event of events) {
      const ended = this.#deps.catalogue.readEndedAccess(event);
      if (ended?.kind === 'tenant') this.#cache.dropGroup(event.tenantId);
      // Enabling a user ends no access.
      else if (event.subjectId !== null) this.#cache.delete(`${event.tenantId} ${event.subjectId}`);
    }
  };
}

/** Whether the owner of a key may act. A key does not belong to a user who was made after it with the id of a deleted one. */
export const isOwnerUsable = ({ createdAt }: OwnedKey, owner: OwnerState | null): boolean =>
  owner !== null && isUsable(owner) && owner.createdAt <= createdAt;
