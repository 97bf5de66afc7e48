import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { ENTITIES } from '../../../src/modules.ts';
import { Database } from '../../../src/persistence/index.ts';
import { PostgresCluster } from '../../support/postgres-cluster.ts';

describe('the database when its server goes away', () => {
  it('says so, and has its one connection again when the server is back', async () => {
    const cluster = await PostgresCluster.create();
    const db = await Database.open({
      location: { kind: 'server', url: cluster.url(), poolMax: 1 },
      entities: ENTITIES,
    });
    const inTransaction = () =>
      db.transaction(async () => (await sql<{ one: number }>`select 1 as one`.execute(db.read())).rows[0]?.one);
    try {
      expect(await inTransaction()).toBe(1);
      const underWay = db.transaction(async () => {
        await sql`select 1`.execute(db.read());
        await cluster.stop('immediate');
        await sql`select 1`.execute(db.read());
      });
      await expect(underWay).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      await expect(inTransaction()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });
      await cluster.start();
      expect(await inTransaction()).toBe(1);
    } finally {
      await db.close();
      await cluster.destroy();
    }
  });
});
