import type { SessionRow } from '../../sessions/index.ts';
import type { User } from '../../users/index.ts';
import type { Grant } from './grant.entity.ts';

/** What the life of a token family hangs on. */
export interface FamilyParts {
  readonly grant: Grant | null;
  readonly user: User | null;
  /** Undefined for a family that hangs on no session; null when its session is gone. */
  readonly session: SessionRow | null | undefined;
}

/**
 * Until when a family lives if nobody ends it, in milliseconds since the epoch; or why it is dead, for logs.
 * It ends with its session, whether that is ended or its time is over.
 */
export function familyLife({ grant, user, session }: FamilyParts): { untilMs: number } | { dead: string } {
  if (grant === null || grant.revokedAt != null) return { dead: 'grant-revoked' };
  if (user === null || !user.enabled || user.inactiveSince != null) return { dead: 'user-disabled' };
  // The moment of the grant, not the token's `iat`: whole seconds cannot say "just now".
  if (user.notBefore != null && grant.createdAt < user.notBefore) return { dead: 'user-not-before' };
  if (session === null) return { dead: 'session-ended' };
  if (session === undefined) return { untilMs: grant.expiresAt.getTime() };
  return {
    untilMs: Math.min(grant.expiresAt.getTime(), session.idleExpiresAt.getTime(), session.expiresAt.getTime()),
  };
}
