import { once } from 'node:events';
import { createServer } from 'node:http';
import pg from 'pg';
import { ENTITIES } from '../../src/modules.ts';
import { Database, migrate } from '../../src/persistence/index.ts';
import { PostgresCluster } from './postgres-cluster.ts';

/** The PostgreSQL of the run, and its migrated, empty template database. */
export interface PostgresServer {
  readonly url: string;
  readonly template: string;
}

export interface PostgresBroker {
  /** Answers a GET with a `PostgresServer` as JSON; the first request starts the server. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Shares one PostgreSQL with all test files of a run: `TEST_DATABASE_URL` if set, else a new cluster. It starts with the first
 * request, so that runs without PostgreSQL do not wait for it.
 */
export async function openPostgresBroker(): Promise<PostgresBroker> {
  let lent: Promise<Lent> | undefined;
  const http = createServer((_request, response) => {
    lent ??= lend();
    lent.then(
      ({ server }) => response.end(JSON.stringify(server)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      http.closeAllConnections();
      http.close();
      await (await lent?.catch(() => undefined))?.giveBack();
    },
  };
}

interface Lent {
  readonly server: PostgresServer;
  giveBack(): Promise<void>;
}

async function lend(): Promise<Lent> {
  const given = process.env['TEST_DATABASE_URL'];
  const cluster = given === undefined ? await PostgresCluster.create() : undefined;
  const url = given ?? cluster!.url();
  const template = `idgraph_template_${process.pid}`;
  const giveBack = async () => {
    if (cluster === undefined) await administer(url, `drop database if exists "${template}"`);
    else await cluster.destroy();
  };
  try {
    await makeTemplate(url, template);
  } catch (error) {
    await giveBack();
    throw error;
  }
  return { server: { url, template }, giveBack };
}

async function makeTemplate(url: string, template: string): Promise<void> {
  await administer(url, `create database "${template}"`);
  const db = await Database.open({
    location: { kind: 'server', url: databaseUrl(url, template), poolMax: 1 },
    entities: ENTITIES,
  });
  await migrate(db);
  await db.close();
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs one statement on a new connection. */
export async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
