import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { InteractionStore } from '../../../src/flows/interaction/interaction.store.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { HintedUsers } from '../../../src/oauth/authorize/hinted-users.ts';
import type { StoredRequest } from '../../../src/oauth/authorize/stored-request.ts';
import type { KnownTenant } from '../../../src/tenants/index.ts';
import { authorizingOfSuite, CALLBACK, paramsOf } from '../../support/authorization.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { chooseImage, proveImage } from '../../support/image-flows.ts';
import { asParameters, scopeLinks, type TestClient, TestUser } from '../../support/oauth.ts';
import { type Answer, type RestClient, serveWorld } from '../../support/rest.ts';
import { totpCode } from '../../support/totp.ts';

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const SECRET = 'JBSWY3DPEHPK3PXP';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const BASE = 'https://id.example.com';
const ALL = ['openid', 'email', '2fa', '2fa_link'];
const REQUEST = {
  client_id: 'factors',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid 2fa',
  state: 'st',
  nonce: 'n-0',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
};
const VARIANTS = [
  ['query-tenant', '/api/oidc/authorize', '/api/oidc/token', `${BASE}/api/oidc/acme`],
  ['path-tenant', '/api/oidc/acme/authorize', '/api/oidc/acme/token', `${BASE}/api/oidc/acme`],
  ['Standard', '/acme/authorize', '/acme/token', `${BASE}/acme`],
] as const;
const PATH = VARIANTS[1][1];
/** Null leaves a parameter out. */
type Asked = Readonly<Record<string, string | null>>;

const queryOf = (...parts: readonly Asked[]): string => {
  const all = Object.entries(Object.assign({}, ...parts) as Asked);
  return new URLSearchParams(all.filter((entry): entry is [string, string] => entry[1] !== null)).toString();
};

const suite = authorizingOfSuite();
let rest: RestClient;
let server: TestClient;
let anna: TestUser;
let jar: CookieJar;

beforeAll(async () => {
  await suite.world.tenant({ name: 'master' });
  await suite.newClient({ clientId: 'factors', consent: 'trusted', scopes: scopeLinks(ALL) });
  server = await newServer(suite.tenant);
  rest = await serveWorld(suite.world);
});
afterAll(async () => {
  expect(rest.faults).toEqual([]);
  await rest.close();
});
beforeEach(async () => {
  // Each code of an app works once.
  suite.world.clock.advance(30);
  jar = new CookieJar();
  anna = await newUser();
});

const newServer = (tenant: TenantRef, clientId = 'server') =>
  suite.newClient(
    {
      clientId,
      type: 'confidential',
      consent: 'trusted',
      tokenEndpointAuthMethod: 'client_secret_post',
      scopes: scopeLinks(ALL),
    },
    tenant,
  );
/** A user with a password and an app. */
const newUser = async (): Promise<TestUser> => {
  const user = await TestUser.create(suite.world, suite.client);
  await suite.world.giveTotp(suite.tenant, user.id);
  return user;
};
const get = async (path: string): Promise<Answer> => {
  const answer = await rest.ask('GET', path, { headers: { accept: HTML, cookie: jar.header } });
  jar.keep(answer.headers['set-cookie'] ?? []);
  return answer;
};
const authorize = (asked: Asked = {}, path: string = PATH) =>
  get(`${path}?${queryOf({ tenant_id: 'acme' }, REQUEST, { login_hint: anna.username }, asked)}`);
/** What an answer brings to the application. */
const paramsIn = ({ status, headers }: Answer): Readonly<Record<string, string>> => {
  const { origin, pathname, searchParams } = new URL(headers.location!);
  expect([status, `${origin}${pathname}`]).toEqual([302, CALLBACK]);
  return Object.fromEntries(searchParams);
};
const errorOf = (answer: Answer) => paramsIn(answer)['error'];
/** The handle of the sign-in that a request begins. */
const handleOf = ({ headers }: Answer): string => {
  const page = new URL(headers.location!, BASE);
  expect(page.pathname).toBe('/ui/login');
  return page.searchParams.get('auth_req_id')!;
};
const begin = async (asked: Asked = {}, path?: string) => handleOf(await authorize(asked, path));
const typeCode = (handle: string, secret = SECRET) =>
  jar.use((browser) =>
    suite.world.services.interactionSteps.submitFactor(suite.authority(), browser, handle, {
      method: 'totp',
      code: totpCode(secret, suite.world.clock.now()),
    }),
  );
const viewOf = (handle: string) =>
  jar.use((browser) => suite.world.services.interactions.view(suite.authority(), browser, handle));
const resume = (handle: string, tenant = 'acme') => get(`/api/oidc/${tenant}/authorize/${handle}`);
const prove = async (handle: string, user = anna) => {
  await suite.typePassword(jar, handle, user);
  await typeCode(handle);
  return resume(handle);
};
const exchange = (code: string | undefined, form: Asked = {}, path: string = VARIANTS[1][2]) =>
  rest.ask('POST', path, {
    headers: FORM,
    body: queryOf(
      { tenant_id: 'acme', grant_type: 'authorization_code', client_id: 'factors', redirect_uri: CALLBACK },
      { code: code ?? '', code_verifier: VERIFIER },
      form,
    ),
  });
const verify = async (token: string, issuer: string, audience = 'factors'): Promise<JWTPayload> => {
  const { json } = await rest.ask('GET', '/api/oidc/acme/.well-known/jwks');
  const options = { issuer, audience, typ: 'JWT', currentDate: suite.world.clock.now() };
  return (await jwtVerify(token, createLocalJWKSet(json), options)).payload;
};

describe('a second factor alone (scope 2fa)', () => {
  it.each(VARIANTS)('is answered with an ID token and nothing else: %s', async (_name, path, token, issuer) => {
    const email = `${anna.username}@example.org`;
    await suite.world.services.users.update(suite.world.system(suite.tenant), anna.id, { email, emailVerified: true });
    const answer = await prove(await begin({ scope: 'openid email 2fa' }, path));
    const { code, ...others } = paramsIn(answer);
    expect(others).toEqual({ state: 'st', iss: issuer });
    const { status, headers, json } = await exchange(code, {}, token);
    expect([status, headers['cache-control'], json]).toEqual([200, 'no-store', { id_token: expect.any(String) }]);
    const claims = await verify(json.id_token, issuer);
    expect(claims).toMatchObject({ sub: anna.id, nonce: 'n-0', acr: '2fa', amr: ['pwd', 'otp', 'mfa'], email });
    expect(claims).not.toHaveProperty('at_hash');
    expect((await rest.ask('GET', '/api/oidc/userinfo', { token: json.id_token })).status).toBe(401);
    const issued = (await suite.world.events(suite.tenant)).findLast(({ type }) => type === 'token.issued')!;
    expect(issued).toMatchObject({ subject_id: anna.id, client_id: 'factors', session_id: claims['sid'] });
    expect(issued.params).toEqual({
      grantType: 'authorization_code',
      issuerKind: path.startsWith('/api') ? 'api' : 'root',
      scope: 'openid email 2fa',
      grantId: expect.any(String),
    });
    expect((await exchange(code, {}, token)).json.error).toBe('invalid_grant');
  });

  it('is listed in the metadata', async () => {
    for (const path of ['/api/oidc/acme', '/acme']) {
      const { json } = await rest.ask('GET', `${path}/.well-known/openid-configuration`);
      expect(json.scopes_supported).toEqual(['openid', 'profile', 'email', '2fa', '2fa_link']);
    }
  });

  it('takes PKCE of confidential clients too, which need none for a sign-in', async () => {
    const asked = { client_id: 'server', code_challenge: null };
    expect(errorOf(await authorize(asked))).toBe('invalid_request');
    await begin({ ...asked, scope: 'openid' });
    const { code } = paramsIn(await prove(await begin({ client_id: 'server' })));
    const { json } = await exchange(code, { client_id: 'server', client_secret: server.secret });
    expect(await verify(json.id_token, `${BASE}/api/oidc/acme`, 'server')).toMatchObject({ sub: anna.id });
  });

  it.each<[string, Asked, string]>([
    ['no name', { login_hint: null }, 'invalid_request'],
    ['blanks for a name', { login_hint: ' ' }, 'invalid_request'],
    ['a name that nobody can have', { login_hint: 'x'.repeat(321) }, 'invalid_request'],
    ['the address alone of a user who is there', { login_hint: null, email_hint: 'a@example.org' }, 'invalid_request'],
    ['prompt=none', { prompt: 'none' }, 'login_required'],
    ['2fa_link alone', { client_id: 'server', scope: 'openid 2fa_link' }, 'invalid_scope'],
    ['2fa_link by a public client', { scope: 'openid 2fa 2fa_link' }, 'invalid_scope'],
    [
      '2fa_link and no hint',
      { client_id: 'server', scope: 'openid 2fa 2fa_link', login_hint: null },
      'invalid_request',
    ],
    [
      '2fa_link and a hint that is no address',
      { client_id: 'server', scope: 'openid 2fa 2fa_link', email_hint: 'nobody' },
      'invalid_request',
    ],
    ['a scope that the client may not have', { client_id: 'app' }, 'invalid_scope'],
    ['a hint twice', { login_hint: 'one&login_hint=two' }, 'invalid_request'],
  ])('is refused at the application for a request with %s', async (_what, asked, error) => {
    const query = queryOf(REQUEST, { login_hint: anna.username }, asked).replace('%26login_hint%3D', '&login_hint=');
    const { error_description: text, ...params } = paramsIn(await get(`${PATH}?${query}`));
    expect(params).toEqual({ error, state: 'st', iss: `${BASE}/api/oidc/acme` });
    expect(text).not.toBe('');
  });

  it('takes an ID token of the same user as a hint, and of no other one', async () => {
    const idToken = async (user: TestUser) =>
      (await exchange(paramsIn(await prove(await begin({ login_hint: user.username }), user))['code'])).json.id_token;
    const own = await idToken(anna);
    suite.world.clock.advance(30);
    await begin({ id_token_hint: own });
    const foreign = await idToken(await newUser());
    expect(errorOf(await authorize({ id_token_hint: foreign }))).toBe('invalid_request');
  });

  it('is proved anew by a user who is signed in, with whatever factors', async () => {
    const session = { inBrowser: true, acr: '2fa', amr: ['pwd', 'otp', 'mfa'] };
    const { cookie } = await suite.world.signedIn(suite.tenant, anna.id, session);
    await jar.set('session', suite.tenant, cookie!);
    expect(paramsIn(await authorize({ scope: 'openid', client_id: 'factors' }))['code']).toBeDefined();
    const handle = await begin();
    expect((await viewOf(handle)).step).toMatchObject({ step: 'password', isIdentifierFixed: true });
    expect((await suite.typePassword(jar, handle, anna)).step).toMatchObject({ step: 'factor' });
    expect(new URL((await resume(handle)).headers.location!, BASE).pathname).toBe(`/t/acme/sign-in/${handle}`);
    await typeCode(handle);
    expect(paramsIn(await resume(handle))['code']).toBeDefined();
  });

  it('is of the named user alone, also where another one is signed in', async () => {
    const other = await newUser();
    const { cookie } = await suite.world.signedIn(suite.tenant, other.id, { inBrowser: true, acr: '1fa' });
    await jar.set('session', suite.tenant, cookie!);
    const handle = await begin();
    expect((await viewOf(handle)).step).toMatchObject({ step: 'password', identifier: anna.username });
    await suite.world.givePassword(suite.tenant, other.id, 'five-otters-after-tea');
    const wrong = { username: other.username, password: 'five-otters-after-tea' } as TestUser;
    await expect(suite.typePassword(jar, handle, wrong)).rejects.toMatchObject({ code: 'SIGN_IN_REFUSED' });
    const { json } = await exchange(paramsIn(await prove(handle))['code']);
    expect((await verify(json.id_token, `${BASE}/api/oidc/acme`)).sub).toBe(anna.id);
  });

  it('does not tell which names there are: every name has the same pages (check 43)', async () => {
    const email = `${anna.username}@example.org`;
    await suite.world.services.users.update(suite.world.system(suite.tenant), anna.id, { email });
    const steps = [];
    for (const hint of [anna.username.toUpperCase(), email, 'nobody.here']) {
      const handle = await begin({ login_hint: hint });
      const { step } = await viewOf(handle);
      expect(step).toMatchObject({ identifier: hint });
      steps.push({ ...step, identifier: '' });
      const wrong = { username: hint, password: 'a-wrong-password' } as TestUser;
      await expect(suite.typePassword(jar, handle, wrong)).rejects.toMatchObject({ code: 'SIGN_IN_REFUSED' });
    }
    expect(steps[1]).toEqual(steps[0]);
    expect(steps[2]).toEqual(steps[0]);
    const known = { username: anna.username, password: anna.password } as TestUser;
    const handle = await begin({ login_hint: 'nobody.here' });
    await expect(suite.typePassword(jar, handle, known)).rejects.toMatchObject({ code: 'SIGN_IN_REFUSED' });
  });

  it('is of the name that is typed: blanks around it lead to the same account, for which wrong passwords count', async () => {
    const handle = await begin({ login_hint: ` ${anna.username} ` });
    expect((await viewOf(handle)).step).toMatchObject({ identifier: anna.username });
    const wrong = { username: anna.username, password: 'a-wrong-password' } as TestUser;
    await expect(suite.typePassword(jar, handle, wrong)).rejects.toMatchObject({ code: 'SIGN_IN_REFUSED' });
    const failed = (await suite.world.events(suite.tenant)).findLast(({ type }) => type === 'sign_in.failed')!;
    expect(failed.subject_id).toBe(anna.id);
    const { json } = await exchange(paramsIn(await prove(handle))['code']);
    expect((await verify(json.id_token, `${BASE}/api/oidc/acme`)).sub).toBe(anna.id);
  });

  it('does not tell who a claim names beside the hint: the pages come first, and the account is compared in the end', async () => {
    const claims = (value: string) => JSON.stringify({ id_token: { sub: { value } } });
    for (const login_hint of [anna.username, 'nobody.here'])
      for (const sub of [anna.id, 'current', 'somebody']) {
        const { step } = await viewOf(await begin({ login_hint, claims: claims(sub) }));
        expect(step).toMatchObject({ step: 'password', identifier: login_hint, isIdentifierFixed: true });
      }
    expect(errorOf(await prove(await begin({ claims: claims('current') })))).toBe('login_required');
    suite.world.clock.advance(30);
    expect(paramsIn(await prove(await begin({ claims: claims(anna.id) })))['code']).toBeDefined();
  });

  /** Proves an account by other means than a password, in a request that is under way. */
  const proveBy = async (amr: readonly string[], user: TestUser, handle: string) => {
    const row = await new InteractionStore(suite.world.db).find(suite.tenant.id, handle);
    const { proofVersion } = (await suite.world.services.users.find(suite.world.system(suite.tenant), user.id))!;
    const proved = { user: { id: user.id, username: user.username, proofVersion }, amr };
    const stored = row!.purpose as unknown as StoredRequest;
    return jar.use(async (browser) => {
      const { authorization } = suite.world.services.oauth;
      const asked = { issuerKind: 'api', stored, proved };
      return (await authorization.beginProved(suite.authority(), browser, asked))();
    });
  };

  it('is shown by an image or a passkey without anything else, not by a password', async () => {
    for (const amr of [['pop'], ['swk', 'mfa']])
      expect(paramsOf(await proveBy(amr, anna, await begin()))['code']).toMatch(/^[\w-]{43}$/);
    const answer = await proveBy(['pwd'], anna, await begin());
    expect(answer).toMatchObject({ kind: 'interaction' });
    expect((await viewOf((answer as { handle: string }).handle)).step).toMatchObject({ step: 'factor' });
  });

  it('is the image of an account that has one: a stolen password sets up no app in its place', async () => {
    const { world, tenant } = suite;
    const imaged = await TestUser.create(world, suite.client);
    const image = await chooseImage(world, tenant, imaged);
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: '2fa' } } });
    for (const asked of [{}, { claims }]) {
      const handle = await begin({ login_hint: imaged.username, ...asked });
      await expect(suite.typePassword(jar, handle, imaged)).rejects.toMatchObject({ code: 'SIGN_IN_METHOD_OTHER' });
      const { step } = await viewOf(handle);
      expect(step).toMatchObject({ step: 'password', identifier: imaged.username });
    }
    const handle = await begin({ login_hint: imaged.username });
    const ticket = await proveImage(world, image, handle);
    await jar.use((browser) =>
      world.services.interactionSteps.submitTicket(suite.authority(), browser, handle, { ticket }),
    );
    const { json } = await exchange(paramsIn(await resume(handle))['code']);
    expect(await verify(json.id_token, `${BASE}/api/oidc/acme`)).toMatchObject({ sub: imaged.id, amr: ['pop', 'pin'] });
  });

  it('takes two where the application demands a class that one does not reach', async () => {
    const demandsOf = async (asked: Asked = {}) =>
      (await new InteractionStore(suite.world.db).find(suite.tenant.id, await begin(asked)))!.request.demands;
    expect(await demandsOf()).toMatchObject({
      factors: 2,
      factorsAlone: expect.arrayContaining(['pop', 'hwk', 'swk']),
    });
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: '2fa' } } });
    const demands = await demandsOf({ claims });
    expect([demands.factors, demands.factorsAlone, demands.userId]).toEqual([2, undefined, anna.id]);
    expect(demands.ownFactors).toContain('pop');
    const answer = await proveBy(['pop'], anna, await begin({ claims }));
    expect(paramsOf(answer)['error']).toBe('unmet_authentication_requirements');
  });

  it('is refused for the proof of another user', async () => {
    const answer = await proveBy(['pop'], await newUser(), await begin());
    expect(paramsOf(answer)['error']).toBe('login_required');
  });

  it('is asked for again where the session has lost it before the answer', async () => {
    const handle = await begin();
    await suite.typePassword(jar, handle, anna);
    await typeCode(handle);
    const { sessions } = suite.world.services;
    const session = (await jar.use((browser) => sessions.ofBrowser(browser, suite.tenant)))!;
    const { cookie } = await sessions.renew(suite.authority(), session.id, { amr: ['pwd'], acr: '1fa' });
    await jar.set('session', suite.tenant, cookie!);
    expect((await resume(handle)).headers.location).toContain('/t/acme/sign-in/');
  });

  it('ends with a client that loses the scope: on the pages, and with a code', async () => {
    const { clients } = suite.world.services;
    const system = suite.world.system(suite.tenant);
    const { uuid, secret } = await newServer(suite.tenant, 'losing');
    const keep = (...names: string[]) => clients.update(system, uuid, { scopes: scopeLinks(names) });
    const asked = { client_id: 'losing' };
    const handle = await begin(asked);
    await keep('openid');
    expect(errorOf(await prove(handle))).toBe('invalid_scope');
    await keep('openid', '2fa');
    suite.world.clock.advance(30);
    const { code } = paramsIn(await prove(await begin(asked)));
    await keep('openid');
    const { status, json } = await exchange(code, { client_id: 'losing', client_secret: secret });
    expect([status, json.error]).toEqual([400, 'invalid_grant']);
  });

  it('is not answered for an account that is made for it', async () => {
    const open = await suite.world.tenant({ settings: { registration: true } });
    await suite.newClient({ clientId: 'factors', consent: 'trusted', scopes: scopeLinks(ALL) }, open);
    const parameters = asParameters({ ...REQUEST, login_hint: 'nobody.here' });
    const { interactions, oauth } = suite.world.services;
    const answer = await jar.use((browser) =>
      oauth.authorization.register(suite.authority(open), browser, { issuerKind: 'api', parameters }),
    );
    const { handle } = answer as { handle: string };
    const { step } = await jar.use((browser) => interactions.view(suite.authority(open), browser, handle));
    expect(step).toMatchObject({ step: 'password', canRegister: false, isIdentifierFixed: true });
  });
});

describe('tenants whose users prove a second factor alone (is_2fa)', () => {
  it('refuse every request for anything else, at every issuer', async () => {
    const settings = { isSecondFactorOnly: true };
    const { name, ...tenant } = await suite.world.tenant({ template: 'image', settings });
    const input = { clientId: 'factors', consent: 'trusted', scopes: scopeLinks(ALL) } as const;
    await suite.newClient(input, { ...tenant, name } as TenantRef);
    for (const path of [`/api/oidc/${name}/authorize`, `/${name}/authorize`]) {
      const ask = (asked: Asked) => get(`${path}?${queryOf(REQUEST, { login_hint: 'ada' }, asked)}`);
      for (const scope of ['openid', 'openid email', null]) expect(errorOf(await ask({ scope }))).toBe('invalid_scope');
      expect(handleOf(await ask({}))).toMatch(/^[\w-]{43}$/);
    }
    // Issuers that know no such scope take no request.
    const refusalAt = async (path: string, scope: string) => {
      const { headers } = await get(`${path}?${queryOf(REQUEST, { scope })}`);
      return new URL(headers.location!).searchParams.get('error');
    };
    for (const path of [`/t/${name}/oauth/authorize`, `/realms/${name}/protocol/openid-connect/auth`])
      for (const scope of ['openid', 'openid 2fa']) expect(await refusalAt(path, scope)).toBe('invalid_scope');
  });
});

describe('a second factor of a new user (scope 2fa_link)', () => {
  let open: KnownTenant;
  let confidential: TestClient;
  beforeAll(async () => {
    open = await suite.world.tenant({ name: 'open', settings: { registration: true } });
    confidential = await newServer(open);
  });

  const scope = 'openid email 2fa 2fa_link';
  const ask = async (hints: Asked) => {
    const query = queryOf(REQUEST, { client_id: 'server', scope }, hints);
    return handleOf(await get(`/api/oidc/open/authorize?${query}`));
  };
  const take = <T>(step: (browser: Parameters<Parameters<CookieJar['use']>[0]>[0]) => Promise<T>) => jar.use(step);
  /** Makes an account on the pages, with an app. */
  const register = async (handle: string, username: string, email: string) => {
    const { interactionSteps } = suite.world.services;
    const authority = suite.authority(open);
    const typed = { username, email, password: 'five-otters-after-tea' };
    await take((browser) => interactionSteps.submitRegistration(authority, browser, handle, typed));
    const { step } = await take((browser) => interactionSteps.beginFactorEnrolment(authority, browser, handle));
    const { secret } = (step as { enrolment: { secret: string } }).enrolment;
    const code = totpCode(secret, suite.world.clock.now());
    return take((browser) => interactionSteps.submitFactorEnrolment(authority, browser, handle, { code }));
  };
  /** Confirms the address of an account on the pages, by the code that is mailed to it. */
  const confirm = async (handle: string, address: string) => {
    const { interactionSteps } = suite.world.services;
    const authority = suite.authority(open);
    await take((browser) => interactionSteps.sendEmailCode(authority, browser, handle));
    const mail = (await suite.world.outbox()).mails.findLast(({ to }) => to === address)!;
    const [code] = /\d{6}/.exec(mail.text)!;
    await take((browser) => interactionSteps.submitEmailCode(authority, browser, handle, code));
  };

  it('is answered once the user has made the account that the hints name', async () => {
    const handle = await ask({ email_hint: 'new@example.org' });
    const { step } = await take((browser) =>
      suite.world.services.interactions.view(suite.authority(open), browser, handle),
    );
    expect(step).toMatchObject({ step: 'registration', identifier: 'new@example.org' });
    const { step: next } = await register(handle, 'newcomer', 'New@example.org');
    expect(next).toMatchObject({ step: 'email-code', isSent: false });
    // Somebody who types an address need not read its mails.
    expect(new URL((await resume(handle, 'open')).headers.location!, BASE).pathname).toMatch('/t/open/sign-in/');
    await confirm(handle, 'New@example.org');
    const { code } = paramsIn(await resume(handle, 'open'));
    const form = { tenant_id: 'open', client_id: 'server', client_secret: confidential.secret };
    const { json } = await exchange(code, form, '/api/oidc/open/token');
    expect(Object.keys(json)).toEqual(['id_token']);
    const claims = JSON.parse(Buffer.from(json.id_token.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({ aud: 'server', email: 'New@example.org', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('is answered for an account that is there already, if the hints name it', async () => {
    const authority = suite.authority(open);
    const { interactionSteps } = suite.world.services;
    const there = await suite.world.newUser(open, { username: 'there', email: 'there@example.org' });
    await suite.world.services.users.update(suite.world.system(open), there.id, { emailVerified: true });
    const bare = await suite.world.newUser(open, { username: 'bare' });
    const passwords = new Map<string, string>();
    for (const { id, username } of [there, bare]) {
      passwords.set(username, await suite.world.givePassword(open, id));
      await suite.world.giveTotp(open, id);
    }
    const answerTo = async (identifier: string, hints: Asked) => {
      suite.world.clock.advance(30);
      const handle = await ask(hints);
      await take((browser) => interactionSteps.leaveRegistration(authority, browser, handle));
      const typed = { identifier, password: passwords.get(identifier)! };
      await take((browser) => interactionSteps.submitPassword(authority, browser, handle, typed));
      const code = totpCode(SECRET, suite.world.clock.now());
      await take((browser) => interactionSteps.submitFactor(authority, browser, handle, { method: 'totp', code }));
      return Object.keys(paramsIn(await resume(handle, 'open')))[0];
    };
    expect(await answerTo('there', { login_hint: 'there', email_hint: 'there@example.org' })).toBe('code');
    expect(await answerTo('there', { login_hint: 'THERE' })).toBe('code');
    expect(await answerTo('bare', { login_hint: 'bare' })).toBe('code');
    // An account without an address is none with that address.
    expect(await answerTo('bare', { email_hint: 'there@example.org' })).toBe('error');
  });

  it('is named by an address only while that is confirmed', async () => {
    const { stores, services } = suite.world;
    const email = 'typed@example.org';
    const { id } = await suite.world.newUser(open, { username: 'typed', email });
    const isNamed = () => new HintedUsers(stores.userStore).isNamed(open, { loginHint: 'typed', email }, id);
    expect(await isNamed()).toBe(false);
    await services.users.update(suite.world.system(open), id, { emailVerified: true });
    expect(await isNamed()).toBe(true);
  });

  it.each<[string, Asked]>([
    ['another address', { email_hint: 'expected@example.org' }],
    ['another name', { login_hint: 'expected' }],
    ['another address beside the right name', { login_hint: 'other-0', email_hint: 'expected@example.org' }],
  ])('is refused for an account with %s', async (_what, hints) => {
    const handle = await ask(hints);
    const username = hints['login_hint'] === 'other-0' ? 'other-0' : `other-${suite.world.clock.now().getTime()}`;
    await register(handle, username, `${username}@example.org`);
    expect(errorOf(await resume(handle, 'open'))).toBe('login_required');
  });
});
