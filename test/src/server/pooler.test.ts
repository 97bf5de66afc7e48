import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/server/environment/config.ts';
import { createLogger } from '../../../src/server/environment/logger.ts';
import { startNode } from '../../../src/server/start/node.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { TransactionPooler } from '../../support/transaction-pooler.ts';

const SECRET = 'x'.repeat(32);
/** Connections to the server: fewer than the node has, which are four outside its pool of three. */
const SIZE = 4;

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** The settings in the session of any connection to the server. */
async function sessionSettings(url: string): Promise<readonly string[]> {
  const clients = Array.from({ length: SIZE }, () => new pg.Client({ connectionString: url }));
  for (const client of clients) await client.connect();
  const results = await Promise.all(
    clients.map((client) =>
      client.query<{ name: string }>(`select name from pg_settings, pg_sleep(0.2) where source = 'session'`),
    ),
  );
  for (const client of clients) await client.end();
  return results.flatMap(({ rows }) => rows.map(({ name }) => name));
}

describe('a node behind a pooler in transaction mode', { timeout: 90_000 }, () => {
  it('starts, serves, and leaves no settings in the shared sessions', async () => {
    const { url, drop } = await createTestDatabase();
    cleanUps.push(drop);
    const pooled = new URL(url);
    const pooler = await TransactionPooler.open(Number(pooled.port), SIZE);
    cleanUps.push(() => pooler.close());
    pooled.port = String(pooler.port);
    const node = await startNode(
      parseConfig({
        PORT: '0',
        DRAIN_SECONDS: '0',
        DATABASE_URL: pooled.href,
        DATABASE_POOL_MAX: '3',
        DATA_DIR: 'memory://',
        MASTER_KEY: 'ab'.repeat(32),
        BOOTSTRAP_ADMIN_PASSWORD: 'a phrase nobody guesses',
        BOOTSTRAP_CLIENT_SECRET: SECRET,
      }),
      createLogger('silent'),
    );
    cleanUps.push(() => node.stop());
    expect((await fetch(`${node.localUrl}/health/ready`)).status).toBe(200);
    const requestToken = () =>
      fetch(`${node.localUrl}/t/master/oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`bootstrap:${SECRET}`).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
    const { access_token: token } = (await (await requestToken()).json()) as { access_token: string };
    const createUser = async (username: string) => {
      const response = await fetch(`${node.localUrl}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          query: 'mutation ($username: String!) { createUser(input: { username: $username }) { user { username } } }',
          variables: { username },
        }),
      });
      return ((await response.json()) as { data: { createUser: { user: { username: string } } } }).data.createUser.user;
    };
    const names = Array.from({ length: 12 }, (_, n) => `user-${n}`);
    const users = await Promise.all(names.map(createUser));
    expect(users.map(({ username }) => username)).toEqual(names);
    expect(pooler.refused).toEqual([]);
    expect(await sessionSettings(pooled.href)).toEqual([]);
  });
});
