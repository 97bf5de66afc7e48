import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizingOfSuite, CALLBACK } from '../../support/authorization.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { type Answer, type Ask, type RestClient, serveWorld } from '../../support/rest.ts';

const PATH = '/t/acme/oauth/authorize';
const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const FORM = 'application/x-www-form-urlencoded';
const ISS = 'https://id.example.com/t/acme';
const REQUEST = {
  client_id: 'app',
  redirect_uri: CALLBACK,
  response_type: 'code',
  scope: 'openid',
  state: 'st',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};
type Parameters = Readonly<Record<string, string>>;

describe('the authorization endpoint', () => {
  const suite = authorizingOfSuite();
  let rest: RestClient;
  beforeAll(async () => {
    rest = await serveWorld(suite.world);
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
  const queryOf = (asked: Parameters) => new URLSearchParams({ ...REQUEST, ...asked }).toString();
  const get = (jar: CookieJar, asked: Parameters = {}, headers: Parameters = {}) =>
    ask(jar, 'GET', `${PATH}?${queryOf(asked)}`, { headers });
  const post = (jar: CookieJar, asked: Parameters = {}) =>
    ask(jar, 'POST', PATH, { headers: { 'content-type': FORM }, body: queryOf(asked) });
  /** The path that an answer leads to on this service. */
  const pathOf = ({ headers }: Answer) => {
    const { origin, pathname, search } = new URL(headers.location!);
    expect(origin).toBe('https://id.example.com');
    return `${pathname}${search}`;
  };
  const paramsIn = ({ headers }: Answer) => {
    const { origin, pathname, searchParams } = new URL(headers.location!);
    expect(`${origin}${pathname}`).toBe(CALLBACK);
    return Object.fromEntries(searchParams);
  };
  const stateIn = ({ text }: Answer) =>
    JSON.parse(/<script type="application\/json" id="state">(.*?)<\/script>/s.exec(text)![1]!);

  it('sends a signed-in browser back to the application by 303, with code, state and issuer (checks 12 and 20)', async () => {
    const { jar } = await suite.signedIn();
    const answer = await get(jar);
    expect([answer.status, answer.text]).toEqual([303, '']);
    expect(paramsIn(answer)).toEqual({ code: expect.stringMatching(/^[\w-]{43}$/), state: 'st', iss: ISS });
    expect(answer.headers['cache-control']).toBe('no-store');
    // The session keeps its cookie; one that scripts read shows which session it is.
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-i[0-9a-f]{10}=[0-9a-f-]{36}; Path=\/; Secure; SameSite=None$/),
    ]);
    expect(answer.headers['cross-origin-opener-policy']).toBe('unsafe-none');
  });

  it('posts the answer with a page where that was asked for', async () => {
    const { jar } = await suite.signedIn();
    const { status, headers, text } = await get(jar, { response_mode: 'form_post', state: '"><script>' });
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-store',
    ]);
    expect(headers['content-security-policy']).toContain('form-action https://app.example');
    expect(text).toContain(`<form method="post" action="${CALLBACK}">`);
    expect(text).toContain('name="state" value="&quot;&gt;&lt;script&gt;"');
    expect(text).toMatch(/name="code" value="[\w-]{43}"/);
  });

  it('leads to the page of an interaction and back again', async () => {
    const { user } = await suite.signedIn();
    const jar = new CookieJar();
    const asked = await get(jar);
    const page = pathOf(asked);
    expect([asked.status, page]).toEqual([303, expect.stringMatching(/^\/t\/acme\/sign-in\/[\w-]{43}$/)]);
    const handle = page.split('/').at(-1)!;
    const back = await ask(jar, 'GET', `${PATH}/${handle}`);
    expect([back.status, pathOf(back)]).toEqual([303, page]);
    await suite.typePassword(jar, handle, user);
    const answer = await ask(jar, 'GET', `${PATH}/${handle}`);
    expect([answer.status, paramsIn(answer)]).toEqual([303, { code: expect.any(String), state: 'st', iss: ISS }]);
    const again = await ask(jar, 'GET', `${PATH}/${handle}`);
    expect([again.status, stateIn(again)]).toEqual([
      409,
      expect.objectContaining({ page: 'error', code: 'AUTHORIZATION_ENDED', startAgainAt: null }),
    ]);
  });

  it('shows where to start again when the back button leads to a sign-in that is complete', async () => {
    const client = await suite.newClient({ consent: 'trusted', initiateLoginUri: 'https://app.example/start' });
    const { user } = await suite.signedIn();
    const jar = new CookieJar();
    const handle = pathOf(await get(jar, { client_id: client.clientId }))
      .split('/')
      .at(-1)!;
    await suite.typePassword(jar, handle, user);
    await ask(jar, 'GET', `${PATH}/${handle}`);
    expect(stateIn(await ask(jar, 'GET', `${PATH}/${handle}`)).startAgainAt).toBe('https://app.example/start');
  });

  it.each([
    ['AUTHORIZATION_CLIENT_INVALID', { client_id: 'unknown' }],
    ['AUTHORIZATION_REDIRECT_INVALID', { redirect_uri: `${CALLBACK}/` }],
    ['AUTHORIZATION_REDIRECT_INVALID', { redirect_uri: 'https://app.example/%2e%2e/cb' }],
    ['AUTHORIZATION_REDIRECT_INVALID', { redirect_uri: '' }],
  ])('answers with a page of status 400 and no redirect: %s (check 1)', async (code, asked) => {
    const answer = await get(new CookieJar(), asked);
    expect([answer.status, answer.headers.location, stateIn(answer)]).toEqual([
      400,
      undefined,
      expect.objectContaining({ page: 'error', code }),
    ]);
    const json = await get(new CookieJar(), asked, { accept: 'application/json' });
    expect([json.status, json.json.error]).toEqual([400, 'invalid_request']);
  });

  it.each([
    ['another character', 'https://app.example/cc'],
    ['one character more', `${CALLBACK}b`],
    ['one character less', 'https://app.example/c'],
    ['another case', 'https://app.example/CB'],
    ['the host in another case', 'https://APP.example/cb'],
    ['the port of its scheme', 'https://app.example:443/cb'],
    ['another scheme', 'http://app.example/cb'],
    ['another host', 'https://app.example.evil.example/cb'],
    ['a query', `${CALLBACK}?a=b`],
    ['an empty query', `${CALLBACK}?`],
    ['a fragment', `${CALLBACK}#a`],
    ['an empty fragment', `${CALLBACK}#`],
    ['a user name', 'https://user@app.example/cb'],
    ['the host as a user name', 'https://app.example@evil.example/cb'],
    ['an encoded slash', 'https://app.example%2fcb'],
    ['an encoded character', 'https://app.example/%63b'],
    ['a path that leads back', 'https://app.example/x/../cb'],
    ['a backslash', 'https://app.example\\cb'],
    ['a blank', `${CALLBACK} `],
    ['a line break', `${CALLBACK}\r\nset-cookie: a=b`],
  ])('sends no code to an address that has %s (check 1)', async (_case, redirect_uri) => {
    const { jar } = await suite.signedIn();
    const before = (await suite.refusals()).length;
    const answer = await get(jar, { redirect_uri });
    expect([answer.status, answer.headers.location, stateIn(answer)]).toEqual([
      400,
      undefined,
      expect.objectContaining({ page: 'error', code: 'AUTHORIZATION_REDIRECT_INVALID' }),
    ]);
    expect((await suite.refusals()).length).toBe(before + 1);
  });

  it('answers with a page for a client that is disabled, and for one of another tenant', async () => {
    const disabled = await suite.newClient({ enabled: false });
    const foreign = await suite.newClient({ clientId: 'foreign' }, await suite.world.tenant());
    const { jar } = await suite.signedIn();
    for (const { clientId } of [disabled, foreign]) {
      const answer = await get(jar, { client_id: clientId });
      expect([answer.status, answer.headers.location, stateIn(answer).code]).toEqual([
        400,
        undefined,
        'AUTHORIZATION_CLIENT_INVALID',
      ]);
    }
  });

  it('continues a sign-in in its browser and tenant alone, within its time', async () => {
    const { user } = await suite.signedIn();
    const begin = async () => {
      const jar = new CookieJar();
      const handle = pathOf(await get(jar))
        .split('/')
        .at(-1)!;
      await suite.typePassword(jar, handle, user);
      return { jar, handle };
    };
    const { jar, handle } = await begin();
    const other = await begin();
    const { name } = await suite.world.tenant();
    const resume = (browser: CookieJar, tenant = 'acme') =>
      ask(browser, 'GET', `/t/${tenant}/oauth/authorize/${handle}`);
    for (const answer of [
      await resume(new CookieJar()),
      await resume(other.jar),
      await resume(jar, name),
      await ask(jar, 'GET', `${PATH}/x`),
    ])
      expect([answer.status, answer.headers.location, stateIn(answer).code]).toEqual([
        404,
        undefined,
        'INTERACTION_NOT_FOUND',
      ]);
    expect(paramsIn(await resume(jar))).toHaveProperty('code');
    suite.world.clock.advance(1801);
    const late = await ask(other.jar, 'GET', `${PATH}/${other.handle}`);
    expect([late.status, stateIn(late).page]).toEqual([404, 'error']);
  });

  it('answers with a page where client or address are sent twice', async () => {
    for (const more of ['client_id=app', `redirect_uri=${encodeURIComponent(CALLBACK)}`]) {
      const answer = await ask(new CookieJar(), 'GET', `${PATH}?${queryOf({})}&${more}`);
      expect([answer.status, stateIn(answer).code]).toEqual([400, 'AUTHORIZATION_PARAMETER_REPEATED']);
    }
  });

  it('answers with a page for a tenant that does not exist', async () => {
    const answer = await ask(new CookieJar(), 'GET', `/t/nowhere/oauth/authorize?${queryOf({})}`);
    expect([answer.status, stateIn(answer)]).toEqual([404, expect.objectContaining({ page: 'error', tenant: null })]);
  });

  it.each([
    ['login_required', { prompt: 'none' }],
    ['invalid_request', { prompt: 'none login' }],
    ['invalid_request', { max_age: '-1' }],
    ['invalid_request', { max_age: 'x' }],
    ['invalid_request', { claims: '{' }],
    ['invalid_request', { code_challenge_method: 'plain' }],
    ['invalid_scope', { scope: 'unknown' }],
    ['unsupported_response_type', { response_type: 'none' }],
    ['request_not_supported', { request: 'eyJhbGciOiJub25lIn0.e30.' }],
    ['request_uri_not_supported', { request_uri: 'https://app.example/request' }],
    ['registration_not_supported', { registration: '{}' }],
  ])('sends a refusal to the application: %s for %j', async (error, asked) => {
    const answer = await get(new CookieJar(), asked);
    expect([answer.status, paramsIn(answer)]).toEqual([
      303,
      { error, error_description: expect.any(String), state: 'st', iss: ISS },
    ]);
  });

  it('sends the refusal of a type that puts a token into an address to where its application reads (check 13)', async () => {
    const { headers } = await get(new CookieJar(), { response_type: 'token' });
    const { search, hash } = new URL(headers.location!);
    const answer = { error: 'unsupported_response_type', error_description: expect.any(String), state: 'st', iss: ISS };
    expect([search, Object.fromEntries(new URLSearchParams(hash.slice(1)))]).toEqual(['', answer]);
  });

  it('sends a refusal without a state where there are two', async () => {
    const answer = await ask(new CookieJar(), 'GET', `${PATH}?${queryOf({})}&state=other`);
    expect(paramsIn(answer)).toEqual({ error: 'invalid_request', error_description: 'state is repeated.', iss: ISS });
  });

  it('answers no other origin, and no preflight (check 21)', async () => {
    const { jar } = await suite.signedIn();
    const answer = await get(jar, {}, { origin: 'https://app.example' });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    const preflight = await rest.ask('OPTIONS', PATH, {
      headers: { origin: 'https://app.example', 'access-control-request-method': 'GET' },
    });
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('works as the metadata of the issuer say, each value (check 11)', async () => {
    const { json } = await rest.ask('GET', '/t/acme/.well-known/openid-configuration');
    expect(json).toMatchObject({
      authorization_endpoint: `https://id.example.com${PATH}`,
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      code_challenge_methods_supported: ['S256'],
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      acr_values_supported: ['1fa', '2fa'],
      claims_parameter_supported: true,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      authorization_response_iss_parameter_supported: true,
    });
    expect(json.grant_types_supported).toContain('authorization_code');
    const { jar } = await suite.signedIn({ acr: '2fa' });
    for (const mode of json.response_modes_supported) {
      const { headers, text } = await get(jar, { response_mode: mode });
      expect(`${headers.location}${text}`).toMatch(
        mode === 'form_post' ? /name="code"/ : mode === 'query' ? /\?code=/ : /#code=/,
      );
    }
    for (const acr of json.acr_values_supported) {
      const claims = JSON.stringify({ id_token: { acr: { essential: true, value: acr } } });
      expect(paramsIn(await get(jar, { claims }))).toHaveProperty('code');
    }
    expect(paramsIn(await get(jar, { prompt: 'none' }))).toHaveProperty('code');
    for (const prompt of ['login', 'consent', 'select_account'])
      expect(pathOf(await get(jar, { prompt }))).toMatch(/^\/t\/acme\/sign-in\//);
    expect(paramsIn(await get(jar, { prompt: 'create' }))['error']).toBe('invalid_request');
  });

  it('begins at most 500 sign-ins for an address, and stores nothing for further requests (check 66)', async () => {
    const { world } = suite;
    const tenant = await world.tenant();
    const { clientId } = await suite.newClient({}, tenant);
    const path = `/t/${tenant.name}/oauth/authorize?${queryOf({ client_id: clientId })}`;
    const begin = async () => (await rest.ask('GET', path, { headers: { accept: HTML } })).status;
    const statuses: number[] = [];
    const inTurns = async (requests: number) => {
      for (let sent = 0; sent < requests; sent += 20)
        statuses.push(...(await Promise.all(Array.from({ length: 20 }, begin))));
    };
    const rowsOf = async (table: string) => {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}
        where tenant_id = ${tenant.id}::uuid`.execute(world.db.read());
      return rows[0]!.count;
    };
    const stored = async () => ({
      interactions: await rowsOf('interactions'),
      codes: await rowsOf('one_time_codes'),
      events: await rowsOf('security_events'),
    });
    await inTurns(500);
    const full = await stored();
    expect(full).toMatchObject({ interactions: 500, codes: 0 });
    await inTurns(500);
    expect(statuses.slice(0, 500)).toEqual(Array(500).fill(303));
    expect(statuses.slice(500)).toEqual(Array(500).fill(429));
    expect(await stored()).toEqual(full);
    const { headers, text } = await rest.ask('GET', path, { headers: { accept: HTML } });
    expect([headers['retry-after'], stateIn({ text } as Answer).code]).toEqual(['60', 'TOO_MANY_REQUESTS']);
  });

  describe('with a request that is posted', () => {
    it('goes on as a GET, which a reload repeats within a minute', async () => {
      const { jar } = await suite.signedIn();
      const kept = await post(new CookieJar());
      expect([kept.status, pathOf(kept)]).toEqual([
        303,
        expect.stringMatching(/^\/t\/acme\/oauth\/authorize\?posted_request=[\w-]{43}$/),
      ]);
      const first = paramsIn(await ask(jar, 'GET', pathOf(kept)));
      const second = paramsIn(await ask(jar, 'GET', pathOf(kept)));
      expect([first['state'], second['state']]).toEqual(['st', 'st']);
      expect(first['code']).not.toBe(second['code']);
      suite.world.clock.advance(60);
      const late = await ask(jar, 'GET', pathOf(kept));
      expect([late.status, stateIn(late).code]).toEqual([404, 'POSTED_REQUEST_NOT_FOUND']);
    });

    it.each([
      ['a state of 20 KB', { state: 'x'.repeat(20_000) }],
      ['claims of 65 KB', { claims: `{"userinfo":{"${'x'.repeat(65_600)}":null}}` }],
    ])('is refused with invalid_request where it has %s', async (_case, asked) => {
      const kept = await post(new CookieJar(), asked);
      const answer = await ask(new CookieJar(), 'GET', pathOf(kept));
      expect(paramsIn(answer)['error']).toBe('invalid_request');
    });

    it('is too large with 200 KB', async () => {
      const answer = await post(new CookieJar(), { claims: 'x'.repeat(200_000) });
      expect([answer.status, stateIn(answer).code]).toEqual([413, 'REQUEST_TOO_LARGE']);
    });
  });
});
