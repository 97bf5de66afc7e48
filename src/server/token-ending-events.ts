import type { EventType, SecurityEvent } from '../events/index.ts';

/** Events after which a token that was good may no longer be, or may allow less. The token itself is then looked at again. */
const ENDING: ReadonlySet<EventType> = new Set<EventType>([
  'session.ended',
  'session.revoked',
  'user.sessions_reset',
  'token.revoked',
  'refresh_token.reused',
  'code.replayed',
  'consent.revoked',
  'user.disabled',
  'user.deleted',
  'password.changed',
  'password.reset',
  'client.updated',
  'client.deleted',
  'linked_app.removed',
  'client.secret_rotated',
  'role_grant.removed',
  'group_member.removed',
]);

/** Events that may end tokens of anybody in their tenant. */
const ENDING_FOR_ALL: ReadonlySet<EventType> = new Set<EventType>([
  'tenant.sessions_revoked',
  'tenant.updated',
  'tenant.deleted',
  'role.updated',
  'role.deleted',
  'group.updated',
  'group.deleted',
  'setting.changed',
]);

/** Whose credentials an event may have ended: all of its tenant, or those of a session, of a user and of a client. */
export interface Ended {
  /** Empty: the whole tenant. */
  readonly tenant: '' | null;
  readonly session: string | null;
  readonly user: string | null;
  readonly client: string | null;
}

const WHOLE_TENANT: Ended = { tenant: '', session: null, user: null, client: null };

/** Null for an event that ends nobody's credential, as most do. */
export function endedBy({ type, sessionId, subjectId, clientId }: SecurityEvent): Ended | null {
  if (ENDING_FOR_ALL.has(type)) return WHOLE_TENANT;
  return ENDING.has(type) ? { tenant: null, session: sessionId, user: subjectId, client: clientId } : null;
}
