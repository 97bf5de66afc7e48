import { describe, expect, it } from 'vitest';
import { addressKey } from '../../../src/auth-modes/index.ts';
import { addSeconds, type TenantRef } from '../../../src/kernel/index.ts';
import type { TenantSettingsPatch } from '../../../src/tenants/settings.ts';
import type { User } from '../../../src/users/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { signInsOfSuite, stepOf, TestBrowser } from '../../support/sign-in.ts';
import { TEST_ORIGIN, type World } from '../../support/world.ts';

const AT_ONCE = 5;
const BEA = {
  username: 'bea',
  email: 'bea@example.com',
  givenName: 'Bea',
  familyName: 'Baker',
  password: 'five-otters-after-tea',
};

describe.each(ENGINES)('making an account during a sign-in, on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let browser: TestBrowser;
  signInsOfSuite(open, { registration: true }, (made) => {
    ({ world, tenant, user, browser } = made);
  });

  const set = (settings: TenantSettingsPatch) => world.services.tenants.updateSettings(world.system(tenant), settings);
  const reached = async (of = browser, demands = {}): Promise<string> => {
    const handle = await of.begin(demands);
    expect(stepOf(await of.submit('beginRegistration', handle))).toMatchObject({ __typename: 'RegistrationStep' });
    return handle;
  };
  const register = (handle: string, more: object = {}, of = browser) =>
    of.submit('submitRegistration', handle, { ...BEA, ...more });
  const found = (username: string) => world.services.users.findByUsername(world.system(tenant), username);
  const eventsOf = async (...types: string[]) =>
    (await world.events(tenant)).filter(({ type }) => types.includes(type));
  const faultsOf = ({ errors }: Awaited<ReturnType<typeof register>>) =>
    ((errors[0]?.extensions?.['fields'] ?? []) as { path: string; code: string }[]).map(
      ({ path, code }) => `${path} ${code}`,
    );
  const canRegister = async (handle: string) => {
    const document = `query ($handle: String!) { interaction(handle: $handle) { step { ... on PasswordStep { canRegister } } } }`;
    return stepOf(await browser.graphql(document, { handle })).canRegister;
  };

  it('signs the new user in, with the password that was typed, and names the user to the flow', async () => {
    const handle = await reached();
    expect(stepOf(await register(handle, { username: ' bea ', email: ' bea@example.com ' }))).toMatchObject({
      __typename: 'Finished',
    });
    const made = (await found('bea'))!;
    expect(made).toMatchObject({
      email: 'bea@example.com',
      emailVerified: false,
      givenName: 'Bea',
      familyName: 'Baker',
    });
    expect(await world.services.passwords.verify(tenant.id, made.id, BEA.password)).toBe(true);
    const session = (await browser.session())!;
    expect(session).toMatchObject({ userId: made.id, amr: ['pwd'] });
    expect(await browser.resume(handle)).toMatchObject({ kind: 'done', session: { id: session.id } });
    const recorded = await eventsOf('user.created', 'credential.added');
    expect(recorded.filter(({ subject_id }) => subject_id === made.id)).toMatchObject([
      { type: 'user.created', actor_id: null, params: { username: 'bea' } },
      { type: 'credential.added', actor_id: null },
    ]);
    const other = new TestBrowser(world, tenant);
    await other.password(await other.begin(), made, BEA.password);
    expect((await other.session())?.userId).toBe(made.id);
  });

  it('needs no names of people', async () => {
    await register(await reached(), { givenName: null, familyName: '' });
    expect(await found('bea')).toMatchObject({ givenName: null, familyName: null });
  });

  it('replaces the session of another user, where the flow begins with it', async () => {
    await browser.signIn(user);
    const handle = await browser.begin({ mustAuthenticate: true, loginHint: 'bea' }, { isRegistering: true });
    expect(stepOf(await browser.load(handle))).toEqual({
      __typename: 'RegistrationStep',
      identifier: 'bea',
      isEmailUsername: false,
      minLength: 15,
    });
    await register(handle);
    expect((await browser.session())?.userId).toBe((await found('bea'))!.id);
    const left = await world.services.sessions.page(world.system(tenant), { userId: user.id }, {});
    expect(left.rows).toEqual([]);
  });

  it('leads back to the password, and there again', async () => {
    const handle = await reached();
    expect(stepOf(await browser.submit('leaveRegistration', handle))).toMatchObject({ __typename: 'PasswordStep' });
    expect((await register(handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect((await browser.submit('leaveRegistration', handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect(stepOf(await browser.password(handle, user))).toMatchObject({ __typename: 'Finished' });
    expect((await browser.submit('beginRegistration', handle)).code).toBe('INTERACTION_STEP_OTHER');
  });

  it('verifies the address next, where the tenant demands it', async () => {
    await set({ verifyEmail: true });
    const handle = await reached();
    expect(stepOf(await register(handle))).toMatchObject({ __typename: 'EmailCodeStep', email: 'b***@example.com' });
    expect(await browser.session()).toBeNull();
    await browser.submit('sendEmailCode', handle);
    const mail = (await world.outbox()).mails.filter(({ to }) => to === BEA.email).at(-1)!;
    const code = /\d{6}/.exec(mail.text)![0];
    expect(stepOf(await browser.submit('submitEmailCode', handle, { code }))).toMatchObject({ __typename: 'Finished' });
    expect(await found('bea')).toMatchObject({ emailVerified: true });
  });

  it('asks next for what the application demands of the sign-in', async () => {
    expect(stepOf(await register(await reached(browser, { factors: 2 })))).toMatchObject({
      __typename: 'FactorEnrolmentStep',
    });
  });

  it('gives the account what new accounts get: the default groups and the required actions', async () => {
    const system = world.system(tenant);
    const group = await world.services.groups.create(system, { name: 'readers' });
    await world.services.defaultGroups.add(system, group.id);
    const action = { alias: 'UPDATE_PASSWORD', name: 'Update', isEnabled: true, isDefault: true };
    await set({ requiredActions: [{ ...action, providerId: 'UPDATE_PASSWORD', priority: 1, config: {} }] });
    expect(stepOf(await register(await reached()))).toMatchObject({ __typename: 'NewPasswordStep' });
    expect(await eventsOf('group_member.added')).toMatchObject([
      { actor_id: null, subject_id: (await found('bea'))!.id },
    ]);
  });

  it('asks for the e-mail address alone, where that is the username', async () => {
    await set({ emailIsUsername: true });
    const handle = await reached();
    expect(stepOf(await browser.load(handle))).toMatchObject({ isEmailUsername: true });
    await register(handle, { username: 'ignored' });
    expect(await found('bea@example.com')).toMatchObject({ email: 'bea@example.com' });
    const other = new TestBrowser(world, tenant);
    const taken = await register(await reached(other), { email: 'BEA@example.com' }, other);
    expect([taken.code, faultsOf(taken)]).toEqual(['USER_EMAIL_TAKEN', ['input.email USER_EMAIL_TAKEN']]);
  });

  it('refuses what cannot be an account or is taken, and makes nothing', async () => {
    await world.services.users.update(world.system(tenant), user.id, { username: 'ann' });
    const refusals: readonly (readonly [typed: object, code: string, fault?: string])[] = [
      [{ username: 'ANN' }, 'USER_USERNAME_TAKEN', 'input.username USER_USERNAME_TAKEN'],
      [{ email: 'Ann@example.com' }, 'USER_EMAIL_TAKEN', 'input.email USER_EMAIL_TAKEN'],
      [{ username: 'ann@example.com' }, 'USER_USERNAME_TAKEN', 'input.username USER_USERNAME_TAKEN'],
      [{ username: null }, 'USER_USERNAME_INVALID', 'input.username USER_USERNAME_INVALID'],
      [{ username: 'service-account-x' }, 'USER_USERNAME_INVALID', 'input.username USER_USERNAME_INVALID'],
      [{ username: '<script>' }, 'USER_USERNAME_INVALID'],
      [{ username: 'x'.repeat(256) }, 'USER_USERNAME_INVALID'],
      [{ username: 'x'.repeat(100_000) }, 'INVALID_INPUT'],
      [{ email: ' ' }, 'USER_EMAIL_INVALID', 'input.email USER_EMAIL_INVALID'],
      [{ email: 'a@b Bcc: c@d' }, 'USER_EMAIL_INVALID', 'input.email USER_EMAIL_INVALID'],
      [{ givenName: 'x'.repeat(256) }, 'INVALID_INPUT', 'input.givenName TEXT_INVALID'],
      [{ givenName: 'Bea\u0000' }, 'INVALID_INPUT'],
      [{ password: 'short' }, 'PASSWORD_POLICY', 'input.password PASSWORD_TOO_SHORT'],
      [{ password: 'bea@example.com-1' }, 'PASSWORD_POLICY', 'input.password PASSWORD_OWN_NAME'],
      [{ password: 'x'.repeat(1025) }, 'PASSWORD_TOO_LONG'],
      [{ password: 'five-otters-\u0007-after-tea' }, 'INVALID_INPUT'],
    ];
    const handle = await reached();
    const before = (await world.events(tenant)).length;
    for (const [typed, code, fault] of refusals) {
      const refused = await register(handle, typed);
      expect([typed, refused.code]).toEqual([typed, code]);
      if (fault !== undefined) expect(faultsOf(refused)).toEqual([fault]);
    }
    expect(await world.events(tenant)).toHaveLength(before);
    expect([await found('bea'), await browser.session()]).toEqual([null, null]);
    expect(stepOf(await register(handle))).toMatchObject({ __typename: 'Finished' });
  });

  it('follows what the tenant demands of attributes', async () => {
    const family = { name: 'family_name', isList: false, isUnmodifiable: false };
    await set({ attributes: [{ ...family, validators: [{ max: 3, code: 'LONG', message: 'Too long.' }] }] });
    const refused = await register(await reached());
    expect([refused.code, faultsOf(refused)]).toEqual(['USER_ATTRIBUTE_REFUSED', [expect.stringContaining('LONG')]]);
    await set({ attributes: [{ ...family, type: 'number', validators: [] }] });
    expect((await register(await reached())).code).toBe('USER_ATTRIBUTE_INVALID');
  });

  it('is not offered, and refused, where the tenant lets nobody register or one account alone can finish', async () => {
    const handle = await browser.begin();
    expect(await canRegister(handle)).toBe(true);
    const fixed = await browser.begin({ userId: user.id });
    expect(await canRegister(fixed)).toBe(false);
    expect((await browser.submit('beginRegistration', fixed)).code).toBe('REGISTRATION_CLOSED');
    const begun = await browser.begin({ userId: user.id }, { isRegistering: true });
    expect((await register(begun)).code).toBe('INTERACTION_STEP_OTHER');
    await set({ registration: false });
    expect(await canRegister(handle)).toBe(false);
    expect((await browser.submit('beginRegistration', handle)).code).toBe('REGISTRATION_CLOSED');
  });

  it('is not offered, and refused, where the application lets nobody register', async () => {
    const { client } = await world.newClient(tenant, { isRegistrationEnabled: false });
    const at = { clientId: client.clientId };
    const handle = await browser.begin({}, at);
    expect(await canRegister(handle)).toBe(false);
    expect((await browser.submit('beginRegistration', handle)).code).toBe('REGISTRATION_CLOSED');
    const begun = await browser.begin({}, { ...at, isRegistering: true });
    expect((await register(begun)).code).toBe('INTERACTION_STEP_OTHER');
    await world.services.clients.update(world.system(tenant), client.id, { isRegistrationEnabled: true });
    expect(await canRegister(handle)).toBe(true);
    expect(stepOf(await register(begun))).toMatchObject({ __typename: 'Finished' });
  });

  it('ends when the tenant lets nobody register any more', async () => {
    const handle = await reached();
    await set({ registration: false });
    expect((await register(handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect(stepOf(await browser.load(handle))).toMatchObject({ __typename: 'PasswordStep' });
    expect(await found('bea')).toBeNull();
  });

  it(`makes one account of ${AT_ONCE} forms of one moment, in one sign-in and in several`, async () => {
    const handle = await reached();
    const sent = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => register(handle, { username: `bea${i}` })),
    );
    expect(sent.map(({ code }) => code ?? 'made').toSorted()).toEqual([
      ...Array.from({ length: AT_ONCE - 1 }, () =>
        expect.stringMatching(/^(INTERACTION_STEP_OTHER|USER_EMAIL_TAKEN)$/),
      ),
      'made',
    ]);
    const others = Array.from({ length: AT_ONCE }, () => new TestBrowser(world, tenant));
    const handles = await Promise.all(others.map((one) => reached(one)));
    const cara = { username: 'cara', email: 'cara@example.com' };
    const codes = await Promise.all(handles.map((one, i) => register(one, cara, others[i])));
    expect(codes.filter(({ code }) => code === undefined)).toHaveLength(1);
    expect(codes.filter(({ code }) => /^USER_(USERNAME|EMAIL)_TAKEN$/.test(code ?? ''))).toHaveLength(AT_ONCE - 1);
    expect((await eventsOf('user.created')).map(({ params }) => params['username'])).toHaveLength(3);
  });

  it('lets an address of the network try a hundred times in an hour, refused tries included', async () => {
    const { oneTimeCodes } = world.stores;
    const expiresAt = addSeconds(world.clock.now(), 3600);
    const bucket = { key: addressKey(TEST_ORIGIN.peerIp), count: 100 };
    for (let tries = 1; tries < 100; tries++)
      await oneTimeCodes.putWithin(tenant, { kind: 'registration', expiresAt }, bucket);
    const handle = await reached();
    expect((await register(handle, { username: user.username })).code).toBe('USER_USERNAME_TAKEN');
    const { code, errors } = await register(handle);
    expect([code, errors[0]?.extensions?.['retryAfterSeconds']]).toEqual(['TOO_MANY_REQUESTS', 600]);
    expect(await found('bea')).toBeNull();
    const elsewhere = new TestBrowser(world, tenant);
    elsewhere.origin = { ...TEST_ORIGIN, ip: '198.51.100.7', peerIp: '198.51.100.7' };
    expect(stepOf(await register(await reached(elsewhere), {}, elsewhere))).toMatchObject({ __typename: 'Finished' });
  });

  it('makes nothing in another browser, after the sign-in has ended, or twice in a request', async () => {
    const handle = await reached();
    const other = new TestBrowser(world, tenant);
    await other.begin();
    expect((await register(handle, {}, other)).code).toBe('INTERACTION_NOT_FOUND');
    const one = `submitRegistration(input: { handle: "${handle}", username: "bea", email: "b@example.com", password: "${BEA.password}" }) { step { __typename } }`;
    expect((await browser.graphql(`mutation { a: ${one} b: ${one} }`)).code).toBe('INTERACTION_REQUEST_REPEATED');
    expect((await world.graphql(world.app(tenant), `mutation { ${one} }`)).code).toBe('BROWSER_REQUIRED');
    world.clock.advance(1800);
    expect((await register(handle)).code).toBe('INTERACTION_NOT_FOUND');
    expect(await found('bea')).toBeNull();
  });
});
