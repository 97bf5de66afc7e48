import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventEngine } from '../../../../src/events/index.ts';
import { EVENT_TYPES } from '../../../../src/modules.ts';
import type { Database } from '../../../../src/persistence/index.ts';
import { openTestDatabase } from '../../../support/database.ts';
import { newTenant, takeEvents, testActor, testEngine } from '../../../support/events.ts';

const COUNT = 40;

/** Two nodes of one log; both use the connection of the embedded database. */
describe('the follower of a node', () => {
  let db: Database;
  let statements: string[];
  const engines: EventEngine[] = [];
  beforeEach(async () => {
    statements = [];
    db = await openTestDatabase((statement) => statements.push(statement));
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.stop();
    await db.close();
  });

  const start = async (writtenBytes?: number): Promise<EventEngine> => {
    const engine = testEngine(db, writtenBytes === undefined ? {} : { writtenBytes });
    engines.push(engine);
    await engine.start();
    return engine;
  };
  const bodyReads = () => statements.filter((text) => text.includes('wanted (tenant_id, id)')).length;
  const tenant = newTenant();

  /** Writes events in all ways, and returns their subjects as the log has them and as a feed of a node delivers them. */
  const writeAndFollow = async (writer: EventEngine, reader: EventEngine) => {
    const feed = reader.feed.follow({ tenantId: tenant.id });
    await feed.next();
    for (let i = 0; i < COUNT; i += 2) {
      await writer.log.append(testActor(), tenant, {
        type: EVENT_TYPES['token.issued'],
        subjectId: `a-${i}`,
        params: { scope: ['x', 'y'], n: i, none: undefined },
      });
      await db.transaction(async () => {
        writer.log.record(testActor(), tenant, { type: EVENT_TYPES['user.updated'], subjectId: `r-${i}` });
      });
    }
    const items = await takeEvents(feed, COUNT);
    await feed.return?.();
    return items.map(({ event }) => event!);
  };
  const logged = async () =>
    (
      await sql<{ subject: string }>`select e.subject_id as subject from event_positions p
      join security_events e on e.tenant_id = p.tenant_id and e.id = p.event_id order by p.position`.execute(db.read())
    ).rows.map(({ subject }) => subject);

  it('reads no event back that its node wrote, and delivers each as the log has it', async () => {
    const engine = await start();
    const delivered = await writeAndFollow(engine, engine);
    expect(bodyReads()).toBe(0);
    expect(delivered.map(({ subjectId }) => subjectId)).toEqual(await logged());
    for (const event of delivered) expect(await engine.reader.findIn(tenant.id, event.id)).toEqual(event);
  });

  it('reads the events of other nodes', async () => {
    const [writer, reader] = [await start(), await start()];
    const delivered = await writeAndFollow(writer, reader);
    expect(bodyReads()).toBeGreaterThan(0);
    expect(delivered.map(({ subjectId }) => subjectId)).toEqual(await logged());
    for (const event of delivered) expect(await reader.reader.findIn(tenant.id, event.id)).toEqual(event);
  });

  it('reads the events of its node that were too large together for the memory', async () => {
    const engine = await start(2_500);
    await engine.follower.stop();
    const following = writeAndFollow(engine, engine);
    // The follower lags until more is written than the memory holds.
    await expect.poll(async () => (await logged()).length, { timeout: 60_000 }).toBe(COUNT);
    await engine.follower.start();
    const delivered = await following;
    expect(bodyReads()).toBeGreaterThan(0);
    expect(delivered.map(({ subjectId }) => subjectId)).toEqual(await logged());
  });

  it('gets nothing of what was rolled back', async () => {
    const engine = await start();
    const failing = db.transaction(async () => {
      engine.log.record(testActor(), tenant, { type: EVENT_TYPES['user.updated'], subjectId: 'undone' });
      await db.em.flush();
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    const delivered = await writeAndFollow(engine, engine);
    expect(delivered.map(({ subjectId }) => subjectId)).not.toContain('undone');
    expect(bodyReads()).toBe(0);
  });
});
