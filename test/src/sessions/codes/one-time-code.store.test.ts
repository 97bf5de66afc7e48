import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSeconds, type TenantRef } from '../../../../src/kernel/index.ts';
import type { OneTimeCodeStore } from '../../../../src/sessions/index.ts';
import { World } from '../../../support/world.ts';

describe('secrets that work once', () => {
  let world: World;
  let tenant: TenantRef;
  let codes: OneTimeCodeStore;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    codes = world.stores.oneTimeCodes;
  });
  afterAll(() => world.close());

  const put = (userId: string, kind = 'email-code', of = tenant) =>
    codes.put(of, { kind, userId, expiresAt: addSeconds(world.clock.now(), 60) });

  it('are counted for each user and kind, until they expire or are used', async () => {
    const [{ id: user }, { id: other }] = [await world.newUser(tenant), await world.newUser(tenant)];
    const neighbour = await world.tenant();
    await world.newUser(neighbour, { id: user });
    const used = await put(user);
    await put(user);
    await put(user, 'sign-up');
    await put(other);
    await put(user, 'email-code', neighbour);
    expect(await codes.countOfUser(tenant.id, user, 'email-code')).toBe(2);
    expect(await codes.countOfUser(tenant.id, 'nobody', 'email-code')).toBe(0);
    await codes.take(tenant.id, 'email-code', used);
    expect(await codes.countOfUser(tenant.id, user, 'email-code')).toBe(1);
    world.clock.advance(60);
    expect(await codes.countOfUser(tenant.id, user, 'email-code')).toBe(0);
  });

  it('are bounded for each bucket, kind and tenant, until they expire or are used', async () => {
    const within = (key: string | null, kind = 'posted', of = tenant) =>
      codes.putWithin(of, { kind, payload: { a: 1 }, expiresAt: addSeconds(world.clock.now(), 60) }, { key, count: 2 });
    const first = await within('192.0.2.1');
    expect(await codes.find(tenant.id, 'posted', first!)).toMatchObject({ payload: { a: 1 }, bucket: '192.0.2.1' });
    expect(await within('192.0.2.1')).not.toBeNull();
    expect(await within('192.0.2.1')).toBeNull();
    const neighbour = await world.tenant();
    for (const other of [within('192.0.2.2'), within('192.0.2.1', 'other'), within('192.0.2.1', 'posted', neighbour)])
      expect(await other).not.toBeNull();
    for (const _ of [1, 2, 3]) expect(await within(null)).not.toBeNull();
    await codes.take(tenant.id, 'posted', first!);
    expect(await within('192.0.2.1')).not.toBeNull();
    expect(await within('192.0.2.1')).toBeNull();
    world.clock.advance(60);
    expect(await within('192.0.2.1')).not.toBeNull();
  });
});
