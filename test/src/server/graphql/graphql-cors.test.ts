import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { mountRestCompat } from '../../../../rest-compat/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { DEFAULT_GRAPHQL_LIMITS } from '../../../../src/server/environment/graphql-limits.ts';
import { createLogger } from '../../../../src/server/environment/logger.ts';
import { createGraphqlEndpoint } from '../../../../src/server/graphql/graphql.ts';
import { createSocketEndpoint, type SocketEndpoint } from '../../../../src/server/graphql/ws.ts';
import { createCallerAuthenticator } from '../../../../src/server/http/caller.authenticator.ts';
import { createHttpServer, type HttpServer } from '../../../../src/server/http/http.ts';
import { createMetrics } from '../../../../src/server/http/metrics.ts';
import { openBrowser } from '../../../support/browser.ts';
import { TestClient } from '../../../support/oauth.ts';
import { ENGINE_OPTIONS, worldHost } from '../../../support/rest.ts';
import { withDocuments } from '../../../support/with-documents.ts';
import { testGraph, World } from '../../../support/world.ts';

const PUBLIC_URL = 'https://id.example.com';

/** A server with an empty page, whose origin differs from that of the service. */
async function pageServer(): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>A page</title>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` };
}

let world: World;
let acme: TenantRef;
let http: HttpServer;
let sockets: SocketEndpoint;
let url: string;
let page: Awaited<ReturnType<typeof pageServer>>;
let stranger: Awaited<ReturnType<typeof pageServer>>;
/** The client that lists the page, and another client of the same tenant. */
let app: TestClient;
let other: TestClient;

beforeAll(async () => {
  world = await World.open();
  acme = await world.tenant({ name: 'acme' });
  await world.services.eventEngine.start();
  [page, stranger] = [await pageServer(), await pageServer()];
  const permissions = ['tenant:read', 'event:read'];
  app = await TestClient.create(world, acme, { clientId: 'app', webOrigins: [page.origin], permissions });
  other = await TestClient.create(world, acme, { clientId: 'other', permissions });
  const callers = createCallerAuthenticator(world.services);
  const options = withDocuments({
    schema: await testGraph(),
    services: world.services,
    authenticateToken: async (token: string, origin: Parameters<typeof callers.bearer>[2]) =>
      callers.bearer(token, null, origin),
    limits: DEFAULT_GRAPHQL_LIMITS,
    trusted: null,
    trustedProxies: [],
    publicUrl: PUBLIC_URL,
    logger: createLogger('silent'),
    metrics: createMetrics(),
  });
  http = createHttpServer({ ...options, isReady: async () => true, drainGraceMs: 0 });
  const graph = await createGraphqlEndpoint(options);
  sockets = createSocketEndpoint(http.server, { ...options, clock: world.clock });
  world.services.events.onCommitted(sockets.onEvents);
  http.serve([graph.middleware, mountRestCompat(await worldHost(world, [], callers), ENGINE_OPTIONS).middleware]);
  http.server.listen(0, '127.0.0.1');
  await once(http.server, 'listening');
  url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await sockets.stop();
  http.server.closeAllConnections();
  await http.drain.begin();
  for (const { server } of [page, stranger]) {
    server.closeAllConnections();
    server.close();
  }
  await world.services.eventEngine.stop();
  await world.close();
});

const HELLO = JSON.stringify({ query: '{ tenant { name } }' });
const post = (origin: string, token?: string) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: HELLO,
  });
const preflight = (origin: string) =>
  fetch(`${url}/graphql`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
const allowed = (answer: Response) => answer.headers.get('access-control-allow-origin');

describe('the graph and pages of other origins (check 21)', () => {
  it('answers a preflight according to the lists of the clients', async () => {
    const answer = await preflight(page.origin);
    expect([answer.status, allowed(answer)]).toEqual([204, page.origin]);
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
    expect(answer.headers.get('vary')).toContain('Origin');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    const refused = await preflight(stranger.origin);
    expect([refused.status, allowed(refused)]).toEqual([204, null]);
  });

  it('lets the pages of the client read its answers, and no others', async () => {
    const token = await app.token();
    const mine = await post(page.origin, token);
    expect([mine.status, allowed(mine)]).toEqual([200, page.origin]);
    expect(await mine.json()).toEqual({ data: { tenant: { name: 'acme' } } });
    expect(mine.headers.get('access-control-allow-credentials')).toBeNull();
    expect(allowed(await post(stranger.origin, token))).toBeNull();
    expect(allowed(await post(page.origin, await other.token()))).toBeNull();
  });

  it('lets pages read the reason of a refusal', async () => {
    const answer = await post(page.origin, 'no-token');
    expect([answer.status, allowed(answer)]).toEqual([401, page.origin]);
    expect(answer.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
  });

  it('declares that every answer depends on the origin (Vary)', async () => {
    for (const origin of [page.origin, stranger.origin])
      expect((await post(origin)).headers.get('vary')).toContain('Origin');
    expect((await fetch(`${url}/graphql?query={__typename}`)).headers.get('vary')).toContain('Origin');
  });

  it('consults only the clients of the tenant that owns the host', async () => {
    const hosted = await world.tenant();
    await sql`insert into tenant_hosts (host, tenant_id, created_at)
      values ('id.hosted.example', ${hosted.id}, now())`.execute(world.db.read());
    const { webOrigins } = world.services;
    expect(await webOrigins.isListed(hosted.id, page.origin)).toBe(false);
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { origin: page.origin, host: 'id.hosted.example' },
    });
    socket.on('error', () => undefined);
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBe(403);
  });
});

/** Opens a socket as a page does, and sends the token; resolves with the answer of the service. */
async function opened(
  origin: string,
  token: string,
): Promise<{ readonly socket: WebSocket; readonly outcome: unknown }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers: { origin } });
  socket.on('error', () => undefined);
  const refused = once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number);
  const isOpen = await Promise.race([once(socket, 'open').then(() => true), refused.then(() => false)]);
  if (!isOpen) return { socket, outcome: await refused };
  const answer = Promise.race([
    once(socket, 'message').then(([data]) => JSON.parse(String(data)).type as string),
    once(socket, 'close').then(([code]) => code as number),
  ]);
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  return { socket, outcome: await answer };
}

describe('sockets of pages of other origins (check 59)', () => {
  it('are opened for the pages that the client of the token lists', async () => {
    const { socket, outcome } = await opened(page.origin, await app.token());
    expect(outcome).toBe('connection_ack');
    socket.terminate();
  });

  it('are not opened for pages that no client lists', async () => {
    expect((await opened(stranger.origin, await app.token())).outcome).toBe(403);
    expect((await opened('null', await app.token())).outcome).toBe(403);
  });

  it('are closed when the client of the token is not the one that lists the page', async () => {
    expect((await opened(page.origin, await other.token())).outcome).toBe(4403);
  });

  it('are closed once the client no longer lists the page', async () => {
    const leaving = await TestClient.create(world, acme, { clientId: 'leaving', webOrigins: [page.origin] });
    const { socket, outcome } = await opened(page.origin, await leaving.token());
    expect(outcome).toBe('connection_ack');
    const closed = once(socket, 'close');
    await world.services.clients.update(world.system(acme), leaving.uuid, { webOrigins: [] });
    expect((await closed)[0]).toBe(4403);
  });
});

/** Runs in the page: one query over HTTP. @returns The answer, or the error. */
const queryInPage = async ({ at, token, body }: { at: string; token: string; body: string }): Promise<unknown> => {
  try {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return await (await fetch(`${at}/graphql`, { method: 'POST', headers, body })).json();
  } catch (error) {
    return (error as Error).name;
  }
};

/** Runs in the page: a token request of a public client. */
const tokenInPage = async ({ at, clientId }: { at: string; clientId: string }): Promise<unknown> => {
  try {
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'none', client_id: clientId });
    const answer = await fetch(`${at}/t/acme/oauth/token`, { method: 'POST', body });
    return ((await answer.json()) as { error: string }).error;
  } catch (error) {
    return (error as Error).name;
  }
};

/** Runs in the page: subscribes, and collects the items in `window.seen`. */
const subscribeInPage = ({ at, token, query }: { at: string; token: string; query: string }): void => {
  const seen: unknown[] = [];
  Object.assign(globalThis, { seen });
  const socket = new globalThis.WebSocket(`${at.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  socket.onopen = () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data));
    if (message.type === 'connection_ack')
      socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
    else seen.push(message.payload);
  };
  socket.onclose = () => seen.push('closed');
};

describe('a page of another origin in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  async function at(origin: string): Promise<Page> {
    const opened = await browser.newPage();
    await opened.goto(origin);
    return opened;
  }
  const seenIn = (opened: Page) => opened.evaluate(() => (globalThis as unknown as { seen: unknown[] }).seen);

  it('queries and subscribes if its client lists it', async () => {
    const opened = await at(page.origin);
    const token = await app.token();
    expect(await opened.evaluate(queryInPage, { at: url, token, body: HELLO })).toEqual({
      data: { tenant: { name: 'acme' } },
    });
    const query = 'subscription { securityEvents(filter: { types: ["user.created"] }) { event { type } } }';
    await opened.evaluate(subscribeInPage, { at: url, token, query });
    // The first item is a checkpoint; the events follow.
    await vi.waitFor(async () => expect((await seenIn(opened)).length).toBeGreaterThan(0), { timeout: 10_000 });
    await world.newUser(acme);
    await vi.waitFor(
      async () =>
        expect(await seenIn(opened)).toContainEqual({ data: { securityEvents: { event: { type: 'user.created' } } } }),
      { timeout: 10_000 },
    );
  });

  it('reads the answers of the token endpoint', async () => {
    const redirects = [{ uri: `${page.origin}/callback` }];
    const { client } = await world.newClient(acme, { type: 'public', redirects, grantTypes: ['refresh_token'] });
    const opened = await at(page.origin);
    expect(await opened.evaluate(tokenInPage, { at: url, clientId: client.clientId })).toBe('invalid_grant');
    expect(await opened.evaluate(tokenInPage, { at: url, clientId: other.clientId })).toBe('invalid_client');
  });

  it('gets no answer if no client lists it', async () => {
    const opened = await at(stranger.origin);
    const token = await app.token();
    expect(await opened.evaluate(queryInPage, { at: url, token, body: HELLO })).toBe('TypeError');
    expect(await opened.evaluate(tokenInPage, { at: url, clientId: app.clientId })).toBe('TypeError');
    await opened.evaluate(subscribeInPage, { at: url, token, query: 'subscription { securityEvents { cursor } }' });
    await vi.waitFor(async () => expect(await seenIn(opened)).toEqual(['closed']), { timeout: 10_000 });
  });
});
