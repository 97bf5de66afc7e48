import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../../../src/access/index.ts';
import { kernelErrors, type TenantRef } from '../../../../src/kernel/index.ts';
import { ENTITIES } from '../../../../src/modules.ts';
import { Database } from '../../../../src/persistence/index.ts';
import { fillTenant } from '../../../support/growth-data.ts';
import { Planner, type SentStatement } from '../../../support/plans.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/postgres.ts';
import { NO_API_KEYS, type RestClient, serveWorld } from '../../../support/rest.ts';
import { World } from '../../../support/world.ts';

const SIZE = { users: 5_000, tenants: 10, events: 100, others: 10 };

describe('the plan of a filter of SCIM users, among 5,000', () => {
  let database: TestDatabase;
  let world: World;
  let rest: RestClient;
  let planner: Planner;
  let sent: SentStatement[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    const db = await Database.open({
      location: { kind: 'server', url: database.url, poolMax: 4 },
      entities: ENTITIES,
      observe: (statement, parameters) => sent.push({ sql: statement, parameters }),
    });
    world = await World.open(db);
    const acme: TenantRef = await world.tenant({ name: 'acme' });
    await fillTenant(db, acme.id, SIZE, world.clock.now());
    const callers = {
      ...NO_API_KEYS,
      bearer: (_token: string, _tenant: unknown, origin: Caller['origin']): Caller => ({
        ...world.app(acme, 'user:read', 'group:read'),
        origin,
      }),
      client: (): never => {
        throw kernelErrors.UNAUTHENTICATED();
      },
    };
    rest = await serveWorld(world, callers);
    planner = await Planner.open(database.url);
  }, 120_000);
  afterAll(async () => {
    await planner?.close();
    await rest?.close();
    await world?.close();
    await database?.drop();
  });

  it('finds `userName eq` by an index, and reads no table of users from beginning to end', async () => {
    sent = [];
    const filter = encodeURIComponent('userName eq "USER0000012"');
    const { status, json } = await rest.ask('GET', `/scim/v2/acme/Users?filter=${filter}`, { token: 'x' });
    expect([status, json.totalResults, json.Resources[0].userName]).toEqual([200, 1, 'user0000012']);
    const reads = sent.filter(({ sql }) => /^(select|with)/i.test(sql.trim()) && /\busers\b/.test(sql));
    expect(reads.length).toBeGreaterThan(0);
    for (const read of reads) {
      const { scanned, read: rows, shape } = await planner.explain(read, 'custom');
      expect([scanned, shape]).toEqual([[], expect.stringMatching(/Index/)]);
      expect([...rows.values()].every((count) => count <= 10)).toBe(true);
    }
  });

  it('reads the addresses of a page by one statement, and none where the answer has none of them', async () => {
    const statementsOf = async (path: string): Promise<SentStatement[]> => {
      sent = [];
      expect((await rest.ask('GET', `/scim/v2/acme/Users${path}`, { token: 'x' })).status).toBe(200);
      return sent.filter(({ sql }) => sql.includes('user_addresses'));
    };
    const [read, ...others] = await statementsOf('?count=100');
    expect(others).toEqual([]);
    expect(read!.parameters[1]).toHaveLength(100);
    const byName = `filter=${encodeURIComponent('userName eq "USER0000012"')}`;
    for (const asked of ['excludedAttributes=addresses', 'attributes=userName,emails'])
      for (const path of [`?${asked}`, `?${byName}&${asked}`]) expect(await statementsOf(path), path).toEqual([]);
    const byCity = encodeURIComponent('userName eq "USER0000012" and addresses.locality eq "Riga"');
    expect(await statementsOf(`?filter=${byCity}&attributes=userName`)).toHaveLength(1);
  });
});
