import { beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { signInsOfSuite, stepOf, TestBrowser } from '../../support/sign-in.ts';
import { totpCode, wrongTotpCode } from '../../support/totp.ts';
import type { World } from '../../support/world.ts';

const LOCKOUT = { lockout: { accountLimit: 3, quickMilliseconds: 0 } };
/** How often one code is sent at the same time. */
const AT_ONCE = 10;

describe.each(ENGINES)('setting up a second factor during a sign-in, on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let browser: TestBrowser;
  signInsOfSuite(open, LOCKOUT, (made) => {
    ({ world, tenant, user, browser } = made);
  });
  beforeEach(() => world.clock.advance(600));

  /** A sign-in at its enrolment. */
  const reached = async (of = browser): Promise<string> => {
    const handle = await of.begin({ factors: 2 });
    expect(stepOf(await of.password(handle, user))).toEqual({ __typename: 'FactorEnrolmentStep', enrolment: null });
    return handle;
  };
  const begun = async (handle: string, of = browser): Promise<string> =>
    stepOf(await of.submit('beginFactorEnrolment', handle)).enrolment.secret;
  const submit = (handle: string, code: string, more = {}, of = browser) =>
    of.submit('submitFactorEnrolment', handle, { code, ...more }, 'recoveryCodes');
  const codeOf = (secret: string) => totpCode(secret, world.clock.now());
  const wrongOf = (secret: string) => wrongTotpCode(secret, world.clock.now());
  const credentials = async () => (await world.stores.credentials.ofUsers(tenant.id, [user.id])).get(user.id) ?? [];
  const factors = async () => (await credentials()).map(({ type }) => type).filter((type) => type !== 'password');
  const eventsOf = async (type: string) => (await world.events(tenant)).filter((event) => event.type === type);

  it('shows an app to scan, attaches it by its first code and signs the user in with two factors', async () => {
    const handle = await reached();
    const { enrolment } = stepOf(await browser.submit('beginFactorEnrolment', handle));
    expect(enrolment.uri).toContain(`secret=${enrolment.secret}&`);
    expect(enrolment.uri).toContain(user.username);
    expect(Buffer.from(enrolment.qrImage.replace('data:image/png;base64,', ''), 'base64').subarray(1, 4)).toEqual(
      Buffer.from('PNG'),
    );
    const done = await submit(handle, codeOf(enrolment.secret), { name: 'Phone' });
    expect(stepOf(done)).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ userId: user.id, amr: ['pwd', 'otp', 'mfa'], acr: '2fa' });
    expect(await credentials()).toMatchObject([
      { type: 'password' },
      { type: 'recovery-code', data: { total: 10, remaining: 10 } },
      { type: 'totp', label: 'Phone' },
    ]);
    expect(await eventsOf('credential.added')).toMatchObject([
      { params: { type: 'totp', label: 'Phone' }, actor_id: user.id, subject_id: user.id },
      { params: { type: 'recovery-code' }, actor_id: user.id, subject_id: user.id },
    ]);
  });

  it('shows ten recovery codes this once, and they work at the next sign-in', async () => {
    const handle = await reached();
    const { recoveryCodes } = (await submit(handle, codeOf(await begun(handle)))).data;
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(JSON.stringify([await browser.load(handle), await world.events(tenant)])).not.toContain(recoveryCodes[0]);
    const other = new TestBrowser(world, tenant);
    const next = await other.begin({ factors: 2 });
    expect(stepOf(await other.password(next, user))).toEqual({
      __typename: 'FactorStep',
      methods: ['TOTP', 'RECOVERY_CODE'],
    });
    const input = { method: 'RECOVERY_CODE', code: recoveryCodes[0] };
    expect(stepOf(await other.submit('submitFactor', next, input))).toMatchObject({ __typename: 'Finished' });
  });

  it('uses the code up: it does not sign the user in elsewhere (check 45)', async () => {
    const handle = await reached();
    const code = codeOf(await begun(handle));
    await submit(handle, code);
    const other = new TestBrowser(world, tenant);
    const next = await other.begin({ factors: 2 });
    await other.password(next, user);
    expect((await other.submit('submitFactor', next, { method: 'TOTP', code })).code).toBe('FACTOR_CODE_WRONG');
  });

  it('keeps the secret sealed, and shows the same after a reload and a second begin', async () => {
    const handle = await reached();
    const secret = await begun(handle);
    expect(stepOf(await browser.load(handle)).enrolment.secret).toBe(secret);
    expect(await begun(handle)).toBe(secret);
    const rows = await world.db.orm.em.fork().getConnection().execute('select * from interactions');
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(JSON.stringify(await world.events(tenant))).not.toContain(secret);
    expect(await factors()).toEqual([]);
  });

  it('shows another secret in each sign-in', async () => {
    const [one, other] = [await reached(), await reached()];
    const secret = await begun(one);
    expect(await begun(other)).not.toBe(secret);
    expect((await submit(other, codeOf(secret))).code).toBe('FACTOR_CODE_WRONG');
  });

  it('does not show the secret of one account to another that signs in with the same handle', async () => {
    const stranger = await world.newUser(tenant);
    await world.givePassword(tenant, stranger.id);
    const handle = await reached();
    const secret = await begun(handle);
    world.clock.advance(301);
    await submit(handle, codeOf(secret));
    const { enrolment } = stepOf(await browser.password(handle, stranger));
    expect(enrolment).toBeNull();
    expect((await submit(handle, codeOf(secret))).code).toBe('INTERACTION_STEP_OTHER');
  });

  it('refuses a wrong code with an event, and after too many every code; nothing is attached (check 46)', async () => {
    const handle = await reached();
    const secret = await begun(handle);
    for (let i = 0; i < 3; i++) {
      world.clock.advance(1);
      expect((await submit(handle, wrongOf(secret))).code).toBe('FACTOR_CODE_WRONG');
    }
    expect((await submit(handle, codeOf(secret))).code).toBe('FACTOR_CODE_WRONG');
    expect(await factors()).toEqual([]);
    expect(await browser.session()).toBeNull();
    expect(await eventsOf('lockout.started')).toMatchObject([{ params: { factor: 'second' } }]);
    const failed = await eventsOf('sign_in.factor_failed');
    expect(failed).toHaveLength(4);
    expect(failed[0]).toMatchObject({ subject_id: user.id, params: { method: 'totp', purpose: 'enrolment' } });
    world.clock.advance(31);
    expect(stepOf(await submit(handle, codeOf(secret)))).toMatchObject({ __typename: 'Finished' });
  });

  it.each([
    ['an empty code', ''],
    ['letters', 'abcdef'],
    ['a very long code', '1'.repeat(10_000)],
    ['a hostile code', "' or 1=1 --"],
  ])('refuses %s', async (_, code) => {
    const handle = await reached();
    await begun(handle);
    expect((await submit(handle, code)).code).toBe('FACTOR_CODE_WRONG');
    expect(await factors()).toEqual([]);
  });

  it('refuses a hostile name, a code without a begun app, and a second factor instead', async () => {
    const handle = await reached();
    expect((await submit(handle, '000000')).code).toBe('INTERACTION_STEP_OTHER');
    const secret = await begun(handle);
    expect((await submit(handle, codeOf(secret), { name: 'x'.repeat(256) })).code).toBe('INVALID_INPUT');
    expect((await browser.totp(handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect(await factors()).toEqual([]);
  });

  it('attaches nothing before the first factor, nor beside a factor that the account has', async () => {
    const early = await browser.begin({ factors: 2 });
    expect((await browser.submit('beginFactorEnrolment', early)).code).toBe('INTERACTION_STEP_OTHER');
    expect((await submit(early, '000000')).code).toBe('INTERACTION_STEP_OTHER');
    await world.giveTotp(tenant, user.id);
    const handle = await browser.begin({ factors: 2 });
    expect(stepOf(await browser.password(handle, user))).toMatchObject({ __typename: 'FactorStep' });
    expect((await browser.submit('beginFactorEnrolment', handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect((await submit(handle, '000000')).code).toBe('INTERACTION_STEP_OTHER');
  });

  it('attaches nothing when the account got a factor since the app was begun', async () => {
    const handle = await reached();
    const secret = await begun(handle);
    const known = await world.giveTotp(tenant, user.id);
    expect((await submit(handle, codeOf(secret))).code).toBe('INTERACTION_STEP_OTHER');
    expect((await credentials()).filter(({ type }) => type === 'totp').map(({ id }) => id)).toEqual([known.id]);
    expect(stepOf(await browser.load(handle))).toMatchObject({ __typename: 'FactorStep' });
  });

  it(`attaches one app for ${AT_ONCE} equal codes of one moment, and shows one list of recovery codes`, async () => {
    const handle = await reached();
    const code = codeOf(await begun(handle));
    const sent = await Promise.all(Array.from({ length: AT_ONCE }, () => submit(handle, code)));
    expect(sent.filter(({ data }) => data?.recoveryCodes != null)).toHaveLength(1);
    const refused = sent.flatMap(({ code: refusal }) => (refusal === undefined ? [] : [refusal]));
    expect(refused).toEqual(Array.from({ length: AT_ONCE - 1 }, () => 'INTERACTION_STEP_OTHER'));
    expect((await factors()).sort()).toEqual(['recovery-code', 'totp']);
  });

  it('attaches one app when two sign-ins of the account end at one moment', async () => {
    const [one, two] = [new TestBrowser(world, tenant), new TestBrowser(world, tenant)];
    const [first, second] = [await reached(one), await reached(two)];
    const [a, b] = [await begun(first, one), await begun(second, two)];
    const sent = await Promise.all([submit(first, codeOf(a), {}, one), submit(second, codeOf(b), {}, two)]);
    expect(sent.filter(({ code }) => code === undefined)).toHaveLength(1);
    expect((await factors()).sort()).toEqual(['recovery-code', 'totp']);
  });

  it('asks for the password again when it was shown too long ago, and then goes on (check 54)', async () => {
    const handle = await reached();
    const secret = await begun(handle);
    world.clock.advance(301);
    const asked = await submit(handle, codeOf(secret));
    expect(asked.data).toMatchObject({
      recoveryCodes: null,
      step: { __typename: 'PasswordStep', identifier: user.username },
    });
    expect(await factors()).toEqual([]);
    expect(stepOf(await browser.password(handle, user)).enrolment.secret).toBe(secret);
    expect(stepOf(await submit(handle, codeOf(secret)))).toMatchObject({ __typename: 'Finished' });
  });

  it('asks for the password before an app is begun in a session of long ago', async () => {
    await browser.signIn(user);
    const { id } = (await browser.session())!;
    world.clock.advance(301);
    const handle = await browser.begin({ factors: 2 });
    expect(stepOf(await browser.load(handle))).toMatchObject({ __typename: 'FactorEnrolmentStep' });
    expect(stepOf(await browser.submit('beginFactorEnrolment', handle))).toMatchObject({ __typename: 'PasswordStep' });
    await browser.password(handle, user);
    expect(stepOf(await submit(handle, codeOf(await begun(handle))))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ id, acr: '2fa', authTime: world.clock.now() });
  });

  it('changes nothing after the interaction has ended, in another browser, or twice in a request', async () => {
    const handle = await reached();
    const secret = await begun(handle);
    const other = new TestBrowser(world, tenant);
    await other.begin();
    expect((await submit(handle, codeOf(secret), {}, other)).code).toBe('INTERACTION_NOT_FOUND');
    const one = `submitFactorEnrolment(input: { handle: "${handle}", code: "${codeOf(secret)}" }) { recoveryCodes }`;
    const begin = `beginFactorEnrolment(input: { handle: "${handle}" }) { step { __typename } }`;
    for (const document of [`mutation { a: ${one} b: ${one} }`, `mutation { a: ${begin} b: ${begin} }`])
      expect((await browser.graphql(document)).code).toBe('INTERACTION_REQUEST_REPEATED');
    for (const document of [`mutation { ${one} }`, `mutation { ${begin} }`])
      expect((await world.graphql(world.app(tenant), document)).code).toBe('BROWSER_REQUIRED');
    world.clock.advance(1800);
    expect((await submit(handle, codeOf(secret))).code).toBe('INTERACTION_NOT_FOUND');
    expect((await browser.submit('beginFactorEnrolment', handle)).code).toBe('INTERACTION_NOT_FOUND');
    expect(await factors()).toEqual([]);
  });
});
