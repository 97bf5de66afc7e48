import { connect } from 'node:net';
import { createClient } from 'graphql-ws';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Authority, PermissionSet } from '../../../../src/access/index.ts';
import { type Config, ConfigError, parseConfig } from '../../../../src/server/environment/config.ts';
import { createLogger } from '../../../../src/server/environment/logger.ts';
import { banner } from '../../../../src/server/start/banner.ts';
import { systemAuthority } from '../../../../src/server/start/bootstrap.ts';
import type { TimeSource } from '../../../../src/server/start/database-clock.ts';
import { type RunningNode, startNode } from '../../../../src/server/start/node.ts';
import { createTestDatabase } from '../../../support/postgres.ts';
import { PostgresCluster } from '../../../support/postgres-cluster.ts';
import { build } from '../../../support/started.ts';

const SECRETS = {
  MASTER_KEY: 'ab'.repeat(32),
  BOOTSTRAP_ADMIN_PASSWORD: 'a phrase nobody guesses',
  BOOTSTRAP_CLIENT_SECRET: 'x'.repeat(32),
};
const logger = createLogger('silent');
const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(env: Record<string, string>, time?: TimeSource): Promise<RunningNode> {
  const node = await startNode(parseConfig({ PORT: '0', DRAIN_SECONDS: '0', ...env }), logger, time);
  cleanUps.push(() => node.stop());
  return node;
}

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
}

async function tokenOf(node: RunningNode, clientId: string, secret: string): Promise<string> {
  const response = await fetch(`${node.localUrl}/t/master/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** The secret of an API key of the first administrator, which reads users. */
async function keyOf({ services }: RunningNode): Promise<string> {
  const master = (await services.directory.byName('master'))!;
  const { rows } = await services.users.page(systemAuthority(master), {}, 'createdAt', { first: 1 });
  const permissions = new PermissionSet([
    { permission: 'user:read', reach: 'tenant' },
    { permission: 'session:read', reach: 'self' },
  ]);
  const { caller } = systemAuthority(master);
  const owner = { ...caller, kind: 'user', tenant: master, userId: rows[0]!.id, permissions } as const;
  const signedIn = new Authority({ ...owner, authTime: new Date() }, master, 'self');
  return (await services.apiKeys.create(signedIn, { name: '', scopes: ['USER:READ'] })).secret;
}

const issuedAt = (token: string): number =>
  (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { iat: number }).iat;

async function isAccepted(node: RunningNode, token: string): Promise<boolean> {
  const response = await fetch(`${node.localUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query":"{ __typename }"}',
  });
  await response.arrayBuffer();
  return response.status === 200;
}

async function errorCodes(node: RunningNode): Promise<number> {
  const response = await fetch(`${node.localUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ errorCodes { code } }' }),
  });
  return ((await response.json()) as { data: { errorCodes: unknown[] } }).data.errorCodes.length;
}

describe('a node on the embedded database', () => {
  let node: RunningNode;
  beforeAll(async () => {
    build('docs');
    node = await startNode(parseConfig({ PORT: '0', DRAIN_SECONDS: '0', DATA_DIR: 'memory://' }), logger);
    return () => node.stop();
  }, 120_000);

  it('is ready, serves the graph, and derives its public URL from the port', async () => {
    expect(await statusOf(`${node.localUrl}/health/ready`)).toBe(200);
    expect(await errorCodes(node)).toBeGreaterThan(10);
    expect(node.publicUrl).toBe(node.localUrl.replace('127.0.0.1', 'localhost'));
    expect(node.bootstrapped).toMatchObject({ adminUsername: 'admin', clientId: 'bootstrap' });
  });

  it('takes API keys at the graph, as a bearer token and in X-API-Key', async () => {
    const secret = await keyOf(node);
    const viewer = async (headers: Record<string, string>) => {
      const response = await fetch(`${node.localUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"query":"{ viewer { kind scopes } }"}',
      });
      const { data } = (await response.json()) as { data?: { viewer: unknown } };
      return [response.status, data?.viewer];
    };
    const served = [200, { kind: 'API_KEY', scopes: ['USER:READ'] }];
    expect(await viewer({ 'x-api-key': secret })).toEqual(served);
    expect(await viewer({ authorization: `Bearer ${secret}` })).toEqual(served);
    expect((await viewer({ 'x-api-key': `${secret.slice(0, -4)}AAAA` }))[0]).toBe(401);
    expect((await viewer({ 'x-api-key': secret, authorization: 'Bearer nonsense' }))[0]).toBe(401);
  });

  it('refuses an invalid token, over HTTP and WebSocket', async () => {
    const response = await fetch(`${node.localUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer nonsense' },
      body: '{"query":"{ __typename }"}',
    });
    expect(response.status).toBe(401);
    const closed = new Promise<number>((resolve) => {
      createClient({
        url: `${node.localUrl.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        lazy: false,
        retryAttempts: 0,
        connectionParams: { authorization: 'Bearer nonsense' },
        onNonLazyError: () => undefined,
        on: { closed: (event) => resolve((event as { code: number }).code) },
      });
    });
    expect(await closed).toBe(4403);
  });

  it('lists at / the addresses that the start prints', async () => {
    const response = await fetch(`${node.localUrl}/`);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const links = [...(await response.text()).matchAll(/href="([^"]+)"/g)].map(([, path]) => path!);
    expect(links).toHaveLength(6);
    for (const path of links) {
      expect(banner(node, null)).toContain(`${node.publicUrl}${path}`);
      // GraphiQL answers only browsers; the other addresses answer any client.
      if (path !== '/graphql') expect(await statusOf(`${node.localUrl}${path}`), path).toBe(200);
    }
  });

  it('names a HOST that is not an address of this machine', async () => {
    await expect(start({ HOST: 'nowhere.invalid', DATA_DIR: 'memory://' })).rejects.toThrow(
      /^HOST nowhere\.invalid cannot be listened on: /,
    );
  });

  it('names the port that is in use', async () => {
    const port = new URL(node.localUrl).port;
    await expect(start({ PORT: port, DATA_DIR: 'memory://' })).rejects.toThrow(
      `The port ${port} is in use. Set PORT to another one.`,
    );
  });
});

describe('the end of a node', { timeout: 120_000 }, () => {
  it('closes sockets with 1001, stores the last use of API keys, frees the port, and may be requested twice', async () => {
    const node = await start({ DATA_DIR: 'memory://' });
    const idle = vi.spyOn(node.services.apiKeyAuthenticator, 'idle');
    const socket = new WebSocket(`${node.localUrl.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await Promise.all([node.stop(), node.stop()]);
    expect(await closed).toBe(1001);
    expect(idle).toHaveBeenCalledTimes(1);
    const refused = await new Promise<boolean>((resolve) => {
      const probe = connect(Number(new URL(node.localUrl).port), '127.0.0.1');
      probe.once('connect', () => resolve(false)).once('error', () => resolve(true));
    });
    expect(refused).toBe(true);
  });
});

describe('nodes on one PostgreSQL', { timeout: 120_000 }, () => {
  async function emptyServer(): Promise<Record<string, string>> {
    const { url, drop } = await createTestDatabase();
    cleanUps.push(drop);
    return { ...SECRETS, DATABASE_URL: url, DATABASE_POOL_MAX: '2', DATA_DIR: 'memory://' };
  }

  it('start together on an empty database, and one of them makes the administrator', async () => {
    const env = await emptyServer();
    const nodes = await Promise.all([start(env), start(env)]);
    expect(nodes.filter(({ bootstrapped }) => bootstrapped !== null)).toHaveLength(1);
    for (const node of nodes) expect(await statusOf(`${node.localUrl}/health/ready`)).toBe(200);
  });

  it('do not start without the secrets that the first start requires', async () => {
    const { BOOTSTRAP_CLIENT_SECRET: _, ...env } = await emptyServer();
    await expect(start(env)).rejects.toThrow(ConfigError);
  });

  it('refuse a node with another MASTER_KEY, and one with another PUBLIC_URL', async () => {
    const env = await emptyServer();
    const PUBLIC_URL = 'https://id.example';
    await start({ ...env, PUBLIC_URL });
    await expect(start({ ...env, PUBLIC_URL, MASTER_KEY: 'cd'.repeat(32) })).rejects.toThrow(
      /^MASTER_KEY is not the key .* the database of DATABASE_URL/,
    );
    await expect(start({ ...env, PUBLIC_URL: 'https://other.example' })).rejects.toThrow(/^PUBLIC_URL is /);
    await start({ ...env, PUBLIC_URL });
  });

  it('use one clock: a token that a slow node issues to a client just made on a fast node is valid on both', async () => {
    const env = { ...(await emptyServer()), PUBLIC_URL: 'https://id.example' };
    const machine = (aheadMs: number) => ({ wall: () => Date.now() + aheadMs, monotonic: () => performance.now() });
    const [fast, slow] = [await start(env, machine(3_000)), await start(env, machine(-3_000))];
    const { services } = fast;
    const master = (await services.directory.byName('master'))!;
    const { client, secret } = await services.clients.create(systemAuthority(master), {
      grantTypes: ['client_credentials'],
    });
    for (const maker of [slow, fast]) {
      const before = Math.floor(Date.now() / 1000);
      const token = await tokenOf(maker, client.clientId, secret!);
      expect(issuedAt(token)).toBeGreaterThanOrEqual(before - 1);
      expect(issuedAt(token)).toBeLessThanOrEqual(Date.now() / 1000 + 1);
      for (const reader of [fast, slow]) expect(await isAccepted(reader, token)).toBe(true);
    }
  });

  it('do not compare the default PUBLIC_URL, which depends on the port', async () => {
    const env = await emptyServer();
    const nodes = [await start(env), await start(env), await start({ ...env, PUBLIC_URL: 'https://id.example' })];
    expect(new Set(nodes.map(({ publicUrl }) => publicUrl)).size).toBe(3);
  });

  it('work with a single connection in the pool', async () => {
    const node = await start({ ...(await emptyServer()), DATABASE_POOL_MAX: '1' });
    expect(node.bootstrapped).not.toBeNull();
    expect(await statusOf(`${node.localUrl}/health/ready`)).toBe(200);
  });
});

describe('a database that is lost and returns', () => {
  it('makes the node unready and its answers 503, and the node recovers by itself', { timeout: 90_000 }, async () => {
    const cluster = await PostgresCluster.create();
    cleanUps.push(() => cluster.destroy());
    const node = await start({ ...SECRETS, DATABASE_URL: cluster.url(), DATA_DIR: 'memory://' });
    const askForUnknownTenant = async () => {
      const response = await fetch(`${node.localUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: `{ node(id: "usr~${randomRoute()}~x") { id } }` }),
      });
      return { status: response.status, retryAfter: response.headers.get('retry-after') };
    };
    expect((await askForUnknownTenant()).status).toBe(200);
    await cluster.stop('immediate');
    await vi.waitFor(async () => expect(await statusOf(`${node.localUrl}/health/ready`)).toBe(503), WAIT);
    expect(await askForUnknownTenant()).toEqual({ status: 503, retryAfter: '1' });
    expect(await statusOf(`${node.localUrl}/health/live`)).toBe(200);
    await cluster.start();
    await vi.waitFor(async () => expect(await statusOf(`${node.localUrl}/health/ready`)).toBe(200), WAIT);
    await vi.waitFor(async () => expect((await askForUnknownTenant()).status).toBe(200), WAIT);
  });

  it('is waited for at the start', { timeout: 90_000 }, async () => {
    const cluster = await PostgresCluster.create();
    cleanUps.push(() => cluster.destroy());
    await cluster.stop();
    const config: Config = parseConfig({
      PORT: '0',
      DRAIN_SECONDS: '0',
      ...SECRETS,
      DATABASE_URL: cluster.url(),
      DATA_DIR: 'memory://',
    });
    const warned = vi.spyOn(logger, 'warn');
    cleanUps.push(async () => warned.mockRestore());
    const starting = startNode(config, logger);
    await vi.waitFor(() => expect(warned).toHaveBeenCalledWith(expect.stringContaining('Waiting for it')), WAIT);
    await cluster.start();
    const node = await starting;
    cleanUps.push(() => node.stop());
    expect(await statusOf(`${node.localUrl}/health/ready`)).toBe(200);
  });
});

const WAIT = { timeout: 30_000, interval: 100 };

/** A route that no tenant has, new each time, so that it is not in a cache. */
function randomRoute(): string {
  return Array.from({ length: 8 }, () => 'abcdefghijklmnopqrstuvwxyz234567'[Math.floor(Math.random() * 32)]).join('');
}
