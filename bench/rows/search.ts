import { checkList } from '../checks.ts';
import { requestOwnToken } from '../fixtures.ts';
import { overHttp } from '../http-contender.ts';
import { inLoop } from '../loop-contender.ts';
import type { BenchRow } from '../row.ts';
import type { Subject } from '../servers.ts';
import type { LoopStatement, SqlCommand } from '../sql-process.ts';
import { LOGGING, type LoggedStatement, NO_LOGGING } from '../statement-log.ts';
import type { World } from '../world.ts';
import { USER_SCOPE } from './realm.ts';

const PAGE = 20;
/** Texts inside names and addresses of some hundred users each. */
const TEXTS = ['1234', '2718', '3141', '4321', '1618', '2236', '3987', '4096'];
/** PostgreSQL has one processor, so more requests at once would only wait for it. */
const CONNECTIONS = 2;
const WARM_UP = 400;

const pathOf = (text: string): string =>
  `/admin/realms/grown/users?search=${encodeURIComponent(`*${text}*`)}&max=${PAGE}`;

/** How long the log may be behind the answer, in milliseconds. */
const LOG_PATIENCE_MS = 300;
/** The statements of a request, and not those that a node runs by itself. */
const OF_REQUEST = /^(with chosen|select)\b[\s\S]*\b(users|credentials)\b/;

/** The statements that a request runs when caches are warm. */
async function recordStatements(
  { cluster, log }: World,
  { url, backends }: Subject,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly LoggedStatement[]> {
  const ask = async (): Promise<void> => {
    await (await fetch(`${url}${path}`, { headers })).arrayBuffer();
  };
  await ask();
  await cluster.configure(LOGGING);
  log.clear();
  await ask();
  await new Promise((resolve) => setTimeout(resolve, LOG_PATIENCE_MS));
  await cluster.configure(NO_LOGGING);
  const statements = log
    .read()
    .filter(
      ({ application, database, sql }) =>
        application === 'idgraph' && database === backends!.database && OF_REQUEST.test(sql),
    );
  if (statements.length === 0)
    throw new Error('The log of PostgreSQL is needed, so that no BENCH_DATABASE_URL may be set.');
  return statements;
}

/** The text that a literal of SQL means. */
const textOf = (literal: string): string | null =>
  literal === 'NULL' ? null : literal.slice(1, -1).replaceAll("''", "'");

const toLoop = ({ name, sql, parameters }: LoggedStatement): LoopStatement => ({
  name,
  sql,
  parameters: parameters.map(textOf),
});

/** A page of users who have a text inside a name or the address, beside its statements alone. */
const usersInfix: BenchRow = {
  key: 'users-infix',
  title: `${PAGE} of 1,000,000 users with a text inside a name or the address, Admin API`,
  servers: ['idgraph-grown'],
  async prepare(world) {
    const subject = await world.server('idgraph-grown');
    const { database } = subject.backends!;
    const headers = { authorization: `Bearer ${await requestOwnToken(subject, USER_SCOPE)}` };
    const paths = TEXTS.map(pathOf);
    const requests: LoopStatement[][] = [];
    for (const path of paths) requests.push((await recordStatements(world, subject, path, headers)).map(toLoop));
    const command: SqlCommand = { url: world.cluster.urlOf(database), requests, atOnce: CONNECTIONS };
    return [
      overHttp(world, {
        name: 'idgraph',
        subject,
        plan: {
          requests: paths.map((path) => ({ method: 'GET' as const, path, headers })),
          connections: CONNECTIONS,
        },
        check: checkList(
          `Not ${PAGE} users with the text`,
          PAGE,
          ({ username, email, firstName, lastName }, { request }) =>
            [username, email, firstName, lastName].some((value) => String(value).includes(TEXTS[request]!)),
        ),
        warmUp: WARM_UP,
      }),
      inLoop(world, {
        name: 'the same SQL by pg alone',
        script: './sql-process.js',
        command,
        backends: { database, application: 'bench-sql' },
      }),
    ];
  },
};

export const SEARCH_ROWS = { usersInfix };
