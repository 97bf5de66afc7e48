import type { BenchArguments } from './arguments.ts';
import { checkAll, checkData, checkJson } from './checks.ts';
import { BenchCluster } from './database.ts';
import { formHeaders, jsonHeaders, readPeople, requestOwnToken, tokenPath } from './fixtures.ts';
import { freePort } from './free-port.ts';
import type { LoadRequest } from './http-message.ts';
import { Inspector } from './inspector.ts';
import { Generator } from './load.ts';
import type { Answer } from './load-protocol.ts';
import { readMemory } from './processor.ts';
import type { Subject } from './servers.ts';
import { findGrowth } from './statistics.ts';
import { World } from './world.ts';

/** `npm run bench -- soak`: many mixed requests, and the live heap after each tenth of them. */

const STEPS = 10;
/** How much more the live heap may be at the end than after the first tenth. */
const MOST_GROWTH = 0.1;

const SCOPE = 'user:read:all session:read:all';

/** Tokens, introspections, reads by both APIs and lists, in turn. */
async function makeRequests(world: World, subject: Subject): Promise<LoadRequest[]> {
  const token = await requestOwnToken(subject, SCOPE);
  const form = formHeaders(subject);
  const people = await readPeople(world);
  return people.flatMap(({ subject: id }): LoadRequest[] => [
    {
      method: 'POST',
      path: tokenPath('master'),
      headers: form,
      body: 'grant_type=client_credentials&scope=user%3Aread',
    },
    { method: 'POST', path: '/t/master/oauth/introspect', headers: form, body: `token=${token}` },
    { method: 'GET', path: `/t/demo/blitz/api/v3/users/${id}`, headers: { authorization: `Bearer ${token}` } },
    {
      method: 'POST',
      path: '/graphql',
      headers: jsonHeaders(token),
      body: JSON.stringify({
        query: 'query ($id: ID!) { user(userId: $id, tenant: "demo") { subject username sessions { sessionId } } }',
        variables: { id },
      }),
    },
  ]);
}

const CHECKS = [
  checkJson('Not a token', ({ access_token }) => typeof access_token === 'string'),
  checkJson('Not an active token', ({ active }) => active === true),
  checkJson('Not a user', ({ sub }) => typeof sub === 'string'),
  checkData('Not a user', ({ user }) => typeof (user as { subject?: unknown } | null)?.subject === 'string'),
];

const check = (answer: Answer) => CHECKS[answer.request % CHECKS.length]!(answer);

/** A token lives 15 minutes, so the load is opened anew with another one for each step. */
async function runStep(world: World, subject: Subject, requests: number): Promise<void> {
  const load = await world.generator.open({
    url: subject.url,
    connections: 64,
    requests: await makeRequests(world, subject),
  });
  try {
    await checkAll((await load.burst({ requests, keepEvery: 100 })).kept, check);
  } finally {
    await load.close();
  }
}

/** Returns whether the live heap stayed flat after the first tenth of the requests. */
export async function soak(options: BenchArguments): Promise<boolean> {
  const { requests } = options;
  console.error(
    `Sends ${requests.toLocaleString('en')} requests, which takes about ${Math.ceil(requests / 240_000)} minutes.`,
  );
  const cluster = await BenchCluster.open();
  const generator = new Generator();
  const port = await freePort();
  const world = await World.create({ cluster, generator, options, flags: [`--inspect=127.0.0.1:${port}`] });
  try {
    const subject = await world.server('idgraph');
    const inspector = await Inspector.open(port);
    const heaps: number[] = [];
    console.log('| requests | live heap MB | RSS MB |\n| --: | --: | --: |');
    for (let step = 1; step <= STEPS; step++) {
      await runStep(world, subject, Math.trunc(requests / STEPS));
      const heapMb = await inspector.readLiveHeapMb();
      heaps.push(heapMb);
      const { nowMb } = await readMemory(subject.pid);
      const sent = Math.trunc((requests * step) / STEPS).toLocaleString('en');
      console.log(`| ${sent} | ${heapMb.toFixed(1)} | ${nowMb.toFixed(0)} |`);
    }
    inspector.close();
    const growth = findGrowth(heaps);
    const isFlat = growth <= MOST_GROWTH;
    console.log(
      `\nThe live heap ${isFlat ? 'stayed flat' : 'GREW'}: ${(growth * 100).toFixed(1)} % since the first tenth.`,
    );
    return isFlat;
  } finally {
    await world.keepOnly(new Set());
    await generator.end();
    await cluster.stop();
  }
}
