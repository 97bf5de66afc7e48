import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
