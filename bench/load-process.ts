import autocannon from 'autocannon';
import type { LoadOptions, LoadRequest, LoadResult } from './load.ts';

type Sent = Omit<autocannon.Request, 'headers'> & { readonly headers: Record<string, string> };

/** The requests that the connection with this number sends in turn. */
function requestsOf(request: LoadRequest, connection: number, connections: number): Sent[] {
  const { pathname, search } = new URL(request.url);
  const { method, paths = [''], bodies = [undefined] } = request;
  const sent = (path: string, body: string | undefined): Sent => ({
    method,
    path: `${pathname}${path}${search}`,
    headers: { ...request.headers },
    ...(body === undefined ? {} : { body }),
  });
  if (request.isPartitioned === true) {
    const own = paths.filter((_, at) => at % connections === connection);
    return bodies.flatMap((body) => own.map((path) => sent(path, body)));
  }
  const turns = Math.max(paths.length, bodies.length);
  const all = Array.from({ length: turns }, (_, turn) =>
    sent(paths[turn % paths.length]!, bodies[turn % bodies.length]),
  );
  // Connections begin at different requests, so that they do not all send the same request at the same moment.
  const start = Math.floor((connection * turns) / connections);
  return [...all.slice(start), ...all.slice(0, start)];
}

/** Reads a load from standard input, runs it, prints the result as JSON. Started by `load.ts`. */
async function main(): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const { request, options } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
    request: LoadRequest;
    options: LoadOptions;
  };
  let opened = 0;
  const result = await autocannon({
    url: new URL(request.url).origin,
    connections: options.connections,
    duration: options.seconds,
    setupClient: (client) => {
      client.setRequests(requestsOf(request, opened++, options.connections));
    },
  });
  const measured: LoadResult = {
    requestsPerSecond: result['2xx'] / result.duration,
    p50Milliseconds: result.latency.p50,
    p99Milliseconds: result.latency.p99,
    failures: result.non2xx + result.errors + result.timeouts,
  };
  process.stdout.write(JSON.stringify(measured));
}

await main();
