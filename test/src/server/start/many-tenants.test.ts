import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { Database } from '../../../../src/persistence/index.ts';
import { parseConfig } from '../../../../src/server/environment/config.ts';
import { createLogger } from '../../../../src/server/environment/logger.ts';
import { startNode } from '../../../../src/server/start/node.ts';

/** Statements that loops of the service repeat as long as it runs, so that a slower start has more of them. */
const REPEATED = /event_|leases|^(begin|commit|rollback|start transaction|set )/i;

let folder: string;
let db: Database | null = null;
let statements: string[] = [];
const open = Database.open.bind(Database);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idgraph-start-'));
  vi.spyOn(Database, 'open').mockImplementation(async (options) => {
    db = await open({ ...options, observe: (statement) => statements.push(statement) });
    return db;
  });
});
afterEach(() => {
  statements = [];
});
afterAll(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

const start = () => startNode(parseConfig({ PORT: '0', DRAIN_SECONDS: '0', DATA_DIR: folder }), createLogger('silent'));

/** Makes the tenants `t0` to `t<count - 1>`, each with settings, a user and a client. @returns How many tenants there are. */
async function fill(count: number): Promise<number> {
  for (const statement of [
    sql`insert into tenants (id, name, route, template, settings, created_at, updated_at)
      select gen_random_uuid(), 't' || n, 'r' || n, 'realm', '{"registration": true}', now(), now()
      from generate_series(0, ${count - 1}::int) n on conflict do nothing`,
    sql`insert into users (tenant_id, id, username, created_at, updated_at)
      select id, 'user-' || name, 'ada', now(), now() from tenants where name like 't%' on conflict do nothing`,
    sql`insert into clients (tenant_id, id, client_id, name, created_at, updated_at)
      select id, gen_random_uuid(), 'app', 'App', now(), now() from tenants where name like 't%' on conflict do nothing`,
  ])
    await statement.execute(db!.read());
  const { rows } = await sql<{ count: string }>`select count(*) from tenants`.execute(db!.read());
  return Number(rows[0]!.count);
}

/** Starts with what is in the folder, and makes tenants for the next start. @returns What the start asked the database, sorted. */
async function statementsOfStart(next: number): Promise<string[]> {
  statements = [];
  const node = await start();
  const asked = statements.filter((statement) => !REPEATED.test(statement)).sort();
  // With `master`.
  expect(await fill(next)).toBe(next + 1);
  await node.stop();
  return asked;
}

it('A start asks the database the same with 10 and with 300 tenants', { timeout: 120_000 }, async () => {
  await statementsOfStart(10);
  const few = await statementsOfStart(300);
  expect(few).not.toEqual([]);
  expect(await statementsOfStart(300)).toEqual(few);
});
