import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { GraphContext } from '../../../../schema/context.ts';
import type { Caller } from '../../../../src/access/index.ts';
import type { EventType, SecurityEvent } from '../../../../src/events/index.ts';
import { kernelErrors, newId, systemClock, type TenantRef } from '../../../../src/kernel/index.ts';
import { DEFAULT_GRAPHQL_LIMITS, parseGraphqlLimits } from '../../../../src/server/environment/graphql-limits.ts';
import { createLogger } from '../../../../src/server/environment/logger.ts';
import { createSocketEndpoint, type SocketEndpoint, type SocketOptions } from '../../../../src/server/graphql/ws.ts';
import { createHttpServer, type HttpServer } from '../../../../src/server/http/http.ts';
import { createMetrics } from '../../../../src/server/http/metrics.ts';
import { World } from '../../../support/world.ts';

let world: World;
let tenant: TenantRef;

beforeAll(async () => {
  world = await World.open();
  tenant = await world.tenant();
});
afterAll(() => world.close());

/** A source of values that records when it was released. */
class Source implements AsyncIterableIterator<unknown> {
  released = false;
  #waiting: ((result: IteratorResult<unknown>) => void) | undefined;
  readonly #values: unknown[] = [];

  push(value: unknown): void {
    if (this.#waiting === undefined) this.#values.push(value);
    else this.#waiting({ done: false, value });
    this.#waiting = undefined;
  }
  async next(): Promise<IteratorResult<unknown>> {
    if (this.#values.length > 0) return { done: false, value: this.#values.shift() };
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
  async return(): Promise<IteratorResult<unknown>> {
    this.released = true;
    this.#waiting?.({ done: true, value: undefined });
    return { done: true, value: undefined };
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
}

interface Seen {
  readonly loaders: unknown[];
  readonly contexts: GraphContext[];
}

interface Setting {
  readonly url: string;
  readonly httpUrl: string;
  readonly sockets: SocketEndpoint;
  readonly source: Source;
  readonly seen: Seen;
  /** The callers by token; a test deletes a token to end it. */
  readonly tokens: Map<string, () => Caller>;
  readonly logged: string[];
}

const running: { readonly http: HttpServer; readonly sockets: SocketEndpoint }[] = [];
const clients: Client[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
  for (const { http, sockets } of running.splice(0)) {
    await sockets.stop();
    http.server.closeAllConnections();
    await http.drain.begin();
  }
});

function tickingSchema(source: Source, seen: Seen): GraphQLSchema {
  const schema = buildSchema(
    'type Query { who: String fails: String } type Subscription { ticks: String refused: String }',
  );
  const query = schema.getQueryType()!.getFields();
  query['who']!.resolve = (_, __, context: GraphContext) => context.caller.clientId;
  query['fails']!.resolve = () => {
    throw new Error('the secret plan');
  };
  const { ticks, refused } = schema.getSubscriptionType()!.getFields();
  ticks!.subscribe = (_, __, context: GraphContext) => {
    seen.contexts.push(context);
    return source;
  };
  ticks!.resolve = (value: unknown, _, context: GraphContext) => {
    seen.loaders.push(context.loaders);
    if (value instanceof Error) throw value;
    return `${String(value)} for ${context.caller.clientId}`;
  };
  refused!.subscribe = () => {
    throw kernelErrors.FORBIDDEN();
  };
  return schema;
}

async function start(over: Partial<SocketOptions> = {}): Promise<Setting> {
  const logged: string[] = [];
  const logger = createLogger('debug', { write: (line) => void logged.push(line) });
  const metrics = createMetrics();
  const tokens = new Map<string, () => Caller>([['good', () => world.app(tenant, 'tenant:read')]]);
  const source = new Source();
  const seen: Seen = { loaders: [], contexts: [] };
  const http = createHttpServer({
    logger,
    metrics,
    publicUrl: 'http://localhost',
    isReady: async () => true,
  });
  http.serve([]);
  const sockets = createSocketEndpoint(http.server, {
    schema: tickingSchema(source, seen),
    services: world.services,
    authenticateToken: async (token, origin) => {
      const make = tokens.get(token);
      if (make === undefined) throw kernelErrors.UNAUTHENTICATED();
      return { ...make(), origin };
    },
    limits: DEFAULT_GRAPHQL_LIMITS,
    trusted: null,
    trustedProxies: [],
    logger,
    metrics,
    clock: systemClock,
    publicUrl: 'https://id.example',
    ...over,
  });
  running.push({ http, sockets });
  http.server.listen(0, '127.0.0.1');
  await once(http.server, 'listening');
  const { port } = http.server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/graphql`,
    httpUrl: `http://127.0.0.1:${port}`,
    sockets,
    source,
    seen,
    tokens,
    logged,
  };
}

interface Connected {
  readonly client: Client;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

function connect(url: string, connectionParams: Record<string, unknown> = { authorization: 'Bearer good' }): Connected {
  let onClosed: (event: { code: number; reason: string }) => void;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    onClosed = resolve;
  });
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    connectionParams,
    onNonLazyError: () => undefined,
    on: { closed: (event) => onClosed(event as { code: number; reason: string }) },
  });
  clients.push(client);
  return { client, closed };
}

type Result = {
  readonly data?: unknown;
  readonly errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
};

const first = async (client: Client, query: string): Promise<Result> =>
  (await client.iterate({ query }).next()).value as Result;

/** Sends messages of the protocol directly, for cases that a correct client cannot cause. */
async function raw(
  url: string,
  headers: Record<string, string> = {},
  protocol = 'graphql-transport-ws',
): Promise<WebSocket> {
  const socket = new WebSocket(url, protocol, { headers });
  await once(socket, 'open');
  return socket;
}

async function upgradeStatus(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
  socket.on('error', () => undefined);
  const outcome = await Promise.race([
    once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number),
    once(socket, 'open').then(() => 101),
  ]);
  socket.terminate();
  return outcome;
}

function event(type: EventType, over: Partial<SecurityEvent> = {}): SecurityEvent {
  return {
    tenantId: tenant.id,
    id: newId(),
    type,
    subjectId: null,
    clientId: null,
    sessionId: null,
    params: {},
    ...over,
  } as SecurityEvent;
}

describe('the graph over WebSocket', () => {
  it('executes each event of a subscription in a new context', async () => {
    const { url, source, seen } = await start();
    const { client } = connect(url);
    const results = client.iterate({ query: 'subscription { ticks }' });
    source.push('one');
    source.push('two');
    expect((await results.next()).value).toEqual({ data: { ticks: 'one for test-app' } });
    expect((await results.next()).value).toEqual({ data: { ticks: 'two for test-app' } });
    expect(new Set(seen.loaders).size).toBe(2);
  });

  it('ends a subscription with the error of an item that fails, and delivers neither the item nor one after it', async () => {
    const { url, source, seen } = await start();
    const { client } = connect(url);
    const results = client.iterate({ query: 'subscription { ticks }' });
    source.push('one');
    source.push(kernelErrors.FORBIDDEN());
    source.push('three');
    expect((await results.next()).value).toEqual({ data: { ticks: 'one for test-app' } });
    await expect(results.next()).rejects.toMatchObject([{ path: ['ticks'], extensions: { code: 'FORBIDDEN' } }]);
    await vi.waitFor(() => expect(source.released).toBe(true));
    expect(seen.loaders).toHaveLength(2);
    // The connection and its other operations continue.
    expect(await first(client, '{ who }')).toEqual({ data: { who: 'test-app' } });
  });

  it('shows nothing of an unknown error in an item, and logs it', async () => {
    const { url, source, logged } = await start();
    const results = connect(url).client.iterate({ query: 'subscription { ticks }' });
    source.push(new Error('the secret plan'));
    await expect(results.next()).rejects.toMatchObject([
      { message: 'An internal error occurred.', extensions: { code: 'INTERNAL_ERROR' } },
    ]);
    expect(logged.join()).toContain('the secret plan');
  });

  it('also answers queries', async () => {
    const { url } = await start();
    expect(await first(connect(url).client, '{ who }')).toEqual({ data: { who: 'test-app' } });
  });

  it('accepts the token in the header of the upgrade', async () => {
    const { url } = await start();
    const socket = await raw(url, { authorization: 'Bearer good' });
    socket.send(JSON.stringify({ type: 'connection_init' }));
    const [data] = await once(socket, 'message');
    expect(JSON.parse(String(data)).type).toBe('connection_ack');
    socket.terminate();
  });

  it('accepts the token under any letter case of the name', async () => {
    const { url } = await start();
    expect(await first(connect(url, { Authorization: 'Bearer good' }).client, '{ who }')).toBeDefined();
  });

  it('releases the source and aborts the signal as soon as the client completes', async () => {
    const { url, source, seen } = await start();
    const { client } = connect(url);
    const results = client.iterate({ query: 'subscription { ticks }' });
    source.push('one');
    await results.next();
    await results.return?.();
    await vi.waitFor(() => expect(source.released).toBe(true));
    await vi.waitFor(() => expect(seen.contexts[0]!.signal.aborted).toBe(true));
  });

  it('releases the source when the connection breaks', async () => {
    const { url, source } = await start();
    const { client } = connect(url);
    const results = client.iterate({ query: 'subscription { ticks }' });
    source.push('one');
    await results.next();
    client.terminate();
    await vi.waitFor(() => expect(source.released).toBe(true));
  });

  it('shows a refusal with its code', async () => {
    const { url } = await start();
    const { errors } = await first(connect(url).client, 'subscription { refused }');
    expect(errors![0]!.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('shows nothing of an unknown error, and logs it', async () => {
    const { url, logged } = await start();
    const { errors } = await first(connect(url).client, '{ fails }');
    expect(errors![0]!.extensions).toMatchObject({ code: 'INTERNAL_ERROR' });
    expect(JSON.stringify(errors)).not.toContain('secret plan');
    expect(logged.join()).toContain('secret plan');
  });

  it.each([
    ['{', 'GRAPHQL_PARSE_FAILED'],
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['query A { who } query B { who }', 'OPERATION_RESOLUTION_FAILURE'],
    ['{ a: who b: who c: who }', 'DOCUMENT_ALIASES_EXCEEDED'],
    [`{ ${'who '.repeat(60)} }`, 'DOCUMENT_TOO_LONG'],
    ['{ nothing nothing nothing nothing }', 'DOCUMENT_REPEATS_EXCEEDED'],
    ['subscription { nothing a: who b: who c: who }', 'DOCUMENT_ALIASES_EXCEEDED'],
  ])('refuses %s as it would be over HTTP', async (query, code) => {
    const { url } = await start({ limits: parseGraphqlLimits('aliases=2,tokens=50,repeats=3') });
    const results = connect(url).client.iterate({ query });
    const [error] = await results.next().then(
      () => [],
      (errors) => errors,
    );
    expect(error.extensions.code).toBe(code);
  });
});

describe('opening a socket', () => {
  it.each([
    ['no token', {}],
    ['a token that is not good', { authorization: 'Bearer bad' }],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['an empty value', { authorization: '' }],
  ])('is refused with 4403 for %s', async (_, params) => {
    const { url } = await start();
    expect((await connect(url, params).closed).code).toBe(4403);
  });

  it('is refused with 1013 while the database is away', async () => {
    const { url, tokens } = await start();
    tokens.set('away', () => {
      throw kernelErrors.SERVICE_UNAVAILABLE();
    });
    expect((await connect(url, { authorization: 'Bearer away' }).closed).code).toBe(1013);
  });

  it('is allowed to pages of the service and to programs, not to pages of other origins (check 59)', async () => {
    const { url, httpUrl } = await start();
    expect(await upgradeStatus(url, {})).toBe(101);
    expect(await upgradeStatus(url, { origin: 'https://id.example' })).toBe(101);
    expect(await upgradeStatus(url, { origin: httpUrl })).toBe(101);
    for (const origin of ['https://evil.example', 'null', 'https://id.example.evil.example', 'https://id.example:444'])
      expect(await upgradeStatus(url, { origin })).toBe(403);
  });

  it('is possible only at the path of the graph', async () => {
    const { url } = await start();
    expect(await upgradeStatus(url.replace('/graphql', '/other'), {})).toBe(404);
  });

  it('requires the subprotocol; another one is refused with 4406', async () => {
    const { url } = await start();
    const socket = new WebSocket(url);
    const [code] = await once(socket, 'close');
    expect(code).toBe(4406);
  });

  it('ends with 4401 when an operation comes before the token', async () => {
    const { url } = await start();
    const socket = await raw(url);
    socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: '{ who }' } }));
    expect((await once(socket, 'close'))[0]).toBe(4401);
  });

  it('ends with 4429 after a second connection_init, and with 4400 after a malformed message', async () => {
    const { url } = await start();
    for (const [text, code] of [
      [JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer good' } }), 4429],
      ['hello', 4400],
    ] as const) {
      const socket = await raw(url);
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer good' } }));
      await once(socket, 'message');
      socket.send(text);
      expect((await once(socket, 'close'))[0]).toBe(code);
    }
  });

  it.each([
    '{"type":"connection_ack"}',
    '{"type":"next","id":"1","payload":{"data":{"who":"me"}}}',
    '{"type":"error","id":"1","payload":[{"message":"no"}]}',
    '{"type":"\\u006eext","id":"1","payload":{}}',
    '{"type":"next"}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","id":"","payload":{"query":"{ who }"}}',
    '{"type":"subscribe","id":"1","payload":{"query":5}}',
    '{"type":"subscribe","id":"1","payload":{"query":"{ who }","variables":7}}',
    '{"type":"complete"}',
    '{"type":"ping","payload":"text"}',
    '{"type":"constructor"}',
    '[]',
    'null',
    '',
  ])('is over with 4400, and nothing is logged as our fault, after %s', async (text) => {
    const { url, logged } = await start();
    const socket = await raw(url, { authorization: 'Bearer good' });
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    socket.send(text);
    expect((await once(socket, 'close'))[0]).toBe(4400);
    expect(logged.join()).not.toContain('Socket failed');
  });

  it('ends with 1009 after a message beyond the limit of a body', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('body=1024') });
    const socket = await raw(url);
    socket.send('x'.repeat(1025));
    expect((await once(socket, 'close'))[0]).toBe(1009);
  });

  it('allows a bounded number of operations', async () => {
    const { url } = await start();
    const socket = await raw(url, { authorization: 'Bearer good' });
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    const query = 'subscription { ticks }';
    for (let id = 0; id <= 100; id++)
      socket.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query } }));
    const [data] = await once(socket, 'message');
    expect(JSON.parse(String(data))).toMatchObject({
      id: '100',
      type: 'error',
      payload: [{ extensions: { code: 'TOO_MANY_REQUESTS' } }],
    });
    socket.terminate();
  });
});

describe('the limits of sockets of a node', () => {
  const acknowledged = async (url: string, token: string): Promise<WebSocket> => {
    const socket = await raw(url, { authorization: `Bearer ${token}` });
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    return socket;
  };
  const refusal = async (url: string, token: string) => {
    const socket = await raw(url, { authorization: `Bearer ${token}` });
    socket.send(JSON.stringify({ type: 'connection_init' }));
    const [code, reason] = await once(socket, 'close');
    return [code, String(reason)];
  };

  it('refuse a caller with too many sockets with 1013, whatever tokens it uses', async () => {
    const { url, tokens } = await start({ limits: parseGraphqlLimits('callerSockets=2') });
    tokens.set('first', () => world.user(tenant, 'user-1', 'user:read:self'));
    tokens.set('second', () => ({ ...world.user(tenant, 'user-1', 'user:read:self'), clientId: 'another-app' }));
    tokens.set('other', () => world.user(tenant, 'user-2', 'user:read:self'));
    const sockets = [await acknowledged(url, 'first'), await acknowledged(url, 'second')];
    expect(await refusal(url, 'first')).toEqual([1013, 'The caller has too many connections']);
    sockets.push(await acknowledged(url, 'other'), await acknowledged(url, 'good'));
    sockets[0]!.close();
    await vi.waitFor(async () => sockets.push(await acknowledged(url, 'first')));
    for (const socket of sockets) socket.terminate();
  });

  it('refuse a tenant with too many sockets', async () => {
    const { url, tokens } = await start({ limits: parseGraphqlLimits('tenantSockets=2') });
    const neighbour = await world.tenant();
    for (const name of ['a', 'b', 'c']) tokens.set(name, () => world.user(tenant, name, 'user:read:self'));
    tokens.set('neighbour', () => world.user(neighbour, 'a', 'user:read:self'));
    const sockets = [await acknowledged(url, 'a'), await acknowledged(url, 'b')];
    expect(await refusal(url, 'c')).toEqual([1013, 'The tenant has too many connections']);
    sockets.push(await acknowledged(url, 'neighbour'));
    for (const socket of sockets) socket.terminate();
  });

  it('refuse an address with too many sockets that have sent no token; sockets no longer count once they send one or close', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('callerSockets=2') });
    const sockets = [await raw(url, { authorization: 'Bearer good' }), await raw(url)];
    expect(await upgradeStatus(url, {})).toBe(429);
    sockets[0]!.send(JSON.stringify({ type: 'connection_init' }));
    await once(sockets[0]!, 'message');
    const third = await raw(url);
    expect(await upgradeStatus(url, {})).toBe(429);
    sockets[1]!.close();
    await vi.waitFor(async () => expect(await upgradeStatus(url, {})).toBe(101));
    for (const socket of [...sockets, third]) socket.terminate();
  });

  it('stop counting a refused client soon, even if it never answers the close', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('callerSockets=1') });
    const stubborn = await raw(url, { authorization: 'Bearer bad' });
    stubborn.send(JSON.stringify({ type: 'connection_init' }));
    stubborn.pause();
    expect(await upgradeStatus(url, {})).toBe(429);
    await vi.waitFor(async () => expect(await upgradeStatus(url, {})).toBe(101), { timeout: 20_000 });
    stubborn.terminate();
  });

  it('bound all sockets, and the operations of each', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('sockets=1,operations=1') });
    const socket = await acknowledged(url, 'good');
    expect(await upgradeStatus(url, {})).toBe(503);
    for (const id of ['1', '2'])
      socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query: 'subscription { ticks }' } }));
    const [data] = await once(socket, 'message');
    expect(JSON.parse(String(data))).toMatchObject({
      id: '2',
      type: 'error',
      payload: [{ message: 'A connection may have at most 1 operations open.' }],
    });
    socket.terminate();
  });
});

describe('the end of a socket', () => {
  it('comes with 4403 when its token expires', async () => {
    const { url, tokens } = await start();
    tokens.set('short', () => ({ ...world.app(tenant, 'tenant:read'), expiresAt: new Date(Date.now() + 50) }));
    expect(await connect(url, { authorization: 'Bearer short' }).closed).toMatchObject({
      code: 4403,
      reason: 'The access token has expired',
    });
  });

  it.each<[EventType, Partial<SecurityEvent>]>([
    ['session.revoked', { sessionId: 'session-1' }],
    ['user.disabled', { subjectId: 'user-1' }],
    ['client.deleted', { clientId: 'test-app' }],
    ['tenant.sessions_revoked', {}],
  ])('comes with 4403 after %s, when the token is no longer good (check 52)', async (type, over) => {
    const { url, tokens, sockets } = await start();
    tokens.set('user', () => ({ ...world.user(tenant, 'user-1', 'user:read:self'), sessionId: 'session-1' }));
    const { client, closed } = connect(url, { authorization: 'Bearer user' });
    await first(client, '{ who }');
    tokens.delete('user');
    sockets.onEvents([event(type, over)]);
    expect((await closed).code).toBe(4403);
  });

  it('checks only the tokens that the event concerns, each once for all its sockets', async () => {
    const { url, tokens, sockets } = await start();
    const looks = new Map<string, number>();
    for (const name of ['anna', 'berta']) {
      tokens.set(name, () => {
        looks.set(name, (looks.get(name) ?? 0) + 1);
        return world.user(tenant, name, 'user:read:self');
      });
    }
    const clients = ['anna', 'anna', 'anna', 'berta'].map((name) => connect(url, { authorization: `Bearer ${name}` }));
    for (const { client } of clients) await first(client, '{ who }');
    expect([...looks]).toEqual([
      ['anna', 3],
      ['berta', 1],
    ]);
    sockets.onEvents([
      event('token.issued', { subjectId: 'berta', clientId: 'test-app' }),
      event('user.disabled', { subjectId: 'anna' }),
    ]);
    await vi.waitFor(() => expect(looks.get('anna')).toBe(4));
    // Checks for a whole tenant come last, so none of the former event is under way any more.
    sockets.onEvents([event('tenant.sessions_revoked')]);
    await vi.waitFor(() => expect([...looks.values()]).toEqual([5, 2]));
  });

  it('does not come from events of others, nor while the token stays valid', async () => {
    const { url, tokens, sockets, logged } = await start();
    const resolved = vi.fn(() => ({ ...world.user(tenant, 'user-1', 'user:read:self'), sessionId: 'session-1' }));
    tokens.set('user', resolved);
    const { client } = connect(url, { authorization: 'Bearer user' });
    await first(client, '{ who }');
    sockets.onEvents([
      event('session.revoked', { sessionId: 'session-2' }),
      event('user.disabled', { subjectId: 'user-2' }),
      event('user.updated', { subjectId: 'user-1' }),
      event('tenant.sessions_revoked', { tenantId: newId() }),
    ]);
    expect(resolved).toHaveBeenCalledTimes(1);
    sockets.onEvents([event('session.revoked', { sessionId: 'session-1' })]);
    await vi.waitFor(() => expect(resolved).toHaveBeenCalledTimes(2));
    expect(await first(client, '{ who }')).toEqual({ data: { who: 'test-app' } });
    expect(logged.join()).not.toContain('"level":"error"');
  });

  it('is not caused by a database that is away when the token is checked again', async () => {
    const { url, tokens, sockets, logged } = await start();
    const { client } = connect(url);
    await first(client, '{ who }');
    tokens.set('good', () => {
      throw kernelErrors.SERVICE_UNAVAILABLE();
    });
    sockets.onEvents([event('tenant.updated')]);
    await vi.waitFor(() => expect(logged.join()).toContain('could not be checked'));
    expect(await first(client, '{ who }')).toEqual({ data: { who: 'test-app' } });
  });

  it('executes the next event of a subscription with the present permissions of the caller', async () => {
    const { url, tokens, sockets, source } = await start();
    const { client } = connect(url);
    const results = client.iterate({ query: 'subscription { ticks }' });
    source.push('one');
    await results.next();
    const changed = vi.fn(() => ({ ...world.app(tenant), clientId: 'renamed' }));
    tokens.set('good', changed);
    sockets.onEvents([event('tenant.updated')]);
    await vi.waitFor(() => expect(changed).toHaveBeenCalled());
    await first(client, '{ who }');
    source.push('two');
    expect((await results.next()).value).toEqual({ data: { ticks: 'two for renamed' } });
  });

  it('comes with 1001 when the node drains, and no more are opened', async () => {
    const { url, sockets } = await start();
    const { client, closed } = connect(url);
    await first(client, '{ who }');
    await sockets.stop();
    expect((await closed).code).toBe(1001);
    expect(await upgradeStatus(url, {})).toBe(503);
  });
});
