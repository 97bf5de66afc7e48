import pg from 'pg';
import type { GrowthSize } from '../test/support/growth-data.ts';
import type { BenchArguments } from './arguments.ts';
import { checkAll } from './checks.ts';
import { BenchCluster } from './database.ts';
import { describeSize, FILL_SETTINGS, type Grown, grow } from './grown.ts';
import { GROWTH_READS, type GrowthRead } from './growth-reads.ts';
import { type GrowthResult, isLevel, writeGrowthTable, writePlans } from './growth-table.ts';
import { Generator, type Load } from './load.ts';
import type { Subject } from './servers.ts';
import { explainStatement, findSlowest, LOGGING, NO_LOGGING, StatementLog } from './statement-log.ts';

/** `npm run bench -- growth`: the same reads in a small and in a large database, and the plans of those that grew. */

const SMALL: GrowthSize = { users: 10_000, tenants: 100, events: 10_000, others: 100 };
/** Clients, groups and the like grow with the users. */
const USERS_FOR_EACH_OTHER = 100;

const WARM_UP = 20;
const MEASURED = 30;
/** Tenants whose first token is measured. */
const COLD_TENANTS = 10;
/** Requests whose statements are looked at. */
const LOOKED_AT = 3;

interface Bench {
  readonly cluster: BenchCluster;
  readonly generator: Generator;
  readonly log: StatementLog;
}

/** The median of some warm requests one after another, in milliseconds; each answer is checked. */
async function time({ generator }: Bench, { subject, place }: Grown, read: GrowthRead): Promise<number> {
  const load = await generator.open({ url: subject.url, connections: 1, requests: read.requests(place) });
  try {
    if (read.isCold === true) return await send(load, read, read.requests(place).length);
    await send(load, read, WARM_UP);
    return await send(load, read, MEASURED);
  } finally {
    await load.close();
  }
}

async function send(load: Load, { check }: GrowthRead, requests: number): Promise<number> {
  const { kept, p50Milliseconds } = await load.burst({ requests, keepEvery: 1 });
  await checkAll(kept, check);
  return p50Milliseconds;
}

/** The plan of the statement of a read that takes longest. */
async function explain({ cluster, generator, log }: Bench, grown: Grown, read: GrowthRead): Promise<string> {
  const { database, subject, place } = grown;
  const load = await generator.open({ url: subject.url, connections: 1, requests: read.requests(place) });
  await cluster.configure(LOGGING);
  try {
    log.clear();
    await send(load, read, LOOKED_AT);
  } finally {
    await cluster.configure(NO_LOGGING);
    await load.close();
  }
  const slowest = findSlowest(log.read().filter((one) => one.application === 'idgraph' && one.database === database));
  if (slowest === undefined) return 'No statement took long.';
  const client = new pg.Client({ connectionString: cluster.urlOf(database) });
  await client.connect();
  try {
    const plan = await explainStatement(client, slowest);
    return `${slowest.name ?? 'without a name'}, ${slowest.milliseconds} ms: ${slowest.sql}\n\n${plan}`;
  } finally {
    await client.end();
  }
}

async function compare(bench: Bench, small: Grown, big: Grown): Promise<GrowthResult[]> {
  const results: GrowthResult[] = [];
  for (const read of GROWTH_READS) {
    const times = { small: await time(bench, small, read), big: await time(bench, big, read) };
    const isFine = isLevel(times) || read.isCold === true;
    results.push({ title: read.title, ...times, ...(isFine ? {} : { plan: await explain(bench, big, read) }) });
  }
  return results;
}

/** Returns whether every read of the large database is level with that of the small one. */
export async function compareGrowth({ users, tenants, events }: BenchArguments): Promise<boolean> {
  const size: GrowthSize = { users, tenants, events, others: Math.trunc(users / USERS_FOR_EACH_OTHER) };
  console.error(
    `Fills two databases, which takes about ${Math.ceil(users / 200_000)} minutes, and for a million users 12 GB of disk.`,
  );
  const log = new StatementLog();
  const cluster = await BenchCluster.make((text) => log.note(text));
  await cluster.configure(FILL_SETTINGS);
  const generator = new Generator();
  const bench = { cluster, generator, log };
  const subjects: Subject[] = [];
  try {
    const small = await grow(cluster, 'idgraph_growth_small', SMALL, COLD_TENANTS);
    subjects.push(small.subject);
    const big = await grow(cluster, 'idgraph_growth_big', size, COLD_TENANTS);
    subjects.push(big.subject);
    const results = await compare(bench, small, big);
    console.log(
      `Small: ${describeSize(SMALL)}. Big: ${describeSize(size)}. PostgreSQL ${await cluster.version()}, Node ${process.version}.\n`,
    );
    console.log(writeGrowthTable(results));
    const plans = writePlans(results);
    if (plans !== '') console.log(`\n${plans}`);
    return results.every(isLevel);
  } finally {
    for (const subject of subjects) await subject.stop();
    await generator.end();
    await cluster.stop();
  }
}
