import type { Database } from './database.ts';
import { defineStatement } from './named-statements.ts';

const LOCK = defineStatement<object>('named-lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 0))');

/**
 * Makes units of work that lock the same name run one after the other: waits for the one that holds it, and holds it until the open one
 * ends. For rules about many rows, such as their number, that no lock of a row keeps.
 * @param name What is changed, and of which tenant: names are shared by the whole database.
 */
export async function lockName(db: Database, name: string): Promise<void> {
  await db.run(LOCK, [name]);
}
