import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

const PAGE = `query ($first: Int) {
  users(first: $first) { nodes { username federationLinks { externalId provider { name } user { username } } } } }`;

describe('links as a field of users', () => {
  let world: World;
  let tenant: TenantRef;
  let statements = 0;
  beforeAll(async () => {
    world = await World.open(await openTestDatabase(() => (statements += 1)));
    tenant = await world.tenant();
    const providers = [await world.newProvider(tenant), await world.newProvider(tenant)];
    for (let i = 0; i < 50; i++) {
      const { id } = await world.newUser(tenant);
      for (const provider of providers) await world.link(tenant, id, provider, `ext-${i}`);
    }
  });
  afterAll(() => world.close());

  it('cost the same number of statements for 5 users as for 50', async () => {
    const reader = world.app(tenant, 'user:read', 'federation-link:read', 'federation-provider:read');
    const costOf = async (first: number) => {
      statements = 0;
      const { data, errors } = await world.graphql(reader, PAGE, { first });
      expect(errors).toEqual([]);
      expect(data.users.nodes).toHaveLength(first);
      for (const { username, federationLinks } of data.users.nodes) {
        expect(federationLinks).toHaveLength(2);
        expect(federationLinks[0]).toMatchObject({ provider: { name: expect.any(String) }, user: { username } });
      }
      return statements;
    };
    await costOf(5);
    expect(await costOf(5)).toBe(await costOf(50));
  });

  it('are null for a caller who may not read them, without an effect on the rest of the page', async () => {
    const { data, code } = await world.graphql(world.app(tenant, 'user:read'), PAGE, { first: 2 });
    expect(data.users.nodes).toMatchObject([{ federationLinks: null }, { federationLinks: null }]);
    expect(code).toBe('FORBIDDEN');
  });
});
