import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority, type Caller } from '../../../../src/access/index.ts';
import type { AddPasskey } from '../../../../src/flows/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { PasskeyBrowser, SERVICE, withClientData } from '../../../support/passkeys.ts';
import { faultsOf, refusalOf } from '../../../support/refusal.ts';
import { World } from '../../../support/world.ts';

const OTHER_SITE = 'https://app.partner.example';
const AAGUID = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

describe('passkeys of users', () => {
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

  const newTenant = (passkeys: object = {}, more: object = {}) =>
    world.tenant({
      displayName: 'Harbour',
      settings: { isPasskeyEnabled: true, passkeyOrigins: [OTHER_SITE], passkeys, ...more } as never,
    });
  /** The user in a new session, with two factors shown. */
  const own = (at = tenant, { id } = user): Authority => new Authority(world.userOfTwoFactors(at, id), at, 'self');
  const registration = () => world.services.passkeys.registration;
  const begin = (authority: Authority) => registration().begin(authority);
  const register = async (authority: Authority, browser = new PasskeyBrowser(), change = (made: AddPasskey) => made) =>
    registration().add(authority, change(browser.create(await begin(authority))));
  const stored = async ({ id } = user, at = tenant) =>
    (await world.stores.credentials.ofUser(at.id, id)).filter(({ type }) => type === 'passkey');

  it('are made from options that name the service, the user and what the tenant takes', async () => {
    const options = await begin(own());
    expect(options).toEqual({
      rp: { id: 'id.example.com', name: 'Harbour' },
      user: { id: expect.stringMatching(/^[\w-]{86}$/), name: user.username, displayName: 'Ada' },
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
      timeout: 300_000,
      excludeCredentials: [],
      authenticatorSelection: {
        residentKey: 'preferred',
        requireResidentKey: false,
        userVerification: 'required',
      },
      attestation: 'none',
    });
    const again = await begin(own());
    expect(again.user.id).toBe(options.user.id);
    expect(again.challenge).not.toBe(options.challenge);
  });

  it('are added with an event, and listed to browsers as what they are', async () => {
    const authority = own();
    const credential = await register(authority, new PasskeyBrowser({ transports: ['internal', 'hybrid'] }));
    expect(credential).toMatchObject({ userId: user.id, type: 'passkey', label: 'Phone', lastUsedAt: null });
    expect(credential.data).toEqual({
      credentialId: expect.any(String),
      publicKey: expect.any(String),
      counter: 0,
      transports: ['hybrid', 'internal'],
      attachment: 'platform',
      isBackupEligible: false,
      isBackedUp: false,
      aaguid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(await stored()).toEqual([credential]);
    const [added] = (await world.events(tenant)).filter(({ subject_id }) => subject_id === user.id).slice(-1);
    expect(added).toMatchObject({ type: 'credential.added' });
    const { excludeCredentials } = await begin(authority);
    expect(excludeCredentials).toEqual([
      { type: 'public-key', id: credential.data['credentialId'], transports: ['hybrid', 'internal'] },
    ]);
  });

  it('end a demand for one, and no other', async () => {
    const requiredActions = ['webauthn-register-passwordless', 'UPDATE_PROFILE'];
    await world.services.users.update(world.system(tenant), user.id, { requiredActions });
    const authority = own();
    await register(authority);
    expect((await world.services.users.findIn(tenant.id, user.id))!.requiredActions).toEqual(['UPDATE_PROFILE']);
    const changed = async () =>
      (await world.events(tenant)).filter(
        ({ type, actor_id }) => type === 'auth_mode.required_actions_changed' && actor_id === user.id,
      );
    expect(await changed()).toEqual([
      expect.objectContaining({ subject_id: user.id, params: { requiredActions: ['UPDATE_PROFILE'] } }),
    ]);
    await register(authority);
    expect(await changed()).toHaveLength(1);
  });

  it('need no name and no transports', async () => {
    const authority = own();
    const bare = await register(authority, undefined, (made) => ({
      ...made,
      transports: ['telepathy'],
      attachment: null,
      name: '',
    }));
    expect(bare).toMatchObject({ label: null, data: { transports: [], attachment: null } });
    expect((await begin(authority)).excludeCredentials).toEqual([
      { type: 'public-key', id: bare.data['credentialId'] },
    ]);
    expect(await refusalOf(register(own(), undefined, (made) => ({ ...made, name: null })))).toBe(null);
    expect(await refusalOf(register(own(), undefined, (made) => ({ ...made, name: 'x'.repeat(256) })))).toBe(
      'INVALID_INPUT',
    );
  });

  it('of one that its provider copies are known as such', async () => {
    const credential = await register(own(), new PasskeyBrowser({ stateless: false }));
    expect(credential.data).toMatchObject({ isBackupEligible: true, isBackedUp: true });
  });

  it('may come from a page of another site that the tenant names', async () => {
    const related = await newTenant({ rpId: 'partner.example' });
    const authority = own(related, await world.newUser(related));
    const options = await begin(authority);
    expect(options.rp.id).toBe('partner.example');
    const made = new PasskeyBrowser({}, OTHER_SITE).create(options);
    expect(await refusalOf(registration().add(authority, made))).toBe(null);
  });

  it('belong to the host of the request where it is bound to the tenant', async () => {
    const host = `keys-${tenant.name}.example`;
    await world.services.tenants.bindHost(world.system(tenant), host);
    const at = (name: string) => {
      const caller = world.userOfTwoFactors(tenant, user.id);
      return new Authority({ ...caller, origin: { ...caller.origin, host: name } }, tenant, 'self');
    };
    const authority = at(host);
    const options = await begin(authority);
    expect(options.rp.id).toBe(host);
    const made = new PasskeyBrowser({}, `https://${host}`).create(options);
    expect(await refusalOf(registration().add(authority, made))).toBe(null);
    expect((await begin(at('evil.example'))).rp.id).toBe('id.example.com');
  });

  describe('are refused', () => {
    const refused = async (change: (made: AddPasskey) => AddPasskey, browser = new PasskeyBrowser()) =>
      refusalOf(register(own(), browser, change));

    it.each<[string, (made: AddPasskey) => AddPasskey]>([
      ['a challenge of somebody else (check 50)', (made) => withClientData(made, { challenge: 'A'.repeat(43) })],
      ['a page of another site (check 50)', (made) => withClientData(made, { origin: 'https://evil.example' })],
      ['an origin that is no address', (made) => withClientData(made, { origin: 'android:apk-key-hash:x' })],
      ['a page below an origin', (made) => withClientData(made, { origin: `${SERVICE}/page` })],
      ['a sign-in', (made) => withClientData(made, { type: 'webauthn.get' })],
      ['client data that is no object', (made) => ({ ...made, clientDataJson: 'bnVsbA' })],
      ['client data without a challenge', (made) => ({ ...made, clientDataJson: 'e30' })],
      ['client data that is no JSON', (made) => ({ ...made, clientDataJson: 'AAAA' })],
      ['client data that is not base64url', (made) => ({ ...made, clientDataJson: `${made.clientDataJson}=` })],
      ['too much client data', (made) => ({ ...made, clientDataJson: 'A'.repeat(8193) })],
      ['an attestation object that is none', (made) => ({ ...made, attestationObject: 'AAAA' })],
      ['a huge attestation object', (made) => ({ ...made, attestationObject: 'A'.repeat(65_537) })],
      ['a nested attestation object', (made) => ({ ...made, attestationObject: 'gYGB'.repeat(16_000) })],
      ['an id that the authenticator did not sign', (made) => ({ ...made, id: 'AAAA', rawId: 'AAAA' })],
      ['two ids', (made) => ({ ...made, rawId: 'AAAA' })],
    ])('for %s', async (_, change) => {
      expect(await refused(change)).toBe('PASSKEY_INVALID');
      expect(await stored()).toEqual([]);
    });

    it('for the RP ID of another site (check 50)', async () => {
      const authority = own();
      const options = await begin(authority);
      const foreign = { ...options, rp: { id: 'app.partner.example', name: '' } };
      const made = new PasskeyBrowser({}, OTHER_SITE).create(foreign);
      expect(await refusalOf(registration().add(authority, made))).toBe('PASSKEY_INVALID');
    });

    it('where the user was not verified (check 50)', async () => {
      const unverified = new PasskeyBrowser({
        userMakeCredentialInteraction: () => ({ options: { uv: false, up: true } }),
      });
      expect(await refused((made) => made, unverified)).toBe('PASSKEY_INVALID');
    });

    it('twice for one challenge, also at the same moment', async () => {
      const authority = own();
      const options = await begin(authority);
      const both = [new PasskeyBrowser(), new PasskeyBrowser()].map((browser) => browser.create(options));
      const codes = await Promise.all(both.map((made) => refusalOf(registration().add(authority, made))));
      expect(codes.sort()).toEqual(['PASSKEY_INVALID', null].sort());
      expect(await stored()).toHaveLength(1);
    });

    it('after five minutes', async () => {
      const authority = own();
      const made = new PasskeyBrowser().create(await begin(authority));
      world.clock.advance(300);
      const later = new Authority({ ...authority.caller, authTime: world.clock.now() }, tenant, 'self');
      expect(await refusalOf(registration().add(later, made))).toBe('PASSKEY_INVALID');
    });

    it('in another session, of the user or of another one', async () => {
      const other = own(tenant, await world.newUser(tenant));
      for (const authority of [own(), other]) {
        const made = new PasskeyBrowser().create(await begin(own()));
        expect(await refusalOf(registration().add(authority, made))).toBe('PASSKEY_INVALID');
      }
    });

    it('for an eleventh challenge of a session the first one, and no other', async () => {
      const authority = own();
      const beginNext = () => {
        world.clock.advance(1);
        return begin(authority);
      };
      const first = await beginNext();
      const second = await beginNext();
      for (let i = 2; i < 11; i++) await beginNext();
      const add = (options: object) => refusalOf(registration().add(authority, new PasskeyBrowser().create(options)));
      expect(await add(first)).toBe('PASSKEY_INVALID');
      expect(await add(second)).toBe(null);
    });

    it('that an account of the tenant has, and taken in another tenant', async () => {
      const browser = new PasskeyBrowser();
      const first = own();
      const made = browser.create(await begin(first));
      await registration().add(first, made);
      const { attestationObject, id, rawId } = made;
      const copy = (next: AddPasskey) => ({ ...next, attestationObject, id, rawId });
      const someone = await world.newUser(tenant);
      expect(await refusalOf(register(own(tenant, someone), browser, copy))).toBe('PASSKEY_TAKEN');
      expect(await refusalOf(register(own(), browser, copy))).toBe('PASSKEY_TAKEN');
      const elsewhere = await newTenant();
      const there = own(elsewhere, await world.newUser(elsewhere));
      expect(await refusalOf(register(there, browser, copy))).toBe(null);
    });

    it('as the twenty-first', async () => {
      for (let i = 0; i < 20; i++) await register(own());
      expect(await refusalOf(register(own()))).toBe('PASSKEY_LIMIT_REACHED');
    });

    it('where the tenant has none', async () => {
      const without = await world.tenant();
      expect(await refusalOf(begin(own(without, await world.newUser(without))))).toBe('PASSKEYS_DISABLED');
      const made = new PasskeyBrowser().create(await begin(own()));
      expect(await refusalOf(registration().add(own(without, await world.newUser(without)), made))).toBe(
        'PASSKEYS_DISABLED',
      );
    });

    it.each<[string, () => Caller, string]>([
      ['an application', () => world.app(tenant), 'FORBIDDEN'],
      ['a user without a session', () => ({ ...world.user(tenant, user.id), sessionId: null }), 'FORBIDDEN'],
      [
        'a sign-in that is too old',
        () => ({ ...world.user(tenant, user.id), authTime: new Date(0) }),
        'REAUTHENTICATION_REQUIRED',
      ],
      ['a user who was deleted', () => world.user(tenant, 'nobody'), 'USER_NOT_FOUND'],
    ])('to %s', async (_, caller, code) => {
      expect(await refusalOf(begin(new Authority(caller(), tenant, 'self')))).toBe(code);
    });

    it('to a user of another tenant, whatever it may do', async () => {
      const elsewhere = await newTenant();
      const caller = world.user(elsewhere, (await world.newUser(elsewhere)).id);
      expect(await refusalOf(begin(new Authority(caller, tenant, 'all')))).toBe('FORBIDDEN');
    });

    it('to a password alone where the account has a second factor', async () => {
      const byPassword = new Authority(world.user(tenant, user.id), tenant, 'self');
      await register(byPassword);
      expect(await refusalOf(begin(byPassword))).toBe('REAUTHENTICATION_REQUIRED');
      expect(await refusalOf(begin(own()))).toBe(null);
    });

    it('when the account is deleted meanwhile', async () => {
      const authority = own();
      const made = new PasskeyBrowser().create(await begin(authority));
      await world.services.users.delete(world.system(tenant), user.id);
      expect(await faultsOf(() => registration().add(authority, made))).toEqual(['USER_NOT_FOUND']);
    });
  });

  describe('of a tenant with other wishes', () => {
    const optionsOf = async (passkeys: object) => {
      const at = await newTenant(passkeys);
      return begin(own(at, await world.newUser(at)));
    };
    const refusedBy = async (passkeys: object, browser: PasskeyBrowser) => {
      const at = await newTenant(passkeys);
      return refusalOf(register(own(at, await world.newUser(at)), browser));
    };

    it('are asked for in these words', async () => {
      const wishes = { rpName: 'Quay', attestation: 'direct', timeoutSeconds: 95, isResident: true };
      expect(await optionsOf({ ...wishes, attachment: 'platform', userVerification: 'preferred' })).toMatchObject({
        rp: { name: 'Quay' },
        attestation: 'direct',
        timeout: 95_000,
        authenticatorSelection: {
          authenticatorAttachment: 'platform',
          residentKey: 'required',
          requireResidentKey: true,
          userVerification: 'preferred',
        },
      });
      expect(await optionsOf({ isResident: false, timeoutSeconds: 301 })).toMatchObject({
        timeout: 300_000,
        authenticatorSelection: { residentKey: 'discouraged' },
      });
    });

    it('are of the kind that the user wants where the tenant leaves it open', async () => {
      const wanted = async (passkeys: object) => {
        const at = await newTenant(passkeys);
        const authority = own(at, await world.newUser(at));
        const options = await registration().begin(authority, { attachment: 'cross-platform' });
        return options.authenticatorSelection;
      };
      expect(await wanted({})).toMatchObject({ authenticatorAttachment: 'cross-platform' });
      expect(await wanted({ attachment: 'platform' })).toMatchObject({ authenticatorAttachment: 'platform' });
    });

    it('are made without verification of the user', async () => {
      const unverified = new PasskeyBrowser({
        userMakeCredentialInteraction: () => ({ options: { uv: false, up: true } }),
      });
      expect(await refusedBy({ userVerification: 'discouraged' }, unverified)).toBe(null);
    });

    it('have one of its algorithms', async () => {
      const options = await optionsOf({ algorithms: ['RS256', 'ES384', 'ES512', 'RS384', 'RS512'] });
      expect(options.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-257, -35, -36, -258, -259]);
      expect(await refusedBy({ algorithms: ['RS256'] }, new PasskeyBrowser({ stateless: false }))).toBe(null);
      const at = await newTenant({ algorithms: ['RS256'] });
      const authority = own(at, await world.newUser(at));
      const asked = { ...(await begin(authority)), pubKeyCredParams: [{ type: 'public-key', alg: -7 }] };
      expect(await refusalOf(registration().add(authority, new PasskeyBrowser().create(asked)))).toBe(
        'PASSKEY_INVALID',
      );
    });

    it('come from one of its models', async () => {
      const browser = new PasskeyBrowser({ aaguid: AAGUID });
      const model = '00112233-4455-6677-8899-AABBCCDDEEFF';
      expect(await refusedBy({ aaguids: [model] }, browser)).toBe(null);
      expect(await refusedBy({ aaguids: [model] }, new PasskeyBrowser())).toBe('PASSKEY_INVALID');
    });

    it('are not kept from an authenticator that has one', async () => {
      const at = await newTenant({ isUniquePerUser: false });
      const authority = own(at, await world.newUser(at));
      await register(authority);
      expect((await begin(authority)).excludeCredentials).toEqual([]);
    });
  });
});
