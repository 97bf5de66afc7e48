/**
 * Prints the security events of a tenant as they happen, one JSON object per line:
 *   TOKEN=<access token> node examples/watch-events.mjs [--url http://localhost:4000] [--tenant master] [--count 1]
 * When the connection breaks, it reconnects and continues after the last event it received, so that no event is missed.
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

/** Whether to reconnect: the connection broke, the service is unavailable, or it asked the client to try later. */
function isPassing(problem) {
  if (Array.isArray(problem)) return problem.every(({ extensions }) => extensions?.kind === 'unavailable');
  // 4403 means that the token is no longer valid; the other codes from 4000 on report faults of this client.
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
      // The subscription was refused. When it fails later, the iterator throws the errors instead of returning an item.
      if (errors !== undefined) throw errors;
      const { kind, event } = data.securityEvents;
      // The first item is a checkpoint: from here on nothing is missed.
      if (cursor === undefined) console.error('Watching ...');
      if (kind === 'EVENT') console.log(JSON.stringify(event));
      // Store the cursor only after the event was handled, so that a client that stops earlier receives the event again.
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
