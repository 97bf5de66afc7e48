import { type ChangeFeed, type EventCatalogue, lifetimesBy, type SecurityEvent } from '../events/index.ts';
import { ReadCache } from '../persistence/index.ts';
import type { ClientDirectory } from './client.directory.ts';
import { clientEvents } from './client.events.ts';
import type { ClientStore } from './client.store.ts';

/** Most origins of one set. For a tenant with more, each origin is looked up separately. */
const MAX_SET = 2_000;
/** Most origins of all sets together: about 100 bytes each, so 20 MB. */
const MAX_KEPT = 200_000;
/** Most cached sets of tenants, and most cached answers about single origins: some 300 bytes each without origins, so 4 MB. */
const CAPACITY = 12_000;
/** Longest origin that a client can list. */
const MAX_LENGTH = 280;
/** Key of the set of all tenants. */
const ALL = '*';

const ROLE_CATEGORIES: ReadonlySet<string | undefined> = new Set(['role', 'group']);

/**
 * Whether other origins may be listed after an event. A new client ends no access, so `ends` in the event catalogue does not
 * cover it. Roles and groups, which end access in a whole tenant and change often, list no origins.
 */
function changesOrigins(event: SecurityEvent, catalogue: EventCatalogue): boolean {
  if (event.type === clientEvents['client.created'].name || event.type === clientEvents['client.registered'].name)
    return true;
  const ended = catalogue.readEndedAccess(event);
  if (ended?.kind === 'client') return true;
  return ended?.kind === 'tenant' && !ROLE_CATEGORIES.has(catalogue.find(event.type)?.category);
}

interface OriginSet {
  readonly origins: ReadonlySet<string>;
  readonly isComplete: boolean;
}

/** Cache value of a single origin that is listed. */
const LISTED = {};

export interface WebOriginDirectoryDeps {
  readonly store: Pick<ClientStore, 'webOrigins' | 'hasWebOrigin'>;
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly catalogue: EventCatalogue;
  /** Absent: sets live for five seconds. */
  readonly feed?: ChangeFeed;
}

/**
 * Knows the origins that clients list (RFC 6454), whose pages may send requests. Keeps a bounded set per tenant, so that
 * preflight requests, which need no credential, cause no queries. Events of clients and tenants drop the sets.
 */
export class WebOriginDirectory {
  readonly #deps: WebOriginDirectoryDeps;
  readonly #sets: ReadCache<OriginSet>;
  readonly #single = new ReadCache<object>({ max: CAPACITY, ...lifetimesBy(), maxMissing: CAPACITY });

  constructor(deps: WebOriginDirectoryDeps) {
    this.#sets = new ReadCache<OriginSet>({
      max: CAPACITY,
      ...lifetimesBy(deps.feed),
      size: { max: MAX_KEPT, of: ({ origins }) => origins.size + 1 },
    });
    this.#deps = deps;
  }

  /**
   * Whether a client that may be used lists the origin.
   * @param tenantId Null: a client of any tenant, for a path without a tenant.
   */
  async isListed(tenantId: string | null, origin: string): Promise<boolean> {
    if (origin.length > MAX_LENGTH) return false;
    const { store } = this.#deps;
    const key = tenantId ?? ALL;
    const set = await this.#sets.get(key, () => this.#read(tenantId));
    if (set.origins.has(origin)) return true;
    if (set.isComplete) return false;
    const single = await this.#single.get(`${key} ${origin}`, async () =>
      (await store.hasWebOrigin(tenantId, origin)) ? LISTED : null,
    );
    return single !== null;
  }

  /** Whether this client lists the origin, and may be used. */
  async isListedBy(tenantId: string, clientId: string, origin: string): Promise<boolean> {
    const record = await this.#deps.clients.byClientId(tenantId, clientId);
    if (record === null || !record.isUsable) return false;
    return record.webOrigins.has(origin);
  }

  async #read(tenantId: string | null): Promise<OriginSet> {
    const found = await this.#deps.store.webOrigins(tenantId, MAX_SET + 1);
    return { origins: new Set(found.slice(0, MAX_SET)), isComplete: found.length <= MAX_SET };
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    const stale = new Set(
      events.filter((event) => changesOrigins(event, this.#deps.catalogue)).map(({ tenantId }) => String(tenantId)),
    );
    if (stale.size === 0) return;
    stale.add(ALL);
    for (const key of stale) this.#sets.delete(key);
    this.#single.drop((key) => stale.has(key.slice(0, key.indexOf(' '))));
  };
}
