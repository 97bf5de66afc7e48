import { sql } from 'kysely';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ENTITIES } from '../../../src/modules.ts';
import { Database, defineStatement, defineVersions, type ServerConnection } from '../../../src/persistence/index.ts';
import { findStatementName } from '../../../src/persistence/named-statements.ts';
import { openTestDatabase } from '../../support/database.ts';
import { createTestDatabase } from '../../support/postgres.ts';
import { TransactionPooler } from '../../support/transaction-pooler.ts';

const LEASES = defineStatement<{ holder: string }>('test-leases', 'select holder from leases where name = $1');
const PID = defineStatement<{ pid: number }>('test-pid', 'select pg_backend_pid() as pid');
const ALL = defineStatement<object>('test-changed-table', 'select * from test_changed where id = $1');

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Opened {
  readonly db: Database;
  readonly warnings: readonly string[];
}

async function open(url: string, poolMax = 1): Promise<Opened> {
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const db = await Database.open({ location: { kind: 'server', url, poolMax }, entities: ENTITIES, warn });
  cleanUps.push(() => db.close());
  return { db, warnings };
}

async function openDirectly(): Promise<Opened> {
  const { url, drop } = await createTestDatabase();
  cleanUps.push(drop);
  return open(url);
}

/** A database behind a pooler with some connections to the server, which carries no names from one to another. */
async function openPooled(size: number): Promise<Opened> {
  const { url, drop } = await createTestDatabase();
  cleanUps.push(drop);
  const pooled = new URL(url);
  const pooler = await TransactionPooler.open(Number(pooled.port), size);
  cleanUps.push(() => pooler.close());
  pooled.port = String(pooler.port);
  return open(pooled.href);
}

/** A connection outside the pool. */
async function connect({ db }: Opened): Promise<ServerConnection> {
  const connection = db.server!.connection('test');
  await connection.connect();
  await connection.ensureWritable();
  cleanUps.push(() => connection.leave());
  return connection;
}

/** The named statements of tests on the connection that the pool lends, and how often each was executed. */
async function preparedOn(db: Database): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string; uses: number }>`
    select name, (generic_plans + custom_plans)::integer as uses from pg_prepared_statements
    where name like 'test-%'`.execute(db.read());
  return Object.fromEntries(rows.map(({ name, uses }) => [name, uses]));
}

const pidOf = async (connection: ServerConnection): Promise<number> =>
  (await connection.run<{ pid: number }>(PID.text)).rows[0]!.pid;

describe('a named statement', () => {
  it('has its text in its name, so that two builds do not use one name for different statements', async () => {
    vi.resetModules();
    const other = (await import('../../../src/persistence/index.ts')).defineStatement('test-leases', 'select 1');
    expect(LEASES.name).toMatch(/^test-leases-[0-9a-f]{12}$/);
    expect(other.name).toMatch(/^test-leases-[0-9a-f]{12}$/);
    expect(other.name).not.toBe(LEASES.name);
  });

  it('is built from a template with columns', () => {
    const columns = sql.join([sql.ref('leases.name'), sql.ref('leases.holder').as('owner')]);
    const { text } = defineStatement('test-template', sql`select ${columns} from leases where name = $1`);
    expect(text).toBe('select "leases"."name", "leases"."holder" as "owner" from leases where name = $1');
  });

  it.each([
    ['a label that is taken', 'test-leases', 'select 2', 'Two statements'],
    ['a text that is taken', 'test-again', LEASES.text, 'another name'],
    ['a label with other characters', 'Test leases', 'select 3', 'cannot name'],
    ['a label that is too long for the server', 'a'.repeat(44), 'select 4', 'cannot name'],
    ['a template that holds a value', 'test-value', sql`select ${1}::integer`, 'holds a value'],
  ])('is refused with %s', (_, label, text, message) => {
    expect(() => defineStatement(label, text)).toThrow(message);
  });

  it('runs as any other on the embedded database', async () => {
    const db = await openTestDatabase();
    cleanUps.push(() => db.close());
    await sql`insert into leases (name, holder, expires_at) values ('a', 'me', now())`.execute(db.read());
    expect(await db.run(LEASES, ['a'])).toEqual([{ holder: 'me' }]);
    expect(await db.transaction(() => db.run(LEASES, ['a']))).toEqual([{ holder: 'me' }]);
  });
});

describe('a statement in versions of its columns', () => {
  const toList = (name: string) => ({ key: name, columns: sql.raw(`${name} as name`) });
  const find = defineVersions<object>(
    'test-versions',
    toList('all'),
    (columns) => sql`select ${columns} from leases where name = $1`,
  );

  it('has a name for the version of all columns before it is used', () => {
    expect(findStatementName('select all as name from leases where name = $1')).toMatch(/^test-versions-1-/);
  });

  it('names a version when it is used again, so that those which are used once take no name', () => {
    const once = Array.from({ length: 300 }, (_, at) => find(toList(`once${at}`)).text);
    expect(once.map(findStatementName)).toEqual(once.map(() => undefined));
    find(toList('again'));
    expect(findStatementName(find(toList('again')).text)).toMatch(/^test-versions-2-/);
  });

  it('names 32 versions beside the one of all columns, and gives the texts of others without names', () => {
    const findTwice = (name: string) => [find(toList(name)), find(toList(name))][1]!;
    const [first] = Array.from({ length: 31 }, (_, at) => findTwice(`c${at}`));
    const further = findTwice('further');
    expect(further.text).toBe('select further as name from leases where name = $1');
    expect(findStatementName(find(toList('c30')).text)).toMatch(/^test-versions-33-/);
    expect(findStatementName(further.text)).toBeUndefined();
    expect(find(toList('c0'))).toBe(first);
  });
});

describe('named statements on a server', () => {
  it('are prepared once on a connection, inside and outside of transactions; others are not', async () => {
    const { db } = await openDirectly();
    await sql`insert into leases (name, holder, expires_at) values ('a', 'me', now())`.execute(db.read());
    expect(await db.run(LEASES, ['a'])).toEqual([{ holder: 'me' }]);
    expect(await db.run(LEASES, ['b'])).toEqual([]);
    expect(await db.transaction(() => db.run(LEASES, ['a']))).toEqual([{ holder: 'me' }]);
    await sql`select holder from leases where name = ${'a'}::text`.execute(db.read());
    expect(await preparedOn(db)).toEqual({ [LEASES.name]: 3 });
  });

  it('are prepared again after a change of their table', async () => {
    const { db, warnings } = await openDirectly();
    const alter = (change: string) => sql.raw(`alter table test_changed ${change}`).execute(db.read());
    await sql`create table test_changed (id integer)`.execute(db.read());
    await sql`insert into test_changed values (1)`.execute(db.read());
    expect(await db.run(ALL, [1])).toEqual([{ id: 1 }]);
    await alter('add a text');
    expect(await db.run(ALL, [1])).toEqual([{ id: 1, a: null }]);
    expect(await db.run(ALL, [1])).toEqual([{ id: 1, a: null }]);
    await alter('add b text');
    const inTransaction = () => db.transaction(() => db.run(ALL, [1]));
    await expect(inTransaction()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await inTransaction()).toEqual([{ id: 1, a: null, b: null }]);
    expect(await preparedOn(db)).toEqual({ [ALL.name]: 1, [`${ALL.name}.1`]: 1, [`${ALL.name}.2`]: 1 });
    expect(warnings).toEqual([]);
  });

  it('end their transaction, and no other, when the server does not know them any more', async () => {
    const { db, warnings } = await openDirectly();
    const inTransaction = () => db.transaction(() => db.run(LEASES, ['a']));
    await inTransaction();
    await sql`deallocate all`.execute(db.read());
    await expect(inTransaction()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await inTransaction()).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  it('report their own errors', async () => {
    const { db } = await openDirectly();
    await expect(db.run(ALL, [1])).rejects.toMatchObject({ code: '42P01' });
    await sql`create table test_changed (id integer)`.execute(db.read());
    await expect(db.run(ALL, ['x'])).rejects.toMatchObject({ code: '22P02' });
    expect(await db.run(ALL, [1])).toEqual([]);
  });
});

describe('named statements behind a pooler in transaction mode', () => {
  it('keep their names outside of transactions while the pooler carries them', async () => {
    const { db, warnings } = await openPooled(1);
    await db.run(LEASES, ['a']);
    await db.transaction(() => db.run(PID, []));
    await db.run(LEASES, ['b']);
    expect(await preparedOn(db)).toEqual({ [LEASES.name]: 2 });
    expect(warnings).toEqual([]);
  });

  it('lose their names for the whole process when another client gave one to the shared connection', async () => {
    const opened = await openPooled(1);
    const { db, warnings } = opened;
    await db.run(PID, []);
    const other = await connect(opened);
    expect(await pidOf(other)).toEqual((await db.run(PID, []))[0]!.pid);
    expect(warnings).toEqual([expect.stringContaining('max_prepared_statements')]);
    await db.run(LEASES, ['a']);
    expect(await preparedOn(db)).not.toHaveProperty(LEASES.name);
  });

  it('succeed nevertheless when they come to a connection that does not know them', async () => {
    const opened = await openPooled(2);
    const connection = await connect(opened);
    const first = await pidOf(connection);
    const holder = opened.db.server!.connection('holder');
    await holder.connect();
    cleanUps.push(() => holder.leave());
    await holder.run('begin');
    expect(await pidOf(holder)).toBe(first);
    // The transaction holds the connection that knows the statement.
    expect(await pidOf(connection)).not.toBe(first);
    expect(opened.warnings).toHaveLength(1);
  });
});
