import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizingOfSuite, CALLBACK } from '../../support/authorization.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { scopeLinks, type TestClient, TestUser } from '../../support/oauth.ts';
import { type Answer, type Ask, type RestClient, serveWorld } from '../../support/rest.ts';

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const REQUEST = {
  client_id: 'app',
  redirect_uri: CALLBACK,
  response_type: 'code',
  state: 'st&=%',
  nonce: 'n-0',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
};
const BASE = 'https://id.example.com';

/** A variant of the endpoints: where they are, and what every request names the tenant by. */
interface Variant {
  readonly authorize: string;
  readonly token: string;
  readonly issuer: string;
  readonly jwks: string;
  readonly named: Readonly<Record<string, string>>;
}
const BY_QUERY: Variant = {
  authorize: '/api/oidc/authorize',
  token: '/api/oidc/token',
  issuer: `${BASE}/api/oidc/acme`,
  jwks: '/api/oidc/acme/.well-known/jwks',
  named: { tenant_id: 'acme' },
};
const BY_PATH: Variant = {
  ...BY_QUERY,
  authorize: '/api/oidc/acme/authorize',
  token: '/api/oidc/acme/token',
  named: {},
};
const STANDARD: Variant = {
  authorize: '/acme/authorize',
  token: '/acme/token',
  issuer: `${BASE}/acme`,
  jwks: '/acme/.well-known/jwks.json',
  named: {},
};
const VARIANTS = [
  ['query-tenant', BY_QUERY],
  ['path-tenant', BY_PATH],
  ['Standard', STANDARD],
] as const;

type Asked = Readonly<Record<string, string | null>>;

const queryOf = (...parts: readonly Asked[]): string => {
  const all = Object.entries(Object.assign({}, ...parts) as Asked);
  return new URLSearchParams(all.filter((entry): entry is [string, string] => entry[1] !== null)).toString();
};

const suite = authorizingOfSuite();
let rest: RestClient;
let confidential: TestClient;
beforeAll(async () => {
  // Requests that name no tenant act on it.
  await suite.world.tenant({ name: 'master' });
  confidential = await suite.newClient({
    clientId: 'server',
    type: 'confidential',
    consent: 'trusted',
    idTokenAlg: 'RS256',
    accessTokenAlg: 'RS256',
    tokenEndpointAuthMethod: 'client_secret_post',
    scopes: scopeLinks(['openid', 'email']),
  });
  rest = await serveWorld(suite.world);
});
afterAll(async () => {
  expect(rest.faults).toEqual([]);
  await rest.close();
});

const ask = async (jar: CookieJar, path: string, { headers, ...request }: Ask = {}): Promise<Answer> => {
  const answer = await rest.ask('GET', path, { headers: { accept: HTML, cookie: jar.header, ...headers }, ...request });
  jar.keep(answer.headers['set-cookie'] ?? []);
  return answer;
};
const authorize = (jar: CookieJar, { authorize: path, named }: Variant, asked: Asked = {}, headers = {}) =>
  ask(jar, `${path}?${queryOf(named, REQUEST, asked)}`, { headers });
/** What an answer brings to the application. */
const paramsIn = ({ headers }: Answer): Readonly<Record<string, string>> => {
  const { origin, pathname, searchParams } = new URL(headers.location!);
  expect(`${origin}${pathname}`).toBe(CALLBACK);
  return Object.fromEntries(searchParams);
};
const codeFor = async (jar: CookieJar, variant: Variant, asked: Asked = {}): Promise<string> =>
  paramsIn(await authorize(jar, variant, asked))['code']!;
const post = (path: string, ...form: readonly Asked[]): Promise<Answer> =>
  rest.ask('POST', path, { headers: FORM, body: queryOf(...form) });
const exchange = ({ token, named }: Variant, code: string, form: Asked = {}): Promise<Answer> =>
  post(token, named, {
    grant_type: 'authorization_code',
    client_id: 'app',
    redirect_uri: CALLBACK,
    code,
    code_verifier: VERIFIER,
    ...form,
  });
const tokensFor = async (jar: CookieJar, variant: Variant, asked: Asked = {}) =>
  (await exchange(variant, await codeFor(jar, variant, asked))).json;

describe.each(VARIANTS)('the endpoints of the variant %s', (_name, variant) => {
  it('sign a user in, by code and PKCE, and refresh', async () => {
    const { jar, user } = await suite.signedIn();
    const answer = await authorize(jar, variant, { scope: 'openid profile email' });
    expect([answer.status, answer.headers['cache-control']]).toEqual([302, 'no-store']);
    const { code, ...others } = paramsIn(answer);
    expect(others).toEqual({ state: REQUEST.state, iss: variant.issuer });
    const { status, headers, json } = await exchange(variant, code!);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(json).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      id_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'openid profile email',
    });
    const set = createLocalJWKSet((await rest.ask('GET', variant.jwks)).json);
    const options = { issuer: variant.issuer, currentDate: suite.world.clock.now() };
    const { payload } = await jwtVerify(json.id_token, set, { ...options, audience: 'app' });
    expect(payload).toMatchObject({ sub: user.id, nonce: 'n-0', tenant_id: 'acme', amr: ['pwd'] });
    const refreshed = await post(variant.token, variant.named, {
      grant_type: 'refresh_token',
      client_id: 'app',
      refresh_token: json.refresh_token,
    });
    expect(refreshed.json.refresh_token).not.toBe(json.refresh_token);
    const again = await post(variant.token, variant.named, {
      grant_type: 'refresh_token',
      client_id: 'app',
      refresh_token: json.refresh_token,
    });
    expect([again.status, again.json.error]).toEqual([400, 'invalid_grant']);
  });

  it('lead to the page of a sign-in, and from there back to the application', async () => {
    const { user } = await suite.signedIn();
    const jar = new CookieJar();
    const asked = await authorize(jar, variant, { login_hint: 'anna', email_hint: 'anna@example.com' });
    const page = new URL(asked.headers.location!);
    expect([asked.status, page.origin, page.pathname]).toEqual([302, BASE, '/ui/login']);
    const { auth_req_id: handle, ...others } = Object.fromEntries(page.searchParams);
    expect(others).toEqual({
      client_id: 'app',
      tenant_id: 'acme',
      login_hint: 'anna',
      email_hint: 'anna@example.com',
    });
    const shown = await ask(jar, `${page.pathname}${page.search}`);
    expect([shown.status, shown.headers.location]).toEqual([302, `/t/acme/sign-in/${handle}`]);
    expect((await ask(jar, shown.headers.location!)).status).toBe(200);
    await suite.typePassword(jar, handle!, user);
    const view = await jar.use((browser) =>
      suite.world.services.interactions.view(suite.authority(), browser, handle!),
    );
    expect(view.step).toMatchObject({ continueAt: `${BASE}/api/oidc/acme/authorize/${handle}` });
    const [session] = (
      await suite.world.stores.sessionStore.page(suite.tenant.id, { userId: user.id }, suite.world.clock.now(), {
        first: 1,
      })
    ).rows;
    expect(session).toMatchObject({ clientId: 'app', amr: ['pwd'] });
    const back = await ask(jar, `/api/oidc/acme/authorize/${handle}`);
    expect(back.status).toBe(302);
    expect(paramsIn(back)).toMatchObject({ state: REQUEST.state, iss: variant.issuer });
    expect((await exchange(variant, paramsIn(back)['code']!)).status).toBe(200);
    expect((await ask(jar, `/api/oidc/acme/authorize/${handle}`, { headers: { accept: '*/*' } })).json).toMatchObject({
      error: 'invalid_request',
    });
  });

  it('sign with the algorithm of the client, whose secret is in the form', async () => {
    const { jar } = await suite.signedIn();
    const code = await codeFor(jar, variant, { client_id: 'server' });
    const form = { client_id: 'server', client_secret: confidential.secret };
    const { json } = await exchange(variant, code, form);
    const set = createLocalJWKSet((await rest.ask('GET', variant.jwks)).json);
    const currentDate = suite.world.clock.now();
    const { protectedHeader } = await jwtVerify(json.access_token, set, { currentDate, typ: 'at+jwt' });
    expect(protectedHeader.alg).toBe('RS256');
  });

  it.each<[string, Asked, string]>([
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['no openid', { scope: 'email' }, 'invalid_scope'],
    ['a scope that the client may not have', { scope: 'openid 2fa' }, 'invalid_scope'],
    ['lasting access', { scope: 'openid offline_access' }, 'invalid_scope'],
    ['no challenge', { code_challenge: null }, 'invalid_request'],
    ['a method alone', { code_challenge: null, code_challenge_method: 'S256' }, 'invalid_request'],
    ['the method plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge that is no hash', { code_challenge: 'short' }, 'invalid_request'],
    ['prompt=none and no session', { prompt: 'none' }, 'login_required'],
    ['prompt=none with others', { prompt: 'none login' }, 'invalid_request'],
  ])('refuse at the application a request with %s', async (_what, asked, error) => {
    const answer = await authorize(new CookieJar(), variant, asked);
    expect(answer.status).toBe(302);
    const { error_description: text, ...params } = paramsIn(answer);
    expect(params).toEqual({ error, state: REQUEST.state, iss: variant.issuer });
    expect(text).not.toBe('');
  });

  it('refuse a request whose answer could go anywhere, and redirect nowhere', async () => {
    const refusalOf = async (asked: Asked) => {
      const { status, headers, json } = await authorize(new CookieJar(), variant, asked, { accept: '*/*' });
      expect(headers.location).toBeUndefined();
      return [status, json.error ?? json.detail];
    };
    expect(await refusalOf({ client_id: 'nobody' })).toEqual([400, 'invalid_request']);
    for (const uri of [`${CALLBACK}/`, `${CALLBACK}?x=1`, 'https://evil.example/cb', 'javascript:alert(1)'])
      expect(await refusalOf({ redirect_uri: uri })).toEqual([400, 'invalid_request']);
    const missing = (name: string) => [{ loc: ['query', name], msg: 'Field required', type: 'missing' }];
    for (const name of ['response_type', 'client_id', 'redirect_uri'])
      expect(await refusalOf({ [name]: null })).toEqual([422, missing(name)]);
    const twice = `${variant.authorize}?${queryOf(variant.named, REQUEST)}&client_id=other`;
    expect(await ask(new CookieJar(), twice)).toMatchObject({
      status: 422,
      json: { detail: [{ type: 'string_type' }] },
    });
    const asPage = await authorize(new CookieJar(), variant, { client_id: 'nobody' });
    expect([asPage.status, asPage.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
  });

  it.each<[string, Asked, number, string]>([
    ['no grant type', { grant_type: null }, 400, 'invalid_request'],
    ['no client', { client_id: null }, 400, 'invalid_request'],
    ['no code', { code: null }, 400, 'invalid_request'],
    ['no redirect address', { redirect_uri: null }, 400, 'invalid_request'],
    ['a grant that does not exist', { grant_type: 'client_credentials' }, 400, 'unsupported_grant_type'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['a secret of a public client', { client_secret: 'x'.repeat(43) }, 401, 'invalid_client'],
    ['another redirect address', { redirect_uri: `${CALLBACK}/` }, 400, 'invalid_grant'],
    ['no verifier', { code_verifier: null }, 400, 'invalid_grant'],
    ['another verifier', { code_verifier: 'y'.repeat(43) }, 400, 'invalid_grant'],
    ['an unknown code', { code: 'A'.repeat(43) }, 400, 'invalid_grant'],
  ])('refuse a token request with %s', async (_what, form, status, error) => {
    const { jar } = await suite.signedIn();
    const code = await codeFor(jar, variant);
    const answer = await exchange(variant, code, form);
    expect([answer.status, answer.json]).toEqual([status, { error, error_description: expect.any(String) }]);
    expect((await exchange(variant, code)).status).toBe(200);
  });

  it('give tokens for a code once; its return ends them', async () => {
    const { jar } = await suite.signedIn();
    const code = await codeFor(jar, variant);
    const { json } = await exchange(variant, code);
    expect((await exchange(variant, code)).json.error).toBe('invalid_grant');
    expect((await rest.ask('GET', '/api/oidc/userinfo', { token: json.access_token })).status).toBe(401);
  });

  it('refuse another secret of a confidential client, and none', async () => {
    const { jar } = await suite.signedIn();
    const code = await codeFor(jar, variant, { client_id: 'server' });
    for (const secret of ['x'.repeat(43), null]) {
      const { status, json, headers } = await exchange(variant, code, { client_id: 'server', client_secret: secret });
      expect([status, json.error]).toEqual([401, 'invalid_client']);
      expect(headers['www-authenticate']).toContain('Basic');
    }
  });

  it('are unknown, with their metadata, in a tenant that does not exist', async () => {
    const elsewhere = (path: string) => path.replace('acme', 'nobody');
    expect(await rest.ask('GET', elsewhere(variant.jwks))).toMatchObject({
      status: 404,
      json: { detail: 'Tenant not found' },
    });
    const named = queryOf(variant === BY_QUERY ? { tenant_id: 'nobody' } : {}, REQUEST);
    expect(await rest.ask('GET', `${elsewhere(variant.authorize)}?${named}`)).toMatchObject({
      status: 400,
      json: { error: 'invalid_request' },
    });
    const form = queryOf(variant === BY_QUERY ? { tenant_id: 'nobody' } : {}, { client_id: 'app', grant_type: 'x' });
    expect(await rest.ask('POST', elsewhere(variant.token), { headers: FORM, body: form })).toMatchObject({
      status: 400,
      json: { error: 'invalid_request' },
    });
  });
});

describe('the variants', () => {
  it('query-tenant and path-tenant are one issuer; codes and refresh tokens of Standard are refused there, and the reverse', async () => {
    const { jar } = await suite.signedIn();
    expect((await exchange(BY_PATH, await codeFor(jar, BY_QUERY))).status).toBe(200);
    for (const [made, used] of [
      [BY_PATH, STANDARD],
      [STANDARD, BY_QUERY],
    ] as const) {
      expect((await exchange(used, await codeFor(jar, made))).json.error).toBe('invalid_grant');
      const { refresh_token: refreshToken } = await tokensFor(jar, made);
      const form = { grant_type: 'refresh_token', client_id: 'app', refresh_token: refreshToken };
      expect((await post(used.token, used.named, form)).json.error).toBe('invalid_grant');
      expect((await post(made.token, made.named, form)).status).toBe(200);
    }
  });

  it('refuse requests that name two tenants', async () => {
    const jar = new CookieJar();
    const query = queryOf(REQUEST, { tenant_id: 'master' });
    for (const path of [BY_PATH.authorize, STANDARD.authorize])
      expect(await ask(jar, `${path}?${query}`, { headers: { accept: '*/*' } })).toMatchObject({
        status: 400,
        json: { error: 'invalid_request' },
      });
    expect((await exchange(BY_PATH, 'x', { tenant_id: 'master' })).json.error).toBe('invalid_request');
  });

  it('need the tenant in the query and in the form, where no path names it', async () => {
    const answer = await ask(new CookieJar(), `${BY_QUERY.authorize}?${queryOf(REQUEST)}`);
    expect(answer).toMatchObject({ status: 422, json: { detail: [{ loc: ['query', 'tenant_id'], type: 'missing' }] } });
    // The credential is not looked at: the answer is the same for clients of the default tenant and for nobody.
    for (const clientId of ['app', 'nobody']) {
      const form = { grant_type: 'authorization_code', client_id: clientId, client_secret: 'x' };
      expect(await post(BY_QUERY.token, form)).toMatchObject({
        status: 400,
        json: { error: 'invalid_request', error_description: expect.stringMatching(/^tenant_id: /) },
      });
    }
    const empty = await ask(new CookieJar(), BY_QUERY.authorize);
    expect(empty.json.detail.map(({ loc }: { loc: string[] }) => loc[1])).toEqual([
      'tenant_id',
      'response_type',
      'client_id',
      'redirect_uri',
    ]);
  });

  it.each([
    ['/api/oidc/acme', `${BASE}/api/oidc/acme`, '/.well-known/jwks'],
    ['/acme', `${BASE}/acme`, '/.well-known/jwks.json'],
  ])('describe themselves below %s, where every endpoint that they name is', async (path, issuer, jwks) => {
    const { status, headers, json } = await rest.ask('GET', `${path}/.well-known/openid-configuration`);
    expect([status, headers['cache-control'], headers['access-control-allow-origin']]).toEqual([
      200,
      'public, max-age=300',
      '*',
    ]);
    expect(json).toMatchObject({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}${jwks}`,
      userinfo_endpoint: `${BASE}/api/oidc/userinfo`,
      revocation_endpoint: `${BASE}/api/oidc/revoke`,
      end_session_endpoint: `${BASE}/api/auth/oidc/logout`,
    });
    for (const [member, url] of Object.entries(json).filter(([name]) => /_(endpoint|uri)$/.test(name))) {
      const method = /token|revocation/.test(member) ? 'POST' : 'GET';
      const answer = await rest.ask(method, String(url).slice(BASE.length), { headers: { accept: '*/*' } });
      expect([member, [404, 405].includes(answer.status)]).toEqual([member, false]);
    }
    expect((await rest.ask('HEAD', `${path}/.well-known/openid-configuration`)).status).toBe(200);
  });

  it('are no place for a page of a sign-in of somebody else, or of nobody', async () => {
    for (const id of ['', 'x', '../../x', 'A'.repeat(43)]) {
      const answer = await ask(new CookieJar(), `/ui/login?auth_req_id=${encodeURIComponent(id)}&tenant_id=acme`);
      expect([302, 422]).toContain(answer.status);
      if (answer.status === 302) expect((await ask(new CookieJar(), answer.headers.location!)).status).toBe(404);
    }
  });
});

describe('userinfo', () => {
  const read = (token: string) => rest.ask('GET', '/api/oidc/userinfo', { token });

  it('OIDC-3: shows what the scopes allow, and defaults for the rest, for tokens of each variant', async () => {
    const { jar, user } = await suite.signedIn();
    const bare = {
      sub: user.id,
      created_at: expect.any(Number),
      updated_at: expect.any(Number),
      name: '',
      email: '',
      email_verified: false,
      locale: 'en',
      tenant_id: 'acme',
    };
    for (const variant of [BY_QUERY, STANDARD]) {
      const { access_token: token } = await tokensFor(jar, variant);
      expect(await read(token)).toMatchObject({ status: 200, json: bare });
    }
    await suite.world.services.users.update(suite.world.system(suite.tenant), user.id, {
      displayName: 'Anna Berg',
      email: 'anna@example.com',
      emailVerified: true,
      locale: 'de',
    });
    const { access_token: token } = await tokensFor(jar, BY_PATH, { scope: 'openid email profile' });
    expect((await read(token)).json).toEqual({
      ...bare,
      name: 'Anna Berg',
      email: 'anna@example.com',
      email_verified: true,
      locale: 'de',
    });
  });

  it('refuses other credentials', async () => {
    const user = await suite.world.newUser(suite.tenant);
    const { secret } = await suite.world.newApiKey(suite.tenant, user.id, 'USER:READ');
    expect((await read(secret)).json).toEqual({ detail: 'Not enough permissions' });
    const { status, json, headers } = await read('nonsense');
    expect([status, json]).toEqual([401, { detail: 'Not authenticated' }]);
    expect(headers['www-authenticate']).toContain('error="invalid_token"');
    expect((await rest.ask('GET', '/api/oidc/userinfo')).status).toBe(401);
    const { jar } = await suite.signedIn();
    const { id_token: idToken } = await tokensFor(jar, BY_PATH);
    expect((await read(idToken)).status).toBe(401);
    const application = await suite.newClient({ type: 'confidential', grantTypes: ['client_credentials'] });
    expect(await read(await application.token())).toMatchObject({
      status: 403,
      json: { detail: 'Not enough permissions' },
    });
    const native = await TestUser.create(suite.world, suite.client);
    expect((await read((await native.signIn('openid')).accessToken)).status).toBe(401);
  });
});

describe('revocation', () => {
  const revoke = (form: Asked, token?: string) =>
    rest.ask('POST', '/api/oidc/revoke', {
      headers: FORM,
      body: queryOf(form),
      ...(token === undefined ? {} : { token }),
    });
  const isAlive = async (token: string) => (await rest.ask('GET', '/api/oidc/userinfo', { token })).status === 200;

  it('OIDC-4: users revoke their own tokens, and no others', async () => {
    const [{ jar }, other] = [await suite.signedIn(), await suite.signedIn()];
    const own = await tokensFor(jar, BY_PATH);
    const second = await tokensFor(jar, STANDARD);
    const foreign = await tokensFor(other.jar, BY_PATH);
    for (const form of [
      { token: foreign.access_token },
      { token: foreign.refresh_token, token_type_hint: 'refresh_token' },
      { token: 'nonsense', token_type: 'access_token' },
    ])
      expect(await revoke(form, own.access_token)).toMatchObject({ status: 200, json: null });
    expect(await isAlive(foreign.access_token)).toBe(true);
    await revoke({ token: second.refresh_token }, own.access_token);
    expect(await isAlive(second.access_token)).toBe(false);
    await revoke({ token: own.access_token }, own.access_token);
    expect(await isAlive(own.access_token)).toBe(false);
  });

  it('is there for clients too (RFC 7009), and for nobody without a credential', async () => {
    const { jar } = await suite.signedIn();
    const { refresh_token: refreshToken, access_token: accessToken } = await tokensFor(jar, BY_PATH);
    expect((await revoke({ token: refreshToken })).status).toBe(401);
    expect((await revoke({ token: refreshToken, client_id: 'server' })).status).toBe(401);
    expect(await isAlive(accessToken)).toBe(true);
    expect((await revoke({ token: refreshToken, client_id: 'app' })).status).toBe(200);
    expect(await isAlive(accessToken)).toBe(false);
  });

  it('refuses a request without a token, and an unknown kind', async () => {
    const { jar } = await suite.signedIn();
    const { access_token: token } = await tokensFor(jar, BY_PATH);
    expect(await revoke({}, token)).toMatchObject({ status: 422, json: { detail: [{ loc: ['body', 'token'] }] } });
    expect(await revoke({ token: 'x', token_type_hint: 'id_token' }, token)).toMatchObject({
      status: 422,
      json: { detail: [{ type: 'enum' }] },
    });
  });
});
