import type { ClientRecord } from '../../clients/index.ts';
import type { TenantSettings } from '../../tenants/index.ts';
import type { IssuerKind } from './issuers.ts';

/** No access or ID token lives longer, whoever asks: a retired signing key is published for as long. 30 days. */
export const MAX_TOKEN_SECONDS = 2_592_000;

/** How long a client's tokens live: its own choice, else the tenant's, else the issuer kind's (docs/tokens.md). */
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
