import { isActedFor } from '../../access/index.ts';
import type { ClientRecord } from '../../clients/index.ts';
import type { SessionRow } from '../../sessions/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User } from '../../users/index.ts';
import type { Family } from './grant.entity.ts';

/** What the validity of a token family depends on. */
export interface FamilyParts {
  readonly grant: Pick<Family, 'revokedAt' | 'createdAt' | 'expiresAt' | 'authTime'> | null;
  readonly user: Pick<User, 'enabled' | 'inactiveSince' | 'notBefore'> | null;
  /** Undefined for a family without a session; null when its session no longer exists. */
  readonly session: Pick<SessionRow, 'idleExpiresAt' | 'expiresAt'> | null | undefined;
}

/** What the kind of its issuer decides about a family. */
export interface FamilyKind {
  /** Whether a family ends when its session runs out. */
  readonly endsWithUnusedSession: boolean;
}

/**
 * Until when a family is valid unless it is revoked, in milliseconds since the epoch; or why it is invalid, for logs. It ends
 * with its session when that is ended, and at most kinds of issuers also when it expires, as it does wherever somebody acts as the user.
 */
export function familyLife(
  { grant, user, session }: FamilyParts,
  { endsWithUnusedSession }: FamilyKind,
): { untilMs: number } | { dead: string } {
  if (grant === null || grant.revokedAt != null) return { dead: 'grant-revoked' };
  if (user === null || !user.enabled || user.inactiveSince != null) return { dead: 'user-disabled' };
  // Compare the creation time of the grant, not the token's `iat`, which has only whole seconds.
  if (user.notBefore != null && grant.createdAt < user.notBefore) return { dead: 'user-not-before' };
  if (session === null) return { dead: 'session-ended' };
  const outlivesSession = !endsWithUnusedSession && !isActedFor(grant.authTime);
  if (session === undefined || outlivesSession) return { untilMs: grant.expiresAt.getTime() };
  return {
    untilMs: Math.min(grant.expiresAt.getTime(), session.idleExpiresAt.getTime(), session.expiresAt.getTime()),
  };
}

/** Whether a `not_before` of the tenant or client is later than the moment in which a grant was made. */
export function isBefore(madeAt: Date, tenant: KnownTenant, { client }: ClientRecord): boolean {
  return [tenant.notBefore, client.notBefore].some((moment) => moment != null && madeAt < moment);
}
