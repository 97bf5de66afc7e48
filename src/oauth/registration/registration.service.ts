import { Authority, allowed, type Caller } from '../../access/index.ts';
import { type Client, type ClientService, clientErrors, metadataOf } from '../../clients/index.ts';
import { constantTimeEqual, hashHandle, mintHandle, routeOfHandle } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { ServiceAccountFlow } from '../../flows/index.ts';
import { addSeconds, type Clock, IdentityError, invalidField, newId, type TenantRef } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { TokenAuthenticator } from '../callers/token.authenticator.ts';
import { showRegistered, toRegistered } from './client-metadata.ts';
import type { InitialAccessToken } from './registration.entity.ts';
import { registrationErrors } from './registration.errors.ts';
import { registrationEvents } from './registration.events.ts';
import type { RegistrationStore } from './registration.store.ts';

export interface RegistrationDeps {
  readonly db: Database;
  readonly store: RegistrationStore;
  readonly clients: Pick<ClientService, 'create' | 'find' | 'lock' | 'readSecret' | 'update'>;
  readonly serviceAccounts: Pick<ServiceAccountFlow, 'deleteClient'>;
  readonly authenticator: Pick<TokenAuthenticator, 'authenticate'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** A new initial access token. */
export interface NewInitialToken {
  /** How many clients it registers: 1 to 10,000. Default 1. */
  readonly uses?: number;
  /** Default: it does not expire. */
  readonly expiresInSeconds?: number | null;
}

/** The registration of a client, and the token that opens it, which is stored hashed. */
export interface Registration {
  readonly client: Client;
  /** By the names of RFC 7591, with the secret where there is one to show. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly registrationToken: string;
}

/** Most initial access tokens of a tenant: they are shown in one list. */
const MAX_INITIAL = 200;
const MAX_USES = 10_000;
const MAX_EXPIRY_SECONDS = 31_536_000;
const MAY_CREATE = [['client:create']] as const;

/** Refusals of changes of clients that may do more than a caller without rights. */
const GUARDS: ReadonlySet<string> = new Set([
  'ACCOUNT_GUARDED',
  'ADMINISTRATOR_LAST',
  'CLIENT_BUILTIN',
  'CLIENT_DELETION_LOCKED',
  'FORBIDDEN',
]);

const isTrusted = (client: Client): boolean => metadataOf(client, 'consent') === 'trusted';

const within = (path: string, value: number, max: number): number => {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw invalidField(path, 'NUMBER_RANGE', `Give 1 to ${max}.`);
};

/**
 * Clients that register themselves (RFC 7591) and look after their registration (RFC 7592). Such a client gets no permissions, no roles
 * of its users, and is trusted by nobody: users are asked before it gets their data.
 */
export class RegistrationService {
  readonly #deps: RegistrationDeps;

  constructor(deps: RegistrationDeps) {
    this.#deps = deps;
  }

  /** The initial access tokens of the tenant, oldest first. */
  initialTokens({ tenant }: Authority): Promise<readonly InitialAccessToken[]> {
    return this.#deps.store.list(tenant.id, this.#deps.clock.now(), MAX_INITIAL);
  }

  /**
   * Makes an initial access token.
   * @returns The token; its text is shown once.
   * @throws INVALID_INPUT, INITIAL_ACCESS_TOKEN_LIMIT
   */
  async createInitialToken(
    { caller, tenant }: Authority,
    { uses = 1, expiresInSeconds = null }: NewInitialToken,
  ): Promise<{ readonly token: InitialAccessToken; readonly text: string }> {
    const { clock, db, events, store } = this.#deps;
    const count = within('input.uses', uses, MAX_USES);
    const seconds =
      expiresInSeconds === null ? null : within('input.expiresInSeconds', expiresInSeconds, MAX_EXPIRY_SECONDS);
    const now = clock.now();
    const text = mintHandle(tenant.route);
    return db.transaction(async () => {
      await store.lockInitial(tenant.id);
      if ((await store.list(tenant.id, now, MAX_INITIAL)).length >= MAX_INITIAL)
        throw registrationErrors.INITIAL_ACCESS_TOKEN_LIMIT();
      const token = store.addInitial({
        tenantId: tenant.id,
        id: newId(),
        hash: hashHandle(text),
        uses: count,
        usesLeft: count,
        expiresAt: seconds === null ? null : addSeconds(now, seconds),
        createdAt: now,
      });
      const params = { tokenId: token.id, uses: count };
      events.record(caller, tenant, { type: registrationEvents['initial_access_token.created'], params });
      return { token, text };
    });
  }

  /** @returns Whether there was such a token. */
  async deleteInitialToken({ caller, tenant }: Authority, id: string): Promise<boolean> {
    const { db, events, store } = this.#deps;
    return db.transaction(async () => {
      if (!(await store.deleteInitial(tenant.id, id))) return false;
      const type = registrationEvents['initial_access_token.deleted'];
      events.record(caller, tenant, { type, params: { tokenId: id } });
      return true;
    });
  }

  /**
   * Makes the token that opens the registration of a client; the one before ends.
   * @throws NOT_FOUND, CLIENT_BUILTIN, ACCOUNT_GUARDED
   */
  async issueToken(authority: Authority, clientUuid: string): Promise<{ client: Client; registrationToken: string }> {
    return this.#deps.db.transaction(async () => {
      const client = await this.#deps.clients.lock(authority, clientUuid);
      const registrationToken = await this.#replaceToken(authority.tenant, client);
      this.#deps.events.record(authority.caller, authority.tenant, {
        type: registrationEvents['registration_token.issued'],
        clientId: client.clientId,
      });
      return { client, registrationToken };
    });
  }

  /**
   * Registers a client (RFC 7591 section 3.1).
   * @param accessToken An initial access token, or an access token that may create clients.
   * @throws REGISTRATION_REFUSED, REGISTRATION_METADATA_INVALID, and what creating a client throws for its metadata.
   */
  async register(
    caller: Caller,
    tenant: TenantRef,
    accessToken: string,
    metadata: Readonly<Record<string, unknown>>,
  ): Promise<Registration> {
    const { clients, clock, db, store } = this.#deps;
    const { authority, initial } = await this.#registrant(caller, tenant, accessToken);
    const { type, ...properties } = toRegistered(metadata);
    return db.transaction(async () => {
      if (initial !== null && !(await store.spend(tenant.id, initial.id, clock.now())))
        throw registrationErrors.REGISTRATION_REFUSED();
      const { client, secret } = await clients.create(authority, {
        ...properties,
        type,
        isRegistration: true,
        ...(type === 'public' ? {} : { secret: { isReadable: true } }),
      });
      const registrationToken = await this.#replaceToken(tenant, client);
      return { client, metadata: showRegistered(client, secret), registrationToken };
    });
  }

  /** The registration of a client (RFC 7592 section 2.1). @throws REGISTRATION_TOKEN_INVALID */
  async read(caller: Caller, tenant: TenantRef, clientId: string, token: string): Promise<Registration> {
    const { authority, client } = await this.#open(caller, tenant, clientId, token);
    return this.#withoutGuards(() => this.#show(authority, client, token));
  }

  /**
   * Replaces the metadata of a client (RFC 7592 section 2.2).
   * @throws REGISTRATION_TOKEN_INVALID, REGISTRATION_METADATA_INVALID, and what changing a client throws for its metadata.
   */
  async update(
    caller: Caller,
    tenant: TenantRef,
    clientId: string,
    token: string,
    metadata: Readonly<Record<string, unknown>>,
  ): Promise<Registration> {
    const { authority, client } = await this.#open(caller, tenant, clientId, token);
    if (metadata['client_id'] !== clientId) throw clientErrors.CLIENT_ID_FIXED().at('input.metadata.client_id');
    const properties = toRegistered(metadata);
    return this.#withoutGuards(async () => {
      const changed = await this.#deps.clients.update(authority, client.id, properties, { isRegistration: true });
      return this.#show(authority, changed, token);
    });
  }

  /** Deletes a client (RFC 7592 section 2.3). @throws REGISTRATION_TOKEN_INVALID */
  async delete(caller: Caller, tenant: TenantRef, clientId: string, token: string): Promise<void> {
    const { authority, client } = await this.#open(caller, tenant, clientId, token);
    await this.#withoutGuards(() => this.#deps.serviceAccounts.deleteClient(authority, client.id));
  }

  /**
   * A client that may do something itself is looked after by administrators alone: what guards it is answered like a wrong token.
   * @throws REGISTRATION_TOKEN_INVALID
   */
  async #withoutGuards<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof IdentityError && GUARDS.has(error.code))
        throw registrationErrors.REGISTRATION_TOKEN_INVALID({ cause: error });
      throw error;
    }
  }

  async #show(authority: Authority, client: Client, registrationToken: string): Promise<Registration> {
    const secret = client.type === 'public' ? null : await this.#deps.clients.readSecret(authority, client.id, 'oauth');
    return { client, metadata: showRegistered(client, secret), registrationToken };
  }

  async #replaceToken(tenant: TenantRef, client: Client): Promise<string> {
    const token = mintHandle(tenant.route);
    await this.#deps.store.replaceRegistrationToken({
      tenantId: tenant.id,
      clientUuid: client.id,
      hash: hashHandle(token),
      createdAt: this.#deps.clock.now(),
    });
    return token;
  }

  /** Who registers a client: the holder of an initial access token has no permissions. @throws REGISTRATION_REFUSED */
  async #registrant(
    caller: Caller,
    tenant: TenantRef,
    token: string,
  ): Promise<{ readonly authority: Authority; readonly initial: InitialAccessToken | null }> {
    const { authenticator, clock, store } = this.#deps;
    const isOurs = routeOfHandle(token) === tenant.route;
    const initial = isOurs ? await store.findInitial(tenant.id, hashHandle(token), clock.now()) : null;
    if (initial !== null) return { authority: new Authority(caller, tenant, 'tenant'), initial };
    const authentication = await authenticator.authenticate(token, caller.origin);
    const known = 'caller' in authentication ? authentication.caller : null;
    const allowance = known === null ? null : allowed(known, tenant, MAY_CREATE);
    if (known === null || allowance === null) throw registrationErrors.REGISTRATION_REFUSED();
    return { authority: new Authority(known, tenant, allowance.reach), initial: null };
  }

  /**
   * The client whose registration a token opens. Disabled clients do not look after themselves, and neither do those that an administrator
   * trusts: users are not asked there, so that a new redirect address would get their data.
   * @throws REGISTRATION_TOKEN_INVALID
   */
  async #open(
    caller: Caller,
    tenant: TenantRef,
    clientId: string,
    token: string,
  ): Promise<{ readonly authority: Authority; readonly client: Client }> {
    const authority = new Authority(caller, tenant, 'tenant');
    const client = await this.#deps.clients.find(authority, { clientId });
    const hash = client === null ? null : await this.#deps.store.registrationHashOf(tenant.id, client.id);
    const isRight = hash !== null && constantTimeEqual(hash, hashHandle(token));
    if (client === null || client.clientId !== clientId || !client.enabled || isTrusted(client) || !isRight)
      throw registrationErrors.REGISTRATION_TOKEN_INVALID();
    return { authority, client };
  }
}
