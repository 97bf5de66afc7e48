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
});
