import { type ChangeFeed, type EventCatalogue, lifetimesBy, type SecurityEvent } from '../events/index.ts';
import { hostNameOf, kernelErrors, type TenantId, type TenantRef } from '../kernel/index.ts';
import { openUnitOfWork, ReadCache } from '../persistence/index.ts';
import { TENANT_NAME } from './reserved-names.ts';
import {
  effectiveSettings,
  TEMPLATE_SETTINGS,
  type TenantSettings,
  type TenantSettingsPatch,
  type TenantTemplate,
} from './settings.ts';
import type { Tenant } from './tenant.entity.ts';
import { tenantEvents } from './tenant.events.ts';
import type { TenantName, TenantStore } from './tenant.store.ts';

/** A tenant as requests need it: the reference, and the settings in force. */
export interface KnownTenant extends TenantRef {
  readonly enabled: boolean;
  readonly template: string;
  readonly displayName: string | null;
  readonly notBefore: Date | null;
  readonly settings: TenantSettings;
}

/**
 * Bytes of all entries. A tenant takes about 800, and with settings that differ from its template the text of those and 400 for
 * the list of all, under each of the keys by which it is looked up: 10,000 tenants under three keys are 24 MB, and all with settings
 * of 900 characters 63 MB. What does not differ is shared with the template.
 */
const MAX_BYTES = 64 * 1024 * 1024;
const ENTRY_BYTES = 800;
const LIST_BYTES = 400;
/** Most entries: 10,000 tenants under four keys. */
const CAPACITY = 40_000;

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
    settings: settingsOf(tenant.template, tenant.settings as TenantSettingsPatch),
  };
}

/** Tenants that changed nothing share the settings of their template. */
function settingsOf(template: string, stored: TenantSettingsPatch): TenantSettings {
  const shared = Object.keys(stored).length === 0 ? TEMPLATE_SETTINGS[template as TenantTemplate] : undefined;
  return shared ?? effectiveSettings(template, stored);
}

function bytesOf({ template, settings }: KnownTenant): number {
  const shared = TEMPLATE_SETTINGS[template as TenantTemplate] ?? TEMPLATE_SETTINGS.native;
  if (settings === shared) return ENTRY_BYTES;
  const own = Object.entries(settings).filter(([name, value]) => value !== shared[name as keyof TenantSettings]);
  return ENTRY_BYTES + LIST_BYTES + JSON.stringify(own).length;
}

/** What adds a tenant or a host. The cache may have stored that there is none. */
const ADDITIONS: ReadonlySet<string> = new Set([
  tenantEvents['tenant.created'].name,
  tenantEvents['tenant.host_bound'].name,
]);

/** Whether a tenant changed. Additions end no access, so `ends` in the event catalogue does not cover them. */
function changesTenant(event: SecurityEvent, catalogue: EventCatalogue): boolean {
  return ADDITIONS.has(event.type) || catalogue.readEndedAccess(event)?.kind === 'tenant';
}

/**
 * Finds tenants by id, name, route or host from a bounded cache of all tenants in use. It is trusted while events arrive; an event
 * of a tenant or its settings drops the entries of that tenant alone.
 */
export class TenantDirectory {
  readonly #find: Readonly<Record<LookUp, (key: string) => Promise<Tenant | null>>>;
  readonly #store: TenantStore;
  readonly #catalogue: EventCatalogue;
  // A transaction that relies on a setting holds it by `holdSettings`, so others may use what is cached.
  readonly #cache: ReadCache<KnownTenant>;

  /** @param feed Absent: entries live for five seconds. */
  constructor(store: TenantStore, catalogue: EventCatalogue, feed?: ChangeFeed) {
    this.#cache = new ReadCache<KnownTenant>({
      max: CAPACITY,
      size: { max: MAX_BYTES, of: bytesOf },
      ...lifetimesBy(feed),
      groupOf: (_, tenant) => tenant?.id ?? null,
      hitsInUnitOfWork: true,
    });
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

  /** As `TenantStore.namesOf`, which is one statement for any number of tenants and fills no cache. */
  namesOf(ids: readonly string[], most: number | null): Promise<readonly TenantName[]> {
    return this.#store.namesOf(ids, most);
  }

  byRoute(route: string): Promise<KnownTenant | null> | KnownTenant | null {
    return this.#get('route', route);
  }

  /**
   * The tenant that a host is bound to.
   * @param host A name or a `Host` header; no query runs for what holds no name.
   */
  byHost(host: string): Promise<KnownTenant | null> | KnownTenant | null {
    const name = hostNameOf(host);
    return name === null ? null : this.#get('host', name);
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
    // A tenant is kept under several keys. What was not there, and what is being read, may be this tenant.
    for (const event of events) if (changesTenant(event, this.#catalogue)) this.#cache.dropGroup(event.tenantId);
  };
}

/** Whether a host is bound to a tenant. @param host As for `byHost`. */
export async function isHostOf(
  directory: Pick<TenantDirectory, 'byHost'>,
  { id }: Pick<TenantRef, 'id'>,
  host: string,
): Promise<boolean> {
  return (await directory.byHost(host))?.id === id;
}
