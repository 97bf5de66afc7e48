import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of the process, shown in the text format of Prometheus at `/metrics`. */
export interface Metrics {
  readonly registry: Registry;
  /** Every HTTP request: method, API of the path (never the path, which contains ids), status. */
  readonly httpRequests: Counter<'method' | 'route' | 'status'>;
  /** Seconds until the answer was complete or the client disconnected. */
  readonly httpSeconds: Histogram<'route'>;
  readonly websockets: Gauge;
  /** GraphQL operations by type and outcome (`ok`, `errors`, `refused`). */
  readonly graphqlOperations: Counter<'type' | 'outcome'>;
  /** Documents of clients by what was done once for each text: `parsed`, `validated`, `refused`, `compiled`, `not_compiled`. */
  readonly graphqlDocuments: Counter<'step'>;
}

/** Makes the metrics in a new registry, so that two servers in one process, as in tests, do not share counters. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    httpRequests: new Counter({
      name: 'idgraph_http_requests_total',
      help: 'HTTP requests by method, path owner and status.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    httpSeconds: new Histogram({
      name: 'idgraph_http_request_duration_seconds',
      help: 'Duration of HTTP requests in seconds.',
      labelNames: ['route'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    }),
    websockets: new Gauge({
      name: 'idgraph_websockets',
      help: 'Open WebSocket connections.',
      registers,
    }),
    graphqlOperations: new Counter({
      name: 'idgraph_graphql_operations_total',
      help: 'GraphQL operations by type and outcome.',
      labelNames: ['type', 'outcome'],
      registers,
    }),
    graphqlDocuments: new Counter({
      name: 'idgraph_graphql_documents_total',
      help: 'GraphQL documents of clients by what was done once for a text.',
      labelNames: ['step'],
      registers,
    }),
  };
}
