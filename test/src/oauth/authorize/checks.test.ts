import { describe, expect, it } from 'vitest';
import type { ClientRecord } from '../../../../src/clients/index.ts';
import { IdentityError, newId } from '../../../../src/kernel/index.ts';
import { CHECKS, checkAuthorization, checksOf } from '../../../../src/oauth/authorize/checks.ts';
import { AUTHORIZATION_PARAMETERS, RequestParameters } from '../../../../src/oauth/authorize/parameters.ts';
import type { AuthorizationRequest, ReturnAddress } from '../../../../src/oauth/authorize/request.ts';
import { ISSUER_KINDS, type IssuerKind, Issuers } from '../../../../src/oauth/issuers/issuers.ts';
import type { KnownTenant } from '../../../../src/tenants/index.ts';
import { madeUpClient } from '../../../support/authorization.ts';
import { HOSTILE_TEXTS } from '../../../support/hostile-texts.ts';

const CB = 'https://app.example/cb';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const VALID = {
  client_id: 'app',
  redirect_uri: CB,
  response_type: 'code',
  scope: 'openid',
  state: 'st',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};
const TENANT = { id: newId(), name: 'acme' } as unknown as KnownTenant;
const ISSUER = new Issuers({ publicUrl: 'https://id.example.com', defaultTenant: 'master' }).of(TENANT, 'native');

/** Values of parameters: a text, several, or null to leave out what `VALID` has. */
type Sent = Readonly<Record<string, string | readonly string[] | null>>;

interface Setting {
  readonly client?: ClientRecord | null;
  readonly kind?: IssuerKind;
}

const PUBLIC = madeUpClient();
const confidential = (metadata: Record<string, unknown> = {}) =>
  madeUpClient({ client: { type: 'confidential', metadata } });

function check(sent: Sent, { client = PUBLIC, kind = ISSUER_KINDS.native }: Setting = {}) {
  const parameters = Object.entries({ ...VALID, ...sent })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ({ name, values: typeof value === 'string' ? [value] : [...(value as string[])] }));
  return checkAuthorization({
    tenant: TENANT,
    issuer: { ...ISSUER, kind },
    clients: { byClientId: async (_tenantId, clientId) => (clientId === client?.client.clientId ? client : null) },
    readHint: async (token) => (token.startsWith('token of ') ? token.slice(9) : null),
    parameters: new RequestParameters(parameters),
  });
}

async function accepted(sent: Sent, setting?: Setting): Promise<AuthorizationRequest> {
  const checked = await check(sent, setting);
  if ('refused' in checked) throw new Error(`${checked.refused.code}: ${checked.refused.message}`);
  return checked.request;
}

/** The code and where it goes; null: the request is accepted. */
async function refused(sent: Sent, setting?: Setting): Promise<(Partial<ReturnAddress> & { code: string }) | null> {
  const checked = await check(sent, setting);
  if (!('refused' in checked)) return null;
  const { redirectUri, responseMode, state } = checked.to;
  return { code: checked.refused.code, redirectUri, responseMode, state };
}

const codeOf = async (sent: Sent, setting?: Setting) => (await refused(sent, setting))?.code ?? null;

/** The code of a refusal that goes to no redirect address. */
async function pageOf(sent: Sent, setting?: Setting): Promise<string | null> {
  try {
    await check(sent, setting);
    return null;
  } catch (error) {
    if (error instanceof IdentityError) return `${error.kind} ${error.code}`;
    throw error;
  }
}

describe('the checks of authorization requests', () => {
  it('stand in one order, those first without which an answer could go to an attacker', () => {
    expect(checksOf('authorize').map(({ name }) => name)).toEqual([
      'client_id',
      'redirect_uri',
      'response_mode',
      'duplicates',
      'request object',
      'request',
      'response_type',
      'scope',
      'prompt',
      'code_challenge',
      'max_age',
      'claims',
      'id_token_hint',
      'login_hint',
      'acr_values',
      'ui_locales',
    ]);
    expect(CHECKS.every(({ clause }) => /^(RFC \d+|OIDC Core|OAuth\.Responses) \d/.test(clause))).toBe(true);
  });

  it('concern of a pushed request all but the client, which authenticates itself (RFC 9126 section 2.1)', () => {
    expect(checksOf('par')).toEqual(checksOf('authorize').slice(1));
  });

  it('accept a request with what is needed, and read it', async () => {
    expect(await accepted({})).toEqual({
      client: PUBLIC,
      redirectUri: CB,
      responseMode: 'query',
      state: 'st',
      scopes: ['openid'],
      isOffline: false,
      prompts: new Set(),
      challenge: CHALLENGE,
      nonce: null,
      maxAgeSeconds: null,
      claims: null,
      subject: null,
      loginHint: null,
      acr: null,
      locales: null,
    });
  });

  it('ignore unknown parameters, also repeated ones and those with hostile names', async () => {
    for (const name of ['foo', 'constructor', '__proto__', 'toString', 'CLIENT_ID', ''])
      expect(await codeOf({ [name]: ['a', 'b', '\0'] })).toBeNull();
  });

  it('count a parameter without a value as absent (RFC 6749 section 3.1)', async () => {
    expect(
      await accepted({ nonce: '', max_age: '', claims: '', request: '', response_mode: '', prompt: '' }),
    ).toMatchObject({
      nonce: null,
      maxAgeSeconds: null,
      responseMode: 'query',
    });
    expect(await pageOf({ client_id: '' })).toBe('invalid AUTHORIZATION_CLIENT_INVALID');
    expect(await codeOf({ response_type: '' })).toBe('invalid_request');
    expect(await accepted({ nonce: [] })).toMatchObject({ nonce: null });
  });
});

describe('the client of an authorization request', () => {
  it.each([['unknown'], ['App'], ['app '], ['a\0'], ['x'.repeat(20_000)], [null]])(
    'is never redirected to where it is unknown: %j',
    async (clientId) => {
      expect(await pageOf({ client_id: clientId })).toBe('invalid AUTHORIZATION_CLIENT_INVALID');
    },
  );

  it('is not used while it is disabled', async () => {
    expect(await pageOf({}, { client: madeUpClient({ isUsable: false }) })).toBe(
      'invalid AUTHORIZATION_CLIENT_INVALID',
    );
  });

  it('is named once', async () => {
    expect(await pageOf({ client_id: ['app', 'app'] })).toBe('invalid AUTHORIZATION_PARAMETER_REPEATED');
    expect(await pageOf({ client_id: ['app', ''] })).toBe('invalid AUTHORIZATION_PARAMETER_REPEATED');
  });

  it('has the grant and the response type', async () => {
    const other = madeUpClient({ client: { grantTypes: ['refresh_token'] } });
    expect(await codeOf({}, { client: other })).toBe('unauthorized_client');
    const none = madeUpClient({ client: { metadata: { response_types: [] } } });
    expect(await codeOf({}, { client: none })).toBe('unauthorized_client');
  });
});

describe('the redirect address of an authorization request (check 1)', () => {
  it.each([
    'https://app.example/cb/',
    'https://app.example/cB',
    'https://app.example/c',
    'https://app.example/cbx',
    'https://app.example/cb?x=1',
    'https://app.example/cb?',
    'https://app.example/cb#x',
    'https://app.example/cb#',
    'https://app.example//cb',
    'https://app.example/%63b',
    'https://app.example/x%2F..%2Fcb',
    'https://app.example/x/../cb',
    'https://app.example\\cb',
    'https://user@app.example/cb',
    'https://user:pass@app.example/cb',
    'https://app.example:443/cb',
    'https://app.example:8443/cb',
    'https://APP.example/cb',
    'https://app.example./cb',
    'https://app.example.evil.example/cb',
    'https://evil.example/https://app.example/cb',
    'http://app.example/cb',
    '//app.example/cb',
    '/cb',
    'cb',
    ' https://app.example/cb',
    'https://app.example/cb ',
    'https://app.example/cb\n',
    'javascript:alert(1)',
    'https://app.example/cb\0',
    '',
  ])('is the registered one, character by character: %j', async (address) => {
    expect(await pageOf({ redirect_uri: address })).toBe('invalid AUTHORIZATION_REDIRECT_INVALID');
  });

  it('is needed, and once', async () => {
    expect(await pageOf({ redirect_uri: null })).toBe('invalid AUTHORIZATION_REDIRECT_INVALID');
    expect(await pageOf({ redirect_uri: [CB, CB] })).toBe('invalid AUTHORIZATION_PARAMETER_REPEATED');
  });

  it('may differ in the port where it is that of a loopback address (check 2)', async () => {
    const client = madeUpClient({ client: { redirects: [{ uri: 'http://127.0.0.1/cb', match: 'exact' }] } });
    const redirectUri = 'http://127.0.0.1:51004/cb';
    expect((await accepted({ redirect_uri: redirectUri }, { client })).redirectUri).toBe(redirectUri);
  });

  it('at `realm` may be at a path of the root address of the client', async () => {
    const kind = { ...ISSUER_KINDS.native, kind: 'realm' } as IssuerKind;
    const redirects = [{ uri: '/*', match: 'wildcard' }] as const;
    const at = (rootUrl: string | undefined) =>
      madeUpClient({ client: { redirects: [...redirects], metadata: { root_url: rootUrl } } });
    const redirectUri = 'https://shop.example/app/cb';
    const client = at('https://shop.example/app');
    expect((await accepted({ redirect_uri: redirectUri }, { client, kind })).redirectUri).toBe(redirectUri);
    const invalid = 'invalid AUTHORIZATION_REDIRECT_INVALID';
    expect(await pageOf({ redirect_uri: redirectUri }, { client: at(undefined), kind })).toBe(invalid);
    expect(await pageOf({ redirect_uri: redirectUri }, { client: at('https://shop.example/b'), kind })).toBe(invalid);
    expect(await pageOf({ redirect_uri: redirectUri }, { client })).toBe(invalid);
  });

  it('at `suite` may lie below a prefix, and is the first exact one where the request names none', async () => {
    const redirects = [
      { uri: 'https://app.example/app/', match: 'prefix' },
      { uri: CB, match: 'exact' },
      { uri: 'https://app.example/other', match: 'exact' },
    ] as const;
    const setting = { client: madeUpClient({ client: { redirects: [...redirects] } }), kind: ISSUER_KINDS.suite };
    const below = 'https://app.example/app/x?y=1';
    expect((await accepted({ redirect_uri: below }, setting)).redirectUri).toBe(below);
    expect((await accepted({ redirect_uri: null }, setting)).redirectUri).toBe(CB);
    expect(await pageOf({ redirect_uri: below }, { ...setting, kind: ISSUER_KINDS.native })).not.toBeNull();
    const prefixes = madeUpClient({ client: { redirects: [redirects[0]] } });
    expect(await pageOf({ redirect_uri: null }, { ...setting, client: prefixes })).toBe(
      'invalid AUTHORIZATION_REDIRECT_INVALID',
    );
  });
});

describe('a refusal that goes to the application', () => {
  it('goes in the mode that was asked for, with the state', async () => {
    const to = { code: 'invalid_request', redirectUri: CB, state: 'st' };
    expect(await refused({ max_age: 'x' })).toEqual({ ...to, responseMode: 'query' });
    for (const mode of ['query', 'fragment', 'form_post'])
      expect(await refused({ response_mode: mode, max_age: 'x' })).toEqual({ ...to, responseMode: mode });
  });

  it.each(['web_message', 'jwt', 'FRAGMENT', 'query fragment', 'toString'])(
    'goes as a query where the mode is not known: %j',
    async (mode) => {
      expect(await refused({ response_mode: mode })).toMatchObject({ code: 'invalid_request', responseMode: 'query' });
    },
  );

  it('has no state where there are two, or where it is longer than 4 KiB', async () => {
    expect(await refused({ state: ['a', 'b'] })).toMatchObject({ code: 'invalid_request', state: null });
    expect(await refused({ state: 'x'.repeat(20_000) })).toMatchObject({ code: 'invalid_request', state: null });
    expect(await refused({ state: '\u{1F642}'.repeat(1025) })).toMatchObject({ code: 'invalid_request', state: null });
    expect(await refused({ state: 'a\0' })).toMatchObject({ code: 'invalid_request', state: null });
  });

  it.each([
    ['fragment', 'token'],
    ['fragment', 'id_token'],
    ['fragment', 'code id_token'],
    ['fragment', 'code token'],
    ['query', 'none'],
    ['query', 'code tokens'],
    ['query', ['token', 'token']],
  ])(
    'goes in the %s for the response type %j, unless a mode is named (OAuth.Responses sections 3 and 5)',
    async (mode, type) => {
      expect(await refused({ response_type: type })).toMatchObject({ responseMode: mode });
      const named = { response_type: type, response_mode: 'form_post' };
      expect(await refused(named)).toMatchObject({ responseMode: 'form_post' });
    },
  );

  it('keeps a state of 4 KiB, whatever it holds', async () => {
    for (const state of ['x'.repeat(4096), '\u{1F642}'.repeat(1024), ' "\'<&%00+\r\n', '__proto__'])
      expect((await accepted({ state })).state).toBe(state);
  });

  it.each(Object.keys(AUTHORIZATION_PARAMETERS).filter((name) => name !== 'client_id' && name !== 'redirect_uri'))(
    'tells that a parameter is repeated: %s',
    async (name) => {
      expect(await codeOf({ [name]: ['a', 'a'] })).toBe('invalid_request');
      expect(await codeOf({ [name]: ['', ''] })).toBe('invalid_request');
    },
  );

  it.each(Object.keys(AUTHORIZATION_PARAMETERS).filter((name) => name !== 'client_id' && name !== 'redirect_uri'))(
    'is made of every hostile value, and of no other error: %s',
    async (name) => {
      for (const text of [...Object.values(HOSTILE_TEXTS), 'a\0b', '\ud800', 'x'.repeat(70_000)]) {
        const checked = await check({ [name]: text });
        if ('refused' in checked) expect(checked.refused.message).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
      }
      expect(await codeOf({ [name]: 'a\0b' })).toBe('invalid_request');
    },
  );

  it.each([
    ['request', 'request_not_supported'],
    ['request_uri', 'request_uri_not_supported'],
    ['registration', 'registration_not_supported'],
  ])('has a code for %s, before the type of the answer is looked at', async (name, code) => {
    expect(await codeOf({ [name]: 'x', response_type: 'token' })).toBe(code);
  });
});

describe('the refusal of a request object', () => {
  const objectOf = (claims: unknown) =>
    [{ alg: 'none' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
      .concat('.');
  const answerTo = (claims: unknown, sent: Sent = {}) => refused({ state: null, request: objectOf(claims), ...sent });
  const to = { code: 'request_not_supported', redirectUri: CB, responseMode: 'query', state: null };

  it('goes in the mode of the object with its state, where no parameters name them', async () => {
    for (const mode of ['query', 'fragment', 'form_post'])
      expect(await answerTo({ response_mode: mode, state: 'inside' })).toEqual({
        ...to,
        responseMode: mode,
        state: 'inside',
      });
  });

  it('goes as the parameters say, which have precedence', async () => {
    const claims = { response_mode: 'form_post', state: 'inside' };
    const sent = { response_mode: 'fragment', state: 'outside' };
    expect(await answerTo(claims, sent)).toEqual({ ...to, responseMode: 'fragment', state: 'outside' });
  });

  it('goes to the address of the parameters, never to that of the object', async () => {
    expect(await answerTo({ redirect_uri: 'https://evil.example/', client_id: 'other' })).toEqual(to);
    expect(await pageOf({ redirect_uri: null, request: objectOf({ redirect_uri: CB }) })).toBe(
      'invalid AUTHORIZATION_REDIRECT_INVALID',
    );
  });

  it.each([
    ['no claims', {}],
    ['other types', { response_mode: ['form_post'], state: 5 }],
    ['a mode that is not known', { response_mode: 'web_message' }],
    ['a state that is too long', { state: 'x'.repeat(4097) }],
    ['a state that cannot be stored', { state: 'a\0' }],
    ['claims that are no object', 'text'],
  ])('goes as a query without a state where the object has %s', async (_title, claims) => {
    expect(await answerTo(claims)).toEqual(to);
  });

  it.each(['x', 'a.b.c', '..', `${'a.'.repeat(4)}a`])('needs no object that can be read: %j', async (request) => {
    expect(await refused({ state: null, request })).toEqual(to);
  });
});

describe('the type of the answer', () => {
  it.each(['token', 'id_token', 'code token', 'code id_token', 'none', 'CODE', 'code code'])(
    'is a code, never %j (check 13)',
    async (type) => {
      expect(await codeOf({ response_type: type })).toBe('unsupported_response_type');
    },
  );

  it('is named', async () => {
    expect(await codeOf({ response_type: null })).toBe('invalid_request');
  });
});

describe('the scopes of an authorization request', () => {
  const scopesOf = async (sent: Sent, setting?: Setting) => (await accepted(sent, setting)).scopes;

  it('are those that the client may have, each once; others are left out', async () => {
    expect(await scopesOf({ scope: 'openid  email unknown openid' })).toEqual(['openid', 'email']);
  });

  it('are the default ones where the request names none', async () => {
    const client = madeUpClient({ defaultScopes: ['email'] });
    expect(await scopesOf({ scope: null }, { client })).toEqual(['email']);
  });

  it.each(['unknown', 'OPENID', 'openid"', 'openid\\', '\u00e4', 'x'.repeat(256)])(
    'are refused where none is left: %j',
    async (scope) => {
      expect(await codeOf({ scope })).toBe('invalid_scope');
    },
  );

  it('are refused where neither the request nor the client has any', async () => {
    expect(await codeOf({ scope: null })).toBe('invalid_scope');
    expect(await codeOf({ scope: Array.from({ length: 251 }, (_, at) => `s${at}`).join(' ') })).toBe('invalid_scope');
  });

  it('have lasting access only where the client may refresh tokens (OpenID Connect Core section 11)', async () => {
    const sent = { scope: 'openid offline_access' };
    expect(await accepted(sent)).toMatchObject({ scopes: ['openid', 'offline_access'], isOffline: true });
    const client = madeUpClient({ client: { grantTypes: ['authorization_code'] } });
    expect(await accepted(sent, { client })).toMatchObject({ scopes: ['openid'], isOffline: false });
    expect(await codeOf({ scope: 'offline_access' }, { client })).toBe('invalid_scope');
    const defaults = madeUpClient({ defaultScopes: ['openid', 'offline_access'] });
    expect(await accepted({ scope: null }, { client: defaults })).toMatchObject({ isOffline: true });
  });

  it('at `suite` have it by `access_type=offline` alone', async () => {
    const kind = ISSUER_KINDS.suite;
    const sent = { scope: 'openid offline_access' };
    expect(await accepted(sent, { kind })).toMatchObject({ scopes: ['openid'], isOffline: false });
    expect(await accepted({ ...sent, access_type: 'online' }, { kind })).toMatchObject({ isOffline: false });
    expect(await accepted({ ...sent, access_type: 'offline' }, { kind })).toMatchObject({
      scopes: ['openid'],
      isOffline: true,
    });
    const client = madeUpClient({ client: { grantTypes: ['authorization_code'] } });
    expect(await accepted({ access_type: 'offline' }, { kind, client })).toMatchObject({ isOffline: false });
    expect(await accepted({ access_type: 'offline' })).toMatchObject({ isOffline: false });
  });
});

describe('`prompt` of an authorization request', () => {
  it.each([
    ['none', ['none']],
    ['login', ['login']],
    ['consent login', ['consent', 'login']],
    ['select_account login consent', ['select_account', 'login', 'consent']],
    [' login  login ', ['login']],
  ])('is a set: %j', async (prompt, names) => {
    expect([...(await accepted({ prompt })).prompts]).toEqual(names);
  });

  it.each([
    'none login',
    'login none',
    'none consent',
    'none select_account',
    'create',
    'login create',
    'None',
    'toString',
  ])('is refused: %j', async (prompt) => {
    expect(await codeOf({ prompt })).toBe('invalid_request');
  });
});

describe('PKCE of an authorization request', () => {
  const without = { code_challenge: null, code_challenge_method: null };

  it('is demanded of public clients, whatever their metadata says (check 7)', async () => {
    expect(await codeOf(without)).toBe('invalid_request');
    const client = madeUpClient({ client: { metadata: { pkce: 'optional' } } });
    expect(await codeOf(without, { client })).toBe('invalid_request');
  });

  it('is demanded of confidential clients unless their metadata says otherwise', async () => {
    expect(await codeOf(without, { client: confidential() })).toBe('invalid_request');
    expect(await codeOf(without, { client: confidential({ pkce: 'required' }) })).toBe('invalid_request');
    expect(await accepted(without, { client: confidential({ pkce: 'optional' }) })).toMatchObject({ challenge: null });
  });

  it('at `suite` is demanded only where the metadata says so', async () => {
    const kind = ISSUER_KINDS.suite;
    expect(await codeOf(without, { kind })).toBeNull();
    expect(await codeOf(without, { kind, client: confidential() })).toBeNull();
    expect(await codeOf(without, { kind, client: confidential({ pkce: 'required' }) })).toBe('invalid_request');
  });

  it.each(['plain', 's256', 'S512', null])('is of the method S256, never %j (check 8)', async (method) => {
    expect(await codeOf({ code_challenge_method: method })).toBe('invalid_request');
    expect(await codeOf({ code_challenge_method: method }, { client: confidential({ pkce: 'optional' }) })).toBe(
      'invalid_request',
    );
  });

  it('is not a method without a challenge', async () => {
    expect(await codeOf({ code_challenge: null }, { client: confidential({ pkce: 'optional' }) })).toBe(
      'invalid_request',
    );
  });

  it.each([CHALLENGE.slice(1), `${CHALLENGE}A`, `${CHALLENGE.slice(1)}=`, `${CHALLENGE.slice(1)}.`, 'x'.repeat(128)])(
    'has the hash of a verifier: %j',
    async (challenge) => {
      expect(await codeOf({ code_challenge: challenge })).toBe('invalid_request');
    },
  );
});

describe('an authorization request at `api` and `root`', () => {
  const kinds = [ISSUER_KINDS.api, ISSUER_KINDS.root].map((kind) => [kind.kind, kind] as const);

  it.each(kinds)('asks for `openid`, and for nothing that the client may not have: %s', async (_name, kind) => {
    expect((await accepted({ scope: null }, { kind })).scopes).toEqual(['openid']);
    expect((await accepted({ scope: 'email openid' }, { kind })).scopes).toEqual(['email', 'openid']);
    for (const scope of ['email', 'openid phone', 'openid offline_access', 'openid "'])
      expect(await codeOf({ scope }, { kind })).toBe('invalid_scope');
    const client = madeUpClient({ scopes: ['email'], defaultScopes: ['email'] });
    expect(await codeOf({ scope: null }, { kind, client })).toBe('invalid_scope');
  });

  it.each(kinds)('needs PKCE of public clients, by S256 where it names no method: %s', async (_name, kind) => {
    const without = { code_challenge: null, code_challenge_method: null };
    expect(await codeOf(without, { kind })).toBe('invalid_request');
    expect(await accepted(without, { kind, client: confidential() })).toMatchObject({ challenge: null });
    expect(await codeOf(without, { kind, client: confidential({ pkce: 'required' }) })).toBe('invalid_request');
    expect((await accepted({ code_challenge_method: null }, { kind })).challenge).toBe(CHALLENGE);
    expect(await codeOf({ code_challenge_method: 'plain' }, { kind })).toBe('invalid_request');
    expect(await codeOf({ code_challenge: null }, { kind, client: confidential() })).toBe('invalid_request');
  });

  it.each(kinds)('is answered in the query: %s', async (_name, kind) => {
    for (const sent of [{ response_mode: 'fragment' }, { response_mode: 'form_post' }])
      expect(await refused(sent, { kind })).toMatchObject({ code: 'invalid_request', responseMode: 'query' });
    expect(await refused({ response_type: 'id_token' }, { kind })).toMatchObject({
      code: 'unsupported_response_type',
      responseMode: 'query',
    });
  });
});

describe('`max_age` of an authorization request', () => {
  const maxAgeOf = async (sent: Sent, setting?: Setting) => (await accepted(sent, setting)).maxAgeSeconds;

  it('is a number of seconds, which wins over that of the client', async () => {
    const client = madeUpClient({ client: { metadata: { default_max_age: 60 } } });
    expect(await maxAgeOf({ max_age: '0' })).toBe(0);
    expect(await maxAgeOf({ max_age: '999999999999999' })).toBe(999_999_999_999_999);
    expect(await maxAgeOf({}, { client })).toBe(60);
    expect(await maxAgeOf({ max_age: '5' }, { client })).toBe(5);
  });

  it.each(['-1', 'x', '1.5', '1e3', ' 1', '+1', '0x10', '\u0663', '9'.repeat(16)])('is never %j', async (maxAge) => {
    expect(await codeOf({ max_age: maxAge })).toBe('invalid_request');
  });
});

describe('`claims` of an authorization request', () => {
  it('are read by their names', async () => {
    const claims = {
      id_token: { acr: { essential: true, values: ['2fa'], foo: 1 }, email: null },
      userinfo: { address: { essential: false }, name: {} },
      verified_claims: { x: 1 },
    };
    expect((await accepted({ claims: JSON.stringify(claims) })).claims).toEqual({
      idToken: { email: null },
      userinfo: { address: null, name: null },
    });
    expect((await accepted({ claims: '{}' })).claims).toEqual({ idToken: {}, userinfo: {} });
    expect((await accepted({ claims: '{"id_token":null}' })).claims).toEqual({ idToken: {}, userinfo: {} });
  });

  it('leave nothing behind that changes nothing, because they are kept before anybody has signed in', async () => {
    const long = 'x'.repeat(20_000);
    const many = Array.from({ length: 200 }, () => 'anna');
    const claims = {
      id_token: { sub: { values: many }, email: { value: long }, acr: { essential: true, values: [long, '2fa'] } },
      userinfo: { [long]: null, sub: { value: 'anna' }, constructor: null, name: { essential: true } },
    };
    const { claims: kept, acr } = await accepted({ claims: JSON.stringify(claims) });
    expect(kept).toEqual({ idToken: { sub: { value: 'anna' }, email: null }, userinfo: { name: null } });
    expect(acr).toEqual({ values: ['2fa'], isEssential: true });
  });

  it.each([
    '{',
    'null',
    '[]',
    '"x"',
    '{"id_token":[]}',
    '{"id_token":"x"}',
    '{"id_token":{"email":true}}',
    '{"id_token":{"email":{"essential":"yes"}}}',
    '{"userinfo":{"email":{"values":"x"}}}',
    '{"userinfo":{"__proto__":null}}',
    '{"userinfo":{"a":{"value":"\\u0000"}}}',
    '{"userinfo":{"a":{"value":12345678901234567890}}}',
    `{"userinfo":${'{"a":'.repeat(20)}null${'}'.repeat(20)}}`,
  ])('are refused: %j', async (claims) => {
    expect(await codeOf({ claims })).toBe('invalid_request');
  });

  it('are at most 64 KB', async () => {
    const sized = (bytes: number) => `{"userinfo":{"${'x'.repeat(bytes - 22)}":null}}`;
    expect(sized(65_536)).toHaveLength(65_536);
    expect(await codeOf({ claims: sized(65_536) })).toBeNull();
    expect(await codeOf({ claims: sized(65_537) })).toBe('invalid_request');
  });

  it('may name the user, one and the same everywhere (OpenID Connect Core section 5.5.1)', async () => {
    const subjectOf = async (claims: object) => (await accepted({ claims: JSON.stringify(claims) })).subject;
    expect(await subjectOf({ id_token: { sub: { value: 'anna' } } })).toBe('anna');
    expect(await subjectOf({ userinfo: { sub: { value: 'anna' } }, id_token: { sub: { values: ['anna'] } } })).toBe(
      'anna',
    );
    expect(await subjectOf({ id_token: { sub: null, constructor: { value: 'x' } } })).toBeNull();
    for (const sub of [{ values: ['anna', 'boris'] }, { value: 7 }, { value: null }, { value: 'a'.repeat(129) }])
      expect(await codeOf({ claims: JSON.stringify({ id_token: { sub } }) })).toBe('invalid_request');
  });
});

describe('`id_token_hint` of an authorization request', () => {
  it('names the user', async () => {
    expect((await accepted({ id_token_hint: 'token of anna' })).subject).toBe('anna');
  });

  it('is refused where it is no ID token of the issuer, or names another user than `claims`', async () => {
    expect(await codeOf({ id_token_hint: 'forged' })).toBe('invalid_request');
    const claims = '{"id_token":{"sub":{"value":"boris"}}}';
    expect(await codeOf({ id_token_hint: 'token of anna', claims })).toBe('invalid_request');
    expect((await accepted({ id_token_hint: 'token of boris', claims })).subject).toBe('boris');
  });
});

describe('the classes of authentication of a request', () => {
  const acrOf = async (sent: Sent, setting?: Setting) => (await accepted(sent, setting)).acr;

  it('are those of `acr_values`, which are not essential, else those of the client', async () => {
    const client = madeUpClient({ client: { metadata: { default_acr_values: ['2fa'] } } });
    expect(await acrOf({})).toBeNull();
    expect(await acrOf({ acr_values: ' phr  2fa phr' })).toEqual({ values: ['phr', '2fa'], isEssential: false });
    expect(await acrOf({}, { client })).toEqual({ values: ['2fa'], isEssential: false });
    expect(await acrOf({ acr_values: '1fa' }, { client })).toEqual({ values: ['1fa'], isEssential: false });
    expect((await acrOf({ acr_values: Array.from({ length: 50 }, (_, at) => at).join(' ') }))?.values).toHaveLength(20);
    expect((await acrOf({ acr_values: `${'x'.repeat(256)} 2fa` }))?.values).toEqual(['2fa']);
  });

  it('are those of the claim, which may be essential, before those of `acr_values`', async () => {
    const asked = (acr: unknown) => ({ claims: JSON.stringify({ id_token: { acr } }), acr_values: '1fa' });
    expect(await acrOf(asked({ essential: true, value: '2fa' }))).toEqual({ values: ['2fa'], isEssential: true });
    expect(await acrOf(asked({ essential: true, values: ['2fa', 'phr', 7] }))).toEqual({
      values: ['2fa', 'phr'],
      isEssential: true,
    });
    expect(await acrOf(asked({ values: ['2fa'] }))).toEqual({ values: ['2fa'], isEssential: false });
    expect(await acrOf(asked({ essential: true, value: 'x'.repeat(256) }))).toEqual({ values: [], isEssential: true });
    expect(await acrOf(asked({ essential: true }))).toEqual({ values: ['1fa'], isEssential: false });
    expect(await acrOf(asked(null))).toEqual({ values: ['1fa'], isEssential: false });
  });
});

describe('hints for the pages', () => {
  it('are passed on, and never refused', async () => {
    const sent = { login_hint: 'anna@example.com', ui_locales: 'de-AT en', display: 'hologram', claims_locales: 'x' };
    expect(await accepted(sent)).toMatchObject({ loginHint: 'anna@example.com', locales: 'de-AT en' });
    expect(await accepted({ login_hint: 'x'.repeat(321), ui_locales: 'x'.repeat(101) })).toMatchObject({
      loginHint: null,
      locales: null,
    });
  });
});
