import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority, anonymousCaller } from '../../../../src/access/index.ts';
import type { CreateClient } from '../../../../src/clients/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { CreateUser } from '../../../../src/users/index.ts';
import { refusalOf, scopeLinks, TestClient, TestUser } from '../../../support/oauth.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

let world: World;
let acme: TenantRef;
beforeAll(async () => {
  world = await World.open();
  acme = await world.tenant({ name: 'acme' });
});
afterAll(() => world.close());

const newClient = (input: CreateClient = {}, tenant = acme) =>
  TestClient.create(world, tenant, { permissions: ['user:read'], ...input });
const authorityOf = async (client: TestClient, tenant = client.tenant) =>
  new Authority(await client.caller(), tenant, 'self');
const introspect = async (client: TestClient, token: string, tenant = client.tenant) =>
  world.services.oauth.introspection.introspect(await authorityOf(client, tenant), token);
const revoke = async (client: TestClient, token: string, tenant = client.tenant) =>
  world.services.oauth.revocation.revoke(await authorityOf(client, tenant), token);

const signedInUser = async () =>
  TestUser.create(
    world,
    await newClient({ grantTypes: ['password', 'refresh_token'], scopes: scopeLinks(['openid']) }),
  );

describe('introspection (RFC 7662)', () => {
  it('shows a client its own token', async () => {
    const client = await newClient();
    const token = await client.token();
    expect(await introspect(client, token)).toMatchObject({
      active: true,
      subject: `client:${client.clientId}`,
      claims: { scope: 'user:read', client_id: client.clientId, jti: decodeJwt(token)['jti'] },
      issuerKind: 'native',
    });
  });

  it('hides tokens of other clients, except from callers with token:introspect (check 38)', async () => {
    const token = await (await newClient()).token();
    expect(await introspect(await newClient(), token)).toEqual({ active: false });
    const gateway = await newClient({ permissions: ['token:introspect'] });
    expect(await introspect(gateway, token)).toMatchObject({ active: true });
  });

  it('shows a token to an application that it names as audience, in the tenant of both', async () => {
    const globex = await world.tenant();
    const client = await newClient();
    const gateway = await newClient();
    const twin = await newClient({ clientId: gateway.clientId }, globex);
    const claims = { ...decodeJwt(await client.token()), aud: ['https://id.example.com', gateway.clientId] };
    const token = await (await world.services.oauth.keys.signer(acme, 'EdDSA')).sign(claims, { typ: 'at+jwt' });
    expect(await introspect(gateway, token)).toMatchObject({ active: true, audiences: claims.aud });
    expect(await introspect(await newClient(), token)).toEqual({ active: false });
    expect(await introspect(twin, token, acme)).toEqual({ active: false });
    const user = { ...world.user(acme, 'anna'), clientId: gateway.clientId };
    const { introspection } = world.services.oauth;
    expect(await introspection.introspect(new Authority(user, acme, 'self'), token)).toEqual({ active: false });
  });

  it('shows no token to a user of the application that it was issued to, nor to its twin in another tenant', async () => {
    const globex = await world.tenant();
    const client = await newClient();
    const token = await client.token();
    const user = { ...world.user(acme, 'anna'), clientId: client.clientId, clientUuid: client.uuid };
    const twin = await newClient({ clientId: client.clientId }, globex);
    for (const caller of [user, await twin.caller()]) {
      const authority = new Authority(caller, acme, 'self');
      expect(await world.services.oauth.introspection.introspect(authority, token)).toEqual({ active: false });
      expect(await world.services.oauth.revocation.revoke(authority, token)).toBe(false);
    }
    expect(await refusalOf(world, token)).toBeNull();
  });

  it('shows the subject of a user, also where the issuer kind hides that of applications', async () => {
    const client = await newClient();
    const claims = decodeJwt(await client.token(undefined, 'suite'));
    const family = decodeJwt((await (await signedInUser()).signIn('openid')).accessToken);
    const signer = await world.services.oauth.keys.signer(acme, 'RS256');
    const { sub, gid, sid, knd } = family as Record<string, string>;
    const token = await signer.sign({ ...claims, sub, gid, sid, knd }, { typ: 'at+jwt' });
    expect(await introspect(client, token)).toMatchObject({ active: true, subject: sub, issuerKind: 'suite' });
  });

  it('leaves out the subject of an application if the issuer kind hides it', async () => {
    const client = await newClient();
    expect(await introspect(client, await client.token(undefined, 'suite'))).toMatchObject({
      active: true,
      subject: null,
      audiences: ['https://id.example.com/t/acme/blitz'],
    });
  });

  it('shows no token of another tenant, whatever permissions the caller has there', async () => {
    const globex = await world.tenant();
    const gateway = await newClient({ permissions: ['token:introspect'] });
    const foreign = await newClient({ permissions: ['token:introspect'] }, globex);
    const token = await foreign.token();
    expect(await introspect(gateway, token)).toEqual({ active: false });
    expect(await introspect(gateway, token, globex)).toEqual({ active: false });
    expect(await introspect(foreign, await gateway.token(), acme)).toEqual({ active: false });
  });

  it('shows an expired, revoked, foreign or nonsensical token as inactive, without a reason', async () => {
    const client = await newClient();
    const token = await client.token();
    world.clock.advance(900);
    for (const text of [token, '', 'nonsense', `${token}x`]) {
      expect(await introspect(client, text)).toEqual({ active: false });
    }
  });

  it('refuses anonymous callers and public clients (check 38)', async () => {
    const token = await (await newClient()).token();
    const anonymous = new Authority(anonymousCaller(TEST_ORIGIN), acme, 'self');
    await expect(world.services.oauth.introspection.introspect(anonymous, token)).rejects.toMatchObject({
      code: 'CLIENT_UNAUTHENTICATED',
    });
    const open = await TestClient.create(world, acme, { type: 'public', grantTypes: ['refresh_token'] });
    await expect(introspect(open, token)).rejects.toMatchObject({ code: 'CLIENT_UNAUTHENTICATED' });
  });
});

describe('revocation (RFC 7009)', () => {
  it.each(['jwt', 'opaque'] as const)('ends a %s access token at once, with one event', async (tokenFormat) => {
    const client = await newClient({ tokenFormat });
    const token = await client.token();
    expect(await refusalOf(world, token)).toBeNull();
    expect(await revoke(client, token)).toBe(true);
    expect(await refusalOf(world, token)).toBe('token-revoked');
    // What is remembered of it lasts as long as the token.
    await world.sweep(1000);
    expect(await refusalOf(world, token)).toBe('token-revoked');
    expect(await introspect(client, token)).toEqual({ active: false });
    expect(await revoke(client, token)).toBe(false);
    const events = (await world.events(acme)).filter(({ client_id }) => client_id === client.clientId);
    expect(events.filter(({ type }) => type === 'token.revoked')).toHaveLength(1);
  });

  it('does not revoke other tokens of the client', async () => {
    const client = await newClient();
    const [one, two] = [await client.token(), await client.token()];
    await revoke(client, one);
    expect(await refusalOf(world, two)).toBeNull();
  });

  it('ends the whole family with a refresh token, spent ones included', async () => {
    const client = await newClient({
      grantTypes: ['password', 'refresh_token'],
      scopes: scopeLinks(['user:read:self']),
    });
    const user = await TestUser.create(world, client);
    const first = await user.signIn();
    const second = await client.request('refresh_token', { refresh_token: first.refreshToken! });
    expect(await revoke(client, second.refreshToken!)).toBe(true);
    expect(await refusalOf(world, first.accessToken)).toBe('grant-revoked');
    expect(await refusalOf(world, second.accessToken)).toBe('grant-revoked');
    expect(await revoke(client, first.refreshToken!)).toBe(false);
    await expect(client.request('refresh_token', { refresh_token: second.refreshToken! })).rejects.toMatchObject({
      code: 'GRANT_INVALID',
    });
  });

  it('leaves the family alone for a user of its application, and for its twin in another tenant', async () => {
    const user = await signedInUser();
    const { refreshToken } = await user.signIn('openid');
    const { clientId, uuid } = user.client;
    const twin = { ...world.app(await world.tenant()), clientId, clientUuid: uuid };
    const { revocation } = world.services.oauth;
    for (const caller of [{ ...world.user(acme, user.id), clientId, clientUuid: uuid }, twin])
      expect(await revocation.revoke(new Authority(caller, acme, 'self'), refreshToken!)).toBe(false);
    expect(await revoke(user.client, refreshToken!)).toBe(true);
  });

  it('records whose token it was, and which', async () => {
    const user = await signedInUser();
    const { accessToken, refreshToken } = await user.signIn('openid');
    const { jti, sid, gid } = decodeJwt(accessToken);
    await revoke(user.client, accessToken);
    await revoke(user.client, refreshToken!);
    const app = await newClient({ tokenFormat: 'opaque' });
    await revoke(app, await app.token());
    const rows = (await world.events(acme)).filter(({ type }) => type === 'token.revoked').slice(-3);
    expect(rows).toMatchObject([
      { subject_id: user.id, session_id: sid, params: { kind: 'access_token', tokenId: jti } },
      { subject_id: user.id, session_id: sid, params: { kind: 'refresh_token', grantId: gid } },
      { subject_id: null, session_id: null, client_id: app.clientId, params: { kind: 'access_token' } },
    ]);
  });

  it("leaves others' tokens alone, unless token:revoke is held", async () => {
    const client = await newClient({ grantTypes: ['client_credentials', 'password', 'refresh_token'] });
    const user = await TestUser.create(world, client);
    const { accessToken, refreshToken } = await user.signIn();
    const token = await client.token();
    const stranger = await newClient();
    for (const text of [token, accessToken, refreshToken!]) expect(await revoke(stranger, text)).toBe(false);
    expect(await refusalOf(world, accessToken)).toBeNull();
    const warden = await newClient({ permissions: ['token:revoke'] });
    for (const text of [token, accessToken, refreshToken!]) expect(await revoke(warden, text)).toBe(true);
  });

  it('has no effect across tenants', async () => {
    const globex = await world.tenant();
    const foreign = await newClient({ permissions: ['token:revoke'] }, globex);
    const client = await newClient();
    const token = await client.token();
    expect(await revoke(foreign, token)).toBe(false);
    expect(await revoke(foreign, token, acme)).toBe(false);
    expect(await refusalOf(world, token)).toBeNull();
  });

  it('lets a public client end its own tokens', async () => {
    const client = await TestClient.create(world, acme, { type: 'public', grantTypes: ['password', 'refresh_token'] });
    const { refreshToken } = await (await TestUser.create(world, client)).signIn();
    expect(await revoke(client, refreshToken!)).toBe(true);
  });

  it('accepts unknown tokens without an error, and refuses anonymous callers', async () => {
    const client = await newClient();
    for (const text of ['', 'nonsense', 'x'.repeat(43)]) expect(await revoke(client, text)).toBe(false);
    const anonymous = new Authority(anonymousCaller(TEST_ORIGIN), acme, 'self');
    await expect(world.services.oauth.revocation.revoke(anonymous, 'x')).rejects.toMatchObject({
      code: 'CLIENT_UNAUTHENTICATED',
    });
  });
});

describe('userinfo (OpenID Connect Core §5.3)', () => {
  const SCOPES = ['openid', 'profile', 'email', 'phone', 'user:read:self'];
  const userWith = async (scope: string) => {
    const client = await newClient({ grantTypes: ['password'], scopes: scopeLinks(SCOPES) });
    const user = await TestUser.create(world, client, {
      givenName: 'Anna',
      familyName: 'Petrova',
      email: `${client.clientId}@example.com`,
    });
    const { accessToken } = await user.signIn(scope);
    const authentication = await world.services.oauth.authenticator.authenticate(accessToken, TEST_ORIGIN);
    if ('refused' in authentication) throw new Error(authentication.refused);
    return { user, caller: authentication.caller };
  };
  const claims = (caller: Parameters<typeof world.services.oauth.userinfo.claims>[0], tenant = acme, kind = 'native') =>
    world.services.oauth.userinfo.claims(caller, tenant, kind);

  it('shows the claims that the scopes allow, without those that have no value', async () => {
    const { user, caller } = await userWith('openid profile phone');
    expect(await claims(caller)).toEqual({
      sub: user.id,
      name: 'Anna Petrova',
      given_name: 'Anna',
      family_name: 'Petrova',
      preferred_username: user.username,
      updated_at: expect.any(Number),
    });
    const mail = await userWith('openid email');
    expect(await claims(mail.caller)).toMatchObject({ sub: mail.user.id, email_verified: false });
  });

  it('requires the scope openid, a token of the same issuer kind, and a user', async () => {
    const { caller } = await userWith('profile');
    await expect(claims(caller)).rejects.toMatchObject({ code: 'SCOPE_INSUFFICIENT' });
    await expect(claims(caller, acme, 'suite')).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    await expect(claims(caller, await world.tenant())).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    const client = await newClient();
    await expect(claims(await client.caller())).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    await expect(claims(anonymousCaller(TEST_ORIGIN))).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('names a user by the display name, else by the names that there are', async () => {
    const caller = (userId: string, scopes = ['openid', 'profile']) => ({
      ...world.user(acme, userId),
      issuerKind: 'native',
      scopes,
    });
    const nameOf = async (input: CreateUser) => (await claims(caller((await world.newUser(acme, input)).id)))['name'];
    expect(await nameOf({ displayName: 'Anna P.', givenName: 'Anna', familyName: 'Petrova' })).toBe('Anna P.');
    expect(await nameOf({ givenName: 'Anna' })).toBe('Anna');
    expect(await nameOf({ givenName: '', familyName: 'Petrova' })).toBe('Petrova');
    expect(await nameOf({})).toBeUndefined();
  });

  it('shows whether an address or number was verified only beside it', async () => {
    const number = '+79161234567';
    const user = await world.newUser(acme, { email: 'verified@example.com', phone: number });
    const bare = await world.newUser(acme);
    const caller = (userId: string) => ({
      ...world.user(acme, userId),
      issuerKind: 'native',
      scopes: ['openid', 'email', 'phone'],
    });
    expect(await claims(caller(user.id))).toEqual({
      sub: user.id,
      email: 'verified@example.com',
      email_verified: false,
      phone_number: number,
      phone_number_verified: false,
    });
    expect(await claims(caller(bare.id))).toEqual({ sub: bare.id });
  });

  it('has no claims for a scope named like a member of every object, nor for an account that is gone', async () => {
    const user = await world.newUser(acme);
    const caller = { ...world.user(acme, user.id), issuerKind: 'native', scopes: ['openid', 'constructor'] };
    expect(await claims(caller)).toEqual({ sub: user.id });
    await expect(claims({ ...caller, userId: 'gone' })).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    await expect(claims({ ...caller, kind: 'application' })).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    await expect(claims({ ...caller, tenant: await world.tenant() })).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('shows the groups of the user if a scope allows them', async () => {
    const client = await newClient({ grantTypes: ['password'], scopes: scopeLinks(['openid', 'groups']) });
    const user = await TestUser.create(world, client);
    const group = await world.newGroup(acme, { name: 'Editors' });
    await world.services.groupMembers.add(world.system(acme), group.id, [user.id]);
    const { accessToken } = await user.signIn('openid groups');
    const authentication = await world.services.oauth.authenticator.authenticate(accessToken, TEST_ORIGIN);
    expect('caller' in authentication && (await claims(authentication.caller))).toEqual({
      sub: user.id,
      groups: [{ id: group.key, profile: 'groups', name: 'Editors' }],
    });
  });
});
