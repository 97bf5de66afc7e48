import { type Check, checkJson, checkList } from '../checks.ts';
import { requestOwnToken } from '../fixtures.ts';
import { overHttp } from '../http-contender.ts';
import { inLoop } from '../loop-contender.ts';
import { recordStatements } from '../recorded-statements.ts';
import type { BenchRow, Contender } from '../row.ts';
import type { LoopStatement, SqlCommand } from '../sql-process.ts';
import type { World } from '../world.ts';
import { USER_SCOPE } from './realm.ts';

const PAGE = 20;
const VAULT_PAGE = 100;
/** Texts inside names and addresses of some hundred users each. */
const TEXTS = ['1234', '2718', '3141', '4321', '1618', '2236', '3987', '4096'];
/** PostgreSQL has one processor, so more requests at once would only wait for it. */
const CONNECTIONS = 2;
const WARM_UP = 400;
/** The statements of a request, and not those that a node runs by itself. */
const OF_REQUEST = /^(with chosen|select)\b[\s\S]*\b(users|credentials)\b/;

/** Requests for users of a large tenant, one for each text, beside their statements alone. */
async function besideStatements(
  world: World,
  {
    pathOf,
    scope,
    check,
  }: { readonly pathOf: (text: string) => string; readonly scope: string; readonly check: Check },
): Promise<readonly Contender[]> {
  const subject = await world.server('idgraph-grown');
  const { database } = subject.backends!;
  const headers = { authorization: `Bearer ${await requestOwnToken(subject, scope)}` };
  const paths = TEXTS.map(pathOf);
  const ask = (path: string) => async (): Promise<void> => {
    await (await fetch(`${subject.url}${path}`, { headers })).arrayBuffer();
  };
  const requests: (readonly LoopStatement[])[] = [];
  for (const path of paths) requests.push(await recordStatements(world, subject, ask(path), OF_REQUEST));
  const command: SqlCommand = { url: world.cluster.urlOf(database), requests, atOnce: CONNECTIONS };
  return [
    overHttp(world, {
      name: 'idgraph',
      subject,
      plan: {
        requests: paths.map((path) => ({ method: 'GET' as const, path, headers })),
        connections: CONNECTIONS,
      },
      check,
      warmUp: WARM_UP,
    }),
    inLoop(world, {
      name: 'the same SQL by pg alone',
      script: './sql-process.js',
      command,
      backends: { database, application: 'bench-sql' },
    }),
  ];
}

/** A page of users who have a text inside a name or the address. */
const usersInfix: BenchRow = {
  key: 'users-infix',
  title: `${PAGE} of 1,000,000 users with a text inside a name or the address, Admin API`,
  servers: ['idgraph-grown'],
  prepare: (world) =>
    besideStatements(world, {
      pathOf: (text) => `/admin/realms/grown/users?search=${encodeURIComponent(`*${text}*`)}&max=${PAGE}`,
      scope: USER_SCOPE,
      check: checkList(
        `Not ${PAGE} users with the text`,
        PAGE,
        ({ username, email, firstName, lastName }, { request }) =>
          [username, email, firstName, lastName].some((value) => String(value).includes(TEXTS[request]!)),
      ),
    }),
};

/** A page of users who have a text inside the username. */
const vaultUsers: BenchRow = {
  key: 'vault-users',
  title: `${VAULT_PAGE} of 1,000,000 users with a text inside the username, Secrets Vault`,
  servers: ['idgraph-grown'],
  prepare: (world) =>
    besideStatements(world, {
      pathOf: (text) => `/api/users/grown?username=${text}&limit=${VAULT_PAGE}`,
      scope: 'user:read:all',
      check: checkJson(`Not ${VAULT_PAGE} users with the text`, ({ data }, { request }) => {
        const users = data as readonly { readonly username: string }[];
        return users.length === VAULT_PAGE && users.every(({ username }) => username.includes(TEXTS[request]!));
      }),
    }),
};

export const SEARCH_ROWS = { usersInfix, vaultUsers };
