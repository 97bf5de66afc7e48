import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventEngine } from '../../../src/events/index.ts';
import { ENTITIES, EVENT_TYPES } from '../../../src/modules.ts';
import { Database, migrate } from '../../../src/persistence/index.ts';
import { newTenant, takeEvents, testActor, testEngine, until } from '../../support/events.ts';
import { PostgresCluster } from '../../support/postgres-cluster.ts';

describe('the event log while the database is away', () => {
  let cluster: PostgresCluster;
  let db: Database;
  let engine: EventEngine;
  beforeAll(async () => {
    cluster = await PostgresCluster.create();
    db = await Database.open({ location: { kind: 'server', url: cluster.url(), poolMax: 2 }, entities: ENTITIES });
    await migrate(db);
    engine = testEngine(db);
    await engine.start();
  });
  afterAll(async () => {
    await engine.stop();
    await db.close();
    await cluster.destroy();
  });

  it('refuses appends, keeps every acknowledged event, and delivers each once when it is back', async () => {
    const tenant = newTenant();
    const append = (subjectId: string) =>
      engine.log.append(testActor(), tenant, { type: EVENT_TYPES['token.issued'], subjectId }).then(() => subjectId);
    const feed = engine.feed.follow({ tenantId: tenant.id });
    await feed.next();
    await append('before');
    const waiting = Promise.allSettled(Array.from({ length: 200 }, (_, i) => append(`under-${i}`)));
    await cluster.stop('fast');
    const results = await waiting;
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    }
    await expect(append('away')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });

    await cluster.start();
    await until(() =>
      append('back').then(
        () => true,
        () => false,
      ),
    );
    const { rows } = await sql<{ subject: string }>`select subject_id as subject from security_events
      where tenant_id = ${tenant.id}`.execute(db.read());
    const logged = rows.map(({ subject }) => subject);
    const acknowledged = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(logged).toEqual(expect.arrayContaining(['before', ...acknowledged, 'back']));
    const delivered = (await takeEvents(feed, logged.length)).map(({ event }) => event!.subjectId!);
    expect(delivered.toSorted()).toEqual(logged.toSorted());
    await feed.return?.();
    await until(() => engine.follower.isFresh(1_000));
  });

  it('does not report that it is fresh when the log could not be read', async () => {
    await cluster.stop('immediate');
    await until(() => !engine.follower.isFresh(300));
    await cluster.start();
    await until(() => engine.follower.isFresh(300));
  });
});
