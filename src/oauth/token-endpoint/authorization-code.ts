import { z } from 'zod';
import { findDefaultRedirect } from '../../clients/index.ts';
import { constantTimeEqual, hashHandle, routeOfHandle, sha256Base64Url } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import { type Clock, newId } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { OneTimeCodeStore, SessionStore } from '../../sessions/index.ts';
import type { UserStore } from '../../users/index.ts';
import { CODE_KIND, type CodePayload, type RequestedClaims } from '../grants/authorization-code.ts';
import { familyLife, isBefore } from '../grants/family-life.ts';
import type { AskedClaims, Family } from '../grants/grant.entity.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import type { PresentedCode, RedemptionStore } from '../grants/redemption.store.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import { familyEndOf } from '../issuers/lifetimes.ts';
import { oauthErrors } from '../oauth.errors.ts';
import { oauthEvents } from '../oauth.events.ts';
import { allowsScope, asksForFactor } from '../tokens/scopes.ts';
import { askableNames } from '../tokens/user-claims.ts';
import type { FamilyIssue, FamilySigners, FamilyTokens } from './family-tokens.ts';
import { defineGrant, type GrantRequest, type IssuedTokens } from './grant.ts';
import { invalidGrant } from './invalid-grant.ts';
import { missingParameter, optionalParameter, parameter } from './parameters.ts';

/** As long as the column that holds it. */
const MAX_CLIENT_SESSION = 255;

export interface AuthorizationCodeGrantDeps {
  readonly db: Database;
  readonly issuers: IssuerDirectory;
  readonly grants: GrantStore;
  readonly redemptions: RedemptionStore;
  readonly families: FamilyTokens;
  readonly codes: OneTimeCodeStore;
  readonly users: UserStore;
  readonly sessionStore: SessionStore;
  readonly events: EventLog;
  readonly clock: Clock;
}

/**
 * Exchanges an authorization code for tokens (RFC 6749 section 4.1.3). The request that uses the code up is the only one that
 * gets tokens; a code that returns after that revokes them, whichever client of the tenant sends it (RFC 9700 section 2.1.1,
 * RFC 6749 section 4.1.2). A request that the code is not meant for changes nothing.
 */
export const AUTHORIZATION_CODE_GRANT = defineGrant({
  name: 'authorization_code',
  isHidden: false,
  parameters: z.object({
    code: parameter('The authorization code.'),
    redirect_uri: optionalParameter('The redirect address that the code was sent to.'),
    code_verifier: optionalParameter('The secret whose hash was the `code_challenge` (RFC 7636 section 4.5).'),
    client_session_state: z
      .string()
      .max(MAX_CLIENT_SESSION)
      .optional()
      .describe('How the client names its session; a message uses this name when the session ends.'),
  }),
  roleBasedParameters: ['client_session_state'],
  /**
   * @throws GRANT_INVALID Unknown, expired, of another client, redirect address or kind of issuer, with a verifier that does
   *   not fit, or its session or user is not valid any more.
   * @throws TOKEN_PARAMETER_INVALID There is no redirect address.
   * @throws CODE_REPLAYED The code was used; its family is revoked. Records `code.replayed`.
   */
  async issue(deps: AuthorizationCodeGrantDeps, asked, parameters): Promise<IssuedTokens> {
    const { db, issuers, redemptions, families } = deps;
    const { tenant } = asked;
    if (routeOfHandle(parameters.code) !== tenant.route) throw invalidGrant('CODE_INVALID');
    const hash = hashHandle(parameters.code);
    const found = await redemptions.find(tenant.id, hash);
    if (found === null) throw invalidGrant('CODE_INVALID');
    if (found === 'used') return refuseUsed(deps, asked, hash);
    assertRedirectSent(asked, parameters);
    assertFor(asked, found.payload, parameters);
    const { issuerKind, issuerHost: host } = found.payload;
    const request = { ...asked, issuer: await issuers.of(tenant, issuerKind, { ...asked.caller.origin, host }) };
    const clientSession = parameters.client_session_state ?? null;
    const presented = { code: parameters.code, hash, clientSession, signers: await families.signers(request) };
    const issued =
      (await redeem(deps, request, presented, found)) ??
      (await db.transaction(() => redeemLocked(deps, request, presented, found.payload)));
    return issued === 'used' ? refuseUsed(deps, asked, hash) : issued;
  },
});

/** The code of a request, and what signs the tokens. */
interface Presented {
  readonly code: string;
  readonly hash: Buffer;
  readonly clientSession: string | null;
  readonly signers: FamilySigners;
}

/**
 * Makes the tokens, then uses the code up and stores them with one statement, unless somebody was faster.
 * @returns Null when the code was used, or another request holds or has changed one of its rows: nothing was written.
 */
async function redeem(
  { redemptions, families, clock }: AuthorizationCodeGrantDeps,
  request: GrantRequest,
  { hash, clientSession, signers }: Presented,
  found: PresentedCode,
): Promise<IssuedTokens | null> {
  const issue = familyOf(request, { ...found, clientSession }, clock.now());
  const { issued, refresh, opaque, event } = await families.make(request, signers, issue);
  const { sessionId } = found.payload;
  const redemption = { hash, sessionId, family: issue.grant, tokens: { refresh, opaque } };
  return (await redemptions.redeem(request.caller, request.tenant, redemption, event)) ? issued : null;
}

/**
 * Does the same inside a unit of work that waits for those who hold the rows: for the session first, as all changes lock them.
 * @returns `used` when another request was faster.
 */
async function redeemLocked(
  { codes, users, sessionStore, grants, families, clock }: AuthorizationCodeGrantDeps,
  request: GrantRequest,
  { code, hash, clientSession, signers }: Presented,
  { sessionId }: CodePayload,
): Promise<IssuedTokens | 'used'> {
  const { tenant } = request;
  const session = await sessionStore.lock(tenant.id, sessionId);
  const row = await codes.take(tenant.id, CODE_KIND, code);
  if (row === null) return 'used';
  const user = await users.findById(tenant.id, row.userId!);
  const payload = row.payload as unknown as CodePayload;
  const { expiresAt, createdAt } = row;
  const found = { userId: row.userId!, payload, expiresAt, createdAt, user, session, person: user, clientSession };
  const issue = familyOf(request, found, clock.now());
  await grants.insert(issue.grant, hash);
  return families.issue(request, signers, issue);
}

/**
 * Revokes the family of a code that was used.
 * @throws CODE_REPLAYED
 * @throws GRANT_INVALID It has no family any more, or the family was revoked.
 */
async function refuseUsed(
  { db, grants, events, clock }: AuthorizationCodeGrantDeps,
  { caller, tenant }: GrantRequest,
  hash: Buffer,
): Promise<never> {
  const isRevoked = await db.transaction(async () => {
    const grant = await grants.lockByCode(tenant.id, hash);
    if (grant === null || grant.revokedAt != null) return false;
    grant.revokedAt = clock.now();
    events.record(caller, tenant, {
      type: oauthEvents['code.replayed'],
      subjectId: grant.userId,
      sessionId: grant.sessionId ?? null,
      outcome: 'failure',
      reason: 'CODE_REPLAYED',
      params: { grantId: grant.id },
    });
    return true;
  });
  throw isRevoked ? oauthErrors.CODE_REPLAYED() : invalidGrant('CODE_INVALID');
}

interface CodeParameters {
  readonly redirect_uri?: string | undefined;
  readonly code_verifier?: string | undefined;
}

/**
 * Demands the address where every authorization request must have one (RFC 6749 section 4.1.3). A code that was used is judged
 * before this, so that no omission hides its return.
 * @throws TOKEN_PARAMETER_INVALID
 */
function assertRedirectSent({ issuer }: GrantRequest, parameters: CodeParameters): void {
  if (parameters.redirect_uri === undefined && !issuer.kind.hasDefaultRedirect) throw missingParameter('redirect_uri');
}

/**
 * Checks that the code was made for the client, redirect address and issuer of a request, and that the verifier fits.
 * @throws GRANT_INVALID
 */
function assertFor({ client, issuer }: GrantRequest, payload: CodePayload, parameters: CodeParameters): void {
  const { redirects } = client.client;
  const redirectUri =
    parameters.redirect_uri ?? (issuer.kind.hasDefaultRedirect ? findDefaultRedirect(redirects) : null);
  const isOwn = payload.clientUuid === client.client.id && payload.issuerKind === issuer.kind.kind;
  if (!isOwn) throw invalidGrant('CODE_INVALID');
  if (payload.redirectUri !== redirectUri) throw invalidGrant('REDIRECT_OTHER');
  const verifier = parameters.code_verifier ?? null;
  if (isVerified(payload.challenge, verifier)) return;
  throw invalidGrant(verifier === null ? 'VERIFIER_MISSING' : 'VERIFIER_WRONG');
}

/**
 * Whether a verifier belongs to a challenge (RFC 7636 section 4.6). A verifier for a code without a challenge is refused,
 * because an attacker may have removed the challenge from the authorization request (RFC 9700 section 4.8.2).
 */
function isVerified(challenge: string | null, verifier: string | null): boolean {
  if (challenge === null || verifier === null) return challenge === verifier;
  return constantTimeEqual(sha256Base64Url(verifier), challenge);
}

/**
 * What the tokens are made for.
 * @throws GRANT_INVALID The code has expired, or its session or user is not valid any more.
 */
function familyOf(
  request: GrantRequest,
  {
    userId,
    payload,
    expiresAt,
    createdAt,
    user,
    session,
    person,
    clientSession,
  }: PresentedCode & Pick<Presented, 'clientSession'>,
  now: Date,
): FamilyIssue {
  const { tenant, client, issuer } = request;
  const grant = { ...newFamily(request, userId, payload, now), clientSession };
  // The session must be alive in any case: the user was just there.
  const life = familyLife({ grant: { ...grant, createdAt }, user, session }, { endsWithUnusedSession: true });
  const isOver = 'dead' in life || life.untilMs <= now.getTime() || expiresAt <= now;
  const isForeign = session?.userId !== userId || !isAskedSubject(payload.claims, userId);
  // A code for a second factor alone must not give other tokens because its client has lost the scope.
  const isOther = asksForFactor(issuer, payload.scopes) && !asksForFactor(issuer, grant.scopes!);
  if (isOver || isForeign || isOther || isBefore(createdAt, tenant, client)) throw invalidGrant('CODE_INVALID');
  const { nonce, sessionId } = payload;
  return {
    grantType: 'authorization_code',
    grant,
    person,
    userNotBefore: user!.notBefore,
    first: { nonce, sessionId, deviceId: session?.deviceId ?? null },
    scopes: grant.scopes!,
    now,
  };
}

/** The family of a code, without scopes that the client has lost since. */
function newFamily(
  { tenant, client, issuer, lifetimes }: GrantRequest,
  userId: string,
  payload: CodePayload,
  now: Date,
): Family {
  const { clientUuid, sessionId, isOffline, scopes, issuerKind, issuerHost, claims, authTime, acr, amr } = payload;
  return {
    tenantId: tenant.id,
    id: newId(),
    userId,
    clientUuid,
    sessionId: isOffline ? null : sessionId,
    scopes: scopes.filter((name) => allowsScope(issuer.kind, client, name)),
    issuerKind,
    issuerHost,
    claims: askedClaims(claims),
    authTime: new Date(authTime),
    acr,
    amr,
    revokedAt: null,
    expiresAt: familyEndOf(lifetimes, isOffline, now),
    createdAt: now,
  };
}

/** The claims that the family keeps: names alone, some 20 at most; null if none can be given. */
function askedClaims(claims: RequestedClaims | null): AskedClaims | null {
  if (claims === null) return null;
  const asked = { idToken: askableNames(claims.idToken), userinfo: askableNames(claims.userinfo) };
  return asked.idToken.length + asked.userinfo.length === 0 ? null : asked;
}

/** Whether the user is the one that the request asked for by `sub` (OpenID Connect Core section 5.5.1). */
function isAskedSubject(claims: RequestedClaims | null, userId: string): boolean {
  return [claims?.idToken, claims?.userinfo].every((asked) => {
    const subject = asked !== undefined && Object.hasOwn(asked, 'sub') ? asked['sub'] : null;
    const { value, values } = subject ?? {};
    return (value === undefined || value === userId) && (values === undefined || values.includes(userId));
  });
}
