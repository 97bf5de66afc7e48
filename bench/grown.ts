import { ENTITIES } from '../src/modules.ts';
import { Database } from '../src/persistence/index.ts';
import { fillTenant, type GrowthSize } from '../test/support/growth-data.ts';
import type { BenchCluster } from './database.ts';
import { requestOwnToken, runGraphql } from './fixtures.ts';
import { type ColdClient, GROWTH_SCOPES, type GrownPlace } from './growth-reads.ts';
import { newMasterKey, newSecret, type Subject, startIdgraph } from './servers.ts';

/** A database that was filled by SQL, with its service. */
export interface Grown {
  readonly database: string;
  readonly subject: Subject;
  readonly place: GrownPlace;
}

/** Checkpoints after each GB would write the pages of random keys again and again. */
export const FILL_SETTINGS = { max_wal_size: '8GB', checkpoint_timeout: '30min' } as const;

/**
 * Makes and fills a database, and starts a service that has read nothing of it yet.
 * @param coldTenants Tenants for which the service issues no token. Making one takes seconds, because it has signing keys.
 */
export async function grow(
  cluster: BenchCluster,
  database: string,
  size: GrowthSize,
  coldTenants: number,
): Promise<Grown> {
  const url = await cluster.create(database);
  const options = { database: { name: database, url }, masterKey: newMasterKey(), clientSecret: newSecret() };
  const preparing = await startIdgraph(options);
  let coldClients: readonly ColdClient[];
  try {
    coldClients = await prepare(preparing, coldTenants);
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

/** Users of the rows that ask for a large tenant; what they do not read is little. */
const SIZE_OF_ROWS: GrowthSize = { users: 1_000_000, tenants: 100, events: 10_000, others: 100 };

/** A service with a million users in the tenant `grown`, on a server that is at rest again after the fill. */
export async function growForRows(cluster: BenchCluster, database: string): Promise<Subject> {
  await cluster.configure(FILL_SETTINGS);
  const { subject } = await grow(cluster, database, SIZE_OF_ROWS, 0);
  await cluster.configure({ max_wal_size: null, checkpoint_timeout: null });
  await cluster.run(database, 'checkpoint');
  return subject;
}

/** Makes the tenants that need more than rows. */
async function prepare(subject: Subject, coldTenants: number): Promise<readonly ColdClient[]> {
  const token = await requestOwnToken(subject, null);
  await createTenant(subject, token, 'grown');
  const coldClients: ColdClient[] = [];
  for (let n = 1; n <= coldTenants; n++) coldClients.push(await makeColdClient(subject, token, `cold-${n}`));
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
  console.error(`Made ${describeSize(size)} in ${seconds} s.`);
}

export const describeSize = ({ users, tenants, events }: GrowthSize): string =>
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
