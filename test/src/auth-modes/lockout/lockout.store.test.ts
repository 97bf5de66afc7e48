import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CounterRow, LockoutStore } from '../../../../src/auth-modes/lockout/lockout.store.ts';
import {
  accountSubject,
  deviceSubject,
  type LockoutFactor,
  type LockoutSubject,
} from '../../../../src/auth-modes/lockout/lockout.subject.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { ENGINES } from '../../../support/postgres.ts';
import { World } from '../../../support/world.ts';

const ANNA = accountSubject({ userId: 'anna', name: 'anna' });
const PHONE = deviceSubject('anna', 'phone');
const ANNABEL = deviceSubject('annabel', 'phone');
const ADDRESS: LockoutSubject = { kind: 'ip', key: '192.0.2.1' };

type Row = CounterRow & LockoutSubject;

describe.each(ENGINES)('the counters of failures on $name', ({ open }) => {
  let world: World;
  let store: LockoutStore;
  const statements: string[] = [];
  let acme: TenantRef;
  let globex: TenantRef;
  beforeAll(async () => {
    world = await World.open(await open((statement) => statements.push(statement)));
    store = new LockoutStore(world.db);
  });
  afterAll(() => world.close());

  const at = (seconds: number) => new Date(world.clock.now().getTime() + seconds * 1000);
  const newTenants = async () => {
    [acme, globex] = [await world.tenant(), await world.tenant()];
  };
  const counter = (subject: LockoutSubject, over: Partial<CounterRow> = {}): Row => ({
    failures: 3,
    times: [at(-2).getTime(), at(0).getTime()],
    level: 1,
    lastAt: at(0).getTime(),
    blockedFrom: at(0).getTime(),
    blockedUntil: at(60).getTime(),
    ...over,
    ...subject,
  });
  const keep = (rows: readonly Row[], factor: LockoutFactor = 'first', tenant = acme, now = at(0)) =>
    world.db.transaction(async () => {
      await store.lock(tenant.id, factor, rows, now);
      await store.write(tenant.id, factor, rows, now, '198.51.100.9');
    });
  const keysOf = (rows: readonly { subjectKind: string; factor: string }[]) =>
    rows.map(({ subjectKind, factor }) => `${subjectKind} ${factor}`).sort();

  it('are found as they were written, of the same tenant, factor and subject', async () => {
    await newTenants();
    const row = counter(ANNA);
    await keep([row]);
    expect(await store.find(acme.id, 'first', [ANNA, PHONE])).toEqual([row]);
    expect(await store.find(acme.id, 'second', [ANNA])).toEqual([]);
    expect(await store.find(acme.id, 'first', [{ kind: 'name', key: ANNA.key }])).toEqual([]);
    expect(await store.find(globex.id, 'first', [ANNA])).toEqual([]);
    expect(await store.findOne(acme.id, 'account', ANNA.key, 'first')).toMatchObject({
      subjectKind: 'account',
      subject: 'anna',
      factor: 'first',
      failures: 3,
      lastIp: '198.51.100.9',
      blockedUntil: at(60),
    });
    for (const [tenant, kind, key, factor] of [
      [globex, 'account', ANNA.key, 'first'],
      [acme, 'name', ANNA.key, 'first'],
      [acme, 'account', 'boris', 'first'],
      [acme, 'account', ANNA.key, 'second'],
    ] as const)
      expect(await store.findOne(tenant.id, kind, key, factor)).toBeNull();
  });

  it('are found by one statement for attempts at the same moment, each its own', async () => {
    await newTenants();
    const rows = [counter(ANNA), counter(ADDRESS, { failures: 7 })];
    await keep(rows);
    await keep([counter(ANNA, { failures: 9 })], 'second');
    statements.length = 0;
    const wanted = [[ANNA, ADDRESS], [ADDRESS], [PHONE], [ADDRESS, ANNA]];
    const found = await Promise.all([
      ...wanted.map((subjects) => store.find(acme.id, 'first', subjects)),
      store.find(acme.id, 'second', [ANNA]),
      store.find(globex.id, 'first', [ANNA]),
    ]);
    expect(found.map((each) => each.map(({ failures }) => failures))).toEqual([[3, 7], [7], [], [7, 3], [9], []]);
    expect(statements).toHaveLength(3);
  });

  it('are made without failures where they are locked for the first time, and kept where they exist', async () => {
    await newTenants();
    await keep([counter(ANNA)]);
    const rows = await world.db.transaction(() => store.lock(acme.id, 'first', [ANNA, PHONE], at(5)));
    expect(rows).toEqual([
      counter(ANNA),
      { ...PHONE, failures: 0, times: [], level: 0, lastAt: at(5).getTime(), blockedFrom: null, blockedUntil: null },
    ]);
  });

  it('are changed in no other tenant and at no other factor', async () => {
    await newTenants();
    for (const tenant of [acme, globex]) await keep([counter(ANNA), counter(PHONE)], 'first', tenant);
    await keep([counter(ANNA)], 'second');
    await keep([counter(ANNA, { failures: 7, blockedFrom: null, blockedUntil: null })]);
    const failures = async (tenant: TenantRef, factor: LockoutFactor) =>
      (await store.find(tenant.id, factor, [ANNA, PHONE])).map((row) => [row.failures, row.blockedUntil]);
    const before = [3, at(60).getTime()];
    expect(await failures(acme, 'first')).toEqual([[7, null], before]);
    expect(await failures(acme, 'second')).toEqual([before]);
    expect(await failures(globex, 'first')).toEqual([before, before]);
  });

  it('of subjects at a factor are cleared alone', async () => {
    await newTenants();
    for (const factor of ['first', 'second'] as const) await keep([counter(ANNA), counter(ADDRESS)], factor);
    await keep([counter(ANNA)], 'first', globex);
    await store.clear(acme.id, 'first', [ANNA, PHONE]);
    expect(keysOf((await store.page(acme.id, {}, {}, at(0))).rows)).toEqual([
      'account second',
      'ip first',
      'ip second',
    ]);
    expect((await store.page(globex.id, {}, {}, at(0))).rows).toHaveLength(1);
  });

  it('of an account are cleared with those of its devices, at one factor or all', async () => {
    await newTenants();
    const all = [counter(ANNA), counter(PHONE), counter(ANNABEL), counter(ADDRESS)];
    for (const factor of ['first', 'second'] as const) await keep(all, factor);
    await keep(all, 'first', globex);
    expect(keysOf(await store.clearAccount(acme.id, 'anna', 'first'))).toEqual(['account first', 'device first']);
    const cleared = await store.clearAccount(acme.id, 'anna');
    expect(keysOf(cleared)).toEqual(['account second', 'device second']);
    expect(cleared[0]).toMatchObject({ blockedUntil: at(60) });
    expect((await store.page(acme.id, {}, {}, at(0))).rows).toHaveLength(4);
    expect((await store.page(globex.id, {}, {}, at(0))).rows).toHaveLength(4);
  });

  it('of one subject at one factor are cleared alone', async () => {
    await newTenants();
    for (const factor of ['first', 'second'] as const) await keep([counter(ADDRESS)], factor);
    await keep([counter(ADDRESS)], 'first', globex);
    expect(await store.clearSubject(acme.id, 'ip', ADDRESS.key, 'first')).toMatchObject([
      { subjectKind: 'ip', subject: ADDRESS.key, factor: 'first', blockedUntil: at(60) },
    ]);
    expect(await store.clearSubject(acme.id, 'ip', ADDRESS.key, 'first')).toEqual([]);
    expect(await store.clearSubject(acme.id, 'ip', '192.0.2.2', 'second')).toEqual([]);
    expect((await store.page(acme.id, {}, {}, at(0))).rows).toHaveLength(1);
    expect((await store.page(globex.id, {}, {}, at(0))).rows).toHaveLength(1);
  });

  it('with a running block are listed in the order of their keys, of a kind or of an account with its devices', async () => {
    await newTenants();
    await keep([counter(ANNA), counter(ANNABEL), counter(PHONE), counter(ADDRESS)]);
    await keep([counter(ANNA)], 'second');
    await keep([counter(accountSubject({ userId: 'boris', name: '' }), { blockedUntil: at(0).getTime() })]);
    await keep([counter(ANNA)], 'first', globex);
    const list = async (filter: object, now = at(0)) => keysOf((await store.page(acme.id, filter, {}, now)).rows);
    expect(await list({})).toEqual(['account first', 'account second', 'device first', 'device first', 'ip first']);
    expect(await list({ subjectKind: 'ip' })).toEqual(['ip first']);
    expect(await list({ userId: 'anna' })).toEqual(['account first', 'account second', 'device first']);
    expect(await list({ userId: 'anna', subjectKind: 'device' })).toEqual(['device first']);
    expect(await list({}, at(60))).toEqual([]);
    const first = await store.page(acme.id, {}, { first: 2 }, at(0));
    expect(first.rows.map(({ factor }) => factor)).toEqual(['first', 'second']);
  });

  it('are swept of every tenant, when the last failure is old and no block runs', async () => {
    await newTenants();
    const old = at(-100);
    await keep([counter(ANNA, { blockedUntil: null }), counter(PHONE), counter(ADDRESS)], 'first', acme, old);
    await keep([counter(ADDRESS, { blockedUntil: null })], 'first', globex, old);
    await keep([counter(ANNABEL, { blockedUntil: null })]);
    const sweep = (limit: number) => store.sweepExpired(at(-50), at(61), limit);
    expect(await store.sweepExpired(old, at(61), 10)).toBe(0);
    expect(await store.sweepExpired(at(-50), at(0), 1)).toBe(1);
    expect(await store.sweepExpired(at(-50), at(0), 10)).toBe(1);
    expect(await sweep(10)).toBe(2);
    expect(await sweep(10)).toBe(0);
    expect(await store.find(acme.id, 'first', [ANNABEL])).toHaveLength(1);
  });
});
