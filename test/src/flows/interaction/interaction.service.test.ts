import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SignInDemands } from '../../../../src/flows/index.ts';
import { openSignIn, PASSWORD, type SignInWorld, TestBrowser } from '../../../support/sign-in.ts';
import { wrongTotpCode } from '../../../support/totp.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

describe('an interaction', () => {
  let world: World;
  let setting: SignInWorld;
  let browser: TestBrowser;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    setting = await openSignIn(world);
    browser = new TestBrowser(world, setting.tenant);
  });

  const stepOf = ({
    data,
  }: {
    data: { step?: { __typename: string }; interaction?: { step: { __typename: string } } };
  }) => (data?.step ?? data?.interaction?.step)?.__typename;
  const refusals = async () =>
    (await world.events(setting.tenant))
      .filter(({ type }) => type.startsWith('sign_in.'))
      .map(({ type, reason }) => [type, reason]);
  const wrongTotp = () => wrongTotpCode('JBSWY3DPEHPK3PXP', world.clock.now());

  describe('with a second factor', () => {
    beforeEach(() => world.giveTotp(setting.tenant, setting.user.id));

    it('asks for one that the request demands, and has its methods and strength in the session', async () => {
      const handle = await browser.begin({ factors: 2 });
      const { data } = await browser.password(handle, setting.user);
      expect(data.step).toEqual({ __typename: 'FactorStep', methods: ['TOTP'] });
      expect(await browser.session()).toBeNull();
      expect(stepOf(await browser.totp(handle))).toBe('Finished');
      expect(await browser.session()).toMatchObject({ amr: ['pwd', 'otp', 'mfa'], acr: '2fa' });
    });

    it('does not ask for one that nothing demands', async () => {
      expect(stepOf(await browser.password(await browser.begin(), setting.user))).toBe('Finished');
    });

    it('refuses wrong codes with the same answer during a block, and records each (checks 45 and 46)', async () => {
      const handle = await browser.begin({ factors: 2 });
      await browser.password(handle, setting.user);
      for (let tries = 0; tries < 12; tries++) {
        const { code } = await browser.submit('submitFactor', handle, { method: 'TOTP', code: wrongTotp() });
        expect(code).toBe('FACTOR_CODE_WRONG');
        world.clock.advance(1);
      }
      expect((await browser.totp(handle)).code).toBe('FACTOR_CODE_WRONG');
      const recorded = await refusals();
      expect(recorded).toHaveLength(13);
      expect(recorded[0]).toEqual(['sign_in.factor_failed', 'wrong_code']);
      expect(recorded.at(-1)).toEqual(['sign_in.factor_failed', 'locked_out']);
      expect(stepOf(await browser.load(handle))).toBe('FactorStep');
    });

    it('takes a recovery code in place of it, once', async () => {
      const { tenant, user } = setting;
      const { codes } = await world.services.recoveryCodes.generate(world.system(tenant), user.id);
      const submit = (handle: string) =>
        browser.submit('submitFactor', handle, { method: 'RECOVERY_CODE', code: codes[0]! });
      const handle = await browser.begin({ factors: 2 });
      expect((await browser.password(handle, user)).data.step.methods.toSorted()).toEqual(['RECOVERY_CODE', 'TOTP']);
      expect(stepOf(await submit(handle))).toBe('Finished');
      const again = await browser.begin({ factors: 2, mustAuthenticate: true });
      await browser.password(again, user);
      expect((await submit(again)).code).toBe('FACTOR_CODE_WRONG');
    });

    it('adds it to the session that is there, which gets a new cookie (check 51)', async () => {
      await browser.signIn(setting.user);
      const before = await browser.session();
      const cookie = await browser.jar.get('session', setting.tenant);
      world.clock.advance(60);
      const handle = await browser.begin({ factors: 2 });
      expect(stepOf(await browser.load(handle))).toBe('FactorStep');
      expect(stepOf(await browser.totp(handle))).toBe('Finished');
      const after = await browser.session();
      expect(after).toMatchObject({ id: before!.id, amr: ['pwd', 'otp', 'mfa'], acr: '2fa' });
      expect(after!.authTime.getTime() - before!.authTime.getTime()).toBe(60_000);
      expect(await browser.jar.get('session', setting.tenant)).not.toBe(cookie);
      expect(await world.services.sessions.findByCookie(setting.tenant, cookie!)).toBeNull();
    });

    it('is no more part of a session that a password alone renews', async () => {
      const handle = await browser.begin({ factors: 2 });
      await browser.password(handle, setting.user);
      expect(stepOf(await browser.totp(handle))).toBe('Finished');
      const before = await browser.session();
      world.clock.advance(60);
      await browser.signIn(setting.user);
      const after = await browser.session();
      expect(after).toMatchObject({ id: before!.id, amr: ['pwd'], acr: '1fa' });
      expect(after!.authTime.getTime() - before!.authTime.getTime()).toBe(60_000);
    });
  });

  it('asks an account without a second factor to set one up', async () => {
    const handle = await browser.begin({ factors: 2 });
    const { data } = await browser.password(handle, setting.user);
    expect(data.step).toEqual({ __typename: 'FactorEnrolmentStep', enrolment: null });
  });

  it('leads to a new password and to the verification of the address, instead of an error', async () => {
    const { tenant, user } = setting;
    const temporary = { userId: user.id, password: PASSWORD, isTemporary: true };
    await world.services.passwordFlow.set(world.system(tenant), temporary);
    const { data } = await browser.password(await browser.begin(), user);
    expect(data.step).toEqual({ __typename: 'NewPasswordStep', minLength: 15, isForgotten: false });
    const strict = await openSignIn(world, { verifyEmail: true });
    const other = new TestBrowser(world, strict.tenant);
    const shown = await other.password(await other.begin(), strict.user);
    expect(shown.data.step).toEqual({ __typename: 'EmailCodeStep', email: 'a***@example.com', isSent: false });
  });

  describe('in a browser with a session', () => {
    beforeEach(() => browser.signIn(setting.user));

    it('needs nothing when the session is enough', async () => {
      const handle = await browser.begin();
      expect(stepOf(await browser.load(handle))).toBe('Finished');
      const { id } = (await browser.session())!;
      expect(await browser.resume(handle)).toMatchObject({ kind: 'done', session: { id } });
    });

    it('goes back to the password when that session has ended', async () => {
      const handle = await browser.begin();
      const { id } = (await browser.session())!;
      await world.services.sessions.revoke(world.system(setting.tenant), id);
      expect(stepOf(await browser.load(handle))).toBe('PasswordStep');
      expect(await browser.resume(handle)).toEqual({ kind: 'open' });
    });

    it('renews the session of the same user, and replaces that of another one', async () => {
      const first = (await browser.session())!;
      await browser.signIn(setting.user);
      expect((await browser.session())!.id).toBe(first.id);
      const bob = await world.newUser(setting.tenant);
      await world.givePassword(setting.tenant, bob.id, PASSWORD);
      await browser.signIn(bob);
      expect(await browser.session()).toMatchObject({ userId: bob.id });
      expect(await world.services.sessions.findIn(setting.tenant.id, first.id)).toBeNull();
    });

    it('offers the account that is signed in, and another one', async () => {
      const { id: userId, username } = setting.user;
      const handle = await browser.begin({ mustChoose: true });
      const accounts = [{ userId, username, name: 'Ann Archer' }];
      expect((await browser.load(handle)).data.interaction.step).toEqual({ __typename: 'AccountStep', accounts });
      const wrong = await browser.submit('chooseAccount', handle, { userId: 'somebody-else' });
      expect(wrong.code).toBe('INTERACTION_STEP_OTHER');
      expect(stepOf(await browser.submit('chooseAccount', handle, { userId }))).toBe('Finished');
      const other = await browser.begin({ mustChoose: true });
      expect(stepOf(await browser.submit('chooseAccount', other, { userId: null }))).toBe('PasswordStep');
    });

    it('proves the chosen account anew where that is demanded', async () => {
      const { id: userId, username } = setting.user;
      const handle = await browser.begin({ mustChoose: true, mustAuthenticate: true });
      const { data } = await browser.submit('chooseAccount', handle, { userId });
      expect(data.step).toMatchObject({ __typename: 'PasswordStep', identifier: username });
    });
  });

  it('does not ask somebody for the account who has just signed in with it', async () => {
    const consent = { scopes: ['openid'], isForced: true };
    const handle = await browser.begin({ mustChoose: true, consent }, { clientId: setting.client.clientId });
    expect(stepOf(await browser.password(handle, setting.user))).toBe('ConsentStep');
    expect(stepOf(await browser.load(handle))).toBe('ConsentStep');
    expect(stepOf(await browser.submit('submitConsent', handle, { isGranted: true }))).toBe('Finished');
    expect(await browser.resume(handle)).toMatchObject({ kind: 'done', session: { userId: setting.user.id } });
  });

  it('lets only the account finish that it was begun for', async () => {
    const { tenant, user } = setting;
    const bob = await world.newUser(tenant);
    await world.givePassword(tenant, bob.id, 'bob-has-another-one');
    await browser.signIn({ ...user });
    const handle = await browser.begin({ userId: bob.id });
    expect((await browser.load(handle)).data.interaction.step).toMatchObject({
      __typename: 'PasswordStep',
      identifier: bob.username,
      isIdentifierFixed: true,
    });
    expect((await browser.password(handle, user)).code).toBe('SIGN_IN_REFUSED');
    expect(stepOf(await browser.password(handle, user, 'bob-has-another-one'))).toBe('Finished');
    expect(await browser.session()).toMatchObject({ userId: bob.id });
  });

  it('lets nobody in whose username is the id of the account that it was begun for', async () => {
    const { tenant } = setting;
    const bob = await world.newUser(tenant, { id: 'bob-the-first' });
    const handle = await browser.begin({ userId: bob.id });
    await world.services.users.delete(world.system(tenant), bob.id);
    const namesake = await world.newUser(tenant, { username: bob.id });
    await world.givePassword(tenant, namesake.id, PASSWORD);
    expect((await browser.password(handle, namesake)).code).toBe('SIGN_IN_REFUSED');
    expect(await refusals()).toEqual([['sign_in.failed', 'unknown_user']]);
    expect(await browser.session()).toBeNull();
    expect(stepOf(await browser.password(await browser.begin(), namesake))).toBe('Finished');
  });

  describe('that asks for consent', () => {
    const scopes = ['openid', 'offline_access', 'user:read:self'];
    const demands: Partial<SignInDemands> = { consent: { scopes, isForced: false } };

    it('shows what is asked for, stores what is allowed, and does not ask again', async () => {
      const handle = await browser.begin(demands, { clientId: 'shop' });
      const { data } = await browser.password(handle, setting.user);
      expect(data.step).toMatchObject({
        __typename: 'ConsentStep',
        account: { userId: setting.user.id, name: 'Ann Archer' },
        scopes: [
          { name: 'openid', description: 'Know who you are', isLasting: false },
          { name: 'offline_access', isLasting: true },
          { name: 'user:read:self', description: 'user:read:self', isLasting: false },
        ],
      });
      expect(stepOf(await browser.submit('submitConsent', handle, { isGranted: true }))).toBe('Finished');
      expect(await browser.resume(handle)).toMatchObject({ kind: 'done', consented: scopes });
      const granted = (await world.events(setting.tenant)).find(({ type }) => type === 'consent.granted');
      expect(granted).toMatchObject({ subject_id: setting.user.id, actor_id: setting.user.id, client_id: 'shop' });
      expect(stepOf(await browser.load(await browser.begin(demands, { clientId: 'shop' })))).toBe('Finished');
      const forced = await browser.begin({ consent: { scopes, isForced: true } }, { clientId: 'shop' });
      expect(stepOf(await browser.load(forced))).toBe('ConsentStep');
      await world.services.consents.revoke(world.system(setting.tenant), setting.user.id, 'shop');
      expect(stepOf(await browser.load(await browser.begin(demands, { clientId: 'shop' })))).toBe('ConsentStep');
    });

    it('is denied when the user does not agree, and stores nothing', async () => {
      const handle = await browser.begin(demands, { clientId: 'shop' });
      await browser.password(handle, setting.user);
      expect(stepOf(await browser.submit('submitConsent', handle, { isGranted: false }))).toBe('Finished');
      expect((await browser.submit('submitConsent', handle, { isGranted: true })).code).toBe('INTERACTION_STEP_OTHER');
      expect(await browser.resume(handle)).toMatchObject({ kind: 'denied' });
      expect(await world.eventTypes(setting.tenant)).not.toContain('consent.granted');
    });
  });

  describe('whose account changes after the password', () => {
    it.each([
      ['is disabled', (id: string) => world.services.endAccess.setEnabled(world.system(setting.tenant), id, false)],
      ['gets a new password', (id: string) => world.givePassword(setting.tenant, id, 'a-password-that-is-new')],
      [
        'has its sessions reset',
        (id: string) => world.services.endAccess.resetSessions(world.system(setting.tenant), id),
      ],
      ['is deleted', (id: string) => world.services.endAccess.delete(world.system(setting.tenant), id)],
    ] as const)('starts again when it %s', async (what, change) => {
      const { tenant, user } = setting;
      await world.giveTotp(tenant, user.id);
      const handle = await browser.begin({ factors: 2 });
      expect(stepOf(await browser.password(handle, user))).toBe('FactorStep');
      await change(user.id);
      const { code } = await browser.totp(handle);
      const isDeleted = what === 'is deleted';
      expect(code).toBe(isDeleted ? 'INTERACTION_NOT_FOUND' : 'INTERACTION_STEP_OTHER');
      expect(await browser.session()).toBeNull();
      if (isDeleted) return;
      expect(await refusals()).toContainEqual(['sign_in.failed', 'proof_outdated']);
      expect(stepOf(await browser.load(handle))).toBe('PasswordStep');
    });
  });

  it('lets a known device in that guesses of another one have blocked (check 44)', async () => {
    await browser.signIn(setting.user);
    const attacker = new TestBrowser(world, setting.tenant);
    const attacked = await attacker.begin();
    for (let tries = 0; tries < 11; tries++) {
      expect((await attacker.password(attacked, setting.user, 'guess')).code).toBe('SIGN_IN_REFUSED');
      world.clock.advance(1);
    }
    expect((await attacker.password(attacked, setting.user)).code).toBe('SIGN_IN_REFUSED');
    const handle = await browser.begin({ mustAuthenticate: true });
    expect(stepOf(await browser.password(handle, setting.user))).toBe('Finished');
    const seen = (await world.events(setting.tenant)).filter(({ type }) => type === 'device.seen');
    expect(seen).toHaveLength(1);
  });

  it('blocks a known device after ten wrong passwords there, too', async () => {
    await browser.signIn(setting.user);
    const handle = await browser.begin({ mustAuthenticate: true });
    for (let tries = 0; tries < 11; tries++) {
      await browser.password(handle, setting.user, 'guess');
      world.clock.advance(1);
    }
    expect((await browser.password(handle, setting.user)).code).toBe('SIGN_IN_REFUSED');
    expect((await refusals()).at(-1)).toEqual(['sign_in.failed', 'locked_out']);
  });

  it('remembers the browser where the tenant offers it and the user asks for it, else ends with it', async () => {
    const own = await openSignIn(world, { rememberMe: true, rememberSeconds: 5000, rememberIdleSeconds: 400 });
    const remembering = new TestBrowser(world, own.tenant);
    await remembering.password(await remembering.begin(), own.user, PASSWORD, { isRemembered: true });
    expect(remembering.setCookies.find((line) => line.startsWith('__Host-s'))).toContain('Max-Age=5000');
    const session = (await remembering.session())!;
    expect(session.remember).toBe(true);
    expect(session.idleExpiresAt.getTime() - session.authTime.getTime()).toBe(400_000);
    await browser.password(await browser.begin(), setting.user, PASSWORD, { isRemembered: true });
    expect(browser.setCookies.find((line) => line.startsWith('__Host-s'))).not.toContain('Max-Age');
    expect(browser.setCookies.find((line) => line.startsWith('__Host-d'))).toContain('Max-Age=34560000');
    expect((await browser.session())!.remember).toBe(false);
  });

  it('remembers the browser as long as other sessions live where the tenant sets no other lives', async () => {
    const lives = { rememberSeconds: 0, rememberIdleSeconds: 0, sessionSeconds: 7000, sessionIdleSeconds: 600 };
    const own = await openSignIn(world, { rememberMe: true, ...lives });
    const remembering = new TestBrowser(world, own.tenant);
    await remembering.password(await remembering.begin(), own.user, PASSWORD, { isRemembered: true });
    expect(remembering.setCookies.find((line) => line.startsWith('__Host-s'))).toContain('Max-Age=7000');
    const session = (await remembering.session())!;
    expect(session.idleExpiresAt.getTime() - session.authTime.getTime()).toBe(600_000);
  });

  describe('whose last step was done elsewhere', () => {
    beforeEach(async () => {
      setting = await openSignIn(world, { verifyEmail: true });
      browser = new TestBrowser(world, setting.tenant);
    });
    const confirmElsewhere = () =>
      world.services.users.update(world.system(setting.tenant), setting.user.id, { emailVerified: true });

    it('starts its session when it is resumed, once', async () => {
      const handle = await browser.begin();
      expect(stepOf(await browser.password(handle, setting.user))).toBe('EmailCodeStep');
      await confirmElsewhere();
      expect(stepOf(await browser.load(handle))).toBe('Finished');
      const outcomes = await Promise.allSettled([browser.resume(handle), browser.resume(handle)]);
      const ended = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value.kind === 'done');
      expect(ended).toMatchObject([{ value: { session: { userId: setting.user.id, amr: ['pwd'], acr: '1fa' } } }]);
      expect(await browser.session()).toMatchObject({ userId: setting.user.id });
    });

    it('ends in no session of another account that the browser has', async () => {
      const other = await world.newUser(setting.tenant, { email: 'bob@example.com', emailVerified: true });
      await world.givePassword(setting.tenant, other.id, PASSWORD);
      await browser.signIn(other);
      const handle = await browser.begin({ mustAuthenticate: true });
      expect(stepOf(await browser.password(handle, setting.user))).toBe('EmailCodeStep');
      await confirmElsewhere();
      expect(await browser.resume(handle)).toMatchObject({ kind: 'done', session: { userId: setting.user.id } });
      expect(await browser.session()).toMatchObject({ userId: setting.user.id });
    });

    it('renews the session of a user who was signed in already, so that it has what was proved now', async () => {
      await confirmElsewhere();
      await browser.signIn(setting.user);
      const before = await browser.session();
      world.clock.advance(1000);
      const handle = await browser.begin({ mustAuthenticate: true });
      const demand = (...requiredActions: string[]) =>
        world.services.users.update(world.system(setting.tenant), setting.user.id, { requiredActions });
      await demand('UPDATE_PASSWORD');
      expect(stepOf(await browser.password(handle, setting.user))).toBe('NewPasswordStep');
      await demand();
      expect(await browser.resume(handle)).toMatchObject({
        kind: 'done',
        session: { id: before!.id, authTime: world.clock.now() },
      });
      expect(browser.setCookies.join()).toContain('s');
      expect(await browser.session()).toMatchObject({ id: before!.id, authTime: world.clock.now() });
    });

    it('is not finished when the account was disabled before it is resumed', async () => {
      const handle = await browser.begin();
      await browser.password(handle, setting.user);
      await confirmElsewhere();
      await world.services.users.setEnabled(world.system(setting.tenant), setting.user.id, false);
      expect(await browser.resume(handle)).toEqual({ kind: 'open' });
      expect(await browser.session()).toBeNull();
    });
  });

  describe('in which more is demanded after its session began', () => {
    const consent = { scopes: ['openid'], isForced: false };
    const atConsent = async () => {
      const handle = await browser.begin({ consent }, { clientId: setting.client.clientId });
      expect(stepOf(await browser.password(handle, setting.user))).toBe('ConsentStep');
      return handle;
    };

    it('has the second factor that was demanded then in the session', async () => {
      await world.giveTotp(setting.tenant, setting.user.id);
      const handle = await atConsent();
      expect(await browser.session()).toMatchObject({ amr: ['pwd'], acr: '1fa' });
      const system = world.system(setting.tenant);
      await world.services.authModes.update(system, setting.user.id, { requiredFactor: 2 });
      expect(stepOf(await browser.load(handle))).toBe('FactorStep');
      expect(stepOf(await browser.totp(handle))).toBe('ConsentStep');
      expect(await browser.session()).toMatchObject({ amr: ['pwd', 'otp', 'mfa'], acr: '2fa' });
    });

    it('ends in the session of the account that was proved last, and asks that account for consent', async () => {
      const other = await world.newUser(setting.tenant, { email: 'bob@example.com' });
      await world.givePassword(setting.tenant, other.id, PASSWORD);
      const handle = await atConsent();
      const requiredActions = ['UPDATE_PASSWORD'];
      await world.services.users.update(world.system(setting.tenant), setting.user.id, { requiredActions });
      world.clock.advance(1000);
      const newPassword = 'four-wombats-at-dusk';
      expect(stepOf(await browser.submit('submitNewPassword', handle, { newPassword }))).toBe('PasswordStep');
      expect(stepOf(await browser.password(handle, other))).toBe('ConsentStep');
      await browser.submit('submitConsent', handle, { isGranted: true });
      expect(await browser.resume(handle)).toMatchObject({ kind: 'done', session: { userId: other.id } });
      expect(await browser.session()).toMatchObject({ userId: other.id });
    });
  });

  describe('of which many are begun', () => {
    const count = async () => {
      const rows = await world.db.orm.em
        .fork()
        .getConnection()
        .execute('select count(*)::int as n from interactions where tenant_id = ?', [setting.tenant.id]);
      return (rows as unknown as { n: number }[])[0]!.n;
    };

    it('keeps the newest twenty of a browser', async () => {
      const first = await browser.begin();
      const others: string[] = [];
      for (let n = 0; n < 20; n++) {
        world.clock.advance(1);
        others.push(await browser.begin());
      }
      expect(await count()).toBe(20);
      expect((await browser.load(first)).code).toBe('INTERACTION_NOT_FOUND');
      for (const handle of [others[0]!, others.at(-1)!])
        expect(stepOf(await browser.load(handle))).toBe('PasswordStep');
    });

    it('stops an address at five hundred (check 66), and no other address', async () => {
      const begins = Array.from({ length: 1000 }, () => new TestBrowser(world, setting.tenant).begin());
      const results = await Promise.allSettled(begins);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(500);
      const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
      expect(refused.reason).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 60 });
      expect(await count()).toBe(500);
      browser.origin = { ...TEST_ORIGIN, peerIp: '198.51.100.2' };
      await browser.begin();
      world.clock.advance(1801);
      await new TestBrowser(world, setting.tenant).begin();
    });
  });
});
