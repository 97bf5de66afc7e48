import type { ClientRecord } from '../../clients/index.ts';
import type { TenantSettings } from '../../tenants/index.ts';
import type { IssuerKind } from './issuers.ts';

/** The longest lifetime of access and ID tokens, 30 days: a retired signing key is published for as long. */
export const MAX_TOKEN_SECONDS = 2_592_000;

/**
 * How long a client's tokens are valid: as set for the client, else for the tenant, else for the issuer kind (docs/tokens.md).
 */
export interface Lifetimes {
  readonly accessTokenSeconds: number;
  readonly refreshIdleSeconds: number;
  readonly refreshSeconds: number;
}

export function lifetimesOf(kind: IssuerKind, settings: TenantSettings, { client }: ClientRecord): Lifetimes {
  const access = client.accessTokenSeconds ?? settings.accessTokenSeconds ?? kind.accessTokenSeconds;
  const refreshSeconds = client.refreshTokenSeconds ?? settings.refreshSeconds ?? kind.refreshSeconds;
  return {
    accessTokenSeconds: Math.min(access, MAX_TOKEN_SECONDS),
    refreshIdleSeconds: Math.min(settings.refreshIdleSeconds ?? kind.refreshIdleSeconds, refreshSeconds),
    refreshSeconds,
  };
}
