import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { GraphContext } from '../../../../schema/context.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { DEFAULT_GRAPHQL_LIMITS } from '../../../../src/server/environment/graphql-limits.ts';
import { createLogger } from '../../../../src/server/environment/logger.ts';
import { createGraphqlEndpoint, type GraphqlEndpoint } from '../../../../src/server/graphql/graphql.ts';
import { createSocketEndpoint, type SocketEndpoint } from '../../../../src/server/graphql/ws.ts';
import { cookieName } from '../../../../src/server/http/browser.ts';
import { createHttpServer, type HttpServer } from '../../../../src/server/http/http.ts';
import { createMetrics } from '../../../../src/server/http/metrics.ts';
import { withDocuments } from '../../../support/with-documents.ts';
import { World } from '../../../support/world.ts';

const PUBLIC_URL = 'http://id.example.com';
const OWN = { 'sec-fetch-site': 'same-origin' };
const MARK = 'mutation { mark }';

let world: World;
let tenant: TenantRef;
let http: HttpServer;
let graph: GraphqlEndpoint;
let sockets: SocketEndpoint;
let url: string;
let cookie: string;

/** A graph whose mutation shows the value of a cookie, or that there is no browser, and sets the cookie twice. */
function markingSchema(): GraphQLSchema {
  const schema = buildSchema('type Query { seen: String! } type Mutation { mark: String! }');
  const seen = ({ browser }: GraphContext) =>
    browser === null ? 'no browser' : (browser.read('binding', tenant) ?? '');
  schema.getQueryType()!.getFields()['seen']!.resolve = (_, __, context: GraphContext) => seen(context);
  schema.getMutationType()!.getFields()['mark']!.resolve = (_, __, context: GraphContext) => {
    const before = seen(context);
    context.browser?.write('binding', tenant, 'first');
    context.browser?.write('binding', tenant, 'second');
    return before;
  };
  return schema;
}

beforeAll(async () => {
  world = await World.open();
  tenant = await world.tenant();
  cookie = cookieName('binding', tenant, false);
  const options = withDocuments({
    schema: markingSchema(),
    services: world.services,
    authenticateToken: async () => world.app(tenant),
    limits: DEFAULT_GRAPHQL_LIMITS,
    trusted: null,
    trustedProxies: [],
    publicUrl: PUBLIC_URL,
    logger: createLogger('silent'),
    metrics: createMetrics(),
  });
  http = createHttpServer({ ...options, isReady: async () => true, drainGraceMs: 0 });
  graph = await createGraphqlEndpoint(options);
  sockets = createSocketEndpoint(http.server, { ...options, clock: world.clock });
  http.serve([graph.middleware]);
  http.server.listen(0, '127.0.0.1');
  await once(http.server, 'listening');
  url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}/graphql`;
});

afterAll(async () => {
  await sockets.stop();
  http.server.closeAllConnections();
  await http.drain.begin();
  await graph.stop();
  await world.close();
});

async function ask(headers: Record<string, string>, body: unknown = { query: MARK }) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, text, set: answer.headers.getSetCookie() };
}

const seen = (value: string) => JSON.stringify({ data: { mark: value } });

describe('the browser of a GraphQL request', () => {
  it('is that of a page of this service, by Sec-Fetch-Site or by Origin', async () => {
    for (const headers of [OWN, { origin: PUBLIC_URL }, { origin: new URL(url).origin }]) {
      expect((await ask({ ...headers, cookie: `${cookie}=mine` })).text).toContain(seen('mine').slice(0, -1));
      expect((await ask(headers)).text).toContain(seen('').slice(0, -1));
    }
  });

  it('gets what was written as one header, and nothing of it in the body', async () => {
    const { set, text } = await ask(OWN);
    expect(set).toEqual([`${cookie}=second; Path=/; HttpOnly; SameSite=Lax`]);
    expect(text).not.toContain('second');
  });

  it('is none for pages of other origins and for programs, with or without the cookie, and nothing is set', async () => {
    const others = [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'http://other.example.com' },
    ];
    for (const headers of others) {
      for (const more of [{}, { cookie: `${cookie}=mine` }]) {
        const { set, text } = await ask({ ...headers, ...more });
        expect(text).toContain('no browser');
        expect(set).toEqual([]);
      }
    }
  });

  it('is none in a batch, and for GET', async () => {
    const batch = await ask({ ...OWN, cookie: `${cookie}=mine` }, [{ query: MARK }]);
    expect([batch.status, batch.set]).toEqual([200, []]);
    expect(batch.text).toContain('no browser');
    const headers = { ...OWN, cookie: `${cookie}=mine`, 'apollo-require-preflight': '1' };
    const answer = await fetch(`${url}?query=${encodeURIComponent('{ seen }')}`, { headers });
    expect(await answer.text()).toContain('no browser');
  });

  it('is none over WebSocket, even for a page of this service', async () => {
    const headers = { ...OWN, origin: PUBLIC_URL, cookie: `${cookie}=mine` };
    class PageSocket extends WebSocket {
      constructor(address: string, protocol: string) {
        super(address, protocol, { headers });
      }
    }
    const client = createClient({
      url: url.replace('http:', 'ws:'),
      webSocketImpl: PageSocket,
      connectionParams: { authorization: 'Bearer good' },
      retryAttempts: 0,
    });
    const results = [];
    for await (const result of client.iterate({ query: MARK })) results.push(result);
    await client.dispose();
    expect(results).toEqual([{ data: { mark: 'no browser' } }]);
  });

  it('answers hostile cookie headers as if there were none', async () => {
    const hostile = [';;;===', `${cookie}`, `x${cookie}=1`, `${'a=b; '.repeat(2000)}`];
    for (const value of hostile) expect((await ask({ ...OWN, cookie: value })).text).toContain(seen('').slice(0, -1));
    expect((await ask({ ...OWN, cookie: 'a'.repeat(100_000) })).status).toBe(431);
  });
});
