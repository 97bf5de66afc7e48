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

  it('are put many at once, each with its secret', async () => {
    const expiresAt = addSeconds(world.clock.now(), 60);
    const { id: userId } = await world.newUser(tenant);
    const payload = { of: 'second' };
    const [first, second] = await codes.putMany(tenant, [
      { kind: 'many', expiresAt },
      { kind: 'many', userId, payload, expiresAt },
    ]);
    const createdAt = world.clock.now();
    const row = { kind: 'many', expiresAt, createdAt, attempts: 0, bucket: null };
    expect(await codes.take(tenant.id, 'many', second!)).toMatchObject({ ...row, userId, payload });
    expect(await codes.take(tenant.id, 'many', first!)).toMatchObject({ ...row, userId: null, payload: {} });
    expect(await codes.take(tenant.id, 'many', first!)).toBeNull();
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

  it('push out the oldest of their bucket, and of their share of it, and of nobody else', async () => {
    const newest = (key: string, name: string, kind = 'challenge', of = tenant) => {
      world.clock.advance(1);
      const code = { kind, payload: { name }, expiresAt: addSeconds(world.clock.now(), 60) };
      return codes.putNewest(of, code, { key, count: 4 }, { member: 'name', count: 2 });
    };
    const isLive = async (code: string, kind = 'challenge', of = tenant) =>
      (await codes.find(of.id, kind, code)) !== null;
    const areLive = (all: readonly string[]) => Promise.all(all.map((code) => isLive(code)));
    const neighbour = await world.tenant();
    const elsewhere = await newest('192.0.2.2', 'ada');
    const ofKind = await newest('192.0.2.1', 'ada', 'other');
    const ofTenant = await newest('192.0.2.1', 'ada', 'challenge', neighbour);
    const ada = [await newest('192.0.2.1', 'ada'), await newest('192.0.2.1', 'ada'), await newest('192.0.2.1', 'ada')];
    expect(await areLive(ada)).toEqual([false, true, true]);
    const others = [
      await newest('192.0.2.1', 'bob'),
      await newest('192.0.2.1', 'eve'),
      await newest('192.0.2.1', 'kim'),
    ];
    expect(await areLive(ada)).toEqual([false, false, true]);
    expect(await areLive(others)).toEqual([true, true, true]);
    expect(await isLive(elsewhere)).toBe(true);
    expect(await isLive(ofKind, 'other')).toBe(true);
    expect(await isLive(ofTenant, 'challenge', neighbour)).toBe(true);
    expect((await codes.take(tenant.id, 'challenge', others[0]!))?.payload).toEqual({ name: 'bob' });
    expect(await codes.take(tenant.id, 'challenge', others[0]!)).toBeNull();
  });
});
