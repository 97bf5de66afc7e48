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
    // One finds the user, the other one reads the page.
    expect(reads).toHaveLength(2);
    expect(sent.some(({ sql }) => /count\(\*\) filter/.test(sql))).toBe(false);
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

  it('reads groups and addresses of the page alone, of however many users meet the filter', async () => {
    sent = [];
    const filter = encodeURIComponent('userName sw "user00001"');
    const { status, json } = await rest.ask('GET', `/scim/v2/acme/Users?count=3&startIndex=20&filter=${filter}`, {
      token: 'x',
    });
    expect([status, json.totalResults, json.itemsPerPage]).toEqual([200, 100, 3]);
    const shown = json.Resources.map(({ id }: { id: string }) => id);
    for (const table of ['group_members', 'user_addresses']) {
      const reads = sent.filter(({ sql }) => sql.includes(table));
      expect(reads.map(({ parameters }) => parameters.find(Array.isArray)?.toSorted())).toEqual([shown.toSorted()]);
    }
  });

  it('reads no user where nobody meets the filter, and none to find somebody without one', async () => {
    const readsOf = async (query: string) => {
      sent = [];
      expect((await rest.ask('GET', `/scim/v2/acme/Users?${query}`, { token: 'x' })).status).toBe(200);
      return sent.filter(({ sql }) => /\busers\b/.test(sql)).length;
    };
    for (const filter of ['userName eq "nobody"', 'nothing eq "a"'])
      expect(await readsOf(`filter=${encodeURIComponent(filter)}`), filter).toBe(0);
    // The page, and how many there are.
    expect(await readsOf('count=3')).toBe(2);
  });
});
