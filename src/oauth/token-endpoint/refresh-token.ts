import { z } from 'zod';
import type { ClientRecord } from '../../clients/index.ts';
import { hashHandle, routeOfHandle } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { SessionRow, SessionService, SessionStore } from '../../sessions/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { UserStore } from '../../users/index.ts';
import { familyLife } from '../grants/family-life.ts';
import type { Grant, RefreshToken } from '../grants/grant.entity.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import { oauthErrors } from '../oauth.errors.ts';
import { oauthEvents } from '../oauth.events.ts';
import { parseScopeParameter } from '../tokens/scopes.ts';
import type { FamilySigners, FamilyTokens } from './family-tokens.ts';
import { defineGrant, type GrantRequest, type IssuedTokens, SCOPE } from './grant.ts';
import { parameter } from './parameters.ts';

export interface RefreshTokenGrantDeps {
  readonly db: Database;
  readonly grants: GrantStore;
  readonly families: FamilyTokens;
  readonly users: UserStore;
  readonly sessionStore: SessionStore;
  readonly sessions: Pick<SessionService, 'touch'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/**
 * The result of spending a token. Reuse is a result and not an error, because the revocation must be committed before the
 * request is refused.
 */
type Spent = { readonly issued: IssuedTokens; readonly session: SessionRow | null } | 'reused';

/**
 * Exchanges a refresh token for a new pair and spends the old one (RFC 6749 section 6). A spent token that is used again
 * revokes its family, whichever client sends it (RFC 9700 section 4.14.2).
 */
export const REFRESH_TOKEN_GRANT = defineGrant({
  name: 'refresh_token',
  allowsPublicClients: true,
  isHidden: false,
  parameters: z.object({
    scope: SCOPE,
    refresh_token: parameter('The refresh token.'),
  }),
  /**
   * @throws GRANT_INVALID Unknown, expired, revoked, or of another client or kind of issuer.
   * @throws REFRESH_TOKEN_REUSED The token was spent; its family is revoked. Records `refresh_token.reused`.
   * @throws SCOPE_INVALID A requested scope is not among those of the family.
   */
  async issue(deps: RefreshTokenGrantDeps, request, { refresh_token: token, scope }): Promise<IssuedTokens> {
    const { db, grants, families, sessions } = deps;
    const { tenant } = request;
    if (routeOfHandle(token) !== tenant.route) throw oauthErrors.GRANT_INVALID();
    const hash = hashHandle(token);
    const grantId = await grants.findGrantIdOf(tenant.id, hash);
    if (grantId === null) throw oauthErrors.GRANT_INVALID();
    const signers = await families.signers(request);
    const spent = await db.transaction(() => spend(deps, request, signers, { grantId, hash, scope }));
    if (spent === 'reused') throw oauthErrors.REFRESH_TOKEN_REUSED();
    if (spent.session !== null) await sessions.touch(tenant, spent.session);
    return spent.issued;
  },
});

/** The refresh token of a request, and the scopes that it requests. */
interface Presented {
  readonly grantId: string;
  readonly hash: Buffer;
  readonly scope: string | undefined;
}

async function spend(
  deps: RefreshTokenGrantDeps,
  request: GrantRequest,
  signers: FamilySigners,
  { grantId, hash, scope }: Presented,
): Promise<Spent> {
  const { grants, families, clock } = deps;
  const { tenant } = request;
  const grant = await grants.lock(tenant.id, grantId);
  const token = grant === null ? null : await grants.lockRefreshToken(tenant.id, hash);
  if (grant === null || token === null || !isFor(request, grant)) throw oauthErrors.GRANT_INVALID();
  const now = clock.now();
  if (token.spentAt != null) return revokeReused(deps, request, grant, now);
  const session = await findLivingSession(deps, request, grant, token, now);
  const scopes = narrowedScopes(request, grant, scope);
  token.spentAt = now;
  grant.generation += 1;
  const issued = await families.issue(request, signers, { grantType: 'refresh_token', grant, session, scopes, now });
  return { issued, session };
}

function revokeReused(
  { events }: RefreshTokenGrantDeps,
  { caller, tenant }: GrantRequest,
  grant: Grant,
  now: Date,
): 'reused' {
  if (grant.revokedAt != null) throw oauthErrors.GRANT_INVALID();
  grant.revokedAt = now;
  events.record(caller, tenant, {
    type: oauthEvents['refresh_token.reused'],
    subjectId: grant.userId,
    sessionId: grant.sessionId ?? null,
    outcome: 'failure',
    reason: 'REFRESH_TOKEN_REUSED',
    params: { grantId: grant.id },
  });
  return 'reused';
}

/**
 * The session of a family; null if it has none.
 * @throws GRANT_INVALID The token, its family, its session or its user is not valid any more.
 */
async function findLivingSession(
  { users, sessionStore }: RefreshTokenGrantDeps,
  { tenant, client }: GrantRequest,
  grant: Grant,
  token: RefreshToken,
  now: Date,
): Promise<SessionRow | null> {
  const user = await users.findById(tenant.id, grant.userId);
  const session = grant.sessionId == null ? undefined : await sessionStore.findById(tenant.id, grant.sessionId);
  const life = familyLife({ grant, user, session });
  const isOver = 'dead' in life || life.untilMs <= now.getTime() || token.expiresAt <= now;
  if (isOver || isBefore(grant, tenant, client)) throw oauthErrors.GRANT_INVALID();
  return session ?? null;
}

function isFor({ client, issuer }: GrantRequest, grant: Grant): boolean {
  return grant.clientUuid === client.client.id && grant.issuerKind === issuer.kind.kind;
}

/** Whether a `not_before` of the tenant or client is later than the grant. */
function isBefore(grant: Grant, tenant: KnownTenant, { client }: ClientRecord): boolean {
  return [tenant.notBefore, client.notBefore].some((moment) => moment != null && grant.createdAt < moment);
}

/**
 * The scopes of the new tokens: those requested, at most those of the family, without scopes that the client has lost. @throws
 * SCOPE_INVALID
 */
function narrowedScopes({ client }: GrantRequest, { scopes }: Grant, requested: string | undefined): readonly string[] {
  const given = scopes ?? [];
  const asked = parseScopeParameter(requested);
  if (asked.some((name) => !given.includes(name))) throw oauthErrors.SCOPE_INVALID();
  return (asked.length === 0 ? given : asked).filter((name) => client.allowedScopes.has(name));
}
