import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventEngine, FeedItem } from '../../../../src/events/index.ts';
import { EVENT_TYPES, type EventName } from '../../../../src/modules.ts';
import type { Database } from '../../../../src/persistence/index.ts';
import { newTenant, takeEvents, testActor, testEngine, until } from '../../../support/events.ts';
import { ENGINES } from '../../../support/postgres.ts';

describe.each(ENGINES)('the event feed on $name', ({ open }) => {
  let db: Database;
  let engine: EventEngine;
  beforeAll(async () => {
    db = await open();
    engine = testEngine(db);
    await engine.start();
  });
  afterAll(async () => {
    await engine.stop();
    await db.close();
  });

  const append = (tenant: ReturnType<typeof newTenant>, subjectId: string, type: EventName = 'user.updated') =>
    engine.log.append(testActor(), tenant, { type: EVENT_TYPES[type], subjectId });
  const subjects = (items: readonly FeedItem[]) => items.map(({ event }) => event?.subjectId);
  /** Follows and takes the first checkpoint, so that events appended afterwards belong to the feed. */
  const follow = async (request: Parameters<EventEngine['feed']['follow']>[0]) => {
    const feed = engine.feed.follow(request);
    const { value } = await feed.next();
    return { feed, first: value as FeedItem };
  };

  it('begins with a checkpoint and then yields each event of its tenant once, in order', async () => {
    const [tenant, neighbour] = [newTenant(), newTenant()];
    const { feed, first } = await follow({ tenantId: tenant.id });
    expect(first.event).toBeNull();
    for (let i = 0; i < 5; i++) {
      await append(tenant, `u${i}`);
      await append(neighbour, 'other');
    }
    expect(subjects(await takeEvents(feed, 5))).toEqual(['u0', 'u1', 'u2', 'u3', 'u4']);
    await feed.return?.();
    expect(engine.feed.size).toBe(0);
  });

  it('yields both recorded and appended events', async () => {
    const tenant = newTenant();
    const { feed } = await follow({ tenantId: tenant.id });
    await db.transaction(async () => {
      engine.log.record(testActor(), tenant, { type: EVENT_TYPES['user.created'], subjectId: 'a' });
      engine.log.record(testActor(), tenant, { type: EVENT_TYPES['user.enabled'], subjectId: 'b' });
    });
    await append(tenant, 'c');
    expect(subjects(await takeEvents(feed, 3))).toEqual(['a', 'b', 'c']);
    await feed.return?.();
  });

  it('resumes after any of its cursors, the first checkpoint included', async () => {
    const tenant = newTenant();
    const { feed, first } = await follow({ tenantId: tenant.id });
    for (let i = 0; i < 4; i++) await append(tenant, `u${i}`);
    const items = await takeEvents(feed, 4);
    await feed.return?.();
    for (const [i, { cursor }] of [first, ...items].entries()) {
      const resumed = engine.feed.follow({ tenantId: tenant.id, after: cursor });
      await append(tenant, 'end');
      const seen: unknown[] = [];
      for await (const { event } of resumed) {
        if (event !== null) seen.push(event.subjectId);
        if (event?.subjectId === 'end' && seen.length >= 5 - i) break;
      }
      expect(seen.slice(0, 5 - i)).toEqual([...['u0', 'u1', 'u2', 'u3'].slice(i), 'end']);
    }
  });

  it('delivers every event once, from the log, to a consumer that fell far behind', async () => {
    const tenant = newTenant();
    const { feed } = await follow({ tenantId: tenant.id });
    const count = 1_300;
    const wanted = Array.from({ length: count }, (_, i) => `u${i}`);
    const before = engine.follower.position!.position;
    for (let i = 0; i < count; i += 100) {
      await db.transaction(async () => {
        for (const subjectId of wanted.slice(i, i + 100)) {
          engine.log.record(testActor(), tenant, { type: EVENT_TYPES['user.updated'], subjectId });
        }
      });
    }
    await until(() => engine.follower.position!.position >= before + count);
    const items = await takeEvents(feed, count);
    expect(subjects(items)).toEqual(wanted);
    await append(tenant, 'live');
    expect(subjects(await takeEvents(feed, 1))).toEqual(['live']);
    await feed.return?.();
  });

  it.each([
    [{ types: ['user.created'] }, ['created']],
    [{ categories: ['lockout'] }, ['locked']],
    [{ categories: ['user'], types: ['user.created', 'lockout.started'] }, ['created']],
    [{ subjectId: 'failed' }, ['failed']],
    [{ outcome: 'failure' }, ['failed']],
    [{ actorId: 'test-client', clientId: 'test-client' }, ['created', 'locked', 'failed']],
    [{ actorId: 'somebody' }, []],
  ] as const)('filters by %o, live and from the log', async (filter, wanted) => {
    const tenant = newTenant();
    const { feed, first } = await follow({ tenantId: tenant.id, filter });
    await append(tenant, 'created', 'user.created');
    await append(tenant, 'locked', 'lockout.started');
    await engine.log.append(testActor(), tenant, {
      type: EVENT_TYPES['sign_in.failed'],
      subjectId: 'failed',
      outcome: 'failure',
    });
    expect(subjects(await takeEvents(feed, wanted.length))).toEqual(wanted);
    const logged = engine.feed.follow({ tenantId: tenant.id, filter, after: first.cursor });
    expect(subjects(await takeEvents(logged, wanted.length))).toEqual(wanted);
    await Promise.all([feed.return?.(), logged.return?.()]);
  });

  it('gives an idle subscriber a checkpoint when its place moved, and none when it did not', async () => {
    const [tenant, neighbour] = [newTenant(), newTenant()];
    const { feed } = await follow({ tenantId: tenant.id });
    engine.feed.checkpoint();
    const next = feed.next();
    const before = engine.follower.position!.position;
    await append(neighbour, 'other');
    await until(() => engine.follower.position!.position > before);
    engine.feed.checkpoint();
    const { value } = await next;
    expect(value?.event).toBeNull();
    await append(tenant, 'after');
    const resumed = engine.feed.follow({ tenantId: tenant.id, after: value!.cursor });
    expect(subjects(await takeEvents(resumed, 1))).toEqual(['after']);
    await Promise.all([feed.return?.(), resumed.return?.()]);
  });

  it('tells whether an item lies behind another one, and gives the present place without a feed', async () => {
    const tenant = newTenant();
    const { feed, first } = await follow({ tenantId: tenant.id });
    await append(tenant, 'before');
    const [before] = (await takeEvents(feed, 1)) as [FeedItem];
    const here = engine.feed.checkpointNow(tenant.id);
    expect(here).toMatchObject({ kind: 'checkpoint', event: null });
    await append(tenant, 'behind');
    const [behind] = (await takeEvents(feed, 1)) as [FeedItem];
    const isAfter = (item: FeedItem, other: FeedItem) => engine.feed.isAfter(item, other);
    expect([isAfter(before, first), isAfter(first, before), isAfter(before, before)]).toEqual([true, false, false]);
    expect([isAfter(before, here), isAfter(behind, here)]).toEqual([false, true]);
    const resumed = engine.feed.follow({ tenantId: tenant.id, after: here.cursor });
    expect(subjects(await takeEvents(resumed, 1))).toEqual(['behind']);
    await Promise.all([feed.return?.(), resumed.return?.()]);
  });

  it('refuses a cursor of another tenant, a changed one and a text that is not a cursor', async () => {
    const [tenant, neighbour] = [newTenant(), newTenant()];
    const { feed, first } = await follow({ tenantId: tenant.id });
    await feed.return?.();
    const { cursor } = first;
    const changed = `${cursor.slice(0, -2)}${cursor.endsWith('AA') ? 'BB' : 'AA'}`;
    const cases: [string, string][] = [
      [neighbour.id, cursor],
      [tenant.id, changed],
      [tenant.id, '1.1'],
      [tenant.id, ''],
      [tenant.id, 'x'.repeat(10_000)],
    ];
    for (const [tenantId, after] of cases) {
      await expect(engine.feed.follow({ tenantId, after }).next()).rejects.toMatchObject({
        code: 'EVENT_CURSOR_INVALID',
      });
    }
  });

  it('ends when its signal is aborted or it is returned, also while it waits', async () => {
    const controller = new AbortController();
    const { feed } = await follow({ tenantId: newTenant().id, signal: controller.signal });
    const waiting = feed.next();
    controller.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    const { feed: other } = await follow({ tenantId: newTenant().id });
    const waitingToo = other.next();
    await other.return?.();
    expect((await waitingToo).done).toBe(true);
    expect(engine.feed.size).toBe(0);
  });

  it('shares one item between the subscribers of an event', async () => {
    const tenant = newTenant();
    const [a, b] = await Promise.all([follow({ tenantId: tenant.id }), follow({ tenantId: tenant.id })]);
    await append(tenant, 'shared');
    const [[itemA], [itemB]] = await Promise.all([takeEvents(a.feed, 1), takeEvents(b.feed, 1)]);
    expect(itemA).toBe(itemB);
    await Promise.all([a.feed.return?.(), b.feed.return?.()]);
  });

  it('calls listeners with every event of every tenant', async () => {
    const seen: unknown[] = [];
    engine.follower.onEvent(({ subjectId }) => seen.push(subjectId));
    await append(newTenant(), 'heard-1');
    await append(newTenant(), 'heard-2');
    await until(() => seen.includes('heard-2'));
    expect(seen).toEqual(['heard-1', 'heard-2']);
    expect(engine.follower.isFresh(60_000)).toBe(true);
    expect(engine.follower.isFresh(-1)).toBe(false);
  });
});

describe('the event feed before the start of its engine', () => {
  it('throws that it is not available', async () => {
    const { open } = ENGINES[0]!;
    const db = await open();
    try {
      const { feed } = testEngine(db);
      const { id: tenantId } = newTenant();
      await expect(feed.follow({ tenantId }).next()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      expect(() => feed.checkpointNow(tenantId)).toThrow(expect.objectContaining({ code: 'SERVICE_UNAVAILABLE' }));
    } finally {
      await db.close();
    }
  });
});
