import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventEngine, FeedItem } from '../../../src/events/index.ts';
import { ENTITIES, EVENT_TYPES } from '../../../src/modules.ts';
import { Database } from '../../../src/persistence/index.ts';
import { type EventNode, startEventNode } from '../../support/event-nodes.ts';
import { newTenant, takeEvents, testActor, testEngine, until } from '../../support/events.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';
import { databaseUrl } from '../../support/postgres-broker.ts';

/** The positions are dense from the first on and cover every event of the log once. */
async function expectCompleteAndDense(db: Database): Promise<void> {
  const { rows } = await sql<{
    events: number;
    positions: number;
    distinct: number;
    first: number;
    last: number;
    matched: number;
  }>`
    select (select count(*) from security_events) as events, count(*) as positions,
      count(distinct (p.tenant_id, p.event_id)) as "distinct", min(p.position) as first, max(p.position) as last,
      count(e.id) as matched
    from event_positions p left join security_events e on e.tenant_id = p.tenant_id and e.id = p.event_id`.execute(
    db.read(),
  );
  const { events, ...found } = rows[0]!;
  expect(found).toEqual({ positions: events, distinct: events, first: 1, last: events, matched: events });
}

describe('the event log under several nodes (PostgreSQL)', { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let db: Database;
  let engine: EventEngine;
  let nodes: EventNode[];
  beforeEach(async () => {
    database = await createTestDatabase();
    db = await Database.open({ location: { kind: 'server', url: database.url, poolMax: 4 }, entities: ENTITIES });
    engine = testEngine(db);
    nodes = [];
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.kill()));
    await engine.stop();
    await db.close();
    await database.drop();
  });

  const start = async (tenantId: string, name: string, count: number): Promise<EventNode> => {
    const node = await startEventNode(database.url, tenantId, name, count);
    nodes.push(node);
    return node;
  };
  const isSequenced = async (): Promise<boolean> => {
    const { rows } = await sql<{ open: number }>`select count(*) as open from security_events e where not exists
      (select from event_positions p where p.tenant_id = e.tenant_id and p.event_id = e.id)`.execute(db.read());
    return rows[0]!.open === 0;
  };
  const subjects = (items: readonly FeedItem[]) => items.map(({ event }) => event!.subjectId!);

  it('gives every acknowledged event one position and delivers it once, in order, while nodes are killed', async () => {
    const tenant = newTenant();
    await engine.start();
    const feed = engine.feed.follow({ tenantId: tenant.id });
    await feed.next();
    const survivors = await Promise.all([start(tenant.id, 'a', 600), start(tenant.id, 'b', 600)]);
    const victims = await Promise.all([start(tenant.id, 'c', 100_000), start(tenant.id, 'd', 100_000)]);
    for (const victim of victims) {
      await until(() => victim.acknowledged.length >= 150);
      await victim.kill();
    }
    await Promise.all(survivors.map(({ finished }) => finished));
    await until(isSequenced);
    await expectCompleteAndDense(db);
    const { rows } = await sql<{ subject: string }>`select e.subject_id as subject from event_positions p
      join security_events e on e.tenant_id = p.tenant_id and e.id = p.event_id order by p.position`.execute(db.read());
    const inOrder = rows.map(({ subject }) => subject);
    expect(subjects(await takeEvents(feed, inOrder.length))).toEqual(inOrder);
    const logged = new Set(inOrder);
    const acknowledged = nodes.flatMap((node) => node.acknowledged);
    expect(acknowledged.filter((subject) => !logged.has(subject))).toEqual([]);
    expect(inOrder.filter((subject) => subject.startsWith('rolled-back'))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(2 * 480 + 2 * 150);
    await feed.return?.();
  });

  it.each(['another database', 'the same database'])(
    'does not wait for a transaction that somebody holds open in %s',
    async (where) => {
      const tenant = newTenant();
      const other = where === 'the same database' ? database.url : databaseUrl(database.url, 'postgres');
      const foreign = new pg.Client({ connectionString: other });
      await foreign.connect();
      try {
        await foreign.query('begin');
        await foreign.query('select pg_current_xact_id()');
        await engine.start();
        const feed = engine.feed.follow({ tenantId: tenant.id });
        await feed.next();
        for (let i = 0; i < 20; i++) {
          await engine.log.append(testActor(), tenant, { type: EVENT_TYPES['token.issued'], subjectId: `held-${i}` });
        }
        expect(subjects(await takeEvents(feed, 20))).toEqual(Array.from({ length: 20 }, (_, i) => `held-${i}`));
        await engine.maintenance.sweep();
        await foreign.query('commit');
        await engine.log.append(testActor(), tenant, { type: EVENT_TYPES['token.issued'], subjectId: 'after' });
        expect(subjects(await takeEvents(feed, 1))).toEqual(['after']);
        await feed.return?.();
      } finally {
        await foreign.end();
      }
      await expectCompleteAndDense(db);
    },
  );

  it('delivers an event whose transaction began first and committed last after the others', async () => {
    const tenant = newTenant();
    await engine.start();
    const feed = engine.feed.follow({ tenantId: tenant.id });
    await feed.next();
    await db.transaction(async () => {
      engine.log.record(testActor(), tenant, { type: EVENT_TYPES['user.updated'], subjectId: 'slow' });
      await sql`select pg_current_xact_id()`.execute(db.read());
      await db.detached(async () => {
        for (const subjectId of ['quick-1', 'quick-2']) {
          await engine.log.append(testActor(), tenant, { type: EVENT_TYPES['token.issued'], subjectId });
        }
        expect(subjects(await takeEvents(feed, 2))).toEqual(['quick-1', 'quick-2']);
      });
    });
    expect(subjects(await takeEvents(feed, 1))).toEqual(['slow']);
    await feed.return?.();
  });

  it('sweeps only the arrivals that have a position', async () => {
    const tenant = newTenant();
    await engine.start();
    await Promise.all(
      Array.from({ length: 200 }, () => engine.log.append(testActor(), tenant, { type: EVENT_TYPES['token.issued'] })),
    );
    await until(isSequenced);
    await engine.log.append(testActor(), tenant, { type: EVENT_TYPES['token.issued'], subjectId: 'last' });
    await until(isSequenced);
    await until(async () => {
      await engine.maintenance.sweep();
      const { rows } = await sql<{ left: number }>`select count(*) as left from event_arrivals`.execute(db.read());
      return rows[0]!.left <= 1;
    });
    await expectCompleteAndDense(db);
  });
});
