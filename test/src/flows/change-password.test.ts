import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority, type Caller } from '../../../src/access/index.ts';
import type { ChangePassword, SetPassword } from '../../../src/flows/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const NEXT = 'four-lanterns-by-noon';

describe('changing a password', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let password: string;
  beforeAll(async () => {
    world = await World.open();
  });
  beforeEach(async () => {
    tenant = await world.tenant();
    user = await world.newUser(tenant);
    password = await world.givePassword(tenant, user.id);
  });
  afterAll(() => world.close());

  const own = (caller: Caller = world.user(tenant, user.id, 'password:change:self')) =>
    new Authority(caller, tenant, 'self');
  const change = (over: Partial<ChangePassword> = {}, authority = own()) =>
    world.services.passwordFlow.change(authority, {
      userId: user.id,
      currentPassword: password,
      newPassword: NEXT,
      ...over,
    });
  const set = (over: Partial<SetPassword> = {}) =>
    world.services.passwordFlow.set(world.system(tenant), { userId: user.id, password: NEXT, ...over });
  const opens = (text: string) => world.services.passwords.verify(tenant.id, user.id, text);
  const start = (deviceId: string | null = null) =>
    world.services.sessions.start(world.system(tenant), { userId: user.id, amr: ['pwd'], deviceId });
  const alive = async () =>
    (await world.services.sessions.page(world.system(tenant), { userId: user.id }, {})).rows.map(({ id }) => id);
  const count = async (type: string) => (await world.eventTypes(tenant)).filter((one) => one === type).length;
  const needsChange = async () =>
    (await world.services.authModes.get(world.system(tenant), user.id)).needPasswordChange;

  it('replaces it, meets the demand for it, and is one event', async () => {
    await world.services.authModes.update(world.system(tenant), user.id, { needPasswordChange: true });
    await change();
    expect(await opens(NEXT)).toBe(true);
    expect(await opens(password)).toBe(false);
    expect(await needsChange()).toBe(false);
    expect(await count('password.changed')).toBe(1);
  });

  it('ends the other sessions and keeps the one it was asked in; all with a device kept, or none, if asked for', async () => {
    const mine = (await start()).session.id;
    const caller = { ...world.user(tenant, user.id), sessionId: mine };
    await start();
    await change({}, own(caller));
    expect(await alive()).toEqual([mine]);
    const kept = (await start('SHA256_kept')).session.id;
    await change({ currentPassword: NEXT, newPassword: password, sessions: 'keep' }, own(caller));
    expect((await alive()).sort()).toEqual([mine, kept].sort());
    await change({ sessions: 'end-all', keepDeviceId: 'SHA256_kept' }, own(caller));
    expect(await alive()).toEqual([kept]);
  });

  it('needs the current one; a wrong one counts as a failed sign-in and blocks in the end', async () => {
    const authority = own();
    for (let i = 0; i < 10; i++) {
      world.clock.advance(1);
      await expect(change({ currentPassword: 'wrong' }, authority)).rejects.toMatchObject({
        code: 'PASSWORD_CURRENT_WRONG',
        fields: [{ path: 'input.currentPassword' }],
      });
    }
    await expect(change({}, authority)).rejects.toMatchObject({ code: 'PASSWORD_CURRENT_WRONG' });
    expect((await world.events(tenant)).filter(({ type }) => type === 'sign_in.failed').at(-1)?.reason).toBe(
      'locked_out',
    );
    world.clock.advance(30);
    await change({}, authority);
    expect(await opens(NEXT)).toBe(true);
  });

  it('changes nothing when the new one is refused', async () => {
    await start();
    await expect(change({ newPassword: 'short' })).rejects.toMatchObject({
      code: 'PASSWORD_POLICY',
      fields: [{ path: 'input.newPassword', code: 'PASSWORD_TOO_SHORT' }],
    });
    expect(await opens(password)).toBe(true);
    expect(await alive()).toHaveLength(1);
    expect(await count('password.changed')).toBe(0);
  });

  it('is done by the account itself only, whatever reach the permission has', async () => {
    const admin = new Authority(world.user(tenant, 'admin', 'password:change:all'), tenant, 'all');
    await expect(change({}, admin)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(change({}, new Authority(world.app(tenant), tenant, 'tenant'))).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const stranger = await world.newUser(tenant);
    await expect(change({ userId: stranger.id })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('demands a recent sign-in (ASVS 7.5.1), except through the older APIs (check 54)', async () => {
    const caller = world.user(tenant, user.id);
    world.clock.advance(301);
    await expect(change({}, own(caller))).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    await expect(change({}, own({ ...caller, authTime: null }))).rejects.toMatchObject({
      code: 'REAUTHENTICATION_REQUIRED',
    });
    await change({}, own({ ...caller, origin: { ...caller.origin, api: 'rest' } }));
    expect(await opens(NEXT)).toBe(true);
  });

  it('lets one of two changes through that started from the same password', async () => {
    const results = await Promise.allSettled([change(), change({ newPassword: 'five-kettles-at-dusk' })]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: expect.stringMatching(/^PASSWORD_(CHANGED_MEANWHILE|CURRENT_WRONG)$/) },
    });
    expect(await count('password.changed')).toBe(1);
  });

  describe('that a sign-in demands', () => {
    const flow = () => world.services.passwordFlow;
    const demand = () => world.services.authModes.update(world.system(tenant), user.id, { needPasswordChange: true });
    /** The user of a sign-in under way, who proved the password at this moment. */
    const proved = () => own({ ...world.user(tenant, user.id), sessionId: null });
    const replace = async (newPassword = NEXT, authority = proved()) => {
      const prepared = await flow().prepareDemanded(authority, user.id, newPassword);
      await world.db.transaction(() => flow().writeDemanded(authority, prepared, {}));
    };

    it('replaces it without asking for the old one again, meets the demand and ends all sessions', async () => {
      await demand();
      await start();
      await replace();
      expect([await opens(NEXT), await opens(password), await needsChange()]).toEqual([true, false, false]);
      expect(await alive()).toEqual([]);
      expect(await count('password.changed')).toBe(1);
    });

    it('keeps the session in which the user signs in again', async () => {
      await demand();
      const mine = (await start()).session.id;
      await start();
      await replace(NEXT, own({ ...world.user(tenant, user.id), sessionId: mine }));
      expect(await alive()).toEqual([mine]);
    });

    it.each([
      ['the current one', 'three-wombats-at-dawn', 'PASSWORD_UNCHANGED'],
      ['one against the policy', 'short', 'PASSWORD_TOO_SHORT'],
    ])('refuses %s, and changes nothing', async (_, newPassword, code) => {
      await demand();
      await start();
      await expect(replace(newPassword)).rejects.toMatchObject({
        code: 'PASSWORD_POLICY',
        fields: [{ path: 'input.newPassword', code }],
      });
      expect([await opens(password), await needsChange()]).toEqual([true, true]);
      expect(await alive()).toHaveLength(1);
      expect(await count('password.changed')).toBe(0);
    });

    it('refuses another account, and a proof that is too old (check 54)', async () => {
      const stranger = await world.newUser(tenant);
      await expect(flow().prepareDemanded(proved(), stranger.id, NEXT)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      const authority = proved();
      world.clock.advance(301);
      await expect(replace(NEXT, authority)).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
      expect(await opens(password)).toBe(true);
    });

    it('mails the owner', async () => {
      const authority = world.system(tenant);
      await world.services.users.update(authority, user.id, { email: 'forced@example.com', emailVerified: true });
      await replace();
      const told = (await world.outbox()).mails.filter(({ to }) => to === 'forced@example.com');
      expect(told.map(({ purpose }) => purpose)).toEqual(['password-changed']);
    });
  });

  describe('by an administrator', () => {
    it('sets it without the old one, ends all sessions and forgets the devices', async () => {
      await start();
      await world.services.devices.seen(world.system(tenant), { userId: user.id, deviceId: 'SHA256_d' });
      await set();
      expect(await opens(NEXT)).toBe(true);
      expect(await alive()).toEqual([]);
      expect(await world.services.devices.isKnown(tenant.id, user.id, 'SHA256_d')).toBe(false);
      expect(await count('password.reset')).toBe(2);
      expect(await count('password.changed')).toBe(0);
    });

    it('demands another one at the next sign-in if it is temporary, and says so once', async () => {
      await set({ isTemporary: true });
      await set({ password: password, isTemporary: true });
      expect(await needsChange()).toBe(true);
      expect(await count('auth_mode.password_change_required')).toBe(1);
      await set();
      expect(await needsChange()).toBe(false);
    });

    it('gives an account its first one, also when two do so at once', async () => {
      const fresh = await world.newUser(tenant);
      await Promise.all([set({ userId: fresh.id }), set({ userId: fresh.id })]);
      expect(await world.services.passwords.verify(tenant.id, fresh.id, NEXT)).toBe(true);
      expect(await world.services.authModes.credentials(world.system(tenant), fresh.id)).toHaveLength(1);
    });

    it('leaves the second factor that is demanded, and what proves it (check 47)', async () => {
      await world.giveTotp(tenant, user.id);
      await world.services.authModes.update(world.system(tenant), user.id, { requiredFactor: 2 });
      await set();
      expect(await world.services.authModes.get(world.system(tenant), user.id)).toMatchObject({ requiredFactor: 2 });
      const client = { clientId: 'shop', clientAuth: 'Basic' };
      const attempt = { tenant, identifier: user.username, password: NEXT, origin: TEST_ORIGIN, client } as const;
      expect(await world.services.signIn.verifyPassword(attempt)).toMatchObject({
        kind: 'factor-required',
        methods: ['totp'],
      });
    });

    describe('lifts the lock-out of the account', () => {
      const app = (...scopes: string[]) => new Authority(world.app(tenant, ...scopes), tenant, 'tenant');
      const setAs = (authority: Authority) =>
        world.services.passwordFlow.set(authority, { userId: user.id, password: NEXT });
      const attempt = (factor: 'first' | 'second') =>
        ({ tenant, factor, userId: user.id, name: user.username, peerIp: null, knownDeviceId: null }) as const;
      const fail = async (factor: 'first' | 'second') => {
        for (let i = 0; i < 10; i++) await world.services.lockouts.fail(attempt(factor), world.app(tenant));
      };
      const isBlocked = async (factor: 'first' | 'second') =>
        (await world.services.lockouts.check(attempt(factor))).isBlocked;

      it('for wrong passwords at once, with an event; guesses at a second factor stay counted', async () => {
        await fail('first');
        await fail('second');
        expect([await isBlocked('first'), await isBlocked('second')]).toEqual([true, true]);
        await setAs(app('password:set'));
        expect([await isBlocked('first'), await isBlocked('second')]).toEqual([false, true]);
        expect(await count('lockout.lifted')).toBe(1);
      });

      it('wholly, by callers who may lift blocks', async () => {
        await fail('first');
        await fail('second');
        await setAs(app('password:set', 'block:lift'));
        expect([await isBlocked('first'), await isBlocked('second')]).toEqual([false, false]);
        expect(await count('lockout.lifted')).toBe(2);
      });

      it('also one that is permanent, by callers who may lift blocks, and not what an administrator disabled', async () => {
        const isEnabled = async () => (await world.stores.userStore.findById(tenant.id, user.id))!.enabled;
        await world.services.endAccess.setEnabled(world.system(tenant), user.id, false, 'lockout');
        await setAs(app('password:set'));
        expect(await isEnabled()).toBe(false);
        await setAs(app('password:set', 'block:lift'));
        expect(await isEnabled()).toBe(true);
        await world.services.endAccess.setEnabled(world.system(tenant), user.id, false);
        await setAs(app('password:set', 'block:lift'));
        expect(await isEnabled()).toBe(false);
      });

      it('not when the password is refused, and not by callers with only a right on the account', async () => {
        await fail('first');
        const refused = world.services.passwordFlow.set(app('password:set', 'block:lift'), {
          userId: user.id,
          password: 'short',
        });
        await expect(refused).rejects.toMatchObject({ code: 'PASSWORD_POLICY' });
        const parent = await world.newUser(tenant);
        await world.services.rights.grant(world.system(tenant), [
          {
            subject: { kind: 'user', id: parent.id },
            object: { kind: 'user', id: user.id },
            names: ['change_password'],
          },
        ]);
        const caller = world.user(tenant, parent.id, 'dependent-password:change:self');
        const input = { userId: user.id, newPassword: NEXT };
        await world.services.passwordFlow.changeDependent(new Authority(caller, tenant, 'self'), input);
        expect(await isBlocked('first')).toBe(true);
      });
    });

    it('mails the owner and names the actor in the event, for every caller (check 48)', async () => {
      const owner = await world.newUser(tenant, { email: 'owner@example.com', emailVerified: true });
      const admin = await world.newUser(tenant);
      const by = (caller: Caller) =>
        world.services.passwordFlow.set(new Authority(caller, tenant, 'tenant'), { userId: owner.id, password: NEXT });
      const told = async () => (await world.outbox()).mails.filter(({ to }) => to === 'owner@example.com').length;
      await by(world.app(tenant, 'password:set'));
      expect(await told()).toBe(1);
      await by(world.user(tenant, admin.id, 'password:set'));
      expect(await told()).toBe(2);
      const older = world.app(tenant, 'password:set');
      await by({ ...older, origin: { ...older.origin, api: 'rest' } });
      expect(await told()).toBe(3);
      const resets = (await world.events(tenant)).filter(
        ({ type, subject_id }) => type === 'password.reset' && subject_id === owner.id,
      );
      expect(resets.map(({ actor_id, client_id }) => [actor_id, client_id])).toEqual([
        ['test-app', 'test-app'],
        [admin.id, 'test-app'],
        ['test-app', 'test-app'],
      ]);
    });

    it("needs a recent sign-in for the administrator's own account (check 54)", async () => {
      const caller = world.user(tenant, user.id, 'password:set');
      const setOwn = (over: Partial<Caller> = {}) =>
        world.services.passwordFlow.set(new Authority({ ...caller, ...over }, tenant, 'tenant'), {
          userId: user.id,
          password: NEXT,
        });
      const authTime = new Date(world.clock.now().getTime() - 301_000);
      await expect(setOwn({ authTime })).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
      expect(await opens(password)).toBe(true);
      await setOwn();
      expect(await opens(NEXT)).toBe(true);
    });

    it('is refused for unknown users, users of another tenant, and with reach self', async () => {
      const other = await world.tenant();
      await expect(set({ userId: 'nobody' })).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
      const foreign = world.services.passwordFlow.set(world.system(other), { userId: user.id, password: NEXT });
      await expect(foreign).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
      const self = new Authority(world.user(tenant, user.id, 'password:set:self'), tenant, 'self');
      await expect(world.services.passwordFlow.set(self, { userId: user.id, password: NEXT })).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
    });
  });
});
