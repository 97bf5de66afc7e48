import { describe, expect, it } from 'vitest';
import { anonymousCaller } from '../../../src/access/index.ts';
import type { CreateClient } from '../../../src/clients/index.ts';
import { sha256Base64Url } from '../../../src/crypto/index.ts';
import { newId } from '../../../src/kernel/index.ts';
import { cookieName } from '../../../src/server/http/browser.ts';
import { TEST_REDIRECT, TEST_VERIFIER, TestClient } from '../../support/oauth.ts';
import { REALM_PASSWORD, RealmWorld, realmOfSuite } from '../../support/realm.ts';
import { WebUser } from '../../support/web-user.ts';
import { TEST_ORIGIN } from '../../support/world.ts';
import { networkOf } from '../../support/world-network.ts';

const { refusal } = RealmWorld;
const BASES = ['/realms/acme', '/auth/realms/acme'] as const;
const HOST = 'id.example.com';
const MIRRORS = ['KEYCLOAK_SESSION', 'KEYCLOAK_IDENTITY', 'AUTH_SESSION_ID'];

const realm = realmOfSuite();

const newClient = (input: CreateClient = {}) =>
  TestClient.create(realm.world, realm.acme, {
    grantTypes: ['authorization_code', 'refresh_token', 'password'],
    redirects: [{ uri: TEST_REDIRECT, match: 'exact' }],
    postLogoutRedirects: [{ uri: TEST_REDIRECT, match: 'exact' }],
    consent: 'trusted',
    scopes: ['openid', 'profile', 'email'].map((name) => ({ name, isDefault: false })),
    ...input,
  });

const requestOf = ({ clientId }: TestClient, more: Record<string, string> = {}) =>
  new URLSearchParams({
    client_id: clientId,
    redirect_uri: TEST_REDIRECT,
    response_type: 'code',
    scope: 'openid',
    state: 's-1',
    code_challenge: sha256Base64Url(TEST_VERIFIER),
    code_challenge_method: 'S256',
    ...more,
  });

/** An authorization request that may show no page. */
const silently = (endpoint: string, client: TestClient): URL =>
  new URL(`${endpoint}/auth?${requestOf(client, { prompt: 'none' })}`);

/** A browser whose user types nothing. */
const newBrowser = () => new WebUser({ username: '', password: '' }, networkOf(realm.world, realm.rest));

/** A person with a browser, and an application that signs them in. */
async function newPerson(base: string = BASES[0]) {
  const client = await newClient();
  const user = await realm.user();
  const browser = new WebUser(
    { username: user.username, password: REALM_PASSWORD },
    networkOf(realm.world, realm.rest),
  );
  const endpoint = `https://${HOST}${base}/protocol/openid-connect`;
  const signIn = async () => {
    const { url } = await browser.visit(`${endpoint}/auth?${requestOf(client)}`);
    return { url, answer: Object.fromEntries(url.searchParams) };
  };
  const redeem = (code: string) => {
    const form = { client_id: client.clientId, client_secret: client.secret!, grant_type: 'authorization_code' };
    return realm.post('token', { ...form, code, redirect_uri: TEST_REDIRECT, code_verifier: TEST_VERIFIER }, { base });
  };
  const jar = browser.jarOf(HOST);
  const cookies = () => new Map(jar.header.split('; ').map((pair) => pair.split('=') as [string, string]));
  return { client, user, browser, endpoint, signIn, redeem, jar, cookies };
}

const sessionIdCookie = () => cookieName('sessionId', realm.acme, true);

describe.each(BASES)('the session of a browser: %s', (base) => {
  it('is named in the answer to the application, and in cookies that mirror it', async () => {
    const { signIn, redeem, cookies, endpoint, browser } = await newPerson(base);
    const { answer } = await signIn();
    expect(answer).toMatchObject({ state: 's-1', code: expect.any(String), session_state: expect.any(String) });
    const sid = answer['session_state']!;
    const tokens = await redeem(answer['code']!);
    expect(tokens.json.session_state).toBe(sid);
    const shown = cookies();
    expect([sessionIdCookie(), ...MIRRORS].map((name) => shown.get(name))).toEqual([sid, sid, sid, sid]);
    // Nothing is set again while nothing changes.
    const again = await browser.send(new URL(`${endpoint}/login-status-iframe.html`));
    expect(again.headers.getSetCookie()).toEqual([]);
  });

  it('is forgotten by these cookies when it ends', async () => {
    const { signIn, redeem, cookies, endpoint, browser } = await newPerson(base);
    const { answer } = await signIn();
    const { id_token: hint } = (await redeem(answer['code']!)).json;
    await browser.visit(`${endpoint}/logout?${new URLSearchParams({ id_token_hint: hint })}`);
    const left = cookies();
    expect([sessionIdCookie(), ...MIRRORS].map((name) => left.get(name))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the cookies that show a session', () => {
  it('are readable by scripts alone where scripts need them, go to frames, and belong to the path of the realm', async () => {
    const { signIn, endpoint, jar, client } = await newPerson();
    await signIn();
    const lost = newBrowser();
    lost.jarOf(HOST).keep(jar.header.split('; ').filter((pair) => pair.startsWith('__Host-s')));
    const answer = await lost.send(silently(endpoint, client));
    const sid = new URL(answer.headers.get('location')!).searchParams.get('session_state');
    expect(sid).not.toBeNull();
    expect(answer.headers.getSetCookie().toSorted()).toEqual(
      [
        `${sessionIdCookie()}=${sid}; Path=/; Secure; SameSite=None`,
        `KEYCLOAK_SESSION=${sid}; Path=/realms/acme; Secure; SameSite=None`,
        `KEYCLOAK_IDENTITY=${sid}; Path=/realms/acme; HttpOnly; Secure; SameSite=None`,
        `AUTH_SESSION_ID=${sid}; Path=/realms/acme; HttpOnly; Secure; SameSite=None`,
      ].toSorted(),
    );
  });

  it('sign nobody in', async () => {
    const { signIn, endpoint, client, cookies } = await newPerson();
    await signIn();
    const thief = newBrowser();
    const stolen = [...cookies()].filter(([name]) => !name.startsWith('__Host-s'));
    thief.jarOf(HOST).keep(stolen.map((pair) => pair.join('=')));
    const answer = await thief.send(silently(endpoint, client));
    expect(new URL(answer.headers.get('location')!).searchParams.get('error')).toBe('login_required');
    expect(thief.jarOf(HOST).header).not.toContain('KEYCLOAK');
  });

  it('are not the business of the native issuer, whose answers name no session', async () => {
    const { browser, client } = await newPerson();
    const { url } = await browser.visit(`https://${HOST}/t/acme/oauth/authorize?${requestOf(client)}`);
    expect([url.searchParams.has('code'), url.searchParams.has('session_state')]).toEqual([true, false]);
    const { header } = browser.jarOf(HOST);
    expect(header).toContain(sessionIdCookie());
    expect(header).not.toContain('KEYCLOAK');
  });
});

describe.each(BASES)('pages for frames: %s', (base) => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    realm.rest.ask('GET', `${base}/protocol/openid-connect/${path}`, { headers });

  it.each(['3p-cookies/step1.html', '3p-cookies/step2.html', 'login-status-iframe.html'])(
    'may be framed by every page, and run their one script alone: %s',
    async (path) => {
      const { status, headers, text } = await get(path);
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; script-src 'sha256-[^' ]+';.* frame-ancestors \*;/,
      );
      expect(headers['x-frame-options']).toBeUndefined();
      expect(headers['cache-control']).toBe('no-store');
      expect(text).toMatch(/<script>[\s\S]+<\/script>/);
    },
  );

  it('are the only ones that may be framed', async () => {
    for (const path of ['auth', 'logout', 'login-status-iframe.html/init', 'certs']) {
      const { headers } = await get(path, { accept: 'text/html' });
      expect(headers['content-security-policy'] ?? '').not.toContain('frame-ancestors *');
    }
  });

  it('ask the service alone whether an application may watch, and are named in the metadata', async () => {
    const { headers, text } = await get('login-status-iframe.html');
    expect(headers['content-security-policy']).toContain("connect-src 'self'");
    expect(text).toContain(`data-cookie="${sessionIdCookie()}"`);
    expect((await get('3p-cookies/step1.html')).headers['content-security-policy']).not.toContain('connect-src');
    const metadata = await realm.rest.ask('GET', `${base}/.well-known/openid-configuration`);
    expect(metadata.json.check_session_iframe).toBe(
      `https://id.example.com${base}/protocol/openid-connect/login-status-iframe.html`,
    );
  });

  it('let an application watch from the origins that it lists, and no other', async () => {
    const client = await newClient({ type: 'public', webOrigins: ['+', 'https://other.example'] });
    const disabled = await newClient({ webOrigins: ['https://other.example'], enabled: false });
    const may = async (clientId: string, origin: string) => {
      const query = new URLSearchParams({ client_id: clientId, origin });
      const { status, text } = await get(`login-status-iframe.html/init?${query}`);
      return [status, text] as const;
    };
    const no = [403, JSON.stringify({ error: 'HTTP 403 Forbidden' })];
    expect(await may(client.clientId, new URL(TEST_REDIRECT).origin)).toEqual([204, '']);
    expect(await may(client.clientId, 'https://other.example')).toEqual([204, '']);
    for (const origin of ['https://evil.example', 'null', '', 'https://other.example/', 'x'.repeat(5000)])
      expect(await may(client.clientId, origin)).toEqual(no);
    for (const clientId of ['nobody', '', 'x'.repeat(300), disabled.clientId])
      expect(await may(clientId, 'https://other.example')).toEqual(no);
    expect((await get('login-status-iframe.html/init')).status).toBe(403);
  });
});

describe('the account of a user', () => {
  const account = (token: string | null, headers: Record<string, string> = {}, base: string = BASES[0]) =>
    realm.rest.ask('GET', `${base}/account`, { headers, ...(token === null ? {} : { token }) });

  /** A user who may see their account, and a token. */
  async function signedIn(isAllowed = true) {
    const { form } = await realm.client({ webOrigins: ['https://app.example'] });
    const user = await realm.user({
      givenName: 'Ada',
      email: `${newId()}@example.com`,
      attributes: { team: ['a', 'b'], one: 1 },
    });
    const role = await realm.world.newRole(realm.acme, { permissions: ['user:read:self'] });
    if (isAllowed) await realm.world.grantRole(realm.acme, { holderKind: 'user', holderId: user.id, roleId: role.id });
    const { access_token: token } = (await realm.signIn(form, user, { scope: 'openid' })).json;
    return { user, token };
  }

  it.each(BASES)('is shown to a program by the token of its user: %s', async (base) => {
    const { user, token } = await signedIn();
    const { status, json, headers } = await account(token, { origin: 'https://app.example' }, base);
    expect(status).toBe(200);
    expect(json).toEqual({
      id: user.id,
      username: user.username,
      firstName: 'Ada',
      email: user.email,
      emailVerified: false,
      attributes: { team: ['a', 'b'], one: ['1'] },
    });
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-credentials': 'true',
    });
  });

  it('is shown to nobody else', async () => {
    expect(await account(null)).toMatchObject({ status: 401, json: { error: 'invalid_token' } });
    expect(await account('wrong')).toMatchObject({ status: 401, json: { error: 'invalid_token' } });
    const { token } = await signedIn(false);
    expect(await account(token)).toMatchObject({ status: 403, json: { error: 'insufficient_scope' } });
    const own = await realm.client({ permissions: ['user:read'] });
    const app = await realm.post('token', { ...own.form, grant_type: 'client_credentials' });
    expect(await account(app.json.access_token)).toMatchObject({
      status: 403,
      json: { error: 'HTTP 403 Forbidden' },
    });
    const page = await account('wrong', { accept: 'text/html' });
    expect([page.status, page.headers['content-type']]).toEqual([401, 'text/html; charset=utf-8']);
    expect((await realm.rest.ask('GET', '/realms/nowhere/account')).status).toBe(404);
    expect((await realm.rest.ask('GET', '/realms/acme/account/rest')).json).toEqual({ error: 'HTTP 404 Not Found' });
  });

  it('is that of the addressed realm: an administrator of all realms has none there', async () => {
    const master = (await realm.world.services.directory.byName('master'))!;
    const { form } = await realm.client({}, master);
    const admin = await realm.user({}, master);
    const role = (await realm.world.services.roles.findByName(master.id, 'administrator'))!;
    await realm.world.grantRole(master, { holderKind: 'user', holderId: admin.id, roleId: role.id });
    const { json } = await realm.signIn(form, admin, {}, '/realms/master');
    expect((await account(json.access_token)).status).toBe(403);
  });
});

describe('sign-out by a refresh token with HTTP Basic', () => {
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });

  it('takes the credentials from the header, which the form may repeat', async () => {
    const { client, secret, form } = await realm.client();
    const header = basic(client.clientId, secret!);
    for (const repeated of [{}, { client_id: client.clientId }, form]) {
      const { refresh_token } = (await realm.signIn(form, await realm.user())).json;
      const answer = await realm.post('logout', { ...repeated, refresh_token }, { headers: header });
      expect([answer.status, answer.text]).toEqual([204, '']);
      const refreshed = await realm.post('token', { ...form, grant_type: 'refresh_token', refresh_token });
      expect(refusal(refreshed)).toEqual([400, 'invalid_grant', 'Session not active']);
    }
  });

  it('refuses wrong credentials, another client and another secret', async () => {
    const { client, secret, form } = await realm.client();
    const other = await realm.client();
    const { refresh_token } = (await realm.signIn(form, await realm.user())).json;
    const invalid = [401, 'invalid_client', 'Invalid client or Invalid client credentials'];
    const header = basic(client.clientId, secret!);
    const wrong = await realm.post('logout', { refresh_token }, { headers: basic(client.clientId, 'wrong') });
    expect(refusal(wrong)).toEqual(invalid);
    expect(wrong.headers['www-authenticate']).toContain('Basic');
    for (const differs of [other.form, { client_id: 'nobody' }, { client_secret: 'wrong' }])
      expect(refusal(await realm.post('logout', { ...differs, refresh_token }, { headers: header }))).toEqual(invalid);
    const foreign = await realm.post(
      'logout',
      { refresh_token },
      { headers: basic(other.client.clientId, other.secret!) },
    );
    expect(foreign.json.error).toBe('invalid_grant');
    const { status } = await realm.post('token', { ...form, grant_type: 'refresh_token', refresh_token });
    expect(status).toBe(200);
  });
});

it('the name of the cookie is asked for in a tenant', async () => {
  const { code } = await realm.world.graphql(anonymousCaller(TEST_ORIGIN), '{ sessionIdCookie }');
  expect(code).toBe('TENANT_REQUIRED');
});
