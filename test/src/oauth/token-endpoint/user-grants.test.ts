import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreateClient } from '../../../../src/clients/index.ts';
import { routeOfHandle } from '../../../../src/crypto/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { callerOf, refusalOf, scopeLinks, TestClient, TestUser } from '../../../support/oauth.ts';
import { World } from '../../../support/world.ts';

const SCOPES = ['openid', 'profile', 'offline_access', 'user:read:self', 'user:write'];

let world: World;
let acme: TenantRef;
beforeAll(async () => {
  world = await World.open();
  acme = await world.tenant({ name: 'acme' });
});
afterAll(() => world.close());

const newClient = (input: CreateClient = {}) =>
  TestClient.create(world, acme, {
    grantTypes: ['password', 'refresh_token'],
    scopes: scopeLinks(SCOPES, ['user:read:self']),
    ...input,
  });
const newUser = async (client?: TestClient) => TestUser.create(world, client ?? (await newClient()));
const refresh = (user: TestUser, token: string | null, scope?: string) =>
  user.client.request('refresh_token', { refresh_token: token!, ...(scope === undefined ? {} : { scope }) });

describe('token endpoint: password grant', () => {
  it('issues a token of the user, tied to the session that the sign-in started', async () => {
    const user = await newUser();
    const issued = await user.signIn('user:read:self openid');
    const claims = decodeJwt(issued.accessToken);
    expect(claims).toMatchObject({ sub: user.id, knd: 'user', scope: 'user:read:self openid', amr: ['pwd'] });
    const session = await world.stores.sessionStore.findById(acme.id, claims['sid'] as string);
    expect(session?.userId).toBe(user.id);
    expect(decodeProtectedHeader(issued.idToken!)).toMatchObject({ typ: 'JWT' });
    expect(decodeJwt(issued.idToken!)).toMatchObject({ sub: user.id, aud: user.client.clientId, sid: claims['sid'] });
  });

  it('resolves the token to the user: `:self` scopes always, wider ones only as far as the roles reach', async () => {
    const user = await newUser();
    const { accessToken } = await user.signIn('user:read:self user:write');
    const before = await callerOf(world, accessToken);
    expect(before).toMatchObject({ kind: 'user', userId: user.id, clientId: user.client.clientId, amr: ['pwd'] });
    expect(before.permissions.reachOf('user:read')).toBe('self');
    expect(before.permissions.reachOf('user:write')).toBeNull();
    const role = await world.newRole(acme, { permissions: ['user:write', 'session:read'] });
    await world.grantRole(acme, { roleId: role.id, holderKind: 'user', holderId: user.id });
    const after = await callerOf(world, accessToken);
    expect(after.permissions.reachOf('user:write')).toBe('tenant');
    expect(after.permissions.reachOf('session:read')).toBeNull();
  });

  it('grants the default scopes when none is named', async () => {
    expect((await (await newUser()).signIn()).scope).toBe('user:read:self');
  });

  it('does not exist for a client that is not allowed it (RFC 9700 §2.4) (check 14)', async () => {
    const user = await newUser(await newClient({ grantTypes: ['client_credentials'] }));
    await expect(user.signIn()).rejects.toMatchObject({ code: 'GRANT_TYPE_UNSUPPORTED' });
  });

  it('does not exist at another kind of issuer', async () => {
    const user = await newUser();
    const request = { username: user.username, password: user.password };
    await expect(user.client.request('password', request, 'suite')).rejects.toMatchObject({
      code: 'GRANT_TYPE_UNSUPPORTED',
    });
  });

  it.each([
    ['a wrong password', (user: TestUser) => ({ username: user.username, password: 'wrong' }), 'SIGN_IN_REFUSED'],
    ['an unknown name', () => ({ username: 'nobody-here', password: 'wrong' }), 'SIGN_IN_REFUSED'],
    ['a missing password', (user: TestUser) => ({ username: user.username }), 'TOKEN_PARAMETER_INVALID'],
    [
      'a scope the client may not ask for, before the password is looked at',
      (user: TestUser) => ({ username: user.username, password: 'wrong', scope: 'session:revoke:self' }),
      'SCOPE_INVALID',
    ],
  ])('refuses %s', async (_what, parameters, code) => {
    const user = await newUser();
    await expect(user.client.request('password', parameters(user) as Record<string, string>)).rejects.toMatchObject({
      code,
    });
  });

  it('refuses a user who must show a second factor', async () => {
    const user = await newUser();
    await world.giveTotp(acme, user.id);
    await world.services.authModes.update(world.system(acme), user.id, { requiredFactor: 2 });
    await expect(user.signIn()).rejects.toMatchObject({ code: 'SIGN_IN_FACTOR_REQUIRED' });
  });

  it('writes one event for a wrong password, and session.started and token.issued for a right one', async () => {
    const tenant = await world.tenant();
    const client = await TestClient.create(world, tenant, { grantTypes: ['password'] });
    const user = await TestUser.create(world, client);
    await user.signIn('', 'wrong').catch(() => undefined);
    await user.signIn();
    const types = (await world.eventTypes(tenant)).filter((type) => /^(token|sign_in|session)\./.test(type));
    expect(types).toEqual(['sign_in.failed', 'session.started', 'token.issued']);
  });
});

describe('token endpoint: refresh grant', () => {
  it('gives a new pair for the old refresh token', async () => {
    const user = await newUser();
    const first = await user.signIn();
    const second = await refresh(user, first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(decodeJwt(second.accessToken)).toMatchObject({ gid: decodeJwt(first.accessToken)['gid'] });
    expect(await refusalOf(world, second.accessToken)).toBeNull();
  });

  it.each(['confidential', 'public'] as const)(
    'revokes the family when a spent token returns, of a %s client (RFC 9700 §4.14.2) (check 15)',
    async (type) => {
      const user = await newUser(await newClient({ type }));
      const first = await user.signIn();
      const second = await refresh(user, first.refreshToken);
      await expect(refresh(user, first.refreshToken)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_REUSED' });
      await expect(refresh(user, second.refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
      expect(await refusalOf(world, second.accessToken)).toBe('grant-revoked');
      const about = (await world.events(acme)).filter(({ subject_id }) => subject_id === user.id);
      expect(about.at(-1)).toMatchObject({ type: 'refresh_token.reused', outcome: 'failure' });
    },
  );

  it('revokes the family when a refresh is sent twice at the same time', async () => {
    const user = await newUser();
    const { refreshToken, accessToken } = await user.signIn();
    const sent = await Promise.allSettled([refresh(user, refreshToken), refresh(user, refreshToken)]);
    const refused = sent.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []));
    expect(refused).toEqual(['REFRESH_TOKEN_REUSED']);
    const issued = sent.find((one) => one.status === 'fulfilled')!.value;
    expect(await refusalOf(world, accessToken)).toBe('grant-revoked');
    expect(await refusalOf(world, issued.accessToken)).toBe('grant-revoked');
    await expect(refresh(user, issued.refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
  });

  it('gives a token of 216 random bits, and another each time (check 32)', async () => {
    const user = await newUser();
    const first = (await user.signIn()).refreshToken!;
    const second = (await refresh(user, first)).refreshToken!;
    const parts = [first, second].map((token) => Buffer.from(token, 'base64url'));
    expect(parts.map(({ length }) => length)).toEqual([32, 32]);
    expect(new Set(parts.map((bytes) => bytes.subarray(5).toString('hex'))).size).toBe(2);
    for (const token of [first, second]) expect(routeOfHandle(token)).toBe(acme.route);
  });

  it('refuses the token to another client, without revoking the family', async () => {
    const user = await newUser();
    const other = await newClient();
    const { refreshToken } = await user.signIn();
    await expect(other.request('refresh_token', { refresh_token: refreshToken! })).rejects.toMatchObject({
      code: 'GRANT_INVALID',
    });
    expect((await refresh(user, refreshToken)).accessToken).toBeTruthy();
  });

  it('refuses the token at an issuer of another kind than the one that made it, without spending it', async () => {
    const user = await newUser();
    const { refreshToken, accessToken } = await user.signIn();
    const moveTo = (kind: string) =>
      world.db.orm.em
        .fork()
        .getConnection()
        .execute('update grants set issuer_kind = ? where id = ?', [kind, decodeJwt(accessToken)['gid']]);
    await moveTo('suite');
    await expect(refresh(user, refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    await moveTo('native');
    expect((await refresh(user, refreshToken)).accessToken).toBeTruthy();
  });

  it('can narrow the scope for one access token, but not widen it (check 18)', async () => {
    const user = await newUser();
    const first = await user.signIn('user:read:self openid');
    await expect(refresh(user, first.refreshToken, 'user:read:self profile')).rejects.toMatchObject({
      code: 'SCOPE_INVALID',
    });
    const narrow = await refresh(user, first.refreshToken, 'openid');
    expect(narrow.scope).toBe('openid');
    expect((await refresh(user, narrow.refreshToken)).scope).toBe('user:read:self openid');
  });

  it('ends an unused token after its idle time, and a used one at the absolute end of the family (check 17)', async () => {
    const tenant = await world.tenant({ settings: { refreshIdleSeconds: 3600, refreshSeconds: 5400 } });
    const client = await TestClient.create(world, tenant, {
      grantTypes: ['password', 'refresh_token'],
      scopes: scopeLinks(SCOPES),
    });
    const user = await TestUser.create(world, client);
    const idle = await user.signIn('offline_access');
    const used = await user.signIn('offline_access');
    world.clock.advance(3000);
    const next = await refresh(user, used.refreshToken);
    world.clock.advance(1000);
    await expect(refresh(user, idle.refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    const last = await refresh(user, next.refreshToken);
    world.clock.advance(1500);
    await expect(refresh(user, last.refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
  });

  it('ends with the session, unless offline access was granted', async () => {
    const user = await newUser();
    const bound = await user.signIn();
    const offline = await user.signIn('offline_access');
    world.clock.advance(28_801);
    await expect(refresh(user, bound.refreshToken)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    expect((await refresh(user, offline.refreshToken)).accessToken).toBeTruthy();
  });

  it('extends its session', async () => {
    const user = await newUser();
    let { refreshToken } = await user.signIn();
    for (let hours = 0; hours < 12; hours += 6) {
      world.clock.advance(6 * 3600);
      ({ refreshToken } = await refresh(user, refreshToken));
    }
    expect(refreshToken).toBeTruthy();
  });

  it('gives no refresh token to a client that may not refresh', async () => {
    const user = await newUser(await newClient({ grantTypes: ['password'] }));
    expect((await user.signIn()).refreshToken).toBeNull();
  });

  it('drops a scope that the client has lost', async () => {
    const client = await newClient();
    const user = await newUser(client);
    const { refreshToken } = await user.signIn('user:read:self openid');
    await world.services.clients.update(world.system(acme), client.uuid, { scopes: scopeLinks(['openid']) });
    expect((await refresh(user, refreshToken)).scope).toBe('openid');
  });

  it.each(['nonsense', 'x'.repeat(43)])('refuses the token "%s"', async (token) => {
    await expect(refresh(await newUser(), token)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
  });

  it('refuses a token of another tenant, also to a client with the same id', async () => {
    const globex = await world.tenant();
    const client = await newClient({ clientId: 'twin' });
    const twin = await TestClient.create(world, globex, { clientId: 'twin', grantTypes: ['refresh_token'] });
    const { refreshToken } = await (await newUser(client)).signIn();
    await expect(twin.request('refresh_token', { refresh_token: refreshToken! })).rejects.toMatchObject({
      code: 'GRANT_INVALID',
    });
  });
});
