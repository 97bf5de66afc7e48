import { anonymousCaller, type Caller, type PermissionSet } from '../access/index.ts';
import { hashHandle, mintHandle, routeOfHandle, sha256Base64Url } from '../crypto/index.ts';
import { type ChangeFeed, lifetimesBy, type SecurityEvent } from '../events/index.ts';
import type { Clock, Origin, TenantRef } from '../kernel/index.ts';
import { type Database, ReadCache } from '../persistence/index.ts';
import type { RolePermissions } from '../roles/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import { apiKeyEvents } from './api-key.events.ts';
import type { ApiKey, ApiKeyStore } from './api-key.store.ts';
import type { KeyScopes, OwnerPowers } from './key-scopes.ts';
import type { OwnerStates } from './owner-states.ts';

/** What secrets of keys begin with, which no token does. */
export const API_KEY_PREFIX = 'svk_';

/** Most keys in memory: about 1.5 KB each, with up to 50 names of scopes, so 15 MB. */
const CAPACITY = 10_000;

/** A use is stored only when the last stored one is older than this, so that requests do not write. */
const NOTED_EVERY_MS = 60_000;

/** A new secret of a key that acts in a tenant. Show it once and store only its hash. @param route `tenants.route`. */
export const mintSecret = (route: string): string => `${API_KEY_PREFIX}${mintHandle(route)}`;

/** What is stored of a secret: its SHA-256, as the secret has 216 random bits. */
export const hashSecret = (secret: string): Buffer => hashHandle(secret);

/** Whether a credential is meant as an API key, whether or not there is such a key. */
export const isApiKey = (credential: string): boolean => credential.startsWith(API_KEY_PREFIX);

/** A key in memory. */
interface KnownKey {
  readonly key: ApiKey;
  /** When a use was noted last, in milliseconds since the epoch. */
  notedAtMs: number;
  /** What it allows, for one state of the owner's roles. */
  allowed: { readonly powers: OwnerPowers; readonly permissions: PermissionSet } | null;
}

export interface ApiKeyAuthenticatorDeps {
  readonly db: Database;
  readonly store: ApiKeyStore;
  readonly directory: Pick<TenantDirectory, 'byRoute' | 'byId'>;
  readonly owners: OwnerStates;
  readonly roles: Pick<RolePermissions, 'heldBy'>;
  readonly scopes: KeyScopes;
  readonly feed: ChangeFeed;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

/**
 * Finds the callers behind API keys. Keys come from a bounded cache, which events of the key drop, on this node at once and on
 * others within a second; the state of the owner and its roles come from the caches of these.
 */
export class ApiKeyAuthenticator {
  readonly #deps: ApiKeyAuthenticatorDeps;
  readonly #known: ReadCache<KnownKey>;
  readonly #noting = new Set<Promise<void>>();

  constructor(deps: ApiKeyAuthenticatorDeps) {
    this.#deps = deps;
    this.#known = new ReadCache<KnownKey>({
      max: CAPACITY,
      ...lifetimesBy(deps.feed),
      // The hash, by which a key is looked up, does not tell which key it is.
      groupOf: (_, known) => known?.key.id ?? null,
    });
  }

  /**
   * The caller behind a secret; null when there is no such key, its tenant is disabled, or its owner was disabled or deleted.
   * The secret is found by its hash, so the time tells nothing about other keys.
   */
  async authenticate(secret: string, origin: Origin): Promise<Caller | null> {
    const known = await this.#known.get(sha256Base64Url(secret), () => this.#read(secret));
    if (known === null) return null;
    const tenant = await this.#deps.directory.byId(known.key.tenantId);
    if (tenant === null || !tenant.enabled || !(await this.#deps.owners.isUsable(known.key))) return null;
    const permissions = await this.#permissions(known);
    this.#noteUse(known);
    return toCaller(tenant, known.key, permissions, origin);
  }

  async #read(secret: string): Promise<KnownKey | null> {
    const route = isApiKey(secret) ? routeOfHandle(secret.slice(API_KEY_PREFIX.length)) : null;
    const tenant = route === null ? null : await this.#deps.directory.byRoute(route);
    const key = tenant === null ? null : await this.#deps.store.findByHash(tenant.id, hashSecret(secret));
    return key === null ? null : { key, notedAtMs: key.lastUsedAt?.getTime() ?? 0, allowed: null };
  }

  async #permissions(known: KnownKey): Promise<PermissionSet> {
    const { roles, scopes } = this.#deps;
    const { key } = known;
    const powers = await roles.heldBy(key.ownerTenantId, 'user', key.ownerUserId);
    if (known.allowed?.powers !== powers) known.allowed = { powers, permissions: scopes.permissions(key, powers) };
    return known.allowed.permissions;
  }

  /** Writes beside the request, which does not wait for it. */
  #noteUse(known: KnownKey): void {
    const { db, store, clock, onError } = this.#deps;
    const now = clock.now();
    const since = now.getTime() - NOTED_EVERY_MS;
    if (known.notedAtMs > since) return;
    known.notedAtMs = now.getTime();
    const noting = db
      .detached(() => store.noteUse(known.key, now, new Date(since)))
      .catch(onError)
      .finally(() => this.#noting.delete(noting));
    this.#noting.add(noting);
  }

  /** Resolves when every use so far is stored, or could not be. */
  async idle(): Promise<void> {
    await Promise.all(this.#noting);
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const { type, params } of events) if (ENDING.has(type)) this.#known.dropGroup(String(params['apiKeyId']));
  };
}

const ENDING: ReadonlySet<string> = new Set([
  apiKeyEvents['api_key.regenerated'].name,
  apiKeyEvents['api_key.deleted'].name,
]);

function toCaller(tenant: TenantRef, key: ApiKey, permissions: PermissionSet, origin: Origin): Caller {
  return {
    ...anonymousCaller(origin),
    kind: 'api-key',
    tenant,
    userId: key.userId,
    permissions,
    scopes: key.scopes,
    apiKey: { id: key.id, owner: { tenantId: key.ownerTenantId, userId: key.ownerUserId } },
  };
}
