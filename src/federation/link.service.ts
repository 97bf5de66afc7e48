import type { Authority } from '../access/index.ts';
import type { Sealer } from '../crypto/index.ts';
import type { EventLog, EventType } from '../events/index.ts';
import { kernelErrors } from '../kernel/index.ts';
import { type Database, violatedConstraint } from '../persistence/index.ts';
import {
  type AccountChangeDeps,
  getAccountInReach,
  getAccountToChange,
  type User,
  writeForUser,
} from '../users/index.ts';
import { type CheckedAccount, checkedAccount, type ExternalAccount, isAccountId } from './external-account.ts';
import type { FederationLink, FederationProvider } from './federation.entity.ts';
import { federationErrors } from './federation.errors.ts';
import { federationEvents } from './federation.events.ts';
import type { FederationLinkStore, LinkKey, LinkRow } from './link.store.ts';
import { type ProviderRef, providerKey } from './provider.service.ts';
import type { FederationProviderStore } from './provider.store.ts';

/** A provider by its name, which is unique in the tenant; where a type is given, it must have it. */
export type NamedProvider = Pick<ProviderRef, 'name'> & Partial<Pick<ProviderRef, 'type'>>;

/** An external account, and the user it is linked to. */
export interface LinkInput extends ExternalAccount {
  readonly userId: string;
  readonly provider: NamedProvider;
  /** Whether the user may have no other account at the provider. Default false. */
  readonly isOnlyOne?: boolean | undefined;
}

/** Tokens a provider gave us for an account, as its token endpoint answered (RFC 6749 section 5.1). */
export interface ProviderTokens {
  readonly accessToken: string;
  readonly tokenType: string;
  readonly refreshToken?: string | undefined;
  readonly scope?: string | undefined;
  /** When the access token ends; null when the provider did not say. */
  readonly expiresAt: Date | null;
}

/** A stored token as callers receive it. */
export interface FederationTokenView {
  readonly accessToken: string;
  readonly tokenType: string;
  /** Seconds it is still valid; null when the provider did not say. */
  readonly expiresInSeconds: number | null;
  readonly scope: string | null;
}

export interface FederationLinkServiceDeps extends AccountChangeDeps {
  readonly db: Database;
  readonly store: FederationLinkStore;
  readonly providers: FederationProviderStore;
  readonly events: EventLog;
  readonly sealer: Sealer;
}

/** A list of links is returned without pages, so it must stay short. Two concurrent links may exceed the limit by one. */
const MAX_LINKS_OF_USER = 100;

/** Rules of the links between users and accounts at external providers. */
export class FederationLinkService {
  readonly #deps: FederationLinkServiceDeps;

  constructor(deps: FederationLinkServiceDeps) {
    this.#deps = deps;
  }

  /** @throws FORBIDDEN, USER_NOT_FOUND */
  async list(authority: Authority, userId: string): Promise<readonly LinkRow[]> {
    const user = await this.#user(authority, userId);
    return (await this.#deps.store.findOfUsers(authority.tenant.id, [user.id])).get(user.id) ?? [];
  }

  /** One link, or null. The caller of this method must check the permission to read it. */
  findIn(tenantId: string, key: LinkKey): Promise<LinkRow | null> {
    return this.#deps.store.find(tenantId, key);
  }

  /** The links of many users. The caller of this method must check the permission to read them. */
  ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly LinkRow[]>> {
    return this.#deps.store.findOfUsers(tenantId, userIds);
  }

  /**
   * Links an external account to a user. Repeating the call changes only the name, if one is given.
   * @throws USER_NOT_FOUND, FEDERATION_PROVIDER_NOT_FOUND, INVALID_INPUT
   * @throws LINK_ALREADY_BOUND The external account is linked to another user. Of two concurrent calls, one succeeds.
   * @throws LINK_LIMIT_REACHED The user has 100 linked accounts; or another one at the provider, where one is allowed.
   * @throws ACCOUNT_GUARDED, FORBIDDEN The user has permissions beyond the tenant, or permissions that the caller does not
   *   have.
   * @throws REAUTHENTICATION_REQUIRED Users link accounts to their own only soon after a sign-in.
   */
  async link(authority: Authority, input: LinkInput): Promise<LinkRow> {
    const user = await this.userToChange(authority, input.userId);
    const checked = checkedAccount(input);
    return this.#deps.db.transaction(async () => {
      const provider = await this.#provider(authority, input.provider);
      if (input.isOnlyOne === true) await this.#assertOnlyOne(user, provider, checked);
      return this.#attach(authority, user, provider, checked);
    });
  }

  /**
   * Links external accounts to users who were made in this unit of work and have none yet: one statement for each provider, and one for all
   * links. Of an account that is given twice for the same user the first counts.
   * @throws LINK_ALREADY_BOUND An external account is linked to another user.
   * @throws LINK_LIMIT_REACHED A user gets more than 100.
   * @throws FEDERATION_PROVIDER_NOT_FOUND, INVALID_INPUT
   */
  async linkNew(authority: Authority, links: readonly Omit<LinkInput, 'isOnlyOne'>[]): Promise<void> {
    const now = this.#deps.clock.now();
    const tenantId = authority.tenant.id;
    const providers = await this.#providers(authority, links);
    const rows = new Map<string, LinkRow>();
    for (const link of links) {
      const { id: providerId, type: providerType, name: providerName } = providers.get(link.provider.name)!;
      const { externalId, externalName = null } = checkedAccount(link);
      const row = {
        tenantId,
        providerId,
        externalId,
        userId: link.userId,
        externalName,
        createdAt: now,
        updatedAt: now,
      };
      const key = JSON.stringify([providerId, externalId]);
      if ((rows.get(key)?.userId ?? link.userId) !== link.userId) throw federationErrors.LINK_ALREADY_BOUND();
      if (!rows.has(key)) rows.set(key, { ...row, providerType, providerName });
    }
    const made = [...rows.values()];
    assertFewEach(made);
    if ((await this.#insert(tenantId, made)) < made.length) throw federationErrors.LINK_ALREADY_BOUND();
    for (const link of made) this.#record(authority, federationEvents['federation_link.added'], link);
  }

  /** The providers that links name, by their names. @throws FEDERATION_PROVIDER_NOT_FOUND */
  async #providers(
    authority: Authority,
    links: readonly Pick<LinkInput, 'provider'>[],
  ): Promise<ReadonlyMap<string, FederationProvider>> {
    const providers = new Map<string, FederationProvider>();
    for (const { provider } of links)
      if (!providers.has(provider.name)) providers.set(provider.name, await this.#provider(authority, provider));
    return providers;
  }

  /** Inside a unit of work. @throws LINK_LIMIT_REACHED */
  async #assertOnlyOne({ tenantId, id }: User, provider: FederationProvider, account: CheckedAccount): Promise<void> {
    const { store } = this.#deps;
    await store.lockLinksOf(tenantId, id);
    const links = (await store.findOfUsers(tenantId, [id])).get(id) ?? [];
    const others = links.filter((link) => link.providerId === provider.id && link.externalId !== account.externalId);
    if (others.length === 0) return;
    const message = 'The user has another account at this provider.';
    throw federationErrors.LINK_LIMIT_REACHED({
      message,
      fields: [{ path: 'input.isOnlyOne', code: 'LINK_LIMIT_REACHED', message }],
    });
  }

  /**
   * Unlinks all accounts that a user has at a provider.
   * @throws USER_NOT_FOUND, LINK_NOT_FOUND, ACCOUNT_GUARDED, FORBIDDEN, REAUTHENTICATION_REQUIRED
   */
  async unlinkAllOf(authority: Authority, userId: string, providerName: string): Promise<readonly LinkRow[]> {
    const user = await this.userToChange(authority, userId);
    return this.#deps.db.transaction(async () => {
      const removed = await this.#removeOf(authority, user.id, (link) => link.providerName === providerName);
      if (removed.length === 0) throw federationErrors.LINK_NOT_FOUND();
      return removed;
    });
  }

  /**
   * Unlinks all accounts of a user. Only for flows that have found out that somebody else may have linked them, inside the unit of work in
   * which they have locked the account.
   */
  async discardAllOf(authority: Authority, userId: string): Promise<void> {
    await this.#removeOf(authority, userId, () => true);
  }

  /** Removes those links of a user that are meant. @returns Those that were there. */
  async #removeOf(
    authority: Authority,
    userId: string,
    isMeant: (link: LinkRow) => boolean,
  ): Promise<readonly LinkRow[]> {
    const { store } = this.#deps;
    const tenantId = authority.tenant.id;
    const links = (await store.findOfUsers(tenantId, [userId])).get(userId) ?? [];
    const removed: LinkRow[] = [];
    for (const link of links.filter(isMeant)) if (await store.remove(tenantId, link, userId)) removed.push(link);
    for (const link of removed) this.#record(authority, federationEvents['federation_link.removed'], link);
    return removed;
  }

  /**
   * Links an account whose owner has just signed in at the provider; stores the tokens if the provider is configured to.
   * Only for the flow that made the user sign in there, which has decided for which user it acts.
   * @throws As `link`.
   */
  async linkProven(authority: Authority, input: LinkInput, tokens: ProviderTokens | null): Promise<LinkRow> {
    const user = await this.#user(authority, input.userId);
    const checked = checkedAccount(input);
    return this.#deps.db.transaction(async () => {
      const provider = await this.#provider(authority, input.provider);
      const link = await this.#attach(authority, user, provider, checked);
      if (tokens !== null && provider.storeTokens) await this.#keep(link, tokens);
      return link;
    });
  }

  /** @throws USER_NOT_FOUND, LINK_NOT_FOUND, ACCOUNT_GUARDED, FORBIDDEN, REAUTHENTICATION_REQUIRED */
  async unlink(authority: Authority, input: Omit<LinkInput, 'externalName' | 'isOnlyOne'>): Promise<LinkRow> {
    const user = await this.userToChange(authority, input.userId);
    const { db, store, providers } = this.#deps;
    const tenantId = authority.tenant.id;
    return db.transaction(async () => {
      const provider = await findProvider(providers, tenantId, input.provider);
      const key = provider && isAccountId(input.externalId) ? keyOf(provider, input.externalId) : null;
      const link = key === null ? null : await store.find(tenantId, key);
      if (link === null || !(await store.remove(tenantId, link, user.id))) throw federationErrors.LINK_NOT_FOUND();
      this.#record(authority, federationEvents['federation_link.removed'], link);
      return link;
    });
  }

  /**
   * Returns the token stored for a user's account at a provider, and records an event each time.
   * @throws FORBIDDEN The permission is narrowed to other providers.
   * @throws USER_NOT_FOUND
   * @throws FEDERATION_TOKEN_NOT_FOUND No link, nothing stored, expired, or the provider is set up not to store tokens.
   */
  async readToken(authority: Authority, userId: string, ref: ProviderRef): Promise<FederationTokenView> {
    authority.requireOnly(providerKey(ref));
    const user = await this.#user(authority, userId);
    const { store, providers, events, clock } = this.#deps;
    const now = clock.now();
    const provider = await findProvider(providers, authority.tenant.id, ref);
    const token = provider?.storeTokens ? await store.findToken(authority.tenant.id, provider.id, user.id, now) : null;
    if (token === null) throw federationErrors.FEDERATION_TOKEN_NOT_FOUND();
    await events.append(authority.caller, authority.tenant, {
      type: federationEvents['federation_token.read'],
      subjectId: user.id,
      params: { provider_type: ref.type, provider_name: ref.name, external_id: token.externalId },
    });
    return this.#opened(authority.tenant.id, token, now);
  }

  #opened(
    tenantId: string,
    token: {
      readonly providerId: string;
      readonly externalId: string;
      readonly sealed: string;
      readonly expiresAt: Date | null;
    },
    now: Date,
  ): FederationTokenView {
    const text = this.#deps.sealer.open(token.sealed, sealContext(tenantId, token)).toString('utf8');
    const { accessToken, tokenType, scope } = JSON.parse(text) as Omit<ProviderTokens, 'expiresAt'>;
    const { expiresAt } = token;
    return {
      accessToken,
      tokenType,
      expiresInSeconds: expiresAt === null ? null : Math.floor((expiresAt.getTime() - now.getTime()) / 1000),
      scope: scope ?? null,
    };
  }

  async #attach(
    authority: Authority,
    user: User,
    provider: FederationProvider,
    account: CheckedAccount,
  ): Promise<LinkRow> {
    const { store, clock } = this.#deps;
    const key = keyOf(provider, account.externalId);
    const tenantId = authority.tenant.id;
    const now = clock.now();
    const row = {
      tenantId,
      ...key,
      userId: user.id,
      externalName: account.externalName ?? null,
      createdAt: now,
      updatedAt: now,
    };
    if ((await this.#insert(tenantId, [row])) === 0) return this.#keepLinked(authority, user, key, account, now);
    if ((await store.countOfUser(tenantId, user.id)) > MAX_LINKS_OF_USER) throw federationErrors.LINK_LIMIT_REACHED();
    const link = { ...row, providerType: provider.type, providerName: provider.name };
    this.#record(authority, federationEvents['federation_link.added'], link);
    return link;
  }

  /** For an external account that is linked already: keeps a link of the same user, refuses one of another user. */
  async #keepLinked(
    authority: Authority,
    user: User,
    key: { readonly providerId: string; readonly externalId: string },
    { externalName }: CheckedAccount,
    now: Date,
  ): Promise<LinkRow> {
    const { store } = this.#deps;
    const link = await store.find(authority.tenant.id, key);
    // The link was removed between the insert and this read.
    if (link === null) throw kernelErrors.CONFLICT();
    if (link.userId !== user.id) throw federationErrors.LINK_ALREADY_BOUND();
    if (externalName === undefined || externalName === link.externalName) return link;
    await store.rename(authority.tenant.id, key, externalName, now);
    const renamed = { ...link, externalName, updatedAt: now };
    this.#record(authority, federationEvents['federation_link.updated'], renamed);
    return renamed;
  }

  /** The insert violates a foreign key when a user or a provider was deleted meanwhile. @returns How many were added. */
  async #insert(tenantId: string, links: readonly FederationLink[]): Promise<number> {
    try {
      return await writeForUser('federation_links', () => this.#deps.store.insertFree(tenantId, links));
    } catch (error) {
      if (violatedConstraint(error) === 'federation_links__provider_id__fkey')
        throw federationErrors.FEDERATION_PROVIDER_NOT_FOUND();
      throw error;
    }
  }

  async #keep(link: LinkRow, { expiresAt, ...tokens }: ProviderTokens): Promise<void> {
    const { store, sealer, clock } = this.#deps;
    const { tenantId, providerId, externalId } = link;
    const sealed = sealer.seal(JSON.stringify(tokens), sealContext(tenantId, link));
    await store.saveToken(tenantId, { providerId, externalId, sealed, expiresAt }, clock.now());
  }

  /**
   * Finds the user and checks that the caller may change its linked accounts, by which the user can sign in.
   * @throws FORBIDDEN, USER_NOT_FOUND, ACCOUNT_GUARDED
   * @throws REAUTHENTICATION_REQUIRED The caller's own account, after too old a sign-in.
   */
  userToChange(authority: Authority, userId: string): Promise<User> {
    return getAccountToChange(this.#deps, authority, userId);
  }

  #user(authority: Authority, userId: string): Promise<User> {
    return getAccountInReach(this.#deps.users, authority, userId);
  }

  async #provider(authority: Authority, ref: NamedProvider): Promise<FederationProvider> {
    const provider = await findProvider(this.#deps.providers, authority.tenant.id, ref);
    if (provider === null) throw federationErrors.FEDERATION_PROVIDER_NOT_FOUND();
    return provider;
  }

  #record(authority: Authority, type: EventType, link: LinkRow): void {
    this.#deps.events.record(authority.caller, authority.tenant, {
      type,
      subjectId: link.userId,
      params: {
        provider_type: link.providerType,
        provider_name: link.providerName,
        external_id: link.externalId,
        ...(link.externalName == null ? {} : { external_name: link.externalName }),
      },
    });
  }
}

/** @throws LINK_LIMIT_REACHED */
function assertFewEach(links: readonly LinkRow[]): void {
  const ofEach = Map.groupBy(links, ({ userId }) => userId).values();
  if ([...ofEach].some(({ length }) => length > MAX_LINKS_OF_USER)) throw federationErrors.LINK_LIMIT_REACHED();
}

const keyOf = ({ id }: FederationProvider, externalId: string) => ({ providerId: id, externalId });

/** The provider with this name; null when it has another type than the given one. */
export async function findProvider(
  store: FederationProviderStore,
  tenantId: string,
  { type, name }: NamedProvider,
): Promise<FederationProvider | null> {
  if (!isAccountId(name)) return null;
  const provider = await store.findByName(tenantId, name);
  return type === undefined || provider?.type === type ? provider : null;
}

const sealContext = (tenantId: string, link: { readonly providerId: string; readonly externalId: string }): string =>
  `federation_tokens/${tenantId}/${link.providerId}/${link.externalId}`;
