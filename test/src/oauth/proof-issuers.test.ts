import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority, anonymousCaller, NEVER_SIGNED_IN } from '../../../src/access/index.ts';
import type { CreateClient } from '../../../src/clients/index.ts';
import type { KnownTenant } from '../../../src/tenants/index.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import {
  asParameters,
  callerOf,
  refusalOf,
  scopeLinks,
  TEST_REDIRECT,
  TestBrowserUser,
  TestClient,
  type TestCodeInput,
} from '../../support/oauth.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const DAY = 86_400;
const KINDS = [
  ['api', 'https://id.example.com/api/oidc/acme'],
  ['root', 'https://id.example.com/acme'],
] as const;
type Kind = (typeof KINDS)[number][0];
const OTHER: Readonly<Record<Kind, Kind>> = { api: 'root', root: 'api' };

let world: World;
let acme: KnownTenant;
beforeAll(async () => {
  world = await World.open();
  acme = await world.tenant({ name: 'acme', template: 'image' });
});
afterAll(() => world.close());

const newUser = async (client: CreateClient = {}): Promise<TestBrowserUser> => {
  const made = await TestClient.create(world, acme, {
    grantTypes: ['authorization_code', 'refresh_token'],
    redirects: [{ uri: TEST_REDIRECT }],
    scopes: scopeLinks(['openid', 'profile', 'email']),
    ...client,
  });
  return TestBrowserUser.create(world, made, {
    displayName: 'Anna Berg',
    givenName: 'Anna',
    email: 'anna@example.com',
    emailVerified: true,
    locale: 'de',
  });
};
const refresh = (user: TestBrowserUser, kind: string, token: string | null) =>
  user.client.request('refresh_token', { refresh_token: token! }, kind);
const jwks = async (kind: string): Promise<JSONWebKeySet> => {
  const { keys, issuers } = world.services.oauth;
  return (await keys.jwks(acme, issuers.of(acme, kind).kind)) as unknown as JSONWebKeySet;
};

describe.each(KINDS)('the issuer of the kind %s', (issuerKind, url) => {
  const tokensOf = (user: TestBrowserUser, input: TestCodeInput = {}) => user.tokens({ issuerKind, ...input });

  it('calls passkeys and security keys `fido` in ID tokens, as its clients know them', async () => {
    const user = await newUser();
    const amrOf = async (amr: readonly string[]) => decodeJwt((await tokensOf(user, { amr })).idToken!)['amr'];
    expect(await amrOf(['swk', 'mfa'])).toEqual(['fido']);
    expect(await amrOf(['pwd', 'hwk', 'mfa'])).toEqual(['pwd', 'fido', 'mfa']);
    expect(await amrOf(['hwk', 'swk', 'pop'])).toEqual(['fido', 'pop']);
    expect(await amrOf(['pop', 'pin'])).toEqual(['pop', 'pin']);
    const { accessToken } = await tokensOf(user, { amr: ['hwk'] });
    expect(decodeJwt(accessToken)['amr']).toEqual(['hwk']);
  });

  it('publishes one Ed25519 key and one RSA key from the beginning', async () => {
    const { keys } = await jwks(issuerKind);
    expect(keys).toHaveLength(2);
    expect(keys).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kty: 'OKP', alg: 'EdDSA', use: 'sig' }),
        expect.objectContaining({ kty: 'RSA', alg: 'RS256', use: 'sig' }),
      ]),
    );
    expect(keys.some((key) => 'd' in key || 'x5c' in key)).toBe(false);
  });

  it.each([
    ['EdDSA', {}],
    ['RS256', { idTokenAlg: 'RS256', accessTokenAlg: 'RS256' }],
    ['EdDSA', { idTokenAlg: 'ES256', accessTokenAlg: 'ES256' }],
  ])('signs with %s for a client with %j, and names the tenant', async (alg, input) => {
    const user = await newUser(input);
    const { accessToken, idToken } = await tokensOf(user, { scopes: ['openid', 'email'], nonce: 'n' });
    const set = createLocalJWKSet(await jwks(issuerKind));
    const options = { issuer: url, currentDate: world.clock.now() };
    const access = await jwtVerify(accessToken, set, { ...options, audience: url, typ: 'at+jwt' });
    expect(access.protectedHeader).toMatchObject({ alg });
    const seconds = Math.floor(world.clock.now().getTime() / 1000);
    expect(access.payload).toMatchObject({
      sub: user.user.id,
      client_id: user.client.clientId,
      scope: 'openid email',
      sid: user.session.id,
      tenant_id: 'acme',
      knd: 'user',
      exp: seconds + 900,
    });
    const id = await jwtVerify(idToken!, set, { ...options, audience: user.client.clientId });
    expect(id.payload).toMatchObject({ sub: user.user.id, nonce: 'n', tenant_id: 'acme', sid: user.session.id });
  });

  it('puts the claims of the granted scopes into ID tokens, and no others', async () => {
    const user = await newUser();
    const claimsFor = async (...scopes: string[]) => decodeJwt((await tokensOf(user, { scopes })).idToken!);
    expect(await claimsFor('openid', 'profile', 'email')).toMatchObject({
      name: 'Anna Berg',
      email: 'anna@example.com',
      email_verified: true,
    });
    const bare = await claimsFor('openid');
    for (const name of ['name', 'given_name', 'email', 'email_verified', 'locale', 'created_at'])
      expect(bare).not.toHaveProperty(name);
    const { refreshToken } = await tokensOf(user, { scopes: ['openid', 'profile'] });
    const again = decodeJwt((await refresh(user, issuerKind, refreshToken)).idToken!);
    expect(again).toMatchObject({ name: 'Anna Berg', tenant_id: 'acme' });
    expect(again).not.toHaveProperty('given_name');
  });

  it('refuses codes and refresh tokens of the other one, without using them up', async () => {
    const user = await newUser();
    const code = await user.code({ issuerKind });
    const other = OTHER[issuerKind];
    for (const kind of [other, 'native'])
      await expect(user.redeem(code, {}, kind)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    const { refreshToken } = await user.redeem(code, {}, issuerKind);
    for (const kind of [other, 'native'])
      await expect(refresh(user, kind, refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    expect((await refresh(user, issuerKind, refreshToken)).refreshToken).not.toBe(refreshToken);
  });

  it('replaces a refresh token at each use, and ends the family when a spent one returns', async () => {
    const user = await newUser();
    const first = await tokensOf(user);
    const second = await refresh(user, issuerKind, first.refreshToken);
    await expect(refresh(user, issuerKind, first.refreshToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_REUSED' });
    await expect(refresh(user, issuerKind, second.refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    expect(await refusalOf(world, second.accessToken)).toBe('grant-revoked');
  });

  it('lets a family live for 30 days, also after its session ran out, which no use begins again', async () => {
    const user = await newUser();
    const first = await tokensOf(user);
    world.clock.advance(20 * DAY);
    const second = await refresh(user, issuerKind, first.refreshToken);
    expect(await refusalOf(world, second.accessToken)).toBeNull();
    const session = await world.services.sessions.findIn(acme.id, user.session.id);
    expect(session).toBeNull();
    world.clock.advance(10 * DAY + 1);
    await expect(refresh(user, issuerKind, second.refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
  });

  it('ends the families of a session that ran out when its user signs out with its ID token', async () => {
    const user = await newUser();
    const { idToken, refreshToken } = await tokensOf(user);
    world.clock.advance(20 * DAY);
    const authority = new Authority(anonymousCaller(TEST_ORIGIN), acme, 'self');
    const parameters = asParameters({ id_token_hint: idToken! });
    await new CookieJar().use((browser) =>
      world.services.oauth.signOut.begin(authority, browser, { issuerKind, parameters }),
    );
    await expect(refresh(user, issuerKind, refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
  });

  it('ends a family with its session when that is ended', async () => {
    const user = await newUser();
    const { accessToken, refreshToken } = await tokensOf(user);
    await world.services.sessions.revoke(world.system(acme), user.session.id);
    expect(await refusalOf(world, accessToken)).not.toBeNull();
    await expect(refresh(user, issuerKind, refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
  });

  it('lets roles act without a scope, and users manage their accounts, where the client has `fullRoleScope`', async () => {
    const role = await world.newRole(acme, { permissions: ['riskbit:read'] });
    const reachesOf = async (client: CreateClient) => {
      const user = await newUser(client);
      await world.grantRole(acme, { holderKind: 'user', holderId: user.user.id, roleId: role.id });
      const { permissions } = await callerOf(world, (await tokensOf(user)).accessToken);
      const names = ['riskbit:read', 'user:read', 'session:revoke', 'api-key:create', 'user:write'] as const;
      return names.map((name) => permissions.reachOf(name));
    };
    expect(await reachesOf({ fullRoleScope: true })).toEqual(['tenant', 'self', 'self', 'self', null]);
    expect(await reachesOf({ fullRoleScope: false })).toEqual([null, null, null, null, null]);
  });

  it('gives an administrator who acts as the user no tokens that outlive the session, and not the management of the account', async () => {
    const user = await newUser({ fullRoleScope: true });
    const { accessToken, refreshToken } = await tokensOf(user, { authTime: NEVER_SIGNED_IN.toISOString() });
    const { permissions } = await callerOf(world, accessToken);
    for (const name of ['user:delete', 'credential:write', 'session:revoke'] as const)
      expect(permissions.reachOf(name)).toBeNull();
    world.clock.advance(DAY + 1);
    await expect(refresh(user, issuerKind, refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
  });

  it('offers the grants of people alone', async () => {
    const user = await newUser({ grantTypes: ['client_credentials', 'password'] });
    for (const grant of ['client_credentials', 'password'])
      await expect(user.client.request(grant, {}, issuerKind)).rejects.toMatchObject({
        code: 'GRANT_TYPE_UNSUPPORTED',
      });
  });

  it('gives userinfo for tokens of both, and of no other kind', async () => {
    const user = await newUser();
    const claimsFor = async (kind: string, scopes: string[]) => {
      const { accessToken } = await user.tokens({ issuerKind: kind, scopes });
      return world.services.oauth.userinfo.claims(await callerOf(world, accessToken), acme, issuerKind);
    };
    const created = Math.floor(user.user.createdAt.getTime() / 1000);
    const bare = { sub: user.user.id, created_at: created, updated_at: expect.any(Number), locale: 'de' };
    for (const kind of ['api', 'root']) {
      expect(await claimsFor(kind, ['openid'])).toEqual(bare);
      expect(await claimsFor(kind, ['openid', 'profile', 'email'])).toEqual({
        ...bare,
        name: 'Anna Berg',
        email: 'anna@example.com',
        email_verified: true,
      });
    }
    await expect(claimsFor('native', ['openid'])).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('describes what it has', async () => {
    const document = await world.services.oauth.discovery.document(acme, issuerKind, {});
    expect(document).toMatchObject({
      issuer: url,
      userinfo_endpoint: 'https://id.example.com/api/oidc/userinfo',
      revocation_endpoint: 'https://id.example.com/api/oidc/revoke',
      end_session_endpoint: 'https://id.example.com/api/auth/oidc/logout',
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['EdDSA', 'RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'none'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
    expect(document['scopes_supported']).toEqual(expect.arrayContaining(['openid', 'profile', 'email']));
    expect(document['scopes_supported']).not.toContain('offline_access');
    expect(decodeProtectedHeader((await tokensOf(await newUser())).idToken!)).toMatchObject({ alg: 'EdDSA' });
  });
});
