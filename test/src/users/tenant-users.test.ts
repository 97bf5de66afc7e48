import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

describe('the number of users of a tenant', () => {
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
  });
  afterAll(() => world.close());
  const count = async (of: TenantRef) => (await world.services.users.countsOf([of.id])).get(of.id) ?? 0;

  it('follows those that are made and deleted, and those of other tenants do not count', async () => {
    const other = await world.tenant();
    const first = await world.newUser(tenant);
    await world.newUser(tenant);
    await world.newUser(other);
    expect([await count(tenant), await count(other)]).toEqual([2, 1]);
    await world.services.users.delete(world.system(tenant), first.id);
    expect([await count(tenant), await count(other)]).toEqual([1, 1]);
  });

  it('stays when one is refused, and when a unit of work is rolled back', async () => {
    const before = await count(tenant);
    const user = await world.newUser(tenant);
    await expect(world.newUser(tenant, { username: user.username })).rejects.toThrow();
    await expect(
      world.db.transaction(async () => {
        await world.newUser(tenant);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await count(tenant)).toBe(before + 1);
  });
});
