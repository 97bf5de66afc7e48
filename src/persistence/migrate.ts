import type { Database } from './database.ts';
import { withServerLock } from './server-lock.ts';
import { withTimeLimits } from './time-limits.ts';

/** Any 64-bit number no other application of the database uses. */
const MIGRATION_LOCK = 7_236_914_552_011;
/** A statement may rewrite a large table; what it waits for holds up everybody who waits behind it. */
const MIGRATION_LIMITS = { statementMs: 3_600_000, queryMs: 3_660_000, lockMs: 60_000 };

/** Brings the schema to the newest migration. Nodes that start together take turns. */
export async function migrate(db: Database): Promise<void> {
  const up = async (): Promise<void> => {
    await db.orm.migrator.up();
  };
  if (db.server === undefined) await up();
  else await withServerLock(db.server, 'idgraph-migrate', MIGRATION_LOCK, () => withTimeLimits(MIGRATION_LIMITS, up));
}
