import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainStatement, findSlowest, STATEMENT_LOG_FLAGS, StatementLog } from '../../bench/statement-log.ts';
import { PostgresCluster } from '../support/postgres-cluster.ts';

const noted = (...lines: string[]): StatementLog => {
  const log = new StatementLog();
  log.note(`${lines.join('\n')}\n`);
  return log;
};

describe('log of statements', () => {
  it('reads time, name, text and parameters of what was executed', () => {
    const log = noted(
      '7|idgraph|db|LOG:  duration: 0.2 ms  parse <unnamed>: select $1',
      '7|idgraph|db|LOG:  duration: 0.1 ms  bind <unnamed>: select $1',
      "7|idgraph|db|DETAIL:  Parameters: $1 = 'of bind'",
      '7|idgraph|db|LOG:  duration: 1.5 ms  execute <unnamed>: select $1,',
      '\t  $2',
      "7|idgraph|db|DETAIL:  Parameters: $1 = 'it''s, $2 = ''b''', $2 = NULL",
      '7|idgraph|db|LOG:  duration: 0.5 ms  execute users-by-id: select 1',
    );
    const common = { application: 'idgraph', database: 'db' };
    expect(log.read()).toEqual([
      {
        ...common,
        milliseconds: 1.5,
        name: null,
        sql: 'select $1,\n  $2',
        parameters: ["'it''s, $2 = ''b'''", 'NULL'],
      },
      { ...common, milliseconds: 0.5, name: 'users-by-id', sql: 'select 1', parameters: [] },
    ]);
    expect(findSlowest(log.read())!.milliseconds).toBe(1.5);
  });

  it('gives each backend its own parameters when several write at once', () => {
    const log = noted(
      '7|idgraph|db|LOG:  duration: 1 ms  execute a: select $1',
      '8|other|db|LOG:  duration: 2 ms  execute b: select $1',
      "7|idgraph|db|DETAIL:  Parameters: $1 = 'seven'",
      "8|other|db|DETAIL:  Parameters: $1 = 'eight'",
      '8|other|db|LOG:  duration: 2 ms  bind c: select $1',
      "8|other|db|DETAIL:  Parameters: $1 = 'of bind'",
    );
    expect(log.read().map(({ parameters }) => parameters)).toEqual([["'seven'"], ["'eight'"]]);
  });

  it('finds nothing in an empty log', () => {
    expect(findSlowest(new StatementLog().read())).toBeUndefined();
  });
});

describe('a logged statement', () => {
  const log = new StatementLog();
  let cluster: PostgresCluster;
  let client: pg.Client;

  beforeAll(async () => {
    cluster = await PostgresCluster.create({ flags: STATEMENT_LOG_FLAGS, onLog: (text) => log.note(text) });
    client = new pg.Client({ connectionString: cluster.url(), application_name: 'asked' });
    await client.connect();
  }, 120_000);
  afterAll(async () => {
    await client?.end();
    await cluster?.destroy();
  });

  it('is run again with its parameters to see its plan', async () => {
    await client.query('set log_min_duration_statement = 0');
    await client.query('select relname from pg_class\n where relname = $1 and \'{a,"b c"}\' = $2::text[]', [
      "it's",
      ['a', 'b c'],
    ]);
    await client.query('set log_min_duration_statement = -1');
    const find = () => log.read().find(({ application }) => application === 'asked');
    await expect.poll(find).toMatchObject({ database: 'postgres', parameters: ["'it''s'", '\'{a,"b c"}\''] });
    const plan = await explainStatement(client, find()!);
    expect(plan).toMatch(/Index .*Scan using pg_class_relname_nsp_index on pg_class .*actual/);
    expect(plan).toContain("'it''s'");
  });
});
