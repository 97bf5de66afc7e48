import { type ChangeFeed, lifetimesBy, type SecurityEvent } from '../events/index.ts';
import { isUuid } from '../kernel/index.ts';
import { ReadCache } from '../persistence/index.ts';
import { isUsable } from './usable.ts';
import type { User } from './user.entity.ts';
import type { UserStore } from './user.store.ts';
import { canonicalUserId } from './user-names.ts';

/** Most cached clients: those of 10,000 tenants. */
const CAPACITY = 12_000;
/** Most of all cached accounts: 12,000 of usual ones. */
const MAX_BYTES = 32_000_000;
/** What an account takes without its attributes: columns, most of them short or empty. */
const ACCOUNT_BYTES = 2_000;
const STATE_BYTES = 200;

/** What becomes of tokens of a client by its service account. */
export interface ServiceAccountState {
  /** The username of the account, which is disabled or blocked for inactivity; null: it is neither, or there is none. */
  readonly blocked: string | null;
  /** The account; null: there is none. */
  readonly account: User | null;
}

const NO_ACCOUNT: ServiceAccountState = { blocked: null, account: null };

export interface ServiceAccountDirectoryDeps {
  readonly store: Pick<UserStore, 'findById' | 'serviceAccountsAmong'>;
  /** Absent: states live for five seconds. */
  readonly feed?: ChangeFeed;
}

/** Characters of attributes have at most two bytes in memory. */
const bytesOf = ({ account }: ServiceAccountState): number =>
  STATE_BYTES + (account === null ? 0 : ACCOUNT_BYTES + 2 * JSON.stringify(account.attributes).length);

/** The service accounts of clients and whether they may be used, from a bounded cache. Events of an account drop it. */
export class ServiceAccountDirectory {
  readonly #deps: ServiceAccountDirectoryDeps;
  readonly #cache: ReadCache<ServiceAccountState>;

  constructor(deps: ServiceAccountDirectoryDeps) {
    this.#cache = new ReadCache<ServiceAccountState>({
      max: CAPACITY,
      size: { max: MAX_BYTES, of: bytesOf },
      ...lifetimesBy(deps.feed),
    });
    this.#deps = deps;
  }

  /** @param clientUuid UUID of the client, which is the id of its account. */
  stateOf(tenantId: string, clientUuid: string): ServiceAccountState | Promise<ServiceAccountState> {
    return this.#cache.get(keyOf(tenantId, clientUuid), async () => {
      const found = await this.#deps.store.findById(tenantId, clientUuid);
      if (found === null || found.serviceClientId !== clientUuid) return NO_ACCOUNT;
      return { blocked: isUsable(found) ? null : found.username, account: found };
    });
  }

  /** UUIDs of the clients whose accounts are among the users: from the cache for one user, else by one statement. */
  async clientsAmong(tenantId: string, userIds: readonly string[]): Promise<readonly string[]> {
    const wanted = userIds.filter(isUuid).map(canonicalUserId);
    const [only] = wanted;
    if (only === undefined) return [];
    if (wanted.length > 1) return this.#deps.store.serviceAccountsAmong(tenantId, wanted);
    return (await this.stateOf(tenantId, only)).account !== null ? [only] : [];
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const { tenantId, subjectId } of events)
      if (subjectId !== null) this.#cache.delete(keyOf(tenantId, subjectId));
  };
}

const keyOf = (tenantId: string | null, id: string): string => `${tenantId} ${id}`;
