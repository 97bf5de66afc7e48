import pg from 'pg';
import type { Database } from './database.ts';

/** Any 64-bit number no other application of the database uses. */
const MIGRATION_LOCK = 7_236_914_552_011;

/**
 * Brings the schema to the newest migration. Nodes that start together take turns behind a transaction-scoped lock, which
 * also works behind a transaction-mode pooler; it sits on a connection of its own, so that a pool of one is enough.
 */
export async function migrate(db: Database): Promise<void> {
  const { location } = db.options;
  if (location.kind === 'embedded') {
    await db.orm.migrator.up();
    return;
  }
  const client = new pg.Client({ connectionString: location.url, application_name: 'idgraph-migrate' });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await db.orm.migrator.up();
    await client.query('commit');
  } finally {
    await client.end();
  }
}
