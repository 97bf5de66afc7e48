import autocannon from 'autocannon';
import type { LoadOptions, LoadRequest, LoadResult } from './load.ts';

/** Reads a load from standard input, runs it, prints the result as JSON. Started by `load.ts`. */
async function main(): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const { request, options } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
    request: LoadRequest;
    options: LoadOptions;
  };
  const { pathname, search } = new URL(request.url);
  const turns = Math.max(request.paths?.length ?? 1, request.bodies?.length ?? 1);
  const requests = Array.from({ length: turns }, (_, turn) => ({
    method: request.method,
    path: `${pathname}${request.paths?.[turn % request.paths.length] ?? ''}${search}`,
    headers: { ...request.headers },
    ...(request.bodies === undefined ? {} : { body: request.bodies[turn % request.bodies.length]! }),
  }));
  let opened = 0;
  const result = await autocannon({
    url: new URL(request.url).origin,
    connections: options.connections,
    duration: options.seconds,
    requests,
    // Connections begin at different places, or all of them would ask for the same thing at the same moment.
    setupClient: (client) => {
      const start = Math.floor((opened++ * turns) / options.connections);
      client.setRequests([...requests.slice(start), ...requests.slice(0, start)]);
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
