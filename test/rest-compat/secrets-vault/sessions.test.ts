import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import { authorizingOfSuite, CALLBACK } from '../../support/authorization.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { TEST_REDIRECT, TestBrowserUser, TestClient } from '../../support/oauth.ts';
import { type Ask, type RestClient, serveWorld } from '../../support/rest.ts';

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const SIGNED_OUT = 'https://app.example/signed-out';

const suite = authorizingOfSuite();
let rest: RestClient;
let client: TestClient;
beforeAll(async () => {
  // Requests that name no tenant act on it.
  await suite.world.tenant({ name: 'master' });
  client = await suite.newClient({
    clientId: 'portal',
    consent: 'trusted',
    fullRoleScope: true,
    redirects: [{ uri: TEST_REDIRECT }],
    postLogoutRedirects: [{ uri: SIGNED_OUT }],
  });
  rest = await serveWorld(suite.world);
});
afterAll(async () => {
  expect(rest.faults).toEqual([]);
  await rest.close();
});

/** A user with a session and tokens of it, and the browser that has the session. */
async function signedIn(issuerKind = 'api') {
  const user = await TestBrowserUser.create(suite.world, client);
  const tokens = await user.tokens({ issuerKind });
  const jar = new CookieJar();
  return { user, jar, token: tokens.accessToken, idToken: tokens.idToken!, refreshToken: tokens.refreshToken! };
}
const ask = async (method: string, path: string, request: Ask = {}) => {
  const { status, json } = await rest.ask(method, path, request);
  return [status, json];
};
const isAlive = async (token: string) => (await rest.ask('GET', '/api/oidc/userinfo', { token })).status === 200;
const UNKNOWN = [404, { detail: 'Session not found' }];

describe('the sessions of the caller', () => {
  it('AUTH-10: are listed, the present one marked', async () => {
    const { user, token } = await signedIn();
    await suite.world.signedIn(suite.tenant, user.user.id);
    await signedIn();
    const [status, { sessions, total }] = await ask('GET', '/api/auth/sessions', { token });
    expect([status, total, sessions.length]).toEqual([200, 2, 2]);
    const current = sessions.filter(({ current }: { current: boolean }) => current);
    const at = expect.stringMatching(/^2026-/);
    expect(current).toEqual([
      {
        session_id: user.session.id,
        tenant_id: 'acme',
        client_id: null,
        created_at: at,
        last_used_at: at,
        expires_at: at,
        ip: null,
        user_agent: null,
        current: true,
      },
    ]);
    const ofPortal = { ...suite.world.system(suite.tenant).caller, clientId: 'portal' };
    const authority = new Authority(ofPortal, suite.tenant, 'tenant');
    await suite.world.services.sessions.start(authority, { userId: user.user.id, amr: ['pwd'] });
    const [, { sessions: more }] = await ask('GET', '/api/auth/sessions', { token });
    expect(more.map((one: { client_id: string | null }) => one.client_id)).toEqual(['portal', null, null]);
    const { secret } = await suite.world.newApiKey(suite.tenant, user.user.id, 'USER:READ');
    const [, byKey] = await ask('GET', '/api/auth/sessions', { token: secret });
    expect([byKey.total, byKey.sessions.some((one: { current: boolean }) => one.current)]).toEqual([3, false]);
  });

  it('AUTH-7: the present one ends with its tokens, at once', async () => {
    const { user, token, refreshToken } = await signedIn();
    const { session: other } = await suite.world.signedIn(suite.tenant, user.user.id);
    expect(await ask('POST', '/api/auth/logout', { token })).toEqual([200, null]);
    expect(await isAlive(token)).toBe(false);
    await expect(client.request('refresh_token', { refresh_token: refreshToken }, 'api')).rejects.toThrow();
    expect(await suite.world.services.sessions.findIn(suite.tenant.id, other.id)).not.toBeNull();
    expect(await ask('POST', '/api/auth/logout', { token })).toEqual([401, { detail: 'Not authenticated' }]);
  });

  it('AUTH-7: also where the session ran out and its tokens live on', async () => {
    const { user, refreshToken } = await signedIn('root');
    suite.world.clock.advance(20 * 86_400);
    const { accessToken } = await client.request('refresh_token', { refresh_token: refreshToken }, 'root');
    expect(await isAlive(accessToken)).toBe(true);
    expect(await ask('POST', '/api/auth/logout', { token: accessToken })).toEqual([200, null]);
    expect(await isAlive(accessToken)).toBe(false);
    const ended = (await suite.world.events(suite.tenant)).filter(({ type }) => type === 'session.ended');
    expect(ended.at(-1)).toMatchObject({ session_id: user.session.id });
  });

  it('AUTH-8: one of them ends; those of others are unknown, also to administrators', async () => {
    const { user, token } = await signedIn();
    const other = await signedIn();
    const { session } = await suite.world.signedIn(suite.tenant, user.user.id);
    const revoke = (sessionId: unknown) =>
      ask('POST', '/api/auth/sessions/revoke', { token, body: { session_id: sessionId } });
    const role = await suite.world.newRole(suite.tenant, { permissions: ['session:read', 'session:revoke'] });
    for (let round = 0; round < 2; round++) {
      for (const id of [other.user.session.id, crypto.randomUUID(), 'nonsense'])
        expect(await revoke(id)).toEqual(UNKNOWN);
      await suite.world.grantRole(suite.tenant, { holderKind: 'user', holderId: user.user.id, roleId: role.id });
    }
    expect(await isAlive(other.token)).toBe(true);
    expect(await revoke(session.id)).toEqual([200, { session_id: session.id }]);
    expect(await revoke(session.id)).toEqual(UNKNOWN);
    expect((await revoke(5))[1]).toMatchObject({ detail: [{ loc: ['body', 'session_id'], type: 'string_type' }] });
    expect(await isAlive(token)).toBe(true);
  });

  it('AUTH-8: also one that ran out, with the tokens that live on', async () => {
    const { user, refreshToken } = await signedIn();
    suite.world.clock.advance(20 * 86_400);
    const refreshed = async (token: string) => client.request('refresh_token', { refresh_token: token }, 'api');
    const { accessToken, refreshToken: next } = await refreshed(refreshToken);
    const body = { session_id: user.session.id };
    expect(await ask('POST', '/api/auth/sessions/revoke', { token: accessToken, body })).toEqual([200, body]);
    await expect(refreshed(next!)).rejects.toThrow();
  });

  it('AUTH-9: all of them end, with every token', async () => {
    const { user, token } = await signedIn();
    const { accessToken } = await user.tokens({ issuerKind: 'root' });
    const { session } = await suite.world.signedIn(suite.tenant, user.user.id);
    expect(await ask('POST', '/api/auth/sessions/revoke-all', { token })).toEqual([200, null]);
    for (const one of [token, accessToken]) expect(await isAlive(one)).toBe(false);
    expect(await suite.world.services.sessions.findIn(suite.tenant.id, session.id)).toBeNull();
  });

  it.each([
    ['POST', '/api/auth/logout'],
    ['POST', '/api/auth/sessions/revoke'],
    ['POST', '/api/auth/sessions/revoke-all'],
    ['GET', '/api/auth/sessions'],
  ])('are no matter for others: %s %s', async (method, path) => {
    const body = path.endsWith('/revoke') ? { session_id: crypto.randomUUID() } : undefined;
    const asked = (token?: string) => ask(method, path, { ...(token === undefined ? {} : { token }), body });
    expect(await asked()).toEqual([401, { detail: 'Not authenticated' }]);
    const app = await TestClient.create(suite.world, suite.tenant, { permissions: ['session:read', 'session:revoke'] });
    expect(await asked(await app.token())).toEqual([403, { detail: 'Not enough permissions' }]);
    const { user } = await signedIn();
    const { secret } = await suite.world.newApiKey(suite.tenant, user.user.id, 'API_KEY:READ');
    expect(await asked(secret)).toEqual([403, { detail: 'Not enough permissions' }]);
  });
});

describe('sign-out by an application', () => {
  const queryOf = (parameters: Readonly<Record<string, string>>) => new URLSearchParams(parameters).toString();
  const logout = (parameters: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
    rest.ask('GET', `/api/auth/oidc/logout?${queryOf(parameters)}`, { headers });
  const RETURN = { post_logout_redirect_uri: SIGNED_OUT, state: 'a b&c' };

  it.each(['api', 'root'])(
    'AUTH-5: the ID token of a %s session ends it with its tokens, and the browser goes where the client registered',
    async (kind) => {
      const { token, idToken } = await signedIn(kind);
      const { status, headers } = await logout({ id_token_hint: idToken, client_id: 'portal', ...RETURN });
      expect([status, headers.location]).toEqual([302, `${SIGNED_OUT}?state=a%20b%26c`]);
      expect(await isAlive(token)).toBe(false);
      expect((await logout({ id_token_hint: idToken, ...RETURN })).status).toBe(302);
    },
  );

  it('AUTH-5: without an address programs get null and people a page', async () => {
    const { idToken } = await signedIn();
    expect(await logout({ id_token_hint: idToken })).toMatchObject({ status: 200, text: 'null' });
    const page = await logout({ id_token_hint: idToken }, { accept: HTML });
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  });

  it('AUTH-5: without an ID token a page asks first', async () => {
    const { jar } = await suite.signedIn();
    for (const parameters of [{}, { id_token_hint: '' }]) {
      const headers = { accept: HTML, cookie: jar.header, host: 'id.example.com' };
      const answer = await logout(parameters, headers);
      // The session is of another tenant than the default one, whose user this browser is not.
      expect(answer.status).toBe(200);
    }
    await suite.world.services.tenants.bindHost(suite.world.system(suite.tenant), 'login.acme.example');
    const answer = await logout({}, { accept: HTML, cookie: jar.header, host: 'login.acme.example' });
    expect(answer.headers.location).toMatch(/^https:\/\/login\.acme\.example\/t\/acme\/sign-out\/[\w-]{43}$/);
  });

  it.each<[string, (idToken: string) => Readonly<Record<string, string>>]>([
    [
      'an address that is not registered',
      (idToken) => ({ id_token_hint: idToken, post_logout_redirect_uri: CALLBACK }),
    ],
    ['a changed ID token', (idToken) => ({ id_token_hint: `${idToken.slice(0, -4)}AAAA`, ...RETURN })],
    ['no ID token', () => ({ id_token_hint: 'nonsense', ...RETURN })],
    ['another client', (idToken) => ({ id_token_hint: idToken, client_id: 'app', ...RETURN })],
  ])('AUTH-5: %s is refused, redirects nowhere and ends nothing', async (_what, parametersOf) => {
    const { token, idToken } = await signedIn();
    const { status, headers, json } = await logout(parametersOf(idToken));
    expect([status, headers.location, json]).toEqual([400, undefined, { detail: expect.any(String) }]);
    expect(await isAlive(token)).toBe(true);
  });

  it('AUTH-5: an ID token of another kind of issuer, or an access token, is refused', async () => {
    const native = await signedIn('native');
    const { token } = await signedIn();
    for (const hint of [native.idToken, token]) expect((await logout({ id_token_hint: hint })).status).toBe(400);
  });

  it('AUTH-6: what is posted goes on as a GET', async () => {
    const { token, idToken } = await signedIn();
    const post = (body: string) => rest.ask('POST', '/api/auth/oidc/logout', { headers: FORM, body });
    const { status, headers } = await post(queryOf({ id_token_hint: idToken, ...RETURN }));
    expect([status, headers.location]).toEqual([303, expect.stringContaining('/api/auth/oidc/logout?posted_request=')]);
    expect(await isAlive(token)).toBe(true);
    const { pathname, search } = new URL(headers.location!);
    const answer = await rest.ask('GET', `${pathname}${search}`);
    expect([answer.status, answer.headers.location]).toEqual([302, `${SIGNED_OUT}?state=a%20b%26c`]);
    expect(await isAlive(token)).toBe(false);
    expect(await post('')).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['body', 'id_token_hint'], type: 'missing' }] },
    });
  });

  it('is no request of a program that only looks (HEAD)', async () => {
    const { token, idToken } = await signedIn();
    expect((await rest.ask('HEAD', `/api/auth/oidc/logout?id_token_hint=${idToken}`)).status).toBe(405);
    expect(await isAlive(token)).toBe(true);
  });
});
