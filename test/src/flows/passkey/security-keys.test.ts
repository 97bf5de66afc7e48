import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import type { PasskeyAssertion, WebauthnKind } from '../../../../src/auth-modes/index.ts';
import type { AddPasskey } from '../../../../src/flows/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { keepsPasskeys, PasskeyBrowser, unverified, withClientData } from '../../../support/passkeys.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

describe('security keys of users', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  beforeAll(async () => {
    world = await World.open();
    tenant = await newTenant();
  });
  beforeEach(async () => {
    user = await world.newUser(tenant, { displayName: 'Ada' });
  });
  afterAll(() => world.close());

  const newTenant = (settings: object = {}) =>
    world.tenant({ settings: { isPasskeyEnabled: true, ...settings } as never });
  const own = (at = tenant, { id } = user): Authority => new Authority(world.userOfTwoFactors(at, id), at, 'self');
  const registration = () => world.services.passkeys.registration;
  const begin = (authority: Authority, kind: WebauthnKind = 'security-key') =>
    registration().begin(authority, { kind });
  const register = async (
    authority: Authority,
    browser = new PasskeyBrowser(),
    kind: WebauthnKind = 'security-key',
    change = (made: AddPasskey) => made,
  ) => registration().add(authority, { ...change(browser.create(await begin(authority, kind))), kind });
  const actor = { clientId: null, clientAuth: null, origin: TEST_ORIGIN };
  /** Begins a sign-in by a passkey; null: without a name. */
  const beginSignIn = (identifier: string | null) =>
    world.services.passkeys.signIn.begin({ tenant, identifier, requestId: null, actor });
  const signIn = (identifier: string | null, assertion: PasskeyAssertion) =>
    world.services.passkeys.signIn.authenticate({ tenant, identifier, requestId: null, actor, assertion });

  it('are asked for by the policy of security keys, with the verification of the user preferred', async () => {
    const at = await newTenant({
      securityKeys: { rpName: 'Quay', rpId: 'example.com' },
      passkeys: { rpName: 'Pier', userVerification: 'required' },
    });
    const options = await begin(own(at, await world.newUser(at)));
    expect(options).toMatchObject({
      rp: { id: 'example.com', name: 'Quay' },
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'discouraged', requireResidentKey: false, userVerification: 'preferred' },
    });
  });

  it('are added with an event, verified or not, and keep authenticators of the same kind out alone', async () => {
    const authority = own();
    await register(authority, undefined, 'passkey');
    const key = await register(authority, unverified());
    expect(key).toMatchObject({ userId: user.id, type: 'security-key', label: 'Phone' });
    const added = (await world.events(tenant)).findLast(({ type }) => type === 'credential.added');
    expect(added).toMatchObject({ subject_id: user.id, params: { type: 'security-key' } });
    const { excludeCredentials } = await begin(authority);
    expect(excludeCredentials).toEqual([expect.objectContaining({ id: key.data['credentialId'] })]);
    expect((await registration().listOwn(authority)).map(({ type }) => type).sort()).toEqual([
      'passkey',
      'security-key',
    ]);
    expect(await registration().listOwn(authority, 'security-key')).toEqual([key]);
  });

  it('end a demand for one, and none for a passkey', async () => {
    const requiredActions = ['webauthn-register', 'webauthn-register-passwordless'];
    await world.services.users.update(world.system(tenant), user.id, { requiredActions });
    await register(own());
    const left = (await world.services.users.findIn(tenant.id, user.id))!.requiredActions;
    expect(left).toEqual(['webauthn-register-passwordless']);
  });

  it('are not accepted without a verified user where the tenant requires one', async () => {
    const at = await newTenant({ securityKeys: { userVerification: 'required' } });
    const authority = own(at, await world.newUser(at));
    expect(await refusalOf(register(authority, unverified()))).toBe('PASSKEY_INVALID');
    expect(await refusalOf(register(authority))).toBe(null);
  });

  it('leave the passkey of the same authenticator alone', async () => {
    const browser = new PasskeyBrowser(keepsPasskeys());
    const authority = own();
    const passkey = await register(authority, browser, 'passkey');
    await register(authority, browser);
    const options = await beginSignIn(null);
    const allowCredentials = [{ type: 'public-key', id: passkey.data['credentialId'] }];
    const used = browser.get({ ...options, allowCredentials });
    expect((await signIn(null, used)).user.id).toBe(user.id);
  });

  describe('begin no sign-in', () => {
    it.each([
      ['with the name of their user', () => user.username],
      ['without a name', () => null],
    ])('%s, verified or not', async (_, identifierOf) => {
      const browser = new PasskeyBrowser(keepsPasskeys());
      const key = await register(own(), browser);
      const allowCredentials = [{ type: 'public-key', id: key.data['credentialId'] }];
      const used = browser.get({ ...(await beginSignIn(identifierOf())), allowCredentials });
      expect(await refusalOf(signIn(identifierOf(), used))).toBe('PASSKEY_REFUSED');
      const { webauthnHandle } = (await world.services.users.findIn(tenant.id, user.id))!;
      const asPasskey = { ...browser.get({ ...(await beginSignIn(identifierOf())), allowCredentials }) };
      expect(await refusalOf(signIn(identifierOf(), { ...asPasskey, userHandle: webauthnHandle! }))).toBe(
        'PASSKEY_REFUSED',
      );
      const [stored] = await world.stores.credentials.ofUser(tenant.id, user.id);
      expect(stored!.lastUsedAt ?? null).toBe(null);
    });

    it('and are not shown where passkeys are', async () => {
      const before = (await beginSignIn(user.username)).allowCredentials;
      await register(own());
      expect((await beginSignIn(user.username)).allowCredentials).toEqual(before);
    });
  });

  describe('are refused', () => {
    it('with the challenge of a passkey, and passkeys with that of a security key', async () => {
      const authority = own();
      const made = new PasskeyBrowser().create(await begin(authority, 'passkey'));
      expect(await refusalOf(registration().add(authority, { ...made, kind: 'security-key' }))).toBe('PASSKEY_INVALID');
      const other = new PasskeyBrowser().create(await begin(authority));
      expect(await refusalOf(registration().add(authority, { ...other, kind: 'passkey' }))).toBe('PASSKEY_INVALID');
      expect(await registration().listOwn(authority)).toEqual([]);
    });

    it('as the passkey of an account of the tenant, and passkeys as its security key', async () => {
      const browser = new PasskeyBrowser();
      const first = own();
      for (const [had, wanted] of [
        ['passkey', 'security-key'],
        ['security-key', 'passkey'],
      ] as const) {
        const made = browser.create(await begin(first, had));
        await registration().add(first, { ...made, kind: had });
        const { attestationObject, id, rawId } = made;
        const copy = (next: AddPasskey) => ({ ...next, attestationObject, id, rawId });
        expect(await refusalOf(register(first, browser, wanted, copy))).toBe('PASSKEY_TAKEN');
        const someone = own(tenant, await world.newUser(tenant));
        expect(await refusalOf(register(someone, browser, wanted, copy))).toBe('PASSKEY_TAKEN');
      }
    });

    it('twice for one challenge, also at the same moment', async () => {
      const authority = own();
      const options = await begin(authority);
      const add = () =>
        refusalOf(registration().add(authority, { ...new PasskeyBrowser().create(options), kind: 'security-key' }));
      expect((await Promise.all([add(), add()])).sort()).toEqual(['PASSKEY_INVALID', null].sort());
      expect(await add()).toBe('PASSKEY_INVALID');
    });

    it('for a page of another site, and for a session of another user', async () => {
      const evil = (made: AddPasskey) => withClientData(made, { origin: 'https://evil.example' });
      expect(await refusalOf(register(own(), undefined, 'security-key', evil))).toBe('PASSKEY_INVALID');
      const made = new PasskeyBrowser().create(await begin(own()));
      const other = own(tenant, await world.newUser(tenant));
      expect(await refusalOf(registration().add(other, { ...made, kind: 'security-key' }))).toBe('PASSKEY_INVALID');
    });

    it('as the twenty-first, of which passkeys do not count', async () => {
      for (let i = 0; i < 20; i++) await register(own());
      expect(await refusalOf(register(own()))).toBe('PASSKEY_LIMIT_REACHED');
      expect(await refusalOf(register(own(), undefined, 'passkey'))).toBe(null);
    });

    it('where the tenant has no passkeys', async () => {
      const without = await world.tenant();
      expect(await refusalOf(begin(own(without, await world.newUser(without))))).toBe('PASSKEYS_DISABLED');
    });

    it('to a password alone where the account has one', async () => {
      const byPassword = new Authority(world.user(tenant, user.id), tenant, 'self');
      await register(byPassword);
      expect(await refusalOf(begin(byPassword))).toBe('REAUTHENTICATION_REQUIRED');
      expect(await refusalOf(begin(byPassword, 'passkey'))).toBe('REAUTHENTICATION_REQUIRED');
    });
  });
});
