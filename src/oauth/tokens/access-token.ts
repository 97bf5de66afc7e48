import type { ClientRecord } from '../../clients/index.ts';
import { hashHandle, isSigningAlgorithm, mintHandle, type Signer, type SigningAlgorithm } from '../../crypto/index.ts';
import { addSeconds, epochSeconds, newId, type TenantRef } from '../../kernel/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { Family } from '../grants/grant.entity.ts';
import type { Issuer } from '../issuers/issuers.ts';
import type { SigningKeyService } from '../keys/key.service.ts';
import type { NewAccessToken } from './token.store.ts';
import type { AccessTokenClaims } from './token.ts';

/** What a token is made from: its client, issuer and lifetime. */
export interface TokenSubject {
  readonly tenant: KnownTenant;
  readonly issuer: Issuer;
  readonly client: ClientRecord;
  /** Names joined by spaces. */
  readonly scope: string;
  readonly lifetimeSeconds: number;
  readonly now: Date;
  /** The family of a user's token; absent for a token of the client itself. */
  readonly family?: Family;
  /** Claims in addition to the standard ones, or in their place. */
  readonly more?: Partial<AccessTokenClaims>;
}

/** A token that was made but not yet issued: an opaque one is valid only once its row is stored. */
export interface MadeToken {
  readonly token: string;
  readonly claims: AccessTokenClaims;
  readonly row: NewAccessToken | null;
}

/**
 * The algorithm for a client at an issuer: the client's choice if the issuer publishes such keys, else the issuer's default.
 */
export function algorithmOf(chosen: string | null | undefined, { kind }: Issuer): SigningAlgorithm {
  return chosen != null && isSigningAlgorithm(chosen) && kind.algorithms.includes(chosen) ? chosen : kind.algorithm;
}

/**
 * `iat` of a token made now. It has whole seconds, so a token made in the same second as a `not_before`, but after it, gets the
 * next second; otherwise it would be refused. Nor is `iat` earlier than the second in which the client was made: the clock of
 * the node that made the client may be some milliseconds ahead, so that this node is still in the second before.
 */
function issuedAt(now: Date, tenant: KnownTenant, { client }: ClientRecord): number {
  const notBefore = Math.max(tenant.notBefore?.getTime() ?? 0, client.notBefore?.getTime() ?? 0);
  return Math.max(epochSeconds(now), Math.ceil(notBefore / 1000), epochSeconds(client.createdAt));
}

function claimsOf(subject: TokenSubject): AccessTokenClaims {
  const { tenant, issuer, client, scope, lifetimeSeconds, now, family, more } = subject;
  const iat = issuedAt(now, tenant, client);
  const { clientId } = client.client;
  return {
    iss: issuer.url,
    sub: family === undefined ? `client:${clientId}` : family.userId,
    aud: issuer.kind.audienceIsList ? [issuer.url] : issuer.url,
    client_id: clientId,
    scope,
    exp: iat + lifetimeSeconds,
    iat,
    jti: newId(),
    knd: family === undefined ? 'app' : 'user',
    ...tenantMember(issuer, tenant),
    ...(family === undefined ? {} : familyClaims(family)),
    ...more,
  };
}

/** How and when the user of a family was authenticated (OpenID Connect Core section 2, RFC 9068 section 2.2.1). */
export function authenticationClaims({
  acr,
  amr,
  authTime,
}: Family): Pick<AccessTokenClaims, 'acr' | 'amr'> & { readonly auth_time: number } {
  return { ...(acr === null ? {} : { acr }), amr, auth_time: epochSeconds(authTime) };
}

/** The claim of tokens that names their tenant, where the issuer has one. */
export const tenantMember = (
  { tenantClaim }: Pick<Issuer, 'tenantClaim'>,
  { name }: Pick<TenantRef, 'name'>,
): object => (tenantClaim === null ? {} : { [tenantClaim]: name });

function familyClaims(family: Family): Partial<AccessTokenClaims> {
  return {
    gid: family.id,
    ...(family.sessionId == null ? {} : { sid: family.sessionId }),
    ...authenticationClaims(family),
  };
}

/** Makes access tokens: a JWT (RFC 9068), or an opaque handle with its row, as the client is configured. */
export class AccessTokens {
  readonly #keys: SigningKeyService;

  constructor(keys: SigningKeyService) {
    this.#keys = keys;
  }

  /**
   * The signer of the token; null for opaque tokens. Call it before a unit of work opens, because the key may have to be made.
   */
  signer({ tenant, issuer, client }: Pick<TokenSubject, 'tenant' | 'issuer' | 'client'>) {
    if (client.client.tokenFormat === 'opaque') return null;
    return this.#keys.signer(tenant, algorithmOf(client.client.accessTokenAlg, issuer));
  }

  async make(subject: TokenSubject, signer: Signer | null): Promise<MadeToken> {
    const claims = claimsOf(subject);
    if (signer === null) return opaque(subject, claims);
    return { token: await signer.sign(claims, { typ: subject.issuer.kind.accessTokenType }), claims, row: null };
  }
}

function opaque({ tenant, client, family, now, lifetimeSeconds }: TokenSubject, claims: AccessTokenClaims): MadeToken {
  const token = mintHandle(tenant.route);
  const row: NewAccessToken = {
    hash: hashHandle(token),
    grantId: family?.id ?? null,
    clientUuid: client.client.id,
    claims,
    expiresAt: addSeconds(now, lifetimeSeconds),
  };
  return { token, claims, row };
}
