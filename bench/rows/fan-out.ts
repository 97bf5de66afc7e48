import { type Check, checkAll, checkToken } from '../checks.ts';
import { Sockets } from '../fan-out.ts';
import { readMonotonicClock } from '../fan-out-protocol.ts';
import { fetchKeys, formHeaders, requestOwnToken, tokenPath } from '../fixtures.ts';
import type { Load } from '../load.ts';
import type { Answer } from '../load-protocol.ts';
import type { BenchRow, Burst, Runner } from '../row.ts';
import type { Subject } from '../servers.ts';
import { median, percentile } from '../statistics.ts';
import type { World } from '../world.ts';

const QUERY = 'subscription { securityEvents(tenant: "master") { cursor event { type subjectId } } }';

/** Subscribers of one tenant, and a load whose every request causes one event there. */
interface Audience {
  readonly sockets: Sockets;
  readonly load: Load;
  /** Events that are on their way at the same time. */
  readonly atOnce: number;
  /** Checks the answer of a request that causes an event. */
  readonly check: Check;
}

/** Sends some events at once and waits until every subscriber has each of them, again and again. */
async function sendEvents({ sockets, load, atOnce, check }: Audience, seconds: number): Promise<Burst> {
  const begun = performance.now();
  const times: number[] = [];
  const kept: Answer[] = [];
  let generatorSeconds = 0;
  do {
    await sockets.begin();
    const from = readMonotonicClock();
    const sent = await load.burst({ requests: atOnce, keepEvery: 1 });
    const { lastAt, generatorSeconds: received } = await sockets.finish(sent.requests);
    times.push(lastAt - from);
    kept.push(...sent.kept);
    generatorSeconds += sent.generatorSeconds + received;
  } while (performance.now() - begun < seconds * 1000);
  return {
    units: times.length * atOnce * (atOnce === 1 ? 1 : sockets.count),
    seconds: (performance.now() - begun) / 1000,
    p50Milliseconds: median(times),
    p99Milliseconds: percentile(times, 0.99),
    generatorSeconds,
    verify: () => checkAll(kept, check),
  };
}

async function openAudience(world: World, subject: Subject, count: number, atOnce: number): Promise<Audience> {
  const check = checkToken(await fetchKeys(`${subject.url}/t/master/oauth/jwks`), { client_id: subject.clientId });
  const sockets = await Sockets.open(subject, await requestOwnToken(subject, 'event:read'), count, QUERY);
  try {
    const body = 'grant_type=client_credentials&scope=user%3Aread';
    const load = await world.generator.open({
      url: subject.url,
      connections: atOnce,
      requests: [{ method: 'POST', path: tokenPath('master'), headers: formHeaders(subject), body }],
    });
    return { sockets, load, atOnce, check };
  } catch (error) {
    await sockets.close();
    throw error;
  }
}

const WARM_UP_SECONDS = 6;

async function openRunner(world: World, subject: Subject, count: number, atOnce: number): Promise<Runner> {
  const audience = await openAudience(world, subject, count, atOnce);
  const sendFor = async (seconds: number): Promise<void> => {
    await (await sendEvents(audience, seconds)).verify();
  };
  return {
    check: () => sendFor(0),
    warmUp: () => sendFor(world.options.warmUp === null ? WARM_UP_SECONDS : 0),
    burst: (seconds) => sendEvents(audience, seconds),
    close: async () => {
      await audience.load.close();
      await audience.sockets.close();
    },
  };
}

/** Deliveries that several events at once make: enough to fill the gaps between them, and done in a few seconds. */
const DELIVERIES_AT_ONCE = 32_000;

/** A burst to many subscribers lasts until the last delivery, so that all rounds of a run would take too long. */
const MOST_ROUNDS = 5;

function row(key: string, title: string, unit: 'event' | 'delivery', count: number): BenchRow {
  const atOnce = unit === 'event' ? 1 : Math.ceil(DELIVERIES_AT_ONCE / count);
  return {
    key,
    title,
    unit,
    servers: ['idgraph-sockets'],
    mostRounds: MOST_ROUNDS,
    async prepare(world) {
      const subject = await world.server('idgraph-sockets');
      return [{ name: 'idgraph', subject, open: () => openRunner(world, subject, count, atOnce) }];
    },
  };
}

export const FAN_OUT_ROWS = {
  event1000: row('event-1000', 'one event to 1,000 subscribers, until the last has it', 'event', 1_000),
  deliveries1000: row('deliveries-1000', 'events to 1,000 subscribers, 32 at once', 'delivery', 1_000),
  event10000: row('event-10000', 'one event to 10,000 subscribers, until the last has it', 'event', 10_000),
  deliveries10000: row('deliveries-10000', 'events to 10,000 subscribers, 4 at once', 'delivery', 10_000),
};
