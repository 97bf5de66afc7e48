import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreateClient } from '../../../../src/clients/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { IssuedTokens } from '../../../../src/oauth/index.ts';
import { scopeLinks, TEST_REDIRECT, TestBrowserUser, TestClient } from '../../../support/oauth.ts';
import { World } from '../../../support/world.ts';

const PERSON = {
  email: 'anna@example.com',
  emailVerified: true,
  givenName: 'Anna',
  familyName: 'Berg',
  attributes: { nickname: 'Annie' },
};

describe('an ID token', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  const newUser = async (input: CreateClient = {}, email = PERSON.email) => {
    const client = await TestClient.create(world, acme, {
      grantTypes: ['authorization_code', 'refresh_token'],
      redirects: [{ uri: TEST_REDIRECT }],
      scopes: scopeLinks(['openid', 'profile', 'email', 'offline_access']),
      ...input,
    });
    return TestBrowserUser.create(world, client, { ...PERSON, email });
  };
  const refresh = async ({ client }: TestBrowserUser, { refreshToken }: IssuedTokens, issuerKind = 'native') =>
    client.request('refresh_token', { refresh_token: refreshToken! }, issuerKind);
  const claimsOf = ({ idToken }: IssuedTokens) => decodeJwt(idToken!);
  const halfHash = (digest: string, token: string): string => {
    const hash = createHash(digest).update(token).digest();
    return hash.subarray(0, hash.length / 2).toString('base64url');
  };

  it('tells who signed in, when, how and in which session, with the nonce of the request (OIDC Core 2)', async () => {
    const user = await newUser({}, 'first@example.com');
    world.clock.advance(30);
    const claims = claimsOf(await user.tokens({ nonce: 'n-"\u{1F642}' }));
    const now = world.clock.now().getTime() / 1000;
    expect(claims).toEqual({
      iss: 'https://id.example.com/t/acme',
      sub: user.user.id,
      aud: user.client.clientId,
      iat: now,
      exp: now + 900,
      jti: expect.any(String),
      auth_time: now - 30,
      acr: '1fa',
      amr: ['pwd'],
      sid: user.session.id,
      nonce: 'n-"\u{1F642}',
      at_hash: expect.any(String),
    });
  });

  it.each([
    ['EdDSA', 'sha512'],
    ['ES256', 'sha256'],
    ['RS256', 'sha256'],
  ] as const)('binds the access token by the hash of the algorithm %s: %s (OIDC Core 3.1.3.6)', async (alg, digest) => {
    const user = await newUser({ idTokenAlg: alg, accessTokenAlg: 'EdDSA' }, `${alg}@example.com`);
    const issued = await user.tokens();
    expect(decodeProtectedHeader(issued.idToken!).alg).toBe(alg);
    expect(claimsOf(issued)['at_hash']).toBe(halfHash(digest, issued.accessToken));
  });

  it('binds an opaque access token too', async () => {
    const user = await newUser({ tokenFormat: 'opaque' }, 'opaque@example.com');
    const issued = await user.tokens();
    expect(claimsOf(issued)['at_hash']).toBe(halfHash('sha512', issued.accessToken));
  });

  it.each([false, true])(
    'of a refresh keeps auth_time, acr and amr, and has no nonce (OIDC Core 12.2); offline: %s',
    async (isOffline) => {
      const user = await newUser({}, `refresh-${isOffline}@example.com`);
      const first = await user.tokens({ nonce: 'n', isOffline });
      world.clock.advance(100);
      // A step-up in the same session: families that began before it go on to tell about their own authentication.
      await world.services.sessions.renew(world.system(acme), user.session.id, { amr: ['pwd', 'otp'], acr: '2fa' });
      const next = await refresh(user, first);
      const { nonce, at_hash, jti, sid, ...kept } = claimsOf(first);
      const { at_hash: nextHash, jti: _id, sid: nextSid, ...claims } = claimsOf(next);
      expect(nonce).toBe('n');
      expect(claims).toEqual({ ...kept, iat: kept.iat! + 100, exp: kept.exp! + 100 });
      expect(nextHash).toBe(halfHash('sha512', next.accessToken));
      expect(nextHash).not.toBe(at_hash);
      expect(sid).toBe(user.session.id);
      // An offline family does not know its session.
      expect(nextSid).toBe(isOffline ? undefined : user.session.id);
    },
  );

  const ASKED = {
    idToken: { email: { essential: true }, given_name: null, nickname: { value: 'x' }, unheard_of: null, iss: null },
    userinfo: { family_name: null },
  };

  it('has the claims that the request asked for there, also after a refresh (OIDC Core 5.5)', async () => {
    const user = await newUser({}, 'asked@example.com');
    const first = await user.tokens({ scopes: ['openid', 'profile', 'email'], claims: ASKED });
    const next = await refresh(user, first);
    for (const issued of [first, next]) {
      const claims = claimsOf(issued);
      expect(claims).toMatchObject({ email: 'asked@example.com', given_name: 'Anna', nickname: 'Annie' });
      expect(claims.iss).toBe('https://id.example.com/t/acme');
      for (const name of ['email_verified', 'family_name', 'name', 'unheard_of']) expect(claims[name]).toBeUndefined();
    }
  });

  it('has no more of them than the granted scopes allow, because users consent to scopes', async () => {
    const user = await newUser({}, 'narrow@example.com');
    const claims = claimsOf(await user.tokens({ scopes: ['openid', 'profile'], claims: ASKED }));
    expect(claims).toMatchObject({ given_name: 'Anna', nickname: 'Annie' });
    expect(claims['email']).toBeUndefined();
  });

  it('has for a trusted client what the scopes allow that the client may ask for', async () => {
    const metadata = { consent: 'trusted' } as const;
    const trusted = await newUser({ ...metadata }, 'trusted@example.com');
    expect(claimsOf(await trusted.tokens({ claims: ASKED }))).toMatchObject({ email: 'trusted@example.com' });
    const scopes = scopeLinks(['openid', 'profile']);
    const limited = await newUser({ ...metadata, scopes }, 'limited@example.com');
    const claims = claimsOf(await limited.tokens({ claims: ASKED }));
    expect(claims).toMatchObject({ given_name: 'Anna' });
    expect(claims['email']).toBeUndefined();
  });

  it('has no claims about the user that nobody asked for there (OIDC Core 5.4)', async () => {
    const user = await newUser({}, 'plain@example.com');
    const claims = claimsOf(await user.tokens({ scopes: ['openid', 'profile', 'email'] }));
    for (const name of ['email', 'name', 'given_name', 'preferred_username']) expect(claims[name]).toBeUndefined();
  });
});
