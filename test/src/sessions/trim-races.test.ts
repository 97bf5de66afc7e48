import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSeconds, type TenantRef } from '../../../src/kernel/index.ts';
import { DeviceStore } from '../../../src/sessions/devices/device.store.ts';
import { openPostgresDatabase } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

describe('what an account has beyond its bound, on PostgreSQL', () => {
  let world: World;
  let tenant: TenantRef;
  let userId: string;
  beforeAll(async () => {
    world = await World.open(await openPostgresDatabase());
    tenant = await world.tenant();
    ({ id: userId } = await world.newUser(tenant));
  });
  afterAll(() => world.close());

  it('goes without the codes that another request uses at the moment, for which nobody waits', async () => {
    const { oneTimeCodes: codes } = world.stores;
    const kind = 'email-code';
    const put = async () => {
      world.clock.advance(1);
      return codes.put(tenant, { kind, userId, expiresAt: addSeconds(world.clock.now(), 600) });
    };
    const [oldest, older, newest] = [await put(), await put(), await put()];
    await world.db.transaction(async () => {
      await codes.take(tenant.id, kind, oldest);
      await world.db.detached(() => codes.keepNewest(tenant.id, { userId, kind, count: 1 }));
    });
    expect(await codes.find(tenant.id, kind, older)).toBeNull();
    expect(await codes.find(tenant.id, kind, newest)).not.toBeNull();
  });

  it('goes without the devices on which somebody signs in at the moment, for which nobody waits', async () => {
    const store = new DeviceStore(world.db);
    const use = (id: string) => {
      world.clock.advance(1);
      const now = world.clock.now();
      return store.upsert({
        tenantId: tenant.id,
        userId,
        id,
        trusted: false,
        createdAt: now,
        lastUsedAt: now,
      } as never);
    };
    for (const id of ['oldest', 'older', 'newest']) await use(id);
    await world.db.transaction(async () => {
      await use('oldest');
      await world.db.detached(() => store.trim(tenant.id, userId, 1));
    });
    const [devices] = (await store.ofUsers(tenant.id, [userId])).values();
    expect(devices!.map(({ id }) => id)).toEqual(['oldest', 'newest']);
  });
});
