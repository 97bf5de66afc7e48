import type { Database } from './database.ts';
import { withServerLock } from './server-lock.ts';
import { withTimeLimits } from './time-limits.ts';

/** Advisory lock of migrations: a 64-bit number that no other application of the database uses. */
const MIGRATION_LOCK = 7_236_914_552_011;
/**
 * A statement may take long to rewrite a large table. It may not wait long for a lock, because other statements queue
 * behind it.
 */
const MIGRATION_LIMITS = { statementMs: 3_600_000, queryMs: 3_660_000, lockMs: 60_000 };

/**
 * Brings the schema to the newest migration. A lock makes nodes that start together migrate one after the other.
 * @param announce Called with the number of migrations before they run; not called when there are none.
 */
export async function migrate(db: Database, announce?: (migrations: number) => void): Promise<void> {
  const up = async (): Promise<void> => {
    const { length } = await db.orm.migrator.getPending();
    if (length === 0) return;
    announce?.(length);
    await db.orm.migrator.up();
  };
  if (db.server === undefined) await up();
  else await withServerLock(db.server, 'idgraph-migrate', MIGRATION_LOCK, () => withTimeLimits(MIGRATION_LIMITS, up));
}
