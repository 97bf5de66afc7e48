import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ENTITIES } from '../../../src/modules.ts';
import { Database, type TimeLimits, withServerLock, withTimeLimits } from '../../../src/persistence/index.ts';
import { Forwarder } from '../../support/forwarder.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { PostgresCluster } from '../../support/postgres-cluster.ts';

const LIMITS: TimeLimits = { connectMs: 600, lockMs: 200, statementMs: 400, queryMs: 800, keepAliveMs: 10_000 };
/** What several of these limits one after the other may take, on a busy machine. */
const BOUND_MS = 5_000;
const UNAVAILABLE = { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 };

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function open(url: string, poolMax = 2, limits: Partial<TimeLimits> = LIMITS): Promise<Database> {
  const db = await Database.open({ location: { kind: 'server', url, poolMax, limits }, entities: ENTITIES });
  cleanUps.push(() => db.close());
  return db;
}

/** The database behind a forwarder. */
async function openForwarded(): Promise<{ db: Database; forwarder: Forwarder }> {
  const url = new URL(database.url);
  const forwarder = await Forwarder.open(Number(url.port));
  cleanUps.push(() => forwarder.close());
  url.port = String(forwarder.port);
  return { db: await open(url.href), forwarder };
}

const backend = async (db: Database): Promise<number> =>
  (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db.read())).rows[0]!.pid;

const setting = async (db: Database, name: string): Promise<string> =>
  (await sql<{ value: string }>`select current_setting(${name}) as value`.execute(db.read())).rows[0]!.value;

/** Another client of the same database. */
async function stranger(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  cleanUps.push(() => client.end());
  return client;
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

describe('a network that silently loses packets', () => {
  it('costs a bounded wait, and no connection that it silenced is used again', async () => {
    const { db, forwarder } = await openForwarded();
    await Promise.all([backend(db), backend(db)]);
    forwarder.lose();
    const took = await elapsed(async () => {
      const waiting = [backend(db), db.transaction(() => backend(db)), backend(db)];
      for (const each of await Promise.allSettled(waiting))
        expect(each).toMatchObject({ status: 'rejected', reason: UNAVAILABLE });
      expect(await db.ping()).toBe(false);
    });
    expect(took).toBeLessThan(BOUND_MS);
    forwarder.heal();
    await Promise.all([backend(db), backend(db), db.transaction(() => backend(db))]);
    expect(await db.ping()).toBe(true);
  });

  it('does not hold up the end', async () => {
    const { db, forwarder } = await openForwarded();
    const lost = Promise.withResolvers<void>();
    const underWay = db.transaction(async () => {
      await backend(db);
      forwarder.lose();
      lost.resolve();
      // Longer than anything else here, so that only the end can be what ends it.
      await withTimeLimits({ queryMs: 60_000 }, () => backend(db));
    });
    const rejected = expect(underWay).rejects.toMatchObject(UNAVAILABLE);
    await lost.promise;
    expect(await elapsed(() => db.close())).toBeLessThan(BOUND_MS);
    await rejected;
  });
});

describe('a database server that is frozen', () => {
  it('costs a bounded wait, and serves again when it goes on', async () => {
    const cluster = await PostgresCluster.create();
    cleanUps.push(() => cluster.destroy());
    const db = await open(cluster.url());
    await Promise.all([backend(db), backend(db)]);
    await cluster.freeze();
    const took = await elapsed(async () => {
      const waiting = [backend(db), db.transaction(() => backend(db)), backend(db)];
      for (const each of await Promise.allSettled(waiting))
        expect(each).toMatchObject({ status: 'rejected', reason: UNAVAILABLE });
      expect(await db.ping()).toBe(false);
    });
    expect(took).toBeLessThan(BOUND_MS);
    await cluster.thaw();
    await expect.poll(() => db.ping(), { timeout: 10_000 }).toBe(true);
    await db.transaction(() => backend(db));
  });
});

describe('a statement that takes too long', () => {
  it('is ended by the server inside a transaction, whose connection is used again', async () => {
    const db = await open(database.url, 1);
    const before = await backend(db);
    await expect(db.transaction(() => sql`select pg_sleep(30)`.execute(db.read()))).rejects.toMatchObject(UNAVAILABLE);
    expect(await backend(db)).toBe(before);
  });

  it('is given up and cancelled outside one', async () => {
    const db = await open(database.url, 1);
    const other = await stranger();
    const running = async () =>
      (
        await other.query<{ count: number }>(
          `select count(*)::integer as count from pg_stat_activity
          where datname = current_database() and state = 'active' and query like '%pg_sleep(31)%' and pid <> pg_backend_pid()`,
        )
      ).rows[0]!.count;
    const sleeping = sql`select pg_sleep(31)`.execute(db.read());
    const rejected = expect(sleeping).rejects.toMatchObject(UNAVAILABLE);
    await expect.poll(running).toBe(1);
    await rejected;
    await expect.poll(running).toBe(0);
    await backend(db);
  });

  it('may take longer where the work says so', async () => {
    const db = await open(database.url, 1);
    await withTimeLimits({ statementMs: 20_000, queryMs: 20_000 }, () =>
      db.transaction(() => sql`select pg_sleep(1)`.execute(db.read())),
    );
  });

  it('waits for a lock a bounded time', async () => {
    const db = await open(database.url, 1);
    const other = await stranger();
    await other.query('begin; lock table users in access exclusive mode');
    const waiting = db.transaction(() => sql`select from users for update`.execute(db.read()));
    await expect(waiting).rejects.toMatchObject({ ...UNAVAILABLE, cause: expect.objectContaining({ code: '55P03' }) });
    await other.query('rollback');
  });
});

describe('time limits', () => {
  it('belong to a transaction, and leave nothing behind in a session that a pooler shares', async () => {
    const db = await open(database.url, 1);
    const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    const settings = () => Promise.all(names.map((name) => setting(db, name)));
    const before = await backend(db);
    expect(await db.transaction(settings)).toEqual(['400ms', '200ms', '800ms']);
    await expect(
      db.transaction(async () => {
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    for (const name of names) expect(await setting(db, name)).toBe('0');
    expect(await backend(db)).toBe(before);
  });
});

describe('a server without resources', () => {
  it.each(['53100', '53200', '53300', '53400'])(
    'is reported as unavailable, not as an internal fault: SQLSTATE %s',
    async (code) => {
      const db = await open(database.url, 1);
      const raise = sql.raw(`do $$ begin raise exception 'disk full' using errcode = '${code}'; end $$`);
      await expect(db.transaction(() => raise.execute(db.read()))).rejects.toMatchObject(UNAVAILABLE);
      await expect(raise.execute(db.read())).rejects.toMatchObject(UNAVAILABLE);
    },
  );
});

describe('a server that takes no writes any more', () => {
  it('loses the connections of the pool, those that only read included', async () => {
    const cluster = await PostgresCluster.create();
    cleanUps.push(() => cluster.destroy());
    const db = await open(cluster.url());
    const [first, second] = await Promise.all([backend(db), backend(db)]);
    const other = new pg.Client({ connectionString: cluster.url() });
    await other.connect();
    cleanUps.push(() => other.end());
    await other.query('alter system set default_transaction_read_only = on');
    await other.query('select pg_reload_conf()');
    await expect.poll(() => db.ping(), { timeout: 10_000 }).toBe(false);
    await expect(backend(db)).rejects.toMatchObject(UNAVAILABLE);
    await other.query('set default_transaction_read_only = off');
    await other.query('alter system reset default_transaction_read_only');
    await other.query('select pg_reload_conf()');
    await expect.poll(() => db.ping(), { timeout: 10_000 }).toBe(true);
    const after = await Promise.all([backend(db), backend(db)]);
    for (const pid of after) expect([first, second]).not.toContain(pid);
  });
});

describe('a lock that nodes take turns by', () => {
  it('is waited for and kept beyond the limits that the role has for statements and idle transactions', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c statement_timeout=100 -c idle_in_transaction_session_timeout=100');
    const { server } = await open(url.href);
    const take = (work: () => Promise<string>) => withServerLock(server!, 'test', 4_711, work);
    const first = Promise.withResolvers<void>();
    const lasting = take(async () => {
      first.resolve();
      await new Promise((resolve) => setTimeout(resolve, 400));
      return 'first';
    });
    await first.promise;
    expect(await Promise.all([lasting, take(async () => 'second')])).toEqual(['first', 'second']);
  });
});
