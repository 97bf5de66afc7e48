import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventEngine, FeedItem } from '../../../../src/events/index.ts';
import { CursorCodec } from '../../../../src/events/record/cursor.ts';
import { LogMaintenance } from '../../../../src/events/upkeep/maintenance.ts';
import { MaintenanceTurn } from '../../../../src/events/upkeep/maintenance-turn.ts';
import { smallestIdAt } from '../../../../src/events/upkeep/partitions.ts';
import { LogRetention } from '../../../../src/events/upkeep/retention.ts';
import { EVENT_TYPES } from '../../../../src/modules.ts';
import type { Database } from '../../../../src/persistence/index.ts';
import { TestClock } from '../../../support/clock.ts';
import { listPartitions, listValues, seedEvents } from '../../../support/event-rows.ts';
import { newTenant, takeEvents, testActor, testEngine, until } from '../../../support/events.ts';
import { ENGINES } from '../../../support/postgres.ts';

/** Does not encrypt, so that tests read and write cursors as text. */
const PLAIN = { seal: (text: string) => text, open: (text: string) => text };

describe.each(ENGINES)('the retention of events on $name', ({ open }) => {
  let db: Database;
  let clock: TestClock;
  let retention: LogRetention;
  beforeEach(async () => {
    db = await open();
    clock = new TestClock('2026-11-22T12:00:00Z');
    retention = new LogRetention(db, clock);
  });
  afterEach(() => db.close());

  const seed = (tenantId: string, moments: readonly string[]) => seedEvents(db, tenantId, moments);
  const list = (query: string) => listValues(db, query);
  const partitions = () => listPartitions(db);
  const days = () =>
    list(`select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD') as value from security_events order by id`);
  const positions = () => list('select position::text as value from event_positions order by position');
  const marks = async () =>
    new Map(
      (
        await sql<{ tenant: string; position: unknown }>`select tenant_id as tenant, deleted_position as position
          from event_retentions`.execute(db.read())
      ).rows.map(({ tenant, position }) => [tenant, Number(position)]),
    );
  const keeping = (entries: readonly (readonly [{ id: string }, number])[]) => async () =>
    new Map(entries.map(([{ id }, number]) => [id as string, number]));
  const partitionsSince = async (start: string) => {
    for (clock = new TestClock(start); clock.now() < new Date('2026-11-22T12:00:00Z'); clock.advance(28 * 86_400))
      await new LogMaintenance(db, clock).createPartitions();
    clock = new TestClock('2026-11-22T12:00:00Z');
    retention = new LogRetention(db, clock);
  };

  it('drops whole months past the longest retention, and keeps the month it begins in', async () => {
    await partitionsSince('2026-06-15T00:00:00Z');
    const tenant = newTenant();
    await seed(tenant.id, [
      '2020-01-01T00:00:00Z',
      '2026-06-20T00:00:00Z',
      '2026-07-31T23:59:59Z',
      '2026-08-01T00:00:00Z',
      '2026-11-20T00:00:00Z',
    ]);
    // 100 days ago it was the 14th of August.
    await retention.expire(keeping([[tenant, 100]]));
    expect(await days()).toEqual(['2026-08-01', '2026-11-20']);
    expect(await partitions()).not.toContain('security_events_2026_07');
    expect(await partitions()).toContain('security_events_2026_08');
    expect(await positions()).toEqual(['4', '5']);
    expect(await marks()).toEqual(new Map([[tenant.id, 3]]));
  });

  it('deletes by the day if all tenants keep less than 90 days, and drops the empty months', async () => {
    await partitionsSince('2026-09-15T00:00:00Z');
    const [one, other] = [newTenant(), newTenant()];
    await seed(one.id, ['2026-09-20T00:00:00Z', '2026-11-20T00:00:00Z', '2026-11-21T13:00:00Z']);
    await seed(other.id, ['2026-11-20T00:00:00Z']);
    await retention.expire(
      keeping([
        [one, 1],
        [other, 3],
      ]),
    );
    expect(await days()).toEqual(['2026-11-20', '2026-11-21']);
    expect(await partitions()).not.toContain('security_events_2026_10');
    expect(await marks()).toEqual(new Map([[one.id, 2]]));
  });

  it('deletes only the older events of a tenant that keeps them for less', async () => {
    const [brief, long, deleted] = [newTenant(), newTenant(), newTenant()];
    await new LogMaintenance(db, clock).createPartitions();
    await seed(brief.id, ['2026-11-01T00:00:00Z', '2026-11-21T00:00:00Z']);
    await seed(long.id, ['2026-11-01T00:00:00Z']);
    // Events of an unknown tenant are kept as long as those of the others.
    await seed(deleted.id, ['2026-11-01T00:00:00Z']);
    await retention.expire(
      keeping([
        [brief, 7],
        [long, 365],
      ]),
    );
    expect(await list(`select tenant_id::text as value from security_events order by occurred_at, tenant_id`)).toEqual([
      ...[long.id, deleted.id].sort(),
      brief.id,
    ]);
    expect(await positions()).toEqual(['2', '3', '4']);
    expect(await marks()).toEqual(new Map([[brief.id, 1]]));
  });

  it('does not delete an event that waits for its position, nor its partition', async () => {
    await partitionsSince('2026-06-15T00:00:00Z');
    const tenant = newTenant();
    await seed(tenant.id, ['2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z']);
    const id = smallestIdAt(new Date('2026-06-20T00:00:00Z'));
    await sql`insert into security_events (tenant_id, id, type, occurred_at, actor_kind, api, outcome)
      values (${tenant.id}::uuid, ${id}::uuid, 'user.updated', '2026-06-20', 'user', 'rest', 'success')`.execute(
      db.read(),
    );
    await sql`insert into event_arrivals (tenant_id, event_id) values (${tenant.id}::uuid, ${id}::uuid)`.execute(
      db.read(),
    );
    for (const kept of [1, 100]) await retention.expire(keeping([[tenant, kept]]));
    expect(await days()).toContain('2026-06-20');
    await sql`delete from event_arrivals`.execute(db.read());
    await retention.expire(keeping([[tenant, 100]]));
    expect(await days()).not.toContain('2026-06-20');
  });

  it('keeps the last position, whatever expires, so that numbering continues after a restore', async () => {
    const tenant = newTenant();
    await seed(tenant.id, ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z']);
    for (const kept of [1, 100]) {
      await retention.expire(keeping([[tenant, kept]]));
      expect(await days()).toEqual([]);
      expect(await positions()).toEqual(['2']);
      expect(await marks()).toEqual(new Map([[tenant.id, 2]]));
    }
  });

  it('deletes a position that outlived its event once it is no longer the last, and drops the months up to it', async () => {
    await partitionsSince('2026-06-15T00:00:00Z');
    const [brief, long] = [newTenant(), newTenant()];
    const expire = () =>
      retention.expire(
        keeping([
          [brief, 1],
          [long, 100],
        ]),
      );
    await seed(long.id, ['2026-06-20T00:00:00Z']);
    await seed(brief.id, ['2026-06-21T00:00:00Z']);
    await expire();
    expect(await positions()).toEqual(['2']);
    await seed(long.id, ['2026-11-20T00:00:00Z']);
    await new LogMaintenance(db, new TestClock('2026-06-15T00:00:00Z')).createPartitions();
    await expire();
    expect(await positions()).toEqual(['3']);
    expect(await partitions()).not.toContain('security_events_2026_06');
  });

  it('begins no further transaction when the node ends, and reads no settings then', async () => {
    const tenant = newTenant();
    await seed(tenant.id, ['2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z']);
    let isEnding = false;
    retention = new LogRetention(db, clock, () => isEnding);
    const transaction = vi.spyOn(db, 'transaction');
    await retention.expire(async () => {
      isEnding = true;
      return new Map([[tenant.id, 1]]);
    });
    expect(transaction).toHaveBeenCalledTimes(1);
    await retention.expire(async () => {
      throw new Error('read settings');
    });
    expect(transaction).toHaveBeenCalledTimes(1);
    expect(await days()).toEqual(['2026-10-01', '2026-11-01']);
  });

  it('deletes a large backlog in batches', async () => {
    const tenant = newTenant();
    await sql`insert into security_events (tenant_id, id, type, occurred_at, actor_kind, api, outcome)
      select ${tenant.id}::uuid, ('019a0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user.updated', now(), 'user',
        'rest', 'success' from generate_series(1, 2500) as n`.execute(db.read());
    expect(await retention.deleteOlderThan(tenant.id, clock.now())).toBe(2_500);
    expect(await retention.deleteOlderThan(tenant.id, clock.now())).toBe(0);
  });

  describe('with subscribers', () => {
    let engine: EventEngine;
    let eventClock: TestClock;
    beforeEach(async () => {
      eventClock = new TestClock('2026-11-01T00:00:00Z');
      engine = testEngine(db, { clock: eventClock, sealer: PLAIN });
      await engine.start();
    });
    afterEach(() => engine.stop());

    const append = async (tenant: ReturnType<typeof newTenant>, subjectId: string) => {
      const event = await engine.log.append(testActor(), tenant, { type: EVENT_TYPES['user.updated'], subjectId });
      await until(async () => (await engine.reader.feedCursors(tenant.id, [event.id])).size === 1);
      return (await engine.reader.feedCursors(tenant.id, [event.id])).get(event.id)!;
    };
    const follow = (tenantId: string, after: string | null = null) => engine.feed.follow({ tenantId, after });
    const subjects = (items: readonly FeedItem[]) => items.map(({ event }) => event?.subjectId);

    it('refuses a cursor with deleted events after it, and names the oldest one that misses nothing', async () => {
      const [tenant, other] = [newTenant(), newTenant()];
      const cursors: string[] = [];
      for (const subjectId of ['a', 'b', 'c']) {
        cursors.push(await append(tenant, subjectId));
        await append(other, subjectId);
      }
      eventClock.advance(10 * 86_400);
      await append(tenant, 'd');
      await engine.retention.deleteOlderThan(tenant.id, eventClock.now());
      for (const expired of cursors.slice(0, 2)) {
        await expect(follow(tenant.id, expired).next()).rejects.toMatchObject({
          code: 'EVENT_CURSOR_EXPIRED',
          extensions: { oldestCursor: cursors[2] },
        });
      }
      const feed = follow(tenant.id, cursors[2]!);
      expect(subjects(await takeEvents(feed, 1))).toEqual(['d']);
      await feed.return?.();
      // The feed of the other tenant is complete.
      const theirs = follow(other.id, cursors[0]!);
      expect(subjects(await takeEvents(theirs, 3))).toEqual(['a', 'b', 'c']);
      await theirs.return?.();
    });

    it('judges a cursor of a generation that lost its tail by the place where reading would continue', async () => {
      const tenant = newTenant();
      const deleted = await append(tenant, 'a');
      await append(tenant, 'b');
      eventClock.advance(10 * 86_400);
      await append(tenant, 'c');
      await engine.retention.deleteOlderThan(tenant.id, eventClock.now());
      // Everything up to the place belongs to an earlier generation, so reading continues with the first event.
      const place = { ...new CursorCodec(PLAIN).decode(tenant.id, deleted), generation: 0, position: 1_000_000 };
      await expect(follow(tenant.id, new CursorCodec(PLAIN).encode(tenant.id, place)).next()).rejects.toMatchObject({
        code: 'EVENT_CURSOR_EXPIRED',
      });
    });

    it('ends the feed of a slow reader when events it has not read are deleted, instead of skipping them', async () => {
      const tenant = newTenant();
      const feed = follow(tenant.id);
      await feed.next();
      // More than the buffer of one subscriber, and more than one page of the log.
      for (let round = 0; round < 3; round++)
        await Promise.all(
          Array.from({ length: 300 }, (_, i) =>
            engine.log.append(testActor(), tenant, { type: EVENT_TYPES['user.updated'], subjectId: `${round}-${i}` }),
          ),
        );
      const last = await append(tenant, 'last');
      await until(() => new CursorCodec(PLAIN).decode(tenant.id, last).position <= engine.follower.position!.position);
      expect((await takeEvents(feed, 1)).length).toBe(1);
      eventClock.advance(86_400);
      await engine.retention.deleteOlderThan(tenant.id, eventClock.now());
      const read = async () => {
        for (;;) await feed.next();
      };
      await expect(read()).rejects.toMatchObject({
        code: 'EVENT_CURSOR_EXPIRED',
        extensions: { oldestCursor: last },
      });
      expect(engine.feed.size).toBe(0);
    });

    it('moves a node past the gap that was cut off for longer than events are kept, and informs its subscribers', async () => {
      const [tenant, other] = [newTenant(), newTenant()];
      const behind = testEngine(db, { clock: eventClock, sealer: PLAIN });
      await behind.start();
      const losing = behind.feed.follow({ tenantId: tenant.id });
      const whole = behind.feed.follow({ tenantId: other.id });
      await Promise.all([losing.next(), whole.next()]);
      await behind.follower.stop();
      await append(tenant, 'deleted before it was seen');
      eventClock.advance(86_400);
      const last = await append(other, 'kept');
      await engine.retention.deleteOlderThan(tenant.id, eventClock.now());
      await behind.follower.start();
      await expect(losing.next()).rejects.toMatchObject({ code: 'EVENT_CURSOR_EXPIRED' });
      expect(await takeEvents(whole, 1)).toMatchObject([{ cursor: last, event: { subjectId: 'kept' } }]);
      await whole.return?.();
      await behind.stop();
    });
  });
});

describe('the retention of events during sweeps', () => {
  it('is not interrupted by them, so that a large backlog is deleted faster than it grows', async () => {
    const db = await ENGINES[1]!.open();
    try {
      const tenant = newTenant();
      await sql`insert into security_events (tenant_id, id, type, occurred_at, actor_kind, api, outcome)
        select ${tenant.id}::uuid, ('019a0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'user.updated', now(),
          'user', 'rest', 'success' from generate_series(1, 1500) as n`.execute(db.read());
      const clock = new TestClock('2026-11-22T12:00:00Z');
      const deleting = () => new LogRetention(db, clock).deleteOlderThan(tenant.id, clock.now());
      expect(await new MaintenanceTurn(db, 'sweep').take(deleting)).toBe(1_500);
    } finally {
      await db.close();
    }
  });
});

describe('the retention of events during a long read of the log', () => {
  it('leaves the partitions to a later round instead of making other readers wait', async () => {
    const db = await ENGINES[1]!.open();
    try {
      const clock = new TestClock('2026-06-15T00:00:00Z');
      await new LogMaintenance(db, clock).createPartitions();
      clock.advance(365 * 86_400);
      await new LogMaintenance(db, clock).createPartitions();
      const tenant = newTenant();
      await sql`insert into event_positions (log, position, tenant_id, event_id)
        values (0, 1, ${tenant.id}::uuid, ${smallestIdAt(clock.now())}::uuid)`.execute(db.read());
      const retention = new LogRetention(db, clock);
      const expire = () => retention.expire(async () => new Map([[tenant.id as string, 100]]));
      const months = async () =>
        (await sql`select from pg_inherits where inhparent = 'security_events'::regclass`.execute(db.read())).rows
          .length;
      expect(await months()).toBe(7);
      await db.transaction(async () => {
        await sql`select from security_events limit 1`.execute(db.read());
        await expire();
      });
      expect(await months()).toBe(7);
      await expire();
      expect(await months()).toBe(4);
    } finally {
      await db.close();
    }
  });
});
