import { randomBytes } from 'node:crypto';
import { type Client, createClient } from 'graphql-ws';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parseConfig } from '../../../src/server/environment/config.ts';
import { createLogger } from '../../../src/server/environment/logger.ts';
import { type RunningNode, startNode } from '../../../src/server/start/node.ts';
import { Forwarder } from '../../support/forwarder.ts';
import { administer } from '../../support/postgres-broker.ts';
import { PostgresCluster } from '../../support/postgres-cluster.ts';

const SECRET = randomBytes(32).toString('base64url');
const WAIT = { timeout: 60_000, interval: 50 };

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(port: number): Promise<RunningNode> {
  const config = parseConfig({
    PORT: '0',
    DRAIN_SECONDS: '0',
    DATABASE_URL: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    DATABASE_POOL_MAX: '8',
    DATA_DIR: 'memory://',
    MASTER_KEY: 'ab'.repeat(32),
    BOOTSTRAP_ADMIN_PASSWORD: 'a phrase nobody guesses',
    BOOTSTRAP_CLIENT_SECRET: SECRET,
  });
  return startNode(config, createLogger('silent'));
}

/** A primary with a bootstrapped service, and its standby. */
async function makePair(): Promise<{ primary: PostgresCluster; standby: PostgresCluster }> {
  const primary = await PostgresCluster.create();
  cleanUps.push(() => primary.destroy());
  await (await start(primary.port)).stop();
  await primary.stop();
  const standby = await primary.physicalCopy(true);
  cleanUps.push(() => standby.destroy());
  await primary.start();
  return { primary, standby };
}

async function readiness(node: RunningNode): Promise<number> {
  const response = await fetch(`${node.localUrl}/health/ready`);
  await response.arrayBuffer();
  return response.status;
}

/** Issues a token, which writes an event on a connection outside the pool. */
async function requestToken(node: RunningNode): Promise<{ status: number; token: string }> {
  const response = await fetch(`${node.localUrl}/t/master/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`bootstrap:${SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'user:read user:create event:read' }),
  });
  const body = (await response.json()) as { access_token?: string };
  return { status: response.status, token: body.access_token ?? '' };
}

/** Makes a user in a transaction of the pool. */
async function createUser(node: RunningNode, token: string, username: string): Promise<number> {
  const query = 'mutation ($username: String!) { createUser(input: { username: $username }) { user { subject } } }';
  const response = await fetch(`${node.localUrl}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { username } }),
  });
  const body = (await response.json()) as { data?: { createUser: unknown } | null };
  return response.status === 200 && body.data == null ? 599 : response.status;
}

/** Writes in both ways, with several callers at the same time, until stopped. */
function writeOn(node: RunningNode, token: string) {
  let isStopped = false;
  let answers: number[] = [];
  const writer = async (name: string) => {
    for (let n = 0; !isStopped; n++) {
      answers.push(await createUser(node, token, `${name}-${n}`));
      answers.push((await requestToken(node)).status);
    }
  };
  const done = Promise.all(['a', 'b', 'c', 'd'].map(writer));
  return {
    /** The statuses since the last call. */
    takeAnswers: () => {
      const taken = answers;
      answers = [];
      return taken;
    },
    stop: async () => {
      isStopped = true;
      await done;
    },
  };
}

/** Counts the new users of whose events a subscriber has received. */
function subscribe(node: RunningNode, token: string): { client: Client; seen: () => number } {
  const client = createClient({
    url: `${node.localUrl.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  let seen = 0;
  void (async () => {
    const query = 'subscription { securityEvents(filter: { types: ["user.created"] }) { cursor event { type } } }';
    for await (const { data } of client.iterate<{ securityEvents: { event: unknown } }>({ query })) {
      if (data?.securityEvents.event != null) seen++;
    }
  })().catch(() => undefined);
  return { client, seen: () => seen };
}

async function makeReadOnly(cluster: PostgresCluster): Promise<void> {
  await administer(cluster.url(), 'alter system set default_transaction_read_only = on');
  await administer(cluster.url(), 'select pg_reload_conf()');
}

/** The connections of the service to a cluster. */
async function connectionsTo(cluster: PostgresCluster): Promise<number> {
  const client = new pg.Client({ connectionString: cluster.url() });
  await client.connect();
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::integer as count from pg_stat_activity where application_name like 'idgraph%'`,
  );
  await client.end();
  return rows[0]!.count;
}

describe('a failover while the old primary stays reachable and read-only', { timeout: 300_000 }, () => {
  it('leaves no connection to the old one, and all later writes succeed', async () => {
    const { primary, standby } = await makePair();
    const forwarder = await Forwarder.open(primary.port);
    cleanUps.push(() => forwarder.close());
    const node = await start(forwarder.port);
    cleanUps.push(() => node.stop());
    const { token } = await requestToken(node);
    const subscriber = subscribe(node, token);
    cleanUps.push(() => void subscriber.client.dispose());
    const load = writeOn(node, token);
    cleanUps.push(() => load.stop());
    await expect.poll(() => subscriber.seen(), WAIT).toBeGreaterThan(0);
    expect(new Set(load.takeAnswers())).toEqual(new Set([200]));

    await makeReadOnly(primary);
    await expect.poll(() => readiness(node), WAIT).toBe(503);
    await administer(standby.url(), 'select pg_promote()');
    forwarder.leadTo(standby.port);
    await expect.poll(() => readiness(node), WAIT).toBe(200);
    await expect.poll(() => connectionsTo(primary), WAIT).toBe(0);
    // Only refusals with Retry-After.
    for (const status of load.takeAnswers()) expect([200, 503]).toContain(status);
    const seenBefore = subscriber.seen();
    // Requests that began before may still be refused; later ones are not.
    let inARow = 0;
    const countInARow = () => {
      for (const status of load.takeAnswers()) inARow = status === 200 ? inARow + 1 : 0;
      return inARow;
    };
    await expect.poll(countInARow, WAIT).toBeGreaterThan(30);
    // The subscription continues with the events of the new primary.
    await expect.poll(() => subscriber.seen(), WAIT).toBeGreaterThan(seenBefore);
    expect(await readiness(node)).toBe(200);
  });
});
