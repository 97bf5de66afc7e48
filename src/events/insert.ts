import { CompiledQuery, type Kysely } from 'kysely';
import type { SecurityEvent } from './event.ts';
import { changeWithEventsSql, INSERT_EVENTS_SQL } from './event-columns.ts';

/** Inserts events and their arrivals with one statement, whatever their number. */
export async function insertEvents(db: Kysely<unknown>, events: readonly SecurityEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db.executeQuery(CompiledQuery.raw(INSERT_EVENTS_SQL, [JSON.stringify(events)]));
}

/** A statement with values that changes rows and returns one for each. */
export interface ChangeStatement {
  /** Its parameters count from `$2`. */
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Makes a change and inserts the events that report it, with one statement. @returns Whether a row was changed. */
export async function changeWithEvents(
  db: Kysely<unknown>,
  { text, values }: ChangeStatement,
  events: readonly SecurityEvent[],
): Promise<boolean> {
  const query = CompiledQuery.raw(changeWithEventsSql(text), [JSON.stringify(events), ...values]);
  const { rows } = await db.executeQuery<{ isDone: boolean }>(query);
  return rows[0]!.isDone;
}
