import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { PasskeyAssertion } from '../../../src/auth-modes/index.ts';
import { PasskeyBrowser, withClientData } from '../../support/passkeys.ts';
import { openSignIn, PASSWORD, type SignInWorld, stepOf, TestBrowser } from '../../support/sign-in.ts';
import { type GraphResult, World } from '../../support/world.ts';

const FIELD = 'requestFactorPasskey(input: $input) { options }';
const REQUEST = `mutation ($input: RequestFactorPasskeyInput!) { ${FIELD} }`;
const LIMIT = 5;
const SETTINGS = {
  isPasskeyEnabled: true,
  lockout: { accountLimit: LIMIT, quickMilliseconds: 0, baseWaitSeconds: 60, ipLimit: 0 },
};

describe('a passkey as the second factor of a sign-in', () => {
  let world: World;
  let setting: SignInWorld;
  let browser: TestBrowser;
  let passkeys: PasskeyBrowser;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    setting = await openSignIn(world, SETTINGS);
    browser = new TestBrowser(world, setting.tenant);
    passkeys = new PasskeyBrowser();
    await register(setting, passkeys);
  });

  /** Gives the user of a tenant a passkey. */
  async function register({ tenant, user }: SignInWorld, made: PasskeyBrowser): Promise<void> {
    const authority = new Authority(world.user(tenant, user.id), tenant, 'self');
    const { registration } = world.services.passkeys;
    await registration.add(authority, made.create(await registration.begin(authority)));
  }
  const system = () => world.system(setting.tenant);
  /** Begins a sign-in that demands two factors, and types the password. @returns Its handle. */
  async function atFactor(): Promise<string> {
    const handle = await browser.begin({ mustAuthenticate: true, factors: 2 });
    expect(stepOf(await browser.password(handle, setting.user))).toMatchObject({ __typename: 'FactorStep' });
    return handle;
  }
  const request = (handle: string, of = browser): Promise<GraphResult> => of.graphql(REQUEST, { input: { handle } });
  const optionsFor = async (handle: string): Promise<object> => {
    const { data, errors } = await request(handle);
    expect(errors).toEqual([]);
    return data.requestFactorPasskey.options;
  };
  const used = async (handle: string): Promise<PasskeyAssertion> => passkeys.get(await optionsFor(handle));
  const submit = (handle: string, credential: PasskeyAssertion) =>
    browser.submit('submitFactorPasskey', handle, { credential });
  const refusal = async (handle: string, credential: PasskeyAssertion) => (await submit(handle, credential)).code;
  const failures = async () =>
    (await world.events(setting.tenant))
      .filter(({ type }) => type === 'sign_in.factor_failed')
      .map(({ reason, subject_id, params }) => ({ reason, subject_id, params }));
  const failure = (reason: string) => ({ reason, subject_id: setting.user.id, params: { method: 'passkey' } });

  it('finishes the sign-in of an account that has no other second factor', async () => {
    const handle = await browser.begin({ factors: 2 });
    const step = stepOf(await browser.password(handle, setting.user));
    expect(step).toEqual({ __typename: 'FactorStep', methods: ['PASSKEY'] });
    const [stored] = await world.services.passkeys.registration.listOwn(
      new Authority(world.user(setting.tenant, setting.user.id), setting.tenant, 'self'),
    );
    expect(await optionsFor(handle)).toMatchObject({
      rpId: 'id.example.com',
      userVerification: 'required',
      allowCredentials: [{ type: 'public-key', id: stored!.data.credentialId }],
    });
    expect(await browser.session()).toBeNull();
    expect(stepOf(await submit(handle, await used(handle)))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({
      userId: setting.user.id,
      amr: expect.arrayContaining(['pwd', 'hwk', 'mfa']),
      acr: 'phr',
    });
    expect(await failures()).toEqual([]);
  });

  it('stands before other methods, and not among them where users may have no passkeys', async () => {
    await world.giveTotp(setting.tenant, setting.user.id);
    const handle = await atFactor();
    expect(stepOf(await browser.load(handle)).methods).toEqual(['PASSKEY', 'TOTP']);
    const credential = await used(handle);
    await world.services.tenants.updateSettings(system(), { isPasskeyEnabled: false });
    expect(stepOf(await browser.load(handle)).methods).toEqual(['TOTP']);
    expect([(await request(handle)).code, await refusal(handle, credential)]).toEqual([
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
    expect(stepOf(await submit(handle, await used(handle)))).toMatchObject({ __typename: 'Finished' });
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
    const handle = await atFactor();
    const credential = await used(handle);
    const colleague = await world.newUser(tenant);
    await world.givePassword(tenant, colleague.id, PASSWORD);
    const beside = new TestBrowser(world, tenant);
    const theirs = await beside.begin({ mustAuthenticate: true, factors: 2 });
    await register({ ...setting, user: colleague }, new PasskeyBrowser());
    expect(stepOf(await beside.password(theirs, colleague))).toMatchObject({ __typename: 'FactorStep' });
    world.clock.advance(1);
    const ask = async () => expect((await request(theirs, beside)).errors).toEqual([]);
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
    expect(stepOf(await submit(handle, credential))).toMatchObject({ __typename: 'Finished' });
  });

  it('has no code', async () => {
    const handle = await atFactor();
    const { code, errors } = await browser.submit('submitFactor', handle, { method: 'PASSKEY', code: '123456' });
    expect([code, errors[0]!.extensions['fields']]).toEqual([
      'INVALID_INPUT',
      [expect.objectContaining({ path: 'input.method' })],
    ]);
  });

  it('is refused with a challenge that is used, of another sign-in, of a sign-in by passkey, or five minutes old', async () => {
    const [handle, other] = [await atFactor(), await atFactor()];
    const ofOther = await used(other);
    expect(await refusal(handle, ofOther)).toBe('PASSKEY_REFUSED');
    expect(await refusal(other, ofOther)).toBe('PASSKEY_REFUSED');
    const { tenant, user } = setting;
    const actor = { clientId: null, clientAuth: null, origin: browser.origin };
    const asFirst = { tenant, identifier: user.username, requestId: null, actor };
    const first = passkeys.get(await world.services.passkeys.signIn.begin(asFirst));
    expect(await refusal(handle, first)).toBe('PASSKEY_REFUSED');
    expect(await failures()).toEqual([1, 2, 3].map(() => failure('wrong_proof')));
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

  it('is refused where it is one of another account', async () => {
    const bob = await world.newUser(setting.tenant);
    const ofBob = new PasskeyBrowser();
    await register({ ...setting, user: bob }, ofBob);
    const [stored] = await world.stores.credentials.ofUser(setting.tenant.id, bob.id);
    const handle = await atFactor();
    const allowCredentials = [{ type: 'public-key', id: stored!.data['credentialId'] }];
    const given = ofBob.get({ ...(await optionsFor(handle)), allowCredentials });
    expect(await refusal(handle, given)).toBe('PASSKEY_REFUSED');
  });

  it('counts with codes towards one block, during which it uses no count of the passkey up', async () => {
    await world.giveTotp(setting.tenant, setting.user.id);
    const handle = await atFactor();
    const wrong = { ...(await used(handle)), signature: 'AAAA' };
    expect(await refusal(handle, wrong)).toBe('PASSKEY_REFUSED');
    for (let at = 1; at < LIMIT; at++) await browser.submit('submitFactor', handle, { method: 'TOTP', code: '000000' });
    expect(await refusal(handle, await used(handle))).toBe('PASSKEY_REFUSED');
    expect((await failures()).at(-1)).toEqual(failure('locked_out'));
    const [stored] = await world.services.passkeys.registration.listOwn(
      new Authority(world.user(setting.tenant, setting.user.id), setting.tenant, 'self'),
    );
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

  it('is requested in its browser and step alone, once in a request', async () => {
    const handle = await browser.begin({ factors: 2 });
    expect((await request(handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect((await request(handle, new TestBrowser(world, setting.tenant))).code).toBe('INTERACTION_NOT_FOUND');
    const input = { handle };
    expect((await world.graphql(world.app(setting.tenant), REQUEST, { input })).code).toBe('BROWSER_REQUIRED');
    const twice = `mutation ($input: RequestFactorPasskeyInput!) { a: ${FIELD} b: ${FIELD} }`;
    const { errors } = await browser.graphql(twice, { input });
    expect(errors.map(({ extensions }) => extensions['code'])).toContain('INTERACTION_REQUEST_REPEATED');
  });
});
