import { z } from 'zod';
import { hashHandle } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { SessionService, SessionStore } from '../../sessions/index.ts';
import type { UserStore } from '../../users/index.ts';
import { familyLife, isBefore } from '../grants/family-life.ts';
import { type Family, toFamily } from '../grants/grant.entity.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import type { FamilySession, PresentedToken, RotationStore } from '../grants/rotation.store.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import { familyEndOf, isExtendedByUse } from '../issuers/lifetimes.ts';
import { oauthErrors } from '../oauth.errors.ts';
import { allowsScope, parseScopeParameter } from '../tokens/scopes.ts';
import { type FamilyIssue, type FamilySigners, type FamilyTokens, refreshEndOf } from './family-tokens.ts';
import { defineGrant, type GrantRequest, type IssuedTokens, SCOPE } from './grant.ts';
import { invalidGrant } from './invalid-grant.ts';
import { parameter } from './parameters.ts';
import { revokeReused } from './reused-token.ts';

export interface RefreshTokenGrantDeps {
  readonly db: Database;
  readonly issuers: IssuerDirectory;
  readonly grants: GrantStore;
  readonly rotations: RotationStore;
  readonly families: FamilyTokens;
  readonly users: UserStore;
  readonly sessionStore: SessionStore;
  readonly sessions: Pick<SessionService, 'isAlive' | 'touch'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Tokens that were issued, and the session of their family; null if it has none. */
interface Issued {
  readonly tokens: IssuedTokens;
  readonly session: FamilySession | null;
}

/**
 * Exchanges a refresh token for a new pair and spends the old one (RFC 6749 section 6), if the issuer does not let it be used
 * again. A spent token that is used again revokes its family (RFC 9700 section 4.14.2); one that another client sends changes
 * nothing.
 */
export const REFRESH_TOKEN_GRANT = defineGrant({
  name: 'refresh_token',
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
  async issue(deps: RefreshTokenGrantDeps, asked, { refresh_token: token, scope }): Promise<IssuedTokens> {
    const { db, issuers, rotations, families, sessions } = deps;
    const { tenant } = asked;
    const handle = families.handleOf(tenant, token);
    if (handle === null) throw invalidGrant('REFRESH_TOKEN_INVALID');
    const hash = hashHandle(handle);
    const found = await rotations.find(tenant.id, hash);
    // A JWT was issued, because its signature was verified: its family has ended with its session.
    if (found === null) throw invalidGrant(token === handle ? 'REFRESH_TOKEN_INVALID' : 'SESSION_ENDED');
    if (!isFor(asked, found.grant)) throw invalidGrant('REFRESH_TOKEN_INVALID');
    const { issuerKind, issuerHost: host = null } = found.grant;
    const request = { ...asked, issuer: await issuers.of(tenant, issuerKind, { ...asked.caller.origin, host }) };
    const signers = await families.signers(request);
    const isExtended = isExtendedByUse(request.lifetimes, found.grant.sessionId == null);
    const uses = { isKept: isKept(request), reuses: reusesOf(request), isExtended };
    const presented = { handle, hash, grantId: found.grant.id, scope, signers, ...uses };
    const isSpent = !presented.isKept && presented.reuses === 0 && !isExtended;
    const issued =
      (isSpent ? await rotate(deps, request, presented, found) : null) ??
      (await db.transaction(() => rotateLocked(deps, request, presented)));
    if (issued === 'reused') throw oauthErrors.REFRESH_TOKEN_REUSED();
    // A family may outlive a session that ran out, which its use must not begin again.
    if (issued.session !== null && sessions.isAlive(issued.session)) await sessions.touch(tenant, issued.session);
    return issued.tokens;
  },
});

/** The refresh token of a request, the scopes that it requests, and what signs the new tokens. */
interface Presented {
  readonly grantId: string;
  readonly handle: string;
  readonly hash: Buffer;
  /** Whether the token stays valid, for as long as it would be if it were new. */
  readonly isKept: boolean;
  /** Whether the family lives longer because the token is used. */
  readonly isExtended: boolean;
  /** How often a token that is replaced may be used once more before its return counts as theft. */
  readonly reuses: number;
  readonly scope: string | undefined;
  readonly signers: FamilySigners;
}

/** Whether refresh tokens are used again: at role-based issuers, unless the tenant lets each be used once. */
const isKept = ({ issuer, tenant }: GrantRequest): boolean =>
  issuer.kind.isRoleBased && !tenant.settings.tokens.isRefreshSingleUse;

/** What the tenant allows where each token is replaced: clients may lose the answer with the new one. */
const reusesOf = ({ issuer, tenant }: GrantRequest): number =>
  issuer.kind.isRoleBased ? tenant.settings.tokens.refreshReuses : 0;

/**
 * Makes the new tokens, then stores them and spends the old one with one statement, unless somebody was faster.
 * @returns Null when the token was spent, or another request holds or has changed it or its family: nothing was written.
 */
async function rotate(
  { rotations, families, clock }: RefreshTokenGrantDeps,
  request: GrantRequest,
  { hash, scope, signers }: Presented,
  found: PresentedToken,
): Promise<Issued | null> {
  if (found.token.spentAt != null) return null;
  const family = familyOf(request, found, scope, clock.now());
  const { issued, refresh, opaque, event } = await families.make(request, signers, family);
  const { grant, now } = family;
  const rotation = { hash, grant, now, tokens: { refresh, opaque } };
  const isSpent = await rotations.spend(request.caller, request.tenant, rotation, event);
  return isSpent ? { tokens: issued, session: found.session ?? null } : null;
}

/**
 * Does the same with the rows locked, inside a unit of work.
 * @returns `reused` for a spent token. It is no error, because the revocation must be committed before the request is refused.
 */
async function rotateLocked(
  deps: RefreshTokenGrantDeps,
  request: GrantRequest,
  { grantId, handle, hash, scope, signers, isKept: keeps, isExtended, reuses }: Presented,
): Promise<Issued | 'reused'> {
  const { grants, families, users, sessionStore, events, clock } = deps;
  const { tenant } = request;
  const grant = await grants.lock(tenant.id, grantId);
  const token = grant === null ? null : await grants.lockRefreshToken(tenant.id, hash);
  if (grant === null || token === null) throw invalidGrant('REFRESH_TOKEN_INVALID');
  const now = clock.now();
  if (token.spentAt != null) {
    revokeReused(events, request, grant, now);
    return 'reused';
  }
  const user = await users.findById(tenant.id, grant.userId);
  const session = grant.sessionId == null ? undefined : await sessionStore.findById(tenant.id, grant.sessionId);
  const used = familyOf(request, { token, grant: toFamily(grant), user, session, person: user }, scope, now);
  if (isExtended) grant.expiresAt = familyEndOf(request.lifetimes, grant.sessionId == null, now);
  const family = { ...used, grant: toFamily(grant) };
  if (keeps) token.expiresAt = refreshEndOf(request, family);
  else if (token.reuses < reuses) token.reuses += 1;
  else token.spentAt = now;
  const issue = keeps ? { ...family, kept: handle } : family;
  return { tokens: await families.issue(request, signers, issue), session: session ?? null };
}

/**
 * What the new tokens are made for.
 * @throws GRANT_INVALID The token, its family, its session or its user is not valid any more.
 * @throws SCOPE_INVALID
 */
function familyOf(
  request: GrantRequest,
  { token, grant, user, session, person }: PresentedToken,
  scope: string | undefined,
  now: Date,
): FamilyIssue {
  const life = familyLife({ grant, user, session }, request.issuer.kind);
  if (session === null || grant.revokedAt != null) throw invalidGrant('SESSION_ENDED');
  if ('dead' in life || isBefore(grant.createdAt, request.tenant, request.client))
    throw invalidGrant('REFRESH_TOKEN_INVALID');
  if (life.untilMs <= now.getTime() || token.expiresAt <= now) throw invalidGrant('REFRESH_TOKEN_EXPIRED');
  const scopes = narrowedScopes(request, grant, scope);
  return { grantType: 'refresh_token', grant, person, userNotBefore: user!.notBefore, scopes, now };
}

function isFor({ client, issuer }: GrantRequest, grant: Family): boolean {
  return grant.clientUuid === client.client.id && grant.issuerKind === issuer.kind.kind;
}

/**
 * The scopes of the new tokens: those requested, at most those of the family, without scopes that the client has lost. @throws
 * SCOPE_INVALID
 */
function narrowedScopes(
  { client, issuer }: GrantRequest,
  { scopes }: Family,
  requested: string | undefined,
): readonly string[] {
  const given = scopes ?? [];
  const asked = parseScopeParameter(requested);
  if (asked.some((name) => !given.includes(name))) throw oauthErrors.SCOPE_INVALID();
  return (asked.length === 0 ? given : asked).filter((name) => allowsScope(issuer.kind, client, name));
}
