import { decodeJwt } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority, anonymousCaller } from '../../../src/access/index.ts';
import { blitzOfSuite, callersOfSuite } from '../../support/blitz.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { scopeLinks } from '../../support/oauth.ts';
import type { Answer, Ask } from '../../support/rest.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const FORM = 'application/x-www-form-urlencoded';
const HOME = 'https://app.company.com';
const CALLBACK = `${HOME}/callback`;
const GOODBYE = `${HOME}/signed-out`;
const DEVICE = 'SHA256_u8V2l0yVb7tqv4Yk2H1x3Q9mW5cT6nR0pZ8sD4fG7hJ';
type Parameters = Readonly<Record<string, string>>;

describe('Blitz 2.20: sign-in and sign-out in a browser', () => {
  const blitz = blitzOfSuite();
  const who = callersOfSuite(blitz);
  let jar: CookieJar;
  /** An application that the operator trusts, so that it asks nobody for consent. */
  beforeAll(async () => {
    await newApp('shop', { consent: 'trusted' });
    await newApp('desk', {});
  });
  const basics = new Map<string, string>();
  const newApp = async (clientId: string, input: object): Promise<void> => {
    const { secret } = await blitz.world.newClient(blitz.tenant, {
      clientId,
      grantTypes: ['authorization_code', 'refresh_token'],
      redirects: [
        { uri: CALLBACK, match: 'exact' },
        { uri: `${HOME}/area/`, match: 'prefix' },
      ],
      postLogoutRedirects: [{ uri: GOODBYE }],
      scopes: scopeLinks(['openid', 'profile', 'email']),
      ...input,
    });
    basics.set(clientId, `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`);
  };

  /** A browser in which the user of the test is signed in. */
  beforeEach(async () => {
    jar = new CookieJar();
    await blitz.world.services.devices.seen(blitz.world.system(blitz.tenant), {
      userId: who.anna.id,
      deviceId: DEVICE,
    });
    const { cookie } = await blitz.world.signedIn(blitz.tenant, who.anna.id, {
      inBrowser: true,
      acr: '1fa',
      deviceId: DEVICE,
    });
    await jar.set('session', blitz.tenant, cookie!);
  });

  const ask = async (method: string, path: string, { headers, body }: Ask = {}): Promise<Answer> => {
    const answer = await blitz.ask(method, path, { headers: { accept: HTML, cookie: jar.header, ...headers }, body });
    jar.keep(answer.headers['set-cookie'] ?? []);
    return answer;
  };
  const ae = (asked: Parameters = {}, clientId = 'shop') =>
    ask(
      'GET',
      `/blitz/oauth/ae?${new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: CALLBACK,
        scope: 'openid',
        state: 'st',
        ...asked,
      })}`,
    );
  const paramsIn = ({ headers }: Answer) => Object.fromEntries(new URL(headers.location!).searchParams);
  const pathOf = ({ headers }: Answer) => {
    const { origin, pathname, search } = new URL(headers.location!);
    expect(origin).toBe('https://id.example.com');
    return `${pathname}${search}`;
  };
  const stateIn = ({ text }: Answer) =>
    JSON.parse(/<script type="application\/json" id="state">(.*?)<\/script>/s.exec(text)![1]!);
  const te = (form: Parameters, clientId = 'shop') =>
    blitz.ask('POST', '/blitz/oauth/te', {
      headers: { 'content-type': FORM, authorization: basics.get(clientId)! },
      body: new URLSearchParams(form).toString(),
    });
  const redeem = async (answer: Answer, more: Parameters = {}, clientId = 'shop') =>
    te(
      { grant_type: 'authorization_code', code: paramsIn(answer)['code']!, redirect_uri: CALLBACK, ...more },
      clientId,
    );
  const signIn = async (asked: Parameters = {}) => (await redeem(await ae(asked))).json;
  /** The interaction of the page that an answer leads to. */
  const handleOf = (answer: Answer): string => {
    expect(answer.status).toBe(302);
    return /^\/t\/master\/sign-in\/([\w-]{43})$/.exec(pathOf(answer))![1]!;
  };

  describe('GET /blitz/oauth/ae', () => {
    it('answers 302 with code and state', async () => {
      const answer = await ae();
      expect(answer.status).toBe(302);
      expect(answer.headers.location).toMatch(/^https:\/\/app\.company\.com\/callback\?code=[\w-]{43}&/);
      expect(paramsIn(answer)).toMatchObject({ state: 'st', iss: 'https://id.example.com/blitz' });
      expect(answer.headers['cross-origin-opener-policy']).toBe('unsafe-none');
    });

    it('goes to the default address when none is named, and to addresses below a registered prefix', async () => {
      const query = new URLSearchParams({ client_id: 'shop', response_type: 'code', scope: 'openid' });
      const byDefault = await ask('GET', `/blitz/oauth/ae?${query}`);
      expect(byDefault.headers.location).toMatch(/^https:\/\/app\.company\.com\/callback\?code=/);
      const below = await ae({ redirect_uri: `${HOME}/area/51` });
      expect(below.headers.location).toMatch(/^https:\/\/app\.company\.com\/area\/51\?code=/);
    });

    it('answers 302 with error, error_description and state', async () => {
      const answer = await ae({ response_type: 'none' });
      expect(answer.status).toBe(302);
      expect(paramsIn(answer)).toMatchObject({ error: 'unsupported_response_type', state: 'st' });
      expect(paramsIn(answer)['error_description']).toMatch(/./);
      expect(paramsIn(await ae({ scope: 'nothing' }))).toMatchObject({ error: 'invalid_scope' });
    });

    it.each([
      ['an unknown client', { client_id: 'nobody' }],
      ['an address that is not registered', { redirect_uri: `${HOME}/callback/evil` }],
      ['an address outside of the prefix', { redirect_uri: `${HOME}/area/../evil` }],
    ] as [string, Parameters][])(
      'answers %s with a page, not with a redirect (checks 1 and 23)',
      async (_case, asked) => {
        const { status, headers, text } = await ae(asked);
        expect([status, headers.location, stateIn({ text } as Answer).page]).toEqual([400, undefined, 'error']);
      },
    );

    it('takes a POST, which goes on as a GET', async () => {
      const form = { client_id: 'shop', response_type: 'code', redirect_uri: CALLBACK, scope: 'openid', state: 'st' };
      const body = new URLSearchParams(form).toString();
      const kept = await ask('POST', '/blitz/oauth/ae', { headers: { 'content-type': FORM, cookie: '' }, body });
      expect(pathOf(kept)).toMatch(/^\/blitz\/oauth\/ae\?posted_request=/);
      expect(paramsIn(await ask('GET', pathOf(kept)))).toMatchObject({ state: 'st', code: expect.any(String) });
    });

    it('leads to the pages when nobody is signed in, which lead back below /blitz/oauth/ae', async () => {
      jar = new CookieJar();
      const handle = handleOf(await ae());
      const authority = new Authority(anonymousCaller(TEST_ORIGIN), blitz.tenant, 'self');
      const { step } = await jar.use((browser) =>
        blitz.world.services.interactionSteps.submitPassword(authority, browser, handle, {
          identifier: who.anna.username,
          password: 'three-wombats-at-dawn',
          isRemembered: false,
        }),
      );
      expect(step).toMatchObject({ continueAt: `https://id.example.com/blitz/oauth/ae/${handle}` });
      const back = await ask('GET', `/blitz/oauth/ae/${handle}`);
      expect([back.status, paramsIn(back)]).toEqual([302, expect.objectContaining({ state: 'st' })]);
      expect((await redeem(back)).status).toBe(200);
      expect((await ask('GET', `/blitz/oauth/ae/${handle}`)).status).toBe(409);
    });

    it('is for the other tenants below /t/{tenant}/blitz, with their issuer', async () => {
      const globex = await blitz.world.tenant({ name: 'globex' });
      await blitz.world.newClient(globex, {
        clientId: 'shop',
        grantTypes: ['authorization_code'],
        redirects: [{ uri: CALLBACK }],
        scopes: scopeLinks(['openid']),
      });
      const query = new URLSearchParams({ client_id: 'shop', response_type: 'code', scope: 'openid', prompt: 'none' });
      const answer = await ask('GET', `/t/globex/blitz/oauth/ae?${query}`);
      const iss = 'https://id.example.com/t/globex/blitz';
      expect(paramsIn(answer)).toMatchObject({ error: 'login_required', iss });
    });
  });

  describe('POST /blitz/oauth/te', () => {
    it('exchanges a code for tokens, with the members of the manual in the ID token', async () => {
      const answer = await redeem(await ae({ nonce: 'n' }));
      expect([answer.status, answer.json]).toEqual([
        200,
        {
          access_token: expect.any(String),
          token_type: 'Bearer',
          expires_in: 3600,
          scope: 'openid',
          id_token: expect.any(String),
        },
      ]);
      expect(decodeJwt(answer.json.id_token)).toMatchObject({
        iss: 'https://id.example.com/blitz',
        sub: who.anna.id,
        aud: ['shop'],
        jti: expect.any(String),
        sid: expect.any(String),
        amr: ['pwd'],
        ua_id: DEVICE,
        nonce: 'n',
      });
    });

    it('takes the code in the query string', async () => {
      const code = paramsIn(await ae())['code']!;
      const query = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
      const headers = { authorization: basics.get('shop')! };
      expect((await blitz.ask('POST', `/blitz/oauth/te?${query}`, { headers })).status).toBe(200);
    });

    it('compares the verifier with the challenge (check 9)', async () => {
      const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
      const asked = { code_challenge: challenge, code_challenge_method: 'S256' };
      const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
      for (const more of [{}, { code_verifier: `${verifier}x` }] as Parameters[])
        expect((await redeem(await ae(asked), more)).json.error).toBe('invalid_grant');
      expect((await redeem(await ae(asked), { code_verifier: verifier })).status).toBe(200);
    });

    it('refuses a code that was used, and ends its tokens (check 4)', async () => {
      const answer = await ae();
      const { json } = await redeem(answer);
      const again = await redeem(answer);
      expect([again.status, again.json.error]).toEqual([400, 'invalid_grant']);
      expect((await blitz.ask('GET', '/blitz/oauth/me', { token: json.access_token })).status).toBe(401);
    });

    it('T30: gives a refresh token for access_type=offline alone, which works once', async () => {
      expect(await signIn({ access_type: 'online' })).not.toHaveProperty('refresh_token');
      const { refresh_token: first } = await signIn({ access_type: 'offline' });
      const refresh = (token: string) => te({ grant_type: 'refresh_token', refresh_token: token });
      const next = await refresh(first);
      expect([next.status, next.json.refresh_token]).toEqual([200, expect.any(String)]);
      expect(next.json.refresh_token).not.toBe(first);
      const again = await refresh(first);
      expect([again.status, again.json.error]).toEqual([400, 'invalid_grant']);
    });
  });

  it('T31: a deleted permission makes the next sign-in ask for consent, and ends the tokens of the application', async () => {
    const authority = new Authority(anonymousCaller(TEST_ORIGIN), blitz.tenant, 'self');
    const handle = handleOf(await ae({}, 'desk'));
    await jar.use((browser) => blitz.world.services.interactionSteps.submitConsent(authority, browser, handle, true));
    const { json } = await redeem(await ask('GET', `/blitz/oauth/ae/${handle}`), {}, 'desk');
    const me = () => blitz.ask('GET', '/blitz/oauth/me', { token: json.access_token });
    expect((await me()).status).toBe(200);
    expect(paramsIn(await ae({}, 'desk'))).toHaveProperty('code');
    const acl = `/blitz/api/v3/users/${who.anna.id}/acls/${who.anna.id}_desk`;
    expect((await blitz.ask('DELETE', acl, { token: who.system })).status).toBe(204);
    expect((await me()).status).toBe(401);
    handleOf(await ae({}, 'desk'));
    expect(paramsIn(await ae({ prompt: 'none' }, 'desk'))).toMatchObject({ error: 'consent_required' });
  });

  describe('sign-out', () => {
    const out = (asked: Parameters, path = '/blitz/oauth/logout') =>
      ask('GET', `${path}?${new URLSearchParams(asked)}`);

    it.each(['/blitz/oauth/logout', '/blitz/login/logout', '/t/master/blitz/oauth/logout'])(
      'at %s ends the session and answers 302 to a registered address',
      async (path) => {
        const { id_token: hint, access_token: token } = await signIn();
        const asked = { id_token_hint: hint, post_logout_redirect_uri: GOODBYE, state: 's' };
        const answer = await out(asked, path);
        expect([answer.status, answer.headers.location]).toEqual([302, `${GOODBYE}?state=s`]);
        expect(await jar.get('session', blitz.tenant)).toBeNull();
        expect((await blitz.ask('GET', '/blitz/oauth/me', { token })).status).toBe(401);
        expect(paramsIn(await ae({ prompt: 'none' }))).toMatchObject({ error: 'login_required' });
      },
    );

    it('asks on a page without an ID token of the session', async () => {
      const answer = await out({ client_id: 'shop', post_logout_redirect_uri: GOODBYE });
      expect(answer.status).toBe(302);
      const page = await ask('GET', pathOf(answer));
      expect(stateIn(page)).toMatchObject({ page: 'sign-out', application: { clientId: 'shop' } });
      expect(paramsIn(await ae({ prompt: 'none' }))).toHaveProperty('code');
    });

    it('answers an unregistered address with a page, signs nobody out and redirects nowhere (check 35)', async () => {
      const { id_token: hint } = await signIn();
      const { status, headers, text } = await out({ id_token_hint: hint, post_logout_redirect_uri: `${GOODBYE}/x` });
      expect([status, headers.location, stateIn({ text } as Answer).code]).toEqual([
        400,
        undefined,
        'SIGN_OUT_REDIRECT_UNREGISTERED',
      ]);
      expect(paramsIn(await ae({ prompt: 'none' }))).toHaveProperty('code');
    });

    it('takes no ID token of the native issuer', async () => {
      const query = new URLSearchParams({
        client_id: 'shop',
        response_type: 'code',
        redirect_uri: CALLBACK,
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      });
      const code = paramsIn(await ask('GET', `/t/master/oauth/authorize?${query}`))['code']!;
      const native = await blitz.ask('POST', '/t/master/oauth/token', {
        headers: { 'content-type': FORM, authorization: basics.get('shop')! },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: CALLBACK,
          code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
        }).toString(),
      });
      expect(decodeJwt(native.json.id_token)).not.toHaveProperty('ua_id');
      expect((await out({ id_token_hint: native.json.id_token })).status).toBe(400);
    });

    it('takes a POST, which goes on as a GET', async () => {
      const { id_token: hint } = await signIn();
      const body = new URLSearchParams({ id_token_hint: hint }).toString();
      const kept = await ask('POST', '/blitz/oauth/logout', { headers: { 'content-type': FORM, cookie: '' }, body });
      expect(stateIn(await ask('GET', pathOf(kept))).page).toBe('signed-out');
      expect(await jar.get('session', blitz.tenant)).toBeNull();
    });
  });

  it('advertises the endpoints', async () => {
    const { json } = await blitz.ask('GET', '/blitz/.well-known/openid-configuration');
    expect(json).toMatchObject({
      authorization_endpoint: 'https://id.example.com/blitz/oauth/ae',
      end_session_endpoint: 'https://id.example.com/blitz/oauth/logout',
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
    });
  });
});
