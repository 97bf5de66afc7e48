import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proofActs } from '../../../src/auth-modes/index.ts';
import { mintHandle } from '../../../src/crypto/index.ts';
import type { TenantSettingsPatch } from '../../../src/tenants/index.ts';
import { authorizingOfSuite, CALLBACK } from '../../support/authorization.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { chooseImage, proveImage } from '../../support/image-flows.ts';
import { type ImageOwner, ImageProofClient } from '../../support/image-proof.ts';
import { TestUser } from '../../support/oauth.ts';
import { type Answer, type RestClient, serveWorld } from '../../support/rest.ts';

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const BASE = 'https://id.example.com';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const REQUEST = {
  client_id: 'app',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid',
  state: 'st&=%',
  nonce: 'n-0',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};
const API = '/api/oidc/acme';
/** The issuers of a tenant: their paths, and those of their endpoints. */
const ISSUERS = [
  ['api', API, '/authorize', '/token', '/.well-known/jwks'],
  ['root', '/acme', '/authorize', '/token', '/.well-known/jwks.json'],
  ['native', '/t/acme', '/oauth/authorize', '/oauth/token', '/oauth/jwks'],
] as const;
const BAD_REQUEST = [400, { detail: 'Invalid or expired auth request' }, undefined];
const BAD_TICKET = [400, { detail: 'Invalid or expired ticket' }, undefined];

const suite = authorizingOfSuite();
let rest: RestClient;
beforeAll(async () => {
  await suite.world.tenant({ name: 'master' });
  rest = await serveWorld(suite.world);
});
afterAll(async () => {
  expect(rest.faults).toEqual([]);
  await rest.close();
});

/** A request of a browser. */
const ask = async (jar: CookieJar, path: string, method = 'GET', accept = HTML): Promise<Answer> => {
  const answer = await rest.ask(method, path, { headers: { accept, cookie: jar.header } });
  jar.keep(answer.headers['set-cookie'] ?? []);
  return answer;
};
const authorize = (jar: CookieJar, path: string, asked: Readonly<Record<string, string>> = {}) =>
  ask(jar, `${path}?${new URLSearchParams({ ...REQUEST, ...asked })}`);
/** Begins a sign-in. @returns The handle of the authorization request. */
async function begin(jar: CookieJar, path = `${API}/authorize`, asked = {}): Promise<string> {
  const page = new URL((await authorize(jar, path, asked)).headers.location!);
  return page.searchParams.get('auth_req_id') ?? page.pathname.split('/').at(-1)!;
}
const signInPath = (handle: string, ticket: string) =>
  `/api/auth/sign-in?${new URLSearchParams({ oid_nonce: ticket, auth_req_id: handle })}`;
/** As a program, which accepts anything. */
const signIn = (jar: CookieJar, handle: string, ticket: string, accept = '*/*') =>
  ask(jar, signInPath(handle, ticket), 'GET', accept);
/** Status, body and address of an answer. */
const seen = ({ status, json, headers }: Answer) => [status, json, headers.location];
/** What an answer brings to the application. */
function paramsIn({ status, headers }: Answer): Readonly<Record<string, string>> {
  expect([status, headers['cache-control']]).toEqual([302, 'no-store']);
  const { origin, pathname, searchParams } = new URL(headers.location!);
  expect(`${origin}${pathname}`).toBe(CALLBACK);
  return Object.fromEntries(searchParams);
}

/** A user with an image, in a browser in which nobody is signed in. */
async function somebody(): Promise<{ jar: CookieJar; user: TestUser; image: ImageOwner }> {
  const email = `u${mintHandle(suite.tenant.route)}@example.com`;
  const user = await TestUser.create(suite.world, suite.client, { email });
  return { jar: new CookieJar(), user, image: await chooseImage(suite.world, suite.tenant, user) };
}
/** A user whose browser has begun a sign-in, with the ticket for it. */
async function proved(asked: Readonly<Record<string, string>> = {}) {
  const { jar, user, image } = await somebody();
  const handle = await begin(jar, undefined, asked);
  return { jar, user, image, handle, ticket: await proveImage(suite.world, image, handle) };
}
const set = (settings: TenantSettingsPatch) =>
  suite.world.services.tenants.updateSettings(suite.world.system(suite.tenant), settings);

/** Proves the image as an application does (AUTH-2, AUTH-3). @returns The ticket. */
async function authenticate(image: ImageOwner, handle: string): Promise<string> {
  const client = await ImageProofClient.create();
  const body = { username: image.username, cipherKey: client.cipherKey };
  const asked = await rest.ask('POST', `/api/auth/challenge?auth_req_id=${handle}`, { body });
  const challenge = await client.open(asked.json.challenge_data);
  const act = proofActs.authenticate(handle);
  const challenge_data = await image.message(client, { challenge, act, audience: `${BASE}${API}` });
  const proof = { ...body, challenge_id: challenge.id, challenge_data };
  return (await rest.ask('POST', `/api/auth/authenticate?auth_req_id=${handle}`, { body: proof })).json.nonce;
}

describe('AUTH-4', () => {
  it.each(ISSUERS)('302: answers a request of the kind %s, whose browser is signed in', async (_, path, ...paths) => {
    const [authorization, token, jwks] = paths;
    const { jar, user, image } = await somebody();
    const handle = await begin(jar, `${path}${authorization}`);
    const answer = await signIn(jar, handle, await authenticate(image, handle));
    const { code, ...others } = paramsIn(answer);
    expect(others).toEqual({ state: REQUEST.state, iss: `${BASE}${path}` });
    const cookies = answer.headers['set-cookie']!.map((line) => line.replace(/=[^;]*/, ''));
    expect(cookies).toContainEqual(expect.stringMatching(/^__Host-s\w{10}; Path=\/; HttpOnly; Secure; SameSite=Lax$/));
    const form = { grant_type: 'authorization_code', client_id: 'app', redirect_uri: CALLBACK, code: code! };
    const body = new URLSearchParams({ ...form, code_verifier: VERIFIER }).toString();
    const { status, json } = await rest.ask('POST', `${path}${token}`, { headers: FORM, body });
    expect(status).toBe(200);
    const keys = createLocalJWKSet((await rest.ask('GET', `${path}${jwks}`)).json);
    const options = { issuer: `${BASE}${path}`, audience: 'app', currentDate: suite.world.clock.now() };
    const { payload } = await jwtVerify(json.id_token, keys, options);
    expect(payload).toMatchObject({ sub: user.id, nonce: 'n-0', acr: '1fa', amr: ['pop', 'pin'] });
    // The session serves the next request without a page.
    expect(paramsIn(await authorize(jar, `${API}/authorize`))).toHaveProperty('code');
  });

  it('302: takes the ticket of a passkey', async () => {
    const { jar, user } = await somebody();
    const handle = await begin(jar);
    const { world, tenant } = suite;
    const account = (await world.services.users.findIn(tenant.id, user.id))!;
    const proof = { requestId: handle, method: 'passkey', amr: ['hwk', 'mfa'] } as const;
    const ticket = await world.services.signInTickets.issue(tenant, { user: account, ...proof });
    expect(paramsIn(await signIn(jar, handle, ticket))).toHaveProperty('code');
  });

  it('302: leads to the page of the sign-in where a second factor is left', async () => {
    const { jar, user, handle, ticket } = await proved();
    await suite.world.giveTotp(suite.tenant, user.id);
    await suite.world.services.authModes.update(suite.world.system(suite.tenant), user.id, { requiredFactor: 2 });
    expect(seen(await signIn(jar, handle, ticket))).toEqual([302, undefined, `${BASE}/t/acme/sign-in/${handle}`]);
    expect(await jar.get('session', suite.tenant)).toBeNull();
    expect(seen(await signIn(jar, handle, ticket))).toEqual(BAD_REQUEST);
  });

  it('302: leads there for a consent, of a user who is signed in by then', async () => {
    const { clientId } = await suite.newClient({ consent: 'required' });
    const { jar, handle, ticket } = await proved({ client_id: clientId });
    expect(seen(await signIn(jar, handle, ticket))).toEqual([302, undefined, `${BASE}/t/acme/sign-in/${handle}`]);
    expect(await jar.get('session', suite.tenant)).not.toBeNull();
  });

  it('400: in another browser, and without cookies, where nothing is used up (negative 51)', async () => {
    const { jar, handle, ticket } = await proved();
    const other = new CookieJar();
    expect(seen(await signIn(other, handle, ticket))).toEqual(BAD_REQUEST);
    await begin(other);
    expect(seen(await signIn(other, handle, ticket))).toEqual(BAD_REQUEST);
    expect(await other.get('session', suite.tenant)).toBeNull();
    expect(paramsIn(await signIn(jar, handle, ticket))).toHaveProperty('code');
  });

  it('400: for a request that is answered, unknown, or over (negative 51)', async () => {
    const { jar, handle, ticket } = await proved();
    expect(paramsIn(await signIn(jar, handle, ticket))).toHaveProperty('code');
    expect(seen(await signIn(jar, handle, ticket))).toEqual(BAD_REQUEST);
    expect((await suite.refusals()).at(-1)).toMatchObject({
      reason: 'AUTHORIZATION_ENDED',
      client_id: 'app',
      params: { issuerKind: 'api' },
    });
    const late = await proved();
    const unknown = [mintHandle(suite.tenant.route), `A${late.handle.slice(1)}`, 'x', '../x', 'ä', 'x'.repeat(3000)];
    for (const wrong of unknown) expect(seen(await signIn(late.jar, wrong, late.ticket))).toEqual(BAD_REQUEST);
    suite.world.clock.advance(1800);
    expect(seen(await signIn(late.jar, late.handle, late.ticket))).toEqual(BAD_REQUEST);
  });

  it('400: for a ticket that is used, over, of another request or none (negative 51)', async () => {
    const { jar, image, handle, ticket } = await proved();
    const other = await begin(jar);
    expect(seen(await signIn(jar, other, ticket))).toEqual(BAD_TICKET);
    expect(seen(await signIn(jar, handle, ticket))).toEqual(BAD_TICKET);
    for (const wrong of [mintHandle(suite.tenant.route), 'x', 'ä'.repeat(1000)])
      expect(seen(await signIn(jar, handle, wrong))).toEqual(BAD_TICKET);
    const late = await proveImage(suite.world, image, handle);
    suite.world.clock.advance(61);
    expect(seen(await signIn(jar, handle, late))).toEqual(BAD_TICKET);
    const right = await proveImage(suite.world, image, handle);
    expect(paramsIn(await signIn(jar, handle, right))).toHaveProperty('code');
  });

  it('400: for all but one of those that come at the same moment', async () => {
    const { jar, handle, ticket } = await proved();
    const answers = await Promise.all([signIn(jar, handle, ticket), signIn(jar, handle, ticket)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([302, 400]);
  });

  it('400: for an account that was disabled since the proof', async () => {
    const { jar, user, handle, ticket } = await proved();
    await suite.world.services.endAccess.setEnabled(suite.world.system(suite.tenant), user.id, false);
    expect(seen(await signIn(jar, handle, ticket))).toEqual(BAD_TICKET);
    expect(await jar.get('session', suite.tenant)).toBeNull();
  });

  it.each([
    ['is disabled', { enabled: false }],
    ['has another address', { redirects: [{ uri: 'https://app.example/other' }] }],
  ])('400: for an application that %s by now', async (_, change) => {
    const client = await suite.newClient({ consent: 'trusted' });
    const { jar, handle, ticket } = await proved({ client_id: client.clientId });
    await suite.world.services.clients.update(suite.world.system(suite.tenant), client.uuid, change as never);
    expect(seen(await signIn(jar, handle, ticket))).toEqual([400, { detail: expect.any(String) }, undefined]);
  });

  it('403: for an address that the tenant wants verified; another ticket of the same request works afterwards', async () => {
    await set({ verifyEmail: true });
    const { jar, user, image, handle, ticket } = await proved();
    const refused = [403, { detail: 'Email not verified' }, undefined];
    expect(seen(await signIn(jar, handle, ticket))).toEqual(refused);
    expect(await jar.get('session', suite.tenant)).toBeNull();
    const events = await suite.world.events(suite.tenant);
    expect(events.at(-1)).toMatchObject({ type: 'sign_in.failed', reason: 'email_unverified', subject_id: user.id });
    await suite.world.services.users.update(suite.world.system(suite.tenant), user.id, { emailVerified: true });
    const again = await proveImage(suite.world, image, handle);
    expect(paramsIn(await signIn(jar, handle, again))).toHaveProperty('code');
    await set({ verifyEmail: false });
  });

  it('shows people a page that names the error, in the status of its kind', async () => {
    const { jar, handle, ticket } = await proved();
    const pageOf = async (request: string, given: string) => {
      const { status, headers, json, text } = await signIn(jar, request, given, HTML);
      expect([json, headers['content-type'], headers['vary']]).toEqual([
        undefined,
        'text/html; charset=utf-8',
        'Accept',
      ]);
      return [status, /"code":"(\w+)"/.exec(text)?.[1]];
    };
    expect(await pageOf(handle, 'x')).toEqual([400, 'SIGN_IN_TICKET_INVALID']);
    expect(await pageOf('x', ticket)).toEqual([404, 'INTERACTION_NOT_FOUND']);
    expect(await pageOf('', ticket)).toEqual([400, 'INVALID_INPUT']);
    expect(paramsIn(await signIn(jar, handle, ticket, HTML))).toHaveProperty('code');
    expect(await pageOf(handle, ticket)).toEqual([409, 'AUTHORIZATION_ENDED']);
  });

  it('405: for HEAD, which uses nothing up, and for POST', async () => {
    const { jar, handle, ticket } = await proved();
    for (const method of ['HEAD', 'POST'])
      expect((await ask(jar, signInPath(handle, ticket), method)).status).toBe(405);
    expect(paramsIn(await signIn(jar, handle, ticket))).toHaveProperty('code');
  });

  it('422: without a ticket or a request', async () => {
    const faultsOf = async (query: string) => {
      const { status, json } = await ask(new CookieJar(), `/api/auth/sign-in${query}`, 'GET', '*/*');
      expect(status).toBe(422);
      return json.detail.map(({ loc, type }: { loc: string[]; type: string }) => `${loc.join(' ')} ${type}`);
    };
    expect(await faultsOf('')).toEqual(['query oid_nonce missing', 'query auth_req_id missing']);
    expect(await faultsOf('?oid_nonce=&auth_req_id=')).toEqual([
      'query oid_nonce string_too_short',
      'query auth_req_id string_too_short',
    ]);
    expect(await faultsOf('?oid_nonce=x&oid_nonce=y&auth_req_id=x')).toEqual(['query oid_nonce string_type']);
    expect(await faultsOf('?oid_nonce=x&auth_req_id=%00')).toEqual(['query auth_req_id value_error']);
    expect(await faultsOf('?oid_nonce=%00&auth_req_id=x')).toEqual(['query oid_nonce value_error']);
  });
});
