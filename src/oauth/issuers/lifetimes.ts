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
  /** Those of families that outlive the session, where they differ. */
  readonly offline?: RefreshLifetimes;
}

/** How long a refresh token that is unused is valid, and how long its family. */
export type RefreshLifetimes = Pick<Lifetimes, 'refreshIdleSeconds' | 'refreshSeconds'>;

/** A family without a limit expires after ten years. */
const UNLIMITED_SECONDS = 315_360_000;

export function lifetimesOf(kind: IssuerKind, settings: TenantSettings, { client }: ClientRecord): Lifetimes {
  const access = client.accessTokenSeconds ?? settings.accessTokenSeconds ?? kind.accessTokenSeconds;
  const accessTokenSeconds = Math.min(access, MAX_TOKEN_SECONDS);
  if (kind.isRoleBased)
    return { accessTokenSeconds, ...sessionLifetimes(settings, client.refreshTokenSeconds ?? null) };
  const refreshSeconds = client.refreshTokenSeconds ?? settings.refreshSeconds ?? kind.refreshSeconds;
  const idleSeconds = settings.refreshIdleSeconds ?? kind.refreshIdleSeconds;
  return { accessTokenSeconds, ...limited(idleSeconds, refreshSeconds) };
}

const limited = (refreshIdleSeconds: number, refreshSeconds: number): RefreshLifetimes => ({
  refreshIdleSeconds: Math.min(refreshIdleSeconds, refreshSeconds),
  refreshSeconds,
});

/** Refresh tokens of role-based issuers live as long as sessions, or as lasting access is configured. */
function sessionLifetimes(
  { sessionIdleSeconds, sessionSeconds, tokens }: TenantSettings,
  ofClient: number | null,
): Omit<Lifetimes, 'accessTokenSeconds'> {
  const offlineSeconds = tokens.isOfflineLimited ? tokens.offlineSeconds : UNLIMITED_SECONDS;
  return {
    ...limited(sessionIdleSeconds, ofClient ?? sessionSeconds),
    offline: limited(tokens.offlineIdleSeconds, ofClient ?? offlineSeconds),
  };
}

/** The lifetimes of a family. @param isOffline Whether it outlives the session. */
export const refreshLifetimesOf = (lifetimes: Lifetimes, isOffline: boolean): RefreshLifetimes =>
  isOffline ? (lifetimes.offline ?? lifetimes) : lifetimes;
