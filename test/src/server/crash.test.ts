import { randomBytes } from 'node:crypto';
import { type Client, createClient } from 'graphql-ws';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../../bench/free-port.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { buildServer, endStarted, MAIN, Started } from '../../support/started.ts';

const SECRET = randomBytes(32).toString('base64url');
const MASTER_KEY = randomBytes(32).toString('base64');

interface FeedItem {
  readonly cursor: string;
  readonly event: { readonly type: string; readonly subjectId: string | null } | null;
}

let database: TestDatabase;
beforeAll(async () => {
  buildServer();
  database = await createTestDatabase();
}, 120_000);
afterEach(endStarted);
afterAll(() => database.drop());

/** A node and its address. */
async function startNode(): Promise<{ node: Started; url: string }> {
  const port = await freePort();
  const node = await new Started(process.execPath, [MAIN], {
    PORT: String(port),
    DATABASE_URL: database.url,
    // More than one connection, so that a statement cannot block on a transaction of the same node.
    DATABASE_POOL_MAX: '1',
    // The nodes share an issuer although their ports differ.
    PUBLIC_URL: 'http://id.example.test',
    MASTER_KEY,
    BOOTSTRAP_ADMIN_PASSWORD: randomBytes(24).toString('base64url'),
    BOOTSTRAP_CLIENT_SECRET: SECRET,
    LOG_LEVEL: 'fatal',
  }).ready();
  return { node, url: `http://127.0.0.1:${port}` };
}

async function tokenFrom(url: string): Promise<string> {
  const answer = await fetch(`${url}/t/master/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`bootstrap:${SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'user:read user:create event:read' }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Makes users one after the other until stopped, and keeps the ids that the node acknowledged. */
function makeUsers(url: string, token: string, name: string) {
  const acknowledged: string[] = [];
  let isStopped = false;
  const query = 'mutation ($name: String!) { createUser(input: { username: $name }) { user { subject } } }';
  const done = (async () => {
    for (let n = 0; !isStopped; n++) {
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { name: `${name}-${n}` } }),
      })
        .then((response) => response.json() as Promise<{ data?: { createUser: { user: { subject: string } } } }>)
        .catch(() => null);
      if (answer?.data == null) return;
      acknowledged.push(answer.data.createUser.user.subject);
    }
  })();
  const stop = () => {
    isStopped = true;
    return done;
  };
  return { acknowledged, done, stop };
}

describe('two nodes on one PostgreSQL, one of them killed under load', { timeout: 180_000 }, () => {
  it('lose no acknowledged change, and a subscriber that reconnects receives each event once and in order', async () => {
    const first = await startNode();
    const { url: two } = await startNode();
    const one = first.url;
    const token = await tokenFrom(two);
    // An open transaction of another client must not hide events that are committed meanwhile.
    const stranger = new pg.Client({ connectionString: database.url });
    await stranger.connect();
    await stranger.query('begin');
    await stranger.query('create temporary table held (n int)');

    const seen: string[] = [];
    let cursor: string | undefined;
    const follow = (url: string): { client: Client; ended: Promise<void> } => {
      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: { authorization: `Bearer ${token}` },
      });
      const query =
        'subscription ($after: String) { securityEvents(after: $after, filter: { types: ["user.created"] }) { cursor event { type subjectId } } }';
      const ended = (async () => {
        for await (const { data } of client.iterate<{ securityEvents: FeedItem }>({
          query,
          variables: { after: cursor },
        })) {
          cursor = data!.securityEvents.cursor;
          if (data!.securityEvents.event !== null) seen.push(data!.securityEvents.event.subjectId!);
        }
      })().catch(() => undefined);
      return { client, ended };
    };

    const before = follow(one);
    await expect.poll(() => cursor, { timeout: 20_000 }).toBeDefined();
    const [a, b] = [makeUsers(one, token, 'a'), makeUsers(two, token, 'b')];
    await expect
      .poll(() => Math.min(a.acknowledged.length, b.acknowledged.length, seen.length), { timeout: 60_000 })
      .toBeGreaterThan(10);
    first.node.child.kill('SIGKILL');
    await first.node.exited;
    await Promise.all([a.done, before.ended]);
    await expect.poll(() => b.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(30);

    const again = await startNode();
    const after = follow(again.url);
    const c = makeUsers(again.url, token, 'c');
    await expect.poll(() => c.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(5);
    await Promise.all([b.stop(), c.stop()]);
    const acknowledged = [...a.acknowledged, ...b.acknowledged, ...c.acknowledged];
    await expect.poll(() => acknowledged.filter((id) => !seen.includes(id)), { timeout: 30_000 }).toEqual([]);
    await after.client.dispose();
    await stranger.query('rollback');

    const { rows } = await stranger.query(
      `select e.subject_id from event_positions p join security_events e on e.tenant_id = p.tenant_id and e.id = p.event_id
       where e.type = 'user.created' and e.subject_id = any($1) order by p.position`,
      [seen],
    );
    await stranger.end();
    expect(seen).toEqual(rows.map((row: { subject_id: string }) => row.subject_id));
    expect(new Set(seen).size).toBe(seen.length);
  });
});
