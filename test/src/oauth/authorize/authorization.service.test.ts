import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Authority, anonymousCaller } from '../../../../src/access/index.ts';
import { mintHandle, sha256Base64Url } from '../../../../src/crypto/index.ts';
import type { BrowserPort } from '../../../../src/kernel/index.ts';
import { CODE_KIND } from '../../../../src/oauth/grants/authorization-code.ts';
import { type Asked, authorizingOfSuite, CALLBACK, paramsOf, REQUEST } from '../../../support/authorization.ts';
import { CookieJar } from '../../../support/cookie-jar.ts';
import { asParameters, type TestClient } from '../../../support/oauth.ts';
import { PasskeyBrowser } from '../../../support/passkeys.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { totpCode } from '../../../support/totp.ts';
import { TEST_ORIGIN } from '../../../support/world.ts';

const ISSUER = 'https://id.example.com/t/acme';

describe('an authorization request', () => {
  const suite = authorizingOfSuite();
  let asking: TestClient;
  beforeAll(async () => {
    asking = await suite.newClient({ clientId: 'asking' });
  });

  const consent = (userId: string, ...scopes: string[]) =>
    suite.world.consent(suite.tenant, userId, { id: asking.uuid, clientId: asking.clientId }, scopes);
  /** The error that the application gets; null for a code. */
  const errorOf = async (jar: CookieJar, asked: Asked, options?: Parameters<typeof suite.begin>[2]) => {
    const { error = null, code } = paramsOf(await suite.begin(jar, asked, options));
    expect(code === undefined).toBe(error !== null);
    return error;
  };

  it('of a signed-in user with nothing to decide is answered at once, with a code for what it asked', async () => {
    const { jar, user, session } = await suite.signedIn();
    const claims = '{"userinfo":{"email":null}}';
    const answer = await suite.begin(jar, { scope: 'openid email', nonce: 'n', claims });
    expect(answer.kind === 'redirect' && answer.redirectTo.startsWith(`${CALLBACK}?code=`)).toBe(true);
    const { code, ...rest } = paramsOf(answer);
    expect(rest).toEqual({ state: 'st', iss: ISSUER });
    expect(await suite.payloadOf(answer)).toEqual({
      userId: user.id,
      clientUuid: suite.client.uuid,
      redirectUri: CALLBACK,
      issuerKind: 'native',
      issuerHost: null,
      challenge: sha256Base64Url('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'),
      sessionId: session.id,
      scopes: ['openid', 'email'],
      isOffline: false,
      nonce: 'n',
      authTime: session.authTime.toISOString(),
      acr: '1fa',
      amr: ['pwd'],
      claims: { idToken: {}, userinfo: { email: null } },
    });
    expect(code).toMatch(/^[\w-]{43}$/);
  });

  it('is recorded when it is granted, at once or after the pages, where the tenant asks for it alone', async () => {
    const { tenants, interactionSteps } = suite.world.services;
    const record = (recordAuthorizations: boolean) =>
      tenants.updateSettings(suite.world.system(suite.tenant), { recordAuthorizations });
    const granted = async () =>
      (await suite.world.events(suite.tenant)).filter(({ type }) => type === 'authorization.granted');
    const { jar, user, session } = await suite.signedIn();
    await suite.begin(jar);
    expect(await granted()).toEqual([]);
    await record(true);
    await suite.begin(jar, { scope: 'openid email' });
    const handle = await suite.ask(jar, { prompt: 'select_account' });
    const chosen = (browser: BrowserPort) =>
      interactionSteps.chooseAccount(suite.authority(), browser, handle, user.id);
    await jar.use(chosen);
    expect(paramsOf(await suite.resume(jar, handle))).toHaveProperty('code');
    expect(paramsOf(await suite.begin(new CookieJar(), { prompt: 'none' }))).toHaveProperty('error');
    await record(false);
    await suite.begin(jar);
    const about = {
      actor_kind: 'user',
      actor_id: user.id,
      subject_id: user.id,
      client_id: 'app',
      session_id: session.id,
    };
    expect(await granted()).toEqual([
      expect.objectContaining({ ...about, params: { issuerKind: 'native', scopes: ['openid', 'email'] } }),
      expect.objectContaining({ ...about, params: { issuerKind: 'native', scopes: ['openid'] } }),
    ]);
  });

  it('is answered in the mode that it asked for', async () => {
    const { jar } = await suite.signedIn();
    expect(await suite.begin(jar, { response_mode: 'form_post' })).toMatchObject({ kind: 'post', action: CALLBACK });
    const fragment = await suite.begin(jar, { response_mode: 'fragment' });
    expect(fragment.kind === 'redirect' && fragment.redirectTo.startsWith(`${CALLBACK}#code=`)).toBe(true);
  });

  it('uses the session, as rarely as every use of it is stored', async () => {
    const { jar, session } = await suite.signedIn();
    await suite.begin(jar);
    const lastUsedAt = async () =>
      (await suite.world.services.sessions.findIn(suite.tenant.id, session.id))?.lastUsedAt;
    expect(await lastUsedAt()).toEqual(session.lastUsedAt);
    suite.world.clock.advance(3600);
    await suite.begin(jar);
    expect(await lastUsedAt()).toEqual(suite.world.clock.now());
  });

  it('needs a browser', async () => {
    const { authorization } = suite.world.services.oauth;
    const request = { issuerKind: 'native', parameters: [] };
    expect(await refusalOf(authorization.begin(suite.authority(), null, request))).toBe('BROWSER_REQUIRED');
    expect(await refusalOf(authorization.resume(suite.authority(), null, { issuerKind: 'native', handle: 'x' }))).toBe(
      'BROWSER_REQUIRED',
    );
  });

  it('is not answered with the session of another tenant', async () => {
    const { jar } = await suite.signedIn();
    const tenant = await suite.world.tenant();
    const client = await suite.newClient({ consent: 'trusted' }, tenant);
    expect((await suite.begin(jar, {}, { client, tenant })).kind).toBe('interaction');
    expect(await refusalOf(suite.begin(jar, {}, { tenant }))).toBe('AUTHORIZATION_CLIENT_INVALID');
  });

  it.each([
    ['AUTHORIZATION_CLIENT_INVALID', { client_id: 'unknown' }, null],
    ['AUTHORIZATION_REDIRECT_INVALID', { redirect_uri: `${CALLBACK}/` }, 'app'],
  ])('is refused with %s for no application, and recorded', async (code, asked, clientId) => {
    const before = (await suite.refusals()).length;
    expect(await refusalOf(suite.begin(new CookieJar(), asked))).toBe(code);
    expect((await suite.refusals()).slice(before)).toEqual([
      { reason: code, client_id: clientId, subject_id: null, params: { issuerKind: 'native' } },
    ]);
  });

  it('that was posted too long ago is recorded while it is stored, a handle that is none is not', async () => {
    const { postedRequests } = suite.world.services.oauth;
    const jar = new CookieJar();
    const asked = { client_id: 'app', ...REQUEST };
    const address = await jar.use((browser) =>
      postedRequests.keep(suite.authority(), browser, {
        issuerKind: 'native',
        endpoint: 'authorization',
        parameters: asParameters(asked),
      }),
    );
    const handle = new URL(address).searchParams.get('posted_request')!;
    expect((await suite.begin(jar, { posted_request: handle })).kind).toBe('interaction');
    suite.world.clock.advance(60);
    const before = (await suite.refusals()).length;
    const refused = () => refusalOf(suite.begin(jar, { client_id: null, posted_request: handle }));
    expect(await refused()).toBe('POSTED_REQUEST_NOT_FOUND');
    suite.world.clock.advance(1);
    await suite.world.sweep(100);
    expect(await refused()).toBe('POSTED_REQUEST_NOT_FOUND');
    expect((await suite.refusals()).slice(before)).toEqual([
      { reason: 'POSTED_REQUEST_NOT_FOUND', client_id: 'app', subject_id: null, params: { issuerKind: 'native' } },
    ]);
  });

  it('is refused for the application with `state` and `iss`, and recorded (check 12)', async () => {
    const before = (await suite.refusals()).length;
    expect(paramsOf(await suite.begin(new CookieJar(), { max_age: '-1' }))).toEqual({
      error: 'invalid_request',
      error_description: 'max_age is not a number of seconds.',
      state: 'st',
      iss: ISSUER,
    });
    expect((await suite.refusals()).slice(before)).toEqual([
      { reason: 'invalid_request', client_id: 'app', subject_id: null, params: { issuerKind: 'native' } },
    ]);
  });

  it('that may not show a page is refused where one is needed (check 37)', async () => {
    const { jar, user } = await suite.signedIn();
    expect(await errorOf(new CookieJar(), { prompt: 'none' })).toBe('login_required');
    expect(await errorOf(jar, { prompt: 'none' })).toBeNull();
    suite.world.clock.advance(2);
    expect(await errorOf(jar, { prompt: 'none', max_age: '1' })).toBe('login_required');
    expect(await errorOf(jar, { prompt: 'none', max_age: '2' })).toBeNull();
    expect(await errorOf(jar, { prompt: 'none' }, { client: asking })).toBe('consent_required');
    const acr = { claims: '{"id_token":{"acr":{"essential":true,"value":"2fa"}}}' };
    expect(await errorOf(jar, { prompt: 'none', ...acr })).toBe('unmet_authentication_requirements');
    expect(await errorOf(jar, { prompt: 'none', acr_values: '2fa' })).toBeNull();
    const other = { claims: '{"id_token":{"sub":{"value":"somebody-else"}}}' };
    expect(await errorOf(jar, { prompt: 'none', ...other })).toBe('login_required');
    const own = { claims: JSON.stringify({ id_token: { sub: { value: user.id } } }) };
    expect(await errorOf(jar, { prompt: 'none', ...own })).toBeNull();
  });

  it('takes an expired ID token of its issuer as a hint, and refuses every other one', async () => {
    const { jar, user } = await suite.signedIn();
    const { idToken, accessToken } = await user.signIn('openid');
    suite.world.clock.advance(1000);
    expect(await errorOf(jar, { prompt: 'none', id_token_hint: idToken })).toBeNull();
    expect(await errorOf((await suite.signedIn()).jar, { prompt: 'none', id_token_hint: idToken })).toBe(
      'login_required',
    );
    for (const token of [accessToken, `${idToken!.slice(0, -4)}AAAA`, 'x', `${idToken}x`])
      expect(await errorOf(jar, { prompt: 'none', id_token_hint: token })).toBe('invalid_request');
  });

  it('gives no code when the consent is revoked after it was found', async () => {
    const { jar, user } = await suite.signedIn();
    await consent(user.id, 'openid', 'email');
    const { consents } = suite.world.services;
    const covers = consents.covers.bind(consents);
    const revokeOnceFound = vi.spyOn(consents, 'covers').mockImplementation(async (...args) => {
      const isCovered = await covers(...args);
      if (isCovered) await consents.revoke(suite.world.system(suite.tenant), user.id, asking.clientId);
      return isCovered;
    });
    try {
      expect((await suite.begin(jar, { scope: 'openid email' }, { client: asking })).kind).toBe('interaction');
      await consent(user.id, 'openid', 'email');
      const silent = { scope: 'openid email', prompt: 'none' };
      expect(await errorOf(jar, silent, { client: asking })).toBe('consent_required');
      expect(revokeOnceFound).toHaveBeenCalledTimes(2);
    } finally {
      revokeOnceFound.mockRestore();
    }
    const stored = await suite.world.db.orm.em
      .fork()
      .getConnection()
      .execute('select from one_time_codes where user_id = ? and kind = ?', [user.id, CODE_KIND]);
    expect(stored).toEqual([]);
  });

  it('needs no consent once its scopes were allowed, and asks again after it was revoked', async () => {
    const { jar, user } = await suite.signedIn();
    const asked = { scope: 'openid email', prompt: 'none' };
    await consent(user.id, 'openid');
    expect(await errorOf(jar, asked, { client: asking })).toBe('consent_required');
    await consent(user.id, 'email');
    expect(await errorOf(jar, asked, { client: asking })).toBeNull();
    await suite.world.services.consents.revoke(suite.world.system(suite.tenant), user.id, asking.clientId);
    expect(await errorOf(jar, asked, { client: asking })).toBe('consent_required');
  });

  it('gets lasting access only where the user allowed it (OpenID Connect Core section 11)', async () => {
    const { jar, user } = await suite.signedIn();
    const asked = { scope: 'openid offline_access', prompt: 'none' };
    await consent(user.id, 'openid');
    expect(await errorOf(jar, asked, { client: asking })).toBe('consent_required');
    await consent(user.id, 'offline_access');
    expect(await suite.payloadOf(await suite.begin(jar, asked, { client: asking }))).toMatchObject({ isOffline: true });
  });

  it('leads to the page of an interaction, which knows what is demanded', async () => {
    const { jar } = await suite.signedIn();
    const answer = await suite.begin(jar, { prompt: 'login' });
    expect(answer).toMatchObject({ kind: 'interaction' });
    if (answer.kind !== 'interaction') return;
    expect(answer.pageUrl).toBe(`https://id.example.com/t/acme/sign-in/${answer.handle}`);
    const { interactions } = suite.world.services;
    const view = await jar.use((browser) => interactions.view(suite.authority(), browser, answer.handle));
    expect(view).toMatchObject({ application: { clientId: 'app' }, step: { step: 'password' } });
  });

  it('is granted after the sign-in on the pages, in the session that it began', async () => {
    const { user } = await suite.signedIn();
    const jar = new CookieJar();
    const handle = await suite.ask(jar, { login_hint: 'ann', response_mode: 'fragment' });
    expect(await suite.resume(jar, handle)).toMatchObject({ kind: 'interaction', handle });
    const { step } = await suite.typePassword(jar, handle, user);
    expect(step).toEqual({ step: 'finished', continueAt: `${ISSUER}/oauth/authorize/${handle}` });
    const answer = await suite.resume(jar, handle);
    expect(answer.kind === 'redirect' && answer.redirectTo.startsWith(`${CALLBACK}#code=`)).toBe(true);
    expect(paramsOf(answer)).toMatchObject({ state: 'st', iss: ISSUER });
    const payload = await suite.payloadOf(answer);
    expect(payload).toMatchObject({ userId: user.id, acr: '1fa', scopes: ['openid'] });
    const session = await jar.use((browser) => suite.world.services.sessions.ofBrowser(browser, suite.tenant));
    expect(payload.sessionId).toBe(session?.id);
  });

  it('renews the sign-in with `max_age`, however long the user stays on the pages', async () => {
    const { jar, user, session } = await suite.signedIn();
    suite.world.clock.advance(5);
    const handle = await suite.ask(jar, { max_age: '1' });
    await suite.typePassword(jar, handle, user);
    const signedInAt = suite.world.clock.now();
    suite.world.clock.advance(60);
    const payload = await suite.payloadOf(await suite.resume(jar, handle));
    expect(payload).toMatchObject({ sessionId: session.id, authTime: signedInAt.toISOString() });
  });

  it('asks for a new sign-in when `max_age` passes on pages that only asked for a choice or a consent', async () => {
    const { interactionSteps } = suite.world.services;
    const { jar, user } = await suite.signedIn();
    suite.world.clock.advance(1);
    const resumeAfter = async (handle: string, answer: Promise<unknown>) => {
      await answer;
      return (await suite.resume(jar, handle)).kind;
    };
    const choice = await suite.ask(jar, { max_age: '60', prompt: 'select_account' });
    suite.world.clock.advance(61);
    const choose = jar.use((browser) => interactionSteps.chooseAccount(suite.authority(), browser, choice, user.id));
    expect(await resumeAfter(choice, choose)).toBe('interaction');
    await suite.typePassword(jar, await suite.ask(jar, { prompt: 'login' }), user);
    suite.world.clock.advance(1);
    const question = await suite.ask(jar, { max_age: '200', prompt: 'consent' });
    suite.world.clock.advance(201);
    const consent = jar.use((browser) => interactionSteps.submitConsent(suite.authority(), browser, question, true));
    expect(await resumeAfter(question, consent)).toBe('interaction');
  });

  it('leaves a bounded number of ended ones, whose pages say so when they are loaded again', async () => {
    const { interactionSteps } = suite.world.services;
    const origin = { ...TEST_ORIGIN, peerIp: '198.51.100.77' };
    const authority = new Authority(anonymousCaller(origin), suite.tenant, 'self');
    const { authorization } = suite.world.services.oauth;
    const request = {
      issuerKind: 'native',
      parameters: asParameters({ client_id: suite.client.clientId, ...REQUEST }),
    };
    const rounds = async (count: number) => {
      const codes: string[] = [];
      for (let round = 0; round < count; round += 1) {
        const jar = new CookieJar();
        const answer = await jar.use((browser) => authorization.begin(authority, browser, request));
        const handle = answer.kind === 'interaction' ? answer.handle : '';
        await jar.use((browser) => interactionSteps.cancel(authority, browser, handle));
        const resume = () =>
          jar.use((browser) => authorization.resume(authority, browser, { issuerKind: 'native', handle }));
        await resume();
        codes.push((await refusalOf(resume())) ?? '');
      }
      return [...new Set(codes)];
    };
    expect(await rounds(1)).toEqual(['AUTHORIZATION_ENDED']);
    for (let row = 1; row < 500; row += 1)
      await suite.world.stores.oneTimeCodes.putWithin(
        suite.tenant,
        { kind: 'authorization-ended', payload: {}, expiresAt: new Date(suite.world.clock.now().getTime() + 1000) },
        { key: '198.51.100.77', count: 500 },
      );
    expect(await rounds(2)).toEqual(['INTERACTION_NOT_FOUND']);
  });

  it('is refused when another user has signed in than the one who was asked for', async () => {
    const [{ user: anna }, { jar, user: boris }] = [await suite.signedIn(), await suite.signedIn()];
    const claims = JSON.stringify({ id_token: { sub: { value: anna.id } } });
    const signInAs = async (user: typeof anna) => {
      const handle = await suite.ask(jar, { claims, prompt: 'login' });
      await suite.typePassword(jar, handle, user);
      return paramsOf(await suite.resume(jar, handle));
    };
    expect(await signInAs(boris)).toMatchObject({ error: 'login_required', state: 'st' });
    expect(await signInAs(anna)).toHaveProperty('code');
  });

  it('is refused with access_denied when the user ends it', async () => {
    const jar = new CookieJar();
    const handle = await suite.ask(jar);
    const { interactionSteps } = suite.world.services;
    await jar.use((browser) => interactionSteps.cancel(suite.authority(), browser, handle));
    expect(paramsOf(await suite.resume(jar, handle))).toMatchObject({
      error: 'access_denied',
      state: 'st',
      iss: ISSUER,
    });
  });

  it('asks for consent with every scope, and respects the answer', async () => {
    const { jar } = await suite.signedIn();
    const { interactions, interactionSteps } = suite.world.services;
    const decide = async (isGranted: boolean) => {
      const handle = await suite.ask(jar, { scope: 'openid offline_access' }, { client: asking });
      const view = await jar.use((browser) => interactions.view(suite.authority(), browser, handle));
      expect(view.step).toMatchObject({ scopes: [{ name: 'openid' }, { name: 'offline_access', isLasting: true }] });
      await jar.use((browser) => interactionSteps.submitConsent(suite.authority(), browser, handle, isGranted));
      return suite.resume(jar, handle);
    };
    expect(paramsOf(await decide(false))).toMatchObject({ error: 'access_denied' });
    expect(await suite.payloadOf(await decide(true))).toMatchObject({ isOffline: true });
    const asked = { scope: 'openid', prompt: 'consent' };
    expect((await suite.begin(jar, asked, { client: asking })).kind).toBe('interaction');
    expect((await suite.begin(jar, asked)).kind).toBe('interaction');
  });

  it('asks for a wished factor only of users who have one, once', async () => {
    const { jar, user } = await suite.signedIn();
    expect(paramsOf(await suite.begin(jar, { acr_values: '2fa' }))).toHaveProperty('code');
    await suite.world.giveTotp(suite.tenant, user.id);
    const handle = await suite.ask(jar, { acr_values: '2fa' });
    const { interactions } = suite.world.services;
    const view = await jar.use((browser) => interactions.view(suite.authority(), browser, handle));
    expect(view.step).toMatchObject({ step: 'factor' });
    expect(paramsOf(await suite.begin(jar, { acr_values: '2fa', prompt: 'none' }))).toHaveProperty('code');
  });

  it('asks for no wished factor of users who have only those that the tenant does not take', async () => {
    const { passkeys, tenants } = suite.world.services;
    const { jar, user } = await suite.signedIn();
    const own = new Authority(suite.world.user(suite.tenant, user.id), suite.tenant, 'self');
    const enable = (isPasskeyEnabled: boolean) =>
      tenants.updateSettings(suite.world.system(suite.tenant), { isPasskeyEnabled });
    await enable(true);
    try {
      await passkeys.registration.add(own, new PasskeyBrowser().create(await passkeys.registration.begin(own)));
      await suite.ask(jar, { acr_values: '2fa' });
    } finally {
      await enable(false);
    }
    expect(paramsOf(await suite.begin(jar, { acr_values: '2fa' }))).toHaveProperty('code');
  });

  describe('in a session whose account got something to do since', () => {
    const stepOf = async (jar: CookieJar, handle: string) => {
      const { interactions } = suite.world.services;
      return (await jar.use((browser) => interactions.view(suite.authority(), browser, handle))).step.step;
    };
    const sessionOf = (jar: CookieJar) =>
      jar.use((browser) => suite.world.services.sessions.ofBrowser(browser, suite.tenant));
    const silently = async (jar: CookieJar) => paramsOf(await suite.begin(jar, { prompt: 'none' }));

    it('asks for the second factor that is required by now, which the session then has', async () => {
      const { authModes, interactionSteps } = suite.world.services;
      const { jar, user, session } = await suite.signedIn();
      await suite.world.giveTotp(suite.tenant, user.id);
      expect(await silently(jar)).toHaveProperty('code');
      await authModes.update(suite.world.system(suite.tenant), user.id, { requiredFactor: 2 });
      expect(await silently(jar)).toMatchObject({ error: 'interaction_required', state: 'st', iss: ISSUER });
      const handle = await suite.ask(jar);
      expect(await stepOf(jar, handle)).toBe('factor');
      suite.world.clock.advance(60);
      const typed = { method: 'totp', code: totpCode('JBSWY3DPEHPK3PXP', suite.world.clock.now()) } as const;
      const cookie = await jar.get('session', suite.tenant);
      await jar.use((browser) => interactionSteps.submitFactor(suite.authority(), browser, handle, typed));
      expect(await suite.payloadOf(await suite.resume(jar, handle))).toMatchObject({
        userId: user.id,
        sessionId: session.id,
        acr: '2fa',
        amr: ['pwd', 'otp', 'mfa'],
        authTime: suite.world.clock.now().toISOString(),
      });
      expect(await jar.get('session', suite.tenant)).not.toBe(cookie);
      expect(await silently(jar)).toHaveProperty('code');
    });

    it('asks for the confirmation of the address that the tenant demands by now, and keeps the session', async () => {
      const { tenants, users } = suite.world.services;
      const system = suite.world.system(suite.tenant);
      const { jar, user, session } = await suite.signedIn();
      await users.update(system, user.id, { email: 'late@example.com' });
      await tenants.updateSettings(system, { verifyEmail: true });
      try {
        expect(await silently(jar)).toMatchObject({ error: 'interaction_required' });
        const handle = await suite.ask(jar);
        expect(await stepOf(jar, handle)).toBe('email-code');
        expect(await suite.resume(jar, handle)).toMatchObject({ kind: 'interaction', handle });
        await users.update(system, user.id, { emailVerified: true });
        expect(paramsOf(await suite.resume(jar, handle))).toHaveProperty('code');
        expect(await sessionOf(jar)).toMatchObject({ id: session.id, authTime: session.authTime, amr: ['pwd'] });
        expect(await silently(jar)).toHaveProperty('code');
      } finally {
        await tenants.updateSettings(system, { verifyEmail: false });
      }
    });

    it('asks for the new password that is demanded by now', async () => {
      const { interactionSteps, users } = suite.world.services;
      const { jar, user, session } = await suite.signedIn();
      await users.update(suite.world.system(suite.tenant), user.id, { requiredActions: ['UPDATE_PASSWORD'] });
      expect(await silently(jar)).toMatchObject({ error: 'interaction_required' });
      const handle = await suite.ask(jar);
      expect(await stepOf(jar, handle)).toBe('new-password');
      const newPassword = 'five-wombats-at-noon';
      await jar.use((browser) => interactionSteps.submitNewPassword(suite.authority(), browser, handle, newPassword));
      expect(paramsOf(await suite.resume(jar, handle))).toHaveProperty('code');
      expect(await sessionOf(jar)).toMatchObject({ id: session.id });
    });

    it('asks after the pages for what is demanded while the user was on them', async () => {
      const { authModes } = suite.world.services;
      const { jar, user } = await suite.signedIn();
      await suite.world.giveTotp(suite.tenant, user.id);
      const handle = await suite.ask(jar, { prompt: 'login' });
      await suite.typePassword(jar, handle, user);
      await authModes.update(suite.world.system(suite.tenant), user.id, { requiredFactor: 2 });
      const answer = await suite.resume(jar, handle);
      expect(answer).toMatchObject({ kind: 'interaction' });
      expect(answer.kind === 'interaction' && (await stepOf(jar, answer.handle))).toBe('factor');
    });

    it('asks nothing of a stronger session, nor for what the service knows no step for', async () => {
      const { authModes, users } = suite.world.services;
      const system = suite.world.system(suite.tenant);
      const { jar, user } = await suite.signedIn({ amr: ['pwd', 'otp', 'mfa'], acr: '2fa' });
      await suite.world.giveTotp(suite.tenant, user.id);
      await authModes.update(system, user.id, { requiredFactor: 2 });
      await users.update(system, user.id, { requiredActions: ['TERMS'] });
      expect(await silently(jar)).toHaveProperty('code');
    });
  });

  describe('that comes back from the pages', () => {
    const finished = async (asked: Asked = {}, options?: Parameters<typeof suite.begin>[2]) => {
      const { user } = await suite.signedIn();
      const jar = new CookieJar();
      const handle = await suite.ask(jar, asked, options);
      await suite.typePassword(jar, handle, user);
      return { jar, handle, user };
    };

    it('is answered once; afterwards the browser learns where to start again', async () => {
      const client = await suite.newClient({ consent: 'trusted', initiateLoginUri: 'https://app.example/start' });
      const { jar, handle } = await finished({}, { client });
      expect(paramsOf(await suite.resume(jar, handle))).toHaveProperty('code');
      const again = suite.resume(jar, handle);
      await expect(again).rejects.toMatchObject({
        code: 'AUTHORIZATION_ENDED',
        extensions: { startAgainAt: 'https://app.example/start' },
      });
      expect((await suite.refusals()).at(-1)).toEqual({
        reason: 'AUTHORIZATION_ENDED',
        client_id: client.clientId,
        subject_id: null,
        params: { issuerKind: 'native' },
      });
      const { jar: other, handle: without } = await finished();
      await suite.resume(other, without);
      await expect(suite.resume(other, without)).rejects.toMatchObject({
        code: 'AUTHORIZATION_ENDED',
        extensions: undefined,
      });
    });

    it('is answered in its browser and tenant alone, where it stays', async () => {
      const { jar, handle } = await finished();
      const tenant = await suite.world.tenant();
      const { jar: other } = await suite.signedIn();
      for (const attempt of [
        () => suite.resume(new CookieJar(), handle),
        () => suite.resume(other, handle),
        () => suite.resume(jar, handle, { tenant }),
        () => suite.resume(jar, mintHandle(suite.tenant.route)),
        () => suite.resume(jar, 'x'),
        () => suite.resume(jar, '\0'),
      ])
        expect(await refusalOf(attempt())).toBe('INTERACTION_NOT_FOUND');
      expect(paramsOf(await suite.resume(jar, handle))).toHaveProperty('code');
    });

    it('with a handle that is none records nothing', async () => {
      const before = (await suite.world.events(suite.tenant)).length;
      for (const handle of [mintHandle(suite.tenant.route), 'x', '\0'])
        expect(await refusalOf(suite.resume(new CookieJar(), handle))).toBe('INTERACTION_NOT_FOUND');
      expect(await suite.world.events(suite.tenant)).toHaveLength(before);
    });

    it('is answered at the kind of issuer that it was sent to', async () => {
      const { jar, handle } = await finished();
      expect(await refusalOf(suite.resume(jar, handle, { issuerKind: 'suite' }))).toBe('INTERACTION_NOT_FOUND');
      expect(paramsOf(await suite.resume(jar, handle))).toHaveProperty('code');
    });

    it('is not answered once it has expired', async () => {
      const { jar, handle } = await finished();
      suite.world.clock.advance(1801);
      expect(await refusalOf(suite.resume(jar, handle))).toBe('INTERACTION_NOT_FOUND');
    });

    it('is checked again: the client, its address and what it may have', async () => {
      const { clients } = suite.world.services;
      const authority = suite.world.system(suite.tenant);
      const after = async (change: Parameters<typeof clients.update>[2], asked: Asked = {}) => {
        const client = await suite.newClient({ consent: 'trusted' });
        const { jar, handle } = await finished(asked, { client });
        await clients.update(authority, client.uuid, change);
        const resumed = suite.resume(jar, handle);
        const refusal = await refusalOf(resumed);
        return refusal ?? paramsOf(await resumed)['error'] ?? (await suite.payloadOf(await resumed));
      };
      expect(await after({ enabled: false })).toBe('AUTHORIZATION_CLIENT_INVALID');
      expect(await after({ redirects: [{ uri: 'https://app.example/other' }] })).toBe('AUTHORIZATION_REDIRECT_INVALID');
      expect(await after({ grantTypes: ['refresh_token'] })).toBe('unauthorized_client');
      expect(await after({ scopes: [] })).toBe('invalid_scope');
      expect(await after({ grantTypes: ['authorization_code'] }, { scope: 'openid offline_access' })).toMatchObject({
        scopes: ['openid'],
        isOffline: false,
      });
    });

    it('begins again when the consent was revoked meanwhile', async () => {
      const { jar, user } = await suite.signedIn();
      const handle = await suite.ask(jar, {}, { client: asking });
      const { interactionSteps, consents } = suite.world.services;
      await jar.use((browser) => interactionSteps.submitConsent(suite.authority(), browser, handle, true));
      await consents.revoke(suite.world.system(suite.tenant), user.id, asking.clientId);
      const answer = await suite.resume(jar, handle);
      expect(answer.kind).toBe('interaction');
    });

    it('leads back to the page when the session has ended meanwhile', async () => {
      const { jar, handle, user } = await finished();
      await suite.world.services.sessions.revokeAllOf(suite.world.system(suite.tenant), user.id);
      expect(await suite.resume(jar, handle)).toMatchObject({ kind: 'interaction', handle });
    });
  });

  it('keeps nothing of it longer than it lives', async () => {
    const count = async (table: string) =>
      Number(
        (
          await suite.world.db.orm.em
            .fork()
            .getConnection()
            .execute<{ count: string }[]>(`select count(*) from ${table}`)
        )[0]!.count,
      );
    suite.world.clock.advance(3601);
    await suite.world.sweep(1000);
    expect([await count('one_time_codes'), await count('interactions')]).toEqual([0, 0]);
  });
});
