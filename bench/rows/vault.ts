import { checkJson } from '../checks.ts';
import { jsonHeaders, makeApiKey, readPeople, requestOwnToken } from '../fixtures.ts';
import { overHttp, WARM_UP } from '../http-contender.ts';
import type { InsertCommand } from '../insert-process.ts';
import { COUNTER } from '../load-protocol.ts';
import { inLoop } from '../loop-contender.ts';
import { recordStatements } from '../recorded-statements.ts';
import type { BenchRow, Contender } from '../row.ts';

/** A user of the tenant `demo` by id, with a key and with a token. */
const userByKey: BenchRow = {
  key: 'vault-user',
  title: 'a user by id, Secrets Vault, with an API key',
  servers: ['idgraph'],
  async prepare(world) {
    const people = await readPeople(world);
    const subject = await world.server('idgraph');
    const withCredential = (name: string, credential: string): Contender =>
      overHttp(world, {
        name,
        subject,
        plan: {
          requests: people.map(({ subject: id }) => ({
            method: 'GET' as const,
            path: `/api/users/demo/${id}`,
            headers: { authorization: `Bearer ${credential}` },
          })),
        },
        check: checkJson('Not the user', ({ user_id, username }, { request }) => {
          const person = people[request]!;
          return user_id === person.subject && username === person.username;
        }),
        warmUp: WARM_UP,
      });
    return [
      withCredential('idgraph', await makeApiKey(world)),
      withCredential('idgraph, access token', await requestOwnToken(subject, 'user:read:all')),
    ];
  },
};

const BATCH = 1000;
const BATCH_PATH = '/api/users/demo/batch';
/** Batches before the first round. */
const BATCH_WARM_UP = 20;
const BATCH_PROBES = 2;
const BATCH_SECONDS = 10;
/** Numbers of the recorded batch, which no counted one reaches. */
const FIRST_RECORDED = 90_000_000_000;

/** @param numberAt The number at a place of the body. */
function batchOf(numberAt: (place: number) => string): string {
  const users = Array.from({ length: BATCH }, (_, at) => ({
    user_id: `bench-${numberAt(3 * at)}`,
    username: `bench-${numberAt(3 * at + 1)}`,
    email: `bench-${numberAt(3 * at + 2)}@example.com`,
    tenant_id: 'demo',
  }));
  return JSON.stringify({ users });
}

/** A thousand users in one request, beside the inserts of it in one transaction. */
const usersInBatch: BenchRow = {
  key: 'vault-batch',
  title: '1,000 users made by one request, Secrets Vault',
  servers: ['idgraph'],
  leastSeconds: BATCH_SECONDS,
  async prepare(world) {
    const subject = await world.server('idgraph');
    const { database } = subject.backends!;
    const headers = jsonHeaders(await requestOwnToken(subject, 'user:create:all'));
    let next = FIRST_RECORDED;
    const create = async (): Promise<void> => {
      const first = next;
      next += 3 * BATCH;
      const body = batchOf((place) => String(first + place));
      const answer = await fetch(`${subject.url}${BATCH_PATH}`, { method: 'POST', headers, body });
      if (answer.status !== 200)
        throw new Error(`The batch was answered with ${answer.status}: ${await answer.text()}`);
    };
    const statements = await recordStatements(world, subject, create, /^insert into\b/i);
    const tenants = await world.cluster.run<{ id: string }>(database, 'select id from tenants');
    const command: InsertCommand = {
      url: world.cluster.urlOf(database),
      statements,
      kept: tenants.map(({ id }) => id),
    };
    return [
      overHttp(world, {
        name: 'idgraph',
        subject,
        plan: {
          requests: [{ method: 'POST', path: BATCH_PATH, headers, body: batchOf(() => COUNTER) }],
          connections: 1,
          isCounted: true,
        },
        check: checkJson(`Not ${BATCH} users`, ({ success_created_count: made }) => made === BATCH),
        warmUp: BATCH_WARM_UP,
        probes: BATCH_PROBES,
      }),
      inLoop(world, {
        name: 'the same inserts by pg',
        script: './insert-process.js',
        command,
        backends: { database, application: 'bench-sql' },
      }),
    ];
  },
};

export const VAULT_ROWS = { userByKey, usersInBatch };
