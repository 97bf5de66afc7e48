import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import { FACTOR_LIMIT, KeyFactor } from '../../support/key-factor.ts';
import { PasskeyBrowser } from '../../support/passkeys.ts';
import { PASSWORD, type SignInWorld, stepOf, TestBrowser } from '../../support/sign-in.ts';
import { World } from '../../support/world.ts';

const FIELD = 'requestFactorPasskey(input: $input) { options }';
const REQUEST = `mutation ($input: RequestFactorPasskeyInput!) { ${FIELD} }`;

describe('a passkey as the second factor of a sign-in', () => {
  let world: World;
  let factor: KeyFactor;
  let setting: SignInWorld;
  let browser: TestBrowser;
  let passkeys: PasskeyBrowser;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    passkeys = new PasskeyBrowser();
    factor = await KeyFactor.open(world, 'passkey', passkeys);
    ({ setting, browser } = factor);
  });

  const system = () => world.system(setting.tenant);

  it('finishes the sign-in of an account that has no other second factor', async () => {
    const handle = await browser.begin({ factors: 2 });
    const step = stepOf(await browser.password(handle, setting.user));
    expect(step).toEqual({ __typename: 'FactorStep', methods: ['PASSKEY'] });
    const [stored] = await world.services.passkeys.registration.listOwn(
      new Authority(world.user(setting.tenant, setting.user.id), setting.tenant, 'self'),
    );
    expect(await factor.optionsFor(handle)).toMatchObject({
      rpId: 'id.example.com',
      userVerification: 'required',
      allowCredentials: [{ type: 'public-key', id: stored!.data.credentialId }],
    });
    expect(await browser.session()).toBeNull();
    expect(stepOf(await factor.submit(handle, await factor.used(handle)))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({
      userId: setting.user.id,
      amr: expect.arrayContaining(['pwd', 'hwk', 'mfa']),
      acr: 'phr',
    });
    expect(await factor.failures()).toEqual([]);
  });

  it('stands before other methods, and not among them where users may have no passkeys', async () => {
    await world.giveTotp(setting.tenant, setting.user.id);
    const handle = await factor.atFactor();
    expect(stepOf(await browser.load(handle)).methods).toEqual(['PASSKEY', 'TOTP']);
    const credential = await factor.used(handle);
    await world.services.tenants.updateSettings(system(), { isPasskeyEnabled: false });
    expect(stepOf(await browser.load(handle)).methods).toEqual(['TOTP']);
    expect([(await factor.request(handle)).code, await factor.refusal(handle, credential)]).toEqual([
      'PASSKEYS_DISABLED',
      'PASSKEYS_DISABLED',
    ]);
    expect(stepOf(await browser.totp(handle))).toMatchObject({ __typename: 'Finished' });
  });

  it('is the only method where the sign-in has to resist phishing, whatever was shown before', async () => {
    await world.giveTotp(setting.tenant, setting.user.id);
    const handle = await browser.begin({ factors: 1, isPhishingResistant: true });
    const { offersPasskey } = (
      await browser.graphql(
        'query ($handle: String!) { interaction(handle: $handle) { step { ... on PasswordStep { offersPasskey } } } }',
        { handle },
      )
    ).data.interaction.step;
    expect(offersPasskey).toBe(true);
    const asked = { __typename: 'FactorStep', methods: ['PASSKEY'] };
    expect(stepOf(await browser.password(handle, setting.user))).toEqual(asked);
    expect(stepOf(await browser.totp(handle))).toEqual(asked);
    expect(await browser.session()).toBeNull();
    expect(stepOf(await factor.submit(handle, await factor.used(handle)))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ acr: 'phr' });
    const again = await browser.begin({ factors: 1, isPhishingResistant: true });
    expect(stepOf(await browser.load(again))).toMatchObject({ __typename: 'Finished' });
  });

  it('is not asked of an account that has none, which no other factor helps', async () => {
    const other = await world.newUser(setting.tenant);
    await world.givePassword(setting.tenant, other.id);
    await world.giveTotp(setting.tenant, other.id);
    const handle = await browser.begin({ factors: 1, isPhishingResistant: true });
    expect(stepOf(await browser.password(handle, other))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ userId: other.id, acr: '1fa' });
  });

  it('is no concern of others behind the same address, however many challenges they ask for', async () => {
    const { tenant } = setting;
    const handle = await factor.atFactor();
    const credential = await factor.used(handle);
    const colleague = await world.newUser(tenant);
    await world.givePassword(tenant, colleague.id, PASSWORD);
    const beside = new TestBrowser(world, tenant);
    const theirs = await beside.begin({ mustAuthenticate: true, factors: 2 });
    await factor.register(new PasskeyBrowser(), colleague);
    expect(stepOf(await beside.password(theirs, colleague))).toMatchObject({ __typename: 'FactorStep' });
    world.clock.advance(1);
    const ask = async () => expect((await factor.request(theirs, undefined, beside)).errors).toEqual([]);
    await ask();
    await world.db.orm.em
      .fork()
      .getConnection()
      .execute(
        `insert into one_time_codes (tenant_id, hash, kind, bucket, payload, attempts, expires_at, created_at)
      select tenant_id, sha256(n::text::bytea), kind, bucket, jsonb_build_object('name', n), 0, expires_at, created_at
      from (select * from one_time_codes where tenant_id = ? and kind = 'passkey-factor'
        order by created_at desc limit 1) one, generate_series(1, 60) n`,
        [tenant.id],
      );
    await ask();
    expect(stepOf(await factor.submit(handle, credential))).toMatchObject({ __typename: 'Finished' });
  });

  it('has no code', async () => {
    const handle = await factor.atFactor();
    const { code, errors } = await browser.submit('submitFactor', handle, { method: 'PASSKEY', code: '123456' });
    expect([code, errors[0]!.extensions['fields']]).toEqual([
      'INVALID_INPUT',
      [expect.objectContaining({ path: 'input.method' })],
    ]);
  });

  it('is refused with a challenge that is used, of another sign-in, of a sign-in by passkey, or five minutes old', async () => {
    const [handle, other] = [await factor.atFactor(), await factor.atFactor()];
    const ofOther = await factor.used(other);
    expect(await factor.refusal(handle, ofOther)).toBe('PASSKEY_REFUSED');
    expect(await factor.refusal(other, ofOther)).toBe('PASSKEY_REFUSED');
    const { tenant, user } = setting;
    const actor = { clientId: null, clientAuth: null, origin: browser.origin };
    const asFirst = { tenant, identifier: user.username, requestId: null, actor };
    const first = passkeys.get(await world.services.passkeys.signIn.begin(asFirst));
    expect(await factor.refusal(handle, first)).toBe('PASSKEY_REFUSED');
    expect(await factor.failures()).toEqual([1, 2, 3].map(() => factor.failure('wrong_proof')));
    const late = await factor.used(handle);
    world.clock.advance(300);
    expect(await factor.refusal(handle, late)).toBe('PASSKEY_REFUSED');
    expect(stepOf(await factor.submit(handle, await factor.used(handle)))).toMatchObject({ __typename: 'Finished' });
  });

  it('is refused where it is one of another account', async () => {
    const bob = await world.newUser(setting.tenant);
    const ofBob = new PasskeyBrowser();
    await factor.register(ofBob, bob);
    const [stored] = await world.stores.credentials.ofUser(setting.tenant.id, bob.id);
    const handle = await factor.atFactor();
    const allowCredentials = [{ type: 'public-key', id: stored!.data['credentialId'] }];
    const given = ofBob.get({ ...(await factor.optionsFor(handle)), allowCredentials });
    expect(await factor.refusal(handle, given)).toBe('PASSKEY_REFUSED');
  });

  it('counts with codes towards one block, during which it uses no count of the passkey up', async () => {
    await world.giveTotp(setting.tenant, setting.user.id);
    const handle = await factor.atFactor();
    const wrong = { ...(await factor.used(handle)), signature: 'AAAA' };
    expect(await factor.refusal(handle, wrong)).toBe('PASSKEY_REFUSED');
    for (let at = 1; at < FACTOR_LIMIT; at++)
      await browser.submit('submitFactor', handle, { method: 'TOTP', code: '000000' });
    expect(await factor.refusal(handle, await factor.used(handle))).toBe('PASSKEY_REFUSED');
    expect((await factor.failures()).at(-1)).toEqual(factor.failure('locked_out'));
    const [stored] = await world.services.passkeys.registration.listOwn(
      new Authority(world.user(setting.tenant, setting.user.id), setting.tenant, 'self'),
    );
    expect(stored!.lastUsedAt ?? null).toBeNull();
    world.clock.advance(61);
    expect(stepOf(await factor.submit(handle, await factor.used(handle)))).toMatchObject({ __typename: 'Finished' });
  });

  it('is requested in its browser and step alone, once in a request', async () => {
    const handle = await browser.begin({ factors: 2 });
    expect((await factor.request(handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect((await factor.request(handle, undefined, new TestBrowser(world, setting.tenant))).code).toBe(
      'INTERACTION_NOT_FOUND',
    );
    const input = { handle };
    expect((await world.graphql(world.app(setting.tenant), REQUEST, { input })).code).toBe('BROWSER_REQUIRED');
    const twice = `mutation ($input: RequestFactorPasskeyInput!) { a: ${FIELD} b: ${FIELD} }`;
    const { errors } = await browser.graphql(twice, { input });
    expect(errors.map(({ extensions }) => extensions['code'])).toContain('INTERACTION_REQUEST_REPEATED');
  });
});
