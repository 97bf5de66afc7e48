import { describe, expect, it } from 'vitest';
import { anonymousCaller, type Caller, systemCaller } from '../../../../src/access/index.ts';
import { kernelErrors, type Origin, type TenantRef } from '../../../../src/kernel/index.ts';
import { authenticateCaller, authenticateRequest } from '../../../../src/server/http/caller.ts';
import { faultsOf } from '../../../support/refusal.ts';

const ORIGIN: Origin = { ip: null, peerIp: null, userAgent: null, api: 'graphql', processId: 'test' };
const OWNER: Caller = systemCaller({ processId: 'test' });

/** The caller of a request, and the tokens that were authenticated for it. */
async function authenticate(authorization: string | undefined) {
  const tokens: string[] = [];
  const caller = await authenticateCaller(authorization, ORIGIN, async (token, origin) => {
    tokens.push(token);
    expect(origin).toBe(ORIGIN);
    return OWNER;
  });
  return { caller, tokens };
}

describe('the caller of a request', () => {
  it.each([undefined, '', ' '])('is anonymous with the header %j', async (header) => {
    expect(await authenticate(header)).toMatchObject({ caller: { kind: 'anonymous', origin: ORIGIN }, tokens: [] });
  });

  it.each(['Bearer abc', 'bearer abc', 'BEARER   abc', ' Bearer abc '])(
    'is the owner of the token in %j',
    async (header) => {
      expect(await authenticate(header)).toEqual({ caller: OWNER, tokens: ['abc'] });
    },
  );

  it('may have every character in the token that a token can have (RFC 6750 section 2.1)', async () => {
    expect((await authenticate('Bearer aZ09-._~+/==')).tokens).toEqual(['aZ09-._~+/==']);
  });

  it.each([
    'Bearer',
    'Bearer ',
    'Bearerabc',
    'Basic YTpi',
    'DPoP abc',
    'Bearer a b',
    'Bearer a,b',
    'Bearer a=b',
    'Bearer ä',
    'Bearer a\nb',
    'abc',
    'Bearer a, Bearer b',
  ])('is refused, and not served as anonymous, with the header %j', async (header) =>
    expect(await faultsOf(() => authenticate(header))).toEqual(['UNAUTHENTICATED']),
  );
});

describe('an API key in X-API-Key', () => {
  const tenant = { id: 'acme' } as TenantRef;
  const user = (userId: string): Caller => ({ ...anonymousCaller(ORIGIN), kind: 'user', tenant, userId });
  const CALLERS: Readonly<Record<string, Caller>> = {
    svk_ada: { ...user('ada'), kind: 'api-key', apiKey: { id: 'k', owner: { tenantId: 'acme', userId: 'ada' } } },
    svk_root: {
      ...user('ada'),
      kind: 'api-key',
      userId: null,
      apiKey: { id: 'r', owner: { tenantId: 'm', userId: 'ada' } },
    },
    ada: user('ada'),
    bert: user('bert'),
    app: { ...anonymousCaller(ORIGIN), kind: 'application', tenant, clientId: 'app' },
  };
  const request = (headers: Record<string, string | string[]>) =>
    authenticateRequest(headers, ORIGIN, async (token) => {
      const caller = CALLERS[token];
      if (caller === undefined) throw kernelErrors.UNAUTHENTICATED();
      return caller;
    });

  it('makes its owner the caller, alone and beside a token of the same user', async () => {
    expect(await request({ 'x-api-key': 'svk_ada' })).toBe(CALLERS['svk_ada']);
    expect(await request({ 'x-api-key': 'svk_ada', authorization: 'Bearer ada' })).toBe(CALLERS['svk_ada']);
    expect(await request({ authorization: 'Bearer svk_ada' })).toBe(CALLERS['svk_ada']);
  });

  it.each([
    ['a token of another user', { 'x-api-key': 'svk_ada', authorization: 'Bearer bert' }],
    ['a user of another tenant with the same id', { 'x-api-key': 'svk_root', authorization: 'Bearer ada' }],
    ['a token of an application', { 'x-api-key': 'svk_ada', authorization: 'Bearer app' }],
    ['a bad token', { 'x-api-key': 'svk_ada', authorization: 'Bearer nobody' }],
    ['another scheme', { 'x-api-key': 'svk_ada', authorization: 'Basic YTpi' }],
  ])('is refused beside %s', async (_, headers) =>
    expect(await faultsOf(() => request(headers))).toEqual(['UNAUTHENTICATED']),
  );

  it.each([
    ['an access token', 'ada'],
    ['nothing', ''],
    ['an unknown key', 'svk_nobody'],
    ['two keys', ['svk_ada', 'svk_root']],
  ])('is refused when it is %s', async (_, key) =>
    expect(await faultsOf(() => request({ 'x-api-key': key }))).toEqual(['UNAUTHENTICATED']),
  );
});
