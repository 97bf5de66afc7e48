import { isDeepStrictEqual } from 'node:util';
import type { Authority } from '../access/index.ts';
import type { Sealer } from '../crypto/index.ts';
import type { EventLog, EventType } from '../events/index.ts';
import { type Clock, newId, requireText } from '../kernel/index.ts';
import { type Database, type PageRequest, type PageResult, violatedConstraint } from '../persistence/index.ts';
import type { FederationProvider } from './federation.entity.ts';
import { federationErrors } from './federation.errors.ts';
import { federationEvents } from './federation.events.ts';
import {
  assertSecretFits,
  assertSecretStays,
  type ConfigRules,
  checkedConfig,
  identityAuthority,
  type ProviderConfig,
  type ProviderConfigInput,
  storedConfig,
} from './provider.config.ts';
import type { FederationProviderStore, ProviderFilter } from './provider.store.ts';

/** Type and name of a provider, by which clients refer to it: `vk:vk_1`. */
export interface ProviderRef {
  readonly type: string;
  readonly name: string;
}

/** Type and name as one text, which permissions are narrowed to and bind requests name. */
export function providerKey({ type, name }: ProviderRef): string {
  return `${type}:${name}`;
}

/** Splits `type:name`; null for another form. Neither part can contain a colon. */
export function parseProviderKey(key: string): ProviderRef | null {
  const [type, name, ...rest] = key.split(':');
  return type && name && rest.length === 0 ? { type, name } : null;
}

export interface CreateProvider extends ProviderConfigInput {
  readonly type: string;
  /** Unique in the tenant. */
  readonly name: string;
  readonly displayName?: string | null;
  /** Default true. */
  readonly enabled?: boolean;
  /** Default false. */
  readonly storeTokens?: boolean;
  readonly clientSecret?: string | null;
}

/**
 * Members that are left out stay. Type and name never change, because scopes, links and redirect addresses contain them.
 */
export type UpdateProvider = Partial<Omit<CreateProvider, 'type' | 'name'>>;

export interface FederationProviderServiceDeps {
  readonly db: Database;
  readonly store: FederationProviderStore;
  readonly events: EventLog;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly rules: ConfigRules;
}

/** Most providers of a tenant, which fit on one page of the graph. */
const MAX_PROVIDERS = 200;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const secretContext = (tenantId: string, id: string): string => `federation_providers/${tenantId}/${id}/client_secret`;

/** Rules of federation providers. */
export class FederationProviderService {
  readonly #deps: FederationProviderServiceDeps;

  constructor(deps: FederationProviderServiceDeps) {
    this.#deps = deps;
  }

  find(authority: Authority, id: string): Promise<FederationProvider | null> {
    return this.#deps.store.findById(authority.tenant.id, id);
  }

  /** The provider with this id, or null. The caller of this method must check the permission to read it. */
  findIn(tenantId: string, id: string): Promise<FederationProvider | null> {
    return this.#deps.store.findById(tenantId, id);
  }

  /** Providers by their ids; unknown ids are left out. The caller of this method must check the permission to read them. */
  findMany(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, FederationProvider>> {
    return this.#deps.store.findMany(tenantId, ids);
  }

  page(authority: Authority, filter: ProviderFilter, request: PageRequest): Promise<PageResult<FederationProvider>> {
    return this.#deps.store.page(authority.tenant.id, filter, request);
  }

  /** @throws FEDERATION_PROVIDER_INVALID, FEDERATION_PROVIDER_NAME_TAKEN, FEDERATION_PROVIDER_LIMIT */
  async create(authority: Authority, input: CreateProvider): Promise<FederationProvider> {
    const { type, name, displayName = null, enabled, storeTokens, clientSecret = null, ...config } = input;
    assertNames({ type, name });
    const checked = checkedConfig(config, this.#deps.rules);
    assertSecretFits(checked, clientSecret !== null);
    const { db, store, clock } = this.#deps;
    return db.transaction(async () => {
      const now = clock.now();
      const id = newId();
      const tenantId = authority.tenant.id;
      await store.lockAll(tenantId);
      if ((await store.count(tenantId)) >= MAX_PROVIDERS) throw federationErrors.FEDERATION_PROVIDER_LIMIT();
      const provider = store.create({
        tenantId,
        id,
        name,
        type,
        displayName: displayName === null ? null : requireText(displayName, 'input.displayName', { max: 255 }),
        enabled: enabled ?? true,
        storeTokens: storeTokens ?? false,
        config: checked,
        clientSecretSealed: this.#sealed(tenantId, id, clientSecret),
        createdAt: now,
        updatedAt: now,
      });
      await this.#flushMapped();
      this.#record(authority, federationEvents['provider.created'], provider);
      return provider;
    });
  }

  /**
   * @throws FEDERATION_PROVIDER_NOT_FOUND
   * @throws FEDERATION_PROVIDER_INVALID Also where a secret that is not given again would be sent to another address.
   * @throws FEDERATION_PROVIDER_HAS_LINKS Who says which external account somebody has would change under existing links.
   */
  async update(authority: Authority, id: string, input: UpdateProvider): Promise<FederationProvider> {
    return this.#deps.db.transaction(async () => {
      const provider = await this.#lock(authority, id);
      const changed = [...this.#applyPlain(provider, input), ...(await this.#applyConfig(authority, provider, input))];
      if (changed.length === 0) return provider;
      provider.updatedAt = this.#deps.clock.now();
      this.#record(authority, federationEvents['provider.updated'], provider, { changed });
      return provider;
    });
  }

  /** Deletes a provider with its links and tokens; one event, which counts the links. @throws FEDERATION_PROVIDER_NOT_FOUND */
  async delete(authority: Authority, id: string): Promise<FederationProvider> {
    const { db, store } = this.#deps;
    return db.transaction(async () => {
      const provider = await this.#lock(authority, id);
      const links = await store.countLinks(authority.tenant.id, provider.id);
      await store.delete(authority.tenant.id, provider.id);
      this.#record(authority, federationEvents['provider.deleted'], provider, { links });
      return provider;
    });
  }

  /** The secret we authenticate with at the provider, for the flow that calls it; null when there is none. */
  clientSecret(provider: FederationProvider): string | null {
    if (provider.clientSecretSealed == null) return null;
    const context = secretContext(provider.tenantId, provider.id);
    return this.#deps.sealer.open(provider.clientSecretSealed, context).toString('utf8');
  }

  #sealed(tenantId: string, id: string, secret: string | null): string | null {
    if (secret === null) return null;
    const text = requireText(secret, 'input.clientSecret', { max: 4096 });
    return this.#deps.sealer.seal(text, secretContext(tenantId, id));
  }

  #applyPlain(provider: FederationProvider, input: UpdateProvider): string[] {
    const changed: string[] = [];
    const { displayName, enabled, storeTokens } = input;
    if (displayName !== undefined && displayName !== (provider.displayName ?? null)) {
      provider.displayName = displayName === null ? null : requireText(displayName, 'input.displayName', { max: 255 });
      changed.push('displayName');
    }
    if (enabled !== undefined && enabled !== provider.enabled) {
      provider.enabled = enabled;
      changed.push('enabled');
    }
    if (storeTokens !== undefined && storeTokens !== provider.storeTokens) {
      provider.storeTokens = storeTokens;
      changed.push('storeTokens');
    }
    return changed;
  }

  async #applyConfig(authority: Authority, provider: FederationProvider, input: UpdateProvider): Promise<string[]> {
    const { displayName: _name, enabled: _enabled, storeTokens: _store, clientSecret, ...patch } = input;
    const before = storedConfig(provider.config);
    const after = checkedConfig({ ...before, ...patch }, this.#deps.rules);
    await this.#assertLinksKept(authority, provider, before, after);
    if (clientSecret === undefined && provider.clientSecretSealed != null) assertSecretStays(before, after);
    const changed = Object.keys(after).filter((key) => {
      const name = key as keyof typeof after;
      return !isDeepStrictEqual(before[name], after[name]);
    });
    if (clientSecret !== undefined && clientSecret !== this.clientSecret(provider)) {
      provider.clientSecretSealed = this.#sealed(provider.tenantId, provider.id, clientSecret);
      changed.push('clientSecret');
    }
    assertSecretFits(after, provider.clientSecretSealed != null);
    if (changed.length > 0) provider.config = after;
    return changed;
  }

  async #assertLinksKept(
    authority: Authority,
    provider: FederationProvider,
    before: ProviderConfig,
    after: ProviderConfig,
  ): Promise<void> {
    if (identityAuthority(before) === identityAuthority(after)) return;
    const links = await this.#deps.store.countLinks(authority.tenant.id, provider.id);
    if (links > 0) throw federationErrors.FEDERATION_PROVIDER_HAS_LINKS();
  }

  async #lock(authority: Authority, id: string): Promise<FederationProvider> {
    const provider = await this.#deps.store.lock(authority.tenant.id, id);
    if (provider === null) throw federationErrors.FEDERATION_PROVIDER_NOT_FOUND();
    return provider;
  }

  async #flushMapped(): Promise<void> {
    try {
      await this.#deps.db.em.flush();
    } catch (error) {
      if (violatedConstraint(error) !== 'federation_providers__name') throw error;
      throw federationErrors.FEDERATION_PROVIDER_NAME_TAKEN().at('input.name');
    }
  }

  #record(
    authority: Authority,
    type: EventType,
    { type: providerType, name }: FederationProvider,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    this.#deps.events.record(authority.caller, authority.tenant, {
      type,
      params: { provider_type: providerType, provider_name: name, ...more },
    });
  }
}

function assertNames(ref: ProviderRef): void {
  const faults = (['type', 'name'] as const).filter((part) => !NAME.test(ref[part]));
  if (faults.length === 0) return;
  const message = 'Types and names have 1 to 64 letters, digits, "_", "." or "-", and begin with a letter or digit.';
  throw federationErrors.FEDERATION_PROVIDER_INVALID({
    message,
    fields: faults.map((part) => ({ path: `input.${part}`, code: 'FEDERATION_PROVIDER_INVALID', message })),
  });
}
