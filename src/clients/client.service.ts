import type { Authority, PermissionGrant } from '../access/index.ts';
import type { EventLog, EventType } from '../events/index.ts';
import { type Clock, invalidField, isUuid, kernelErrors, newId } from '../kernel/index.ts';
import {
  type ColumnSet,
  type Database,
  type PageRequest,
  type PageResult,
  violatedConstraint,
} from '../persistence/index.ts';
import {
  administratorGrants,
  assertMayGrant,
  type ClientRoles,
  type GuardedAccounts,
  parsePermissions,
  TENANT_ROLE_CLIENT,
} from '../roles/index.ts';
import { REST_GRANTS, type SecretKind } from './client.authenticator.ts';
import { CLIENT_ID } from './client.directory.ts';
import type { Client, ClientSecret } from './client.entity.ts';
import { clientErrors } from './client.errors.ts';
import { clientEvents } from './client.events.ts';
import type { ClientFilter, ClientKeys, ClientStore } from './client.store.ts';
import { type ClientChanges, type ClientProperties, changedColumns, onlySwitch, withChanges } from './client-input.ts';
import type { ClientScopeStore, StoredLink } from './client-scope.store.ts';
import type { ClientScopeLinks } from './client-scope-links.ts';
import type { ClientSecrets, NewSecret } from './client-secrets.ts';
import { assertExpected, assertFitsType, isRetyped, withMethodOfType } from './client-type.ts';
import { changedMembers, metadataOf, webOriginsOf } from './metadata/index.ts';
import { isTenantClientId } from './tenant-clients.ts';

export interface CreateClient extends ClientProperties {
  /** UUID, of a client that another service had. Default: a new one. */
  readonly id?: string;
  /** Printable ASCII, 1 to 255, exact case. Default: a new UUID. */
  readonly clientId?: string;
  /** Default `confidential`. */
  readonly type?: 'confidential' | 'public';
  /** How the secret of a confidential client is kept. */
  readonly secret?: Omit<NewSecret, 'kind'>;
  /** Whether the client registers itself (RFC 7591): it gets no scopes but those that every new client may have. Default false. */
  readonly isRegistration?: boolean;
  /** Also make a `rest` secret, for routes that document HTTP Basic. Default false. */
  readonly withRestSecret?: boolean;
}

/** Which client is meant: `clients.id`, or a text that is its `client_id` or, where no client has that, its `id`. */
export type ClientReference = { readonly id: string } | { readonly clientId: string };

/** A new client with its secrets, which are shown only here. */
export interface CreatedClient {
  readonly client: Client;
  /** Null for a public client. */
  readonly secret: string | null;
  readonly restSecret: string | null;
}

export interface RotateSecret extends NewSecret {
  /** How long the previous secret stays valid, in seconds; at most 90 days. Default 0: it ends at once. */
  readonly overlapSeconds?: number;
}

export interface ClientServiceDeps {
  readonly db: Database;
  readonly store: ClientStore;
  readonly scopeStore: ClientScopeStore;
  readonly links: ClientScopeLinks;
  readonly secrets: ClientSecrets;
  readonly clientRoles: Pick<ClientRoles, 'end'>;
  readonly guarded: GuardedAccounts;
  readonly events: EventLog;
  readonly clock: Clock;
}

const MAY_ROTATE_SECRETS: PermissionGrant = { permission: 'client-secret:rotate', reach: 'tenant' };

/** The form of the graph's global ids. A `client_id` must not have it, because it would be read as one. */
const LIKE_GLOBAL_ID = /^[a-z]{3}~[a-z2-7]{8}~/;

/**
 * Rules of clients: who may create and change them, which permissions they may have, and how secrets are made and rotated.
 */
export class ClientService {
  readonly #deps: ClientServiceDeps;

  constructor(deps: ClientServiceDeps) {
    this.#deps = deps;
  }

  async find(authority: Authority, reference: ClientReference): Promise<Client | null> {
    const { store } = this.#deps;
    const tenantId = authority.tenant.id;
    if ('id' in reference) return isUuid(reference.id) ? store.findById(tenantId, reference.id.toLowerCase()) : null;
    const { clientId } = reference;
    if (!CLIENT_ID.test(clientId)) return null;
    const named = await store.findByClientId(tenantId, clientId);
    return named ?? (isUuid(clientId) ? store.findById(tenantId, clientId.toLowerCase()) : null);
  }

  /**
   * Returns `clients.id`, which the methods below take.
   * @throws NOT_FOUND, or the error of `missing`, when there is no such client.
   */
  async idOf(
    authority: Authority,
    reference: ClientReference,
    missing: () => Error = kernelErrors.NOT_FOUND,
  ): Promise<string> {
    const client = await this.find(authority, reference);
    if (client === null) throw missing();
    return client.id;
  }

  /** The client with this UUID, or null. The caller of this method must check the permission to read it. */
  findIn(tenantId: string, id: string): Promise<Client | null> {
    return this.#deps.store.findById(tenantId, id);
  }

  /** Clients by their UUIDs; unknown ones are left out. The caller of this method must check the permission to read them. */
  findMany(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, Client>>;
  /** @param columns What is read of each beside its keys; null: all. */
  findMany(
    tenantId: string,
    ids: readonly string[],
    columns: ColumnSet | null,
  ): Promise<ReadonlyMap<string, ClientKeys>>;
  findMany(
    tenantId: string,
    ids: readonly string[],
    columns: ColumnSet | null = null,
  ): Promise<ReadonlyMap<string, ClientKeys>> {
    return this.#deps.store.findMany(tenantId, ids, columns);
  }

  /** The scopes of many clients. The caller of this method must check the permission to read them. */
  scopesOf(tenantId: string, clientUuids: readonly string[]): Promise<ReadonlyMap<string, readonly StoredLink[]>> {
    return this.#deps.scopeStore.linksOf(tenantId, clientUuids);
  }

  /** The secrets of many clients as rows, never as text. The caller of this method must check the permission to read them. */
  secretsOf(tenantId: string, clientUuids: readonly string[]): Promise<ReadonlyMap<string, readonly ClientSecret[]>> {
    return this.#deps.store.secretsOfMany(tenantId, clientUuids);
  }

  /** Whether `readSecret` shows an `oauth` secret. @param secrets Those of the client. */
  hasReadableSecret(client: Pick<Client, 'kind' | 'type'>, secrets: readonly ClientSecret[]): boolean {
    const ofKind = secrets.filter(({ kind }) => kind === 'oauth');
    return this.#deps.secrets.readable(ofKind).size > 0 || (ofKind.length === 0 && getsSecretWhenRead(client));
  }

  /** The secrets among those of a client that `readSecret` shows. */
  readableSecrets(secrets: readonly ClientSecret[]): ReadonlySet<ClientSecret> {
    return this.#deps.secrets.readable(secrets);
  }

  page(authority: Authority, filter: ClientFilter, request: PageRequest): Promise<PageResult<Client>>;
  /** @param columns What is read of each beside its keys; null: all. */
  page(
    authority: Authority,
    filter: ClientFilter,
    request: PageRequest,
    columns: ColumnSet | null,
  ): Promise<PageResult<ClientKeys>>;
  page(
    authority: Authority,
    filter: ClientFilter,
    request: PageRequest,
    columns: ColumnSet | null = null,
  ): Promise<PageResult<ClientKeys>> {
    return this.#deps.store.page(authority.tenant.id, filter, request, columns);
  }

  /**
   * Makes a client. `fullRoleScope` stays false where the caller holds less than administrators of the tenant do, because an administrator
   * who signs in to the client would lend it more than the caller may grant.
   * @throws CLIENT_ID_INVALID, CLIENT_ID_TAKEN, CLIENT_REDIRECT_INVALID, CLIENT_GRANT_TYPE_INVALID, CLIENT_SCOPE_UNKNOWN
   * @throws CLIENT_METADATA_INVALID, PROTOCOL_MAPPER_NAME_TAKEN, PROTOCOL_MAPPER_LIMIT
   * @throws PERMISSION_UNKNOWN, PERMISSION_MASTER_ONLY
   * @throws PERMISSION_ESCALATION The permissions, scopes and secrets allow more than the caller holds.
   */
  async create(authority: Authority, input: CreateClient): Promise<CreatedClient> {
    const clientId = input.clientId ?? newId();
    if (!CLIENT_ID.test(clientId) || LIKE_GLOBAL_ID.test(clientId)) throw idFault('CLIENT_ID_INVALID');
    if (isTenantClientId(authority.tenant, clientId) && authority.reach !== 'all')
      throw kernelErrors.FORBIDDEN({ detail: 'client_id of a client that stands for a tenant' });
    const { db, secrets, store } = this.#deps;
    // Clients are also found by their UUID, so no other client may have it as its client_id.
    if (isUuid(clientId) && (await store.findById(authority.tenant.id, clientId.toLowerCase())) !== null) {
      throw idFault('CLIENT_ID_TAKEN');
    }
    const id = input.id === undefined ? newId() : await this.#givenId(authority, input.id);
    this.#assertPast(input);
    return db.transaction(async () => {
      const blank = { ...this.#blank(authority, clientId, input.type ?? 'confidential'), id };
      const columns = changedColumns(input, blank);
      assertMayGrant(authority, parsePermissions(columns.permissions ?? []));
      const fullRoleScope =
        columns.fullRoleScope === true && authority.holds(administratorGrants(authority.tenant.name));
      const client = store.create({ ...blank, ...columns, fullRoleScope });
      await this.#flushMapped();
      await this.#keepOrigins(client);
      if (input.isRegistration === true) await this.#deps.links.assertOffered(client, input.scopes);
      await this.#deps.links.begin(authority, client, input.scopes);
      const isPublic = client.type === 'public';
      if (isPublic && (input.secret !== undefined || input.withRestSecret === true)) throw clientErrors.CLIENT_PUBLIC();
      const secret = isPublic ? null : secrets.add(client, { ...input.secret, kind: 'oauth' });
      const restSecret = input.withRestSecret === true ? this.#addRestSecret(authority, client) : null;
      this.#record(
        authority,
        client,
        clientEvents[input.isRegistration === true ? 'client.registered' : 'client.created'],
      );
      return { client, secret, restSecret };
    });
  }

  /**
   * Changes what the input names. Builtin clients can be enabled and disabled, by a change that names nothing else.
   * @throws NOT_FOUND, CLIENT_BUILTIN, ACCOUNT_GUARDED, CLIENT_TYPE_FIXED, CLIENT_ID_FIXED, CLIENT_PUBLIC, and what `create` throws for
   *   the same members.
   * @throws FORBIDDEN A secret or another type is given, and the caller does not hold `client-secret:rotate`.
   * @param options `isRegistration`: whether the client changes its own registration (RFC 7592).
   */
  async update(
    authority: Authority,
    id: string,
    changes: ClientChanges,
    { isRegistration = false }: { readonly isRegistration?: boolean } = {},
  ): Promise<Client> {
    return this.#deps.db.transaction(async () => {
      const client = await this.lock(authority, id, { evenBuiltin: onlySwitch(changes) });
      assertExpected(changes, client);
      const isOtherType = isRetyped(changes, client);
      if (isOtherType) await this.#changeType(authority, client, changes);
      const input = withChanges(isOtherType ? withMethodOfType(changes) : changes, client);
      this.#assertPast(input);
      const columns = changedColumns(input, client);
      // The caller must hold what it adds; permissions that the client already has are not checked.
      const added = (columns.permissions ?? []).filter((scope) => !client.permissions.includes(scope));
      assertMayGrant(authority, parsePermissions(added));
      if (columns.fullRoleScope === true && !client.fullRoleScope)
        assertMayGrant(authority, administratorGrants(authority.tenant.name));
      const changed = [...(isOtherType ? ['type'] : []), ...namesOf(columns, client)];
      Object.assign(client, columns);
      // Codes and refresh tokens worked with the secret alone. The change must not name an earlier moment.
      if (isOtherType && client.type === 'public') client.notBefore = this.#deps.clock.now();
      if (isOtherType) assertFitsType(client);
      // What pages may call a client that lists none depends on its type.
      const hasOtherOrigins = isOtherType || columns.redirects !== undefined || columns.metadata !== undefined;
      if (hasOtherOrigins) await this.#keepOrigins(client);
      if (isRegistration) await this.#deps.links.assertOffered(client, changes.scopes);
      if (await this.#deps.links.change(authority, client, changes)) changed.push('scopes');
      if (changes.secret !== undefined) await this.#replaceSecret(authority, client, changes.secret);
      if (changed.length === 0) return client;
      client.updatedAt = this.#deps.clock.now();
      this.#record(authority, client, clientEvents['client.updated'], { changed });
      return client;
    });
  }

  /**
   * Deletes a client with its secrets, tokens, roles and grants.
   * @throws NOT_FOUND, CLIENT_BUILTIN, CLIENT_DELETION_LOCKED, ACCOUNT_GUARDED, ADMINISTRATOR_LAST
   */
  async delete(authority: Authority, id: string): Promise<Client> {
    const { clientRoles, db, store } = this.#deps;
    return db.transaction(async () => {
      const client = await this.lock(authority, id);
      if (metadataOf(client, 'isDeletionLocked')) throw clientErrors.CLIENT_DELETION_LOCKED();
      const gone = { ...client };
      await clientRoles.end(authority, client.id);
      await store.delete(client.tenantId, client.id);
      this.#record(authority, gone, clientEvents['client.deleted']);
      return gone;
    });
  }

  /**
   * Replaces the secrets of a kind by a new one, which is returned only here.
   * @throws NOT_FOUND, CLIENT_PUBLIC, ACCOUNT_GUARDED
   * @throws FORBIDDEN The client may do more than the caller.
   * @throws PERMISSION_ESCALATION A `rest` secret allows more than the caller holds.
   */
  async rotateSecret(
    authority: Authority,
    id: string,
    input: RotateSecret,
  ): Promise<{ client: Client; secret: string }> {
    return this.#deps.db.transaction(async () => {
      const client = await this.lock(authority, id);
      if (client.type === 'public') throw clientErrors.CLIENT_PUBLIC();
      if (input.kind === 'rest') assertMayGrant(authority, REST_GRANTS);
      const { overlapSeconds = 0, ...next } = input;
      const secret = await this.#deps.secrets.rotate(client, next, overlapSeconds);
      this.#record(authority, client, clientEvents['client.secret_rotated'], { kind: input.kind, overlapSeconds });
      return { client, secret };
    });
  }

  /**
   * Shows the newest secret of a kind; null where no copy was kept. A caller who knows the secret can act as the client, so
   * the rules of changing the client apply. A confidential client of the service gets its secret when it is first read.
   * @throws NOT_FOUND, ACCOUNT_GUARDED
   */
  async readSecret(authority: Authority, id: string, kind: SecretKind): Promise<string | null> {
    return this.#deps.db.transaction(async () => {
      const client = await this.lock(authority, id, { evenBuiltin: true });
      const secret = (await this.#deps.secrets.read(client, kind)) ?? (await this.#firstSecret(client, kind));
      if (secret !== null) this.#record(authority, client, clientEvents['client.secret_read'], { kind });
      return secret;
    });
  }

  /**
   * Ends the `oauth` secrets of a client that a rotation let stay, all but the newest.
   * @returns The client, and how many secrets ended.
   * @throws NOT_FOUND, CLIENT_BUILTIN, ACCOUNT_GUARDED
   */
  async endEarlierSecrets(authority: Authority, id: string): Promise<{ client: Client; endedSecrets: number }> {
    return this.#deps.db.transaction(async () => {
      const client = await this.lock(authority, id);
      const endedSecrets = await this.#deps.secrets.endEarlier(client, 'oauth');
      if (endedSecrets > 0) this.#record(authority, client, clientEvents['client.secret_ended'], { endedSecrets });
      return { client, endedSecrets };
    });
  }

  /** The secret that a builtin client has not had yet, made now; null for every other client. */
  async #firstSecret(client: Client, kind: SecretKind): Promise<string | null> {
    if (kind !== 'oauth' || !getsSecretWhenRead(client)) return null;
    const { secrets } = this.#deps;
    if (await secrets.hasAny(client, kind)) return null;
    return secrets.add(client, { kind, isReadable: true, form: 'uuid' });
  }

  /** Gives a client another type; a public one has no secrets. @throws FORBIDDEN */
  async #changeType(authority: Authority, client: Client, { newType }: ClientChanges): Promise<void> {
    this.#assertMayRotate(authority);
    client.type = newType!;
    if (newType === 'public') await this.#deps.secrets.endAll(client);
  }

  /** @throws FORBIDDEN */
  #assertMayRotate(authority: Authority): void {
    if (!authority.holds([MAY_ROTATE_SECRETS])) throw kernelErrors.FORBIDDEN({ detail: 'may not replace secrets' });
  }

  /** Replaces the `oauth` secrets of a client as part of another change. @throws FORBIDDEN, CLIENT_PUBLIC */
  async #replaceSecret(authority: Authority, client: Client, { text, isReadable }: Omit<NewSecret, 'kind'>) {
    this.#assertMayRotate(authority);
    if (client.type === 'public') throw clientErrors.CLIENT_PUBLIC();
    const next = { kind: 'oauth', ...(text === undefined ? {} : { text }), isReadable: isReadable ?? false } as const;
    if (await this.#deps.secrets.isCurrent(client, next)) return;
    await this.#deps.secrets.rotate(client, next, 0);
    this.#record(authority, client, clientEvents['client.secret_rotated'], { kind: next.kind, overlapSeconds: 0 });
  }

  /** @throws INVALID_INPUT @throws CLIENT_ID_TAKEN A client has it, as its UUID or as its `client_id`. */
  async #givenId({ tenant }: Authority, given: string): Promise<string> {
    if (!isUuid(given) || given === TENANT_ROLE_CLIENT)
      throw invalidField('input.id', 'UUID_INVALID', 'This is no UUID.');
    const id = given.toLowerCase();
    const { store } = this.#deps;
    if ((await store.findById(tenant.id, id)) !== null || (await store.findByClientId(tenant.id, id)) !== null)
      throw clientErrors.CLIENT_ID_TAKEN().at('input.id');
    return id;
  }

  /** A later moment would refuse the tokens that are issued until then. */
  #assertPast({ notBefore }: ClientProperties): void {
    if (notBefore == null || notBefore <= this.#deps.clock.now()) return;
    throw invalidField('input.notBefore', 'MOMENT_FUTURE', 'The moment must not be in the future.');
  }

  async #keepOrigins(client: Client): Promise<void> {
    const rootUrl = metadataOf(client, 'rootUrl');
    const webOrigins = webOriginsOf(metadataOf(client, 'webOrigins'), client.redirects, rootUrl);
    await this.#deps.store.replaceOrigins(client, webOrigins);
  }

  /** A `rest` secret allows more than the permissions of its client, so the caller must be allowed to grant that. */
  #addRestSecret(authority: Authority, client: Client): string {
    assertMayGrant(authority, REST_GRANTS);
    return this.#deps.secrets.add(client, { kind: 'rest' });
  }

  /** Locks a client to change it, inside a unit of work. @throws NOT_FOUND, CLIENT_BUILTIN, ACCOUNT_GUARDED */
  async lock(authority: Authority, id: string, { evenBuiltin = false } = {}): Promise<Client> {
    const { guarded, store } = this.#deps;
    const client = await store.lock(authority.tenant.id, id);
    if (client === null) throw kernelErrors.NOT_FOUND();
    await guarded.assertMayChange(authority, 'client', client.id);
    if (client.kind === 'builtin' && !evenBuiltin && authority.caller.kind !== 'system')
      throw clientErrors.CLIENT_BUILTIN();
    return client;
  }

  #blank(authority: Authority, clientId: string, type: string): Client {
    const now = this.#deps.clock.now();
    return {
      tenantId: authority.tenant.id,
      id: newId(),
      clientId,
      name: null,
      description: null,
      kind: 'regular',
      type,
      enabled: true,
      grantTypes: [],
      redirects: [],
      postLogoutRedirects: [],
      fullRoleScope: false,
      permissions: [],
      tokenFormat: 'jwt',
      accessTokenAlg: null,
      idTokenAlg: null,
      accessTokenSeconds: null,
      refreshTokenSeconds: null,
      softwareId: null,
      ownerUserId: null,
      metadata: {},
      attributes: {},
      mappers: [],
      lockedAt: null,
      notBefore: null,
      createdAt: now,
      updatedAt: now,
    };
  }

  #record({ caller, tenant }: Authority, client: Client, type: EventType, params: Record<string, unknown> = {}): void {
    this.#deps.events.record(caller, tenant, { type, clientId: client.clientId, params });
  }

  async #flushMapped(): Promise<void> {
    try {
      await this.#deps.db.em.flush();
    } catch (error) {
      if (ID_CONSTRAINTS.has(violatedConstraint(error) ?? '')) throw idFault('CLIENT_ID_TAKEN');
      throw error;
    }
  }
}

/** Two clients cannot be made with one `client_id`, or UUID, at the same moment. */
const ID_CONSTRAINTS: ReadonlySet<string> = new Set(['clients__client_id', 'clients__pkey']);

/** Names of the changed properties as callers know them; for metadata, the names of the members. */
const namesOf = ({ metadata, ...columns }: Partial<Client>, before: Client): string[] => [
  ...Object.keys(columns),
  ...(metadata === undefined ? [] : changedMembers(before.metadata, metadata)),
];

/** No secret is shown when the service makes a client, so it is made when it is first asked for. */
const getsSecretWhenRead = ({ kind, type }: Pick<Client, 'kind' | 'type'>): boolean =>
  kind === 'builtin' && type === 'confidential';

const idFault = (code: 'CLIENT_ID_TAKEN' | 'CLIENT_ID_INVALID') => {
  const { message } = clientErrors.rows[code];
  return clientErrors[code]({ fields: [{ path: 'input.clientId', code, message }] });
};
