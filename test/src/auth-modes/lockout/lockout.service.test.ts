import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import { type AccountSwitch, LockoutService } from '../../../../src/auth-modes/lockout/lockout.service.ts';
import { LockoutStore } from '../../../../src/auth-modes/lockout/lockout.store.ts';
import { accountOf } from '../../../../src/auth-modes/lockout/lockout.subject.ts';
import { kernelErrors, newId, type TenantRef } from '../../../../src/kernel/index.ts';
import { grantErrors } from '../../../../src/roles/access.errors.ts';
import { userErrors } from '../../../../src/users/index.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';
import { lockoutScenes } from './scenes.ts';

describe('lock-out', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  const lockouts = () => world.services.lockouts;
  /** An engine that disables accounts in another way. */
  const newEngine = (setEnabled: AccountSwitch['setEnabled']) =>
    new LockoutService({
      db: world.db,
      store: new LockoutStore(world.db),
      directory: world.services.directory,
      accounts: { setEnabled },
      events: world.services.events,
      clock: world.clock,
    });
  const { actor, scene } = lockoutScenes(() => world);

  it('blocks the account after the limit, from every address, until the wait is over (check 44)', async () => {
    const { fail, check } = await scene();
    await fail(2);
    expect(await check()).toMatchObject({ isBlocked: false });
    await fail(1);
    const until = new Date(world.clock.now().getTime() + 60_000);
    expect(await check()).toEqual({ isBlocked: true, until, rule: 'account', isClean: false });
    expect(await check({ peerIp: '192.0.2.99' })).toMatchObject({ isBlocked: true });
    world.clock.advance(59);
    expect((await check()).isBlocked).toBe(true);
    world.clock.advance(1);
    expect((await check()).isBlocked).toBe(false);
  });

  it('does not count tries during a block', async () => {
    const { fail, check } = await scene();
    await fail(3);
    const before = await check();
    world.clock.advance(30);
    await fail(5);
    expect(await check()).toEqual(before);
  });

  it('records one event per block, with its rule and end, and none for counted failures', async () => {
    const { fail, started, user } = await scene();
    await fail(2);
    expect(await started()).toEqual([]);
    await fail(1);
    const until = new Date(world.clock.now().getTime() + 60_000).toISOString();
    expect(await started()).toMatchObject([
      {
        subject_id: user.id,
        client_id: 'shop',
        reason: 'account',
        params: { rule: 'account', factor: 'first', permanent: false, until },
      },
    ]);
  });

  it('counts names that no account has like accounts, each separately', async () => {
    const { fail, check } = await scene();
    await fail(3, { userId: null, name: 'Nobody' });
    expect(await check({ userId: null, name: 'nobody' })).toMatchObject({ isBlocked: true, rule: 'account' });
    expect((await check({ userId: null, name: 'somebody' })).isBlocked).toBe(false);
    expect((await check()).isBlocked).toBe(false);
  });

  it('counts factors apart', async () => {
    const { fail, check } = await scene();
    await fail(3, { factor: 'second' });
    expect((await check({ factor: 'second' })).isBlocked).toBe(true);
    expect((await check()).isBlocked).toBe(false);
  });

  it('blocks an address over all accounts of the tenant, of IPv6 the whole /64, and no other tenant (check 44)', async () => {
    const { fail, check } = await scene({ ipLimit: 4, accountLimit: 2 });
    const other = await scene({ ipLimit: 4 });
    const from = (userId: string, peerIp: string) => ({ userId, name: userId, peerIp });
    await fail(1, from('a', '2001:db8::1'));
    await fail(1, from('b', '2001:db8::2'));
    await fail(1, from('c', '2001:db8::3'));
    await fail(1, from('d', '2001:db8::4'));
    expect(await check({ peerIp: '2001:db8::5' })).toMatchObject({ isBlocked: true, rule: 'ip' });
    expect((await check({ peerIp: '2001:db8:0:1::5' })).isBlocked).toBe(false);
    expect((await other.check({ peerIp: '2001:db8::5' })).isBlocked).toBe(false);
  });

  it('answers with the latest end of all blocks', async () => {
    const { fail, check } = await scene({ ipLimit: 3, growth: 'linear', maxWaitSeconds: 900 });
    await fail(3);
    world.clock.advance(60);
    await fail(1, { userId: 'somebody-else', name: 'x' });
    expect(await check()).toMatchObject({ isBlocked: true, rule: 'ip' });
  });

  it.each([
    ['account', 120, 60, 120],
    ['ip', 60, 120, 120],
    ['account', 90, 90, 90],
    ['ip', -1, 30, 30],
  ])(
    'answers with the block of the %s when the account is blocked for %i s and the address for %i s',
    async (rule, account, ip, ends) => {
      const { attempt, check, tenant, user } = await scene({ ipLimit: 5 });
      const now = world.clock.now();
      const until = (seconds: number) => now.getTime() + seconds * 1000;
      const rows = [
        { kind: 'account', key: user.id, blockedUntil: until(account) },
        { kind: 'ip', key: TEST_ORIGIN.peerIp!, blockedUntil: until(ip) },
      ] as const;
      const store = new LockoutStore(world.db);
      const counters = rows.map((row) => ({ failures: 9, times: [], level: 1, lastAt: 0, blockedFrom: 0, ...row }));
      await world.db.transaction(async () => {
        await store.lock(tenant.id, 'first', rows, now);
        await store.write(tenant.id, 'first', counters, now, null);
      });
      expect(await check()).toEqual({ isBlocked: true, until: new Date(until(ends)), rule, isClean: false });
      expect(await lockouts().fail(attempt(), actor(tenant))).toEqual(await check());
    },
  );

  it('tells an account from the tenant when both have the same key', async () => {
    const { fail, check, tenant } = await scene({ tenantBudget: 2, ipLimit: 0 });
    const { id } = await world.newUser(tenant, { id: 'all' });
    await fail(1, { userId: id, name: id });
    await fail(1, { userId: 'b', name: 'b' });
    expect(await check({ userId: id, name: id })).toMatchObject({ isBlocked: true, rule: 'tenant' });
  });

  it('clears the failures on a known device with a success there', async () => {
    const { fail, check, attempt } = await scene({ ipLimit: 0 });
    const mine = { knownDeviceId: 'mine' };
    await fail(2, mine);
    await lockouts().succeed(attempt(mine));
    await fail(1, mine);
    expect((await check(mine)).isBlocked).toBe(false);
  });

  it('clears the account with a success, and never the address', async () => {
    const { fail, check, attempt } = await scene({ ipLimit: 4 });
    await fail(2);
    await lockouts().succeed(attempt());
    await fail(1);
    expect((await check()).isBlocked).toBe(false);
    await fail(1);
    expect(await check()).toMatchObject({ isBlocked: true, rule: 'ip' });
  });

  it('clears nothing with a success before which nothing was counted, so that failures since stay', async () => {
    const { fail, check, attempt } = await scene({ ipLimit: 0 });
    const before = await check();
    expect(before).toEqual({ isBlocked: false, until: null, rule: null, isClean: true });
    await fail(2);
    expect((await check()).isClean).toBe(false);
    await lockouts().succeed(attempt(), before);
    await fail(1);
    expect((await check()).isBlocked).toBe(true);
  });

  it('clears the account with a success also where no rule reads its counter', async () => {
    const { fail, check, attempt } = await scene({ exemptKnownDevices: true, ipLimit: 0 });
    await fail(2);
    const mine = { knownDeviceId: 'mine' };
    await lockouts().succeed(attempt(mine), await check(mine));
    await fail(1);
    expect((await check()).isBlocked).toBe(false);
  });

  it('exempts a known device from failures of others, and counts it separately (check 44)', async () => {
    const { fail, check, attempt } = await scene({ ipLimit: 0 });
    await fail(3);
    expect((await check()).isBlocked).toBe(true);
    expect((await check({ knownDeviceId: 'mine' })).isBlocked).toBe(false);
    await fail(3, { knownDeviceId: 'stolen' });
    expect(await check({ knownDeviceId: 'stolen' })).toMatchObject({ isBlocked: true, rule: 'device' });
    expect((await check({ knownDeviceId: 'mine' })).isBlocked).toBe(false);
    await lockouts().succeed(attempt({ knownDeviceId: 'mine' }));
    expect((await check()).isBlocked).toBe(false);
    expect((await check({ knownDeviceId: 'stolen' })).isBlocked).toBe(true);
  });

  it('does not exempt it where the template says no', async () => {
    const { fail, check } = await scene({ exemptKnownDevices: false });
    await fail(3);
    expect((await check({ knownDeviceId: 'mine' })).isBlocked).toBe(true);
  });

  it('makes unknown devices wait when the tenant’s budget is spent, known ones not', async () => {
    const { fail, check } = await scene({ tenantBudget: 2, ipLimit: 0 });
    await fail(1, { userId: 'a', name: 'a', peerIp: '192.0.2.1' });
    await fail(1, { userId: 'b', name: 'b', peerIp: '192.0.2.2' });
    expect(await check()).toMatchObject({ isBlocked: true, rule: 'tenant' });
    expect((await check({ knownDeviceId: 'mine' })).isBlocked).toBe(false);
  });

  it('counts nothing where the tenant has it off', async () => {
    const { fail, check, started } = await scene({ enabled: false });
    await fail(20);
    expect((await check()).isBlocked).toBe(false);
    expect(await started()).toEqual([]);
  });

  it('loses no failure of many at once', async () => {
    const { attempt, check, tenant, started } = await scene({ accountLimit: 20, ipLimit: 0 });
    await Promise.all(Array.from({ length: 19 }, () => lockouts().fail(attempt(), actor(tenant))));
    expect((await check()).isBlocked).toBe(false);
    await lockouts().fail(attempt(), actor(tenant));
    expect((await check()).isBlocked).toBe(true);
    expect(await started()).toHaveLength(1);
  });

  it('lets tries at one account through one after the other, and sheds what would wait too long', async () => {
    const { attempt } = await scene();
    let running = 0;
    let most = 0;
    const task = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    const all = Array.from({ length: 40 }, () => lockouts().serially(attempt(), task));
    const results = await Promise.allSettled(all);
    expect(most).toBe(1);
    const shed = results.filter((result) => result.status === 'rejected');
    expect(shed).toHaveLength(40 - 33);
    expect(shed[0]).toMatchObject({ reason: { code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 1 } });
    await lockouts().serially(attempt(), task);
  });

  it('hands the next one in when a try throws', async () => {
    const { attempt } = await scene();
    await expect(lockouts().serially(attempt(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await lockouts().serially(attempt(), () => Promise.resolve(1))).toBe(1);
  });

  describe('for good', () => {
    it('disables the account where the tenant asks for it, ending its sessions, with the events of both', async () => {
      const { fail, tenant, user } = await scene({ permanent: true });
      await world.services.sessions.start(world.system(tenant), { userId: user.id, amr: ['pwd'] });
      await fail(3);
      const row = await world.stores.userStore.findById(tenant.id, user.id);
      expect(row).toMatchObject({ enabled: false, disabledReason: 'lockout' });
      const types = await world.eventTypes(tenant);
      expect(types).toContain('session.revoked');
      expect((await world.events(tenant)).find(({ type }) => type === 'lockout.started')?.params).toMatchObject({
        permanent: true,
        until: null,
      });
      expect(types.filter((type) => type === 'user.disabled')).toHaveLength(1);
    });

    it('blocks a name that no account has for a time, because there is nothing to disable', async () => {
      const { fail, check } = await scene({ permanent: true });
      await fail(3, { userId: null, name: 'nobody' });
      expect(await check({ userId: null, name: 'nobody' })).toMatchObject({ isBlocked: true });
    });

    it.each([
      ['may not be disabled', grantErrors.ADMINISTRATOR_LAST()],
      ['is gone', userErrors.USER_NOT_FOUND()],
    ])('blocks an account for a time that %s', async (_what, refusal) => {
      const { attempt, tenant, started } = await scene({ permanent: true });
      const engine = newEngine(() => Promise.reject(refusal));
      for (let i = 0; i < 3; i++) await engine.fail(attempt(), actor(tenant));
      expect(await engine.check(attempt())).toMatchObject({ isBlocked: true, rule: 'account' });
      expect((await started()).map(({ params }) => params['permanent'])).toEqual([false]);
    });

    it.each([new Error('no database'), kernelErrors.SERVICE_UNAVAILABLE()])(
      'counts nothing when the account could not be disabled for another reason',
      async (fault) => {
        const { attempt, tenant, fail, check, started } = await scene({ permanent: true });
        await fail(2);
        const engine = newEngine(() => Promise.reject(fault));
        await expect(engine.fail(attempt(), actor(tenant))).rejects.toBe(fault);
        expect((await check()).isBlocked).toBe(false);
        expect(await started()).toEqual([]);
      },
    );

    it('begins to count anew when the account is enabled again', async () => {
      const { fail, tenant, user } = await scene({ permanent: true });
      await fail(3);
      expect(await lockouts().find(tenant.id, 'account', user.id, 'first')).toMatchObject({
        failures: 0,
        failureTimes: [],
        level: 0,
        blockedFrom: null,
        blockedUntil: null,
      });
    });

    it('disables nobody for a name that no account has', async () => {
      const { attempt, tenant } = await scene({ permanent: true });
      const engine = newEngine(() => Promise.reject(new Error('called')));
      const nobody = attempt({ userId: null, name: 'nobody' });
      for (let i = 0; i < 3; i++) await engine.fail(nobody, actor(tenant));
      expect((await engine.check(nobody)).isBlocked).toBe(true);
    });

    it('starts with a clean sheet when the account is lifted, or enabled by hand', async () => {
      const { fail, check, tenant, user } = await scene({ permanent: true });
      await fail(3);
      expect(await world.services.blockLifts.lift(world.system(tenant), { userId: user.id })).toBe(1);
      expect(await world.stores.userStore.findById(tenant.id, user.id)).toMatchObject({
        enabled: true,
        disabledReason: null,
      });
      await fail(2);
      expect((await check()).isBlocked).toBe(false);
      expect((await world.stores.userStore.findById(tenant.id, user.id))?.enabled).toBe(true);
      expect((await world.events(tenant)).filter(({ type }) => type === 'lockout.lifted')).toMatchObject([
        { subject_id: user.id, params: { permanent: true } },
      ]);
    });

    it('does not enable by lifting what an administrator disabled', async () => {
      const { tenant, user } = await scene();
      await world.services.endAccess.setEnabled(world.system(tenant), user.id, false);
      expect(await world.services.blockLifts.lift(world.system(tenant), { userId: user.id })).toBe(0);
      expect((await world.stores.userStore.findById(tenant.id, user.id))?.enabled).toBe(false);
    });
  });

  it('lists the blocks that run, those of an account with its devices', async () => {
    const { fail, tenant, user } = await scene({ ipLimit: 6 });
    await fail(3);
    await fail(3, { knownDeviceId: 'mine' });
    const page = (filter = {}) => lockouts().page(world.system(tenant), filter, { withTotal: true });
    expect((await page()).rows.map(({ subjectKind }) => subjectKind)).toEqual(['account', 'device', 'ip']);
    expect((await page({ userId: user.id })).totalCount).toBe(2);
    expect((await page({ subjectKind: 'ip' })).rows).toMatchObject([{ subject: TEST_ORIGIN.peerIp, level: 1 }]);
    world.clock.advance(60);
    expect((await page()).totalCount).toBe(0);
  });

  it('lists blocks neither for a caller with reach self nor of what is no user', async () => {
    const { tenant, user } = await scene();
    const self = new Authority(world.user(tenant, user.id, 'block:read:self'), tenant, 'self');
    await expect(lockouts().page(self, {}, {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(lockouts().page(world.system(tenant), { userId: 'a b/c' }, {})).rejects.toMatchObject({
      fields: [{ path: 'filter.user', code: 'ID_INVALID' }],
    });
  });

  it('finds a counter by its key, also one without a block, and none by parts that are no key', async () => {
    const { fail, tenant, user } = await scene();
    await fail(1);
    expect(await lockouts().find(tenant.id, 'account', user.id, 'first')).toMatchObject({ failures: 1 });
    for (const [kind, subject, factor] of [
      ['account', user.id, 'second'],
      ['account', 'a\0b', 'first'],
      ['user', user.id, 'first'],
      ['account', user.id, 'third'],
    ] as const)
      expect(await lockouts().find(tenant.id, kind, subject, factor)).toBeNull();
  });

  it('refuses to judge an attempt in a tenant that does not exist', async () => {
    const { attempt, tenant } = await scene();
    const nowhere = { tenant: { ...tenant, id: newId() as TenantRef['id'] } };
    await expect(lockouts().check(attempt(nowhere))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(lockouts().fail(attempt(nowhere), actor(tenant))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('keeps the failures of a tenant that has switched it off, and of a name that no account has', async () => {
    const { attempt, fail, check, tenant } = await scene();
    await fail(2);
    await world.services.tenants.updateSettings(world.system(tenant), { lockout: { enabled: false } });
    await lockouts().succeed(attempt());
    await world.services.tenants.updateSettings(world.system(tenant), { lockout: { enabled: true } });
    await fail(1);
    expect((await check()).isBlocked).toBe(true);
    const nobody = { userId: null, name: 'nobody' };
    await fail(2, nobody);
    await lockouts().succeed(attempt(nobody));
    await fail(1, nobody);
    expect((await check(nobody)).isBlocked).toBe(true);
  });

  it('knows the account of a counter by its kind and key', () => {
    expect(accountOf('account', 'anna')).toBe('anna');
    expect(accountOf('device', 'anna/xyz')).toBe('anna');
    for (const kind of ['name', 'ip', 'tenant']) expect(accountOf(kind, 'anna/xyz')).toBeNull();
  });

  it('sweeps counts that did not change for a month, in batches, but no running block', async () => {
    const { fail, tenant } = await scene({ growth: 'linear', baseWaitSeconds: 31_536_000, maxWaitSeconds: 31_536_000 });
    world.clock.advance(32 * 86_400);
    while ((await lockouts().sweepExpired(100)) > 0);
    await fail(3);
    await fail(1, { userId: null, name: 'a', peerIp: null });
    await fail(1, { userId: null, name: 'b', peerIp: null });
    world.clock.advance(31 * 86_400);
    expect(await lockouts().sweepExpired(100)).toBe(0);
    world.clock.advance(1);
    expect(await lockouts().sweepExpired(2)).toBe(2);
    expect(await lockouts().sweepExpired(100)).toBe(1);
    expect(await lockouts().sweepExpired(100)).toBe(0);
    expect((await lockouts().page(world.system(tenant), {}, {})).rows).toMatchObject([{ subjectKind: 'account' }]);
  });
});
