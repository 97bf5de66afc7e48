import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import type { EventEngine } from '../../../../src/events/index.ts';
import { ENTITIES, EVENT_TYPES } from '../../../../src/modules.ts';
import { Database } from '../../../../src/persistence/index.ts';
import { newTenant, takeEvents, testActor, testEngine } from '../../../support/events.ts';
import { createTestDatabase } from '../../../support/postgres.ts';

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
