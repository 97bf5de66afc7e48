import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Caller } from '../../src/access/index.ts';
import { kernelErrors } from '../../src/kernel/index.ts';
import { DEFAULT_GRAPHQL_LIMITS } from '../../src/server/environment/graphql-limits.ts';
import { createLogger } from '../../src/server/environment/logger.ts';
import { createSocketEndpoint, type SocketEndpoint } from '../../src/server/graphql/ws.ts';
import type { AuthenticateToken } from '../../src/server/http/caller.ts';
import { createHttpServer } from '../../src/server/http/http.ts';
import { createMetrics } from '../../src/server/http/metrics.ts';
import { withDocuments } from './with-documents.ts';
import { testGraph, type World } from './world.ts';

/** The graph of a world over WebSocket, on a free port. */
export interface TestSockets {
  readonly url: string;
  readonly sockets: SocketEndpoint;
  /** The callers by token; a test changes one to change the permissions of its holder. */
  readonly tokens: Map<string, Caller>;
  /** Lines of the log. */
  readonly logged: readonly string[];
  connect(token: string): Client;
  /** Breaks every connection. */
  cut(): void;
  close(): Promise<void>;
}

/** @param authenticateToken Finds the caller of a token. Default: the map `tokens`. */
export async function serveSockets(world: World, authenticateToken?: AuthenticateToken): Promise<TestSockets> {
  const logged: string[] = [];
  const logger = createLogger('debug', { write: (line) => void logged.push(line) });
  const metrics = createMetrics();
  const tokens = new Map<string, Caller>();
  const http = createHttpServer({ logger, metrics, publicUrl: 'http://localhost', isReady: async () => true });
  http.serve([]);
  const sockets = createSocketEndpoint(
    http.server,
    withDocuments({
      schema: await testGraph(),
      services: world.services,
      authenticateToken:
        authenticateToken ??
        (async (token, origin) => {
          const caller = tokens.get(token);
          if (caller === undefined) throw kernelErrors.UNAUTHENTICATED();
          return { ...caller, origin };
        }),
      limits: DEFAULT_GRAPHQL_LIMITS,
      trusted: null,
      trustedProxies: [],
      logger,
      metrics,
      clock: world.clock,
      publicUrl: 'http://localhost',
    }),
  );
  const streams = new Set<Socket>();
  http.server.on('connection', (stream) => {
    streams.add(stream);
    stream.once('close', () => streams.delete(stream));
  });
  http.server.listen(0, '127.0.0.1');
  await once(http.server, 'listening');
  const url = `ws://127.0.0.1:${(http.server.address() as AddressInfo).port}/graphql`;
  const clients: Client[] = [];
  return {
    url,
    sockets,
    tokens,
    logged,
    connect: (token) => {
      const connectionParams = { authorization: `Bearer ${token}` };
      const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams });
      clients.push(client);
      return client;
    },
    cut: () => {
      for (const stream of streams) stream.destroy();
    },
    close: async () => {
      for (const client of clients) await client.dispose();
      await sockets.stop();
      http.server.closeAllConnections();
      await http.drain.begin();
    },
  };
}
