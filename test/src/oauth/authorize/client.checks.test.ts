import { describe, expect, it } from 'vitest';
import { ISSUER_KINDS, type IssuerKind } from '../../../../src/oauth/issuers/issuers.ts';
import { madeUpClient } from '../../../support/authorization.ts';
import {
  accepted,
  CB,
  CHALLENGE,
  codeOf,
  confidential,
  pageOf,
  refused,
  type Sent,
  type Setting,
} from '../../../support/authorization-checks.ts';

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
