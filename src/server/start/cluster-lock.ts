import { type Database, withServerLock } from '../../persistence/index.ts';

/** Any 64-bit number no other application of the database uses; migrations, sequencer and upkeep have their own. */
const START_LOCK = 7_236_914_552_014;

/** Runs what one node of many may do at a time. The embedded database has one process anyway. */
export function withClusterLock<T>(db: Database, work: () => Promise<T>): Promise<T> {
  return db.server === undefined ? work() : withServerLock(db.server, 'idgraph-start', START_LOCK, work);
}
