import { type ChangeFeed, lifetimesBy, type SecurityEvent } from '../events/index.ts';
import { isUuid } from '../kernel/index.ts';
import { ReadCache } from '../persistence/index.ts';
import { isUsable } from './usable.ts';
import type { UserStore } from './user.store.ts';
import { canonicalUserId } from './user-names.ts';

/** Most cached clients: those of 10,000 tenants, of about 200 bytes each. */
const CAPACITY = 12_000;

/** What becomes of tokens of a client by its service account. */
export interface ServiceAccountState {
  /** The username of the account, which is disabled or blocked for inactivity; null: it is neither, or there is none. */
  readonly blocked: string | null;
  /** Whether there is one. */
  readonly hasAccount: boolean;
}

export interface ServiceAccountDirectoryDeps {
  readonly store: Pick<UserStore, 'findById' | 'serviceAccountsAmong'>;
  /** Absent: states live for five seconds. */
  readonly feed?: ChangeFeed;
}

/** Tells whether the service accounts of clients may be used, from a bounded cache. Events of an account drop its state. */
export class ServiceAccountDirectory {
  readonly #deps: ServiceAccountDirectoryDeps;
  readonly #cache: ReadCache<ServiceAccountState>;

  constructor(deps: ServiceAccountDirectoryDeps) {
    this.#cache = new ReadCache<ServiceAccountState>({ max: CAPACITY, ...lifetimesBy(deps.feed) });
    this.#deps = deps;
  }

  /** @param clientUuid UUID of the client, which is the id of its account. */
  stateOf(tenantId: string, clientUuid: string): ServiceAccountState | Promise<ServiceAccountState> {
    return this.#cache.get(keyOf(tenantId, clientUuid), async () => {
      const found = await this.#deps.store.findById(tenantId, clientUuid);
      if (found === null || found.serviceClientId !== clientUuid) return { blocked: null, hasAccount: false };
      return { blocked: isUsable(found) ? null : found.username, hasAccount: true };
    });
  }

  /** UUIDs of the clients whose accounts are among the users: from the cache for one user, else by one statement. */
  async clientsAmong(tenantId: string, userIds: readonly string[]): Promise<readonly string[]> {
    const wanted = userIds.filter(isUuid).map(canonicalUserId);
    const [only] = wanted;
    if (only === undefined) return [];
    if (wanted.length > 1) return this.#deps.store.serviceAccountsAmong(tenantId, wanted);
    return (await this.stateOf(tenantId, only)).hasAccount ? [only] : [];
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const { tenantId, subjectId } of events)
      if (subjectId !== null) this.#cache.delete(keyOf(tenantId, subjectId));
  };
}

const keyOf = (tenantId: string | null, id: string): string => `${tenantId} ${id}`;
