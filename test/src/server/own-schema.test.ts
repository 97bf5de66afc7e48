import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { ENTITIES, SQL_ONLY } from '../../../src/modules.ts';
import { Database } from '../../../src/persistence/index.ts';
import { missingSqlOnly } from '../../../src/persistence/schema-sql.ts';
import { parseConfig } from '../../../src/server/environment/config.ts';
import { createLogger } from '../../../src/server/environment/logger.ts';
import { startNode } from '../../../src/server/start/node.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { administer } from '../../support/postgres-broker.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A database whose schema `public` contains another installation, and a URL whose connections have the `search_path` given. */
async function databaseWithPath(path: string): Promise<{ url: string; ownUrl: string }> {
  const { url, drop } = await createTestDatabase();
  cleanUps.push(drop);
  await administer(url, 'create schema "Own one"');
  const own = new URL(url);
  own.searchParams.set('options', `-c search_path=${path.replaceAll(' ', '\\ ')}`);
  return { url, ownUrl: own.href };
}

/** Starts a node and stops it. */
async function startOnce(url: string): Promise<{ isFirst: boolean; ready: number }> {
  const config = parseConfig({
    DRAIN_SECONDS: '0',
    PORT: '0',
    DATABASE_URL: url,
    DATABASE_POOL_MAX: '2',
    DATA_DIR: 'memory://',
    MASTER_KEY: 'ab'.repeat(32),
    BOOTSTRAP_ADMIN_PASSWORD: 'a phrase nobody guesses',
    BOOTSTRAP_CLIENT_SECRET: 'x'.repeat(32),
  });
  const node = await startNode(config, createLogger('silent'));
  try {
    const { status } = await fetch(`${node.localUrl}/health/ready`);
    return { isFirst: node.bootstrapped !== null, ready: status };
  } finally {
    await node.stop();
  }
}

/** The tables of each schema of the kinds that the service makes: list of migrations, entities, logs, partitions of the log. */
async function tablesBySchema(url: string): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ schema: string; count: number }>(
    `select schemaname as schema, count(*)::integer as count from pg_tables
    where schemaname in ('public', 'Own one') group by schemaname`,
  );
  await client.end();
  return Object.fromEntries(rows.map(({ schema, count }) => [schema, count]));
}

describe('a database whose search_path names another schema', { timeout: 90_000 }, () => {
  it.each([
    ['alone', '"Own one"'],
    ['before another installation', '"Own one", public'],
  ])('supports the first and later starts: %s', async (_case, path) => {
    const { url, ownUrl } = await databaseWithPath(path);
    const before = await tablesBySchema(url);
    expect(await startOnce(ownUrl)).toEqual({ isFirst: true, ready: 200 });
    expect(await startOnce(ownUrl)).toEqual({ isFirst: false, ready: 200 });
    const after = await tablesBySchema(url);
    expect(after['public']).toBe(before['public']);
    // The template has no partitions of the log yet; a node makes three.
    expect(after['Own one']).toBe(before['public']! + 3);
  });

  it('is the schema that the schema check reads', async () => {
    const { ownUrl } = await databaseWithPath('"Own one"');
    const db = await Database.open({ location: { kind: 'server', url: ownUrl, poolMax: 1 }, entities: ENTITIES });
    cleanUps.push(() => db.close());
    const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db.read());
    expect(rows).toEqual([{ schema: 'Own one' }]);
    expect((await missingSqlOnly(db, SQL_ONLY)).some((statement) => statement.includes('"security_events"'))).toBe(
      true,
    );
  });
});
