import { z } from 'zod';
import type { Caller } from '../../access/index.ts';
import type { ClientDirectory, ClientRecord } from '../../clients/index.ts';
import type { Clock, Origin, TenantRef } from '../../kernel/index.ts';
import { RESOURCE_USER_ROLE, type RolePermissions, TENANT_ROLE_CLIENT } from '../../roles/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import { type Family, toFamily } from '../grants/grant.entity.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import { UMA_TICKET } from '../issuers/issuers.ts';
import { lifetimesOf } from '../issuers/lifetimes.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { AccessTokens, MadeToken } from '../tokens/access-token.ts';
import { roleClaims } from '../tokens/role-claims.ts';
import type { ScopeRules } from '../tokens/scopes.ts';
import { findServiceAccount, type TokenFacts, type TokenFactsReader } from '../tokens/token-facts.ts';
import { latestOf } from './family-tokens.ts';
import { defineGrant, type GrantRequest, type ResourcePermission, type TokenAnswer } from './grant.ts';
import { invalidGrant } from './invalid-grant.ts';
import { optionalParameter } from './parameters.ts';
import { type RecordTokenDeps, recordToken } from './record-token.ts';
import { assertUsableAccount } from './service-account.ts';

/** Finds the caller that an access token stands for. */
export interface TokenCallers {
  authenticate(token: string, origin: Origin): Promise<{ readonly caller: Caller } | { readonly refused: string }>;
}

export interface UmaTicketGrantDeps extends RecordTokenDeps {
  readonly issuers: IssuerDirectory;
  readonly clients: ClientDirectory;
  readonly callers: TokenCallers;
  readonly roles: RolePermissions;
  readonly users: Pick<UserStore, 'findById'>;
  readonly grants: GrantStore;
  readonly accessTokens: AccessTokens;
  readonly scopes: ScopeRules;
  readonly facts: TokenFactsReader;
  readonly clock: Clock;
}

/** The one resource of every resource server: resources are not administered. */
const RESOURCE_NAME = 'Default Resource';

/** For whom permissions are asked. */
interface Subject {
  /** The client to which a token would be issued. */
  readonly client: ClientRecord;
  /** Null: the client asks for itself. */
  readonly userId: string | null;
  /** The service account of a client that asks for itself; null: it has none. */
  readonly account: User | null;
  /** The family of the access token that the user is known by. */
  readonly family: Family | null;
  readonly scopes: readonly string[];
  /** When the access token ends that the subject is known by; null: there is none. */
  readonly expiresAt: Date | null;
}

/** A subject with the user that it is; null: the client asks for itself. */
interface KnownSubject extends Subject {
  readonly person: User | null;
}

/**
 * Asks for permissions on resources (User-Managed Access 2.0 Grant for OAuth 2.0, as issuers of the kind `realm` know it). Every
 * resource server has one resource, for everybody who has the role of users of resources. Without `response_mode` the answer is
 * an access token that names the permissions.
 */
export const UMA_TICKET_GRANT = defineGrant({
  name: UMA_TICKET,
  isHidden: false,
  isOfEveryClient: true,
  takesBearer: true,
  lists: ['permission'],
  parameters: z.object({
    audience: optionalParameter('`client_id` of the resource server. Default: that of the client.'),
    permission: z
      .array(z.string())
      .optional()
      .describe('Id or name of a resource, and after `#` its scopes. May be repeated. Default: every resource.'),
    response_mode: z
      .enum(['decision', 'permissions'], 'The value is `decision` or `permissions`.')
      .optional()
      .describe('`decision` or `permissions`: the answer has these instead of a token.'),
    subject_token: optionalParameter('The access token of the user, if the client authenticates with its secret.'),
  }),
  /**
   * @throws CLIENT_UNAUTHENTICATED The client only gave its id.
   * @throws GRANT_INVALID `subject_token` is no valid access token of this issuer.
   * @throws RESOURCE_SERVER_UNKNOWN, RESOURCE_UNKNOWN, RESOURCE_ACCESS_DENIED
   */
  async issue(deps: UmaTicketGrantDeps, request, parameters): Promise<TokenAnswer> {
    const subject = await findSubject(deps, request, parameters.subject_token);
    const server = await findServer(deps, request, parameters.audience);
    for (const asked of parameters.permission ?? []) assertKnown(server, asked);
    if (!(await isResourceUser(deps, request.tenant, subject))) throw oauthErrors.RESOURCE_ACCESS_DENIED();
    const permissions = [toPermission(server)];
    return parameters.response_mode === undefined ? issueToken(deps, request, subject, server) : { permissions };
  },
});

const toPermission = ({ client }: ClientRecord): ResourcePermission => ({
  resourceId: client.id,
  resourceName: RESOURCE_NAME,
  scopes: [],
});

/** @throws CLIENT_UNAUTHENTICATED, GRANT_INVALID */
async function findSubject(
  deps: UmaTicketGrantDeps,
  request: GrantRequest,
  token: string | undefined,
): Promise<Subject> {
  const { caller, client } = request;
  if (caller.clientAuth === 'Bearer') return subjectOf(deps, request, caller);
  if (caller.clientAuth === 'None') throw oauthErrors.CLIENT_UNAUTHENTICATED();
  if (token !== undefined) return subjectOf(deps, request, await readSubjectToken(deps, request, token));
  const scopes = deps.scopes.forApplication(client, undefined).split(' ');
  const account = await findAccount(deps, client);
  return { client, userId: null, account, family: null, scopes, expiresAt: null };
}

/** @throws GRANT_INVALID It is no valid access token of this kind of issuer and tenant. */
async function readSubjectToken(
  { callers }: UmaTicketGrantDeps,
  { caller, tenant, issuer }: GrantRequest,
  token: string,
): Promise<Caller> {
  const found = await callers.authenticate(token, caller.origin);
  if ('refused' in found) throw invalidGrant('SUBJECT_TOKEN_INVALID');
  const { caller: subject } = found;
  const isOwn = subject.tenant?.id === tenant.id && subject.issuerKind === issuer.kind.kind;
  if (!isOwn) throw invalidGrant('SUBJECT_TOKEN_INVALID');
  return subject;
}

/** The subject of an access token that was found valid. @throws GRANT_INVALID It ended in the meantime. */
async function subjectOf(
  deps: UmaTicketGrantDeps,
  { tenant }: GrantRequest,
  { clientId, userId, grantId, scopes, expiresAt }: Caller,
): Promise<Subject> {
  const client = await deps.clients.byClientId(tenant.id, clientId ?? '');
  const grant = grantId === undefined ? null : await deps.grants.findById(tenant.id, grantId);
  if (client === null || (userId !== null && grant === null)) throw invalidGrant('SUBJECT_TOKEN_INVALID');
  const account = userId === null ? await findAccount(deps, client) : null;
  return { client, userId, account, family: grant === null ? null : toFamily(grant), scopes, expiresAt };
}

/** @throws SERVICE_ACCOUNT_DISABLED */
async function findAccount({ users }: UmaTicketGrantDeps, { client }: ClientRecord): Promise<User | null> {
  const account = await findServiceAccount(users, client);
  assertUsableAccount(account);
  return account;
}

/** @throws RESOURCE_SERVER_UNKNOWN */
async function findServer(
  { clients }: UmaTicketGrantDeps,
  { tenant, client }: GrantRequest,
  audience: string | undefined,
): Promise<ClientRecord> {
  const server = audience === undefined ? client : await clients.byClientId(tenant.id, audience);
  if (server?.isUsable !== true || !server.metadata.isResourceServer) throw oauthErrors.RESOURCE_SERVER_UNKNOWN();
  return server;
}

/** @throws RESOURCE_UNKNOWN, SCOPE_INVALID The resource has no scopes. */
function assertKnown({ client }: ClientRecord, asked: string): void {
  const [resource, scopes = ''] = asked.split('#', 2) as [string, string?];
  if (resource !== client.id && resource !== RESOURCE_NAME) throw oauthErrors.RESOURCE_UNKNOWN();
  if (scopes !== '') throw oauthErrors.SCOPE_INVALID();
}

/** Whether the subject has the role of users of resources, also through groups and inside other roles. */
async function isResourceUser(
  { roles }: UmaTicketGrantDeps,
  { id: tenantId }: TenantRef,
  { client, userId, account }: Subject,
): Promise<boolean> {
  const { id } = client.client;
  const holders = [
    ...(userId === null ? [roles.heldBy(tenantId, 'client', id)] : [roles.heldBy(tenantId, 'user', userId)]),
    ...(account === null ? [] : [roles.heldBy(tenantId, 'user', id)]),
  ];
  const held = await Promise.all(holders);
  return held.some((one) =>
    one.roles.some(({ name, clientUuid }) => name === RESOURCE_USER_ROLE && clientUuid === TENANT_ROLE_CLIENT),
  );
}

/** An access token of the client and the family that the subject is known by, which lives no longer than the one before. */
async function issueToken(
  deps: UmaTicketGrantDeps,
  request: GrantRequest,
  subject: Subject,
  server: ClientRecord,
): Promise<TokenAnswer> {
  const { tenant } = request;
  const { client, family, userId } = subject;
  const now = deps.clock.now();
  const person = userId === null ? null : await deps.users.findById(tenant.id, userId);
  const made = await makeToken(deps, request, { ...subject, person }, server, now);
  await recordToken(deps, request, UMA_TICKET, made, now);
  return {
    accessToken: made.token,
    tokenType: 'Bearer',
    expiresInSeconds: made.claims.exp - made.claims.iat,
    scope: made.claims.scope,
    refreshToken: null,
    refreshExpiresInSeconds: null,
    idToken: null,
    sessionId: family?.sessionId ?? null,
    notBefore: latestOf([tenant.notBefore, client.client.notBefore, person?.notBefore]),
  };
}

async function makeToken(
  deps: UmaTicketGrantDeps,
  { caller, tenant, issuer: asked }: GrantRequest,
  subject: KnownSubject,
  server: ClientRecord,
  now: Date,
): Promise<MadeToken> {
  const { client, family, scopes, expiresAt } = subject;
  const host = family?.issuerHost ?? asked.host;
  const issuer = await deps.issuers.of(tenant, asked.kind.kind, { ...caller.origin, host });
  const facts = await readFacts(deps, tenant, subject, caller.origin.ip);
  const { accessTokenSeconds } = lifetimesOf(issuer.kind, tenant.settings, client);
  const left = expiresAt === null ? accessTokenSeconds : Math.floor((expiresAt.getTime() - now.getTime()) / 1000);
  const { resourceId: rsid, resourceName: rsname, scopes: ofResource } = toPermission(server);
  const audience = [server.client.clientId];
  const more = {
    ...roleClaims({ issuer, client, scopes, facts, sessionId: family?.sessionId ?? null, audience }),
    ...(family === null && facts.account !== null ? { sub: facts.account.id } : {}),
    authorization: { permissions: [{ rsid, rsname, scopes: ofResource }] },
  };
  const lifetimeSeconds = Math.min(accessTokenSeconds, left);
  const about = { tenant, issuer, client, scope: scopes.join(' '), lifetimeSeconds, now, more };
  const signer = await deps.accessTokens.signer(about);
  return deps.accessTokens.make({ ...about, ...(family === null ? {} : { family }) }, signer);
}

async function readFacts(
  { facts }: UmaTicketGrantDeps,
  { id: tenantId }: TenantRef,
  { client, userId, account, family, scopes, person }: KnownSubject,
  address: string | null,
): Promise<TokenFacts> {
  const subject = { tenantId, client, scopes, target: 'accessToken' } as const;
  if (userId === null) return facts.ofApplication(subject, { account, address });
  return facts.ofUser(subject, { userId, person, authTime: family?.authTime ?? null });
}
