import { type Database, withServerLock } from '../../persistence/index.ts';

/**
 * Any 64-bit number that no other application of the database uses as an advisory lock; migrations, sequencer and maintenance
 * use others.
 */
const START_LOCK = 7_236_914_552_014;

/** Runs work that only one node may do at a time. The embedded database has only one process. */
export function withClusterLock<T>(db: Database, work: () => Promise<T>): Promise<T> {
  return db.server === undefined ? work() : withServerLock(db.server, 'idgraph-start', START_LOCK, work);
}
