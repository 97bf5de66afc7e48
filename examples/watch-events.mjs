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
    kind
    cursor
    event { id type occurredAt api outcome subjectId clientId ip userAgent params }
  }
}`;

/** Whether it makes sense to come back: the connection broke, the service is away, or it asked to try later. */
function isPassing(problem) {
  if (Array.isArray(problem)) return problem.every(({ extensions }) => extensions?.kind === 'unavailable');
  // 4403: the token is no longer good. The other codes above 4000 say that this client is at fault.
  return !(problem.code >= 4000);
}

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
      // The subscription was refused. One that fails later throws its errors here by itself: no item with errors comes.
      if (errors !== undefined) throw errors;
      const { kind, event } = data.securityEvents;
      // The first item is a checkpoint: from here on nothing is missed.
      if (cursor === undefined) console.error('Watching ...');
      if (kind === 'EVENT') console.log(JSON.stringify(event));
      // Only now that the event is dealt with: whoever stops before gets it again.
      cursor = data.securityEvents.cursor;
      if (kind === 'EVENT' && --left <= 0) break;
    }
  } catch (problem) {
    if (!isPassing(problem)) {
      console.error(JSON.stringify(Array.isArray(problem) ? problem : { code: problem.code, reason: problem.reason }));
      process.exitCode = 1;
      break;
    }
  } finally {
    await client.dispose();
  }
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, 1_000));
}
