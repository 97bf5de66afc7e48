import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENTITIES } from '../../../src/modules.ts';
import { Database } from '../../../src/persistence/index.ts';
import { findStatementName } from '../../../src/persistence/named-statements.ts';
import { fillTenant } from '../../support/growth-data.ts';
import { GROWTH_READS, type GrownTenant, type GrowthRead } from '../../support/growth-reads.ts';
import { type Plan, type PlanKind, Planner, type SentStatement } from '../../support/plans.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

const SIZE = { users: 20_000, tenants: 2_000, events: 50_000, others: 500 };
/** Rows that a statement may read for each row that it returns. */
const READ_PER_ROW = 50;
/** A table with more rows is big. */
const BIG = 1_000;

const LOOKED_AT = /^(select|with|delete)/i;

describe('statements over 20,000 users, 2,000 tenants and 50,000 events', () => {
  let database: TestDatabase;
  let db: Database;
  let world: World;
  let planner: Planner;
  let grown: GrownTenant;
  let sent: SentStatement[] = [];
  let big: ReadonlySet<string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    db = await Database.open({
      location: { kind: 'server', url: database.url, poolMax: 4 },
      entities: ENTITIES,
      observe: (statement, parameters) => sent.push({ sql: statement, parameters }),
    });
    world = await World.open(db);
    const tenant = await world.tenant({ name: 'grown' });
    grown = { services: world.services, tenant, authority: world.system(tenant), now: world.clock.now() };
    await fillTenant(db, tenant.id, SIZE, world.clock.now());
    planner = await Planner.open(database.url);
    const { rows } = await sql<{ name: string }>`select relname as name from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples > ${BIG}`.execute(db.read());
    big = new Set(rows.map(({ name }) => name));
  }, 300_000);
  afterAll(async () => {
    await planner?.close();
    await world?.close();
    await database?.drop();
  });

  /** What is wrong with the plans of a read. A small table may be read whole, which is cheaper than an index. */
  async function faultsOf(read: GrowthRead, kind: PlanKind): Promise<string[]> {
    sent = [];
    await read.run(grown);
    const faults: string[] = [];
    for (const statement of sent.filter(({ sql: text }) => LOOKED_AT.test(text.trim()))) {
      const plan = await planner.explain(statement, kind);
      const scanned = plan.scanned.filter((table) => big.has(table));
      const rows = rowsOfBig(plan);
      if (scanned.length > 0 && rows > (read.mayRead?.rows ?? 0))
        faults.push(`${read.name}: scans ${scanned.join()} (${plan.shape})`);
      if (rows > Math.max(READ_PER_ROW * Math.max(plan.returned, 1), read.mayRead?.rows ?? 0))
        faults.push(`${read.name}: reads ${rows} rows and returns ${plan.returned} (${plan.shape})`);
    }
    return faults;
  }
  const rowsOfBig = ({ read }: Plan): number =>
    [...read].reduce((sum, [table, rows]) => sum + (big.has(table) ? rows : 0), 0);

  it('have no name, and so no generic plan, where they have to be planned for their parameters', async () => {
    sent = [];
    for (const read of GROWTH_READS.filter(({ isPlannedAnew }) => isPlannedAnew)) await read.run(grown);
    expect(sent.filter(({ sql: text }) => findStatementName(text) !== undefined)).toEqual([]);
    expect(sent.length).toBeGreaterThan(0);
  });

  for (const kind of ['custom', 'generic'] as const) {
    it(`read what they return and little more, with ${kind} plans`, async () => {
      const faults: string[] = [];
      const reads = GROWTH_READS.filter(({ isPlannedAnew }) => kind === 'custom' || isPlannedAnew !== true);
      for (const read of reads) faults.push(...(await faultsOf(read, kind)));
      expect(faults).toEqual([]);
    }, 240_000);
  }
});
