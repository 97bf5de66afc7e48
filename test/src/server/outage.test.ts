import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../bench/free-port.ts';
import { Forwarder } from '../../support/forwarder.ts';
import { PostgresCluster } from '../../support/postgres-cluster.ts';
import { buildServer, endStarted, MAIN, Started } from '../../support/started.ts';

const SECRET = randomBytes(32).toString('base64url');
/** The sum of the limits below, with time for a busy machine. */
const BOUND_MS = 15_000;
const WAIT = { timeout: 30_000, interval: 100 };

let cluster: PostgresCluster;
let forwarder: Forwarder;
let node: Started;
let url: string;
beforeAll(async () => {
  buildServer();
  cluster = await PostgresCluster.create();
  forwarder = await Forwarder.open(cluster.port);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  node = await new Started(process.execPath, [MAIN], {
    PORT: String(port),
    DATABASE_URL: `postgresql://postgres@127.0.0.1:${forwarder.port}/postgres`,
    DATABASE_POOL_MAX: '3',
    DATABASE_CONNECT_TIMEOUT_SECONDS: '1',
    DATABASE_LOCK_TIMEOUT_SECONDS: '1',
    DATABASE_STATEMENT_TIMEOUT_SECONDS: '1',
    DATABASE_QUERY_TIMEOUT_SECONDS: '2',
    DRAIN_SECONDS: '0',
    MASTER_KEY: randomBytes(32).toString('base64'),
    BOOTSTRAP_ADMIN_PASSWORD: randomBytes(24).toString('base64url'),
    BOOTSTRAP_CLIENT_SECRET: SECRET,
    LOG_LEVEL: 'fatal',
  }).ready();
}, 180_000);
afterEach(() => cluster.thaw());
afterAll(async () => {
  await endStarted();
  await forwarder.close();
  await cluster.destroy();
});

async function requestToken(): Promise<{ status: number; retryAfter: string | null }> {
  const response = await fetch(`${url}/t/master/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`bootstrap:${SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  await response.arrayBuffer();
  return { status: response.status, retryAfter: response.headers.get('retry-after') };
}

async function readiness(): Promise<number> {
  const response = await fetch(`${url}/health/ready`);
  await response.arrayBuffer();
  return response.status;
}

/** Expects that every one of many requests is refused in bounded time, and that the node reports that it is not ready. */
async function expectRefusals(): Promise<void> {
  const began = performance.now();
  const answers = await Promise.all(Array.from({ length: 12 }, requestToken));
  expect(performance.now() - began).toBeLessThan(BOUND_MS);
  for (const answer of answers) expect(answer).toEqual({ status: 503, retryAfter: '1' });
  expect(await readiness()).toBe(503);
}

async function expectRecovery(): Promise<void> {
  await expect.poll(readiness, WAIT).toBe(200);
  await expect.poll(async () => (await requestToken()).status, WAIT).toBe(200);
}

describe('a node whose database stops answering', { timeout: 180_000 }, () => {
  it('refuses in bounded time while the network loses packets, and serves afterwards', async () => {
    await expectRecovery();
    forwarder.lose();
    await expectRefusals();
    forwarder.heal();
    await expectRecovery();
  });

  it('does the same while the database is frozen', async () => {
    await cluster.freeze();
    await expectRefusals();
    await cluster.thaw();
    await expectRecovery();
  });

  it('ends within its time limit meanwhile, with requests under way', async () => {
    await cluster.freeze();
    const waiting = Promise.allSettled(Array.from({ length: 6 }, requestToken));
    const began = performance.now();
    node.child.kill('SIGTERM');
    expect(await node.exited).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    await waiting;
  });
});
