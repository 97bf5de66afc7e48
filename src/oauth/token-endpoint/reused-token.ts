import type { Caller } from '../../access/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { TenantRef } from '../../kernel/index.ts';
import type { Grant } from '../grants/grant.entity.ts';
import { oauthEvents } from '../oauth.events.ts';
import { invalidGrant } from './invalid-grant.ts';

/**
 * Revokes the family of a spent refresh token that returned (RFC 9700 section 4.14.2), inside a unit of work in which the family is
 * locked. Records `refresh_token.reused`. The caller refuses the request after the commit.
 * @throws GRANT_INVALID The family was revoked before.
 */
export function revokeReused(
  events: EventLog,
  { caller, tenant }: { readonly caller: Caller; readonly tenant: Pick<TenantRef, 'id'> },
  grant: Grant,
  now: Date,
): void {
  if (grant.revokedAt != null) throw invalidGrant('REFRESH_TOKEN_INVALID');
  grant.revokedAt = now;
  events.record(caller, tenant, {
    type: oauthEvents['refresh_token.reused'],
    subjectId: grant.userId,
    sessionId: grant.sessionId ?? null,
    outcome: 'failure',
    reason: 'REFRESH_TOKEN_REUSED',
    params: { grantId: grant.id },
  });
}
