import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventEngine, type EventFilter, EventLog, type SecurityEvent } from '../../../../src/events/index.ts';
import { compileFilter } from '../../../../src/events/read/event-filter.ts';
import { newId } from '../../../../src/kernel/index.ts';
import { EVENT_CATALOGUE, EVENT_TYPES } from '../../../../src/modules.ts';
import type { Database } from '../../../../src/persistence/index.ts';
import { TestClock } from '../../../support/clock.ts';
import { newTenant, takeEvents, testActor, testEngine, until } from '../../../support/events.ts';
import { ENGINES } from '../../../support/postgres.ts';

describe.each(ENGINES)('the event history on $name', ({ open }) => {
  let db: Database;
  let engine: EventEngine;
  const tenant = newTenant();
  const neighbour = newTenant();
  const events: SecurityEvent[] = [];
  beforeAll(async () => {
    db = await open();
    engine = testEngine(db);
    await engine.start();
    for (let i = 0; i < 12; i++) {
      const type = EVENT_TYPES[i % 3 === 0 ? 'sign_in.failed' : 'user.updated'];
      const outcome = i % 3 === 0 ? 'failure' : 'success';
      events.push(
        await engine.log.append(testActor(), tenant, { type, outcome, subjectId: `u${i % 2}`, params: { i } }),
      );
      await engine.log.append(testActor(), neighbour, { type, subjectId: 'u0' });
    }
  });
  afterAll(async () => {
    await engine.stop();
    await db.close();
  });

  const newest = () => events.toReversed();

  it('pages from the newest to the oldest and back, within the tenant', async () => {
    const first = await engine.reader.page(tenant.id, {}, { first: 5, withTotal: true });
    expect(first.rows).toEqual(newest().slice(0, 5));
    expect(first).toMatchObject({ hasNextPage: true, hasPreviousPage: false, totalCount: 12 });
    const second = await engine.reader.page(tenant.id, {}, { first: 10, after: first.cursorOf(first.rows[4]!) });
    expect(second.rows).toEqual(newest().slice(5));
    expect(second.hasNextPage).toBe(false);
    const back = await engine.reader.page(tenant.id, {}, { last: 3, before: second.cursorOf(second.rows[0]!) });
    expect(back.rows).toEqual(newest().slice(2, 5));
    const oldest = await engine.reader.page(tenant.id, {}, { first: 2, descending: false });
    expect(oldest.rows).toEqual(events.slice(0, 2));
  });

  it.each<[EventFilter, (event: SecurityEvent) => boolean]>([
    [{ subjectId: 'u1' }, ({ subjectId }) => subjectId === 'u1'],
    [{ types: ['sign_in.failed'] }, ({ type }) => type === 'sign_in.failed'],
    [{ categories: ['user'] }, ({ type }) => type === 'user.updated'],
    [{ categories: ['user'], types: ['sign_in.failed'] }, () => false],
    [{ types: [] }, () => false],
    [{ outcome: 'failure', subjectId: 'u0' }, ({ outcome, subjectId }) => outcome === 'failure' && subjectId === 'u0'],
    [{ actorId: 'test-client', clientId: 'test-client' }, () => true],
    [{ clientId: "'; drop table users; --" }, () => false],
  ])('filters by %o', async (filter, isWanted) => {
    const page = await engine.reader.page(tenant.id, filter, { first: 100 });
    expect(page.rows).toEqual(newest().filter(isWanted));
  });

  it('refuses a cursor of another kind and a page that is too large', async () => {
    await expect(engine.reader.page(tenant.id, {}, { after: 'nonsense' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(engine.reader.page(tenant.id, {}, { first: 10_000 })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('finds an event by its id, but none of another tenant or for a malformed id', async () => {
    const [event] = events;
    expect(await engine.reader.findIn(tenant.id, event!.id)).toEqual(event);
    expect(await engine.reader.findIn(neighbour.id, event!.id)).toBeNull();
    expect(await engine.reader.findIn(tenant.id, newId())).toBeNull();
    expect(await engine.reader.findIn(tenant.id, 'no uuid')).toBeNull();
  });

  it('gives the feed cursor of an event, after which a subscriber receives the later events', async () => {
    const ids = events.map(({ id }) => id);
    await until(async () => (await engine.reader.feedCursors(tenant.id, ids)).size === ids.length);
    const cursors = await engine.reader.feedCursors(tenant.id, [...ids, newId()]);
    expect([...cursors.keys()].toSorted()).toEqual(ids.toSorted());
    const feed = engine.feed.follow({ tenantId: tenant.id, after: cursors.get(ids[8]!) });
    expect((await takeEvents(feed, 3)).map(({ event }) => event)).toEqual(events.slice(9));
    await feed.return?.();
    expect((await engine.reader.feedCursors(neighbour.id, ids)).size).toBe(0);
  });

  it('gives the newest events of subjects equally alone and in a batch, inside and outside a unit of work', async () => {
    const filters: EventFilter[] = [
      { subjectId: 'u0' },
      { subjectId: 'u1', types: ['sign_in.failed'] },
      { subjectId: 'u1', types: ['sign_in.failed', 'user.updated'], categories: ['user'] },
      { subjectId: 'u0', types: [] },
      { subjectId: 'nobody' },
      { subjectId: 'a\0b\ud800' },
      { subjectId: 'u0', from: events[3]!.occurredAt, to: events[9]!.occurredAt },
    ];
    const expected = (filter: EventFilter) => newest().filter(compileFilter(filter, EVENT_CATALOGUE).matches);
    const asked = filters.flatMap((filter) => [1, 3, 50].map((first) => [filter, first] as const));
    const read = () => Promise.all(asked.map(([filter, first]) => engine.reader.page(tenant.id, filter, { first })));
    const inside = db.transaction(async () => {
      const pages = [];
      for (const [filter, first] of asked) pages.push(await engine.reader.page(tenant.id, filter, { first }));
      return pages;
    });
    for (const pages of [await inside, await read()]) {
      for (const [at, [filter, first]] of asked.entries()) {
        const all = expected(filter);
        const { rows, hasNextPage, hasPreviousPage, cursorOf } = pages[at]!;
        expect([rows, hasNextPage, hasPreviousPage]).toEqual([all.slice(0, first), all.length > first, false]);
        if (rows.length === 0) continue;
        const rest = await engine.reader.page(tenant.id, filter, { first: 50, after: cursorOf(rows.at(-1)!) });
        expect(rest.rows).toEqual(all.slice(first));
      }
    }
    const theirs = await engine.reader.page(neighbour.id, { subjectId: 'u0' }, { first: 50 });
    expect(theirs.rows.map(({ tenantId }) => tenantId)).toEqual(Array.from({ length: 12 }, () => neighbour.id));
  });

  it('gives the events of a period, both ends included', async () => {
    const of = newTenant();
    const clock = new TestClock();
    const log = new EventLog(db, clock);
    const made: SecurityEvent[] = [];
    for (let i = 0; i < 6; i++) {
      if (i % 2 === 0) clock.advance(0.001);
      made.push(await log.append(testActor(), of, { type: EVENT_TYPES['user.updated'], subjectId: 'u' }));
    }
    const at = (i: number) => made[i]!.occurredAt;
    expect(made.map(({ id }) => id)).toEqual(made.map(({ id }) => id).toSorted());
    const page = async (filter: EventFilter) => (await engine.reader.page(of.id, filter, { first: 50 })).rows;
    const newestFirst = made.toReversed();
    expect(await page({})).toEqual(newestFirst);
    for (const [filter, wanted] of [
      [{ from: at(2) }, newestFirst.slice(0, 4)],
      [{ to: at(2) }, newestFirst.slice(2)],
      [{ from: at(2), to: at(2) }, newestFirst.slice(2, 4)],
      [{ from: at(4), to: at(2) }, []],
      [{ from: new Date(-1), to: new Date(8.64e15 - 1) }, newestFirst],
      [{ from: new Date(8.64e15) }, []],
    ] as const) {
      expect(await page(filter)).toEqual(wanted);
      const { matches } = compileFilter(filter, EVENT_CATALOGUE);
      expect(newestFirst.filter(matches)).toEqual(wanted);
    }
  });

  it('reads a period of one subject by index, however many events are outside it', async () => {
    const of = newTenant();
    // 50,000 events of 100 subjects, one a second from 2026-01-01 on.
    await sql`insert into security_events (tenant_id, id, type, occurred_at, actor_kind, subject_id, api, outcome)
      select ${of.id}::uuid, (lpad(to_hex(ms >> 16), 8, '0') || '-' || lpad(to_hex(ms & 65535), 4, '0') || '-7000-8000-000000000000')::uuid,
        'user.updated', to_timestamp(ms / 1000.0), 'user', 'u' || (n % 100), 'rest', 'success'
      from generate_series(1, 50000) as n, lateral (select 1767225600000 + n * 1000::bigint as ms) t`.execute(
      db.read(),
    );
    await sql`analyze security_events`.execute(db.read());
    const from = new Date(1_767_225_600_000 + 25_000_000);
    const to = new Date(from.getTime() + 1_000_000);
    const filter: EventFilter = { subjectId: 'u7', types: ['user.updated'], from, to };
    expect((await engine.reader.page(of.id, filter, { first: 100 })).rows).toHaveLength(10);
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain (analyze, buffers off, timing off, summary off)
      select e.id from security_events e where e.tenant_id = ${of.id}::uuid and ${compileFilter(filter, EVENT_CATALOGUE).condition}
      order by e.id desc limit 101`.execute(db.read());
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    const conditions = plan.split('\n').filter((line) => line.includes('Index Cond'));
    expect(conditions).not.toEqual([]);
    for (const condition of conditions) {
      expect(condition).toMatch(/subject_id = 'u7'/);
      expect(condition).toMatch(/id >= .*AND.*id < /);
    }
    expect(plan).not.toMatch(/Seq Scan|Sort {2}\(|Rows Removed/);
  });

  it('finds a type that is rare among more than 10,000 events of a subject', async () => {
    const busy = newTenant();
    await sql`insert into security_events (tenant_id, id, type, occurred_at, actor_kind, subject_id, api, outcome)
      select ${busy.id}::uuid, (lpad(to_hex(ms), 12, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid,
        case when n in (2, 3) then 'user.updated' when n = 1 then 'tenant.deleted' else 'token.issued' end,
        to_timestamp(ms / 1000.0), 'client', 'busy', 'rest', 'success'
      from generate_series(1, 10050) as n, lateral (select 1767225600000 + n * 1000::bigint as ms) t`.execute(
      db.read(),
    );
    const find = async (types: readonly string[], first: number) => {
      const { rows, hasNextPage } = await engine.reader.page(busy.id, { subjectId: 'busy', types }, { first });
      return { types: rows.map(({ type }) => type), hasNextPage };
    };
    expect(await find(['user.updated'], 1)).toEqual({ types: ['user.updated'], hasNextPage: true });
    expect(await find(['user.updated', 'tenant.deleted'], 3)).toEqual({
      types: ['user.updated', 'user.updated', 'tenant.deleted'],
      hasNextPage: false,
    });
    expect(await find(['user.deleted'], 3)).toEqual({ types: [], hasNextPage: false });
    expect(await find(['token.issued'], 2)).toEqual({ types: ['token.issued', 'token.issued'], hasNextPage: true });
  });

  it('reads one subject’s events through their index', async () => {
    const other = newTenant();
    await sql`insert into security_events (tenant_id, id, type, occurred_at, actor_kind, subject_id, api, outcome)
      select ${other.id}::uuid, ('019ab000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user.updated', now(), 'user',
        'u' || (n % 500), 'rest', 'success' from generate_series(1, 20000) as n`.execute(db.read());
    await sql`analyze security_events`.execute(db.read());
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select e.id from security_events e
      where e.tenant_id = ${other.id}::uuid and e.subject_id = ${'u7'} order by e.id desc limit 21`.execute(db.read());
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index.*tenant_id_subject_id/);
    expect(plan).not.toMatch(/Seq Scan|Sort {2}\(/);
  });
});
