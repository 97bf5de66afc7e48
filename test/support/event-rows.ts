import { sql } from 'kysely';
import { smallestIdAt } from '../../src/events/upkeep/partitions.ts';
import { newId } from '../../src/kernel/index.ts';
import type { Database } from '../../src/persistence/index.ts';

/** Writes events of some moments with their positions, as the log and the sequencer do. */
export async function seedEvents(db: Database, tenantId: string, moments: readonly string[]): Promise<void> {
  for (const moment of moments) {
    const id = smallestIdAt(new Date(moment)).slice(0, 14) + newId().slice(14);
    await sql`insert into security_events (tenant_id, id, type, occurred_at, actor_kind, api, outcome)
      values (${tenantId}::uuid, ${id}::uuid, 'user.updated', ${moment}::timestamptz, 'user', 'rest', 'success')`.execute(
      db.read(),
    );
    await sql`insert into event_positions (log, position, tenant_id, event_id)
      select 0, coalesce(max(position), 0) + 1, ${tenantId}::uuid, ${id}::uuid from event_positions`.execute(db.read());
  }
}

/** The column `value` of a query. */
export async function listValues(db: Database, query: string): Promise<string[]> {
  return (await sql.raw<{ value: string }>(query).execute(db.read())).rows.map(({ value }) => value);
}

/** The partitions of the log, by name. */
export function listPartitions(db: Database): Promise<string[]> {
  return listValues(
    db,
    `select c.relname as value from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'security_events'::regclass order by 1`,
  );
}
