import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { type EventEngine, EventLog, type FeedItem } from '../../../src/events/index.ts';
import { systemClock } from '../../../src/kernel/index.ts';
import { ENTITIES, EVENT_TYPES } from '../../../src/modules.ts';
import { Database, migrate } from '../../../src/persistence/index.ts';
import { newTenant, takeEvents, testActor, testEngine, until } from '../../support/events.ts';
import { administer } from '../../support/postgres-broker.ts';
import { PostgresCluster } from '../../support/postgres-cluster.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
});

async function ownCluster(make: () => Promise<PostgresCluster> = () => PostgresCluster.create()) {
  const cluster = await make();
  cleanup.push(() => cluster.destroy());
  return cluster;
}

async function openOn(cluster: PostgresCluster): Promise<Database> {
  const db = await Database.open({ location: { kind: 'server', url: cluster.url(), poolMax: 3 }, entities: ENTITIES });
  cleanup.push(() => db.close());
  return db;
}

async function runEngine(db: Database): Promise<EventEngine> {
  const engine = testEngine(db);
  await engine.start();
  cleanup.push(() => engine.stop());
  return engine;
}

/** Uses up transaction ids, so that the counters of the clusters differ. */
async function burn(cluster: PostgresCluster, transactions: number): Promise<void> {
  const client = new pg.Client({ connectionString: cluster.url() });
  await client.connect();
  for (let i = 0; i < transactions; i++) await client.query('select pg_current_xact_id()');
  await client.end();
}

/** COPY of every table from one snapshot of `source` into the migrated, empty `target`. */
async function copyLogically(source: PostgresCluster, target: PostgresCluster): Promise<void> {
  const [from, to] = [source, target].map((cluster) => new pg.Client({ connectionString: cluster.url() }));
  await from!.connect();
  await to!.connect();
  await from!.query('begin isolation level repeatable read');
  await to!.query("begin; set local session_replication_role = 'replica'");
  const { rows } = await from!.query<{ name: string }>(`select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'migrations'`);
  for (const { name } of rows) {
    const file = join(source.folder, `${name}.copy`);
    await from!.query(`copy (select * from "${name}") to '${file}'`);
    await to!.query(`copy "${name}" from '${file}'`);
  }
  await from!.query('commit');
  await to!.query('commit');
  await from!.end();
  await to!.end();
}

const tenant = newTenant();
const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `e${from + i}`);
const subjects = (items: readonly FeedItem[]) => items.map(({ event }) => event!.subjectId!);

async function write(log: EventLog, subjectIds: readonly string[]): Promise<void> {
  for (const subjectId of subjectIds)
    await log.append(testActor(), tenant, { type: EVENT_TYPES['token.issued'], subjectId });
}

async function expectDense(db: Database): Promise<void> {
  const { rows } = await sql<{ events: number; positions: number; distinct: number; last: number }>`
    select (select count(*) from security_events) as events, count(*) as positions, max(position) as last,
      count(distinct (tenant_id, event_id)) as "distinct" from event_positions`.execute(db.read());
  const { events, ...found } = rows[0]!;
  expect(found).toEqual({ positions: events, distinct: events, last: events });
}

const generations = async (db: Database): Promise<number> =>
  (await sql<{ last: number }>`select max(generation) as last from event_generations`.execute(db.read())).rows[0]!.last;

/** A cluster with 20 sequenced events, 5 that have no position yet, and the cursor after the tenth. */
async function source(transactionsBefore: number) {
  const cluster = await ownCluster();
  await burn(cluster, transactionsBefore);
  const db = await openOn(cluster);
  await migrate(db);
  const engine = testEngine(db);
  await engine.start();
  const feed = engine.feed.follow({ tenantId: tenant.id });
  await feed.next();
  await write(engine.log, names(0, 20));
  const items = await takeEvents(feed, 20);
  await feed.return?.();
  await engine.stop();
  await write(new EventLog(db, systemClock), names(20, 25));
  return { cluster, db, cursor: items[9]!.cursor, lastCursor: items[19]!.cursor };
}

describe('the event log through copies of the database', { timeout: 120_000 }, () => {
  it.each([
    ['whose transaction ids are far behind', 400, 0],
    ['whose transaction ids are far ahead', 0, 400],
  ])('continues after a logical copy into a cluster %s', async (_case, burnSource, burnTarget) => {
    const { cluster, db, cursor } = await source(burnSource);
    const target = await ownCluster();
    await burn(target, burnTarget);
    const targetDb = await openOn(target);
    await migrate(targetDb);
    // Open while the copy is made: the copy has neither the event nor its change.
    await db.transaction(async () => {
      new EventLog(db, systemClock).record(testActor(), tenant, {
        type: EVENT_TYPES['user.updated'],
        subjectId: 'not copied',
      });
      await sql`select pg_current_xact_id()`.execute(db.read());
      await copyLogically(cluster, target);
    });
    const engine = await runEngine(targetDb);
    const feed = engine.feed.follow({ tenantId: tenant.id, after: cursor });
    expect(subjects(await takeEvents(feed, 15))).toEqual(names(10, 25));
    // Enough transactions that the copied ids would be assigned again, if they still counted.
    for (let i = 25; i < 250; i += 25) {
      await Promise.all(names(i, i + 25).map((name) => write(engine.log, [name])));
      await burn(target, 60);
    }
    expect(subjects(await takeEvents(feed, 225)).toSorted()).toEqual(names(25, 250).toSorted());
    await feed.return?.();
    expect(await generations(targetDb)).toBe(2);
    await expectDense(targetDb);
  });

  it('continues in the same generation after a physical copy', async () => {
    const { cluster, db, cursor } = await source(0);
    await db.close();
    await cluster.stop();
    const copyDb = await openOn(await ownCluster(() => cluster.physicalCopy()));
    const engine = await runEngine(copyDb);
    const feed = engine.feed.follow({ tenantId: tenant.id, after: cursor });
    expect(subjects(await takeEvents(feed, 15))).toEqual(names(10, 25));
    await write(engine.log, names(25, 30));
    expect(subjects(await takeEvents(feed, 5))).toEqual(names(25, 30));
    await feed.return?.();
    expect(await generations(copyDb)).toBe(1);
    await expectDense(copyDb);
  });

  it('resumes a cursor from a lost tail where the events of the promoted standby begin', async () => {
    const { cluster, db, lastCursor } = await source(0);
    await db.close();
    await cluster.stop();
    const standby = await ownCluster(() => cluster.physicalCopy(true));
    // The old primary continues for a while; its events then reach a subscriber, but not the standby.
    await cluster.start();
    const lost = await runEngine(await openOn(cluster));
    const lostFeed = lost.feed.follow({ tenantId: tenant.id, after: lastCursor });
    await write(lost.log, ['lost-1', 'lost-2']);
    const lostItems = await takeEvents(lostFeed, 7);
    expect(subjects(lostItems)).toEqual([...names(20, 25), 'lost-1', 'lost-2']);
    await lostFeed.return?.();

    await administer(standby.url(), 'select pg_promote()');
    const db2 = await openOn(standby);
    const engine = await runEngine(db2);
    await write(engine.log, ['new-1', 'new-2', 'new-3']);
    const feed = engine.feed.follow({ tenantId: tenant.id, after: lostItems[6]!.cursor });
    const seen = new Set<string>();
    await until(async () => {
      for (const subject of subjects(await takeEvents(feed, 1))) seen.add(subject);
      return seen.has('new-3');
    });
    expect([...seen]).toEqual(expect.arrayContaining(['new-1', 'new-2', 'new-3']));
    await feed.return?.();
    expect(await generations(db2)).toBe(2);
    await expectDense(db2);
  });
});
