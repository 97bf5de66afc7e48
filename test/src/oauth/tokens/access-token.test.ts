import { describe, expect, it } from 'vitest';
import { hashHandle, routeOfHandle, type Signer } from '../../../../src/crypto/index.ts';
import { type Issuer, Issuers } from '../../../../src/oauth/issuers/issuers.ts';
import type { SigningKeyService } from '../../../../src/oauth/keys/key.service.ts';
import { AccessTokens, algorithmOf, type TokenSubject } from '../../../../src/oauth/tokens/access-token.ts';
import { makeIdToken } from '../../../../src/oauth/tokens/id-token.ts';

const NOW = new Date('2026-11-22T12:00:00.250Z');
const SECOND = Math.floor(NOW.getTime() / 1000);
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

const issuers = new Issuers({ publicUrl: 'https://id.example.com', defaultTenant: 'master' });
issuers.mount({
  kind: 'suite',
  path: ({ name }) => `/suite/${name}`,
  endpoints: { authorization: '/in', jwks: '/jwks', token: '/token', endSession: '/out' },
});
const NATIVE = issuers.of({ name: 'acme' }, 'native');
const SUITE = issuers.of({ name: 'acme' }, 'suite');

const TENANT = { id: 'tenant-1', name: 'acme', route: 'aaaabbbb', notBefore: null };
const CLIENT = { id: 'client-uuid', clientId: 'shop', notBefore: null, createdAt: at(-3600) };
const FAMILY = {
  id: 'grant-1',
  userId: 'anna',
  sessionId: 'session-1',
  acr: 'aal1',
  amr: ['pwd'],
  authTime: at(-60),
};

interface Changes {
  readonly issuer?: Issuer;
  readonly tenant?: object;
  readonly client?: object;
  readonly family?: object;
}
const subject = ({ issuer = NATIVE, tenant, client, family }: Changes = {}) =>
  ({
    issuer,
    tenant: { ...TENANT, ...tenant },
    client: { client: { ...CLIENT, ...client } },
    scope: 'user:read session:read',
    lifetimeSeconds: 900,
    now: NOW,
    ...(family === undefined ? {} : { family }),
  }) as unknown as TokenSubject;

/** Gives the header type and the claims in the place of a token. */
const signer = { alg: 'EdDSA', sign: async (claims, { typ }) => JSON.stringify({ typ, claims }) } as Signer;
const tokens = new AccessTokens({ signer: (_tenant: unknown, alg: string) => alg } as unknown as SigningKeyService);
const claimsOf = async (changes?: Changes) => (await tokens.make(subject(changes), signer)).claims;

describe('an access token', () => {
  it('of an application names the client as its subject, and no family', async () => {
    const { token, claims, row } = await tokens.make(subject(), signer);
    expect(claims).toEqual({
      iss: 'https://id.example.com/t/acme',
      sub: 'client:shop',
      aud: 'https://id.example.com/t/acme',
      client_id: 'shop',
      scope: 'user:read session:read',
      iat: SECOND,
      exp: SECOND + 900,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      knd: 'app',
    });
    expect(JSON.parse(token)).toEqual({ typ: 'at+jwt', claims });
    expect(row).toBeNull();
    expect((await claimsOf())['jti']).not.toBe(claims.jti);
  });

  it('of a user names the family, and the session with its time and methods', async () => {
    expect(await claimsOf({ family: FAMILY })).toMatchObject({
      sub: 'anna',
      knd: 'user',
      gid: 'grant-1',
      sid: 'session-1',
      acr: 'aal1',
      amr: ['pwd'],
      auth_time: SECOND - 60,
    });
  });

  it('of a family without a session names the family, its time and methods, and no session', async () => {
    const claims = await claimsOf({ family: { ...FAMILY, sessionId: null } });
    expect(claims).toMatchObject({ sub: 'anna', gid: 'grant-1', amr: ['pwd'], acr: 'aal1', auth_time: SECOND - 60 });
    expect(claims).not.toHaveProperty('sid');
  });

  it('has no `acr` when the family has none', async () => {
    const claims = await claimsOf({ family: { ...FAMILY, acr: null } });
    expect(claims).toMatchObject({ sid: 'session-1' });
    expect(claims).not.toHaveProperty('acr');
  });

  it('has a list of audiences where the kind of issuer has lists', async () => {
    expect((await claimsOf({ issuer: SUITE })).aud).toEqual(['https://id.example.com/suite/acme']);
  });

  it.each([
    ['the tenant', { tenant: { notBefore: at(0.1) } }, SECOND + 1],
    ['the client', { client: { notBefore: at(0.1) } }, SECOND + 1],
    ['the later of the two', { tenant: { notBefore: at(1) }, client: { notBefore: at(2) } }, SECOND + 3],
    ['the later of the two', { tenant: { notBefore: at(2) }, client: { notBefore: at(1) } }, SECOND + 3],
    ['a tenant long ago', { tenant: { notBefore: at(-500) } }, SECOND],
  ])('begins no earlier than the second after `not_before` of %s', async (_of, changes, iat) => {
    expect(await claimsOf(changes)).toMatchObject({ iat, exp: iat + 900 });
  });

  it('begins no earlier than the second in which its client was made', async () => {
    expect(await claimsOf({ client: { createdAt: at(1) } })).toMatchObject({ iat: SECOND + 1 });
  });

  it('is a handle with a row when it is opaque, which contains the same claims', async () => {
    const { token, claims, row } = await tokens.make(subject(), null);
    expect(routeOfHandle(token)).toBe(TENANT.route);
    expect(row).toEqual({
      hash: hashHandle(token),
      grantId: null,
      clientUuid: 'client-uuid',
      claims,
      expiresAt: at(900),
    });
    const ofUser = await tokens.make(subject({ family: FAMILY }), null);
    expect(ofUser.row?.grantId).toBe('grant-1');
  });

  it('is signed unless the client has opaque tokens', () => {
    expect(tokens.signer(subject())).toBe('EdDSA');
    expect(tokens.signer(subject({ client: { accessTokenAlg: 'RS256' } }))).toBe('RS256');
    expect(tokens.signer(subject({ client: { tokenFormat: 'opaque' } }))).toBeNull();
  });
});

describe('the algorithm of a token', () => {
  it.each([
    ['the choice of the client', 'ES256', NATIVE, 'ES256'],
    ['the default of the issuer without a choice', null, NATIVE, 'EdDSA'],
    ['the default of the issuer without a choice', undefined, SUITE, 'RS256'],
    ['the default where the issuer publishes no such keys', 'EdDSA', SUITE, 'RS256'],
    ['the default for an algorithm that does not exist', 'HS256', NATIVE, 'EdDSA'],
  ])('is %s', (_what, chosen, issuer, alg) => expect(algorithmOf(chosen, issuer)).toBe(alg));
});

describe('an ID token', () => {
  type Subject = Parameters<typeof makeIdToken>[0];
  const make = async (issuer: Issuer, changes: Partial<Subject> = {}) => {
    const usual = { grant: FAMILY, sessionId: 'session-1', nonce: null, accessToken: 'token', claims: {} };
    return JSON.parse(
      await makeIdToken({ ...subject({ issuer }), ...usual, ...changes } as unknown as Subject, signer),
    );
  };

  it('names the user, the client as its audience, the session, and the access token', async () => {
    expect(await make(NATIVE)).toEqual({
      // Not the type of an access token (check 27).
      typ: 'JWT',
      claims: {
        iss: 'https://id.example.com/t/acme',
        sub: 'anna',
        aud: 'shop',
        iat: SECOND,
        exp: SECOND + 900,
        jti: expect.any(String),
        sid: 'session-1',
        auth_time: SECOND - 60,
        amr: ['pwd'],
        acr: 'aal1',
        // The left half of the SHA-512 of `token`, by another implementation.
        at_hash: 'ImXaughy_DrvFp0Hk2XlkPDLyO1GwqeYTIpkKAPP2Ww',
      },
    });
  });

  it('has no session that its family does not know, no nonce that nobody sent, and no `acr` without one', async () => {
    const { claims } = await make(NATIVE, { sessionId: null, grant: { ...FAMILY, acr: null } as never });
    for (const name of ['sid', 'nonce', 'acr']) expect(claims).not.toHaveProperty(name);
    expect((await make(NATIVE, { nonce: 'n' })).claims.nonce).toBe('n');
  });

  it('has claims about the user, which replace none of the others', async () => {
    const { claims } = await make(NATIVE, { claims: { email: 'anna@example.com', iss: 'https://evil.example' } });
    expect(claims).toMatchObject({ email: 'anna@example.com', iss: 'https://id.example.com/t/acme' });
  });

  it('has a list of audiences where the kind of issuer has lists', async () => {
    expect((await make(SUITE)).claims.aud).toEqual(['shop']);
  });
});
