/**
 * Prints the security events of a tenant as they happen, one JSON object a line:
 *   TOKEN=<access token> node examples/watch-events.mjs [--url http://localhost:4000] [--tenant master] [--count 1]
 * When the connection breaks it comes back and goes on after the last event it has seen, so that none is missed.
 */
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: process.env['IDGRAPH'] ?? 'http://localhost:4000' },
    tenant: { type: 'string' },
    count: { type: 'string', default: 'Infinity' },
    after: { type: 'string' },
  },
});

const query = `subscription Watch($tenant: String, $after: String) {
  securityEvents(tenant: $tenant, after: $after) {
    cursor
    event { type occurredAt outcome subjectId clientId ip userAgent params }
  }
}`;

let cursor = values.after;
let left = Number(values.count);

while (left > 0) {
  const client = createClient({
    url: `${values.url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${process.env['TOKEN']}` },
  });
  try {
    for await (const { data, errors } of client.iterate({
      query,
      variables: { tenant: values.tenant, after: cursor },
    })) {
      if (errors !== undefined) throw Object.assign(new Error('The subscription was refused.'), { errors });
      const first = cursor === undefined;
      cursor = data.securityEvents.cursor;
      // The first item is a checkpoint: from here on nothing is missed.
      if (first) console.error('Watching ...');
      if (data.securityEvents.event === null) continue;
      console.log(JSON.stringify(data.securityEvents.event));
      if (--left <= 0) break;
    }
  } catch (problem) {
    // 4403: the token is no longer good, so trying again is in vain.
    if (problem.errors !== undefined || problem.code === 4403) {
      console.error(JSON.stringify(problem.errors ?? { code: problem.code, reason: problem.reason }));
      process.exitCode = 1;
      left = 0;
    } else await new Promise((resolve) => setTimeout(resolve, 1_000));
  } finally {
    await client.dispose();
  }
}
