import { X509Certificate } from 'node:crypto';
import { calculateJwkThumbprint, createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority, anonymousCaller } from '../../../src/access/index.ts';
import type { CreateClient } from '../../../src/clients/index.ts';
import { epochSeconds, type TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { APPLICATION, CLAIMS, newKey, OBJECT, SUBJECT, TestAuthority } from '../../support/factor-authority.ts';
import { chooseImage, proveImage } from '../../support/image-flows.ts';
import { type Answer, type RestClient, serveWorld } from '../../support/rest.ts';
import { totpCode } from '../../support/totp.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const PATH = '/api/flows/microsoft-mfa/acme';
const FORM_PATH = '/api/flows/microsoft-mfa-form';
const ORIGIN = 'https://id.example.com';
const ISSUER = `${ORIGIN}${PATH}`;
const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const SECRET = 'JBSWY3DPEHPK3PXP';
const HANDLE = /^[\w-]{43}$/;
const REQUEST_ID = '0d8a7b9c-3c55-4a3c-9a35-0b8c2b8e1d11';
/** Null leaves a parameter out. */
type Asked = Readonly<Record<string, string | null>>;

describe('the second factor for Microsoft Entra', () => {
  let world: World;
  let acme: TenantRef;
  let rest: RestClient;
  let entra: TestAuthority;
  let ada: User;
  let password: string;
  let jar: CookieJar;

  beforeAll(async () => {
    entra = await TestAuthority.start();
    world = await World.open(undefined, undefined, undefined, undefined, [entra.template]);
    await world.tenant({ name: 'master' });
    acme = await world.tenant({ name: 'acme' });
    rest = await serveWorld(world);
    await newClient('entra');
    await newClient('by-object', { specialFlow: entra.flow('oid') });
    ada = await world.newUser(acme, { username: 'ada', email: 'ada@example.org', externalId: OBJECT });
    password = await world.givePassword(acme, ada.id);
    await world.giveTotp(acme, ada.id);
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
    await entra.close();
  });
  beforeEach(() => {
    jar = new CookieJar();
    // Each code of an app works once.
    world.clock.advance(30);
  });
  afterEach(() => entra.instead(null));

  const newClient = (clientId: string, input: CreateClient = {}) =>
    world.newClient(acme, {
      clientId,
      redirects: [{ uri: entra.answerAddress }],
      specialFlow: entra.flow(),
      ...input,
    });
  const authority = () => new Authority(anonymousCaller(TEST_ORIGIN), acme, 'self');
  const now = () => epochSeconds(world.clock.now());
  const hint = (claims: Readonly<Record<string, unknown>> = {}) => entra.hint({ iat: now(), claims });
  const get = async (path: string, browser = jar, accept = HTML): Promise<Answer> => {
    const answer = await rest.ask('GET', path, { headers: { accept, cookie: browser.header } });
    browser.keep(answer.headers['set-cookie'] ?? []);
    return answer;
  };
  const sendForm = (body: string, accept = HTML) =>
    rest.ask('POST', `${PATH}/authorize`, {
      headers: { accept, 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
  const formOf = async (asked: Asked): Promise<string> => {
    const request = {
      client_id: 'entra',
      redirect_uri: entra.answerAddress,
      state: 'st',
      nonce: 'n-1',
      claims: CLAIMS,
      id_token_hint: await hint(),
      ...asked,
    };
    const sent = Object.entries(request).filter((entry): entry is [string, string] => entry[1] !== null);
    return new URLSearchParams(sent).toString();
  };
  /** Posts a request as a browser does from another site: without cookies. */
  const post = async (asked: Asked = {}, accept?: string) => sendForm(await formOf(asked), accept);
  /** The path on this service that an answer leads to. */
  const pathOf = ({ status, headers }: Answer) => {
    expect(status).toBe(303);
    const { origin, pathname, search } = new URL(headers.location!);
    expect(origin).toBe(ORIGIN);
    return `${pathname}${search}`;
  };
  const lastOf = (path: string) => path.split('/').at(-1)!;
  /** The fields of a page that posts itself to Entra. */
  const fieldsOf = ({ status, text }: Answer): Record<string, string> => {
    expect(status).toBe(200);
    expect(text).toContain(`<form method="post" action="${entra.answerAddress}">`);
    return Object.fromEntries(
      [...text.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
    );
  };
  const lastEvent = async (type: string) => (await world.events(acme)).findLast((event) => event.type === type)!;
  /** Posts a request that is refused. @returns What Entra gets, and the fault that the event names. */
  const refusalOf = async (asked: Asked) => {
    const { error, error_description, ...others } = fieldsOf(await post(asked));
    expect([error_description, others]).toEqual([expect.any(String), { state: 'st' }]);
    const event = await lastEvent('authorization.refused');
    expect(event).toMatchObject({ client_id: asked['client_id'] ?? 'entra', outcome: 'failure', reason: error });
    expect(event.params['issuerKind']).toBe('external-factor');
    return [error, event.params['fault'] ?? null];
  };
  /** Begins a sign-in. @returns The handle of its interaction. */
  const begin = async (asked: Asked = {}) => lastOf(pathOf(await get(pathOf(await post(asked)))));
  const typePassword = (handle: string, typed = password, identifier = 'ada') =>
    jar.use((browser) =>
      world.services.interactionSteps.submitPassword(authority(), browser, handle, {
        identifier,
        password: typed,
        isRemembered: false,
      }),
    );
  const typeCode = (handle: string) =>
    jar.use((browser) =>
      world.services.interactionSteps.submitFactor(authority(), browser, handle, {
        method: 'totp',
        code: totpCode(SECRET, world.clock.now()),
      }),
    );
  const resume = (handle: string) => get(`${PATH}/authorize/${handle}`);
  /** Signs in. @returns The path of the form. */
  const signIn = async (asked: Asked = {}) => {
    const handle = await begin(asked);
    await typePassword(handle);
    await typeCode(handle);
    return pathOf(await resume(handle));
  };
  const verify = async (token: string): Promise<JWTPayload> => {
    const keys = createLocalJWKSet((await get(`${PATH}/.well-known/jwks.json`)).json);
    const options = {
      issuer: ISSUER,
      audience: 'entra',
      typ: 'JWT',
      algorithms: ['RS256'],
      currentDate: world.clock.now(),
    };
    return (await jwtVerify(token, keys, options)).payload;
  };
  const codeOf = ({ text }: Answer) =>
    JSON.parse(/<script type="application\/json" id="state">(.*?)<\/script>/s.exec(text)![1]!).code;

  it('FLOW-1: shows RSA keys with their certificates', async () => {
    const { status, headers, json } = await get(`${PATH}/.well-known/jwks.json`);
    expect([status, Number(headers['content-length']) > 0]).toEqual([200, true]);
    expect(json.keys.length).toBeGreaterThan(0);
    for (const { kid, x5c, x5t, ...key } of json.keys) {
      expect(key).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256' });
      expect([Object.hasOwn(key, 'd'), kid]).toEqual([false, await calculateJwkThumbprint(key)]);
      const certificate = new X509Certificate(Buffer.from(x5c[0], 'base64'));
      expect(Buffer.from(certificate.fingerprint.replaceAll(':', ''), 'hex').toString('base64url')).toBe(x5t);
      expect(certificate.publicKey.export({ format: 'jwk' })).toMatchObject({ n: key.n, e: key.e });
    }
  });

  it('FLOW-2: shows the metadata that Entra needs, with its length', async () => {
    const { status, headers, json, text } = await get(`${PATH}/.well-known/openid-configuration`);
    expect([status, headers['content-length']]).toEqual([200, String(Buffer.byteLength(text))]);
    expect(json).toEqual({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/authorize`,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
      scopes_supported: ['openid'],
      response_types_supported: ['id_token'],
      response_modes_supported: ['form_post'],
      grant_types_supported: ['implicit'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      claim_types_supported: ['normal'],
      claims_parameter_supported: true,
      claims_supported: ['sub', 'acr', 'amr'],
      acr_values_supported: expect.arrayContaining(['possessionorinherence']),
    });
  });

  it.each(['jwks.json', 'openid-configuration'])(
    'answers 404 for %s of a tenant that is not there',
    async (document) => {
      const { status, json } = await get(`/api/flows/microsoft-mfa/nowhere/.well-known/${document}`);
      expect([status, json]).toEqual([404, { detail: 'Tenant not found' }]);
    },
  );

  it('FLOW-3, FLOW-4: lets the user prove the account, and posts one class and one method to Entra', async () => {
    const taken = await post({ 'client-request-id': REQUEST_ID });
    expect(pathOf(taken)).toMatch(new RegExp(`^${PATH}/authorize\\?posted_request=[\\w-]{43}$`));
    expect(taken.headers['set-cookie']).toBeUndefined();
    const begun = await get(pathOf(taken));
    const page = pathOf(begun);
    expect(page).toMatch(/^\/t\/acme\/sign-in\/[\w-]{43}$/);
    expect(begun.headers['set-cookie']).toHaveLength(1);
    const handle = lastOf(page);
    expect(pathOf(await resume(handle))).toBe(page);
    await typePassword(handle);
    expect(pathOf(await resume(handle))).toBe(page);
    const at = epochSeconds(world.clock.now());
    await typeCode(handle);
    const form = pathOf(await resume(handle));
    expect([form.startsWith(`${FORM_PATH}/`), lastOf(form)]).toEqual([true, expect.stringMatching(HANDLE)]);
    const answer = await get(form);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' });
    const policy = answer.headers['content-security-policy']!;
    expect(policy).toMatch(new RegExp(`form-action ${entra.origin}$`));
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^' ]+';/);
    const { id_token: token, ...others } = fieldsOf(answer);
    expect(others).toEqual({ state: 'st' });
    expect(await verify(token!)).toEqual({
      iss: ISSUER,
      aud: 'entra',
      sub: SUBJECT,
      nonce: 'n-1',
      iat: at,
      exp: at + 300,
      acr: 'possessionorinherence',
      amr: ['otp'],
    });
    // No endpoint of this service takes the token.
    const signOut = await get(`/t/acme/oauth/logout?id_token_hint=${token}`);
    expect([signOut.status, codeOf(signOut)]).toEqual([400, 'SIGN_OUT_HINT_INVALID']);
    expect(await lastEvent('token.issued')).toMatchObject({
      subject_id: ada.id,
      actor_id: ada.id,
      client_id: 'entra',
      session_id: expect.any(String),
      params: {
        issuerKind: 'external-factor',
        grantType: 'implicit',
        acr: 'possessionorinherence',
        amr: 'otp',
        requestId: REQUEST_ID,
      },
    });
  });

  it('sends back neither state nor nonce where none came, and escapes what came', async () => {
    const silent = fieldsOf(await get(await signIn({ state: null, nonce: null, claims: null })));
    expect(Object.keys(silent)).toEqual(['id_token']);
    expect(await verify(silent['id_token']!)).not.toHaveProperty('nonce');
    world.clock.advance(30);
    const { text } = await get(await signIn({ state: '"><script>alert(1)</script>' }));
    expect(text).toContain('name="state" value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(text).not.toContain('<script>alert');
  });

  it('finds the user by the id in the directory where the client says so', async () => {
    expect(fieldsOf(await get(await signIn({ client_id: 'by-object' })))['id_token']).toBeDefined();
    const unnamed = { client_id: 'by-object', id_token_hint: await hint({ oid: undefined }) };
    expect(await refusalOf(unnamed)).toEqual(['access_denied', null]);
    const other = await world.newUser(acme, { externalId: OBJECT });
    expect(await refusalOf({ client_id: 'by-object' })).toEqual(['access_denied', null]);
    await world.services.users.delete(world.system(acme), other.id);
  });

  it('asks for the account of the request alone, also where somebody else is signed in', async () => {
    const bob = await world.newUser(acme, { username: 'bob' });
    const ofBob = await world.givePassword(acme, bob.id, 'four-badgers-at-dusk');
    const { cookie } = await world.signedIn(acme, bob.id, { inBrowser: true });
    await jar.set('session', acme, cookie!);
    const handle = await begin();
    await expect(typePassword(handle, ofBob, 'bob')).rejects.toMatchObject({ code: 'SIGN_IN_REFUSED' });
    expect(pathOf(await resume(handle))).toContain('/sign-in/');
    await typePassword(handle, password, 'bob');
    await typeCode(handle);
    const token = fieldsOf(await get(pathOf(await resume(handle))))['id_token']!;
    expect((await verify(token)).sub).toBe(SUBJECT);
  });

  it('asks for a proof again in a browser where the user is signed in', async () => {
    const { cookie } = await world.signedIn(acme, ada.id, { inBrowser: true, amr: ['pwd', 'otp', 'mfa'], acr: '2fa' });
    await jar.set('session', acme, cookie!);
    const handle = await begin();
    expect(pathOf(await resume(handle))).toContain('/sign-in/');
  });

  it('takes one method alone that is a second factor by itself', async () => {
    const handle = await begin();
    const { id: userId, proofVersion } = (await world.services.users.findIn(acme.id, ada.id))!;
    const provedAt = world.clock.now().toISOString();
    const account = { userId, proofVersion, amr: ['pop'], provedAt, sessionId: null, isProvedNow: true };
    await world.db.orm.em
      .fork()
      .getConnection()
      .execute("update interactions set state = jsonb_set(state, '{account}', ?::jsonb), user_id = ?", [
        JSON.stringify(account),
        userId,
      ]);
    const { id_token: token } = fieldsOf(await get(pathOf(await resume(handle))));
    expect(await verify(token!)).toMatchObject({ acr: 'possessionorinherence', amr: ['pop'] });
  });

  it('AUTH-4: takes the ticket of an image of that very account, and leads to the form', async () => {
    const bea = await world.newUser(acme, { username: 'bea' });
    const image = await chooseImage(world, acme, bea);
    const signInBy = async (handle: string) => {
      const ticket = await proveImage(world, image, handle);
      return get(`/api/auth/sign-in?oid_nonce=${ticket}&auth_req_id=${handle}`, jar, '*/*');
    };
    const { status, headers } = await signInBy(
      await begin({ id_token_hint: await hint({ preferred_username: 'bea', sub: 'bea-at-entra' }) }),
    );
    expect([status, headers.location]).toEqual([302, expect.stringMatching(`^${ORIGIN}${FORM_PATH}/[\\w-]{43}$`)]);
    const { id_token: token } = fieldsOf(await get(new URL(headers.location!).pathname));
    expect(await verify(token!)).toMatchObject({ sub: 'bea-at-entra', amr: ['pop'] });
    const ofBea = await world.givePassword(acme, bea.id);
    const other = await begin({ id_token_hint: await hint({ preferred_username: 'bea', sub: 'bea-at-entra' }) });
    await expect(typePassword(other, ofBea, 'bea')).rejects.toMatchObject({ code: 'SIGN_IN_METHOD_OTHER' });
    const refused = await signInBy(await begin());
    expect([refused.status, refused.json]).toEqual([400, { detail: 'Invalid or expired ticket' }]);
  });

  it('denies access where the user gives up, or shows no method that was asked for', async () => {
    const handle = await begin();
    await jar.use((browser) => world.services.interactionSteps.cancel(authority(), browser, handle));
    expect(fieldsOf(await resume(handle))).toMatchObject({ error: 'access_denied', state: 'st' });
    expect(await lastEvent('authorization.refused')).toMatchObject({ subject_id: ada.id, reason: 'access_denied' });
    const other = await begin({ claims: '{"id_token":{"amr":{"values":["fido"]}}}' });
    await typePassword(other);
    await typeCode(other);
    expect(fieldsOf(await resume(other))).toMatchObject({ error: 'access_denied' });
  });

  describe('the form', () => {
    it('is there once', async () => {
      const form = await signIn();
      const [one, two] = await Promise.all([get(form), get(form)]);
      expect([one.status, two.status].sort()).toEqual([200, 404]);
      const again = await get(form);
      expect([again.status, codeOf(again)]).toEqual([404, 'INTERACTION_NOT_FOUND']);
    });

    it('is there in its browser alone, and stays there', async () => {
      const form = await signIn();
      expect((await get(form, new CookieJar())).status).toBe(404);
      expect((await get(form)).status).toBe(200);
    });

    it('is there for two minutes', async () => {
      const form = await signIn();
      world.clock.advance(120);
      expect((await get(form)).status).toBe(404);
    });

    it('is not there for HEAD, for programs a message, and for a secret of another kind or tenant nothing', async () => {
      const form = await signIn();
      expect((await rest.ask('HEAD', form, { headers: { cookie: jar.header } })).status).toBe(405);
      const program = await rest.ask('GET', `${FORM_PATH}/unknown`);
      expect([program.status, program.json.detail]).toEqual([404, expect.any(String)]);
      const handle = await begin();
      for (const secret of [handle, lastOf(form).replace(/^.{7}/, 'AAAAAAA'), '%20', 'x'.repeat(2000)])
        expect((await get(`${FORM_PATH}/${secret}`)).status).toBe(404);
      expect((await get(form)).status).toBe(200);
    });

    it.each([
      ['AUTHORIZATION_CLIENT_INVALID', { enabled: false }],
      ['AUTHORIZATION_CLIENT_INVALID', { specialFlow: null }],
      ['AUTHORIZATION_REDIRECT_INVALID', { redirects: [] }],
    ] as const)('is not there (%s) when its client has changed', async (code, change) => {
      const { client } = await newClient('changing');
      const form = await signIn({ client_id: 'changing' });
      world.clock.advance(30);
      const handle = await begin({ client_id: 'changing' });
      await jar.use((browser) => world.services.interactionSteps.cancel(authority(), browser, handle));
      await world.services.clients.update(world.system(acme), client.id, change as never);
      for (const path of [form, `${PATH}/authorize/${handle}`]) {
        const answer = await get(path);
        expect([answer.status, codeOf(answer)]).toEqual([400, code]);
      }
      await world.services.clients.delete(world.system(acme), client.id);
    });
  });

  describe('a request that could be an attacker’s', () => {
    it.each([
      ['AUTHORIZATION_CLIENT_INVALID', { client_id: 'unknown' }],
      ['AUTHORIZATION_CLIENT_INVALID', { client_id: 'plain' }],
      ['AUTHORIZATION_REDIRECT_INVALID', { redirect_uri: 'https://evil.example/' }],
      ['AUTHORIZATION_REDIRECT_INVALID', { client_id: 'elsewhere', redirect_uri: 'https://app.example/cb' }],
      ['AUTHORIZATION_REDIRECT_INVALID', { client_id: 'elsewhere' }],
    ] as [string, Readonly<Record<string, string>>][])(
      'is answered with 400 (%s) and is posted nowhere: %j',
      async (code, asked) => {
        const plain = await world.newClient(acme, { clientId: 'plain', redirects: [{ uri: entra.answerAddress }] });
        const other = await newClient('elsewhere', { redirects: [{ uri: 'https://app.example/cb' }] });
        const page = await post(asked);
        expect([page.status, codeOf(page)]).toEqual([400, code]);
        const { status, json } = await post(asked, 'application/json');
        expect([status, json]).toEqual([400, { detail: expect.any(String) }]);
        expect(await lastEvent('authorization.refused')).toMatchObject({
          reason: code,
          client_id: asked['client_id'] === 'unknown' ? null : (asked['client_id'] ?? 'entra'),
          params: { issuerKind: 'external-factor' },
        });
        for (const { client } of [plain, other]) await world.services.clients.delete(world.system(acme), client.id);
      },
    );

    it('is answered with 422 where it names no client or no address, or names one twice', async () => {
      const missing = await post({ client_id: null, redirect_uri: null }, 'application/json');
      expect([missing.status, missing.json.detail]).toEqual([
        422,
        ['client_id', 'redirect_uri'].map((name) => ({
          loc: ['body', name],
          msg: 'Field required',
          type: 'missing',
        })),
      ]);
      for (const twice of ['client_id=entra', `redirect_uri=${entra.answerAddress}`, 'state=a'])
        expect((await sendForm(`${await formOf({})}&${twice}`, '*/*')).status).toBe(422);
    });

    it('is answered with 404 in a tenant that is not there, and with 413, 415 and 405 for its form', async () => {
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const to = (path: string, headers: Record<string, string>, body: string) =>
        rest.ask('POST', path, { headers, body });
      const nowhere = await to('/api/flows/microsoft-mfa/nowhere/authorize', form, await formOf({}));
      expect([nowhere.status, nowhere.json]).toEqual([404, { detail: 'Tenant not found' }]);
      expect((await to(`${PATH}/authorize`, { 'content-type': 'application/json' }, '{}')).status).toBe(415);
      expect((await to(`${PATH}/authorize`, form, 'x'.repeat(1_100_000))).status).toBe(413);
      expect((await rest.ask('PUT', `${PATH}/authorize`)).status).toBe(405);
      expect((await rest.ask('GET', `${PATH}/token`)).status).toBe(404);
    });

    it('cannot begin twice as somebody else: what was taken lives for a minute', async () => {
      const path = pathOf(await post());
      expect((await get(path)).status).toBe(303);
      world.clock.advance(60);
      const late = await get(path);
      expect([late.status, codeOf(late)]).toEqual([404, 'POSTED_REQUEST_NOT_FOUND']);
      expect(await lastEvent('authorization.refused')).toMatchObject({
        reason: 'POSTED_REQUEST_NOT_FOUND',
        client_id: 'entra',
      });
      for (const query of ['posted_request=unknown', 'posted_request='])
        expect((await get(`${PATH}/authorize?${query}`)).status).toBeGreaterThanOrEqual(400);
      expect((await rest.ask('GET', `${PATH}/authorize`)).status).toBe(422);
    });

    it('is checked again when its browser begins', async () => {
      const { client } = await newClient('gone');
      const path = pathOf(await post({ client_id: 'gone' }));
      await world.services.users.setEnabled(world.system(acme), ada.id, false);
      expect(fieldsOf(await get(path))).toMatchObject({ error: 'access_denied', state: 'st' });
      await world.services.users.setEnabled(world.system(acme), ada.id, true);
      await world.services.clients.delete(world.system(acme), client.id);
      const answer = await get(path);
      expect([answer.status, codeOf(answer)]).toEqual([400, 'AUTHORIZATION_CLIENT_INVALID']);
    });
  });

  describe('the refusal that is posted back to Entra', () => {
    it.each([
      ['another type', { response_type: 'code' }],
      ['another mode', { response_mode: 'fragment' }],
      ['no openid', { scope: 'profile' }],
      ['claims that are no JSON', { claims: 'x' }],
      ['claims of a wrong type', { claims: '{"id_token":{"acr":{"values":"possessionorinherence"}}}' }],
      ['huge claims', { claims: `{"x":"${'x'.repeat(70_000)}"}` }],
      ['a huge hint', { id_token_hint: 'x'.repeat(70_000) }],
      ['a huge nonce', { nonce: 'n'.repeat(4097) }],
      ['a nonce that cannot be stored', { nonce: 'a\0b' }],
    ])('is invalid_request for %s', async (_case, asked) => {
      expect(await refusalOf(asked)).toEqual(['invalid_request', null]);
    });

    it('leaves out a state that cannot be sent back', async () => {
      const { error, state } = fieldsOf(await post({ state: 'a\0b' }));
      expect([error, state]).toEqual(['invalid_request', undefined]);
    });

    it.each([
      ['no method in common', { claims: '{"id_token":{"amr":{"values":["sms","tel"]}}}' }],
      ['no class in common', { claims: '{"id_token":{"acr":{"values":["knowledge"]}}}' }],
    ])('is access_denied where there is %s', async (_case, asked) => {
      expect(await refusalOf(asked)).toEqual(['access_denied', null]);
    });

    it.each([
      ['is unknown here', { preferred_username: 'nobody' }],
      ['has no name', { preferred_username: undefined }],
      ['has a hostile name', { preferred_username: "ada'; drop table users --" }],
    ])('is access_denied for a user who %s', async (_case, claims) => {
      expect(await refusalOf({ id_token_hint: await hint(claims) })).toEqual(['access_denied', null]);
    });

    it.each([
      ['missing', 'nothing', null],
      ['directory-not-allowed', 'no JWT', 'x'],
      ['directory-not-allowed', 'a directory that is not allowed', { tid: OBJECT }],
      ['directory-not-allowed', 'a directory that is no text', { tid: 7 }],
      ['audience-wrong', 'another application', { aud: OBJECT }],
      ['issuer-not-allowed', 'another issuer', { iss: 'https://login.microsoftonline.com/x/v2.0' }],
      ['claim-malformed', 'no issuer', { iss: undefined }],
      ['claim-malformed', 'several applications', { aud: [APPLICATION] }],
      ['claim-malformed', 'no subject', { sub: undefined }],
      ['claim-malformed', 'a subject that cannot be stored', { sub: 'a\0' }],
      ['claim-malformed', 'a huge subject', { sub: 's'.repeat(256) }],
      ['claim-malformed', 'no time', { iat: undefined }],
      ['claim-malformed', 'an object that is no UUID', { oid: '../../x' }],
      ['claim-malformed', 'a huge name', { preferred_username: 'u'.repeat(321) }],
    ])('is invalid_request, and the event says %s, for a hint with %s', async (fault, _case, claims) => {
      const token = claims === null || typeof claims === 'string' ? claims : await hint(claims);
      expect(await refusalOf({ id_token_hint: token })).toEqual(['invalid_request', fault]);
    });

    it.each([
      ['too-old', { iat: -601 }],
      ['issued-in-future', { iat: 61 }],
    ])('is invalid_request, and the event says %s, for a hint of another time: %j', async (fault, { iat }) => {
      expect(
        await refusalOf({ id_token_hint: await entra.hint({ iat: now() + iat, claims: { nbf: undefined } }) }),
      ).toEqual(['invalid_request', fault]);
      expect((await post({ id_token_hint: await entra.hint({ iat: now() - 600 }) })).status).toBe(303);
    });

    it.each([
      ['type-not-allowed', 'the type of access tokens', { typ: 'at+jwt' }],
      ['key-unknown', 'a key that is not published', { kid: 'unpublished' }],
      ['key-not-named', 'no key', { kid: undefined }],
      ['header-carries-key', 'its own key', { jwk: { kty: 'RSA' } }],
    ])('is invalid_request, and the event says %s, for a hint with %s', async (fault, _case, header) => {
      expect(await refusalOf({ id_token_hint: await entra.hint({ iat: now(), header }) })).toEqual([
        'invalid_request',
        fault,
      ]);
    });

    it('is invalid_request for a hint that somebody else signed or changed', async () => {
      const key = { ...(await newKey('forged')), kid: entra.key.kid };
      expect(await refusalOf({ id_token_hint: await entra.hint({ iat: now(), key }) })).toEqual([
        'invalid_request',
        'signature-wrong',
      ]);
      const [header, , signature] = (await hint()).split('.');
      const payload = (await hint({ sub: 'somebody-else' })).split('.')[1];
      expect(await refusalOf({ id_token_hint: `${header}.${payload}.${signature}` })).toEqual([
        'invalid_request',
        'signature-wrong',
      ]);
      const other = `${Buffer.from(`{"alg":"RS512","typ":"JWT","kid":"${entra.key.kid}"}`).toString('base64url')}`;
      expect(await refusalOf({ id_token_hint: `${other}.${payload}.${signature}` })).toEqual([
        'invalid_request',
        'algorithm-not-allowed',
      ]);
      const none = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`;
      expect(await refusalOf({ id_token_hint: none })).toEqual(['invalid_request', 'algorithm-not-allowed']);
    });

    it('is temporarily_unavailable while the keys of Entra cannot be read', async () => {
      world.clock.advance(3600);
      entra.instead((_request, response) => response.writeHead(500).end());
      expect(await refusalOf({})).toEqual(['temporarily_unavailable', null]);
      entra.instead(null);
      expect((await post()).status).toBe(303);
    });

    it('names the request of Entra in the event where it is a UUID', async () => {
      await refusalOf({ scope: 'x', 'client-request-id': REQUEST_ID });
      expect((await lastEvent('authorization.refused')).params['requestId']).toBe(REQUEST_ID);
      await refusalOf({ scope: 'x', 'client-request-id': '<script>' });
      expect((await lastEvent('authorization.refused')).params).not.toHaveProperty('requestId');
    });
  });

  it('signs with keys that are shown two days before', async () => {
    const { oauth } = world.services;
    const { activeFrom, kid } = await oauth.keys.rotate(world.system(acme), 'RS256');
    expect(activeFrom.getTime() - world.clock.now().getTime()).toBe(172_800_000);
    const { json } = await get(`${PATH}/.well-known/jwks.json`);
    expect(json.keys.map((key: { kid: string }) => key.kid)).toContain(kid);
    const token = fieldsOf(await get(await signIn()))['id_token']!;
    expect(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid).not.toBe(kid);
  });
});
