import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { Passkey, PasskeyAssertion, WebauthnKind } from '../../../src/auth-modes/index.ts';
import type { User } from '../../../src/users/index.ts';
import { PasskeyBrowser, unverified, withClientData } from '../../support/passkeys.ts';
import { openSignIn, type SignInWorld, stepOf, TestBrowser } from '../../support/sign-in.ts';
import { World } from '../../support/world.ts';

const REQUEST = 'mutation ($input: RequestFactorPasskeyInput!) { requestFactorPasskey(input: $input) { options } }';
const LIMIT = 5;
const SETTINGS = {
  isPasskeyEnabled: true,
  lockout: { accountLimit: LIMIT, quickMilliseconds: 0, baseWaitSeconds: 60, ipLimit: 0 },
};

describe('a security key as the second factor of a sign-in', () => {
  let world: World;
  let setting: SignInWorld;
  let browser: TestBrowser;
  let authenticator: PasskeyBrowser;
  let key: Passkey;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    setting = await openSignIn(world, SETTINGS);
    browser = new TestBrowser(world, setting.tenant);
    authenticator = unverified();
    key = await register(authenticator);
  });

  async function register(made: PasskeyBrowser, user: User = setting.user, kind: WebauthnKind = 'security-key') {
    const authority = new Authority(world.userOfTwoFactors(setting.tenant, user.id), setting.tenant, 'self');
    const { registration } = world.services.passkeys;
    return registration.add(authority, { ...made.create(await registration.begin(authority, { kind })), kind });
  }
  const configure = (settings: object) =>
    world.services.tenants.updateSettings(world.system(setting.tenant), settings as never);
  /** Begins a sign-in that demands two factors, and types the password. @returns Its handle. */
  async function atFactor(): Promise<string> {
    const handle = await browser.begin({ mustAuthenticate: true, factors: 2 });
    expect(stepOf(await browser.password(handle, setting.user))).toMatchObject({ __typename: 'FactorStep' });
    return handle;
  }
  const request = (handle: string, method: string | undefined = 'SECURITY_KEY') =>
    browser.graphql(REQUEST, { input: { handle, method } });
  const optionsFor = async (handle: string, method?: string) => {
    const { data, errors } = await request(handle, method);
    expect(errors).toEqual([]);
    return data.requestFactorPasskey.options;
  };
  const used = async (handle: string): Promise<PasskeyAssertion> => authenticator.get(await optionsFor(handle));
  const submit = (handle: string, credential: PasskeyAssertion, method: string | undefined = 'SECURITY_KEY') =>
    browser.submit('submitFactorPasskey', handle, { method, credential });
  const refusal = async (handle: string, credential: PasskeyAssertion, method?: string) =>
    (await submit(handle, credential, method)).code;
  const failures = async () =>
    (await world.events(setting.tenant))
      .filter(({ type }) => type === 'sign_in.factor_failed')
      .map(({ reason, subject_id, params }) => ({ reason, subject_id, params }));
  const failure = (reason: string, method = 'security-key') => ({
    reason,
    subject_id: setting.user.id,
    params: { method },
  });
  const allowed = ({ data }: Passkey) => [{ type: 'public-key', id: data.credentialId }];

  it('finishes the sign-in of an account that has no other one, without a verified user', async () => {
    const handle = await browser.begin({ factors: 2 });
    const step = stepOf(await browser.password(handle, setting.user));
    expect(step).toEqual({ __typename: 'FactorStep', methods: ['SECURITY_KEY'] });
    expect(await optionsFor(handle)).toMatchObject({
      rpId: 'id.example.com',
      userVerification: 'preferred',
      allowCredentials: allowed(key),
    });
    expect(stepOf(await submit(handle, await used(handle)))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({
      userId: setting.user.id,
      amr: expect.arrayContaining(['pwd', 'hwk', 'mfa']),
      acr: 'phr',
    });
    expect(await failures()).toEqual([]);
  });

  it('is asked of an account that has one where the sign-in is strict', async () => {
    const handle = await browser.begin({ isStrict: true });
    expect(stepOf(await browser.password(handle, setting.user)).methods).toEqual(['SECURITY_KEY']);
  });

  it('stands after passkeys, and not among the methods where users may have neither', async () => {
    await register(new PasskeyBrowser(), setting.user, 'passkey');
    await world.giveTotp(setting.tenant, setting.user.id);
    const handle = await atFactor();
    expect(stepOf(await browser.load(handle)).methods).toEqual(['PASSKEY', 'SECURITY_KEY', 'TOTP']);
    const credential = await used(handle);
    await configure({ isPasskeyEnabled: false });
    expect(stepOf(await browser.load(handle)).methods).toEqual(['TOTP']);
    expect([(await request(handle)).code, await refusal(handle, credential)]).toEqual([
      'PASSKEYS_DISABLED',
      'PASSKEYS_DISABLED',
    ]);
  });

  it('has no code, and methods with codes have no key', async () => {
    const handle = await atFactor();
    const credential = await used(handle);
    for (const { code, errors } of [
      await browser.submit('submitFactor', handle, { method: 'SECURITY_KEY', code: '123456' }),
      await request(handle, 'TOTP'),
      await submit(handle, credential, 'RECOVERY_CODE'),
    ])
      expect([code, errors[0]!.extensions['fields']]).toEqual([
        'INVALID_INPUT',
        [expect.objectContaining({ path: 'input.method' })],
      ]);
    expect(await failures()).toEqual([]);
  });

  it('must verify its user where the tenant requires it, whenever it was made', async () => {
    await configure({ securityKeys: { userVerification: 'required' } });
    const handle = await atFactor();
    expect(await optionsFor(handle)).toMatchObject({ userVerification: 'required' });
    expect(await refusal(handle, await used(handle))).toBe('PASSKEY_REFUSED');
    const verified = new PasskeyBrowser();
    expect(stepOf(await submit(handle, verified.get(await optionsFor(handle))))).toMatchObject({
      __typename: 'Finished',
    });
  });

  it('is no passkey, and a passkey is no security key', async () => {
    const passkey = await register(authenticatorOf(), setting.user, 'passkey');
    const handle = await atFactor();
    expect((await optionsFor(handle, 'PASSKEY')).allowCredentials).toEqual([
      expect.objectContaining({ id: passkey.data.credentialId }),
    ]);
    const verified = authenticatorOf();
    const ofKey = { allowCredentials: allowed(key) };
    const ofPasskey = { allowCredentials: allowed(passkey) };
    const asPasskey = verified.get({ ...(await optionsFor(handle, 'PASSKEY')), ...ofKey });
    expect(await refusal(handle, asPasskey, 'PASSKEY')).toBe('PASSKEY_REFUSED');
    const asKey = verified.get({ ...(await optionsFor(handle)), ...ofPasskey });
    expect(await refusal(handle, asKey)).toBe('PASSKEY_REFUSED');
    expect(await failures()).toEqual([failure('wrong_proof', 'passkey'), failure('wrong_proof')]);
  });
  const authenticatorOf = () => new PasskeyBrowser();

  it('is refused with a challenge that is used, of another sign-in, or of a passkey', async () => {
    const [handle, other] = [await atFactor(), await atFactor()];
    const ofOther = await used(other);
    expect(await refusal(handle, ofOther)).toBe('PASSKEY_REFUSED');
    expect(await refusal(other, ofOther)).toBe('PASSKEY_REFUSED');
    const { challenge } = await optionsFor(handle, 'PASSKEY');
    const ofPasskey = authenticator.get({ ...(await optionsFor(handle)), challenge });
    expect(await refusal(handle, ofPasskey)).toBe('PASSKEY_REFUSED');
    const late = await used(handle);
    world.clock.advance(300);
    expect(await refusal(handle, late)).toBe('PASSKEY_REFUSED');
    expect(stepOf(await submit(handle, await used(handle)))).toMatchObject({ __typename: 'Finished' });
  });

  it.each<[string, (given: PasskeyAssertion) => PasskeyAssertion]>([
    ['from a page of another site', (given) => withClientData(given, { origin: 'https://evil.example' })],
    ['with another signature', (given) => ({ ...given, signature: 'AAAA' })],
    ['with the handle of another account', (given) => ({ ...given, userHandle: 'AAAA' })],
    ['that nobody has', (given) => ({ ...given, id: 'AAAA', rawId: 'AAAA' })],
  ])('is refused %s', async (_, change) => {
    const handle = await atFactor();
    expect(await refusal(handle, change(await used(handle)))).toBe('PASSKEY_REFUSED');
    expect(await failures()).toEqual([failure('wrong_proof')]);
    expect(await browser.session()).toBeNull();
  });

  it('is refused where it is one of another account, also where the user has none', async () => {
    const bob = await world.newUser(setting.tenant);
    const ofBob = await register(new PasskeyBrowser(), bob);
    const handle = await atFactor();
    const given = new PasskeyBrowser().get({ ...(await optionsFor(handle)), allowCredentials: allowed(ofBob) });
    expect(await refusal(handle, given)).toBe('PASSKEY_REFUSED');
    const carol = await world.newUser(setting.tenant);
    await world.givePassword(setting.tenant, carol.id, 'three-wombats-at-dawn');
    await world.giveTotp(setting.tenant, carol.id);
    const there = await browser.begin({ mustAuthenticate: true, factors: 2 });
    expect(stepOf(await browser.password(there, carol)).methods).toEqual(['TOTP']);
    const options = await optionsFor(there);
    expect(options.allowCredentials).toHaveLength(1);
    const ofOther = new PasskeyBrowser().get({ ...options, allowCredentials: allowed(ofBob) });
    expect(await refusal(there, { ...ofOther, userHandle: 'AAAA' })).toBe('PASSKEY_REFUSED');
  });

  it('tells its own handle of the account, and counts its signatures', async () => {
    const counted = unverified({ stateless: false });
    await register(counted);
    const handle = await atFactor();
    const first = counted.get(await optionsFor(handle));
    const { webauthnHandle } = (await world.services.users.findIn(setting.tenant.id, setting.user.id))!;
    expect(first.userHandle).toMatch(/^[\w-]{43}$/);
    expect(await refusal(handle, { ...first, userHandle: webauthnHandle! })).toBe('PASSKEY_REFUSED');
    const other = await atFactor();
    const earlier = counted.get(await optionsFor(other));
    const later = counted.get(await optionsFor(handle));
    expect(stepOf(await submit(handle, later))).toMatchObject({ __typename: 'Finished' });
    expect(await refusal(other, earlier)).toBe('PASSKEY_REFUSED');
    expect(await browser.session()).toMatchObject({ amr: expect.arrayContaining(['pwd', 'swk', 'mfa']) });
  });

  it('counts with codes towards one block, during which it is not used up', async () => {
    await world.giveTotp(setting.tenant, setting.user.id);
    const handle = await atFactor();
    expect(await refusal(handle, { ...(await used(handle)), signature: 'AAAA' })).toBe('PASSKEY_REFUSED');
    for (let at = 1; at < LIMIT; at++) await browser.submit('submitFactor', handle, { method: 'TOTP', code: '000000' });
    expect(await refusal(handle, await used(handle))).toBe('PASSKEY_REFUSED');
    expect((await failures()).at(-1)).toEqual(failure('locked_out'));
    const stored = await world.stores.credentials.findById(setting.tenant.id, key.id);
    expect(stored!.lastUsedAt ?? null).toBeNull();
    world.clock.advance(61);
    expect(stepOf(await submit(handle, await used(handle)))).toMatchObject({ __typename: 'Finished' });
  });

  it('counts once of two that come at the same moment', async () => {
    const handle = await atFactor();
    const credential = await used(handle);
    const codes = await Promise.all([refusal(handle, credential), refusal(handle, credential)]);
    expect(codes.filter((code) => code === undefined)).toHaveLength(1);
  });

  it('is not demanded any more after it was removed', async () => {
    const authority = new Authority(world.userOfTwoFactors(setting.tenant, setting.user.id), setting.tenant, 'self');
    await world.services.credentialChanges.remove(authority, key.id);
    const handle = await browser.begin({ isStrict: true });
    expect(stepOf(await browser.password(handle, setting.user))).toMatchObject({ __typename: 'Finished' });
  });
});
