import { buildMappedClaims, type ClientRecord, type GrantTypeName, mergeClaims } from '../../clients/index.ts';
import { hashHandle, mintHandle, type Signer } from '../../crypto/index.ts';
import type { EventDraft, EventLog } from '../../events/index.ts';
import { addSeconds, type TenantRef } from '../../kernel/index.ts';
import type { Family, RefreshToken } from '../grants/grant.entity.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import type { Person } from '../grants/user-rows.ts';
import type { Issuer } from '../issuers/issuers.ts';
import { refreshLifetimesOf } from '../issuers/lifetimes.ts';
import type { SigningKeyService } from '../keys/key.service.ts';
import { type AccessTokens, algorithmOf } from '../tokens/access-token.ts';
import { makeIdToken } from '../tokens/id-token.ts';
import type { RefreshTokens } from '../tokens/refresh-tokens.ts';
import { profileClaims, roleClaims } from '../tokens/role-claims.ts';
import { asksForFactor } from '../tokens/scopes.ts';
import type { NewAccessToken, TokenStore } from '../tokens/token.store.ts';
import type { TokenFacts, TokenFactsReader } from '../tokens/token-facts.ts';
import { allowedNames, type Claims, claimsOf } from '../tokens/user-claims.ts';
import type { GrantRequest, IssuedTokens } from './grant.ts';
import { familyIssued, tokenIssued } from './issued-event.ts';

export interface FamilyTokensDeps {
  readonly keys: SigningKeyService;
  readonly accessTokens: AccessTokens;
  readonly grants: GrantStore;
  readonly tokens: TokenStore;
  readonly refreshTokens: RefreshTokens;
  readonly facts: TokenFactsReader;
  readonly events: EventLog;
}

/** The signers of the tokens; they are found before the unit of work opens. */
export interface FamilySigners {
  readonly access: Signer | null;
  readonly id: Signer;
}

/** A family for which tokens are issued. */
export interface FamilyIssue {
  readonly grantType: GrantTypeName;
  readonly grant: Family;
  /** What the claims of its tokens are read from; null if they have none. */
  readonly person: Person | null;
  /** The moment before which tokens of the user are refused; none: null or undefined. */
  readonly userNotBefore: Date | null | undefined;
  /** What only the first ID token of the family says. */
  readonly first?: { readonly nonce: string | null; readonly sessionId: string; readonly deviceId: string | null };
  readonly scopes: readonly string[];
  readonly now: Date;
  /** The handle of the refresh token that stays; absent: a new one is made. */
  readonly kept?: string;
}

/** Tokens of a family that are valid only once their rows are stored, together with the event. */
export interface MadeFamilyTokens {
  readonly issued: IssuedTokens;
  readonly refresh: Pick<RefreshToken, 'hash' | 'expiresAt'> | null;
  /** The access token, if it is opaque. */
  readonly opaque: NewAccessToken | null;
  readonly event: EventDraft;
}

/**
 * Makes the tokens of a user's family: an access token, a refresh token if the client may refresh, an ID token for `openid`. Where a
 * second factor alone was asked for there is no other token than that.
 */
export class FamilyTokens {
  readonly #deps: FamilyTokensDeps;

  constructor(deps: FamilyTokensDeps) {
    this.#deps = deps;
  }

  /** The handle of a refresh token as its client sends it; null for a text that is no refresh token of the tenant. */
  handleOf(tenant: Pick<TenantRef, 'id' | 'route'>, token: string): string | null {
    return this.#deps.refreshTokens.handleOf(tenant, token);
  }

  async signers(request: GrantRequest): Promise<FamilySigners> {
    const { tenant, client, issuer } = request;
    return {
      access: await this.#deps.accessTokens.signer(request),
      id: await this.#deps.keys.signer(tenant, algorithmOf(client.client.idTokenAlg, issuer)),
    };
  }

  /** Makes tokens and stores nothing. */
  async make(request: GrantRequest, signers: FamilySigners, family: FamilyIssue): Promise<MadeFamilyTokens> {
    const { tenant, issuer, client, lifetimes } = request;
    const { grant, now, userNotBefore } = family;
    const scope = family.scopes.join(' ');
    const lifetimeSeconds = lifetimes.accessTokenSeconds;
    const facts = issuer.kind.isRoleBased ? await this.#facts(request, family) : null;
    const { scopes } = family;
    const more =
      facts === null ? {} : roleClaims({ issuer, client, scopes, facts, sessionId: grant.sessionId ?? null });
    const subject = { tenant, issuer, client, scope, lifetimeSeconds, now, family: grant, more };
    const isFactor = asksForFactor(issuer, scopes);
    const made = isFactor ? null : await this.#deps.accessTokens.make(subject, signers.access);
    const refresh = isFactor ? null : makeRefreshToken(request, family);
    const accessToken = made?.token ?? null;
    const about = { ...family, facts };
    const idToken = scopes.includes('openid') ? await this.#idToken(request, signers, about, accessToken) : null;
    return {
      issued: {
        accessToken,
        tokenType: 'Bearer',
        expiresInSeconds: made === null ? 0 : lifetimeSeconds,
        scope,
        refreshToken: refresh === null ? null : this.#shown(request, family, refresh),
        refreshExpiresInSeconds: refresh === null ? null : secondsUntil(refresh.expiresAt, family),
        idToken,
        sessionId: grant.sessionId ?? null,
        notBefore: latestOf([tenant.notBefore, client.client.notBefore, userNotBefore]),
      },
      refresh,
      opaque: made?.row ?? null,
      event: made === null ? familyIssued(request, family) : tokenIssued(request, family.grantType, made),
    };
  }

  #shown({ issuer, client }: GrantRequest, { grant, scopes, now }: FamilyIssue, refresh: NewRefreshToken): string {
    const { token: handle, expiresAt } = refresh;
    const { clientId } = client.client;
    return this.#deps.refreshTokens.show({ issuer, clientId, grant, scopes, handle, expiresAt, now });
  }

  #facts({ tenant, client }: GrantRequest, { grant, scopes, person }: FamilyIssue): Promise<TokenFacts> {
    const { userId, authTime } = grant;
    const subject = { tenantId: tenant.id, client, scopes, target: 'accessToken' } as const;
    return this.#deps.facts.ofUser(subject, { userId, person, authTime });
  }

  #idToken(
    { tenant, issuer, client, lifetimes }: GrantRequest,
    signers: FamilySigners,
    family: FamilyIssue & WithFacts,
    accessToken: string | null,
  ): Promise<string> {
    const { grant, first, now } = family;
    const subject = {
      tenant,
      issuer,
      client,
      grant,
      sessionId: first?.sessionId ?? grant.sessionId ?? null,
      nonce: first?.nonce ?? null,
      deviceId: first?.deviceId ?? null,
      accessToken,
      ...idTokenClaims(issuer, client, family),
      lifetimeSeconds: lifetimes.accessTokenSeconds,
      now,
    };
    return makeIdToken(subject, signers.id);
  }

  /** Makes tokens and stores them inside a unit of work, so that rows and event are committed together. */
  async issue(request: GrantRequest, signers: FamilySigners, family: FamilyIssue): Promise<IssuedTokens> {
    const { tokens, grants, events } = this.#deps;
    const { tenant, caller } = request;
    const { issued, refresh, opaque, event } = await this.make(request, signers, family);
    if (refresh !== null && family.kept === undefined) await grants.insertRefreshToken(toRow(refresh, family));
    if (opaque !== null) await tokens.insertOpaque(tenant.id, opaque, family.now);
    events.record(caller, tenant, event);
    return issued;
  }
}

interface NewRefreshToken extends Pick<RefreshToken, 'hash' | 'expiresAt'> {
  readonly token: string;
}

/** What mappers read; null where the issuer knows none. */
interface WithFacts {
  readonly facts: TokenFacts | null;
}

/** The claims about the user in ID tokens, and their audience beside the client. */
function idTokenClaims(issuer: Issuer, client: ClientRecord, family: FamilyIssue & WithFacts) {
  const claims = askedClaims(issuer, client, family);
  if (family.facts === null) return { claims, audience: [] };
  const mapped = buildMappedClaims(family.facts.mappers, family.facts, 'idToken');
  return { claims: mergeClaims(claims, mapped.claims), audience: mapped.audience };
}

/** The claims about the user that the client asked for in its ID tokens, and may see. */
function askedClaims(issuer: Issuer, client: ClientRecord, { grant, scopes, person }: FamilyIssue): Claims {
  if (person === null) return {};
  const ofScopes = issuer.kind.hasProfileClaims ? profileClaims(issuer, scopes, person) : {};
  if (grant.claims === null) return ofScopes;
  return { ...ofScopes, ...claimsOf(person, allowedNames(issuer, client, scopes, grant.claims.idToken)) };
}

/** Null for a client that may not refresh, or not beyond the session where the issuer gives refresh tokens only for that. */
function makeRefreshToken(request: GrantRequest, family: FamilyIssue): NewRefreshToken | null {
  const { tenant, issuer, client } = request;
  const isOffered = issuer.kind.grantTypes.includes('refresh_token');
  if (!isOffered || !client.client.grantTypes.includes('refresh_token')) return null;
  if (issuer.kind.hasAccessType && family.grant.sessionId != null) return null;
  const token = family.kept ?? mintHandle(tenant.route);
  return { token, hash: hashHandle(token), expiresAt: refreshEndOf(request, family) };
}

/** When a refresh token of the family expires that is made or used now. */
export function refreshEndOf(
  { lifetimes }: Pick<GrantRequest, 'lifetimes'>,
  { grant, now }: Pick<FamilyIssue, 'grant' | 'now'>,
): Date {
  const { refreshIdleSeconds } = refreshLifetimesOf(lifetimes, grant.sessionId == null);
  return new Date(Math.min(addSeconds(now, refreshIdleSeconds).getTime(), grant.expiresAt.getTime()));
}

const secondsUntil = (moment: Date, { now }: Pick<FamilyIssue, 'now'>): number =>
  Math.floor((moment.getTime() - now.getTime()) / 1000);

/** The latest of moments; null if there is none. */
export function latestOf(moments: readonly (Date | null | undefined)[]): Date | null {
  const times = moments.flatMap((moment) => (moment == null ? [] : [moment.getTime()]));
  return times.length === 0 ? null : new Date(Math.max(...times));
}

function toRow(
  { hash, expiresAt }: Pick<RefreshToken, 'hash' | 'expiresAt'>,
  { grant, now }: FamilyIssue,
): RefreshToken {
  return { tenantId: grant.tenantId, hash, grantId: grant.id, spentAt: null, reuses: 0, expiresAt, createdAt: now };
}
