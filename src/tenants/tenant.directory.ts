import type { EventCatalogue, SecurityEvent } from '../events/index.ts';
import { kernelErrors, type TenantId, type TenantRef } from '../kernel/index.ts';
import { openUnitOfWork, ReadCache } from '../persistence/index.ts';
import { TENANT_NAME } from './reserved-names.ts';
import { effectiveSettings, type TenantSettings, type TenantSettingsPatch } from './settings.ts';
import type { Tenant } from './tenant.entity.ts';
import { tenantEvents } from './tenant.events.ts';
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

/**
 * Whether a tenant changed. A new tenant ends no access, so `ends` in the event catalogue does not cover it; but the cache may
 * have stored that the tenant does not exist.
 */
function changesTenant(event: SecurityEvent, catalogue: EventCatalogue): boolean {
  return event.type === tenantEvents['tenant.created'].name || catalogue.readEndedAccess(event)?.kind === 'tenant';
}

/** Finds tenants by id, name, route or host from a bounded cache; events of tenants and settings drop entries. */
export class TenantDirectory {
  readonly #find: Readonly<Record<LookUp, (key: string) => Promise<Tenant | null>>>;
  readonly #store: TenantStore;
  readonly #catalogue: EventCatalogue;
  // A transaction that relies on a setting holds it by `holdSettings`, so others may use what is cached.
  readonly #cache = new ReadCache<KnownTenant>({ max: CAPACITY, ttlMs: MAX_AGE_MS, hitsInUnitOfWork: true });

  constructor(store: TenantStore, catalogue: EventCatalogue) {
    this.#catalogue = catalogue;
    this.#store = store;
    this.#find = {
      id: (key) => store.findById(key),
      name: (key) => store.findByName(key),
      route: (key) => store.findByRoute(key),
      host: (key) => store.findByHost(key),
    };
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
    return this.#cache.get(`${by} ${key}`, this.#read);
  }

  readonly #read = async (cacheKey: string): Promise<KnownTenant | null> => {
    const [by, key] = lookUpIn(cacheKey);
    const row = await this.#find[by](key);
    return row === null ? null : toKnown(row);
  };

  /** Drops everything. */
  invalidate(): void {
    this.#cache.drop(() => true);
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    const stale = new Set(
      events.filter((event) => changesTenant(event, this.#catalogue)).map(({ tenantId }) => String(tenantId)),
    );
    if (stale.size === 0) return;
    // A tenant is kept under several keys. What was not there, and what is being read, may be one of these tenants.
    this.#cache.drop((_, tenant) => tenant === null || stale.has(tenant.id));
  };
}
