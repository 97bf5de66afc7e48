import { type Check, checkJson, checkList, checkText } from '../checks.ts';
import { makeFewTenants, makeManyTenants, requestOwnToken, tokenPath } from '../fixtures.ts';
import { overHttp, WARM_UP } from '../http-contender.ts';
import type { LoadRequest } from '../http-message.ts';
import { FEW_TENANTS, fillSmallTenants, MANY_TENANTS, type SmallTenant } from '../many-tenants.ts';
import type { BenchRow, Contender } from '../row.ts';
import { newMasterKey, type Subject, startIdgraph } from '../servers.ts';
import type { World } from '../world.ts';
import { postForm } from './oauth.ts';
import { USER_SCOPE } from './realm.ts';
import { MOST_STARTS, starts } from './start.ts';

/** What is asked of each tenant in turn, and what its answer must be. */
interface TurnOfTenants {
  readonly requestsOf: (subject: Subject) => Promise<(tenant: SmallTenant) => LoadRequest>;
  readonly check: (tenants: readonly SmallTenant[]) => Check;
}

/** Long enough for a first request of each tenant, which reads six rows and opens a key. */
const WARM_UP_SECONDS = 60;

/** A service with 10,000 tenants, beside one with ten. */
async function overBoth(world: World, { requestsOf, check }: TurnOfTenants): Promise<readonly Contender[]> {
  const over = async (name: string, subject: Subject, tenants: readonly SmallTenant[]) =>
    overHttp(world, {
      name,
      subject,
      plan: { requests: tenants.map(await requestsOf(subject)) },
      check: check(tenants),
      warmUp: WARM_UP,
      warmUpSeconds: WARM_UP_SECONDS,
    });
  return [
    await over('10,000 tenants', await world.server('idgraph-tenants'), await makeManyTenants(world)),
    await over('ten tenants', await world.server('idgraph-few-tenants'), await makeFewTenants(world)),
  ];
}

const SERVERS = ['idgraph-tenants', 'idgraph-few-tenants'] as const;

const tokenOfTenants: BenchRow = {
  key: 'tenants-token',
  title: 'client-credentials token, over all tenants in turn',
  servers: SERVERS,
  prepare: (world) =>
    overBoth(world, {
      requestsOf: async ({ clientSecret }) => {
        const grant = { grant_type: 'client_credentials', scope: 'user:read' };
        return ({ tenant, clientId }) => postForm({ clientId, clientSecret }, tokenPath(tenant), grant);
      },
      check: (tenants) =>
        checkJson('Not a token of the tenant', ({ access_token: token }, { request }) => {
          const payload = Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString();
          return payload.includes(`/t/${tenants[request]!.tenant}"`);
        }),
    }),
};

const userOfTenants: BenchRow = {
  key: 'tenants-user',
  title: 'a user of a realm by id, Admin API, over all tenants in turn',
  servers: SERVERS,
  prepare: (world) =>
    overBoth(world, {
      requestsOf: async (subject) => {
        const headers = { authorization: `Bearer ${await requestOwnToken(subject, USER_SCOPE)}` };
        return ({ tenant, userId }) => ({ method: 'GET', path: `/admin/realms/${tenant}/users/${userId}`, headers });
      },
      check: (tenants) => checkJson('Not the user', ({ id }, { request }) => id === tenants[request]!.userId),
    }),
};

const COUNTS = [MANY_TENANTS, FEW_TENANTS] as const;

/** Starts on a database that has so many tenants, made by a service that was stopped again. */
async function startsWith(world: World, count: number): Promise<Contender> {
  const name = `idgraph_bench_start_${count}`;
  const database = { name, url: await world.cluster.create(name) };
  const masterKey = newMasterKey();
  const first = await startIdgraph({ database, masterKey });
  await first.stop();
  await fillSmallTenants(world.cluster, name, masterKey, count);
  return { ...starts(world, { database, masterKey }), name: count === MANY_TENANTS ? '10,000 tenants' : 'ten tenants' };
}

const startWithTenants: BenchRow = {
  key: 'tenants-start',
  title: 'a start on PostgreSQL with many tenants, until the node is ready',
  unit: 'start',
  servers: [],
  mostRounds: MOST_STARTS,
  async prepare(world) {
    const contenders: Contender[] = [];
    for (const count of COUNTS) contenders.push(await startsWith(world, count));
    return contenders;
  },
};

/** Those that were made, and `master`. */
const LISTED = MANY_TENANTS + 1;
const LIST_SCOPE = 'tenant:read:all setting:read:all user:read:all';
/** Lists of megabytes are asked for one after another. */
const LIST_WARM_UP = 5;
const LIST_SECONDS = 5;

const listOfTenants: BenchRow = {
  key: 'tenants-list',
  title: 'the list of 10,000 tenants',
  servers: ['idgraph-tenants'],
  leastSeconds: LIST_SECONDS,
  mostRounds: 3,
  async prepare(world) {
    const subject = await world.server('idgraph-tenants');
    const tenants = await makeManyTenants(world);
    const last = `"${tenants.at(-1)!.tenant}"`;
    const headers = { authorization: `Bearer ${await requestOwnToken(subject, LIST_SCOPE)}` };
    const over = (name: string, path: string, check: Check): Contender =>
      overHttp(world, {
        name,
        subject,
        plan: { requests: [{ method: 'GET', path, headers }], connections: 1 },
        check,
        warmUp: LIST_WARM_UP,
        probes: 1,
      });
    return [
      over('KOBIL 46', '/realms/master/v4_realm', checkText('Not all tenants', [last, '"userCount":1,'])),
      over(
        'GET /admin/realms',
        '/admin/realms',
        checkList('Not all realms', LISTED, ({ realm }) => typeof realm === 'string'),
      ),
      over(
        'GET /admin/realms, brief',
        '/admin/realms?briefRepresentation=true',
        checkList('Not all realms', LISTED, ({ realm }) => typeof realm === 'string'),
      ),
    ];
  },
};

export const TENANT_ROWS = { tokenOfTenants, userOfTenants, startWithTenants, listOfTenants };
