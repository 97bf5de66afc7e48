import { Authority, requireRecentProof, type UserRef, userBehind } from '../access/index.ts';
import { newRoutedId } from '../crypto/index.ts';
import type { EventLog, EventType } from '../events/index.ts';
import { type Clock, invalidField, isStorableText, requireText } from '../kernel/index.ts';
import { type Database, MAX_INSIDE_PAGE_SIZE, type PageRequest, type PageResult } from '../persistence/index.ts';
import { assertMayGrant, type GuardedAccounts } from '../roles/index.ts';
import { type TenantDirectory, type TenantService, tenantErrors } from '../tenants/index.ts';
import { canonicalUserId, writeForUser } from '../users/index.ts';
import { hashSecret, mintSecret } from './api-key.authenticator.ts';
import { apiKeyErrors } from './api-key.errors.ts';
import { apiKeyEvents } from './api-key.events.ts';
import type { ApiKey, ApiKeyStore } from './api-key.store.ts';
import { isForeign, type KeyScope, type KeyScopes, type ScopeNames } from './key-scopes.ts';
import { isOwnerUsable, type OwnerState, type OwnerStates } from './owner-states.ts';

/** A key to make for the caller. */
export interface CreateApiKey {
  /** For people; may be empty. */
  readonly name: string;
  /** Names of scopes, at least one. */
  readonly scopes: readonly string[];
}

/** A key with its secret, which is shown this once. */
export interface ApiKeyWithSecret {
  readonly apiKey: ApiKey;
  readonly secret: string;
}

/** What a list of keys can be narrowed by. */
export interface ApiKeyListFilter {
  /** Public id of the owner, a user of the tenant. */
  readonly userId?: string | null | undefined;
  /** Only keys of the caller's own account. */
  readonly isOwn?: boolean | null | undefined;
}

export interface ApiKeyServiceDeps {
  readonly db: Database;
  readonly store: ApiKeyStore;
  readonly scopes: KeyScopes;
  readonly owners: OwnerStates;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange'>;
  readonly directory: TenantDirectory;
  readonly tenants: Pick<TenantService, 'page'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Keys of one owner that act in one tenant: 100 of about 500 bytes. */
const MAX_OF_OWNER = 100;
const NAME = { min: 0, max: 255 };
/** There are about a dozen scopes. */
const MAX_SCOPES = 50;

/** Rules of API keys: who may make, see, replace and delete them, and what they may be given. */
export class ApiKeyService {
  readonly #deps: ApiKeyServiceDeps;

  constructor(deps: ApiKeyServiceDeps) {
    this.#deps = deps;
  }

  /** One key, or null. The caller of this method must check the permission to read it. */
  findIn(tenantId: string, id: string): Promise<ApiKey | null> {
    return this.#deps.store.findById(tenantId, id);
  }

  /** The keys that users have in their tenant, newest first. The caller of this method must check the permission to read them. */
  ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly ApiKey[]>> {
    return this.#deps.store.ofUsers(tenantId, userIds);
  }

  /**
   * Keys that act in the tenant, newest first. With reach `self`, those of the caller's own account.
   * @throws FORBIDDEN With reach `self` or `isOwn`, the filter names another account.
   * @throws API_KEY_OWNER_MISSING With `isOwn`, the caller has no account in the tenant. @throws INVALID_INPUT
   */
  async page(
    authority: Authority,
    { userId, isOwn }: ApiKeyListFilter,
    request: PageRequest,
  ): Promise<PageResult<ApiKey>> {
    const { caller, tenant } = authority;
    if (isOwn === true && (caller.userId === null || authority.isForeign)) throw apiKeyErrors.API_KEY_OWNER_MISSING();
    const reach = isOwn === true ? 'self' : authority.reach;
    const own = reach === 'self' ? caller.userId : null;
    const ownerId = userId == null ? own : canonicalUserId(userId);
    authority.withReach(reach).requireAccount(ownerId ?? '');
    if (ownerId !== null && !isStorableText(ownerId))
      throw invalidField('filter.userId', 'TEXT_NOT_STORABLE', 'The text holds characters that cannot be stored.');
    return this.#deps.store.page(tenant.id, ownerId, request);
  }

  /** For loaders: what is known of owners of one tenant, by their ids. */
  ownerStates(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, OwnerState>> {
    return this.#deps.owners.findMany(tenantId, userIds);
  }

  /** Whether a key is accepted, which depends on its owner. */
  isAccepted(key: ApiKey, owner: OwnerState | null): boolean {
    return isOwnerUsable(key, owner);
  }

  /** The scopes that the caller can give a key of the tenant, in their order. @throws API_KEY_OWNER_MISSING The caller is no user. */
  grantable(authority: Authority): readonly KeyScope[] {
    ownerOf(authority);
    return this.#deps.scopes.grantable(authority);
  }

  /**
   * Names of the tenants in which the caller can make keys: the caller's, or 10,000 of all by name.
   * @throws API_KEY_OWNER_MISSING The caller is no user.
   */
  async tenantsFor(authority: Authority): Promise<readonly string[]> {
    ownerOf(authority);
    const { caller } = authority;
    const reach = caller.permissions.reachOf('api-key:create');
    if (reach === null) return [];
    if (reach !== 'all') return [caller.tenant!.name];
    const page = { first: MAX_INSIDE_PAGE_SIZE, largest: MAX_INSIDE_PAGE_SIZE };
    return (await this.#deps.tenants.page(authority.withReach('all'), {}, page)).rows.map(({ name }) => name);
  }

  /**
   * Makes a key of the caller, or of the user for whom its own key acts. Scopes of which the caller holds what concerns its own
   * account alone reach that account alone, also when the owner gets more roles.
   * @throws API_KEY_OWNER_MISSING The caller is no user. @throws API_KEY_SCOPE_UNKNOWN
   * @throws PERMISSION_ESCALATION The caller does not hold what a scope allows. @throws API_KEY_LIMIT_REACHED
   * @throws REAUTHENTICATION_REQUIRED The caller signed in too long ago (check 54). @throws INVALID_INPUT, USER_NOT_FOUND
   */
  async create(authority: Authority, input: CreateApiKey): Promise<ApiKeyWithSecret> {
    const { db, store, clock } = this.#deps;
    const { tenant } = authority;
    const owner = ownerOf(authority);
    const name = requireText(input.name, 'input.name', NAME);
    const scopes = this.#checkScopes(authority, input.scopes);
    await this.#requireRecentSignIn(authority);
    const secret = mintSecret(tenant.route);
    const apiKey = await db.transaction(async () => {
      await store.lockOwner(tenant.id, owner);
      if ((await store.countOf(tenant.id, owner)) >= MAX_OF_OWNER) throw apiKeyErrors.API_KEY_LIMIT_REACHED();
      const key = await writeForUser('api_keys', () =>
        store.insert({
          tenantId: tenant.id,
          id: newRoutedId(tenant.route),
          hash: hashSecret(secret),
          ownerTenantId: owner.tenantId,
          ownerUserId: owner.userId,
          name,
          scopes: [...scopes.scopes],
          ownScopes: [...scopes.ownScopes],
          createdAt: clock.now(),
        }),
      );
      this.#record(authority, apiKeyEvents['api_key.created'], key);
      return key;
    });
    return { apiKey, secret };
  }

  /**
   * Gives a key another secret; the one before ends at once. The caller, who gets the secret, can do what the key can, also when its
   * owner gets more roles later, so it must hold all that the scopes mean, and for a key of another user all that this user holds.
   * @throws API_KEY_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED, PERMISSION_ESCALATION
   * @throws REAUTHENTICATION_REQUIRED The caller signed in too long ago (check 54).
   */
  async regenerate(authority: Authority, id: string): Promise<ApiKeyWithSecret> {
    const { db, store } = this.#deps;
    const secret = mintSecret(authority.tenant.route);
    const apiKey = await db.transaction(async () => {
      const key = await this.#lock(authority, id);
      this.#assertMayHold(authority, key);
      await this.#requireRecentSignIn(authority);
      const replaced = await store.replaceHash(key.tenantId, key.id, hashSecret(secret));
      this.#record(authority, apiKeyEvents['api_key.regenerated'], key);
      return replaced;
    });
    return { apiKey, secret };
  }

  /** Deletes a key, which ends at once. @returns It. @throws API_KEY_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED */
  async delete(authority: Authority, id: string): Promise<ApiKey> {
    const { db, store } = this.#deps;
    return db.transaction(async () => {
      const key = await this.#lock(authority, id);
      await store.delete(key.tenantId, key.id);
      this.#record(authority, apiKeyEvents['api_key.deleted'], key);
      return key;
    });
  }

  /**
   * Deletes the keys that a user has in the tenant. Only for flows that have found out that somebody else may have made them, inside the
   * unit of work in which they have locked the account.
   */
  async discardAllOf(authority: Authority, userId: string): Promise<void> {
    const { store } = this.#deps;
    const tenantId = authority.tenant.id;
    for (const key of (await store.ofUsers(tenantId, [userId])).get(userId) ?? []) {
      await store.delete(tenantId, key.id);
      this.#record(authority, apiKeyEvents['api_key.deleted'], key);
    }
  }

  /** The key, if the caller may change it. Callers who reach their own account do not learn which other keys exist. */
  async #lock(authority: Authority, id: string): Promise<ApiKey> {
    const key = await this.#deps.store.lock(authority.tenant.id, id.toLowerCase());
    if (key === null || (authority.reach === 'self' && !isOwn(authority, key))) throw apiKeyErrors.API_KEY_NOT_FOUND();
    if (!isOwn(authority, key))
      await this.#deps.guard.assertMayChange(await this.#atOwner(authority, key), 'user', key.ownerUserId);
    return key;
  }

  /** The caller's authority in the tenant of the key's owner. */
  async #atOwner(authority: Authority, key: ApiKey): Promise<Authority> {
    if (!isForeign(key)) return authority;
    const tenant = await this.#deps.directory.byId(key.ownerTenantId);
    // Only a tenant that was deleted is not there, and then nothing of its user is left to guard.
    return tenant === null ? authority : new Authority(authority.caller, tenant, authority.reach);
  }

  /** @throws PERMISSION_ESCALATION The caller does not hold what the key can come to allow. */
  #assertMayHold(authority: Authority, key: ApiKey): void {
    const grants = this.#deps.scopes.grantsOf(key);
    // The owner's account is not that of the caller; who may change it was checked.
    assertMayGrant(authority, isOwn(authority, key) ? grants : grants.filter(({ reach }) => reach !== 'self'));
  }

  #checkScopes(authority: Authority, names: readonly string[]): ScopeNames {
    const { scopes } = this.#deps;
    if (names.length === 0 || names.length > MAX_SCOPES)
      throw invalidField('input.scopes', 'LIST_LENGTH', `The list must have 1 to ${MAX_SCOPES} items.`);
    names.forEach((name, at) => {
      if (!scopes.isKnown(name)) throw apiKeyErrors.API_KEY_SCOPE_UNKNOWN().at(`input.scopes.${at}`);
    });
    const distinct = [...new Set(names)];
    const ownScopes = distinct.filter((name) => scopes.reachFor(authority, name) !== 'tenant');
    for (const name of ownScopes)
      if (scopes.reachFor(authority, name) === null) assertMayGrant(authority, scopes.expand(name));
    return { scopes: distinct, ownScopes };
  }

  /**
   * A key is a credential, so access to an unlocked screen must not be enough to get one, by the older APIs neither. Keys that make
   * keys never signed in.
   */
  async #requireRecentSignIn({ caller }: Authority): Promise<void> {
    if (caller.kind !== 'user') return;
    const tenant = await this.#deps.directory.byId(caller.tenant!.id);
    if (tenant === null) throw tenantErrors.TENANT_REQUIRED();
    requireRecentProof(caller, tenant.settings.reauthSeconds, this.#deps.clock.now());
  }

  #record(
    { caller, tenant }: Authority,
    type: EventType<'api_key.created' | 'api_key.regenerated' | 'api_key.deleted'>,
    { id, userId, ownerTenantId, ownerUserId, name, scopes }: ApiKey,
  ): void {
    this.#deps.events.record(caller, tenant, {
      type,
      subjectId: userId,
      params: {
        apiKeyId: id,
        name,
        scopes,
        ...(userId === null ? { ownerTenantId, ownerUserId } : {}),
      },
    });
  }
}

/** The user for whom a key of the caller acts. @throws API_KEY_OWNER_MISSING The caller is no user. */
function ownerOf({ caller }: Authority): UserRef {
  const owner = userBehind(caller);
  if (owner === null) throw apiKeyErrors.API_KEY_OWNER_MISSING();
  return owner;
}

/** Whether a key acts for the same user as the caller. */
function isOwn({ caller }: Authority, { ownerTenantId, ownerUserId }: ApiKey): boolean {
  const owner = userBehind(caller);
  return owner?.tenantId === ownerTenantId && owner.userId === ownerUserId;
}
