import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { kernelErrors, type TenantRef } from '../../src/kernel/index.ts';
import { DEFAULT_GRAPHQL_LIMITS } from '../../src/server/environment/graphql-limits.ts';
import { createLogger } from '../../src/server/environment/logger.ts';
import { createGraphqlEndpoint, type GraphqlOptions } from '../../src/server/graphql/graphql.ts';
import type { AuthenticateToken } from '../../src/server/http/caller.ts';
import { createHttpServer, type HttpServer } from '../../src/server/http/http.ts';
import { createMetrics, type Metrics } from '../../src/server/http/metrics.ts';
import { withDocuments } from './with-documents.ts';
import { testGraph, World } from './world.ts';

/** The media types in which answers are asked for, the older one first. */
export const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'];

/** Servers of the graph over HTTP, for the tests of the suite that calls this. */
export function graphServersOfSuite(): GraphServers {
  const servers = new GraphServers();
  beforeAll(() => servers.open());
  afterEach(() => servers.stopAll());
  afterAll(() => servers.world.close());
  return servers;
}

class GraphServers {
  world!: World;
  tenant!: TenantRef;
  readonly #running: { readonly http: HttpServer; readonly stop: () => Promise<void> }[] = [];

  async open(): Promise<void> {
    this.world = await World.open();
    this.tenant = await this.world.tenant();
  }

  async stopAll(): Promise<void> {
    for (const { http, stop } of this.#running.splice(0)) {
      http.server.closeAllConnections();
      await http.drain.begin();
      await stop();
    }
  }

  /** The callers by token: `good` is an application of the tenant, the others fail. */
  readonly #authenticateToken: AuthenticateToken = async (token, origin) => {
    if (token === 'good') return { ...this.world.app(this.tenant, 'tenant:read'), origin };
    if (token === 'away') throw kernelErrors.SERVICE_UNAVAILABLE({ retryAfterSeconds: 3 });
    if (token === 'broken') throw new Error('the secret plan');
    throw kernelErrors.UNAUTHENTICATED();
  };

  readonly start = async (
    over: Partial<Omit<GraphqlOptions, 'documents'>> = {},
  ): Promise<{ readonly url: string; readonly logged: string[]; readonly metrics: Metrics }> => {
    const logged: string[] = [];
    const logger = createLogger('info', { write: (line) => void logged.push(line) });
    const metrics = createMetrics();
    const graphql = await createGraphqlEndpoint(
      withDocuments({
        schema: await testGraph(),
        services: this.world.services,
        authenticateToken: this.#authenticateToken,
        limits: DEFAULT_GRAPHQL_LIMITS,
        trusted: null,
        trustedProxies: [],
        publicUrl: 'http://localhost',
        logger,
        metrics,
        ...over,
      }),
    );
    const isReady = async () => true;
    const http = createHttpServer({
      logger,
      metrics,
      publicUrl: 'http://localhost',
      isReady,
    });
    http.serve([graphql.middleware]);
    this.#running.push({ http, stop: graphql.stop });
    http.server.listen(0, '127.0.0.1');
    await once(http.server, 'listening');
    return { url: `http://127.0.0.1:${(http.server.address() as AddressInfo).port}/graphql`, logged, metrics };
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers of any shape
  readonly body: any;
  readonly code: string | undefined;
}

/** Sends a request to the graph. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const json = await response.json();
  const first = Array.isArray(json) ? json[0] : json;
  return {
    status: response.status,
    headers: response.headers,
    body: json,
    code: first.errors?.[0]?.extensions?.code,
  };
}
