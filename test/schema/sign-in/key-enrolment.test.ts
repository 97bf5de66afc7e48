import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { AddPasskey } from '../../../src/flows/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { PasskeyBrowser, withClientData } from '../../support/passkeys.ts';
import { refusalOf } from '../../support/refusal.ts';
import { PASSWORD, stepOf, TestBrowser } from '../../support/sign-in.ts';
import { World } from '../../support/world.ts';

const ACTION = 'webauthn-register-passwordless';
const ACTION_OF_SECURITY_KEYS = 'webauthn-register';
const STEP = { __typename: 'KeyEnrolmentStep', kind: 'PASSKEY' };

describe('a passkey or security key that an account has to make', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let browser: TestBrowser;
  let passkeys: PasskeyBrowser;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.clock.advance(600);
    tenant = await world.tenant({ template: 'realm', settings: { isPasskeyEnabled: true } });
    user = await newUser();
    browser = new TestBrowser(world, tenant);
    passkeys = new PasskeyBrowser();
  });

  const system = () => world.system(tenant);
  const demand = ({ id }: User, requiredActions: readonly string[]) =>
    world.services.users.update(system(), id, { requiredActions });
  /** A user with a password who has to make a passkey. */
  async function newUser(): Promise<User> {
    const made = await world.newUser(tenant);
    await world.givePassword(tenant, made.id, PASSWORD);
    await demand(made, [ACTION]);
    return made;
  }
  /** A sign-in whose password was typed. */
  async function begun(of = browser, as = user, demands = {}): Promise<string> {
    const handle = await of.begin({ mustAuthenticate: true, ...demands });
    stepOf(await of.password(handle, as));
    return handle;
  }
  /** A sign-in that is at the passkey. */
  async function reached(of = browser, as = user, demands = {}): Promise<string> {
    const handle = await begun(of, as, demands);
    expect(stepOf(await of.load(handle))).toEqual(STEP);
    return handle;
  }
  const request = (handle: string, of = browser) => of.submit('requestKeyEnrolment', handle, {}, 'options');
  async function made(handle: string, of = browser, with_ = passkeys): Promise<AddPasskey> {
    const { data, errors } = await request(handle, of);
    expect([errors, data.step]).toEqual([[], STEP]);
    return with_.create(data.options);
  }
  const submit = (handle: string, { name, ...sent }: AddPasskey, of = browser) => {
    const credential = { ...sent, attachment: 'PLATFORM' };
    return of.submit('submitKeyEnrolment', handle, { credential, name });
  };
  const refusal = async (handle: string, sent: AddPasskey, of = browser) => (await submit(handle, sent, of)).code;
  const stored = async ({ id } = user) =>
    (await world.stores.credentials.ofUser(tenant.id, id)).filter(({ type }) => type === 'passkey');
  const actionsOf = async ({ id } = user) => (await world.services.users.findIn(tenant.id, id))!.requiredActions;

  it('is made in the sign-in, which goes on with it as a second factor', async () => {
    const handle = await reached();
    expect(await browser.session()).toBeNull();
    const { data } = await request(handle);
    expect(data.options).toMatchObject({
      rp: { id: 'id.example.com' },
      user: { name: user.username },
      authenticatorSelection: { userVerification: 'required' },
    });
    const sent = passkeys.create(data.options);
    expect(stepOf(await submit(handle, sent))).toMatchObject({ __typename: 'Finished' });
    expect([await actionsOf(), await stored()]).toEqual([
      [],
      [expect.objectContaining({ label: 'Phone', data: expect.objectContaining({ credentialId: sent.id }) })],
    ]);
    const amr = expect.arrayContaining(['pwd', 'hwk', 'mfa']);
    expect(await browser.session()).toMatchObject({ userId: user.id, amr, acr: 'phr' });
    const own = (await world.events(tenant)).filter(({ actor_id }) => actor_id === user.id);
    expect(own.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['credential.added', 'auth_mode.required_actions_changed', 'session.started']),
    );
    expect(stepOf(await browser.load(await begun()))).toEqual({ __typename: 'FactorStep', methods: ['PASSKEY'] });
  });

  it('is a security key where one is demanded, and verifies nobody unless the tenant wants that', async () => {
    await demand(user, [ACTION_OF_SECURITY_KEYS]);
    const unverified = { options: { uv: false, up: true } };
    passkeys = new PasskeyBrowser({ userMakeCredentialInteraction: () => unverified });
    const handle = await begun();
    const { data } = await request(handle);
    expect(data.step).toEqual({ __typename: 'KeyEnrolmentStep', kind: 'SECURITY_KEY' });
    expect(data.options.authenticatorSelection).toMatchObject({
      residentKey: 'discouraged',
      userVerification: 'preferred',
    });
    expect(stepOf(await submit(handle, passkeys.create(data.options)))).toMatchObject({ __typename: 'Finished' });
    const credentials = await world.stores.credentials.ofUser(tenant.id, user.id);
    expect([await actionsOf(), credentials.map(({ type }) => type)]).toEqual([[], ['password', 'security-key']]);
    expect(await browser.session()).toMatchObject({ amr: ['pwd', 'hwk', 'mfa'], acr: 'phr' });
    expect(stepOf(await browser.load(await begun()))).toEqual({ __typename: 'FactorStep', methods: ['SECURITY_KEY'] });
  });

  it('comes after a security key, and is not made from what was offered for that', async () => {
    await demand(user, [ACTION, ACTION_OF_SECURITY_KEYS]);
    const handle = await begun();
    const ofKey = (await request(handle)).data.options;
    const other = new PasskeyBrowser().create((await request(handle)).data.options);
    expect(stepOf(await submit(handle, passkeys.create(ofKey)))).toEqual(STEP);
    expect(await refusal(handle, other)).toBe('PASSKEY_INVALID');
    expect(stepOf(await submit(handle, await made(handle)))).toMatchObject({ __typename: 'Finished' });
    const credentials = await world.stores.credentials.ofUser(tenant.id, user.id);
    expect(credentials.map(({ type }) => type).toSorted()).toEqual(['passkey', 'password', 'security-key']);
  });

  it('needs no name, and none that is too long is taken', async () => {
    const handle = await reached();
    const tooLong = { ...(await made(handle)), name: 'x'.repeat(256) };
    expect(await refusal(handle, tooLong)).toBe('INVALID_INPUT');
    const { name: _, ...credential } = await made(handle);
    const sent = { credential: { ...credential, transports: null, attachment: null } };
    expect(stepOf(await browser.submit('submitKeyEnrolment', handle, sent))).toMatchObject({ __typename: 'Finished' });
    expect(await stored()).toEqual([expect.objectContaining({ label: null })]);
  });

  it('comes after the second factor and the other steps, before what has no step', async () => {
    await world.giveTotp(tenant, user.id);
    await demand(user, [ACTION, 'UPDATE_PROFILE', 'UPDATE_PASSWORD']);
    const handle = await begun();
    expect((await request(handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect(stepOf(await browser.totp(handle))).toMatchObject({ __typename: 'NewPasswordStep' });
    const changed = await browser.submit('submitNewPassword', handle, { newPassword: 'four-badgers-in-a-boat' });
    expect(stepOf(changed)).toEqual(STEP);
    expect(stepOf(await submit(handle, await made(handle)))).toEqual({
      __typename: 'OtherActionsStep',
      actions: ['UPDATE_PROFILE'],
    });
    expect(await browser.session()).toBeNull();
  });

  it('is made in place of an app where two factors are demanded', async () => {
    const handle = await reached(browser, user, { factors: 2 });
    expect(stepOf(await submit(handle, await made(handle)))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ acr: 'phr' });
  });

  it('renews the session in which it was demanded', async () => {
    await demand(user, []);
    await browser.signIn(user);
    const { id } = (await browser.session())!;
    await demand(user, [ACTION]);
    const handle = await browser.begin();
    expect(stepOf(await submit(handle, await made(handle)))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ id, acr: 'phr' });
  });

  it('is asked for after the password where that was shown too long ago (check 54)', async () => {
    const handle = await reached();
    const late = await made(handle);
    world.clock.advance(301);
    expect(stepOf(await submit(handle, late))).toMatchObject({ __typename: 'PasswordStep' });
    expect(await stored()).toEqual([]);
    expect(stepOf(await browser.password(handle, user))).toEqual(STEP);
    world.clock.advance(301);
    const { data } = await request(handle);
    expect(data).toMatchObject({ options: null, step: { __typename: 'PasswordStep' } });
    await browser.password(handle, user);
    expect(stepOf(await submit(handle, await made(handle)))).toMatchObject({ __typename: 'Finished' });
  });

  it('is something that cannot be done where users have no passkeys', async () => {
    const handle = await reached();
    const sent = await made(handle);
    const actions = [ACTION, ACTION_OF_SECURITY_KEYS];
    await demand(user, actions);
    await world.services.tenants.updateSettings(system(), { isPasskeyEnabled: false });
    expect(stepOf(await browser.load(handle))).toEqual({ __typename: 'OtherActionsStep', actions });
    expect([(await request(handle)).code, await refusal(handle, sent)]).toEqual([
      'INTERACTION_STEP_OTHER',
      'INTERACTION_STEP_OTHER',
    ]);
    expect(await stored()).toEqual([]);
  });

  it('stops a password grant', async () => {
    const authority = new Authority(world.app(tenant), tenant, 'tenant');
    const typed = { username: user.username, password: PASSWORD };
    const { signIn } = world.services;
    expect(await refusalOf(signIn.signInWithPassword(authority, typed))).toBe('SIGN_IN_ACTIONS_REQUIRED');
    const refused = (await world.events(tenant)).filter(({ type }) => type === 'sign_in.failed');
    expect(refused).toEqual([expect.objectContaining({ subject_id: user.id, reason: 'actions_required' })]);
  });

  describe('is refused', () => {
    it('with a challenge of another sign-in, of a session, or five minutes old (check 50)', async () => {
      const [handle, other] = [await reached(), await reached()];
      const ofOther = await made(other);
      expect(await refusal(handle, ofOther)).toBe('PASSKEY_INVALID');
      expect(await refusal(other, ofOther)).toBe('PASSKEY_INVALID');
      const authority = new Authority(world.user(tenant, user.id), tenant, 'self');
      const inSession = passkeys.create(await world.services.passkeys.registration.begin(authority));
      expect(await refusal(handle, inSession)).toBe('PASSKEY_INVALID');
      await world.services.tenants.updateSettings(system(), { reauthSeconds: 600 });
      const late = await made(handle);
      world.clock.advance(300);
      expect(await refusal(handle, late)).toBe('PASSKEY_INVALID');
      expect([await stored(), await actionsOf()]).toEqual([[], [ACTION]]);
      expect(stepOf(await submit(handle, await made(handle)))).toMatchObject({ __typename: 'Finished' });
    });

    it.each<[string, (sent: AddPasskey) => AddPasskey]>([
      ['from a page of another site', (sent) => withClientData(sent, { origin: 'https://evil.example' })],
      ['as a proof of another one', (sent) => withClientData(sent, { type: 'webauthn.get' })],
      ['with an id that nobody signed', (sent) => ({ ...sent, id: 'AAAA', rawId: 'AAAA' })],
      ['with what is no attestation', (sent) => ({ ...sent, attestationObject: 'AAAA' })],
    ])('%s (check 50)', async (_, change) => {
      const handle = await reached();
      expect(await refusal(handle, change(await made(handle)))).toBe('PASSKEY_INVALID');
      expect([await stored(), await actionsOf(), await browser.session()]).toEqual([[], [ACTION], null]);
    });

    it('where another account has it', async () => {
      const bob = await newUser();
      const bobs = new TestBrowser(world, tenant);
      const ofBob = await reached(bobs, bob);
      const { id, rawId, attestationObject, ...first } = await made(ofBob, bobs);
      await submit(ofBob, { ...first, id, rawId, attestationObject }, bobs);
      const handle = await reached();
      const copy = { ...(await made(handle)), id, rawId, attestationObject };
      expect([await refusal(handle, copy), await actionsOf()]).toEqual(['PASSKEY_TAKEN', [ACTION]]);
    });

    it('where the account has as many as it may have', async () => {
      await world.giveTotp(tenant, user.id);
      for (let at = 0; at < 20; at++) {
        const data = { credentialId: `key${at}`, transports: [] };
        const passkey = { userId: user.id, type: 'passkey', label: null, data, lookupHash: Buffer.from([at]) } as const;
        await world.db.transaction(() => world.stores.credentials.add(tenant.id, passkey));
      }
      const handle = await begun();
      expect(stepOf(await browser.totp(handle))).toEqual(STEP);
      expect(await refusal(handle, await made(handle))).toBe('PASSKEY_LIMIT_REACHED');
      expect(stepOf(await browser.load(handle))).toEqual(STEP);
    });

    it('in another browser, outside of its step, and twice at the same moment', async () => {
      const handle = await reached();
      const other = new TestBrowser(world, tenant);
      await other.begin();
      const sent = await made(handle);
      expect([(await request(handle, other)).code, await refusal(handle, sent, other)]).toEqual([
        'INTERACTION_NOT_FOUND',
        'INTERACTION_NOT_FOUND',
      ]);
      const codes = await Promise.all([refusal(handle, sent), refusal(handle, sent)]);
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
      expect(await refusal(handle, sent)).toBe('INTERACTION_STEP_OTHER');
      expect(await stored()).toHaveLength(1);
    });

    it('beside a second factor that another sign-in gives the account meanwhile, until that is shown', async () => {
      const elsewhere = new TestBrowser(world, tenant);
      const [handle, other] = [await reached(), await reached(elsewhere)];
      const sent = [await made(handle), await made(other, elsewhere, new PasskeyBrowser())] as const;
      const codes = await Promise.all([refusal(handle, sent[0]), refusal(other, sent[1], elsewhere)]);
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
      expect(codes).toContain('INTERACTION_STEP_OTHER');
      expect(await stored()).toHaveLength(1);
      const left = codes[0] === undefined ? elsewhere.load(other) : browser.load(handle);
      expect(stepOf(await left)).toEqual({ __typename: 'FactorStep', methods: ['PASSKEY'] });
    });

    it('while the account is disabled, and where another tenant is named', async () => {
      const handle = await reached();
      const sent = await made(handle);
      const elsewhere = await world.tenant({ template: 'realm', settings: { isPasskeyEnabled: true } });
      const named = await browser.submit('requestKeyEnrolment', handle, { tenant: elsewhere.name });
      expect(named.code).toBe('INTERACTION_NOT_FOUND');
      await world.services.endAccess.setEnabled(system(), user.id, false);
      expect(await refusal(handle, sent)).toBe('INTERACTION_STEP_OTHER');
      expect(await stored()).toEqual([]);
    });
  });
});
