import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import type { PasskeyAssertion } from '../../../../src/auth-modes/index.ts';
import { mintHandle } from '../../../../src/crypto/index.ts';
import type { IdentityError, TenantRef } from '../../../../src/kernel/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { redeemTicket } from '../../../support/image-flows.ts';
import { keepsPasskeys, PasskeyBrowser, withClientData } from '../../../support/passkeys.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

const OTHER_SITE = 'https://app.partner.example';
const LIMIT = 5;

describe('sign-in by a passkey', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let browser: PasskeyBrowser;
  beforeAll(async () => {
    world = await World.open();
    tenant = await newTenant();
  });
  beforeEach(async () => {
    user = await world.newUser(tenant);
    browser = new PasskeyBrowser();
    await register(user, browser);
  });
  afterAll(() => world.close());

  const newTenant = (more: object = {}) =>
    world.tenant({
      settings: {
        isPasskeyEnabled: true,
        passkeyOrigins: [OTHER_SITE],
        lockout: { accountLimit: LIMIT, quickMilliseconds: 0, baseWaitSeconds: 60, ipLimit: 0 },
        ...more,
      } as never,
    });
  const actor = { clientId: null, clientAuth: null, origin: TEST_ORIGIN };
  const signIn = () => world.services.passkeys.signIn;
  const register = async ({ id }: User, made: PasskeyBrowser, at = tenant) => {
    const authority = new Authority(world.userOfTwoFactors(at, id), at, 'self');
    const { registration } = world.services.passkeys;
    return registration.add(authority, made.create(await registration.begin(authority)));
  };
  const begin = (identifier = user.username, at = tenant) =>
    signIn().begin({ tenant: at, identifier, requestId: null, actor });
  const prove = (
    assertion: PasskeyAssertion,
    over: { identifier?: string | null; requestId?: string | null; at?: TenantRef } = {},
  ) =>
    signIn().authenticate({
      tenant: over.at ?? tenant,
      identifier: over.identifier === undefined ? user.username : over.identifier,
      requestId: over.requestId ?? null,
      actor,
      assertion,
    });
  const refused = (assertion: PasskeyAssertion, over = {}) => refusalOf(prove(assertion, over));
  const assertion = async (options?: object) => browser.get(options ?? (await begin()));
  const lastFailure = async () =>
    (await world.events(tenant)).filter(({ type }) => type === 'sign_in.failed').slice(-1)[0];

  it('begins with the passkeys of the name', async () => {
    const [stored] = await world.stores.credentials.ofUser(tenant.id, user.id);
    expect(await begin()).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      timeout: 300_000,
      rpId: 'id.example.com',
      allowCredentials: [
        { type: 'public-key', id: stored!.data['credentialId'], transports: stored!.data['transports'] },
      ],
      userVerification: 'required',
    });
  });

  it('gives a ticket, and stores the use', async () => {
    const proved = await prove(await assertion());
    expect(proved).toMatchObject({ user: { id: user.id }, isEmailConfirmationNeeded: false });
    const ticket = await redeemTicket(world, tenant, proved.ticket, null);
    expect(ticket).toMatchObject({ userId: user.id, amr: ['hwk', 'mfa'] });
    const [stored] = await world.stores.credentials.ofUser(tenant.id, user.id);
    expect(stored!.lastUsedAt).toEqual(world.clock.now());
    expect(await refused(await assertion())).toBe(null);
  });

  it('gives a ticket for one request for a sign-in', async () => {
    const requestId = mintHandle(tenant.route);
    const { ticket } = await prove(await assertion(), { requestId });
    expect(await refusalOf(redeemTicket(world, tenant, ticket, null))).toBe('SIGN_IN_TICKET_INVALID');
    const foreign = mintHandle((await world.tenant()).route);
    expect(await refused(await assertion(), { requestId: foreign })).toBe('PASSKEY_REFUSED');
  });

  it('tells where the address has to be verified first', async () => {
    const at = await newTenant({ verifyEmail: true });
    const ada = await world.newUser(at, { email: `a${at.name}@example.com` });
    await register(ada, browser, at);
    const over = { at, identifier: ada.email!.toUpperCase() };
    const proved = await prove(browser.get(await begin(over.identifier, at)), over);
    expect(proved).toMatchObject({ user: { id: ada.id }, isEmailConfirmationNeeded: true });
  });

  it('counts signatures, and a copied passkey as one of software', async () => {
    const counted = new PasskeyBrowser({ stateless: false });
    const ada = await world.newUser(tenant);
    await register(ada, counted);
    const over = { identifier: ada.username };
    const first = counted.get(await begin(ada.username));
    expect(first.userHandle).toMatch(/^[\w-]{86}$/);
    const { ticket } = await prove(first, over);
    expect((await redeemTicket(world, tenant, ticket, null)).amr).toEqual(['swk', 'mfa']);
    const [stored] = await world.stores.credentials.ofUser(tenant.id, ada.id);
    expect(stored!.data).toMatchObject({ counter: 1, isBackedUp: true });
    // A copy of the authenticator counts from where it was made.
    const second = counted.get(await begin(ada.username));
    const third = counted.get(await begin(ada.username));
    expect(await refused(third, over)).toBe(null);
    expect(await refused(second, over)).toBe('PASSKEY_REFUSED');
  });

  it('takes one of two responses with the same count at the same moment', async () => {
    const counted = new PasskeyBrowser({ stateless: false });
    const still = new PasskeyBrowser({ stateless: false, signCounterIncrement: 0 });
    const ada = await world.newUser(tenant);
    await register(ada, counted);
    const over = { identifier: ada.username };
    expect(await refused(counted.get(await begin(ada.username)), over)).toBe(null);
    expect(await refused(still.get(await begin(ada.username)), over)).toBe('PASSKEY_REFUSED');
    const [stored] = await world.stores.credentials.ofUser(tenant.id, ada.id);
    const use = { counter: 5, isBackedUp: true };
    const note = () => world.stores.credentials.notePasskeyUse(tenant.id, stored!.id, use);
    expect((await Promise.all([note(), note()])).sort()).toEqual([false, true]);
  });

  it('works on the page of another site that the tenant names', async () => {
    const at = await newTenant({ passkeys: { rpId: 'partner.example' } });
    const ada = await world.newUser(at);
    const there = new PasskeyBrowser({}, OTHER_SITE);
    await register(ada, there, at);
    const options = await begin(ada.username, at);
    expect(options.rpId).toBe('partner.example');
    expect(await refused(there.get(options), { at, identifier: ada.username })).toBe(null);
  });

  describe('is refused in one way', () => {
    it.each<[string, (given: PasskeyAssertion) => PasskeyAssertion]>([
      ['a page of another site (check 50)', (given) => withClientData(given, { origin: 'https://evil.example' })],
      ['a challenge of somebody else (check 50)', (given) => withClientData(given, { challenge: 'A'.repeat(43) })],
      ['a registration', (given) => withClientData(given, { type: 'webauthn.create' })],
      ['client data that the passkey did not sign', (given) => withClientData(given, {})],
      ['another signature', (given) => ({ ...given, signature: 'AAAA' })],
      ['a signature that is not base64url', (given) => ({ ...given, signature: 'ä' })],
      ['a signature that is too long', (given) => ({ ...given, signature: 'A'.repeat(2049) })],
      ['other data of the authenticator', (given) => ({ ...given, authenticatorData: 'AAAA' })],
      ['an unknown passkey', (given) => ({ ...given, id: 'AAAA', rawId: 'AAAA' })],
      ['two ids', (given) => ({ ...given, rawId: 'AAAA' })],
      ['the handle of another account', (given) => ({ ...given, userHandle: 'AAAA' })],
    ])('for %s', async (what, change) => {
      const given = await assertion();
      const changed = what.startsWith('client data')
        ? { ...given, clientDataJson: Buffer.from(`${decode(given)} `).toString('base64url') }
        : change(given);
      expect(await refused(changed)).toBe('PASSKEY_REFUSED');
      expect(await lastFailure()).toMatchObject({
        subject_id: user.id,
        reason: 'wrong_proof',
        params: { method: 'passkey' },
      });
    });
    const decode = ({ clientDataJson }: PasskeyAssertion) => Buffer.from(clientDataJson, 'base64url').toString();

    it('for the RP ID of another site (check 50)', async () => {
      const foreign = new PasskeyBrowser({}, OTHER_SITE);
      const options = { ...(await begin()), rpId: 'app.partner.example' };
      expect(await refused(foreign.get(options))).toBe('PASSKEY_REFUSED');
    });

    it('where the user was not verified (check 50)', async () => {
      const unverified = new PasskeyBrowser({
        userGetAssertionInteraction: () => ({ options: { uv: false, up: true } }),
      });
      expect(await refused(unverified.get(await begin()))).toBe('PASSKEY_REFUSED');
    });

    it('when the challenge is used, or five minutes old (check 50)', async () => {
      const given = await assertion();
      expect(await refused(given)).toBe(null);
      expect(await refused(given)).toBe('PASSKEY_REFUSED');
      const late = await assertion();
      world.clock.advance(300);
      expect(await refused(late)).toBe('PASSKEY_REFUSED');
    });

    it('when two requests have one challenge at the same moment, to one of them', async () => {
      const given = await assertion();
      const codes = await Promise.all([refused(given), refused(given)]);
      expect(codes.sort()).toEqual(['PASSKEY_REFUSED', null].sort());
    });

    it('for the passkey of another account, in both directions', async () => {
      const bea = await world.newUser(tenant);
      const own = await begin(bea.username);
      const [stored] = await world.stores.credentials.ofUser(tenant.id, user.id);
      const allowCredentials = [{ type: 'public-key', id: stored!.data['credentialId'] }];
      const given = browser.get({ ...own, allowCredentials });
      expect(await refused(given, { identifier: bea.username })).toBe('PASSKEY_REFUSED');
      expect(await refused(await assertion(), { identifier: bea.username })).toBe('PASSKEY_REFUSED');
    });

    it('in another tenant', async () => {
      const at = await newTenant();
      await world.newUser(at, { username: user.username });
      expect(await refused(await assertion(), { at })).toBe('PASSKEY_REFUSED');
    });

    it('for a name that nobody has, or an account without passkeys', async () => {
      const { username } = await world.newUser(tenant);
      for (const identifier of ['nobody', username, '', 'a\0b', '\ud800', 'x'.repeat(5000)]) {
        const { challenge, allowCredentials } = await begin(identifier);
        expect((await begin(identifier)).allowCredentials).toEqual(allowCredentials);
        const given = withClientData(await assertion(), { challenge });
        expect(await refused(given, { identifier })).toBe('PASSKEY_REFUSED');
      }
    });

    it('when the account is locked by inactivity', async () => {
      const em = world.db.orm.em.fork().getConnection();
      await em.execute('update users set inactive_since = now() where tenant_id = ? and id = ?', [tenant.id, user.id]);
      expect(await refused(await assertion())).toBe('PASSKEY_REFUSED');
      expect(await lastFailure()).toMatchObject({ reason: 'account_inactive' });
    });
  });

  it('shows a name without passkeys one that nobody has, always the same, another one in another tenant', async () => {
    const shown = async (name: string, at = tenant) => (await begin(name, at)).allowCredentials;
    const nobody = await shown('nobody');
    expect(nobody).toEqual([
      { type: 'public-key', id: expect.stringMatching(/^[\w-]{22,43}$/), transports: expect.any(Array) },
    ]);
    expect(await shown('NoBody')).toEqual(nobody);
    expect(await shown('nobody2')).not.toEqual(nobody);
    expect(await shown('nobody', await newTenant())).not.toEqual(nobody);
    const { username } = await world.newUser(tenant);
    expect(await shown(username)).toHaveLength(1);
  });

  it('tells after a right response alone that the account is disabled', async () => {
    await world.services.endAccess.setEnabled(world.system(tenant), user.id, false);
    expect(await refused(withClientData(await assertion(), { origin: 'https://evil.example' }))).toBe(
      'PASSKEY_REFUSED',
    );
    expect(await refused(await assertion())).toBe('SIGN_IN_ACCOUNT_DISABLED');
  });

  it('is not there where the tenant has no passkeys', async () => {
    const without = await world.tenant();
    expect(await refusalOf(begin('ada', without))).toBe('PASSKEYS_DISABLED');
    expect(await refused(await assertion(), { at: without })).toBe('PASSKEYS_DISABLED');
  });

  it.each(['known', 'unknown'])('is blocked after too many wrong responses for a %s name', async (kind) => {
    const identifier = kind === 'known' ? user.username : `nobody-${user.username}`;
    const right = await assertion();
    for (let i = 0; i < LIMIT; i++)
      expect(await refused(withClientData(right, { challenge: 'A'.repeat(43) }), { identifier })).toBe(
        'PASSKEY_REFUSED',
      );
    const blocked = await prove(right, { identifier }).catch((error: IdentityError) => error);
    expect(blocked).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 60 });
    expect(await refusalOf(begin(identifier))).toBe('TOO_MANY_REQUESTS');
    world.clock.advance(61);
    // The block used no challenge up.
    expect(await refused(right, { identifier })).toBe(kind === 'known' ? null : 'PASSKEY_REFUSED');
  });

  describe('without a name', () => {
    let finder: PasskeyBrowser;
    let requestId: string;
    beforeEach(async () => {
      finder = new PasskeyBrowser({ ...keepsPasskeys(), signCounterIncrement: 0 });
      requestId = mintHandle(tenant.route);
      await register(user, finder);
    });
    const beginUnnamed = (at = tenant, request: string | null = requestId, by = actor) =>
      signIn().begin({ tenant: at, identifier: null, requestId: request, actor: by });
    const over = () => ({ identifier: null, requestId });

    it('lists no passkey, and gives the user of the one that is used a ticket for the request', async () => {
      const options = await beginUnnamed();
      expect(options).toMatchObject({ allowCredentials: [], userVerification: 'required', rpId: 'id.example.com' });
      const proved = await prove(finder.get(options), over());
      expect(proved.user.id).toBe(user.id);
      const ticket = await redeemTicket(world, tenant, proved.ticket, requestId);
      expect(ticket).toMatchObject({ userId: user.id, amr: ['swk', 'mfa'] });
    });

    it('works for no request, too', async () => {
      const given = finder.get(await beginUnnamed(tenant, null));
      expect(await refused(given, { identifier: null })).toBe(null);
    });

    it.each<[string, (given: PasskeyAssertion) => PasskeyAssertion]>([
      ['no account', (given) => ({ ...given, userHandle: null })],
      ['another account', (given) => ({ ...given, userHandle: 'AAAA' })],
    ])('is refused for a passkey that names %s', async (_, change) => {
      expect(await refused(change(finder.get(await beginUnnamed())), over())).toBe('PASSKEY_REFUSED');
      expect(await lastFailure()).toMatchObject({ subject_id: user.id, reason: 'wrong_proof' });
    });

    it('is refused for the passkey of another tenant', async () => {
      const at = await newTenant();
      const request = mintHandle(at.route);
      const given = finder.get(await beginUnnamed(at, request));
      expect(await refused(given, { at, identifier: null, requestId: request })).toBe('PASSKEY_REFUSED');
    });

    it('is refused for a passkey that was removed, or whose user was not verified', async () => {
      const unverified = new PasskeyBrowser({
        ...keepsPasskeys(),
        userGetAssertionInteraction: () => ({ options: { uv: false, up: true } }),
      });
      const ada = await world.newUser(tenant);
      await register(ada, unverified);
      expect(await refused(unverified.get(await beginUnnamed()), over())).toBe('PASSKEY_REFUSED');
      const given = finder.get(await beginUnnamed());
      for (const { id } of await world.stores.credentials.ofUser(tenant.id, user.id))
        await world.stores.credentials.remove(tenant.id, id);
      expect(await refused(given, over())).toBe('PASSKEY_REFUSED');
    });

    it('is refused where the challenge is used, of another request, of a name, or for a name', async () => {
      const given = finder.get(await beginUnnamed());
      expect(await refused(given, { ...over(), requestId: mintHandle(tenant.route) })).toBe('PASSKEY_REFUSED');
      expect(await refused(given, over())).toBe('PASSKEY_REFUSED');
      expect(await refused(finder.get(await beginUnnamed()), { requestId })).toBe('PASSKEY_REFUSED');
      expect(await refused(finder.get(await begin()), over())).toBe('PASSKEY_REFUSED');
      expect(await refused(finder.get(await beginUnnamed()), over())).toBe(null);
    });

    it('tells after a right response alone that the account is disabled', async () => {
      await world.services.endAccess.setEnabled(world.system(tenant), user.id, false);
      const given = finder.get(await beginUnnamed());
      expect(await refused({ ...given, signature: 'AAAA' }, over())).toBe('PASSKEY_REFUSED');
      expect(await refused(finder.get(await beginUnnamed()), over())).toBe('SIGN_IN_ACCOUNT_DISABLED');
    });

    it.each(['known', 'unknown'])('blocks a %s passkey after too many wrong responses, and no other', async (kind) => {
      const right = finder.get(await beginUnnamed());
      const tried = kind === 'known' ? right : { ...right, id: 'AAAA', rawId: 'AAAA' };
      const wrong = { ...tried, clientDataJson: withClientData(right, { challenge: 'A'.repeat(43) }).clientDataJson };
      for (let i = 0; i < LIMIT; i++) expect(await refused(wrong, over())).toBe('PASSKEY_REFUSED');
      expect(await refused(tried, over())).toBe('TOO_MANY_REQUESTS');
      expect(await refused(finder.get(await beginUnnamed()), over())).toBe(
        kind === 'known' ? 'TOO_MANY_REQUESTS' : null,
      );
      // The account is not blocked, so nobody learns whose passkey it is.
      expect(await refusalOf(begin())).toBe(null);
    });

    it('tells by no block whether a name has a passkey, neither of a name nor of an id that is shown for it', async () => {
      const wrong = withClientData(finder.get(await beginUnnamed()), { challenge: 'A'.repeat(43) });
      const answers = async (name: string) => {
        const { id } = (await begin(name)).allowCredentials[0]!;
        const tried = { ...wrong, id, rawId: id };
        const codes: (string | null)[] = [];
        for (let i = 0; i <= LIMIT; i++) codes.push(await refused(tried, over()));
        return [...codes, await refusalOf(begin(name))];
      };
      const known = await answers(user.username);
      expect(known).toEqual(await answers(`nobody-${user.username}`));
      expect(known.slice(-2)).toEqual(['TOO_MANY_REQUESTS', null]);
      const started = (await world.events(tenant)).filter(({ type }) => type === 'lockout.started').slice(-2);
      expect(started.map(({ subject_id }) => subject_id)).toEqual([null, null]);
    });

    it('keeps ten challenges of a request, and 500 of an address', async () => {
      const at = await newTenant();
      const connection = world.db.orm.em.fork().getConnection();
      const ofTenant = "from one_time_codes where tenant_id = ? and kind = 'passkey-discovery'";
      const count = async () =>
        (await connection.execute(`select count(*)::int as count ${ofTenant}`, [at.id]))[0].count;
      for (let i = 0; i < 12; i++) await beginUnnamed(at);
      expect(await count()).toBe(10);
      await connection.execute(
        `insert into one_time_codes (tenant_id, hash, kind, bucket, payload, attempts, expires_at, created_at)
        select tenant_id, sha256(n::text::bytea), kind, bucket, jsonb_build_object('name', n), 0, expires_at, created_at
        from (select * ${ofTenant} limit 1) one, generate_series(1, 500) n`,
        [at.id],
      );
      await beginUnnamed(at, mintHandle(at.route));
      expect(await count()).toBe(500);
    });
  });
});
