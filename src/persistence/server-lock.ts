import type { DatabaseServer } from './database-server.ts';

/**
 * The node that holds the lock migrates or creates the first tenant, which can take minutes when large tables are
 * rewritten.
 */
const LOCK_PATIENCE_MS = 600_000;
/** Limits that the operator set for the role or the database would end the wait, or the lock while the work goes on. */
const BEGIN = [
  'begin',
  `set local lock_timeout = ${LOCK_PATIENCE_MS}`,
  'set local statement_timeout = 0',
  'set local idle_in_transaction_session_timeout = 0',
].join('; ');

/**
 * Runs work that only one node may do at a time. The lock belongs to a transaction, so that it works behind a pooler in
 * transaction mode, and uses a connection outside the pool, so that a pool of one connection is enough.
 * @throws Error with the SQLSTATE 55P03: another node held the lock for ten minutes.
 */
export async function withServerLock<T>(
  server: DatabaseServer,
  name: string,
  lock: number,
  work: () => Promise<T>,
): Promise<T> {
  const connection = server.connection(name);
  try {
    await connection.connect();
    await connection.ensureWritable();
    await connection.run(BEGIN);
    // The limit detects a server that does not answer; keep-alive detects a connection that breaks during the wait.
    await connection.run('select pg_advisory_xact_lock($1)', [lock], {
      timeoutMs: LOCK_PATIENCE_MS + server.limits.queryMs,
    });
    const result = await work();
    await connection.run('commit');
    return result;
  } finally {
    await connection.leave();
  }
}
