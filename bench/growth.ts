import pg from 'pg';
import { ENTITIES } from '../src/modules.ts';
import { Database } from '../src/persistence/index.ts';
import { fillTenant, type GrowthSize } from '../test/support/growth-data.ts';
import type { BenchArguments } from './arguments.ts';
import { checkAll } from './checks.ts';
import { BenchCluster } from './database.ts';
import { requestOwnToken, runGraphql } from './fixtures.ts';
import { type ColdClient, GROWTH_READS, GROWTH_SCOPES, type GrownPlace, type GrowthRead } from './growth-reads.ts';
import { type GrowthResult, isLevel, writeGrowthTable, writePlans } from './growth-table.ts';
import { Generator, type Load } from './load.ts';
import { newMasterKey, newSecret, type Subject, startIdgraph } from './servers.ts';
import { explainStatement, findSlowest, STATEMENT_LOG_FLAGS, StatementLog } from './statement-log.ts';

/** `npm run bench -- growth`: the same reads in a small and in a large database, and the plans of those that grew. */

const SMALL: GrowthSize = { users: 10_000, tenants: 100, events: 10_000, others: 100 };
/** Clients, groups and the like grow with the users. */
const USERS_FOR_EACH_OTHER = 100;

const WARM_UP = 20;
const MEASURED = 30;
/** Tenants whose first token is measured. Making one takes seconds, because it has signing keys. */
const COLD_TENANTS = 10;
/** Requests whose statements are looked at. */
const LOOKED_AT = 3;

/** One of the two databases with its service. */
interface Grown {
  readonly database: string;
  readonly subject: Subject;
  readonly place: GrownPlace;
}

interface Bench {
  readonly cluster: BenchCluster;
  readonly generator: Generator;
  readonly log: StatementLog;
}

/** Checkpoints after each GB would write the pages of random keys again and again. */
const FILL_FLAGS = ['-c', 'max_wal_size=8GB', '-c', 'checkpoint_timeout=30min'];

/** Makes and fills a database, and starts a service that has read nothing of it yet. */
async function grow(cluster: BenchCluster, database: string, size: GrowthSize): Promise<Grown> {
  const url = await cluster.create(database);
  const options = { database: { name: database, url }, masterKey: newMasterKey(), clientSecret: newSecret() };
  const preparing = await startIdgraph(options);
  let coldClients: readonly ColdClient[];
  try {
    coldClients = await prepare(preparing);
  } finally {
    await preparing.stop();
  }
  await fill(cluster, database, size);
  const subject = await startIdgraph(options);
  const token = await requestOwnToken(subject, GROWTH_SCOPES.join(' '));
  return {
    database,
    subject,
    place: { token, users: size.users, middle: await findMiddle(subject, token, size), coldClients },
  };
}

/** Makes the tenants that need more than rows. */
async function prepare(subject: Subject): Promise<readonly ColdClient[]> {
  const token = await requestOwnToken(subject, null);
  await createTenant(subject, token, 'grown');
  const coldClients: ColdClient[] = [];
  for (let n = 1; n <= COLD_TENANTS; n++) coldClients.push(await makeColdClient(subject, token, `cold-${n}`));
  return coldClients;
}

async function fill(cluster: BenchCluster, database: string, size: GrowthSize): Promise<void> {
  const begun = performance.now();
  const [tenant] = await cluster.run<{ id: string }>(database, `select id from tenants where name = 'grown'`);
  const db = await Database.open({
    location: { kind: 'server', url: cluster.urlOf(database), poolMax: 2 },
    entities: ENTITIES,
  });
  try {
    await fillTenant(db, tenant!.id, size, new Date());
  } finally {
    await db.close();
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  console.error(`Made ${describe(size)} in ${seconds} s.`);
}

const describe = ({ users, tenants, events }: GrowthSize): string =>
  `${users.toLocaleString('en')} users, ${tenants.toLocaleString('en')} tenants and ${events.toLocaleString('en')} events`;

async function createTenant(subject: Subject, token: string, name: string): Promise<void> {
  const query = 'mutation ($input: CreateTenantInput!) { createTenant(input: $input) { tenant { name } } }';
  await runGraphql(subject, token, query, { input: { name } });
}

async function makeColdClient(subject: Subject, token: string, tenant: string): Promise<ColdClient> {
  await createTenant(subject, token, tenant);
  type Created = { readonly createClient: { readonly clientId: string; readonly secret: string } };
  const query = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { clientId secret } }';
  const input = { tenant, clientId: 'app', grantTypes: ['CLIENT_CREDENTIALS'] };
  const { createClient } = await runGraphql<Created>(subject, token, query, { input });
  return { tenant, clientId: createClient.clientId, clientSecret: createClient.secret };
}

/** The cursor of a user in the middle of the list. */
async function findMiddle(subject: Subject, token: string, { users }: GrowthSize): Promise<string> {
  type Found = { readonly users: { readonly pageInfo: { readonly endCursor: string | null } } };
  // The first account is a year old, and each further one a second younger (`fillTenant`).
  const from = new Date(Date.now() - 365 * 86_400_000 + (users / 2) * 1_000).toISOString();
  const query =
    'query ($from: DateTime!) { users(tenant: "grown", first: 1, filter: { createdFrom: $from }) { pageInfo { endCursor } } }';
  const { endCursor } = (await runGraphql<Found>(subject, token, query, { from })).users.pageInfo;
  if (endCursor === null) throw new Error('No account is younger than the middle of the list.');
  return endCursor;
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
  await setLogging(cluster, database, true);
  try {
    log.clear();
    await send(load, read, LOOKED_AT);
  } finally {
    await setLogging(cluster, database, false);
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

/** How long backends may take until they have read a changed setting, in milliseconds. */
const SETTING_PATIENCE_MS = 300;

async function setLogging(cluster: BenchCluster, database: string, isOn: boolean): Promise<void> {
  await cluster.run(database, `alter system set log_min_duration_statement = ${isOn ? 0 : -1}`);
  await cluster.run(database, 'select pg_reload_conf()');
  await new Promise((resolve) => setTimeout(resolve, SETTING_PATIENCE_MS));
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
  const cluster = await BenchCluster.make({
    flags: [...STATEMENT_LOG_FLAGS, ...FILL_FLAGS],
    onLog: (text) => log.note(text),
  });
  const generator = new Generator();
  const bench = { cluster, generator, log };
  const subjects: Subject[] = [];
  try {
    const small = await grow(cluster, 'idgraph_growth_small', SMALL);
    subjects.push(small.subject);
    const big = await grow(cluster, 'idgraph_growth_big', size);
    subjects.push(big.subject);
    const results = await compare(bench, small, big);
    console.log(
      `Small: ${describe(SMALL)}. Big: ${describe(size)}. PostgreSQL ${await cluster.version()}, Node ${process.version}.\n`,
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
