import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogMaintenance } from '../../../../src/events/upkeep/maintenance.ts';
import type { Database } from '../../../../src/persistence/index.ts';
import { TestClock } from '../../../support/clock.ts';
import { listPartitions, listValues, seedEvents } from '../../../support/event-rows.ts';
import { newTenant } from '../../../support/events.ts';
import { ENGINES } from '../../../support/postgres.ts';

describe.each(ENGINES)('maintenance of the event log on $name', ({ open }) => {
  let db: Database;
  let clock: TestClock;
  let maintenance: LogMaintenance;
  beforeEach(async () => {
    db = await open();
    clock = new TestClock('2026-11-22T12:00:00Z');
    maintenance = new LogMaintenance(db, clock);
  });
  afterEach(() => db.close());

  const seed = (tenantId: string, moments: readonly string[]) => seedEvents(db, tenantId, moments);
  const list = (query: string) => listValues(db, query);
  const partitions = () => listPartitions(db);
  const months = () =>
    list(`select tableoid::regclass::text || ' ' || to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD') as value
    from security_events order by id`);

  it('makes the partitions of this month and the next two, each once, across the turn of the year', async () => {
    await maintenance.createPartitions();
    await maintenance.createPartitions();
    const made = ['security_events_2026_11', 'security_events_2026_12', 'security_events_2027_01'];
    expect(await partitions()).toEqual([...made, 'security_events_default']);
    clock.advance(20 * 86_400);
    await maintenance.createPartitions();
    expect(await partitions()).toEqual([...made, 'security_events_2027_02', 'security_events_default']);
  });

  it('moves rows of the default partition to their month, with the indexes of the log', async () => {
    await seed(newTenant().id, ['2026-10-31T23:59:59.999Z', '2026-11-01T00:00:00Z', '2026-12-24T00:00:00Z']);
    await maintenance.createPartitions();
    expect(await months()).toEqual([
      'security_events_default 2026-10-31',
      'security_events_2026_11 2026-11-01',
      'security_events_2026_12 2026-12-24',
    ]);
    const indexes = await list(`select indexdef as value from pg_indexes where tablename = 'security_events_2026_11'`);
    expect(indexes.filter((definition) => definition.includes('subject_id'))).toHaveLength(1);
  });
});

describe('the sweep of the event log', () => {
  it('reads nothing while there is no new position', async () => {
    const statements: string[] = [];
    const db = await ENGINES[0]!.open((statement) => statements.push(statement));
    try {
      const maintenance = new LogMaintenance(db, new TestClock());
      await sql`insert into event_batches (log, generation, last_position, snapshot)
        values (0, 1, 7, pg_current_snapshot())`.execute(db.read());
      await maintenance.sweep(7);
      statements.length = 0;
      await maintenance.sweep(7);
      expect(statements).toEqual([]);
      await maintenance.sweep(8);
      expect(statements).not.toEqual([]);
    } finally {
      await db.close();
    }
  });
});

describe('maintenance while another node works', () => {
  it('leaves the work to that node', async () => {
    const db = await ENGINES[1]!.open();
    try {
      const maintenance = new LogMaintenance(db, new TestClock());
      await db.transaction(async () => {
        await sql`select pg_advisory_xact_lock(7236914552013)`.execute(db.read());
        await maintenance.createPartitions();
      });
      const { rows } = await sql`select 1 from pg_inherits where inhparent = 'security_events'::regclass`.execute(
        db.read(),
      );
      expect(rows).toHaveLength(1);
      await maintenance.createPartitions();
      const after = await sql`select 1 from pg_inherits where inhparent = 'security_events'::regclass`.execute(
        db.read(),
      );
      expect(after.rows).toHaveLength(4);
    } finally {
      await db.close();
    }
  });
});
