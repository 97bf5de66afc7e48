import pg from 'pg';
import type { Database } from '../persistence/index.ts';

/** Any 64-bit number no other application of the database uses; the migrations have one of their own. */
const START_LOCK = 7_236_914_552_012;

/**
 * Runs what one node of many may do at a time. The lock sits on a connection of its own, in a transaction, so that it works
 * behind a transaction-mode pooler and with a pool of one. The embedded database has one process anyway.
 */
export async function withClusterLock<T>(db: Database, work: () => Promise<T>): Promise<T> {
  const { location } = db.options;
  if (location.kind === 'embedded') return work();
  const client = new pg.Client({ connectionString: location.url, application_name: 'idgraph-start' });
  // A connection that breaks has released the lock; the statement after it says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [START_LOCK]);
    const result = await work();
    await client.query('commit');
    return result;
  } finally {
    await client.end();
  }
}
