import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of the process, shown in the text format of Prometheus at `/metrics`. */
export interface Metrics {
  readonly registry: Registry;
  /**
   * Counts an HTTP request.
   * @param route API of the path; never the path, which contains ids.
   * @param seconds Until the answer was complete or the client disconnected.
   */
  readonly countRequest: (method: string, route: string, status: number, seconds: number) => void;
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
    countRequest: requestCounter(registers),
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

/**
 * The label values of one kind of request are looked up by a text and bound once, which is cheaper than the hash that the
 * library makes of them. As many texts as time series: methods of HTTP, names of APIs, statuses.
 */
function requestCounter(registers: Registry[]): Metrics['countRequest'] {
  const requests = new Counter({
    name: 'idgraph_http_requests_total',
    help: 'HTTP requests by method, path owner and status.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'idgraph_http_request_duration_seconds',
    help: 'Duration of HTTP requests in seconds.',
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const bound = new Map<string, (seconds: number) => void>();
  const bind = (method: string, route: string, status: number): ((seconds: number) => void) => {
    const counter = requests.labels({ method, route, status });
    const histogram = durations.labels({ route });
    return (seconds) => {
      counter.inc();
      histogram.observe(seconds);
    };
  };
  return (method, route, status, seconds) => {
    const key = `${method} ${route} ${status}`;
    const known = bound.get(key) ?? bind(method, route, status);
    bound.set(key, known);
    known(seconds);
  };
}
