import type { Caller } from '../access/index.ts';
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

/** Whether an event may have ended the credential of this caller. */
export function concerns(event: SecurityEvent, caller: Caller): boolean {
  if (event.tenantId !== caller.tenant?.id) return false;
  if (ENDING_FOR_ALL.has(event.type)) return true;
  if (!ENDING.has(event.type)) return false;
  return (
    (caller.sessionId !== null && event.sessionId === caller.sessionId) ||
    (caller.userId !== null && event.subjectId === caller.userId) ||
    (caller.clientId !== null && event.clientId === caller.clientId)
  );
}
