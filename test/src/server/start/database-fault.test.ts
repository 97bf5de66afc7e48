import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StartRefused } from '../../../../src/server/environment/start-refused.ts';
import { describeDatabaseFault } from '../../../../src/server/start/database-fault.ts';
import { openDatabase } from '../../../../src/server/start/open-database.ts';
import { administer, databaseUrl } from '../../../support/postgres-broker.ts';
import { PostgresCluster } from '../../../support/postgres-cluster.ts';

const URL_OF = 'postgres://id:hunter2@db.example:5433/idgraph';
const describeFault = (error: unknown) => describeDatabaseFault(error, URL_OF);
const withCode = (code: string, message = 'said the server') => Object.assign(new Error(message), { code });

describe('a database that cannot be opened', () => {
  it.each([
    ['28P01', 'DATABASE_URL holds a user name or a password that the database refuses.'],
    ['28000', 'The database refuses the user of DATABASE_URL: said the server.'],
    ['3D000', 'DATABASE_URL names a database that does not exist on its server.'],
    ['42501', 'The user of DATABASE_URL lacks a right that the start needs: said the server.'],
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'DATABASE_URL asks for an encrypted connection that cannot be made: said the server.',
    ],
  ])('with %s is a fault of the configuration, in one sentence', (code, message) => {
    expect(describeFault(withCode(code))).toEqual({ message, isConfiguration: true, isWorthWaiting: false });
  });

  it.each(['ECONNREFUSED', 'ETIMEDOUT', 'EAI_AGAIN', '57P03', '53300', '25006'])(
    'with %s may become available',
    (code) => {
      expect(describeFault(withCode(code))).toMatchObject({ isConfiguration: false, isWorthWaiting: true });
    },
  );

  it('is named with host and port, never with its password', () => {
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', '28P01', '57P03'])
      expect(describeFault(withCode(code))!.message).not.toContain('hunter2');
    expect(describeFault(withCode('ECONNREFUSED'))!.message).toContain('port 5433 of "db.example"');
    expect(describeFault(withCode('ENOTFOUND'))).toMatchObject({
      message: 'DATABASE_URL names the host "db.example", which cannot be resolved.',
      isConfiguration: true,
      isWorthWaiting: true,
    });
  });

  it('is found in the causes of an error; any other error is no database fault', () => {
    const wrapped = new Error('outer', { cause: new AggregateError([withCode('ECONNREFUSED')]) });
    expect(describeFault(wrapped)?.message).toContain('ECONNREFUSED');
    expect(
      describeFault(new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'))?.message,
    ).toBe('DATABASE_URL holds no password, and the database asks for one.');
    expect(describeFault(new TypeError('a mistake of ours'))).toBeNull();
  });
});

describe('the start on a server that is not usable', { timeout: 90_000 }, () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await PostgresCluster.create();
    await administer(cluster.url(), `create database latin encoding 'LATIN1' template template0`);
    await administer(cluster.url(), 'create role stranger login');
  }, 90_000);
  afterAll(() => cluster.destroy());

  /** The error of the start, and the warnings while it waits. */
  async function open(url: string, patienceMs = 0): Promise<{ error: unknown; said: string[] }> {
    const said: string[] = [];
    const logger = { warn: (line: unknown) => void said.push(String(line)) };
    const opening = openDatabase({ kind: 'server', url, poolMax: 1 }, logger as never, { patienceMs });
    const error = await opening.then(
      (db) => db.close(),
      (reason: unknown) => reason,
    );
    return { error, said };
  }

  it('refuses a database that is not UTF8, before it writes anything', async () => {
    const url = databaseUrl(cluster.url(), 'latin');
    const { error } = await open(url);
    expect(error).toBeInstanceOf(StartRefused);
    expect((error as Error).message).toMatch(
      /^The database of DATABASE_URL has the encoding LATIN1, which cannot store all names and attributes: create one/,
    );
    const tables = `do $$ begin if exists (select from pg_tables where schemaname = 'public') then raise 'written'; end if; end $$`;
    await administer(url, tables);
  });

  it('refuses a database that does not exist, and a user without rights, at once', async () => {
    for (const [url, message] of [
      [databaseUrl(cluster.url(), 'missing'), /^DATABASE_URL names a database that does not exist/],
      [cluster.url().replace('postgres@', 'stranger@'), /^The user of DATABASE_URL lacks a right .*permission denied/],
    ] as const) {
      const { error, said } = await open(url, 60_000);
      expect(error).toMatchObject({ name: 'StartRefused', exitCode: 78, message: expect.stringMatching(message) });
      expect(said).toEqual([]);
    }
  });

  it('waits for a server that does not answer, logs it once, and ends with a status for which a restart may help', async () => {
    const { error, said } = await open('postgres://id:hunter2@127.0.0.1:1/idgraph', 1_500);
    expect(said).toEqual([
      'DATABASE_URL leads to port 1 of "127.0.0.1", where no database answers (ECONNREFUSED). Waiting for it, up to 1.5 s.',
    ]);
    expect(error).toMatchObject({ name: 'StartRefused', exitCode: 1 });
  });

  it('waits for an unknown host, and then reports a configuration fault', async () => {
    const { error } = await open('postgres://id@nowhere.invalid/idgraph');
    // Without a name service the error is EAI_AGAIN, whatever the name.
    expect((error as Error).message).toBe('DATABASE_URL names the host "nowhere.invalid", which cannot be resolved.');
  });
});
