import type { RefreshToken } from './grant.entity.ts';

/** Tokens of a family to store. */
export interface NewTokens {
  readonly refresh: Pick<RefreshToken, 'hash' | 'expiresAt'> | null;
  /** The access token, if it is opaque. */
  readonly opaque: { readonly hash: Buffer; readonly claims: object; readonly expiresAt: Date } | null;
}

/** What `insertTokens` reads, as columns of `json_to_recordset`. */
export const TOKEN_COLUMNS = `"nextHash" text, "nextExpiresAt" timestamptz, "opaqueHash" text, "opaqueClaims" jsonb,
      "opaqueExpiresAt" timestamptz`;

/** The values of these columns. */
export function toTokenColumns({ refresh, opaque }: NewTokens) {
  return {
    nextHash: refresh?.hash.toString('hex') ?? null,
    nextExpiresAt: refresh?.expiresAt ?? null,
    opaqueHash: opaque?.hash.toString('hex') ?? null,
    opaqueClaims: opaque?.claims ?? null,
    opaqueExpiresAt: opaque?.expiresAt ?? null,
  };
}

/**
 * Parts of a statement that store the new tokens of families.
 * @param rows A part whose rows have these columns, and `tenantId`, `grantId`, `clientUuid` and `now`.
 */
export const insertTokens = (rows: string): string => `refreshable as (
    insert into refresh_tokens (tenant_id, hash, grant_id, spent_at, expires_at, created_at)
    select "tenantId", decode("nextHash", 'hex'), "grantId", null, "nextExpiresAt", now from ${rows}
    where "nextHash" is not null
  ),
  opaque as (
    insert into access_tokens (tenant_id, hash, grant_id, client_uuid, claims, expires_at, created_at)
    select "tenantId", decode("opaqueHash", 'hex'), "grantId", "clientUuid", "opaqueClaims", "opaqueExpiresAt", now
    from ${rows} where "opaqueHash" is not null
  )`;
