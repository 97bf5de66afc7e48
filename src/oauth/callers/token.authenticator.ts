import { anonymousCaller, type Caller, isActedFor, PermissionSet, parseScope } from '../../access/index.ts';
import {
  type AuthMethod,
  basicPermissions,
  type ClientAuthenticator,
  type ClientDirectory,
  type ClientRecord,
  type ScopeRoleDirectory,
  type SecretKind,
} from '../../clients/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { Origin, TenantRef } from '../../kernel/index.ts';
import type { HeldRoles, RolePermissions } from '../../roles/index.ts';
import { MASTER_TENANT } from '../../tenants/index.ts';
import { ISSUER_KINDS, type IssuerKind, type Issuers } from '../issuers/issuers.ts';
import { oauthEvents } from '../oauth.events.ts';
import type { ScopeRules } from '../tokens/scopes.ts';
import type { LifeVerdict, TokenLife } from '../tokens/token.life.ts';
import type { TokenReader } from '../tokens/token.reader.ts';
import type { ReadToken } from '../tokens/token.ts';
import { elsewhereOf } from './elsewhere.ts';

/** The credentials with which a client authenticates (RFC 6749 section 2.3). */
export interface ClientCredentials {
  readonly clientId: string;
  /** Null: the client gives only its id, as public clients do. */
  readonly secret: string | null;
  readonly method: 'Basic' | 'Post' | 'None';
}

/**
 * The caller that a credential belongs to; or the reason of a refusal, which is only for logs: callers see the same answer for
 * all.
 */
export type Authentication = { readonly caller: Caller } | { readonly refused: string };

type Alive = Exclude<LifeVerdict, { readonly dead: string }>;

/** How the methods are called that clients register (RFC 7591 section 2). */
const METHOD_NAMES: Readonly<Record<ClientCredentials['method'], AuthMethod>> = {
  Basic: 'client_secret_basic',
  Post: 'client_secret_post',
  None: 'none',
};

/** By kind of issuer, what users may do with their own accounts without a scope. */
const SELF_SERVICE: ReadonlyMap<string, PermissionSet> = new Map(
  Object.values(ISSUER_KINDS).flatMap(({ kind, selfService }) =>
    selfService.length === 0 ? [] : [[kind, new PermissionSet(selfService.flatMap((name) => parseScope(name) ?? []))]],
  ),
);

export interface TokenAuthenticatorDeps {
  readonly reader: TokenReader;
  readonly life: TokenLife;
  readonly issuers: Issuers;
  readonly scopes: ScopeRules;
  readonly clients: ClientDirectory;
  readonly authenticator: ClientAuthenticator;
  readonly roles: RolePermissions;
  readonly allowedRoles: Pick<ScopeRoleDirectory, 'forToken'>;
  readonly events: EventLog;
}

/** Turns credentials of requests into callers: bearer tokens, and ids with secrets of clients. */
export class TokenAuthenticator {
  readonly #deps: TokenAuthenticatorDeps;

  constructor(deps: TokenAuthenticatorDeps) {
    this.#deps = deps;
  }

  /**
   * Finds the caller of an access token. The scope directives decide in which tenants it may act.
   * @param token The text after `Bearer `.
   */
  async authenticate(token: string, origin: Origin): Promise<Authentication> {
    const read = await this.#deps.reader.read(token);
    if ('refused' in read) return read;
    if (!read.kind.opensResources) return { refused: 'kind-not-accepted' };
    // The audience of tokens of role-based issuers are clients, never this service.
    if (!read.kind.isRoleBased && !this.#deps.issuers.isAudience(read.tenant, read.audiences, read.issuerHost))
      return { refused: 'audience-not-accepted' };
    const verdict = await this.#deps.life.check(read);
    if ('dead' in verdict) return { refused: verdict.dead };
    return { caller: await this.#callerOf(read, verdict, origin) };
  }

  /**
   * Authenticates an application. A failure is recorded as an event.
   * - With its `oauth` secret it gets all permissions of the client.
   * - With its `rest` secret (routes that document HTTP Basic for applications) it gets `basicPermissions`.
   * - A client that registered a method uses no other one at the endpoints of OAuth.
   * - A public client, which gives only its id, gets no permissions and `clientAuth` `None`.
   * @param readings The possible readings of the credentials (clients encode a Basic header in two ways); the first that
   *   authenticates is used.
   */
  async authenticateClient(
    tenant: TenantRef,
    readings: readonly ClientCredentials[],
    origin: Origin,
    secretKind: SecretKind = 'oauth',
  ): Promise<Authentication> {
    for (const credentials of readings) {
      const caller = await this.#clientCaller(tenant, credentials, origin, secretKind);
      if (caller !== null) return { caller };
    }
    const { clientId, method } = readings[0] ?? { clientId: null, method: null };
    await this.#deps.events.append({ ...anonymousCaller(origin), clientAuth: method }, tenant, {
      type: oauthEvents['token.refused'],
      clientId,
      outcome: 'failure',
      reason: 'CLIENT_UNAUTHENTICATED',
    });
    return { refused: 'client-unauthenticated' };
  }

  async #clientCaller(
    tenant: TenantRef,
    { clientId, secret, method }: ClientCredentials,
    origin: Origin,
    secretKind: SecretKind,
  ): Promise<Caller | null> {
    const { clients, authenticator } = this.#deps;
    if (secret === null) {
      const found = await clients.byClientId(tenant.id, clientId);
      if (found === null || !found.isUsable || found.client.type !== 'public' || secretKind === 'rest') return null;
      return clientCaller(tenant, found, method, PermissionSet.none, origin);
    }
    const proved = await authenticator.authenticate(tenant.id, clientId, secret, secretKind);
    if (proved === null) return null;
    const registered = proved.record.metadata.tokenEndpointAuthMethod;
    if (secretKind === 'oauth' && registered !== null && registered !== METHOD_NAMES[method]) return null;
    const permissions = secretKind === 'oauth' ? proved.record.permissions : basicPermissions(proved);
    return clientCaller(tenant, proved.record, method, permissions, origin);
  }

  async #callerOf(read: ReadToken, { client, askedClaims }: Alive, origin: Origin): Promise<Caller> {
    const { claims, tenant, kind } = read;
    const isUser = claims.knd === 'user';
    const limit = isUser ? await this.#deps.roles.ofUser(tenant.id, claims.sub) : client.permissions;
    const holder = isUser ? 'user' : 'application';
    const asked = this.#deps.scopes.permissions(claims.scope, holder, limit);
    const scopes = claims.scope === '' ? [] : claims.scope.split(' ');
    const acting = kind.rolesAct ? await this.#allowedByRoles(read, client, scopes, limit) : null;
    const byRoles = acting === null ? asked : this.#deps.scopes.union(asked, acting);
    const authTime = claims.auth_time === undefined ? null : new Date(claims.auth_time * 1000);
    const isSelf = isUser && !isActedFor(authTime);
    const permissions = isSelf ? this.#withSelfService(kind, client, byRoles) : byRoles;
    // Roles on other tenants act without a scope where all roles of the holder do.
    const isWhole = kind.rolesAct && client.client.fullRoleScope;
    const within = (held: PermissionSet) =>
      isWhole ? held : this.#deps.scopes.permissionsElsewhere(claims.scope, holder, held);
    const elsewhere = await this.#elsewhere(read, client, permissions, within);
    return {
      kind: isUser ? 'user' : 'application',
      tenant,
      userId: isUser ? claims.sub : null,
      clientId: claims.client_id,
      clientUuid: client.client.id,
      clientAuth: 'Bearer',
      permissions,
      ...elsewhere,
      scopes,
      sessionId: claims.sid ?? null,
      authTime,
      amr: claims.amr ?? [],
      expiresAt: new Date(claims.exp * 1000),
      issuerKind: kind.kind,
      ...(askedClaims.length === 0 ? {} : { askedClaims }),
      ...(claims.gid === undefined ? {} : { grantId: claims.gid }),
      origin,
    };
  }

  /** What a token of a user allows, and what every user may do with their account, but nobody who acts as the user. */
  #withSelfService({ kind }: IssuerKind, { client }: ClientRecord, permissions: PermissionSet): PermissionSet {
    const own = SELF_SERVICE.get(kind);
    return own === undefined || !client.fullRoleScope ? permissions : this.#deps.scopes.union(own, permissions);
  }

  /**
   * What the roles that stand in a token allow without a scope (docs/tokens.md).
   * @param limit What the holder may do at most.
   */
  async #allowedByRoles(
    read: ReadToken,
    client: ClientRecord,
    scopes: readonly string[],
    limit: PermissionSet,
  ): Promise<PermissionSet> {
    const { allowedRoles, roles } = this.#deps;
    const allowed = await allowedRoles.forToken(client, scopes);
    if (allowed === null) return limit;
    return roles.within(await this.#heldBy(read, client), allowed);
  }

  #heldBy({ claims, tenant }: ReadToken, client: ClientRecord): HeldRoles | Promise<HeldRoles> {
    const { roles } = this.#deps;
    return claims.knd === 'user'
      ? roles.heldBy(tenant.id, 'user', claims.sub)
      : roles.heldBy(tenant.id, 'client', client.client.id);
  }

  /** What the token allows on other tenants, for which roles can be granted to holders in `master` alone. */
  async #elsewhere(
    read: ReadToken,
    client: ClientRecord,
    own: PermissionSet,
    within: (held: PermissionSet) => PermissionSet,
  ): Promise<Pick<Caller, 'elsewhere'>> {
    if (read.tenant.name !== MASTER_TENANT) return {};
    const held = await this.#heldBy(read, client);
    return held.elsewhere.size === 0 ? {} : { elsewhere: elsewhereOf(held, own, within) };
  }
}

function clientCaller(
  tenant: TenantRef,
  { client }: ClientRecord,
  clientAuth: ClientCredentials['method'],
  permissions: PermissionSet,
  origin: Origin,
): Caller {
  return {
    ...anonymousCaller(origin),
    kind: 'application',
    tenant,
    clientId: client.clientId,
    clientUuid: client.id,
    clientAuth,
    permissions,
  };
}
