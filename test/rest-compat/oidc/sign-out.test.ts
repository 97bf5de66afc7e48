import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CookieJar } from '../../support/cookie-jar.ts';
import { type Answer, type Ask, type RestClient, serveWorld } from '../../support/rest.ts';
import { RETURN, type SignedIn, signingOutOfSuite } from '../../support/signing-out.ts';

const PATH = '/t/acme/oauth/logout';
const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const FORM = 'application/x-www-form-urlencoded';
type Parameters = Readonly<Record<string, string>>;

describe('the endpoint that signs users out (OpenID Connect RP-Initiated Logout 1.0)', () => {
  const suite = signingOutOfSuite();
  let rest: RestClient;
  let anna: SignedIn;
  beforeAll(async () => {
    rest = await serveWorld(suite.world);
  });
  beforeEach(async () => {
    anna = await suite.signIn();
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
  });

  /** One request of a browser, which keeps the cookies of the answer. */
  const ask = async (jar: CookieJar, method: string, path: string, { headers, body }: Ask = {}): Promise<Answer> => {
    const answer = await rest.ask(method, path, { headers: { accept: HTML, cookie: jar.header, ...headers }, body });
    jar.keep(answer.headers['set-cookie'] ?? []);
    return answer;
  };
  const get = (parameters: Parameters | string, jar = anna.jar, headers: Parameters = {}) =>
    ask(jar, 'GET', `${PATH}?${new URLSearchParams(parameters as Record<string, string>)}`, { headers });
  const post = (parameters: Parameters, jar: CookieJar, headers: Parameters = {}) =>
    ask(jar, 'POST', PATH, {
      headers: { 'content-type': FORM, ...headers },
      body: new URLSearchParams(parameters).toString(),
    });
  const pathOf = ({ headers }: Answer) => {
    const { origin, pathname, search } = new URL(headers.location!);
    expect(origin).toBe('https://id.example.com');
    return `${pathname}${search}`;
  };
  const stateIn = ({ text }: Answer) =>
    JSON.parse(/<script type="application\/json" id="state">(.*?)<\/script>/s.exec(text)![1]!);

  it('is in the metadata of the issuer (oidcc-discovery-endpoint-verification)', async () => {
    const { json } = await rest.ask('GET', '/t/acme/.well-known/openid-configuration');
    expect(json.end_session_endpoint).toBe(`https://id.example.com${PATH}`);
  });

  it('signs out with an ID token of the session, and returns with the state by 303 (check 20)', async () => {
    const asked = { id_token_hint: anna.idToken, post_logout_redirect_uri: RETURN, state: 'a b' };
    const { status, headers, text } = await get(asked);
    expect([status, headers.location, text]).toEqual([303, `${RETURN}?state=a%20b`, '']);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-s[0-9a-f]{10}=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
      expect.stringMatching(/^__Host-i[0-9a-f]{10}=; Max-Age=0; Path=\/; Secure; SameSite=None$/),
    ]);
    expect(await suite.isAlive(anna.sessionId)).toBe(false);
  });

  it('leaves nobody signed in for the next authorization request (check 37)', async () => {
    const callback = 'https://app.example.com/callback';
    const client = await suite.newClient({
      type: 'public',
      grantTypes: ['password', 'authorization_code'],
      redirects: [{ uri: callback }],
      consent: 'trusted',
    });
    const bert = await suite.signIn({}, client);
    const asked = new URLSearchParams({
      client_id: client.clientId,
      redirect_uri: callback,
      response_type: 'code',
      scope: 'openid',
      prompt: 'none',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    const authorize = async () => {
      const { headers } = await ask(bert.jar, 'GET', `/t/acme/oauth/authorize?${asked}`);
      return new URL(headers.location!).searchParams;
    };
    expect((await authorize()).get('code')).not.toBeNull();
    await get({ id_token_hint: bert.idToken }, bert.jar);
    expect((await authorize()).get('error')).toBe('login_required');
  });

  it('asks on a page, which shows account and application, and signs out after it', async () => {
    const asked = await get({ client_id: suite.client.clientId, post_logout_redirect_uri: RETURN });
    expect(asked.status).toBe(303);
    const page = await ask(anna.jar, 'GET', pathOf(asked));
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const { handle, ...state } = stateIn(page);
    const { id: userId, username } = anna.user;
    const { clientId } = suite.client;
    expect(state).toEqual({
      page: 'sign-out',
      tenant: { name: 'acme', displayName: 'acme' },
      locale: 'en',
      account: { userId, name: username, username },
      application: { clientId, name: clientId, clientUri: null },
    });
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
    expect(await suite.confirm(anna.jar, handle)).toEqual({ kind: 'redirect', redirectTo: RETURN });
    expect(await suite.isAlive(anna.sessionId)).toBe(false);
  });

  it('ends on a page when there is no address to return to, with a link to the application', async () => {
    const clientUri = 'https://shop.example.com/';
    const client = await suite.newClient({ name: 'Shop', clientUri });
    const bert = await suite.signIn({}, client);
    const page = await get({ id_token_hint: bert.idToken }, bert.jar);
    expect(page.status).toBe(200);
    const application = { clientId: client.clientId, name: 'Shop', clientUri };
    expect(stateIn(page)).toMatchObject({ page: 'signed-out', application, returnTo: clientUri });
    expect(await suite.isAlive(bert.sessionId)).toBe(false);
    const again = await get({}, bert.jar);
    expect(stateIn(again)).toMatchObject({ page: 'signed-out', application: null, returnTo: null });
  });

  it('takes a POST of another site, with which browsers send no cookie, and goes on by GET', async () => {
    const asked = { id_token_hint: anna.idToken, post_logout_redirect_uri: RETURN, state: 's' };
    const kept = await post(asked, new CookieJar());
    expect(kept.status).toBe(303);
    expect(kept.headers.location).not.toContain(anna.idToken);
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
    const { status, headers } = await ask(anna.jar, 'GET', pathOf(kept));
    expect([status, headers.location]).toEqual([303, `${RETURN}?state=s`]);
    expect(await suite.isAlive(anna.sessionId)).toBe(false);
  });

  it('judges what was posted, with repeated parameters, as what is in the address', async () => {
    const body = 'state=a&state=b';
    const kept = await ask(anna.jar, 'POST', PATH, { headers: { 'content-type': FORM }, body });
    const refused = await ask(anna.jar, 'GET', pathOf(kept));
    expect([refused.status, stateIn(refused).code]).toEqual([400, 'SIGN_OUT_PARAMETER_INVALID']);
    suite.world.clock.advance(60);
    const late = await ask(anna.jar, 'GET', pathOf(kept));
    expect([late.status, stateIn(late).code]).toEqual([404, 'POSTED_REQUEST_NOT_FOUND']);
  });

  it.each([
    ['a bad hint', () => ({ id_token_hint: 'x', post_logout_redirect_uri: RETURN }), 'SIGN_OUT_HINT_INVALID'],
    [
      'an unregistered address',
      () => ({ id_token_hint: anna.idToken, post_logout_redirect_uri: `${RETURN}?foo=bar` }),
      'SIGN_OUT_REDIRECT_UNREGISTERED',
    ],
    ['an unknown client', () => ({ client_id: 'nobody' }), 'SIGN_OUT_CLIENT_UNKNOWN'],
  ] as [string, () => Parameters, string][])(
    'refuses %s on a page with 400, or as JSON to programs, and redirects nowhere (check 35)',
    async (_case, parameters, code) => {
      const page = await get({ ...parameters(), state: 's' });
      expect([page.status, page.headers.location]).toEqual([400, undefined]);
      expect(stateIn(page)).toMatchObject({ page: 'error', code, message: expect.stringMatching(/\.$/) });
      const { status, json } = await get(parameters(), anna.jar, { accept: '*/*' });
      expect([status, json.error]).toEqual([400, 'invalid_request']);
      expect(await suite.isAlive(anna.sessionId)).toBe(true);
      expect(page.headers['set-cookie']).toBeUndefined();
    },
  );

  it.each([
    ['another character', 'https://app.example.com/signed-ouT'],
    ['one character more', `${RETURN}s`],
    ['a slash more', `${RETURN}/`],
    ['the host in another case', 'https://APP.example.com/signed-out'],
    ['the port of its scheme', 'https://app.example.com:443/signed-out'],
    ['another scheme', 'http://app.example.com/signed-out'],
    ['an empty query', `${RETURN}?`],
    ['a fragment', `${RETURN}#a`],
    ['a user name', 'https://user@app.example.com/signed-out'],
    ['an encoded slash', 'https://app.example.com%2fsigned-out'],
    ['a script', 'javascript:alert(1)//https://app.example.com/signed-out'],
    ['no scheme', '//app.example.com/signed-out'],
    ['a line break', `${RETURN}\r\nset-cookie: a=b`],
  ])('returns to no address that has %s, and signs nobody out (check 35)', async (_case, address) => {
    const page = await get({ id_token_hint: anna.idToken, post_logout_redirect_uri: address });
    expect([page.status, page.headers.location, stateIn(page).code]).toEqual([
      400,
      undefined,
      'SIGN_OUT_REDIRECT_UNREGISTERED',
    ]);
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
  });

  it('takes the ID token of another tenant for none, so that a page asks, which leads to no application', async () => {
    const foreign = await suite.signIn({}, await suite.newClient({}, await suite.world.tenant()));
    const asked = await get({ id_token_hint: foreign.idToken, post_logout_redirect_uri: RETURN });
    const { handle, ...state } = stateIn(await ask(anna.jar, 'GET', pathOf(asked)));
    expect(state).toMatchObject({ page: 'sign-out', application: null });
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
    expect(await suite.confirm(anna.jar, handle)).toEqual({ kind: 'signed-out', client: null });
  });

  it('refuses a changed hint, one of another client, and values that are repeated or too long (check 26)', async () => {
    const other = await suite.newClient();
    const [head, , signature] = anna.idToken.split('.');
    const claims = Buffer.from(JSON.stringify({ sub: anna.user.id, sid: anna.sessionId })).toString('base64url');
    const { kid } = decodeProtectedHeader(anna.idToken);
    const unsigned = `${Buffer.from(JSON.stringify({ alg: 'none', kid })).toString('base64url')}.${claims}.`;
    const refusals: [Parameters | string, string][] = [
      [{ id_token_hint: `${head}.${claims}.${signature}` }, 'SIGN_OUT_HINT_INVALID'],
      [{ id_token_hint: unsigned }, 'SIGN_OUT_HINT_INVALID'],
      [{ id_token_hint: anna.issued.accessToken }, 'SIGN_OUT_HINT_INVALID'],
      [{ id_token_hint: anna.idToken, client_id: other.clientId }, 'SIGN_OUT_CLIENT_CONFLICT'],
      [{ id_token_hint: anna.idToken, state: 'x'.repeat(5000) }, 'SIGN_OUT_PARAMETER_INVALID'],
      [`id_token_hint=${anna.idToken}&state=a&state=b`, 'SIGN_OUT_PARAMETER_INVALID'],
      [`id_token_hint=${anna.idToken}&client_id=a&client_id=b`, 'SIGN_OUT_PARAMETER_INVALID'],
    ];
    const recorded = async () =>
      (await suite.world.events(suite.tenant)).filter(({ type }) => type === 'sign_out.refused').length;
    const before = await recorded();
    for (const [asked, code] of refusals) {
      const page = await get(asked);
      expect([page.status, page.headers.location, stateIn(page).code]).toEqual([400, undefined, code]);
    }
    expect(await recorded()).toBe(before + refusals.length);
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
  });

  it('shows the page of a sign-out only in the browser in which it was begun', async () => {
    const path = pathOf(await get({}));
    const other = await suite.signIn();
    for (const jar of [other.jar, new CookieJar()]) {
      const { status, text } = await ask(jar, 'GET', path);
      expect([status, stateIn({ text } as Answer).code]).toEqual([404, 'SIGN_OUT_NOT_FOUND']);
    }
    expect((await ask(anna.jar, 'GET', path)).status).toBe(200);
    expect((await ask(anna.jar, 'GET', '/t/acme/sign-out/x')).status).toBe(404);
  });

  it('signs out of no other tenant', async () => {
    const globex = await suite.world.tenant({ name: 'globex' });
    await anna.jar.set('session', globex, (await anna.jar.get('session', suite.tenant))!);
    const page = await ask(anna.jar, 'GET', '/t/globex/oauth/logout');
    expect(stateIn(page).page).toBe('signed-out');
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
    expect(await anna.jar.get('session', suite.tenant)).not.toBeNull();
  });

  it('keeps the opener of a popup, cannot be framed, and lets no page of another origin read it (checks 21 and 22)', async () => {
    const origin = { origin: 'https://app.example.com' };
    const asked = await get({}, anna.jar, origin);
    const answers = [
      asked,
      await ask(anna.jar, 'GET', pathOf(asked), { headers: origin }),
      await get({ id_token_hint: 'x' }, anna.jar, origin),
      await post({}, anna.jar, origin),
      await get({ id_token_hint: anna.idToken }, anna.jar, origin),
    ];
    expect(answers.map(({ status }) => status)).toEqual([303, 200, 400, 303, 200]);
    for (const { headers, text } of answers) {
      expect(headers['cross-origin-opener-policy']).toBe('unsafe-none');
      expect(headers['access-control-allow-origin']).toBeUndefined();
      if (text !== '') expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    }
  });

  it('takes no bearer token in place of a browser', async () => {
    const { status, text } = await ask(new CookieJar(), 'GET', PATH, {
      headers: { authorization: `Bearer ${anna.issued.accessToken}` },
    });
    expect([status, stateIn({ text } as Answer).page]).toEqual([200, 'signed-out']);
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
  });
});
