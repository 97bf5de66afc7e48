import { LRUCache } from 'lru-cache';
import { readEndedAccess, type SecurityEvent } from '../events/index.ts';
import { kernelErrors, type TenantId, type TenantRef } from '../kernel/index.ts';
import { openUnitOfWork } from '../persistence/index.ts';
import { TENANT_NAME } from './reserved-names.ts';
import { effectiveSettings, type TenantSettings, type TenantSettingsPatch } from './settings.ts';
import type { Tenant } from './tenant.entity.ts';
import type { TenantStore } from './tenant.store.ts';

/** A tenant as requests need it: the reference, and the settings in force. */
export interface KnownTenant extends TenantRef {
  readonly enabled: boolean;
  readonly template: string;
  readonly displayName: string | null;
  readonly notBefore: Date | null;
  readonly settings: TenantSettings;
}

/** Most cached entries per look-up table: about 2 KB each, so 8 MB at most. */
const CAPACITY = 4096;
/** Longest time until a change on another node takes effect here if its event does not arrive. */
const MAX_AGE_MS = 5_000;

const HELD = Symbol('settings that stay as they are until the unit of work ends');

type LookUp = 'id' | 'name' | 'route' | 'host';

/** A cache entry; it also remembers that a tenant does not exist. */
interface Found {
  readonly tenant: KnownTenant | null;
}

/** Splits a cache key such as `id 019a...`. */
function lookUpIn(cacheKey: string): [LookUp, string] {
  const blank = cacheKey.indexOf(' ');
  return [cacheKey.slice(0, blank) as LookUp, cacheKey.slice(blank + 1)];
}

function toKnown(tenant: Tenant): KnownTenant {
  return {
    id: tenant.id as TenantId,
    name: tenant.name,
    route: tenant.route,
    enabled: tenant.enabled,
    template: tenant.template,
    displayName: tenant.displayName ?? null,
    notBefore: tenant.notBefore ?? null,
    settings: effectiveSettings(tenant.template, tenant.settings as TenantSettingsPatch),
  };
}

/** A tenant that was made ends nobody's access, so the event catalogue does not tell of it; that it is missing was remembered. */
function changesTenant(event: SecurityEvent): boolean {
  return event.type === 'tenant.created' || readEndedAccess(event)?.kind === 'tenant';
}

/** Finds tenants by id, name, route or host from a bounded cache; events of tenants and settings drop entries. */
export class TenantDirectory {
  readonly #find: Readonly<Record<LookUp, (key: string) => Promise<Tenant | null>>>;
  readonly #store: TenantStore;
  readonly #known: LRUCache<string, Found>;
  /** Loads under way, which the library does not list. */
  readonly #loading = new Set<{ readonly cacheKey: string }>();

  constructor(store: TenantStore) {
    this.#store = store;
    this.#find = {
      id: (key) => store.findById(key),
      name: (key) => store.findByName(key),
      route: (key) => store.findByRoute(key),
      host: (key) => store.findByHost(key),
    };
    this.#known = new LRUCache({
      max: CAPACITY,
      ttl: MAX_AGE_MS,
      fetchMethod: (key) => this.#load(key),
      // A load that began before an invalidation answers the requests that wait for it, but its result is not cached.
      ignoreFetchAbort: true,
    });
  }

  byId(id: string): Promise<KnownTenant | null> | KnownTenant | null {
    return this.#get('id', id);
  }

  /**
   * Exact case. The name may come from a path, an argument or an unverified token, so no query runs for a malformed one.
   */
  byName(name: string): Promise<KnownTenant | null> | KnownTenant | null {
    return TENANT_NAME.test(name) ? this.#get('name', name) : null;
  }

  byRoute(route: string): Promise<KnownTenant | null> | KnownTenant | null {
    return this.#get('route', route);
  }

  byHost(host: string): Promise<KnownTenant | null> | KnownTenant | null {
    return host.length > 253 ? null : this.#get('host', host.toLowerCase());
  }

  /**
   * The settings in force, for changes of rows that a setting restricts (unique addresses, password policy, last
   * administrator). Call it inside the transaction of the change, before it locks rows. The settings then stay the same
   * until it ends, because a change of settings waits for it; those of `byId` may be some seconds old.
   * @throws NOT_FOUND The tenant was deleted meanwhile.
   */
  async holdSettings(tenantId: string): Promise<TenantSettings> {
    const unit = openUnitOfWork();
    if (unit === undefined) throw new Error('Settings are held in a unit of work.');
    const held = unit.attachment(HELD, () => new Map<string, TenantSettings>());
    const known = held.get(tenantId);
    if (known !== undefined) return known;
    const tenant = await this.#store.holdSettings(tenantId);
    if (tenant === null) throw kernelErrors.NOT_FOUND({ message: 'There is no such tenant.' });
    const { settings } = toKnown(tenant);
    held.set(tenantId, settings);
    return settings;
  }

  #get(by: LookUp, key: string): Promise<KnownTenant | null> | KnownTenant | null {
    const cacheKey = `${by} ${key}`;
    const cached = this.#known.get(cacheKey);
    if (cached !== undefined) return cached.tenant;
    // Inside a transaction, do not join a load of another request: it may wait for the connection that this transaction
    // holds.
    if (openUnitOfWork() !== undefined) return this.#read(by, key);
    return this.#known.fetch(cacheKey).then((found) => found!.tenant);
  }

  async #load(cacheKey: string): Promise<Found> {
    const loading = { cacheKey };
    this.#loading.add(loading);
    try {
      return { tenant: await this.#read(...lookUpIn(cacheKey)) };
    } finally {
      this.#loading.delete(loading);
    }
  }

  async #read(by: LookUp, key: string): Promise<KnownTenant | null> {
    const row = await this.#find[by](key);
    return row === null ? null : toKnown(row);
  }

  /** Drops everything. */
  invalidate(): void {
    this.#known.clear();
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    const stale = new Set(events.filter(changesTenant).map(({ tenantId }) => String(tenantId)));
    if (stale.size === 0) return;
    // A tenant is kept under several keys. What was not there, and what is being read, may be one of these tenants.
    for (const [key, { tenant }] of [...this.#known.entries()])
      if (tenant === null || stale.has(tenant.id)) this.#known.delete(key);
    for (const { cacheKey } of [...this.#loading]) this.#known.delete(cacheKey);
  };
}
