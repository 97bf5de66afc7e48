import type { Database } from '../../persistence/index.ts';
import type { SecurityEvent } from '../record/event.ts';
import { INSERT_EVENTS } from '../record/event-columns.ts';

/** Inserts events and their arrivals with one statement, whatever their number. */
export async function insertEvents(db: Database, events: readonly SecurityEvent[]): Promise<void> {
  if (events.length > 0) await db.run(INSERT_EVENTS, [JSON.stringify(events)]);
}
