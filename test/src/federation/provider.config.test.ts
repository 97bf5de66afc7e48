import { describe, expect, it } from 'vitest';
import {
  assertSecretFits,
  assertSecretStays,
  checkedConfig,
  identityAuthority,
  isCallable,
  type ProviderConfig,
  storedConfig,
} from '../../../src/federation/provider.config.ts';
import { faultsOf } from '../../support/refusal.ts';

const OIDC = { issuer: 'https://op.example', clientId: 'idgraph' };
const ENDPOINTS = {
  clientId: 'idgraph',
  scope: 'profile',
  authorizationEndpoint: 'https://op.example/authorize',
  tokenEndpoint: 'https://op.example/token',
  userinfoEndpoint: 'https://op.example/me',
};

const checked = (given: object) => checkedConfig(given, { allowLoopbackHttp: false });
/** The input paths of the faults; null when there is none. */
async function faultPaths(given: object): Promise<string[] | null> {
  const faults = await faultsOf(() => checked(given));
  if (faults === null) return null;
  expect(faults[0]).toBe('FEDERATION_PROVIDER_INVALID');
  return faults.slice(1).map((fault) => {
    expect(fault).toMatch(/^input\..* FEDERATION_PROVIDER_INVALID$/);
    return fault.split(' ')[0]!.slice('input.'.length);
  });
}

describe('an address that the service calls', () => {
  const callable = (address: string, allowLoopbackHttp: boolean) => isCallable(new URL(address), allowLoopbackHttp);

  it('is https, and http on this machine only where the service itself is reached over http', () => {
    expect([callable('https://op.example/', false), callable('https://op.example/', true)]).toEqual([true, true]);
    for (const host of ['localhost', '127.0.0.1', '127.255.0.1:81', '[::1]:81']) {
      expect([host, callable(`http://${host}/`, true), callable(`http://${host}/`, false)]).toEqual([
        host,
        true,
        false,
      ]);
    }
  });

  it.each([
    'http://op.example/',
    'http://localhost.evil.example/',
    'http://127.0.0.1.evil.example/',
    'http://[::2]/',
    'http://10.0.0.1/',
    'ftp://localhost/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user@op.example/',
    'https://:secret@op.example/',
    'http://user@localhost/',
  ])('is not %s', (address) => expect(callable(address, true)).toBe(false));
});

describe('the config of a provider', () => {
  it('is completed by defaults that are safe', () => {
    expect(checked(OIDC)).toEqual({
      issuer: 'https://op.example',
      authorizationEndpoint: null,
      tokenEndpoint: null,
      userinfoEndpoint: null,
      jwksUri: null,
      clientId: 'idgraph',
      tokenEndpointAuth: 'client_secret_basic',
      scope: 'openid',
      authorizationParameters: {},
      subjectClaim: 'sub',
      nameClaim: 'preferred_username',
      pkce: null,
      extra: {},
    });
  });

  it('has members that exist, and a client id', async () => {
    expect(await faultPaths({ ...OIDC, clientSecret: 'x' })).toEqual(['config']);
    expect(await faultPaths({ issuer: 'https://op.example' })).toEqual(['clientId']);
    for (const clientId of ['', 'x'.repeat(513), 'a\0', 7])
      expect(await faultPaths({ ...OIDC, clientId })).toEqual(['clientId']);
    expect(await faultPaths({ ...OIDC, clientId: 'x'.repeat(512) })).toBeNull();
  });

  it.each(['issuer', 'jwksUri', 'userinfoEndpoint'])(
    'has a %s that is https, without fragment, of at most 2,000 characters',
    async (name) => {
      const url = (length: number) => `https://op.example/${'a'.repeat(length - 19)}`;
      expect(await faultPaths({ ...OIDC, [name]: url(2000) })).toBeNull();
      for (const address of [
        url(2001),
        'op.example',
        'http://op.example',
        'http://localhost',
        'https://op.example/#a',
        'https://user@op.example',
        'https://op\0.example',
        '',
      ])
        expect([address, await faultPaths({ ...OIDC, [name]: address })]).toEqual([address, [name]]);
    },
  );

  it('has an issuer without a query (OpenID Connect Discovery section 3), while endpoints may have one', async () => {
    expect(await faultPaths({ ...OIDC, issuer: 'https://op.example?tenant=1' })).toEqual(['issuer']);
    expect(await faultPaths({ ...ENDPOINTS, tokenEndpoint: 'https://op.example/token?v=5' })).toBeNull();
  });

  it('may name http addresses of this machine where the service allows it', () => {
    const issuer = 'http://127.0.0.1:4001';
    expect(checkedConfig({ ...OIDC, issuer }, { allowLoopbackHttp: true }).issuer).toBe(issuer);
  });

  it.each(['openid', 'openid profile', 'a!#[]~ openid'])('may ask for the scopes %j', async (scope) => {
    expect(await faultPaths({ ...OIDC, scope })).toBeNull();
  });

  it.each([
    '',
    ' openid',
    'openid ',
    'openid  profile',
    'open"id',
    'open\\id',
    'openid\n',
    'openid ä',
    `openid ${'x'.repeat(994)}`,
  ])('cannot ask for the scopes %j', async (scope) => expect(await faultPaths({ ...OIDC, scope })).toEqual(['scope']));

  it('names claims of 1 to 64 printable characters', async () => {
    for (const claim of ['a', 'https://x/y', 'x'.repeat(64)]) {
      expect(await faultPaths({ ...OIDC, subjectClaim: claim, nameClaim: claim })).toBeNull();
    }
    for (const claim of ['', 'a b', 'ä', 'a\0', 'x'.repeat(65)])
      expect(await faultPaths({ ...OIDC, subjectClaim: claim, nameClaim: claim })).toEqual([
        'subjectClaim',
        'nameClaim',
      ]);
    expect(checked({ ...OIDC, nameClaim: null }).nameClaim).toBeNull();
  });

  it('authenticates in one of three ways', async () => {
    for (const tokenEndpointAuth of ['client_secret_basic', 'client_secret_post', 'none'])
      expect(await faultPaths({ ...OIDC, tokenEndpointAuth })).toBeNull();
    expect(await faultPaths({ ...OIDC, tokenEndpointAuth: 'private_key_jwt' })).toEqual(['tokenEndpointAuth']);
  });
});

describe('further parameters of the authorization request', () => {
  const withParameters = (authorizationParameters: object) => faultPaths({ ...OIDC, authorizationParameters });

  it('are at most 20, each with a text of 1 to 512 characters', async () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, 'x'.repeat(512)]));
    expect(await withParameters(many(20))).toBeNull();
    expect(await withParameters(many(21))).toEqual(['authorizationParameters']);
    for (const value of ['', 'x'.repeat(513), 'a\0', 7, null])
      expect(await withParameters({ prompt: value })).toEqual(['authorizationParameters.prompt']);
    for (const name of ['', 'a b', 'a&b', 'ä', 'x'.repeat(65)])
      expect(await withParameters({ [name]: 'x' })).toHaveLength(1);
  });

  it.each([
    'client_id',
    'redirect_uri',
    'state',
    'nonce',
    'code_challenge',
    'request_uri',
    'response_type',
    'State',
    'REDIRECT_URI',
  ])('do not replace %s, which the flow sets itself', async (name) =>
    expect(await withParameters({ prompt: 'login', [name]: 'x' })).toEqual(['authorizationParameters']),
  );
});

describe('the members of a config together', () => {
  it('name an issuer, or the endpoints', async () => {
    expect(await faultPaths({ clientId: 'x' })).toEqual([
      'authorizationEndpoint',
      'tokenEndpoint',
      'userinfoEndpoint',
      'scope',
    ]);
    expect(await faultPaths(ENDPOINTS)).toBeNull();
    for (const name of ['authorizationEndpoint', 'tokenEndpoint', 'userinfoEndpoint'])
      expect(await faultPaths({ ...ENDPOINTS, [name]: null })).toEqual([name]);
  });

  it('name both endpoints and the keys where an issuer is given beside an endpoint: nothing is discovered then', async () => {
    const explicit = { ...OIDC, authorizationEndpoint: 'https://op.example/a', tokenEndpoint: 'https://op.example/t' };
    expect(await faultPaths(explicit)).toEqual(['jwksUri']);
    expect(await faultPaths({ ...explicit, jwksUri: 'https://op.example/k' })).toBeNull();
    expect(await faultPaths({ ...explicit, tokenEndpoint: null, jwksUri: 'https://op.example/k' })).toEqual([
      'tokenEndpoint',
    ]);
    expect(await faultPaths({ ...explicit, authorizationEndpoint: null, jwksUri: 'https://op.example/k' })).toEqual([
      'authorizationEndpoint',
    ]);
  });

  it('include "openid" exactly if there is an issuer, because the ID token cannot be verified without one', async () => {
    expect(await faultPaths({ ...OIDC, scope: 'profile openidx' })).toEqual(['scope']);
    expect(await faultPaths({ ...ENDPOINTS, scope: 'profile openid' })).toEqual(['scope']);
    expect(await faultPaths({ ...ENDPOINTS, scope: 'openidx' })).toBeNull();
  });

  it('are refused with every fault at once', async () => {
    expect(await faultPaths({ ...ENDPOINTS, tokenEndpoint: 'http://op.example', userinfoEndpoint: null })).toEqual([
      'tokenEndpoint',
      'userinfoEndpoint',
    ]);
  });
});

describe('a stored config', () => {
  it('gets the defaults of members that came later', () => {
    expect(storedConfig(OIDC)).toEqual(checked(OIDC));
  });
});

describe('the secret of this service at a provider', () => {
  const fault = ['FEDERATION_PROVIDER_INVALID', 'input.clientSecret FEDERATION_PROVIDER_INVALID'];
  const faults = (tokenEndpointAuth: ProviderConfig['tokenEndpointAuth'], hasSecret: boolean) =>
    faultsOf(() => assertSecretFits({ ...checked(OIDC), tokenEndpointAuth }, hasSecret));

  it('is there exactly where the way of authentication uses it', async () => {
    for (const way of ['client_secret_basic', 'client_secret_post'] as const)
      expect([await faults(way, true), await faults(way, false)]).toEqual([null, fault]);
    expect([await faults('none', true), await faults('none', false)]).toEqual([fault, null]);
  });
});

/** An issuer with all endpoints, each of which can change alone. */
const WHOLE = { ...OIDC, ...ENDPOINTS, scope: 'openid', jwksUri: 'https://op.example/keys' };
const ELSEWHERE = 'https://op2.example/there';

describe('a stored secret of this service at a provider', () => {
  const faults = (over: object) => faultsOf(() => assertSecretStays(checked(WHOLE), checked({ ...WHOLE, ...over })));

  it.each([{ issuer: ELSEWHERE }, { tokenEndpoint: ELSEWHERE }, { tokenEndpointAuth: 'client_secret_post' }])(
    'is not sent elsewhere, or in another way: %j',
    async (over) =>
      expect(await faults(over)).toEqual([
        'FEDERATION_PROVIDER_INVALID',
        'input.clientSecret FEDERATION_PROVIDER_INVALID',
      ]),
  );

  it.each([
    {},
    { authorizationEndpoint: ELSEWHERE },
    { userinfoEndpoint: ELSEWHERE },
    { jwksUri: ELSEWHERE },
    { clientId: 'other' },
    { scope: 'openid email' },
  ])('stays with %j', async (over) => expect(await faults(over)).toBeNull());
});

describe('what makes the ids of external accounts unique', () => {
  const of = (over: object) => identityAuthority(checked({ ...WHOLE, ...over }));

  it.each(['issuer', 'tokenEndpoint', 'userinfoEndpoint', 'jwksUri'])('is the %s, among others', (name) => {
    expect(of({ [name]: ELSEWHERE })).not.toBe(of({}));
  });

  it('is the subject claim, among others', () => {
    expect(of({ subjectClaim: 'email' })).not.toBe(of({}));
  });

  it('is nothing else of the config', () => {
    const others = { scope: 'openid profile', clientId: 'other', nameClaim: null, authorizationEndpoint: ELSEWHERE };
    expect(of({ ...others, tokenEndpointAuth: 'none', extra: { a: 1 } })).toBe(of({}));
  });

  it('is the place where the account is read, where there is no issuer', () => {
    const other = { ...ENDPOINTS, userinfoEndpoint: 'https://op.example/you' };
    expect(identityAuthority(checked(other))).not.toBe(identityAuthority(checked(ENDPOINTS)));
  });
});
