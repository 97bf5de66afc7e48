import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

/** Options of the fan-out, read from standard input as JSON. */
export interface FanoutOptions {
  readonly url: string;
  readonly token: string;
  readonly tenant: string;
  readonly subscribers: number;
  readonly events: number;
  /** A request that causes one event in the tenant. */
  readonly trigger: { readonly url: string; readonly authorization: string; readonly body: string };
}

export interface FanoutResult {
  /** Time from sending the request that causes the event until the last subscriber has received it. */
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly deliveriesPerSecond: number;
  readonly lost: number;
}

const QUERY = 'subscription ($tenant: String!) { securityEvents(tenant: $tenant) { cursor event { type subjectId } } }';

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const options = JSON.parse(Buffer.concat(chunks).toString('utf8')) as FanoutOptions;

let received = 0;
let whenAll: (() => void) | undefined;
let expected = Number.POSITIVE_INFINITY;
let checkpoints = 0;

const clients = Array.from({ length: options.subscribers }, () =>
  createClient({
    url: `${options.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${options.token}` },
    retryAttempts: 0,
  }),
);

function follow(client: ReturnType<typeof createClient>): Promise<void> {
  return new Promise((resolve, reject) => {
    client.subscribe<{ securityEvents: { event: unknown } }>(
      { query: QUERY, variables: { tenant: options.tenant } },
      {
        next: ({ data, errors }) => {
          if (errors !== undefined) return reject(new Error(JSON.stringify(errors)));
          if (data?.securityEvents.event == null) {
            checkpoints += 1;
            return resolve();
          }
          received += 1;
          if (received === expected) whenAll?.();
        },
        error: reject,
        complete: () => undefined,
      },
    );
  });
}

for (let i = 0; i < clients.length; i += 50) await Promise.all(clients.slice(i, i + 50).map(follow));

const times: number[] = [];
const begun = performance.now();
for (let i = 0; i < options.events; i++) {
  received = 0;
  expected = options.subscribers;
  const all = new Promise<void>((resolve) => {
    whenAll = resolve;
    setTimeout(resolve, 10_000).unref();
  });
  const from = performance.now();
  const { url, authorization, body } = options.trigger;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  if (!answer.ok) throw new Error(`The trigger was answered with ${answer.status}.`);
  await all;
  times.push(performance.now() - from);
}
const seconds = (performance.now() - begun) / 1000;
times.sort((a, b) => a - b);
const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))]!;
const result: FanoutResult = {
  p50Milliseconds: at(0.5),
  p99Milliseconds: at(0.99),
  deliveriesPerSecond: (options.events * options.subscribers) / seconds,
  lost: checkpoints < options.subscribers || received < options.subscribers ? 1 : 0,
};
process.stdout.write(JSON.stringify(result), () => process.exit(0));
