import { PermissionSet, type ScopeAliases } from '../access/index.ts';
import { type ChangeFeed, type EventCatalogue, lifetimesBy, type SecurityEvent } from '../events/index.ts';
import { ReadCache } from '../persistence/index.ts';
import { holderEvents, parsePermissions, type RolePermissions } from '../roles/index.ts';
import type { Client, ClientSecret } from './client.entity.ts';
import { clientEvents } from './client.events.ts';
import type { ClientStore } from './client.store.ts';
import type { ClientScopeStore, StoredLink } from './client-scope.store.ts';
import { type ClientMetadata, clientMetadata, webOriginsOf } from './metadata/index.ts';

/** A client as token requests need it. Immutable. */
export interface ClientRecord {
  readonly client: Client;
  /** Newest first, expired ones included: the record is cached, so each comparison checks the time. */
  readonly secrets: readonly ClientSecret[];
  /** What the client may do itself: its own permissions, its scopes for applications, and its roles. */
  readonly permissions: PermissionSet;
  /** Scope names it may request. */
  readonly allowedScopes: ReadonlySet<string>;
  /** Scopes it gets when it requests none, sorted by name, less those that tokens do not name. */
  readonly defaultScopes: readonly string[];
  /** All of its scopes, sorted by name. */
  readonly links: readonly StoredLink[];
  /** Whether it may be used: enabled, and not locked. */
  readonly isUsable: boolean;
  /** Its metadata, completed by the defaults. */
  readonly metadata: ClientMetadata;
  /** Origins whose pages may send requests with its tokens. */
  readonly webOrigins: ReadonlySet<string>;
}

/** Most cached records: those of 10,000 tenants. */
const CAPACITY = 12_000;
/** Most memory of them: a client of few addresses takes about 5 KB, and one of 100 long ones half a megabyte. */
const MAX_BYTES = 96 * 1024 * 1024;
/** Two secrets, a permission set, and what is there beside the texts of the row. */
const ENTRY_BYTES = 4096;

/** A text takes a byte for a character, and lists are held as the row has them and as they are looked up. */
const bytesOf = ({ client }: ClientRecord): number => ENTRY_BYTES + 2 * JSON.stringify(client).length;

/** Printable ASCII, as RFC 6749 appendix A.1 has it; exact case, unique per tenant. */
export const CLIENT_ID = /^[\x20-\x7e]{1,255}$/;

/**
 * Events that add a client, an owner or a role. They end no access, so `ends` of the event catalogue does not cover them.
 */
const GAINS: ReadonlySet<string> = new Set([
  clientEvents['client.created'].name,
  clientEvents['client.registered'].name,
  clientEvents['linked_app.bound'].name,
  holderEvents['role_grant.added'].name,
]);

/** Entries to drop: those of the whole tenant, or of one client. */
type Stale = { readonly kind: 'tenant' } | { readonly kind: 'client'; readonly clientId: string };

function findGaining({ type, clientId, params }: SecurityEvent): Stale | null {
  if (type !== holderEvents['role_grant.added'].name) return clientId === null ? null : { kind: 'client', clientId };
  // The event names the client by its UUID. Finding the client_id would need a query, so drop all clients of the tenant.
  return params['holderKind'] === 'client' ? { kind: 'tenant' } : null;
}

/** The entries to drop after an event. Events of users and sessions do not change the record of a client. */
function findStale(event: SecurityEvent, catalogue: EventCatalogue): Stale | null {
  if (GAINS.has(event.type)) return findGaining(event);
  const ended = catalogue.readEndedAccess(event);
  return ended?.kind === 'tenant' || ended?.kind === 'client' ? ended : null;
}

export interface ClientDirectoryDeps {
  readonly store: ClientStore;
  readonly scopeStore: ClientScopeStore;
  readonly scopes: ScopeAliases;
  readonly roles: RolePermissions;
  readonly catalogue: EventCatalogue;
  /** Absent: entries live for five seconds. */
  readonly feed?: ChangeFeed;
}

/**
 * Finds clients by client_id from a bounded cache, without a promise on a hit. Events of clients and roles drop entries.
 */
export class ClientDirectory {
  readonly #deps: ClientDirectoryDeps;
  readonly #cache: ReadCache<ClientRecord>;

  constructor(deps: ClientDirectoryDeps) {
    this.#cache = new ReadCache<ClientRecord>({
      max: CAPACITY,
      size: { max: MAX_BYTES, of: bytesOf },
      ...lifetimesBy(deps.feed),
      groupOf: (key) => key.slice(0, key.indexOf(' ')),
    });
    this.#deps = deps;
  }

  /** Null when the tenant has no such client. Disabled clients are found as well, see `isUsable`. */
  byClientId(tenantId: string, clientId: string): ClientRecord | null | Promise<ClientRecord | null> {
    if (!CLIENT_ID.test(clientId)) return null;
    return this.#cache.get(`${tenantId} ${clientId}`, async () => {
      const client = await this.#deps.store.findByClientId(tenantId, clientId);
      return client === null ? null : this.#record(client);
    });
  }

  /** Reads a client without the cache. @param clientUuid `clients.id`. */
  async byUuid(tenantId: string, clientUuid: string): Promise<ClientRecord | null> {
    const client = await this.#deps.store.findById(tenantId, clientUuid);
    return client === null ? null : this.#record(client);
  }

  async #record(client: Client): Promise<ClientRecord> {
    const { store, scopeStore } = this.#deps;
    const { tenantId, id } = client;
    const metadata = clientMetadata(client);
    const [secrets, links] = await Promise.all([
      store.secretsOf(tenantId, id),
      scopeStore.linksOf(tenantId, [id]).then((found) => found.get(id) ?? []),
    ]);
    return {
      client,
      secrets,
      permissions: await this.#permissions(client, links),
      allowedScopes: new Set(links.map(({ name }) => name)),
      defaultScopes: links.filter(({ isDefault, isNamed }) => isDefault && isNamed).map(({ name }) => name),
      links,
      isUsable: client.enabled && client.lockedAt == null,
      metadata,
      webOrigins: new Set(webOriginsOf(metadata.webOrigins, client.redirects, metadata.rootUrl)),
    };
  }

  async #permissions(client: Client, links: readonly StoredLink[]): Promise<PermissionSet> {
    const { roles, scopes } = this.#deps;
    const held = await roles.ofClient(client.tenantId, client.id);
    return new PermissionSet([
      ...parsePermissions(client.permissions),
      ...links.flatMap(({ name }) => scopes.expand(name, 'application')),
      ...held.grants(),
    ]);
  }

  /** Listener for committed events, of this node and of others. Registered after that of `RolePermissions`. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const event of events) {
      const stale = findStale(event, this.#deps.catalogue);
      if (stale?.kind === 'tenant') this.#cache.dropGroup(event.tenantId);
      else if (stale !== null) this.#cache.delete(`${event.tenantId} ${stale.clientId}`);
    }
  };
}
