import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const LIST = `query ($tenant: String, $first: Int, $after: String, $filter: TenantClientFilterInput) {
  tenantClients(tenant: $tenant, first: $first, after: $after, filter: $filter) {
    nodes { clientUuid clientId roles { roleUuid name } } totalCount pageInfo { endCursor hasNextPage }
  }
}`;
const ONE =
  'query ($tenant: String, $clientId: ID!) { tenantClient(tenant: $tenant, clientId: $clientId) { clientId } }';

describe('clients that stand for tenants', () => {
  let world: World;
  let master: TenantRef;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  it('are listed page by page for callers that reach all tenants, and found', async () => {
    const caller = world.app(master, 'client:read:all');
    const { data } = await world.graphql(caller, LIST, { first: 1 });
    const { nodes, totalCount, pageInfo } = data.tenantClients;
    expect(nodes).toMatchObject([{ clientUuid: acme.id, clientId: 'acme-realm' }]);
    expect(nodes[0].roles.map(({ name }: { name: string }) => name)).toContain('realm-admin');
    expect(totalCount).toBe(2);
    const next = await world.graphql(caller, LIST, { first: 1, after: pageInfo.endCursor });
    expect(next.data.tenantClients.nodes).toMatchObject([{ clientId: 'master-realm' }]);
    const found = await world.graphql(caller, ONE, { clientId: acme.id });
    expect(found.data.tenantClient).toEqual({ clientId: 'acme-realm' });
    expect((await world.graphql(caller, ONE, { clientId: 'none' })).data.tenantClient).toBeNull();
    const none = await world.graphql(caller, LIST, { filter: { clientId: 'acme' } });
    expect(none.data.tenantClients).toMatchObject({ nodes: [], totalCount: 0, pageInfo: { hasNextPage: false } });
  });

  it('are nothing for others, nor in another tenant', async () => {
    for (const [caller, tenant] of [
      [world.app(master, 'client:read'), 'master'],
      [world.app(acme, 'client:read'), 'acme'],
      [world.app(master, 'client:read:all'), 'acme'],
    ] as const) {
      expect((await world.graphql(caller, LIST, { tenant })).data.tenantClients.nodes).toEqual([]);
      expect((await world.graphql(caller, ONE, { tenant, clientId: acme.id })).data.tenantClient).toBeNull();
    }
    expect((await world.graphql(world.app(master, 'role:read:all'), LIST)).code).toBe('FORBIDDEN');
  });
});
