import { hashHandle, mintHandle, type Signer } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import { addSeconds } from '../../kernel/index.ts';
import type { SessionRow } from '../../sessions/index.ts';
import type { Grant } from '../grants/grant.entity.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import type { SigningKeyService } from '../keys/key.service.ts';
import { type AccessTokens, algorithmOf } from '../tokens/access-token.ts';
import { makeIdToken } from '../tokens/id-token.ts';
import type { TokenStore } from '../tokens/token.store.ts';
import type { GrantRequest, IssuedTokens } from './grant.ts';
import { tokenIssued } from './issued-event.ts';

export interface FamilyTokensDeps {
  readonly keys: SigningKeyService;
  readonly accessTokens: AccessTokens;
  readonly grants: GrantStore;
  readonly tokens: TokenStore;
  readonly events: EventLog;
}

/** The signers of the tokens; they are found before the unit of work opens. */
export interface FamilySigners {
  readonly access: Signer | null;
  readonly id: Signer;
}

/** A family for which tokens are issued. */
export interface FamilyIssue {
  readonly grantType: string;
  /** A row of the open unit of work, new or locked. */
  readonly grant: Grant;
  readonly session: SessionRow | null;
  readonly scopes: readonly string[];
  readonly now: Date;
}

/**
 * Issues the tokens of a user's family: an access token, a refresh token if the client may refresh, an ID token for `openid`.
 */
export class FamilyTokens {
  readonly #deps: FamilyTokensDeps;

  constructor(deps: FamilyTokensDeps) {
    this.#deps = deps;
  }

  async signers(request: GrantRequest): Promise<FamilySigners> {
    const { tenant, client, issuer } = request;
    return {
      access: await this.#deps.accessTokens.signer(request),
      id: await this.#deps.keys.signer(tenant, algorithmOf(client.client.idTokenAlg, issuer)),
    };
  }

  /** Issues the tokens inside a unit of work, so that rows and event are committed together. */
  async issue(request: GrantRequest, signers: FamilySigners, family: FamilyIssue): Promise<IssuedTokens> {
    const { accessTokens, tokens, events } = this.#deps;
    const { tenant, issuer, client, lifetimes, caller } = request;
    const { grant, session, now } = family;
    const scope = family.scopes.join(' ');
    const lifetimeSeconds = lifetimes.accessTokenSeconds;
    const subject = { tenant, issuer, client, scope, lifetimeSeconds, now, family: { grant, session } };
    const made = await accessTokens.make(subject, signers.access);
    const refreshToken = await this.#refreshToken(request, family);
    if (made.row !== null) await tokens.insertOpaque(tenant.id, made.row, now);
    events.record(caller, tenant, tokenIssued(request, family.grantType, made));
    const idToken = family.scopes.includes('openid')
      ? await makeIdToken({ issuer, client, userId: grant.userId, session, lifetimeSeconds, now }, signers.id)
      : null;
    return {
      accessToken: made.token,
      tokenType: 'Bearer',
      expiresInSeconds: lifetimeSeconds,
      scope,
      refreshToken,
      idToken,
    };
  }

  async #refreshToken(request: GrantRequest, { grant, now }: FamilyIssue): Promise<string | null> {
    const { tenant, issuer, client, lifetimes } = request;
    const isOffered = issuer.kind.grantTypes.includes('refresh_token');
    if (!isOffered || !client.client.grantTypes.includes('refresh_token')) return null;
    const token = mintHandle(tenant.route);
    const idleEnd = addSeconds(now, lifetimes.refreshIdleSeconds);
    const expiresAt = new Date(Math.min(idleEnd.getTime(), grant.expiresAt.getTime()));
    await this.#deps.grants.insertRefreshToken({
      tenantId: tenant.id,
      hash: hashHandle(token),
      grantId: grant.id,
      spentAt: null,
      expiresAt,
      createdAt: now,
    });
    return token;
  }
}
