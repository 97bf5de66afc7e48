import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { CreateUser, User } from '../../../src/users/index.ts';
import { PASSWORD, stepOf, TestBrowser } from '../../support/sign-in.ts';
import { totpCode } from '../../support/totp.ts';
import { World } from '../../support/world.ts';

describe('a strict sign-in', () => {
  let world: World;
  let realm: TenantRef;
  let native: TenantRef;
  let browser: TestBrowser;
  beforeAll(async () => {
    world = await World.open();
    realm = await world.tenant({ template: 'realm' });
    native = await world.tenant();
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.clock.advance(600);
    browser = new TestBrowser(world, realm);
  });

  async function newUser(input: CreateUser = {}, tenant = realm): Promise<User> {
    const user = await world.newUser(tenant, { email: `u${world.clock.now().getTime()}@example.com`, ...input });
    await world.givePassword(tenant, user.id, PASSWORD);
    // A password of an administrator ends the demand to change it.
    if (input.requiredActions !== undefined)
      await world.services.users.update(world.system(tenant), user.id, { requiredActions: input.requiredActions });
    return user;
  }
  const reached = async (user: User, demands = {}, of = browser) => {
    const handle = await of.begin({ mustAuthenticate: true, ...demands });
    return { handle, step: stepOf(await of.password(handle, user)) };
  };
  const actionsOf = async (user: User) => (await world.services.users.findIn(realm.id, user.id))!.requiredActions;
  const failuresOf = async ({ id }: User) =>
    (await world.events(realm))
      .filter(({ type, subject_id }) => type === 'sign_in.failed' && subject_id === id)
      .map(({ reason }) => reason);

  it('demands the second factor that the account has, in every sign-in of a realm', async () => {
    const user = await newUser();
    await world.giveTotp(realm, user.id);
    const { handle, step } = await reached(user);
    expect(step).toEqual({ __typename: 'FactorStep', methods: ['TOTP'] });
    expect(await browser.session()).toBeNull();
    expect(stepOf(await browser.totp(handle))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ userId: user.id, acr: '2fa' });
  });

  it('signs in by the password where the account has none', async () => {
    expect((await reached(await newUser())).step).toMatchObject({ __typename: 'Finished' });
  });

  it('is one in another tenant where that is demanded, and not elsewhere', async () => {
    const user = await newUser({ requiredActions: ['UPDATE_PROFILE'] }, native);
    await world.giveTotp(native, user.id);
    const lax = new TestBrowser(world, native);
    expect((await reached(user, {}, lax)).step).toMatchObject({ __typename: 'Finished' });
    const strict = new TestBrowser(world, native);
    const { handle, step } = await reached(user, { isStrict: true }, strict);
    expect(step).toMatchObject({ __typename: 'FactorStep' });
    expect(stepOf(await strict.totp(handle))).toMatchObject({ __typename: 'OtherActionsStep' });
  });

  it('leads to an app that the account has to set up, which ends the demand', async () => {
    const user = await newUser({ requiredActions: ['CONFIGURE_TOTP', 'UPDATE_PASSWORD'] });
    const { handle, step } = await reached(user);
    expect(step).toMatchObject({ __typename: 'FactorEnrolmentStep' });
    const { secret } = stepOf(await browser.submit('beginFactorEnrolment', handle)).enrolment;
    const code = totpCode(secret, world.clock.now());
    const next = stepOf(await browser.submit('submitFactorEnrolment', handle, { code }));
    expect([next.__typename, await actionsOf(user)]).toEqual(['NewPasswordStep', ['UPDATE_PASSWORD']]);
    const changed = await browser.submit('submitNewPassword', handle, { newPassword: 'four-badgers-in-a-boat' });
    expect([stepOf(changed).__typename, await actionsOf(user)]).toEqual(['Finished', []]);
    const about = (await world.events(realm)).filter(({ subject_id }) => subject_id === user.id);
    expect(about).toContainEqual(
      expect.objectContaining({
        type: 'auth_mode.required_actions_changed',
        actor_id: user.id,
        params: { requiredActions: ['UPDATE_PASSWORD'] },
      }),
    );
  });

  it('lets an account add an app only after it has shown the factor that it has', async () => {
    const user = await newUser({ requiredActions: ['CONFIGURE_TOTP'] });
    await world.giveTotp(realm, user.id);
    const { handle, step } = await reached(user);
    expect(step).toMatchObject({ __typename: 'FactorStep' });
    expect(stepOf(await browser.totp(handle))).toMatchObject({ __typename: 'FactorEnrolmentStep' });
    const { secret } = stepOf(await browser.submit('beginFactorEnrolment', handle)).enrolment;
    world.clock.advance(30);
    const code = totpCode(secret, world.clock.now());
    expect(stepOf(await browser.submit('submitFactorEnrolment', handle, { code }))).toMatchObject({
      __typename: 'Finished',
    });
    expect(await actionsOf(user)).toEqual([]);
  });

  it('verifies an address that the account has to verify', async () => {
    const user = await newUser({ requiredActions: ['VERIFY_EMAIL'] });
    const { handle, step } = await reached(user);
    expect(step).toMatchObject({ __typename: 'EmailCodeStep', isSent: false });
    await browser.submit('sendEmailCode', handle);
    const code = /\d{6}/.exec((await world.outbox()).mails.at(-1)!.text)![0];
    expect(stepOf(await browser.submit('submitEmailCode', handle, { code }))).toMatchObject({ __typename: 'Finished' });
    expect(await actionsOf(user)).toEqual([]);
  });

  it('asks the user to accept the terms of the tenant, after the second factor, and notes when that was', async () => {
    const system = world.system(realm);
    const texts = { de: { termsText: 'Die Regeln.' }, fr: { other: 'Bonjour' } };
    await world.services.tenants.updateSettings(system, { texts });
    const user = await newUser({ requiredActions: ['TERMS_AND_CONDITIONS', 'UPDATE_PASSWORD'] });
    const { handle, step } = await reached(user);
    expect(step).toEqual({ __typename: 'TermsStep', text: 'Die Regeln.' });
    expect(await browser.session()).toBeNull();
    expect(stepOf(await browser.submit('submitTerms', handle, { isAccepted: true }))).toMatchObject({
      __typename: 'NewPasswordStep',
    });
    expect((await browser.submit('submitTerms', handle, { isAccepted: true })).code).toBe('INTERACTION_STEP_OTHER');
    const accepted = (await world.services.users.findIn(realm.id, user.id))!;
    expect(accepted.attributes).toEqual({
      terms_and_conditions: String(Math.floor(world.clock.now().getTime() / 1000)),
    });
    expect(accepted.requiredActions).toEqual(['UPDATE_PASSWORD']);
    const recorded = (await world.events(realm)).filter(({ actor_id }) => actor_id === user.id);
    expect(recorded.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['user.updated', 'auth_mode.required_actions_changed']),
    );
  });

  it('shows the terms in the language that the application prefers, else of the user, and none where there are none', async () => {
    const shown = async (user: User, locales: string | null) => {
      const handle = await browser.begin({ mustAuthenticate: true, isStrict: true, locales });
      return stepOf(await browser.password(handle, user));
    };
    await world.services.tenants.updateSettings(world.system(realm), { texts: {} });
    const user = await newUser({ requiredActions: ['TERMS_AND_CONDITIONS'], locale: 'ru' });
    expect(await shown(user, null)).toEqual({ __typename: 'TermsStep', text: null });
    const texts = { de: { termsText: 'Die Regeln.' }, ru: { termsText: 'Правила.' }, en: { termsText: '' } };
    await world.services.tenants.updateSettings(world.system(realm), { texts });
    expect(await shown(user, 'en de')).toMatchObject({ text: 'Die Regeln.' });
    expect(await shown(user, null)).toMatchObject({ text: 'Правила.' });
  });

  it('ends the sign-in of a user who does not accept the terms, and asks again at the next one', async () => {
    const user = await newUser({ requiredActions: ['TERMS_AND_CONDITIONS'] });
    const { handle } = await reached(user);
    expect(stepOf(await browser.submit('submitTerms', handle, { isAccepted: false }))).toMatchObject({
      __typename: 'Finished',
    });
    expect(await browser.session()).toBeNull();
    expect(await browser.resume(handle)).toMatchObject({ kind: 'denied' });
    expect((await world.services.users.findIn(realm.id, user.id))!.attributes).toEqual({});
    expect((await reached(user)).step).toMatchObject({ __typename: 'TermsStep' });
  });

  it('notes the answer whatever the tenant says of attributes', async () => {
    const profile = {
      attributes: [
        { name: 'username' },
        { name: 'email' },
        { name: 'badge', required: {}, permissions: { view: ['admin'], edit: ['admin'] } },
      ],
    };
    const user = await newUser({ requiredActions: ['TERMS_AND_CONDITIONS'] });
    await world.services.userProfiles.set(world.system(realm), profile);
    const { handle } = await reached(user);
    expect(stepOf(await browser.submit('submitTerms', handle, { isAccepted: true }))).toMatchObject({
      __typename: 'Finished',
    });
    expect(await actionsOf(user)).toEqual([]);
    await world.services.userProfiles.set(world.system(realm), null);
  });

  it('signs nobody in who has to do what cannot be done here, says what, and records it', async () => {
    const user = await newUser({ requiredActions: ['UPDATE_PROFILE', 'VERIFY_PROFILE'] });
    const { handle, step } = await reached(user);
    expect(step).toEqual({ __typename: 'OtherActionsStep', actions: ['UPDATE_PROFILE', 'VERIFY_PROFILE'] });
    expect(await browser.session()).toBeNull();
    expect(await failuresOf(user)).toEqual(['actions_required']);
    expect(await browser.resume(handle)).toEqual({ kind: 'open' });
    expect(stepOf(await browser.submit('cancelInteraction', handle))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.resume(handle)).toMatchObject({ kind: 'cancelled' });
  });
});
