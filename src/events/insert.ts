import { type Kysely, sql } from 'kysely';
import type { SecurityEvent } from './event.ts';

/** Inserts events and their arrivals with one statement each, whatever their number. */
export async function insertEvents(db: Kysely<unknown>, events: readonly SecurityEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = JSON.stringify(events);
  await sql`insert into security_events (tenant_id, id, type, occurred_at, actor_kind, actor_id, subject_id, client_id, client_auth,
      session_id, ip, peer_ip, user_agent, door, process_id, outcome, reason, params)
    select "tenantId", id, type, "occurredAt", "actorKind", "actorId", "subjectId", "clientId", "clientAuth",
      "sessionId", ip, "peerIp", "userAgent", door, "processId", outcome, reason, params
    from jsonb_to_recordset(${rows}::jsonb) as e("tenantId" uuid, id uuid, type text, "occurredAt" timestamptz, "actorKind" text,
      "actorId" text, "subjectId" text, "clientId" text, "clientAuth" text, "sessionId" uuid, ip text, "peerIp" text,
      "userAgent" text, door text, "processId" uuid, outcome text, reason text, params jsonb)`.execute(db);
  await sql`insert into event_arrivals (tenant_id, event_id)
    select "tenantId", id from jsonb_to_recordset(${rows}::jsonb) as e("tenantId" uuid, id uuid)`.execute(db);
}
