import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';
import { lockoutScenes } from './scenes.ts';

describe('the end of a block before its time', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  const lifts = () => world.services.blockLifts;
  const { scene } = lockoutScenes(() => world);

  it('lifts the blocks of all accounts and their devices, of those whom the caller may change', async () => {
    const { tenant, user, fail, check } = await scene({ ipLimit: 0 });
    const strong = await world.newUser(tenant);
    const role = await world.newRole(tenant, { permissions: ['user:delete'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: strong.id });
    const device = { knownDeviceId: 'kitchen' };
    await fail(3);
    await fail(3, { factor: 'second' });
    await fail(3, device);
    await fail(3, { userId: strong.id });
    await fail(3, { userId: null, name: 'nobody' });
    const lift = (authority: Authority) => lifts().lift(authority, { allUsers: true });
    expect(await lift(new Authority(world.app(tenant, 'block:lift'), tenant, 'tenant'))).toBe(3);
    expect((await check()).isBlocked).toBe(false);
    expect((await check(device)).isBlocked).toBe(false);
    expect((await check({ userId: strong.id })).isBlocked).toBe(true);
    expect(await lift(world.system(tenant))).toBe(1);
    expect((await check({ userId: null, name: 'nobody' })).isBlocked).toBe(true);
    const lifted = (await world.events(tenant)).filter(({ type }) => type === 'lockout.lifted');
    expect(lifted.map(({ subject_id }) => subject_id).sort()).toEqual([user.id, user.id, user.id, strong.id].sort());
  });

  it('frees an account at once, at all factors and on its devices, with one event per block', async () => {
    const { fail, check, tenant, user } = await scene();
    await fail(3);
    await fail(3, { factor: 'second' });
    await fail(3, { knownDeviceId: 'mine' });
    expect(await lifts().lift(world.system(tenant), { userId: user.id })).toBe(3);
    expect((await check()).isBlocked).toBe(false);
    expect((await check({ knownDeviceId: 'mine' })).isBlocked).toBe(false);
    const lifted = (await world.events(tenant)).filter(({ type }) => type === 'lockout.lifted');
    expect(lifted.map(({ subject_id }) => subject_id)).toEqual([user.id, user.id, user.id]);
  });

  it('forgets what was counted for accounts named by id or all, with an event, when nothing was blocked', async () => {
    const { fail, check, tenant, user } = await scene();
    for (const target of [{ userId: user.id }, { allUsers: true }] as const) {
      await fail(2);
      expect(await lifts().lift(world.system(tenant), target)).toBe(0);
    }
    await fail(2);
    expect((await check()).isBlocked).toBe(false);
    const lifted = (await world.events(tenant)).filter(({ type }) => type === 'lockout.lifted');
    const params = { subjectKind: 'account', factor: 'first', permanent: false, failures: 2 };
    expect(lifted).toMatchObject([
      { subject_id: user.id, params },
      { subject_id: user.id, params },
    ]);
  });

  it('forgets no failures of other targets that are not blocked, and is no event', async () => {
    const { fail, check, tenant, user } = await scene({ ipLimit: 5 });
    const nobody = { userId: null, name: 'nobody', peerIp: null };
    await fail(2);
    await fail(2, nobody);
    for (const target of [
      { username: user.username },
      { username: 'nobody' },
      { name: 'nobody' },
      { address: TEST_ORIGIN.peerIp! },
      { subjectKind: 'account', subject: user.id, factor: 'first' },
    ])
      expect([target, await lifts().lift(world.system(tenant), target)]).toEqual([target, 0]);
    await fail(1);
    await fail(1, nobody);
    expect([(await check()).isBlocked, (await check(nobody)).isBlocked]).toEqual([true, true]);
    expect(await world.eventTypes(tenant)).not.toContain('lockout.lifted');
  });

  it('frees an account by its username, also for good, but keeps failures at factors without a block', async () => {
    const { fail, check, tenant, user } = await scene();
    await fail(3);
    await fail(2, { factor: 'second' });
    expect(await lifts().lift(world.system(tenant), { username: user.username })).toBe(1);
    await fail(1, { factor: 'second' });
    expect([(await check()).isBlocked, (await check({ factor: 'second' })).isBlocked]).toEqual([false, true]);
    await world.services.endAccess.setEnabled(world.system(tenant), user.id, false, 'lockout');
    expect(await lifts().lift(world.system(tenant), { username: user.username })).toBe(2);
    expect((await world.stores.userStore.findById(tenant.id, user.id))?.enabled).toBe(true);
  });

  it('frees one address', async () => {
    const { fail, check, tenant } = await scene({ ipLimit: 2 });
    await fail(2);
    const target = { subjectKind: 'ip', subject: TEST_ORIGIN.peerIp!, factor: 'first' };
    expect(await lifts().lift(world.system(tenant), target)).toBe(1);
    expect(await lifts().lift(world.system(tenant), target)).toBe(0);
    expect((await check()).isBlocked).toBe(false);
  });

  it.each([
    ['192.0.2.7', '192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:a::1', '2001:db8:1:2:b::2', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:a::1', '2001:db8:1:2::/64', '2001:db8:1:2::/64'],
  ])('frees an address at all factors: %s by %s', async (peerIp, address, network) => {
    const { fail, check, tenant } = await scene({ ipLimit: 2, accountLimit: 10 });
    await fail(2, { peerIp });
    await fail(2, { peerIp, factor: 'second' });
    await fail(2, { peerIp: '198.51.100.1' });
    expect(await lifts().lift(world.system(tenant), { address })).toBe(2);
    expect(await lifts().lift(world.system(tenant), { address })).toBe(0);
    expect((await check({ peerIp })).isBlocked).toBe(false);
    expect((await check({ peerIp: '198.51.100.1' })).isBlocked).toBe(true);
    const lifted = (await world.events(tenant)).filter(({ type }) => type === 'lockout.lifted');
    for (const { params } of lifted) expect(params).toMatchObject({ subjectKind: 'ip', address: network });
  });

  it('frees a name that no account has, ignoring case, at all factors, and no account', async () => {
    const { fail, check, tenant, user } = await scene();
    const nobody = { userId: null, name: 'Nobody' };
    await fail(3, nobody);
    await fail(3, { ...nobody, factor: 'reset-code' });
    await fail(3);
    expect(await lifts().lift(world.system(tenant), { name: user.username })).toBe(0);
    expect(await lifts().lift(world.system(tenant), { name: 'nobody' })).toBe(1);
    expect((await check(nobody)).isBlocked).toBe(false);
    expect((await check()).isBlocked).toBe(true);
  });

  it.each(['', 'x', '192.0.2.0/24', '2001:db8::/32', "' or true --"])('refuses the address %j', async (address) => {
    const { tenant } = await scene();
    await expect(lifts().lift(world.system(tenant), { address })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      fields: [{ path: 'input.address' }],
    });
  });

  it('is no event for a block that has ended', async () => {
    const { fail, tenant, user } = await scene({ ipLimit: 3 });
    await fail(3);
    world.clock.advance(60);
    const target = { subjectKind: 'account', subject: user.id, factor: 'first' };
    expect(await lifts().lift(world.system(tenant), target)).toBe(0);
    expect(await world.eventTypes(tenant)).not.toContain('lockout.lifted');
  });

  it('says what it concerned: an account, also by one of its devices, or an address', async () => {
    const { fail, tenant, user } = await scene({ ipLimit: 6 });
    await fail(3);
    await fail(3, { knownDeviceId: 'mine' });
    for (const { subjectKind, subject, factor } of (await world.services.lockouts.page(world.system(tenant), {}, {}))
      .rows)
      expect(await lifts().lift(world.system(tenant), { subjectKind, subject, factor })).toBe(1);
    const lifted = (await world.events(tenant)).filter(({ type }) => type === 'lockout.lifted');
    const common = { factor: 'first', permanent: false };
    expect(lifted.map(({ subject_id, params }) => [subject_id, params])).toEqual([
      [user.id, { ...common, subjectKind: 'account' }],
      [user.id, { ...common, subjectKind: 'device' }],
      [null, { ...common, subjectKind: 'ip', address: TEST_ORIGIN.peerIp }],
    ]);
  });

  it('for a new password is all of it for callers who may lift blocks', async () => {
    const { fail, check, tenant, user } = await scene({ permanent: true });
    await fail(3, { factor: 'second' });
    const locked = (await world.stores.userStore.findById(tenant.id, user.id))!;
    expect(locked.enabled).toBe(false);
    const forNewPassword = (...scopes: string[]) =>
      world.db.transaction(() =>
        lifts().liftForNewPassword(new Authority(world.app(tenant, ...scopes), tenant, 'tenant'), locked),
      );
    expect(await forNewPassword('password:set')).toBe(0);
    expect((await world.stores.userStore.findById(tenant.id, user.id))?.enabled).toBe(false);
    expect(await forNewPassword('block:lift', 'user:write')).toBe(1);
    expect((await world.stores.userStore.findById(tenant.id, user.id))?.enabled).toBe(true);
    expect((await check({ factor: 'second' })).isBlocked).toBe(false);
  });

  it('for a new password by other callers is only what concerned the old one', async () => {
    const { fail, check, tenant, user } = await scene();
    await fail(3);
    await fail(3, { factor: 'second' });
    const authority = new Authority(world.app(tenant, 'password:set'), tenant, 'tenant');
    const account = (await world.stores.userStore.findById(tenant.id, user.id))!;
    expect(await world.db.transaction(() => lifts().liftForNewPassword(authority, account))).toBe(1);
    expect((await check()).isBlocked).toBe(false);
    expect((await check({ factor: 'second' })).isBlocked).toBe(true);
  });

  it('is refused for a user with more permissions than the caller, also by the id of a block', async () => {
    const { fail, check, tenant, user } = await scene();
    const role = await world.newRole(tenant, { permissions: ['key:rotate'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: user.id });
    await fail(3, { knownDeviceId: 'mine' });
    await fail(3);
    const { rows } = await world.services.lockouts.page(world.system(tenant), { userId: user.id }, {});
    const weak = new Authority(world.app(tenant, 'block:lift'), tenant, 'tenant');
    const targets = [
      { userId: user.id },
      { username: user.username },
      ...rows.map(({ subjectKind, subject, factor }) => ({ subjectKind, subject, factor })),
    ];
    expect(targets).toHaveLength(4);
    for (const target of targets) await expect(lifts().lift(weak, target)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect((await check()).isBlocked).toBe(true);
    const equal = new Authority(world.app(tenant, 'block:lift', 'key:rotate'), tenant, 'tenant');
    for (const target of targets.slice(2)) expect(await lifts().lift(equal, target)).toBe(1);
  });

  it('is refused for unknown users and with reach self, and finds nothing by parts that are no key', async () => {
    const { tenant, user } = await scene();
    await expect(lifts().lift(world.system(tenant), { userId: 'nobody' })).rejects.toMatchObject({
      code: 'USER_NOT_FOUND',
    });
    const self = new Authority(world.user(tenant, user.id, 'block:lift:self'), tenant, 'self');
    await expect(lifts().lift(self, { userId: user.id })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(lifts().lift(self, { subjectKind: 'ip', subject: 'x', factor: 'first' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const hostile = { subjectKind: 'ip', subject: 'a\0b', factor: 'first' };
    expect(await lifts().lift(world.system(tenant), hostile)).toBe(0);
    expect(await lifts().lift(world.system(tenant), { ...hostile, subject: 'x', factor: 'y' })).toBe(0);
  });
});
