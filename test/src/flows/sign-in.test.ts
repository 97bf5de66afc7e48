import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { PasswordSignIn } from '../../../src/flows/index.ts';
import type { IdentityError, TenantRef } from '../../../src/kernel/index.ts';
import type { TenantSettingsPatch } from '../../../src/tenants/index.ts';
import type { User } from '../../../src/users/index.ts';
import { totpCode } from '../../support/totp.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const EMAIL = 'jane@example.com';

describe('signing in with a password', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let password: string;
  beforeAll(async () => {
    world = await World.open();
  });
  beforeEach(() => home());
  afterAll(() => world.close());

  /** A tenant with one account that has a password. */
  async function home(settings: TenantSettingsPatch = {}) {
    tenant = await world.tenant({ settings });
    user = await world.newUser(tenant, { username: 'Jane', email: EMAIL });
    password = await world.givePassword(tenant, user.id);
  }

  const signIn = (over: Partial<PasswordSignIn> = {}) =>
    world.services.signIn.verifyPassword({
      tenant,
      identifier: 'jane',
      password,
      origin: TEST_ORIGIN,
      client: { clientId: 'shop', clientAuth: 'Basic' },
      ...over,
    });
  const refusal = (over: Partial<PasswordSignIn> = {}): Promise<IdentityError> =>
    signIn(over).then(
      () => expect.unreachable('it was not refused'),
      (error: IdentityError) => error,
    );
  const failures = async () => (await world.events(tenant)).filter(({ type }) => type === 'sign_in.failed');
  const lastReason = async () => (await failures()).at(-1)?.reason;
  const change = (columns: Partial<User>) =>
    world.db.transaction(async () => {
      Object.assign((await world.stores.userStore.lock(tenant.id, user.id))!, columns);
    });
  const asUser = () => new Authority(world.app(tenant), tenant, 'tenant');

  it('verifies a username in any case, an e-mail address and a chosen id, with blanks around them', async () => {
    for (const identifier of ['Jane', 'JANE', EMAIL, user.id, ' Jane', `\t${EMAIL}\u00a0`, `${user.id}\n`]) {
      expect(await signIn({ identifier })).toMatchObject({ kind: 'verified', user: { id: user.id }, amr: ['pwd'] });
    }
    expect(await failures()).toEqual([]);
  });

  it('takes no e-mail address where the tenant does not sign in by it', async () => {
    await home({ signInByEmail: false });
    expect((await refusal({ identifier: EMAIL })).code).toBe('SIGN_IN_REFUSED');
    expect(await signIn()).toMatchObject({ kind: 'verified' });
  });

  it('refuses with the same answer for every reason, and records the reason for operators (check 43)', async () => {
    const shown: unknown[] = [];
    const refuse = async (over: Partial<PasswordSignIn> = {}) => {
      const { code, kind, message, fields, retryAfterSeconds } = await refusal(over);
      shown.push({ code, kind, message, fields, retryAfterSeconds });
      return lastReason();
    };
    expect(await refuse({ identifier: 'nobody' })).toBe('unknown_user');
    expect(await refuse({ password: 'wrong' })).toBe('wrong_password');
    await change({ lockedMethods: ['password'] });
    expect(await refuse()).toBe('method_locked');
    await change({ lockedMethods: [], inactiveSince: world.clock.now() });
    expect(await refuse()).toBe('account_inactive');
    world.clock.advance(1);
    await change({ inactiveSince: null, serviceClientId: 'a0000000-0000-4000-8000-000000000000' });
    expect(await refuse()).toBe('service_account');
    await change({ serviceClientId: null, enabled: false });
    expect(await refuse()).toBe('account_disabled');
    world.clock.advance(1);
    await change({ enabled: true });
    for (let i = 0; i < 12; i++) {
      world.clock.advance(1);
      await refusal({ password: 'wrong' });
    }
    expect(await refuse()).toBe('locked_out');
    expect(new Set(shown.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(shown[0]).toMatchObject({ code: 'SIGN_IN_REFUSED', kind: 'unauthenticated' });
  });

  it('does the same work for every refusal: one hash, as many reads (check 43)', async () => {
    const spent = async (over: Partial<PasswordSignIn>) => {
      const { passwords } = world.services;
      const calls: (string | null)[] = [];
      const prove = passwords.prove;
      passwords.prove = (tenantId, userId, text) => {
        calls.push(userId);
        return prove.call(passwords, tenantId, userId, text);
      };
      await refusal(over);
      passwords.prove = prove;
      return calls.length;
    };
    expect(await spent({ identifier: 'nobody' })).toBe(1);
    expect(await spent({ password: 'wrong' })).toBe(1);
    await change({ enabled: false });
    expect(await spent({})).toBe(1);
  });

  it('records a failure with the account, its name, the client and the address; else nothing of what was typed', async () => {
    await refusal({ password: 'my-secret-typo' });
    await refusal({ identifier: 'my-secret-typo' });
    const rows = await failures();
    expect(rows).toMatchObject([
      { subject_id: user.id, client_id: 'shop', ip: TEST_ORIGIN.ip, peer_ip: TEST_ORIGIN.peerIp, outcome: 'failure' },
      { subject_id: null, client_id: 'shop' },
    ]);
    expect(rows.map(({ params }) => params)).toEqual([
      { method: 'password', identifier: 'jane' },
      { method: 'password' },
    ]);
    expect(JSON.stringify(rows)).not.toContain('my-secret-typo');
  });

  it('lets an exemption lift the block for inactivity', async () => {
    await change({ inactiveSince: new Date(world.clock.now().getTime() - 1000) });
    expect((await refusal()).code).toBe('SIGN_IN_REFUSED');
    await world.services.authModes.exempt(world.system(tenant), user.id, null);
    expect(await signIn()).toMatchObject({ kind: 'verified' });
  });

  it('names the step that is missing only after a right password', async () => {
    await world.giveTotp(tenant, user.id);
    await world.services.authModes.update(world.system(tenant), user.id, {
      requiredFactor: 2,
      needPasswordChange: true,
    });
    expect((await refusal({ password: 'wrong' })).code).toBe('SIGN_IN_REFUSED');
    expect(await signIn()).toMatchObject({ kind: 'factor-required', methods: ['totp'] });
    const { codes } = await world.services.recoveryCodes.generate(world.system(tenant), user.id);
    expect(await signIn()).toMatchObject({ kind: 'factor-required', methods: ['recovery-code', 'totp'] });
    for (const code of codes) {
      const input = { userId: user.id, code, knownDeviceId: null };
      expect(await world.services.recoveryCodes.verify(world.app(tenant), tenant, input)).toBe(true);
    }
    expect(await signIn()).toMatchObject({ kind: 'factor-required', methods: ['totp'] });
    await world.services.authModes.update(world.system(tenant), user.id, { requiredFactor: null });
    expect(await signIn()).toMatchObject({ kind: 'password-change-required' });
  });

  it('asks for a verified e-mail address where the tenant demands it', async () => {
    await home({ verifyEmail: true });
    expect(await signIn()).toMatchObject({ kind: 'email-unverified' });
    await change({ emailVerified: true });
    expect(await signIn()).toMatchObject({ kind: 'verified' });
  });

  it('cannot be completed in one step while something is missing', async () => {
    const once = () =>
      world.services.signIn.signInWithPassword(asUser(), { username: 'jane', password }).then(
        () => 'signed in',
        ({ code }: IdentityError) => code,
      );
    await world.giveTotp(tenant, user.id);
    await world.services.authModes.update(world.system(tenant), user.id, {
      requiredFactor: 2,
      needPasswordChange: true,
    });
    expect(await once()).toBe('SIGN_IN_FACTOR_REQUIRED');
    await world.services.authModes.update(world.system(tenant), user.id, { requiredFactor: null });
    expect(await once()).toBe('SIGN_IN_PASSWORD_CHANGE_REQUIRED');
    expect(await world.eventTypes(tenant)).not.toContain('session.started');
  });

  it('takes the code of a demanded second factor with the password, once', async () => {
    await world.giveTotp(tenant, user.id);
    await world.services.authModes.update(world.system(tenant), user.id, { requiredFactor: 2 });
    const once = (code: string | null) =>
      world.services.signIn.signInWithPassword(asUser(), { username: 'jane', password, code }).then(
        ({ session }) => session.acr,
        (error: IdentityError) => error.code,
      );
    const code = totpCode('JBSWY3DPEHPK3PXP', world.clock.now());
    expect(await once(null)).toBe('SIGN_IN_FACTOR_REQUIRED');
    expect(await once('000000')).toBe('SIGN_IN_REFUSED');
    expect(await once(code)).toBe('2fa');
    expect(await once(code)).toBe('SIGN_IN_REFUSED');
  });

  it('starts a session and remembers the device', async () => {
    const { session, user: account } = await world.services.signIn.signInWithPassword(asUser(), {
      username: 'jane',
      password,
      deviceId: 'SHA256_mine',
    });
    expect(account.id).toBe(user.id);
    expect(session).toMatchObject({
      userId: user.id,
      amr: ['pwd'],
      deviceId: 'SHA256_mine',
      authTime: world.clock.now(),
    });
    expect(await world.services.devices.isKnown(tenant.id, user.id, 'SHA256_mine')).toBe(true);
    expect((await world.services.authModes.get(world.system(tenant), user.id)).state).toMatchObject({
      name: 'active',
      checkedAt: world.clock.now(),
    });
    const started = (await world.events(tenant)).filter(({ type }) => type === 'session.started');
    expect(started).toMatchObject([{ params: { amr: ['pwd'], identifier: 'jane', deviceId: 'SHA256_mine' } }]);
  });

  describe('too often with a wrong one', () => {
    const guess = async (times: number, over: Partial<PasswordSignIn> = {}) => {
      for (let i = 0; i < times; i++) {
        world.clock.advance(1);
        await refusal({ password: 'wrong', ...over });
      }
    };

    it('blocks the account for the right one too, by whichever name, until the wait is over', async () => {
      await guess(5);
      await guess(5, { identifier: EMAIL });
      expect((await refusal()).code).toBe('SIGN_IN_REFUSED');
      expect(await lastReason()).toBe('locked_out');
      world.clock.advance(30);
      expect(await signIn()).toMatchObject({ kind: 'verified' });
      expect((await world.events(tenant)).filter(({ type }) => type === 'lockout.started')).toHaveLength(1);
    });

    it('lets the owner in on a known device meanwhile', async () => {
      await world.services.signIn.signInWithPassword(asUser(), { username: 'jane', password, deviceId: 'SHA256_mine' });
      await guess(10);
      expect((await refusal()).code).toBe('SIGN_IN_REFUSED');
      expect((await refusal({ deviceId: 'SHA256_another' })).code).toBe('SIGN_IN_REFUSED');
      expect(await signIn({ deviceId: 'SHA256_mine' })).toMatchObject({ kind: 'verified' });
    });

    it('begins to count anew after a success', async () => {
      await guess(9);
      await signIn();
      await guess(9);
      expect(await signIn()).toMatchObject({ kind: 'verified' });
    });

    it('checks no more than the limit when all tries come at once', async () => {
      const tries = await Promise.allSettled(Array.from({ length: 20 }, () => signIn({ password: 'wrong' })));
      expect(tries.every(({ status }) => status === 'rejected')).toBe(true);
      const reasons = (await failures()).map(({ reason }) => reason);
      // Native tenants space more than three tries within 600 ms out; the clock stands still here.
      expect(reasons.filter((reason) => reason === 'wrong_password')).toHaveLength(3);
    });
  });

  it.each(['', 'nul\0', '\ud800', 'x'.repeat(100_000), '%', "' or 1=1 --"])(
    'takes %j for a name nobody has',
    async (identifier) => {
      expect((await refusal({ identifier })).code).toBe('SIGN_IN_REFUSED');
      expect(await lastReason()).toBe('unknown_user');
    },
  );

  it('finds no account of another tenant', async () => {
    const other = await world.tenant();
    expect((await refusal({ tenant: other })).code).toBe('SIGN_IN_REFUSED');
  });
});
