import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anonymousCaller } from '../../../src/access/index.ts';
import type { SignInDemands } from '../../../src/flows/index.ts';
import type { TenantSettingsPatch } from '../../../src/tenants/index.ts';
import type { User } from '../../../src/users/index.ts';
import { chooseImage, proveImage, resetImage } from '../../support/image-flows.ts';
import type { ImageOwner } from '../../support/image-proof.ts';
import { openSignIn, type SignInWorld, stepOf, TestBrowser } from '../../support/sign-in.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const FIELD = 'submitSignInTicket';

describe('a sign-in by a ticket', () => {
  let world: World;
  let setting: SignInWorld;
  let ann: ImageOwner;
  let browser: TestBrowser;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(() => open());

  async function open(settings: object = {}): Promise<void> {
    setting = await openSignIn(world, settings);
    ann = await chooseImage(world, setting.tenant, setting.user);
    const user = await world.services.users.findIn(setting.tenant.id, setting.user.id);
    setting = { ...setting, user: user! };
    browser = new TestBrowser(world, setting.tenant);
  }
  const system = () => world.system(setting.tenant);
  const submit = (handle: string, ticket: string, input = {}, of = browser) =>
    of.submit(FIELD, handle, { ticket, ...input });
  /** Proves the image for a new sign-in. @returns Its handle and the ticket. */
  async function proved(demands: Partial<SignInDemands> = {}): Promise<[handle: string, ticket: string]> {
    const handle = await browser.begin(demands);
    return [handle, await proveImage(world, ann, handle)];
  }
  /** The step that follows a proof. */
  async function after(demands: Partial<SignInDemands> = {}) {
    const [handle, ticket] = await proved(demands);
    return { handle, step: stepOf(await submit(handle, ticket)) };
  }
  const refusal = async (handle: string, ticket: string) => (await submit(handle, ticket)).code;
  const failures = async () =>
    (await world.events(setting.tenant))
      .filter(({ type }) => type === 'sign_in.failed')
      .map(({ reason, subject_id, params }) => ({ reason, subject_id, params }));
  const failure = (reason: string) => ({ reason, subject_id: setting.user.id, params: { method: 'image-proof' } });

  it('begins a session of the user who proved the image', async () => {
    const [handle, ticket] = await proved();
    const done = await submit(handle, ticket);
    expect(stepOf(done)).toEqual({ __typename: 'Finished', continueAt: `https://id.example.com/resume/${handle}` });
    const session = await browser.session();
    expect(session).toMatchObject({ userId: setting.user.id, amr: ['pop', 'pin'], acr: '1fa', remember: false });
    expect(await browser.resume(handle)).toMatchObject({ kind: 'done', session: { id: session!.id } });
    const events = await world.events(setting.tenant);
    expect(events.findLast(({ type }) => type === 'session.started')).toMatchObject({
      subject_id: setting.user.id,
      params: { identifier: setting.user.username },
    });
  });

  it('goes on with the session of the same user, and replaces that of another one', async () => {
    await browser.signIn(setting.user);
    const before = await browser.session();
    expect((await after({ mustAuthenticate: true })).step).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ id: before!.id, amr: ['pop', 'pin'] });
    const other = await world.newUser(setting.tenant);
    await world.givePassword(setting.tenant, other.id);
    await browser.signIn(other);
    expect((await after({ mustAuthenticate: true })).step).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ userId: setting.user.id });
  });

  it('finds nothing in another browser, where the ticket stays (negative 51)', async () => {
    const [handle, ticket] = await proved();
    const other = new TestBrowser(world, setting.tenant);
    await other.begin();
    expect((await submit(handle, ticket, {}, other)).code).toBe('INTERACTION_NOT_FOUND');
    expect([other.setCookies, await other.session()]).toEqual([[], null]);
    expect(stepOf(await submit(handle, ticket))).toMatchObject({ __typename: 'Finished' });
  });

  it('takes a ticket once, also where it was refused (negative 51)', async () => {
    const other = await world.newUser(setting.tenant);
    const [handle, ticket] = await proved({ userId: other.id });
    expect(await refusal(handle, ticket)).toBe('SIGN_IN_REFUSED');
    expect(await failures()).toEqual([failure('other_account')]);
    expect(await refusal(handle, ticket)).toBe('SIGN_IN_TICKET_INVALID');
    expect(await browser.session()).toBeNull();
  });

  it('takes one of two that come at the same moment', async () => {
    const [handle, ticket] = await proved();
    const codes = (await Promise.all([refusal(handle, ticket), refusal(handle, ticket)])).filter(Boolean);
    expect(codes).toHaveLength(1);
    expect(['SIGN_IN_TICKET_INVALID', 'INTERACTION_STEP_OTHER']).toContain(codes[0]);
    const started = (await world.eventTypes(setting.tenant)).filter((type) => type === 'session.started');
    expect(started).toHaveLength(1);
  });

  it('refuses a ticket of another sign-in, which is used up (negative 51)', async () => {
    const [handle, ticket] = await proved();
    const other = await browser.begin();
    expect(await refusal(other, ticket)).toBe('SIGN_IN_TICKET_INVALID');
    expect(await failures()).toEqual([failure('other_request')]);
    expect(await refusal(handle, ticket)).toBe('SIGN_IN_TICKET_INVALID');
  });

  it('refuses a ticket after a minute, that of another tenant, and what is none, without an event (negative 51)', async () => {
    const [handle, ticket] = await proved();
    const { signInTickets } = world.services;
    const tenant = await world.tenant();
    const user = await world.newUser(tenant);
    const foreign = await signInTickets.issue(tenant, { user, requestId: handle, method: 'image-proof', amr: ['pop'] });
    world.clock.advance(61);
    for (const wrong of [ticket, foreign, '', 'x', 'ä', 'x'.repeat(5000)])
      expect(await refusal(handle, wrong)).toBe('SIGN_IN_TICKET_INVALID');
    expect(await failures()).toEqual([]);
    expect(stepOf(await browser.load(handle))).toMatchObject({ __typename: 'PasswordStep' });
  });

  it.each<[string, code: string, reason: string, change: () => Promise<unknown>]>([
    [
      'is disabled',
      'SIGN_IN_REFUSED',
      'account_disabled',
      () => world.services.endAccess.setEnabled(system(), setting.user.id, false),
    ],
    ['is locked by inactivity', 'SIGN_IN_REFUSED', 'account_inactive', () => deactivate(setting.user)],
    [
      'gets another image',
      'SIGN_IN_TICKET_INVALID',
      'proof_outdated',
      () => resetImage(world, setting.tenant, setting.user),
    ],
    [
      'has all its sessions ended',
      'SIGN_IN_TICKET_INVALID',
      'proof_outdated',
      () => world.services.endAccess.resetSessions(system(), setting.user.id),
    ],
  ])('refuses a ticket of an account that %s meanwhile', async (_, code, reason, change) => {
    const [handle, ticket] = await proved();
    await change();
    expect(await refusal(handle, ticket)).toBe(code);
    expect(await failures()).toEqual([failure(reason)]);
    expect(await browser.session()).toBeNull();
  });
  const deactivate = ({ id }: User) =>
    world.db.orm.em
      .fork()
      .getConnection()
      .execute('update users set inactive_since = now() where tenant_id = ? and id = ?', [setting.tenant.id, id]);

  it('is none at another step', async () => {
    const [handle, ticket] = await proved();
    await browser.password(handle, setting.user);
    expect(await refusal(handle, ticket)).toBe('INTERACTION_STEP_OTHER');
  });

  it('signs in the account that alone may finish', async () => {
    expect((await after({ userId: setting.user.id })).step).toMatchObject({ __typename: 'Finished' });
  });

  it('asks for the second factor where two are demanded, unless an image is enough by itself', async () => {
    await world.giveTotp(setting.tenant, setting.user.id);
    const { handle, step } = await after({ factors: 2 });
    expect(step).toEqual({ __typename: 'FactorStep', methods: ['TOTP'] });
    expect(await browser.session()).toBeNull();
    expect(stepOf(await browser.totp(handle))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ amr: ['pop', 'pin', 'otp', 'mfa'], acr: '2fa' });
    const alone = { mustAuthenticate: true, factors: 2, factorsAlone: ['pop'] } as const;
    expect((await after(alone)).step).toMatchObject({ __typename: 'Finished' });
  });

  describe('where the request asks for a second factor alone', () => {
    const demands = { mustAuthenticate: true, factors: 2, ownFactors: ['pop'] } as const;
    const rejected = () => ({ reason: 'method_other', subject_id: setting.user.id, params: { purpose: 'test' } });

    it('is needed by an account with an image: a right password sets up no app in its place', async () => {
      const handle = await browser.begin({ ...demands, factorsAlone: ['pop'] });
      expect((await browser.password(handle, setting.user)).code).toBe('SIGN_IN_METHOD_OTHER');
      expect(stepOf(await browser.load(handle))).toMatchObject({ __typename: 'PasswordStep' });
      expect((await browser.submit('beginFactorEnrolment', handle)).code).toBe('INTERACTION_STEP_OTHER');
      expect(await failures()).toEqual([rejected()]);
      expect(stepOf(await submit(handle, await proveImage(world, ann, handle)))).toMatchObject({
        __typename: 'Finished',
      });
      expect(await browser.session()).toMatchObject({ amr: ['pop', 'pin'] });
    });

    it('comes before an app that the request or the account demands beside it', async () => {
      const handle = await browser.begin(demands);
      expect((await browser.password(handle, setting.user)).code).toBe('SIGN_IN_METHOD_OTHER');
      expect(stepOf(await submit(handle, await proveImage(world, ann, handle)))).toMatchObject({
        __typename: 'FactorEnrolmentStep',
      });
    });

    it('is needed after a mail about a forgotten password too, whose code stays', async () => {
      await open({ resetPassword: true });
      const handle = await browser.begin(demands);
      await browser.submit('beginPasswordReset', handle);
      await browser.submit('requestPasswordReset', handle, { identifier: setting.user.username });
      const code = /Code: (\d{8})\n/.exec((await world.outbox()).mails.at(-1)!.text)![1]!;
      const type = () => browser.submit('submitPasswordResetCode', handle, { code });
      for (const typed of [await type(), await type()]) expect(typed.code).toBe('SIGN_IN_METHOD_OTHER');
      expect(stepOf(await browser.load(handle))).toMatchObject({ __typename: 'PasswordResetCodeStep' });
      expect(await failures()).toEqual([rejected(), rejected()]);
    });

    it('is needed after another proof that began the sign-in', async () => {
      const { user } = setting;
      const handle = await browser.begin(demands, { proved: { user, amr: ['email'] } });
      expect(stepOf(await browser.load(handle))).toMatchObject({ __typename: 'PasswordStep' });
      expect((await browser.submit('beginFactorEnrolment', handle)).code).toBe('INTERACTION_STEP_OTHER');
      const ticket = await proveImage(world, ann, handle);
      expect(stepOf(await submit(handle, ticket))).toMatchObject({ __typename: 'FactorEnrolmentStep' });
    });

    it('is not needed by an account that shows another second factor, or has nothing at all', async () => {
      await world.giveTotp(setting.tenant, setting.user.id);
      const handle = await browser.begin(demands);
      expect(stepOf(await browser.password(handle, setting.user))).toMatchObject({ __typename: 'FactorStep' });
      expect(stepOf(await browser.totp(handle))).toMatchObject({ __typename: 'Finished' });
      const bare = await world.newUser(setting.tenant, { username: 'bare' });
      await world.givePassword(setting.tenant, bare.id);
      expect(stepOf(await browser.password(await browser.begin(demands), bare))).toMatchObject({
        __typename: 'FactorEnrolmentStep',
      });
    });
  });

  it('asks for nothing more after a passkey, which stands for two factors', async () => {
    const { tenant, user } = setting;
    const requestId = await browser.begin({ factors: 2 });
    const proof = { method: 'passkey', amr: ['hwk', 'mfa'] } as const;
    const ticket = await world.services.signInTickets.issue(tenant, { user, requestId, ...proof });
    expect(stepOf(await submit(requestId, ticket))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ amr: ['hwk', 'mfa'], acr: 'phr' });
  });

  it('leads to what the account has to do, before the session begins', async () => {
    await open({ verifyEmail: true });
    expect((await after()).step).toMatchObject({ __typename: 'EmailCodeStep' });
    await world.services.users.update(system(), setting.user.id, {
      emailVerified: true,
      requiredActions: ['UPDATE_PASSWORD'],
    });
    expect((await after()).step).toMatchObject({ __typename: 'NewPasswordStep' });
    expect(await browser.session()).toBeNull();
  });

  it('leads to the consent of a user who is signed in by then', async () => {
    const consent = { scopes: ['openid'], isForced: true };
    const handle = await browser.begin({ consent }, { clientId: 'shop' });
    const ticket = await proveImage(world, ann, handle);
    expect(stepOf(await submit(handle, ticket))).toMatchObject({ __typename: 'ConsentStep' });
    expect(await browser.session()).toMatchObject({ userId: setting.user.id });
    const allowed = await browser.submit('submitConsent', handle, { isGranted: true });
    expect(stepOf(allowed)).toMatchObject({ __typename: 'Finished' });
  });

  it('keeps the browser signed in where the tenant offers that and the user asks for it', async () => {
    const signIn = async (isRemembered: boolean | null) => {
      browser = new TestBrowser(world, setting.tenant);
      const [handle, ticket] = await proved();
      expect(stepOf(await submit(handle, ticket, { isRemembered }))).toMatchObject({ __typename: 'Finished' });
      return (await browser.session())!.remember;
    };
    expect(await signIn(true)).toBe(false);
    await open({ rememberMe: true });
    expect([await signIn(true), await signIn(false), await signIn(null)]).toEqual([true, false, false]);
  });

  it('is offered where the tenant offers it, by passkeys only where users may have them', async () => {
    const offered = async (settings: TenantSettingsPatch) => {
      await world.services.tenants.updateSettings(system(), settings);
      const { data } = await browser.graphql(
        `query ($handle: String!) { interaction(handle: $handle) { step { ... on PasswordStep { offersImage offersPasskey } } } }`,
        { handle: await browser.begin() },
      );
      const { offersImage, offersPasskey } = data.interaction.step;
      return [offersImage, offersPasskey];
    };
    expect(await offered({})).toEqual([false, false]);
    expect(await offered({ offersImageSignIn: true })).toEqual([true, false]);
    expect(await offered({ offersImageSignIn: false, offersPasskeySignIn: true })).toEqual([false, false]);
    expect(await offered({ isPasskeyEnabled: true })).toEqual([false, true]);
  });

  it('is found by somebody who makes an account with an image, where tenant and application let people', async () => {
    const canRegister = async (clientId: string | null = null) => {
      const handle = await browser.begin({}, clientId === null ? {} : { clientId });
      const text = `query ($handle: String!) { interaction(handle: $handle) { step { ... on PasswordStep { canRegisterImage } } } }`;
      return (await browser.graphql(text, { handle })).data.interaction.step.canRegisterImage;
    };
    const newClient = async (isRegistrationEnabled: boolean) =>
      (await world.newClient(setting.tenant, { isRegistrationEnabled })).client.clientId;
    expect(await canRegister(await newClient(true))).toBe(false);
    await open({ registration: true });
    expect(await canRegister()).toBe(true);
    expect(await canRegister('shop')).toBe(true);
    expect(await canRegister(await newClient(true))).toBe(true);
    expect(await canRegister(await newClient(false))).toBe(false);
  });

  it('is found by pages that ask what belongs to an image', async () => {
    const demands = async () => {
      const text =
        'query ($tenant: String) { imageProofDemands(tenant: $tenant) { isOffered isEmailUsername pinSize } }';
      const { data } = await world.graphql(anonymousCaller(TEST_ORIGIN), text, { tenant: setting.tenant.name });
      return data.imageProofDemands;
    };
    expect(await demands()).toEqual({ isOffered: false, isEmailUsername: false, pinSize: 6 });
    const settings = { offersImageSignIn: true, emailIsUsername: true };
    await world.services.tenants.updateSettings(system(), settings);
    expect(await demands()).toEqual({ isOffered: true, isEmailUsername: true, pinSize: 6 });
  });
});
