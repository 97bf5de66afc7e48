/**
 * A real PostgreSQL for tests. Nothing has to be installed: the run starts one cluster when the first file asks for it
 * (`TEST_DATABASE_URL` names another server instead, whose role may create databases), and every call here makes a new
 * migrated, empty database from a template, in about 50 ms.
 *
 * - `openPostgresDatabase()` opens a `Database` on one; `close()` also drops it. The counterpart of `openTestDatabase()`.
 * - `ENGINES` holds both, for contracts that run on each: `describe.each(ENGINES)('... on $name', ({ open }) => ...)`.
 * - `createTestDatabase()` gives the bare URL, for child processes and servers under test; call `drop()` when done.
 * - `PostgresCluster` (postgres-cluster.ts) is a separate server, for tests that stop, crash or copy it.
 */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { ENTITIES } from '../../src/modules.ts';
import { Database, type StatementObserver } from '../../src/persistence/index.ts';
import { stopCacheAges } from './cache-ages.ts';
import { openTestDatabase } from './database.ts';
import { administer, databaseUrl, type PostgresServer } from './postgres-broker.ts';

export interface TestDatabase {
  readonly url: string;
  /** Ends all connections and deletes the database. */
  drop(): Promise<void>;
}

/** A migrated, empty database on the run's PostgreSQL. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await postgresServer();
  const name = `idgraph_${randomBytes(8).toString('hex')}`;
  await administer(server.url, `create database "${name}" template "${server.template}"`);
  return {
    url: databaseUrl(server.url, name),
    drop: () => administer(server.url, `drop database if exists "${name}" with (force)`),
  };
}

/**
 * A migrated, empty PostgreSQL database, dropped when it is closed.
 * @param observe Called with each statement. Caches then do not age, so that the number of statements is certain.
 * @param poolMax Connections of its pool; 1 shows a statement that would wait for its own transaction.
 */
export async function openPostgresDatabase(observe?: StatementObserver, poolMax = 4): Promise<Database> {
  if (observe !== undefined) stopCacheAges();
  const { url, drop } = await createTestDatabase();
  const db = await Database.open({
    location: { kind: 'server', url, poolMax },
    entities: ENTITIES,
    ...(observe === undefined ? {} : { observe }),
  });
  const close = db.close.bind(db);
  db.close = async () => {
    await close();
    await drop();
  };
  return db;
}

/** Both engines, for contracts that must hold on each. */
export const ENGINES: readonly { name: string; open: (observe?: StatementObserver) => Promise<Database> }[] = [
  { name: 'PGlite', open: openTestDatabase },
  { name: 'PostgreSQL', open: openPostgresDatabase },
];

async function postgresServer(): Promise<PostgresServer> {
  const response = await fetch(inject('postgresBroker'));
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as PostgresServer;
}
