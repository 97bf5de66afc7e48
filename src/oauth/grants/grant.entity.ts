import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Names of the claims that a client asked for one by one, where they are shown. */
export interface AskedClaims {
  readonly idToken: readonly string[];
  readonly userinfo: readonly string[];
}

/** A token family: what a user granted to a client. Its tokens name it in `gid` and become invalid with it. */
export const GrantEntity = defineEntity({
  name: 'Grant',
  tableName: 'grants',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    userId: p.text(),
    clientUuid: p.uuid(),
    sessionId: p.uuid().nullable(),
    scopes: p.array().columnType('text[]').defaultRaw(`'{}'`),
    /** Which kind of issuer made it: `native`, `realm`, `api`, `root`, `external-factor`, `suite` (docs/tokens.md). */
    issuerKind: p.string().length(16),
    /**
     * The host of its issuer, if the tenant had it when the family was made; null = that of `PUBLIC_URL`. Its tokens keep their
     * issuer, wherever they are refreshed (OpenID Connect Core section 12.2).
     */
    issuerHost: p.string().length(253).nullable(),
    /**
     * Hash of the authorization code that the family came from; a code that returns is recognized by it after it was used
     * (RFC 6749 section 4.1.2).
     */
    codeHash: p.blob().nullable(),
    /** How the client names its session with the user, for the message that the session here has ended; null: it did not say. */
    clientSession: p.string().length(255).nullable(),
    /** The claims that the client asked for (OpenID Connect Core section 5.5); null: none. */
    claims: p.json<AskedClaims>().nullable(),
    /**
     * When and how the user was authenticated, as the tokens say it. The family keeps it, because its tokens go on to say so
     * when they are refreshed (OpenID Connect Core section 12.2), also without a session or after a later authentication.
     */
    authTime: p.datetime(),
    acr: p.text().nullable(),
    amr: p.array().columnType('text[]').defaultRaw(`'{}'`),
    revokedAt: p.datetime().nullable(),
    expiresAt: p.datetime(),
    createdAt: p.datetime(),
  },
  uniques: [{ name: 'grants__code_hash', properties: ['tenantId', 'codeHash'], where: 'code_hash is not null' }],
  indexes: [
    { name: 'grants__user_id', properties: ['tenantId', 'userId'] },
    { name: 'grants__session_id', properties: ['tenantId', 'sessionId'] },
    { name: 'grants__client_uuid', properties: ['tenantId', 'clientUuid'] },
    // A client has few families without a session among the many that have one.
    { name: 'grants__offline', properties: ['tenantId', 'clientUuid', 'id'], where: 'session_id is null' },
    { name: 'grants__expires_at', properties: ['tenantId', 'expiresAt'] },
  ],
});
export type Grant = InferEntity<typeof GrantEntity>;

/** A family as its tokens are made from it. */
export type Family = Omit<Grant, 'codeHash' | 'amr' | 'acr' | 'claims' | 'clientSession'> & {
  /** Not read again with the family. */
  readonly clientSession?: string | null | undefined;
  readonly amr: readonly string[];
  readonly acr: string | null;
  readonly claims: AskedClaims | null;
};

export function toFamily({ codeHash: _hidden, ...grant }: Grant): Family {
  return { ...grant, claims: grant.claims ?? null, acr: grant.acr ?? null, amr: grant.amr ?? [] };
}

/**
 * A refresh token, stored by its hash. A spent one is kept until the family ends, so that reuse is detected (RFC 9700 section
 * 4.14.2).
 */
export const RefreshTokenEntity = defineEntity({
  name: 'RefreshToken',
  tableName: 'refresh_tokens',
  properties: {
    tenantId: p.uuid().primary(),
    hash: p.blob().primary(),
    grantId: p.uuid(),
    spentAt: p.datetime().nullable(),
    /** How often it was used and stayed valid, where the tenant lets tokens be used again after they were replaced. */
    reuses: p.integer().default(0),
    expiresAt: p.datetime(),
    createdAt: p.datetime(),
  },
  indexes: [{ name: 'refresh_tokens__grant_id', properties: ['tenantId', 'grantId'] }],
});
export type RefreshToken = InferEntity<typeof RefreshTokenEntity>;

/** An opaque access token, stored by its hash. JWT access tokens have no row. */
export const AccessTokenEntity = defineEntity({
  name: 'AccessToken',
  tableName: 'access_tokens',
  properties: {
    tenantId: p.uuid().primary(),
    hash: p.blob().primary(),
    /** Null for a token of the client itself. */
    grantId: p.uuid().nullable(),
    clientUuid: p.uuid(),
    /** The claims that a JWT would contain. */
    claims: p.json<Record<string, unknown>>(),
    expiresAt: p.datetime(),
    createdAt: p.datetime(),
  },
  indexes: [
    { name: 'access_tokens__grant_id', properties: ['tenantId', 'grantId'] },
    { name: 'access_tokens__client_uuid', properties: ['tenantId', 'clientUuid'] },
    { name: 'access_tokens__expires_at', properties: ['tenantId', 'expiresAt'] },
  ],
});
export type AccessToken = InferEntity<typeof AccessTokenEntity>;

/** A JWT that was revoked before it expired (RFC 7009). */
export const RevokedTokenEntity = defineEntity({
  name: 'RevokedToken',
  tableName: 'revoked_tokens',
  properties: {
    tenantId: p.uuid().primary(),
    jti: p.text().primary(),
    expiresAt: p.datetime(),
    createdAt: p.datetime(),
  },
  indexes: [{ name: 'revoked_tokens__expires_at', properties: ['tenantId', 'expiresAt'] }],
});
