import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/server/environment/config.ts';
import { createLogger } from '../../../src/server/environment/logger.ts';
import { type RunningNode, startNode } from '../../../src/server/start/node.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const SECRET = 'x'.repeat(32);
const AUTHORIZATION = `Basic ${Buffer.from(`bootstrap:${SECRET}`).toString('base64')}`;

let database: TestDatabase;
let node: RunningNode;
let other: pg.Client;
let token: string;

beforeAll(async () => {
  database = await createTestDatabase();
  node = await startNode(
    parseConfig({
      PORT: '0',
      DRAIN_SECONDS: '0',
      DATABASE_URL: database.url,
      DATABASE_POOL_MAX: '2',
      DATABASE_LOCK_TIMEOUT_SECONDS: '1',
      DATABASE_STATEMENT_TIMEOUT_SECONDS: '1',
      DATABASE_QUERY_TIMEOUT_SECONDS: '2',
      DATA_DIR: 'memory://',
      MASTER_KEY: 'ab'.repeat(32),
      BOOTSTRAP_ADMIN_PASSWORD: 'a phrase nobody guesses',
      BOOTSTRAP_CLIENT_SECRET: SECRET,
    }),
    createLogger('silent'),
  );
  other = new pg.Client({ connectionString: database.url });
  await other.connect();
  token = ((await (await requestToken()).json()) as { access_token: string }).access_token;
});
afterAll(async () => {
  await other.end();
  await node.stop();
  await database.drop();
});

function requestToken(): Promise<Response> {
  return fetch(`${node.localUrl}/t/master/oauth/token`, {
    method: 'POST',
    headers: { authorization: AUTHORIZATION },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
}

function createUser(username: string): Promise<Response> {
  return fetch(`${node.localUrl}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($username: String!) { createUser(input: { username: $username }) { user { subject } } }',
      variables: { username },
    }),
  });
}

/** The same change over the Blitz dialect. */
async function changeOverBlitz(subject: string): Promise<Response> {
  return fetch(`${node.localUrl}/blitz/api/v3/users/${subject}/auth`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{"needPasswordChange":true}',
  });
}

async function subjectOf(response: Response): Promise<string> {
  const body = (await response.json()) as { data: { createUser: { user: { subject: string } } } };
  return body.data.createUser.user.subject;
}

/** Runs work while another client holds a lock. */
async function whileLocked<T>(table: string, work: () => Promise<T>): Promise<T> {
  await other.query(`begin; lock table ${table} in share mode`);
  try {
    return await work();
  } finally {
    await other.query('rollback');
  }
}

/** Runs work while every new user also executes this statement. */
async function withTrigger<T>(statement: string, work: () => Promise<T>): Promise<T> {
  await other.query(`create function overload() returns trigger language plpgsql as $$ begin ${statement}; return new; end $$;
    create trigger overload before insert on users for each row execute function overload()`);
  try {
    return await work();
  } finally {
    await other.query('drop trigger overload on users; drop function overload');
  }
}

const REFUSAL = { status: 503, retryAfter: '1' };
const refusalOf = async (response: Response) => ({
  status: response.status,
  retryAfter: response.headers.get('retry-after'),
});

describe('an overloaded database', () => {
  it('is answered with 503 and Retry-After when a lock is not free in time, in the graph and in dialects', async () => {
    const subject = await subjectOf(await createUser('ada'));
    await whileLocked('users', async () => {
      expect(await refusalOf(await createUser('grace'))).toEqual(REFUSAL);
      expect(await refusalOf(await changeOverBlitz(subject))).toEqual(REFUSAL);
    });
    expect((await createUser('grace')).status).toBe(200);
  });

  it('is answered so for a token whose event cannot be written in time', async () => {
    await whileLocked('event_arrivals', async () => expect(await refusalOf(await requestToken())).toEqual(REFUSAL));
    await expect.poll(async () => (await requestToken()).status, { timeout: 10_000 }).toBe(200);
  });

  it('is answered so when a statement takes too long', async () => {
    await withTrigger('perform pg_sleep(30)', async () => {
      expect(await refusalOf(await createUser('mary'))).toEqual(REFUSAL);
    });
    expect((await createUser('mary')).status).toBe(200);
  });

  it.each(['53100', '53200', '53400'])('is answered so when resources are exhausted: SQLSTATE %s', async (code) => {
    await withTrigger(`raise exception 'disk full' using errcode = '${code}'`, async () => {
      expect(await refusalOf(await createUser(`user-${code}`))).toEqual(REFUSAL);
    });
    expect((await createUser(`user-${code}`)).status).toBe(200);
  });
});
