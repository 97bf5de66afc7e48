import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventLog } from '../../../src/events/index.ts';
import type { Database } from '../../../src/persistence/index.ts';
import { TestClock } from '../../support/clock.ts';
import { newTenant, testActor } from '../../support/events.ts';
import { ENGINES } from '../../support/postgres.ts';

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

  it('keeps a recorded event with its change, and tells of it after the commit', async () => {
    const log = new EventLog(db, new TestClock());
    const tenant = newTenant();
    const told: string[] = [];
    log.onCommitted((events) => told.push(...events.map(({ type }) => type)));
    await db.transaction(async () => {
      log.record(testActor(), tenant, { type: 'user.created' });
      log.record(testActor(), tenant, { type: 'user.enabled' });
      expect(told).toEqual([]);
    });
    expect(told).toEqual(['user.created', 'user.enabled']);
    expect((await stored(tenant.id)).map(({ type }) => type)).toEqual(['user.created', 'user.enabled']);
  });

  it('drops a recorded event when its change is rolled back', async () => {
    const log = new EventLog(db, new TestClock());
    const tenant = newTenant();
    const failing = db.transaction(async () => {
      log.record(testActor(), tenant, { type: 'user.created' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await stored(tenant.id)).toEqual([]);
  });

  it('writes a failure after the rollback and before its error is seen, and only then', async () => {
    const log = new EventLog(db, new TestClock());
    const tenant = newTenant();
    const failing = db.transaction(async () => {
      log.appendAfterRollback(testActor(), tenant, { type: 'sign_in.failed', outcome: 'failure' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await stored(tenant.id)).map(({ type }) => type)).toEqual(['sign_in.failed']);
    await db.transaction(async () => {
      log.appendAfterRollback(testActor(), tenant, { type: 'sign_in.failed', outcome: 'failure' });
    });
    expect(await stored(tenant.id)).toHaveLength(1);
  });

  it('refuses to append inside a unit of work, and to record outside one', async () => {
    const log = new EventLog(db, new TestClock());
    await expect(db.transaction(() => log.append(testActor(), newTenant(), { type: 'token.issued' }))).rejects.toThrow(
      /append\(\) inside/,
    );
    expect(() => log.record(testActor(), newTenant(), { type: 'token.issued' })).toThrow(/open unit of work/);
    expect(() => log.appendAfterRollback(testActor(), newTenant(), { type: 'token.issued' })).toThrow(
      /open unit of work/,
    );
  });

  describe('a change by one statement', () => {
    const tenant = newTenant();
    const told: string[] = [];
    let log: EventLog;
    beforeAll(async () => {
      log = new EventLog(db, new TestClock());
      log.onCommitted((events) => told.push(...events.map(({ type }) => type)));
      await sql`create table change_probe (name text primary key, value int check (value < 100))`.execute(db.read());
      await sql`insert into change_probe values ('one', 1), ('two', 2)`.execute(db.read());
    });
    beforeEach(async () => {
      told.length = 0;
      await sql`delete from security_events where tenant_id = ${tenant.id}`.execute(db.read());
    });
    const set = (name: string, value: number) =>
      log.change(
        testActor(),
        tenant,
        { text: 'update change_probe set value = $2 where name = $3 returning name', values: [value, name] },
        [{ type: 'user.updated' }, { type: 'user.enabled' }],
      );
    const storedValue = async (name: string) =>
      (await sql<{ value: number }>`select value from change_probe where name = ${name}`.execute(db.read())).rows[0]
        ?.value;

    it('is kept with its events, which are told of at once, in one round trip', async () => {
      statements.length = 0;
      expect(await set('one', 11)).toBe(true);
      expect(statements).toHaveLength(1);
      expect(told).toEqual(['user.updated', 'user.enabled']);
      expect((await stored(tenant.id)).map(({ type }) => type)).toEqual(['user.updated', 'user.enabled']);
      expect(await storedValue('one')).toBe(11);
    });

    it('that changes no row leaves no event, neither in the log nor told', async () => {
      expect(await set('nobody', 11)).toBe(false);
      expect(told).toEqual([]);
      expect(await stored(tenant.id)).toEqual([]);
    });

    it('that the database refuses leaves nothing', async () => {
      await expect(set('two', 100)).rejects.toThrow();
      expect(told).toEqual([]);
      expect(await stored(tenant.id)).toEqual([]);
      expect(await storedValue('two')).toBe(2);
    });

    it('inside a unit of work is part of it', async () => {
      const failing = db.transaction(async () => {
        await set('two', 22);
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect([await storedValue('two'), await stored(tenant.id), told]).toEqual([2, [], []]);
      await db.transaction(async () => {
        await set('two', 22);
        expect(told).toEqual([]);
      });
      expect(told).toEqual(['user.updated', 'user.enabled']);
      expect(await stored(tenant.id)).toHaveLength(2);
    });
  });

  it('shares one statement between appends that wait together', async () => {
    const log = new EventLog(db, new TestClock());
    const tenant = newTenant();
    statements.length = 0;
    await Promise.all(Array.from({ length: 50 }, () => log.append(testActor(), tenant, { type: 'token.issued' })));
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
    await log.append(testActor(`agent\0 \udc00${'🦊'.repeat(300)}`), tenant, { type: 'sign_in.failed', params });
    const [row] = await stored(tenant.id);
    expect(row?.user_agent).toBe(`agent \ufffd${'🦊'.repeat(252)}\ufffd`);
    expect(row?.params).toEqual({ note: 'ab', deep: { list: ['\ufffd', 'ok'], key: 1 }, long: 'x'.repeat(2_000) });
  });

  it('lets a row that the database refuses fail alone', async () => {
    const log = new EventLog(db, new TestClock());
    const tenant = newTenant();
    const append = (sessionId: string | null) =>
      log.append(testActor(), tenant, { type: 'session.started', sessionId });
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
