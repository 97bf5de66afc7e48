import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSchema, type GraphQLSchema } from 'graphql';
import type { Middleware } from 'koa';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphContext } from '../../../../schema/context.ts';
import { kernelErrors, systemClock, type TenantRef } from '../../../../src/kernel/index.ts';
import { DEFAULT_GRAPHQL_LIMITS } from '../../../../src/server/environment/graphql-limits.ts';
import { createLogger } from '../../../../src/server/environment/logger.ts';
import { graphiql } from '../../../../src/server/graphql/graphiql.ts';
import { createGraphqlEndpoint } from '../../../../src/server/graphql/graphql.ts';
import { createSocketEndpoint, type SocketEndpoint } from '../../../../src/server/graphql/ws.ts';
import { createHttpServer, type HttpServer } from '../../../../src/server/http/http.ts';
import { createMetrics } from '../../../../src/server/http/metrics.ts';
import { openBrowser } from '../../../support/browser.ts';
import { build } from '../../../support/started.ts';
import { withDocuments } from '../../../support/with-documents.ts';
import { World } from '../../../support/world.ts';

let world: World;
let tenant: TenantRef;
let http: HttpServer;
let sockets: SocketEndpoint;
let url: string;

/** A query and a subscription that answer the caller. */
function namingSchema(): GraphQLSchema {
  const schema = buildSchema('type Query { me: String } type Subscription { hello: String }');
  schema.getQueryType()!.getFields()['me']!.resolve = (_, __, context: GraphContext) => context.caller.clientId;
  const hello = schema.getSubscriptionType()!.getFields()['hello']!;
  hello.subscribe = async function* (_, __, context: GraphContext) {
    yield `hello ${context.caller.clientId}`;
  };
  hello.resolve = (value: unknown) => value;
  return schema;
}

async function serve(page: Middleware): Promise<void> {
  const shared = { logger: createLogger('silent'), metrics: createMetrics() };
  const options = withDocuments({
    ...shared,
    schema: namingSchema(),
    services: world.services,
    authenticateToken: async (token: string, origin: GraphContext['caller']['origin']) => {
      if (token !== 'good') throw kernelErrors.UNAUTHENTICATED();
      return { ...world.app(tenant, 'tenant:read'), origin };
    },
    limits: DEFAULT_GRAPHQL_LIMITS,
    trusted: null,
    trustedProxies: [],
    publicUrl: 'http://localhost',
  });
  http = createHttpServer({ ...options, isReady: async () => true });
  const graph = await createGraphqlEndpoint(options);
  sockets = createSocketEndpoint(http.server, { ...options, clock: systemClock });
  http.serve([page, graph.middleware]);
  http.server.listen(0, '127.0.0.1');
  await once(http.server, 'listening');
  url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  build('graphiql');
  world = await World.open();
  tenant = await world.tenant();
  await serve(graphiql());
});

afterAll(async () => {
  await sockets.stop();
  http.server.closeAllConnections();
  await http.drain.begin();
  await world.close();
});

const navigation = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('the page at /graphql', () => {
  it('is served to browsers only; API clients get GraphQL', async () => {
    const page = await fetch(`${url}/graphql`, { headers: navigation });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('vary')).toContain('Accept');
    for (const accept of ['*/*', 'application/json', 'application/json, text/html'])
      expect((await fetch(`${url}/graphql`, { headers: { accept } })).status).toBe(400);
  });

  it('loads nothing from other servers, and its policy forbids it', async () => {
    const page = await fetch(`${url}/graphql`, { headers: navigation });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('content-security-policy')).not.toContain('http');
    expect(await page.text()).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('serves only files of the build, which may be cached for ever', async () => {
    const [, path] = /src="(\/assets\/graphiql\/[^"]+)"/.exec(
      await (await fetch(`${url}/graphql`, { headers: navigation })).text(),
    )!;
    const file = await fetch(url + path!);
    expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect(file.headers.get('content-type')).toContain('javascript');
    await file.arrayBuffer();
    for (const other of ['nothing.js', 'index.html', '..%2f..%2fpackage.json', ''])
      expect((await fetch(`${url}/assets/graphiql/${other}`)).status).toBe(404);
  });

  it('passes all requests to the graph if the page was not built', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'idgraph-nothing-'));
    const page = graphiql(pathToFileURL(`${empty}/`));
    let passed = 0;
    const ctx = { path: '/graphql', method: 'GET', get: () => navigation.accept };
    await page(ctx as never, async () => void passed++);
    expect(passed).toBe(1);
    rmSync(empty, { recursive: true });
  });
});

describe('GraphiQL in a browser', () => {
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(() => browser.close());

  /** Replaces the text of one of the visible editors: first the operation, second the headers. */
  async function type(editor: 'operation' | 'headers', text: string): Promise<void> {
    const editors = page.locator('.graphiql-editors .graphiql-editor:visible');
    await editors
      .nth(editor === 'operation' ? 0 : 1)
      .locator('.view-lines')
      .click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(text);
    // The editor adds closing brackets.
    await page.keyboard.press('Control+Shift+End');
    await page.keyboard.press('Delete');
  }

  /** Runs the operation in the editor and waits until the result contains a text. */
  async function runUntil(operation: string, text: string): Promise<void> {
    // The name of the tab shows that the page has read the new text.
    await page.locator('.graphiql-tab-button').filter({ hasText: operation }).waitFor();
    await page.locator('.graphiql-execute-button').click();
    // The editor shows blanks as no-break spaces.
    const words = new RegExp(text.replaceAll(' ', '\\s'));
    await page.locator('.result-window .view-lines').filter({ hasText: words }).waitFor();
  }

  it('runs a query and a subscription with the token of the headers editor, without a request to another server', {
    timeout: 90_000,
  }, async () => {
    await page.goto(`${url}/graphql`);
    await type('headers', '{ "Authorization": "Bearer good" }');
    await type('operation', 'query Me { me }');
    await runUntil('Me', 'test-app');
    await type('operation', 'subscription Hello { hello }');
    await runUntil('Hello', 'hello test-app');
    const elsewhere = requests.filter((request) => !request.startsWith(url) && !/^(data|blob):/.test(request));
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
