import pg from 'pg';
import { PostgresCluster } from '../test/support/postgres-cluster.ts';

/** A PostgreSQL server to measure on: `BENCH_DATABASE_URL`, else the one of an npm package with its default settings. */
export interface BenchCluster {
  /** Creates an empty database on the server. */
  database(name: string): Promise<string>;
  stop(): Promise<void>;
}

async function freshDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`drop database if exists "${name}"`);
  await client.query(`create database "${name}"`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Null when no PostgreSQL can be started; then only the embedded database is measured. Commits are durable: fsync is on. */
export async function openCluster(): Promise<BenchCluster | null> {
  const given = process.env['BENCH_DATABASE_URL'];
  if (given !== undefined) return { database: (name) => freshDatabase(given, name), stop: async () => undefined };
  const cluster = await PostgresCluster.create({ durable: true }).catch((error: Error) => {
    process.stderr.write(`PostgreSQL is not measured: ${error.message}\n`);
    return null;
  });
  if (cluster === null) return null;
  return { database: (name) => freshDatabase(cluster.url(), name), stop: () => cluster.destroy() };
}
