import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { WebSocket } from 'ws';
import type { GraphContext } from '../../schema/context.ts';
import { type Live, type LiveSource, toLiveSource } from '../../schema/live-source.ts';
import type { Caller } from '../../src/access/index.ts';
import type { SecurityEvent } from '../../src/events/index.ts';
import { kernelErrors, newId, systemClock, type TenantRef } from '../../src/kernel/index.ts';
import type { EventName } from '../../src/modules.ts';
import { DEFAULT_GRAPHQL_LIMITS } from '../../src/server/environment/graphql-limits.ts';
import { createLogger } from '../../src/server/environment/logger.ts';
import { createSocketEndpoint, type SocketEndpoint, type SocketOptions } from '../../src/server/graphql/ws.ts';
import { createHttpServer, type HttpServer } from '../../src/server/http/http.ts';
import { createMetrics } from '../../src/server/http/metrics.ts';
import { withDocuments } from './with-documents.ts';
import { World } from './world.ts';

/** Servers of a small graph over WebSocket whose subscription delivers what a test pushes, for the tests of the suite that calls this. */
export function tickingSocketsOfSuite(): TickingSockets {
  const sockets = new TickingSockets();
  beforeAll(() => sockets.open());
  afterEach(() => sockets.stopServers());
  afterAll(() => sockets.world.close());
  return sockets;
}

/** A source of values that records when it was released. */
class TickSource implements AsyncIterableIterator<unknown> {
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

interface LiveTick {
  readonly at: number;
  readonly value: unknown;
}

/** A log of values that subscriptions follow from a place, as they follow the log of events. */
class TickLog {
  /** The places that were followed from; null for the present one. */
  readonly followedFrom: (number | null)[] = [];
  readonly #ticks: LiveTick[] = [];
  readonly #open = new Map<object, () => void>();
  #failure: Error | null = null;

  /** How many follow the log. */
  get followers(): number {
    return this.#open.size;
  }

  push(...values: readonly unknown[]): void {
    for (const value of values) this.#ticks.push({ at: this.#ticks.length + 1, value });
    this.#wake();
  }

  /** Ends everything that follows the log with an error. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  subscribe(key: string, signal: AbortSignal): LiveSource<LiveTick> {
    const checkpoint = (): LiveTick => ({ at: this.#ticks.length, value: 'start' });
    const live: Live<LiveTick> = {
      key,
      checkpoint,
      isAfter: (item, other) => item.at > other.at,
      follow: (after, ended) => this.#follow(after, checkpoint(), ended),
    };
    return toLiveSource(live, signal);
  }

  async *#follow(after: LiveTick | null, here: LiveTick, signal: AbortSignal): AsyncGenerator<LiveTick> {
    const from = after ?? here;
    this.followedFrom.push(after === null ? null : after.at);
    const follower = {};
    this.#open.set(follower, () => undefined);
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    try {
      yield from;
      for (let next = from.at; !signal.aborted; ) {
        if (this.#failure !== null) throw this.#failure;
        const tick = this.#ticks[next];
        if (tick === undefined) await new Promise<void>((resolve) => this.#open.set(follower, resolve));
        else {
          next += 1;
          yield tick;
        }
      }
    } finally {
      this.#open.delete(follower);
    }
  }

  #wake(): void {
    for (const resolve of this.#open.values()) resolve();
  }
}

interface Seen {
  readonly loaders: unknown[];
  readonly contexts: GraphContext[];
  /** What `live` was executed for: the value and the client. */
  readonly live: string[];
}

/** A running server. */
interface TickingServer {
  readonly url: string;
  readonly httpUrl: string;
  readonly sockets: SocketEndpoint;
  readonly source: TickSource;
  /** What `live` delivers. */
  readonly log: TickLog;
  readonly seen: Seen;
  /** The callers by token; a test deletes a token to end it. */
  readonly tokens: Map<string, () => Caller>;
  readonly logged: string[];
}

function tickingSchema(source: TickSource, log: TickLog, seen: Seen): GraphQLSchema {
  const schema = buildSchema(
    'type Query { who: String fails: String } type Subscription { ticks: String live(filter: String): String refused: String }',
  );
  const query = schema.getQueryType()!.getFields();
  query['who']!.resolve = (_, __, context: GraphContext) => context.caller.clientId;
  query['fails']!.resolve = () => {
    throw new Error('the secret plan');
  };
  const { ticks, live, refused } = schema.getSubscriptionType()!.getFields();
  ticks!.subscribe = (_, __, context: GraphContext) => {
    seen.contexts.push(context);
    return source;
  };
  ticks!.resolve = (value: unknown, _, context: GraphContext) => {
    seen.loaders.push(context.loaders);
    if (value instanceof Error) throw value;
    return `${String(value)} for ${context.caller.clientId}`;
  };
  live!.subscribe = (_, { filter }: { filter?: string }, { signal }: GraphContext) =>
    log.subscribe(filter ?? '', signal);
  live!.resolve = ({ value }: LiveTick, _, { caller }: GraphContext) => {
    seen.live.push(`${String(value).slice(0, 20)} for ${caller.clientId}`);
    if (value instanceof Error) throw value;
    return value;
  };
  refused!.subscribe = () => {
    throw kernelErrors.FORBIDDEN();
  };
  return schema;
}

interface Connected {
  readonly client: Client;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

class TickingSockets {
  world!: World;
  tenant!: TenantRef;
  readonly #running: { readonly http: HttpServer; readonly sockets: SocketEndpoint }[] = [];
  readonly #clients: Client[] = [];

  async open(): Promise<void> {
    this.world = await World.open();
    this.tenant = await this.world.tenant();
  }

  async stopServers(): Promise<void> {
    for (const client of this.#clients.splice(0)) await client.dispose();
    for (const { http, sockets } of this.#running.splice(0)) {
      await sockets.stop();
      http.server.closeAllConnections();
      await http.drain.begin();
    }
  }

  /** Starts a server that knows the token `good`, of an application of the tenant. */
  readonly start = async (over: Partial<Omit<SocketOptions, 'documents'>> = {}): Promise<TickingServer> => {
    const logged: string[] = [];
    const logger = createLogger('debug', { write: (line) => void logged.push(line) });
    const metrics = createMetrics();
    const tokens = new Map<string, () => Caller>([['good', () => this.world.app(this.tenant, 'tenant:read')]]);
    const source = new TickSource();
    const log = new TickLog();
    const seen: Seen = { loaders: [], contexts: [], live: [] };
    const http = createHttpServer({
      logger,
      metrics,
      publicUrl: 'http://localhost',
      isReady: async () => true,
    });
    http.serve([]);
    const options = withDocuments({
      schema: tickingSchema(source, log, seen),
      services: this.world.services,
      authenticateToken: async (token: string, origin: Caller['origin']) => {
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
    const sockets = createSocketEndpoint(http.server, options);
    this.#running.push({ http, sockets });
    http.server.listen(0, '127.0.0.1');
    await once(http.server, 'listening');
    const { port } = http.server.address() as AddressInfo;
    return {
      url: `ws://127.0.0.1:${port}/graphql`,
      httpUrl: `http://127.0.0.1:${port}`,
      sockets,
      source,
      log,
      seen,
      tokens,
      logged,
    };
  };

  /** Connects as a client does. */
  readonly connect = (
    url: string,
    connectionParams: Record<string, unknown> = { authorization: 'Bearer good' },
  ): Connected => {
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
    this.#clients.push(client);
    return { client, closed };
  };

  /** An event of the tenant. */
  readonly event = (type: EventName, over: Partial<SecurityEvent> = {}): SecurityEvent => {
    return {
      tenantId: this.tenant.id,
      id: newId(),
      type,
      subjectId: null,
      clientId: null,
      sessionId: null,
      params: {},
      ...over,
    } as SecurityEvent;
  };
}

type Result = {
  readonly data?: unknown;
  readonly errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
};

/** The first result of an operation. */
export const first = async (client: Client, query: string): Promise<Result> =>
  (await client.iterate({ query }).next()).value as Result;

/** Sends messages of the protocol directly, for cases that a correct client cannot cause. */
export async function openSocket(
  url: string,
  headers: Record<string, string> = {},
  protocol = 'graphql-transport-ws',
): Promise<WebSocket> {
  const socket = new WebSocket(url, protocol, { headers });
  await once(socket, 'open');
  return socket;
}

/** The status that an upgrade is answered with; 101 when the socket opens. */
export async function upgradeStatus(url: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
  socket.on('error', () => undefined);
  const outcome = await Promise.race([
    once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number),
    once(socket, 'open').then(() => 101),
  ]);
  socket.terminate();
  return outcome;
}
