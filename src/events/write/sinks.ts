import type { Database } from '../../persistence/index.ts';
import type { ServerLink } from '../link/server-link.ts';
import { INSERT_EVENTS } from '../record/event-columns.ts';
import type { EventSink } from './group-writer.ts';
import { insertEvents } from './insert.ts';

/** Writes through the database like any other statement; on the embedded one the statement waits for the only connection. */
export function databaseSink(db: Database): EventSink {
  return (events) => insertEvents(db, events);
}

/** Writes on a connection outside the pool. */
export function linkSink(link: ServerLink): EventSink {
  return async (events) => {
    await link.query({ text: INSERT_EVENTS.text, values: [JSON.stringify(events)], isWriting: true });
  };
}
