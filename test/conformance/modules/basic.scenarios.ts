import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { sha256Base64Url } from '../../../src/crypto/index.ts';
import { TEST_VERIFIER } from '../../support/oauth.ts';
import type { Answer } from '../../support/rest.ts';
import type { WebUser } from '../../support/web-user.ts';
import type { Asked, Authorized, Form, ModuleRun, Tokens } from './module-run.ts';
import type { Scenario } from './scenario.ts';
import { CALLBACK, CALLBACK_WITH_QUERY } from './setting.ts';

/** The claims of each scope (OpenID Connect Core section 5.4), with the type of each (section 5.1). */
const SCOPE_CLAIMS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  profile: {
    ...Object.fromEntries(
      [
        ...['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture'],
        ...['website', 'gender', 'birthdate', 'zoneinfo', 'locale'],
      ].map((name) => [name, expect.any(String)]),
    ),
    updated_at: expect.any(Number),
  },
  email: { email: expect.any(String), email_verified: expect.any(Boolean) },
  address: { address: { formatted: expect.any(String), locality: 'Town', postal_code: '12345', country: 'Germany' } },
  phone: { phone_number: expect.any(String), phone_number_verified: expect.any(Boolean) },
};

const signedInBrowser = ({ setting }: ModuleRun): Promise<WebUser> => setting.newBrowser();
const freshBrowser = ({ setting }: ModuleRun): Promise<WebUser> => setting.newBrowser({ isSignedIn: false });

/** A module whose whole difference from a plain sign-in are parameters. */
const plain =
  (asked: Asked) =>
  async (run: ModuleRun): Promise<void> => {
    await run.signIn(await signedInBrowser(run), asked);
  };

/** The same, in a browser in which nobody is signed in, so that a page comes. */
const onPage =
  (asked: Asked) =>
  async (run: ModuleRun): Promise<void> => {
    const { visit } = await run.signIn(await freshBrowser(run), asked);
    expect(visit.asked).toContain('PasswordStep');
  };

/** A module that asks for scopes and reads their claims, and no others, at userinfo. */
const claimsOf =
  (scope: string) =>
  async (run: ModuleRun): Promise<void> => {
    const scopes = scope.split(' ');
    expect(run.setting.metadata.json.scopes_supported).toEqual(expect.arrayContaining(scopes));
    const { accessToken, claims } = await run.signIn(await signedInBrowser(run), { scope });
    const { json } = await run.userinfo(accessToken);
    expect(json).toEqual(Object.assign({ sub: claims.sub }, ...scopes.map((name) => SCOPE_CLAIMS[name] ?? {})));
  };

/** Two sign-ins of one person, of which the second asks nothing and tells the same. */
const twice = async (run: ModuleRun, first: Asked, second: (tokens: Tokens) => Asked): Promise<void> => {
  const browser = await signedInBrowser(run);
  const before = await run.signIn(browser, first);
  run.setting.world.clock.advance(2);
  const after = await run.signIn(browser, second(before));
  expect(after.visit.asked).toEqual([]);
  expect([after.claims.sub, after.claims['auth_time']]).toEqual([before.claims.sub, before.claims['auth_time']]);
};

/** Two sign-ins of one person, of which the second asks for the password again and says so. */
const again = async (run: ModuleRun, asked: Asked): Promise<void> => {
  const { clock } = run.setting.world;
  const browser = await signedInBrowser(run);
  const before = await run.signIn(browser);
  clock.advance(2);
  const after = await run.signIn(browser, asked);
  expect(after.visit.asked).toContain('PasswordStep');
  expect(after.claims['auth_time']).toBe(clock.now().getTime() / 1000);
  expect(after.claims['auth_time']).toBeGreaterThan(before.claims['auth_time'] as number);
};

/** Sends a code again, after some seconds, and expects to be refused. */
async function reuseCode(run: ModuleRun, seconds: number): Promise<Tokens> {
  const signedIn = await run.signIn(await signedInBrowser(run));
  run.setting.world.clock.advance(seconds);
  expectInvalidGrant(await run.askTokens(signedIn.client, run.exchangeOf(signedIn, signedIn.code)));
  return signedIn;
}

/** RFC 6749 section 5.2. */
function expectInvalidGrant({ status, headers, json }: Answer): void {
  expect([status, headers['content-type'], json.error]).toEqual([
    400,
    expect.stringMatching(/^application\/json/),
    'invalid_grant',
  ]);
}

async function readUserinfo(run: ModuleRun, read: (accessToken: string) => Promise<Answer>): Promise<void> {
  const { accessToken, claims } = await run.signIn(await signedInBrowser(run));
  const { status, json } = await read(accessToken);
  expect([status, json]).toEqual([200, { sub: claims.sub }]);
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A request object without a signature that has every parameter, and the parameters that must stand beside it. */
async function sendRequestObject(run: ModuleRun, beside: (object: string) => Form): Promise<Authorized> {
  const state = 'state-of-the-object';
  const { responseMode, setting } = run;
  const claims = {
    client_id: setting.clients.basic.clientId,
    redirect_uri: CALLBACK,
    scope: 'openid',
    response_type: 'code',
    state,
    nonce: 'nonce-of-the-object',
    ...(responseMode === 'form_post' ? { response_mode: 'form_post' } : {}),
    iss: setting.clients.basic.clientId,
    aud: run.issuer,
  };
  const object = `${encode({ alg: 'none' })}.${encode(claims)}.`;
  const asked = { state: null, nonce: null, response_mode: null, ...beside(object) };
  const authorized = await run.authorize(await signedInBrowser(run), asked);
  return { ...authorized, request: { ...authorized.request, state } };
}

const GRANTED: readonly Scenario[] = [
  {
    module: 'oidcc-server',
    title: 'gives a code, and for it tokens that open userinfo',
    run: async (run) => {
      const { claims, accessToken, header } = await run.signIn(await signedInBrowser(run));
      expect(header).toMatchObject({ alg: 'EdDSA', kid: expect.any(String) });
      const hash = createHash('sha512').update(accessToken).digest();
      expect(claims['at_hash']).toBe(hash.subarray(0, 32).toString('base64url'));
      expect(claims).not.toHaveProperty('name');
    },
  },
  {
    module: 'oidcc-server-client-secret-post',
    title: 'takes the secret of a client in the form',
    run: async (run) => {
      expect(run.setting.metadata.json.token_endpoint_auth_methods_supported).toEqual(
        expect.arrayContaining(['client_secret_basic', 'client_secret_post']),
      );
      await run.signIn(await signedInBrowser(run), {}, { client: run.setting.clients.post });
    },
  },
  {
    module: 'oidcc-ensure-request-without-nonce-succeeds-for-code-flow',
    title: 'demands no nonce of a code',
    run: plain({ nonce: null }),
  },
  {
    module: 'oidcc-ensure-request-with-unknown-parameter-succeeds',
    title: 'ignores a parameter that it does not know (RFC 6749 section 3.1)',
    run: plain({ extra: 'foobar' }),
  },
  { module: 'oidcc-claims-locales', title: 'takes languages of claims', run: plain({ claims_locales: 'se' }) },
  { module: 'oidcc-display-page', title: 'shows its page for display=page', run: onPage({ display: 'page' }) },
  { module: 'oidcc-display-popup', title: 'shows its page for display=popup', run: onPage({ display: 'popup' }) },
  { module: 'oidcc-ui-locales', title: 'takes a language that it does not have', run: onPage({ ui_locales: 'se' }) },
  {
    module: 'oidcc-login-hint',
    title: 'signs in whom a hint names',
    run: async (run) => {
      await onPage({ login_hint: run.setting.person.username })(run);
    },
  },
  {
    module: 'oidcc-ensure-request-with-acr-values-succeeds',
    title: 'states one of the classes of authentication that a request names',
    run: async (run) => {
      const values: string[] = run.setting.metadata.json.acr_values_supported;
      const { claims } = await run.signIn(await signedInBrowser(run), { acr_values: values.join(' ') });
      expect(values).toContain(claims['acr']);
    },
  },
  {
    module: 'oidcc-ensure-post-request-succeeds',
    title: 'takes a request that is posted (OpenID Connect Core section 3.1.2.1)',
    run: async (run) => {
      await run.signIn(await signedInBrowser(run), {}, { isPosted: true });
    },
  },
  {
    module: 'oidcc-ensure-request-with-valid-pkce-succeeds',
    title: 'takes a challenge and its verifier (RFC 7636)',
    run: async (run) => {
      const challenge = { code_challenge: sha256Base64Url(TEST_VERIFIER), code_challenge_method: 'S256' };
      const authorized = await run.authorize(await signedInBrowser(run), challenge);
      await run.redeem(authorized, { code_verifier: TEST_VERIFIER });
    },
  },
  {
    module: 'oidcc-refresh-token',
    title: 'refreshes tokens for the client that has them, and for no other',
    run: async (run) => {
      const { basic, second } = run.setting.clients;
      expect(run.setting.metadata.json).toMatchObject({
        grant_types_supported: expect.arrayContaining(['refresh_token']),
        scopes_supported: expect.arrayContaining(['offline_access']),
      });
      const scope = 'openid offline_access';
      await refreshOnce(run, await signInOffline(run, { scope }), { scope });
      const own = { scope, redirect_uri: CALLBACK_WITH_QUERY, nonce: 'n'.repeat(43) };
      const refreshed = await refreshOnce(run, await signInOffline(run, own, second), {});
      expectInvalidGrant(
        await run.askTokens(basic, {
          grant_type: 'refresh_token',
          refresh_token: refreshed.answer.json.refresh_token,
          scope,
        }),
      );
    },
  },
];

/** Signs in with lasting access, for which consent is asked (OpenID Connect Core section 11). */
async function signInOffline(run: ModuleRun, asked: Asked, client = run.setting.clients.basic) {
  const browser = await signedInBrowser(run);
  const signedIn = await run.signIn(browser, { prompt: 'consent', ...asked }, { client });
  expect(signedIn.visit.asked).toEqual(['ConsentStep']);
  return signedIn;
}

/** Refreshes tokens and compares the ID tokens (OpenID Connect Core section 12.2). */
async function refreshOnce(run: ModuleRun, before: Authorized & Tokens, more: Form) {
  const { refresh_token } = before.answer.json;
  expect(refresh_token).toMatch(/^[\x20-\x7E]{22,}$/);
  run.setting.world.clock.advance(1);
  const answer = await run.askTokens(before.client, { grant_type: 'refresh_token', refresh_token, ...more });
  const after = await run.readTokens(before.client, answer);
  expect(after.accessToken).not.toBe(before.accessToken);
  const { iss, sub, aud, iat, auth_time } = after.claims;
  const { claims } = before;
  expect({ iss, sub, aud, auth_time }).toEqual({
    iss: claims.iss,
    sub: claims.sub,
    aud: claims.aud,
    auth_time: claims['auth_time'],
  });
  expect(iat).toBeGreaterThan(claims.iat!);
  expect([claims, after.claims].map((one) => 'azp' in one)).toEqual([false, false]);
  expect((await run.userinfo(after.accessToken)).status).toBe(200);
  return after;
}

const CLAIMS: readonly Scenario[] = [
  {
    module: 'oidcc-userinfo-get',
    title: 'answers userinfo to a GET',
    run: (run) => readUserinfo(run, (token) => run.userinfo(token)),
  },
  {
    module: 'oidcc-userinfo-post-header',
    title: 'answers userinfo to a POST with the token in a header',
    run: (run) => readUserinfo(run, (token) => run.userinfo(token, 'POST')),
  },
  {
    module: 'oidcc-userinfo-post-body',
    title: 'answers userinfo to a POST with the token in its form',
    run: (run) =>
      readUserinfo(run, (token) =>
        run.setting.rest.ask('POST', run.setting.pathOf('userinfo_endpoint'), {
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: `access_token=${token}`,
        }),
      ),
  },
  { module: 'oidcc-scope-profile', title: 'gives the claims of profile', run: claimsOf('openid profile') },
  { module: 'oidcc-scope-email', title: 'gives the claims of email', run: claimsOf('openid email') },
  { module: 'oidcc-scope-address', title: 'gives the claim of address', run: claimsOf('openid address') },
  { module: 'oidcc-scope-phone', title: 'gives the claims of phone', run: claimsOf('openid phone') },
  {
    module: 'oidcc-scope-all',
    title: 'gives the claims of all scopes together',
    run: claimsOf('openid email phone address profile'),
  },
  {
    module: 'oidcc-ensure-other-scope-order-succeeds',
    title: 'takes scopes in any order (RFC 6749 section 3.3)',
    run: claimsOf('email openid'),
  },
  {
    module: 'oidcc-claims-essential',
    title: 'takes a request for a claim by name, which it gives where a granted scope allows it',
    run: async (run) => {
      const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
      const browser = await signedInBrowser(run);
      // The module warns here: users consent to scopes (docs/tokens.md), and an essential claim may be missing (OpenID Connect
      // Core section 5.5.1).
      const asked = await run.signIn(browser, { claims });
      expect((await run.userinfo(asked.accessToken)).json).toEqual({ sub: asked.claims.sub });
      const allowed = await run.signIn(browser, { claims, scope: 'openid profile' });
      expect((await run.userinfo(allowed.accessToken)).json.name).toBe('Ada Archer');
    },
  },
];

const SESSIONS: readonly Scenario[] = [
  {
    module: 'oidcc-prompt-login',
    title: 'asks for the password again with prompt=login, and tells the new time',
    run: (run) => again(run, { prompt: 'login' }),
  },
  {
    module: 'oidcc-max-age-1',
    title: 'asks for the password again with max_age=1 after two seconds, and tells the new time (check 37)',
    run: (run) => again(run, { max_age: '1' }),
  },
  {
    module: 'oidcc-prompt-none-not-logged-in',
    title: 'tells an application that may show no page that nobody is signed in (check 37)',
    run: async (run) => {
      const state = 's'.repeat(128);
      run.expectPageNeeded(await run.authorize(await freshBrowser(run), { prompt: 'none', state }));
    },
  },
  {
    module: 'oidcc-prompt-none-logged-in',
    title: 'signs in silently with prompt=none',
    run: (run) => twice(run, {}, () => ({ prompt: 'none' })),
  },
  {
    module: 'oidcc-max-age-10000',
    title: 'asks nobody who signed in within max_age',
    run: (run) => twice(run, { max_age: '15000' }, () => ({ max_age: '10000' })),
  },
  {
    module: 'oidcc-id-token-hint',
    title: 'signs in silently whom an ID token names',
    run: (run) => twice(run, {}, ({ idToken }) => ({ prompt: 'none', id_token_hint: idToken })),
  },
];

const REFUSED: readonly Scenario[] = [
  {
    module: 'oidcc-response-type-missing',
    title: 'refuses a request without a response type',
    run: async (run) => {
      const authorized = await run.authorize(await signedInBrowser(run), { response_type: null });
      expect(run.errorIn(authorized)).toBe('invalid_request');
    },
  },
  {
    module: 'oidcc-codereuse',
    title: 'refuses a code that was used (check 4)',
    run: async (run) => {
      await reuseCode(run, 0);
    },
  },
  {
    module: 'oidcc-codereuse-30seconds',
    title: 'refuses a code that was used half a minute ago, and the access token of the first use (check 4)',
    run: async (run) => {
      const { accessToken } = await reuseCode(run, 30);
      expect((await run.userinfo(accessToken)).status).toBe(401);
    },
  },
  {
    module: 'oidcc-ensure-registered-redirect-uri',
    title: 'shows a page of an error for an address that is not registered (check 1)',
    run: async (run) => {
      const redirect_uri = `${CALLBACK}/aB3dE5gH7j`;
      const authorized = await run.authorize(await signedInBrowser(run), { redirect_uri });
      expect(run.pageOf(authorized)).toEqual({ status: 400, page: 'error' });
    },
  },
  {
    module: 'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported',
    title: 'answers a request object with request_not_supported, which ends the module',
    run: async (run) => {
      const authorized = await sendRequestObject(run, (object) => ({ request: object }));
      expect(run.errorIn(authorized)).toBe('request_not_supported');
    },
  },
  {
    module: 'oidcc-ensure-request-object-with-redirect-uri',
    title: 'shows a page of an error when only the request object has a registered address',
    run: async (run) => {
      const redirect_uri = `${CALLBACK}_invalid`;
      const authorized = await sendRequestObject(run, (object) => ({ request: object, redirect_uri }));
      expect(run.pageOf(authorized)).toEqual({ status: 400, page: 'error' });
    },
  },
];

/** Modules that run only where clients register themselves, with what they would find. */
const FOR_DYNAMIC_CLIENTS: readonly Scenario[] = [
  {
    module: 'oidcc-idtoken-signature',
    title: 'signs ID tokens by RS256, with the id of the key, for a client that has this algorithm',
    run: async (run) => {
      const { clients, metadata } = run.setting;
      expect(metadata.json).not.toHaveProperty('registration_endpoint');
      const { header } = await run.signIn(await signedInBrowser(run), {}, { client: clients.rsa });
      expect(header).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
    },
  },
  {
    module: 'oidcc-idtoken-unsigned',
    title: 'has no ID tokens without a signature, which ends the module',
    run: async ({ setting }) => {
      const { json } = setting.metadata;
      expect(json).not.toHaveProperty('registration_endpoint');
      expect(json.id_token_signing_alg_values_supported).not.toContain('none');
    },
  },
  {
    module: 'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported',
    title: 'answers the address of a request object with request_uri_not_supported, which ends the module',
    run: async (run) => {
      expect(run.setting.metadata.json).not.toHaveProperty('registration_endpoint');
      const request_uri = 'https://rp.example.com/requests/1';
      const { responseMode } = run;
      const mode = responseMode === 'form_post' ? { response_mode: 'form_post' } : {};
      const authorized = await run.authorize(await signedInBrowser(run), { request_uri, ...mode });
      expect(run.errorIn(authorized)).toBe('request_uri_not_supported');
    },
  },
];

export const BASIC: readonly Scenario[] = [...GRANTED, ...CLAIMS, ...SESSIONS, ...REFUSED, ...FOR_DYNAMIC_CLIENTS];
