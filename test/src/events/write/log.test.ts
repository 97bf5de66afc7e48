import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ChangeGroup, defineChange, EventLog } from '../../../../src/events/index.ts';
import { EVENT_TYPES } from '../../../../src/modules.ts';
import type { Database } from '../../../../src/persistence/index.ts';
import { TestClock } from '../../../support/clock.ts';
import { newTenant, testActor } from '../../../support/events.ts';
import { ENGINES } from '../../../support/postgres.ts';

const SET_VALUES = defineChange<{ name: string; value: number }>(
  'test-set-values',
  `update change_probe p set value = c.value
  from json_to_recordset($2::json) as c (n int, name text, value int) where p.name = c.name returning c.n`,
);
const DELETE_ROWS = defineChange<{ name: string }>(
  'test-delete-rows',
  `delete from change_probe p
  using json_to_recordset($2::json) as c (n int, name text) where p.name = c.name returning c.n`,
);

describe.each(ENGINES)('the event log on $name', ({ open }) => {
  let db: Database;
  const statements: string[] = [];
  beforeAll(async () => {
    db = await open((statement) => statements.push(statement));
  });
  afterAll(() => db.close());

  const stored = async (tenantId: string) =>
    (
      await sql<{ type: string; user_agent: string | null; params: unknown }>`
        select e.type, e.user_agent, e.params from security_events e
        join event_arrivals a on a.tenant_id = e.tenant_id and a.event_id = e.id
        where e.tenant_id = ${tenantId} order by e.id`.execute(db.read())
    ).rows;

  it('commits a recorded event with its change, and calls listeners after the commit', async () => {
    const log = new EventLog(db, new TestClock());
    const tenant = newTenant();
    const told: string[] = [];
    log.onCommitted((events) => told.push(...events.map(({ type }) => type)));
    await db.transaction(async () => {
      log.record(testActor(), tenant, { type: EVENT_TYPES['user.created'] });
      log.record(testActor(), tenant, { type: EVENT_TYPES['user.enabled'] });
      expect(told).toEqual([]);
    });
    expect(told).toEqual(['user.created', 'user.enabled']);
    expect((await stored(tenant.id)).map(({ type }) => type)).toEqual(['user.created', 'user.enabled']);
  });

  it('drops a recorded event when its change is rolled back', async () => {
    const log = new EventLog(db, new TestClock());
    const tenant = newTenant();
    const failing = db.transaction(async () => {
      log.record(testActor(), tenant, { type: EVENT_TYPES['user.created'] });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await stored(tenant.id)).toEqual([]);
  });

  it('writes a failure after the rollback and before its error is seen, and only then', async () => {
    const log = new EventLog(db, new TestClock());
    const tenant = newTenant();
    const failing = db.transaction(async () => {
      log.appendAfterRollback(testActor(), tenant, { type: EVENT_TYPES['sign_in.failed'], outcome: 'failure' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await stored(tenant.id)).map(({ type }) => type)).toEqual(['sign_in.failed']);
    await db.transaction(async () => {
      log.appendAfterRollback(testActor(), tenant, { type: EVENT_TYPES['sign_in.failed'], outcome: 'failure' });
    });
    expect(await stored(tenant.id)).toHaveLength(1);
  });

  it('refuses to append inside a unit of work, and to record outside one', async () => {
    const log = new EventLog(db, new TestClock());
    await expect(
      db.transaction(() => log.append(testActor(), newTenant(), { type: EVENT_TYPES['token.issued'] })),
    ).rejects.toThrow(/append\(\) inside/);
    expect(() => log.record(testActor(), newTenant(), { type: EVENT_TYPES['token.issued'] })).toThrow(
      /open unit of work/,
    );
    expect(() => log.appendAfterRollback(testActor(), newTenant(), { type: EVENT_TYPES['token.issued'] })).toThrow(
      /open unit of work/,
    );
  });

  describe('changes of one kind', () => {
    const tenant = newTenant();
    const told: string[] = [];
    let changes: ChangeGroup<{ name: string; value: number }>;
    beforeAll(async () => {
      const log = new EventLog(db, new TestClock());
      log.onCommitted((events) => told.push(...events.map(({ subjectId }) => subjectId ?? '')));
      changes = log.changes(SET_VALUES);
      await sql`create table change_probe (name text primary key, value int check (value < 100))`.execute(db.read());
    });
    beforeEach(async () => {
      told.length = 0;
      await sql`delete from security_events where tenant_id = ${tenant.id}`.execute(db.read());
      await sql`delete from change_probe`.execute(db.read());
      await sql`insert into change_probe values ('one', 1), ('two', 2), ('three', 3)`.execute(db.read());
      statements.length = 0;
    });
    const set = (name: string, value: number) =>
      changes.make(testActor(), tenant, { name, value }, [
        { type: EVENT_TYPES['user.updated'], subjectId: name },
        { type: EVENT_TYPES['user.enabled'], subjectId: name },
      ]);
    const values = async () =>
      (await sql<{ value: number }>`select value from change_probe order by value`.execute(db.read())).rows.map(
        ({ value }) => value,
      );

    it('are committed with their events in one round trip, and listeners are called at once', async () => {
      expect(await Promise.all([set('one', 11), set('two', 12)])).toEqual([true, true]);
      expect(statements).toHaveLength(1);
      expect(told).toEqual(['one', 'one', 'two', 'two']);
      expect((await stored(tenant.id)).map(({ type }) => type).sort()).toEqual([
        'user.enabled',
        'user.enabled',
        'user.updated',
        'user.updated',
      ]);
      expect(await values()).toEqual([3, 11, 12]);
    });

    it('write no event for changes that were not made, and call no listener', async () => {
      expect(await Promise.all([set('nobody', 11), set('two', 12)])).toEqual([false, true]);
      expect(told).toEqual(['two', 'two']);
      expect(await stored(tenant.id)).toHaveLength(2);
    });

    it('of the same row do not both succeed when they share a statement', async () => {
      const made = await Promise.all([set('one', 11), set('one', 12)]);
      expect(made.filter(Boolean)).toHaveLength(1);
      expect(await stored(tenant.id)).toHaveLength(2);
      expect(await values()).toEqual([2, 3, made[0] ? 11 : 12]);
    });

    it('that the database refuses fail alone and leave nothing', async () => {
      const results = await Promise.allSettled([set('one', 11), set('two', 100), set('three', 13)]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(told.sort()).toEqual(['one', 'one', 'three', 'three']);
      expect(await stored(tenant.id)).toHaveLength(4);
      expect(await values()).toEqual([2, 11, 13]);
    });

    it('are drained with the log', async () => {
      const log = new EventLog(db, new TestClock());
      const group = log.changes(DELETE_ROWS);
      const made: boolean[] = [];
      const making = group.make(testActor(), tenant, { name: 'one' }, []).then((isMade) => made.push(isMade));
      await log.drain();
      expect(made).toEqual([true]);
      await making;
    });

    it('inside a unit of work are part of its transaction', async () => {
      const failing = db.transaction(async () => {
        await set('two', 22);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect([await values(), await stored(tenant.id), told]).toEqual([[1, 2, 3], [], []]);
      await db.transaction(async () => {
        await set('two', 22);
        expect(told).toEqual([]);
      });
      expect(told).toEqual(['two', 'two']);
      expect(await stored(tenant.id)).toHaveLength(2);
    });
  });

  it('shares one statement between appends that wait together', async () => {
    const log = new EventLog(db, new TestClock());
    const tenant = newTenant();
    statements.length = 0;
    await Promise.all(
      Array.from({ length: 50 }, () => log.append(testActor(), tenant, { type: EVENT_TYPES['token.issued'] })),
    );
    expect(statements).toHaveLength(1);
    expect(await stored(tenant.id)).toHaveLength(50);
  });

  it('stores text that the database would refuse, cleaned and cut', async () => {
    const log = new EventLog(db, new TestClock());
    const tenant = newTenant();
    const params = {
      note: 'a\0b',
      deep: { list: ['\ud800', 'ok'], 'key\0': 1 },
      long: 'x'.repeat(5_000),
      none: undefined,
    };
    await log.append(testActor(`agent\0 \udc00${'🦊'.repeat(300)}`), tenant, {
      type: EVENT_TYPES['sign_in.failed'],
      params,
    });
    const [row] = await stored(tenant.id);
    expect(row?.user_agent).toBe(`agent \ufffd${'🦊'.repeat(252)}\ufffd`);
    expect(row?.params).toEqual({ note: 'ab', deep: { list: ['\ufffd', 'ok'], key: 1 }, long: 'x'.repeat(2_000) });
  });

  it('lets a row that the database refuses fail alone', async () => {
    const log = new EventLog(db, new TestClock());
    const tenant = newTenant();
    const append = (sessionId: string | null) =>
      log.append(testActor(), tenant, { type: EVENT_TYPES['session.started'], sessionId });
    const results = await Promise.allSettled([
      append(null),
      append(null),
      append('no uuid'),
      append(null),
      append(null),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(await stored(tenant.id)).toHaveLength(4);
  });
});
