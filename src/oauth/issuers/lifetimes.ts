import type { ClientRecord } from '../../clients/index.ts';
import { addSeconds } from '../../kernel/index.ts';
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
export interface RefreshLifetimes {
  readonly refreshIdleSeconds: number;
  /** Null: for as long as its tokens are used before they expire. */
  readonly refreshSeconds: number | null;
}

/** RFC 6749 section 4.1.2 recommends at most ten minutes for an authorization code. */
const MAX_CODE_SECONDS = 600;

/** How long an authorization code is valid. By default 60 s, as FAPI 2.0 section 5.3.2.1 allows: redirects through slow networks need them. */
export const codeSecondsOf = ({ tokens }: TenantSettings): number => Math.min(tokens.codeSeconds, MAX_CODE_SECONDS);

export function lifetimesOf(kind: IssuerKind, settings: TenantSettings, { client }: ClientRecord): Lifetimes {
  const access = client.accessTokenSeconds ?? settings.accessTokenSeconds ?? kind.accessTokenSeconds;
  const accessTokenSeconds = Math.min(access, MAX_TOKEN_SECONDS);
  if (kind.isRoleBased)
    return { accessTokenSeconds, ...sessionLifetimes(settings, client.refreshTokenSeconds ?? null) };
  const refreshSeconds = client.refreshTokenSeconds ?? settings.refreshSeconds ?? kind.refreshSeconds;
  const idleSeconds = settings.refreshIdleSeconds ?? kind.refreshIdleSeconds;
  return { accessTokenSeconds, ...limited(idleSeconds, refreshSeconds) };
}

const limited = (refreshIdleSeconds: number, refreshSeconds: number) => ({
  refreshIdleSeconds: Math.min(refreshIdleSeconds, refreshSeconds),
  refreshSeconds,
});

/** The shortest of some lifetimes, of which those that are 0 are none; null where all are. */
function least(...lifetimes: readonly number[]): number | null {
  const given = lifetimes.filter((seconds) => seconds > 0);
  return given.length === 0 ? null : Math.min(...given);
}

/** Refresh tokens of role-based issuers live as long as sessions, or as lasting access is configured; what is set for all clients shortens that. */
function sessionLifetimes(
  { sessionIdleSeconds, sessionSeconds, tokens }: TenantSettings,
  ofClient: number | null,
): Omit<Lifetimes, 'accessTokenSeconds'> {
  const idleSeconds = least(tokens.offlineIdleSeconds, tokens.clientOfflineIdleSeconds)!;
  const limit = least(tokens.isOfflineLimited ? tokens.offlineSeconds : 0, tokens.clientOfflineSeconds);
  const offlineSeconds = ofClient ?? limit;
  return {
    ...limited(
      least(sessionIdleSeconds, tokens.clientSessionIdleSeconds)!,
      ofClient ?? least(sessionSeconds, tokens.clientSessionSeconds)!,
    ),
    offline:
      offlineSeconds === null
        ? { refreshIdleSeconds: idleSeconds, refreshSeconds: null }
        : limited(idleSeconds, offlineSeconds),
  };
}

/** The lifetimes of a family. @param isOffline Whether it outlives the session. */
export const refreshLifetimesOf = (lifetimes: Lifetimes, isOffline: boolean): RefreshLifetimes =>
  isOffline ? (lifetimes.offline ?? lifetimes) : lifetimes;

/** Whether each use of its tokens lets a family live longer. @param isOffline Whether it outlives the session. */
export const isExtendedByUse = (lifetimes: Lifetimes, isOffline: boolean): boolean =>
  refreshLifetimesOf(lifetimes, isOffline).refreshSeconds === null;

/** When a family ends that is made now, or that is used now and extended by it. @param isOffline Whether it outlives the session. */
export function familyEndOf(lifetimes: Lifetimes, isOffline: boolean, now: Date): Date {
  const { refreshIdleSeconds, refreshSeconds } = refreshLifetimesOf(lifetimes, isOffline);
  return addSeconds(now, refreshSeconds ?? refreshIdleSeconds);
}
