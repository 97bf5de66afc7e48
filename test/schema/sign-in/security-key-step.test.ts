import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { Passkey } from '../../../src/auth-modes/index.ts';
import { allowed, FACTOR_LIMIT, KeyFactor } from '../../support/key-factor.ts';
import { PasskeyBrowser, unverified } from '../../support/passkeys.ts';
import { type SignInWorld, stepOf, type TestBrowser } from '../../support/sign-in.ts';
import { World } from '../../support/world.ts';

describe('a security key as the second factor of a sign-in', () => {
  let world: World;
  let factor: KeyFactor;
  let setting: SignInWorld;
  let browser: TestBrowser;
  let authenticator: PasskeyBrowser;
  let key: Passkey;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    authenticator = unverified();
    factor = await KeyFactor.open(world, 'security-key', authenticator);
    ({ setting, browser, key } = factor);
  });

  const configure = (settings: object) =>
    world.services.tenants.updateSettings(world.system(setting.tenant), settings as never);

  it('finishes the sign-in of an account that has no other one, without a verified user', async () => {
    const handle = await browser.begin({ factors: 2 });
    const step = stepOf(await browser.password(handle, setting.user));
    expect(step).toEqual({ __typename: 'FactorStep', methods: ['SECURITY_KEY'] });
    expect(await factor.optionsFor(handle)).toMatchObject({
      rpId: 'id.example.com',
      userVerification: 'preferred',
      allowCredentials: allowed(key),
    });
    expect(stepOf(await factor.submit(handle, await factor.used(handle)))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({
      userId: setting.user.id,
      amr: expect.arrayContaining(['pwd', 'hwk', 'mfa']),
      acr: 'phr',
    });
    expect(await factor.failures()).toEqual([]);
  });

  it('is asked of an account that has one where the sign-in is strict', async () => {
    const handle = await browser.begin({ isStrict: true });
    expect(stepOf(await browser.password(handle, setting.user)).methods).toEqual(['SECURITY_KEY']);
  });

  it('stands after passkeys, and not among the methods where users may have neither', async () => {
    await factor.register(new PasskeyBrowser(), setting.user, 'passkey');
    await world.giveTotp(setting.tenant, setting.user.id);
    const handle = await factor.atFactor();
    expect(stepOf(await browser.load(handle)).methods).toEqual(['PASSKEY', 'SECURITY_KEY', 'TOTP']);
    const credential = await factor.used(handle);
    await configure({ isPasskeyEnabled: false });
    expect(stepOf(await browser.load(handle)).methods).toEqual(['TOTP']);
    expect([(await factor.request(handle)).code, await factor.refusal(handle, credential)]).toEqual([
      'PASSKEYS_DISABLED',
      'PASSKEYS_DISABLED',
    ]);
  });

  it('has no code, and methods with codes have no key', async () => {
    const handle = await factor.atFactor();
    const credential = await factor.used(handle);
    for (const { code, errors } of [
      await browser.submit('submitFactor', handle, { method: 'SECURITY_KEY', code: '123456' }),
      await factor.request(handle, 'TOTP'),
      await factor.submit(handle, credential, 'RECOVERY_CODE'),
    ])
      expect([code, errors[0]!.extensions['fields']]).toEqual([
        'INVALID_INPUT',
        [expect.objectContaining({ path: 'input.method' })],
      ]);
    expect(await factor.failures()).toEqual([]);
  });

  it('must verify its user where the tenant requires it, whenever it was made', async () => {
    await configure({ securityKeys: { userVerification: 'required' } });
    const handle = await factor.atFactor();
    expect(await factor.optionsFor(handle)).toMatchObject({ userVerification: 'required' });
    expect(await factor.refusal(handle, await factor.used(handle))).toBe('PASSKEY_REFUSED');
    const verified = new PasskeyBrowser();
    expect(stepOf(await factor.submit(handle, verified.get(await factor.optionsFor(handle))))).toMatchObject({
      __typename: 'Finished',
    });
  });

  it('is no passkey, and a passkey is no security key', async () => {
    const passkey = await factor.register(authenticatorOf(), setting.user, 'passkey');
    const handle = await factor.atFactor();
    expect((await factor.optionsFor(handle, 'PASSKEY')).allowCredentials).toEqual([
      expect.objectContaining({ id: passkey.data.credentialId }),
    ]);
    const verified = authenticatorOf();
    const ofKey = { allowCredentials: allowed(key) };
    const ofPasskey = { allowCredentials: allowed(passkey) };
    const asPasskey = verified.get({ ...(await factor.optionsFor(handle, 'PASSKEY')), ...ofKey });
    expect(await factor.refusal(handle, asPasskey, 'PASSKEY')).toBe('PASSKEY_REFUSED');
    const asKey = verified.get({ ...(await factor.optionsFor(handle)), ...ofPasskey });
    expect(await factor.refusal(handle, asKey)).toBe('PASSKEY_REFUSED');
    expect(await factor.failures()).toEqual([factor.failure('wrong_proof', 'passkey'), factor.failure('wrong_proof')]);
  });
  const authenticatorOf = () => new PasskeyBrowser();

  it('is refused with a challenge that is used, of another sign-in, or of a passkey', async () => {
    const [handle, other] = [await factor.atFactor(), await factor.atFactor()];
    const ofOther = await factor.used(other);
    expect(await factor.refusal(handle, ofOther)).toBe('PASSKEY_REFUSED');
    expect(await factor.refusal(other, ofOther)).toBe('PASSKEY_REFUSED');
    const { challenge } = await factor.optionsFor(handle, 'PASSKEY');
    const ofPasskey = authenticator.get({ ...(await factor.optionsFor(handle)), challenge });
    expect(await factor.refusal(handle, ofPasskey)).toBe('PASSKEY_REFUSED');
    const late = await factor.used(handle);
    world.clock.advance(300);
    expect(await factor.refusal(handle, late)).toBe('PASSKEY_REFUSED');
    expect(stepOf(await factor.submit(handle, await factor.used(handle)))).toMatchObject({ __typename: 'Finished' });
  });

  it('is refused where it is one of another account, also where the user has none', async () => {
    const bob = await world.newUser(setting.tenant);
    const ofBob = await factor.register(new PasskeyBrowser(), bob);
    const handle = await factor.atFactor();
    const given = new PasskeyBrowser().get({ ...(await factor.optionsFor(handle)), allowCredentials: allowed(ofBob) });
    expect(await factor.refusal(handle, given)).toBe('PASSKEY_REFUSED');
    const carol = await world.newUser(setting.tenant);
    await world.givePassword(setting.tenant, carol.id, 'three-wombats-at-dawn');
    await world.giveTotp(setting.tenant, carol.id);
    const there = await browser.begin({ mustAuthenticate: true, factors: 2 });
    expect(stepOf(await browser.password(there, carol)).methods).toEqual(['TOTP']);
    const options = await factor.optionsFor(there);
    expect(options.allowCredentials).toHaveLength(1);
    const ofOther = new PasskeyBrowser().get({ ...options, allowCredentials: allowed(ofBob) });
    expect(await factor.refusal(there, { ...ofOther, userHandle: 'AAAA' })).toBe('PASSKEY_REFUSED');
  });

  it('tells its own handle of the account, and counts its signatures', async () => {
    const counted = unverified({ stateless: false });
    await factor.register(counted);
    const handle = await factor.atFactor();
    const first = counted.get(await factor.optionsFor(handle));
    const { webauthnHandle } = (await world.services.users.findIn(setting.tenant.id, setting.user.id))!;
    expect(first.userHandle).toMatch(/^[\w-]{43}$/);
    expect(await factor.refusal(handle, { ...first, userHandle: webauthnHandle! })).toBe('PASSKEY_REFUSED');
    const other = await factor.atFactor();
    const earlier = counted.get(await factor.optionsFor(other));
    const later = counted.get(await factor.optionsFor(handle));
    expect(stepOf(await factor.submit(handle, later))).toMatchObject({ __typename: 'Finished' });
    expect(await factor.refusal(other, earlier)).toBe('PASSKEY_REFUSED');
    expect(await browser.session()).toMatchObject({ amr: expect.arrayContaining(['pwd', 'swk', 'mfa']) });
  });

  it('counts with codes towards one block, during which it is not used up', async () => {
    await world.giveTotp(setting.tenant, setting.user.id);
    const handle = await factor.atFactor();
    expect(await factor.refusal(handle, { ...(await factor.used(handle)), signature: 'AAAA' })).toBe('PASSKEY_REFUSED');
    for (let at = 1; at < FACTOR_LIMIT; at++)
      await browser.submit('submitFactor', handle, { method: 'TOTP', code: '000000' });
    expect(await factor.refusal(handle, await factor.used(handle))).toBe('PASSKEY_REFUSED');
    expect((await factor.failures()).at(-1)).toEqual(factor.failure('locked_out'));
    const stored = await world.stores.credentials.findById(setting.tenant.id, key.id);
    expect(stored!.lastUsedAt ?? null).toBeNull();
    world.clock.advance(61);
    expect(stepOf(await factor.submit(handle, await factor.used(handle)))).toMatchObject({ __typename: 'Finished' });
  });

  it('is not demanded any more after it was removed', async () => {
    const authority = new Authority(world.userOfTwoFactors(setting.tenant, setting.user.id), setting.tenant, 'self');
    await world.services.credentialChanges.remove(authority, key.id);
    const handle = await browser.begin({ isStrict: true });
    expect(stepOf(await browser.password(handle, setting.user))).toMatchObject({ __typename: 'Finished' });
  });
});
