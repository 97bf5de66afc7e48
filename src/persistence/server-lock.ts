import type { DatabaseServer } from './database-server.ts';

/** A node that others wait for migrates, or makes the first tenant: minutes where there is much to rewrite. */
const LOCK_PATIENCE_MS = 600_000;

/**
 * Runs what one node of many may do at a time. The lock belongs to a transaction, so that it works behind a pooler in
 * transaction mode, on a connection of its own, so that a pool of one is enough.
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
    await connection.run(`begin; set local lock_timeout = ${LOCK_PATIENCE_MS}`);
    // A silent server is noticed after the wait at the latest; a connection that breaks meanwhile, by its keep-alive.
    await connection.run('select pg_advisory_xact_lock($1)', [lock], LOCK_PATIENCE_MS + server.limits.queryMs);
    const result = await work();
    await connection.run('commit');
    return result;
  } finally {
    await connection.leave();
  }
}
