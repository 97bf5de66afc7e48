import { CompiledQuery, type Kysely } from 'kysely';
import type { SecurityEvent } from '../record/event.ts';
import { INSERT_EVENTS_SQL } from '../record/event-columns.ts';

/** Inserts events and their arrivals with one statement, whatever their number. */
export async function insertEvents(db: Kysely<unknown>, events: readonly SecurityEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db.executeQuery(CompiledQuery.raw(INSERT_EVENTS_SQL, [JSON.stringify(events)]));
}
