import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import type { EventEngine } from '../../../../src/events/index.ts';
import { ServerLink, type ServerLinkHooks } from '../../../../src/events/link/server-link.ts';
import { LOOK } from '../../../../src/events/read/positions.ts';
import { HAS_WORK, SEQUENCER_STATEMENTS } from '../../../../src/events/sequence/sequencing.ts';
import { ENTITIES, EVENT_TYPES } from '../../../../src/modules.ts';
import { Database, defineStatement } from '../../../../src/persistence/index.ts';
import { newTenant, takeEvents, testActor, testEngine } from '../../../support/events.ts';
import { createTestDatabase } from '../../../support/postgres.ts';
import { TransactionPooler } from '../../../support/transaction-pooler.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** An engine with a short lock timeout, and another client of its database. */
async function start(onError: (error: unknown) => void): Promise<{ engine: EventEngine; other: pg.Client }> {
  const { url, drop } = await createTestDatabase();
  cleanUps.push(drop);
  const limits = { lockMs: 100, statementMs: 5_000 };
  const db = await Database.open({ location: { kind: 'server', url, poolMax: 2, limits }, entities: ENTITIES });
  cleanUps.push(() => db.close());
  const engine = testEngine(db, { onError });
  await engine.start();
  cleanUps.push(() => engine.stop());
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  cleanUps.push(() => other.end());
  return { engine, other };
}

describe('the sequencer', () => {
  it('continues after a pass that the server ended because of a lock', async () => {
    const ended = Promise.withResolvers<void>();
    const { engine, other } = await start(() => ended.resolve());
    const tenant = newTenant();
    const feed = engine.feed.follow({ tenantId: tenant.id });
    cleanUps.push(async () => feed.return?.());
    await feed.next();
    await other.query('begin; lock table event_positions in access exclusive mode');
    await engine.log.append(testActor(), tenant, { type: EVENT_TYPES['token.issued'], params: {} });
    await ended.promise;
    await other.query('commit');
    const [item] = await takeEvents(feed, 1);
    expect(item!.event!.type).toBe('token.issued');
  });
});

describe('the connections of the event log', () => {
  const openLink = async (url: string, hooks: ServerLinkHooks = {}): Promise<ServerLink> => {
    const db = await Database.open({ location: { kind: 'server', url, poolMax: 1 }, entities: ENTITIES });
    cleanUps.push(() => db.close());
    const link = new ServerLink(db.server!, 'test', hooks);
    await link.start();
    cleanUps.push(() => link.stop());
    return link;
  };
  const rowsOf = async (link: ServerLink, text: string) =>
    ((await link.query({ text, values: [] })) as pg.QueryResult<Record<string, unknown>>).rows;
  const DOUBLED = defineStatement<{ doubled: number }>('test-doubled', 'select $1::integer * 2 as doubled');

  it('keep statements prepared and plan without scans of whole tables, where they are direct', async () => {
    const { url, drop } = await createTestDatabase();
    cleanUps.push(drop);
    const link = await openLink(url, { statements: [DOUBLED] });
    const results = await link.query({ text: 'select 1', prepared: `execute "${DOUBLED.name}"(21); select 2` });
    expect((results as pg.QueryResult[]).map(({ rows }) => rows)).toEqual([[{ doubled: 42 }], [{ '?column?': 2 }]]);
    expect(await rowsOf(link, 'show enable_seqscan')).toEqual([{ enable_seqscan: 'off' }]);
  });

  it('name nothing and set nothing behind a pooler', async () => {
    const { url, drop } = await createTestDatabase();
    cleanUps.push(drop);
    const pooled = new URL(url);
    const pooler = await TransactionPooler.open(Number(pooled.port), 1);
    cleanUps.push(() => pooler.close());
    pooled.port = String(pooler.port);
    const link = await openLink(pooled.href, { statements: [DOUBLED] });
    await link.query({ text: DOUBLED.text, values: [21] });
    await link.query({ text: 'select 1', prepared: 'select from nowhere' });
    expect(await rowsOf(link, `select 1 from pg_prepared_statements where name like 'test-%'`)).toEqual([]);
    expect(await rowsOf(link, 'show enable_seqscan')).toEqual([{ enable_seqscan: 'on' }]);
  });

  it('are made anew when they lost what was prepared', async () => {
    const { url, drop } = await createTestDatabase();
    cleanUps.push(drop);
    const lost = Promise.withResolvers<void>();
    const link = await openLink(url, { statements: [DOUBLED], onLost: () => lost.resolve() });
    await link.query({ text: 'deallocate all', values: [] });
    const prepared = `execute "${DOUBLED.name}"(1); select 2`;
    await expect(link.query({ text: 'select 1', prepared })).rejects.toMatchObject({ code: 'CONFLICT' });
    await lost.promise;
    await expect.poll(() => link.isUp, { timeout: 10_000 }).toBe(true);
    await link.query({ text: 'select 1', prepared });
  });

  it('need no check before a statement that itself fails on a server that takes no writes', async () => {
    const { url, drop } = await createTestDatabase();
    cleanUps.push(drop);
    const link = await openLink(url);
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    cleanUps.push(() => other.end());
    await link.query({ text: 'set default_transaction_read_only = on', values: [] });
    for (const { text } of [...SEQUENCER_STATEMENTS.slice(1), LOOK, HAS_WORK]) {
      const values = text === LOOK.text ? [1, 0] : [];
      await expect(
        other.query(`begin read only; prepare p as ${text}; execute p${values.length > 0 ? '(1, 0)' : ''}`),
      ).rejects.toMatchObject({ code: '25006' });
      await other.query('rollback; deallocate all');
    }
    await expect(link.query({ text: LOOK.text, values: [1, 0], isWriting: true })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    await expect.poll(() => link.isUp, { timeout: 10_000 }).toBe(true);
  });
});
