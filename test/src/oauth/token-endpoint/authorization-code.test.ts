import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreateClient } from '../../../../src/clients/index.ts';
import { sha256Base64Url } from '../../../../src/crypto/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import {
  type BearerTokens,
  callerOf,
  refusalOf,
  scopeLinks,
  TEST_REDIRECT,
  TEST_VERIFIER,
  TestBrowserUser,
  TestClient,
  type TestCodeInput,
} from '../../../support/oauth.ts';
import { World } from '../../../support/world.ts';

const SCOPES = ['openid', 'profile', 'email', 'offline_access', 'user:read:self'];

let world: World;
let acme: TenantRef;
beforeAll(async () => {
  world = await World.open();
  acme = await world.tenant({ name: 'acme' });
});
afterAll(() => world.close());

const newClient = (input: CreateClient = {}, tenant = acme) =>
  TestClient.create(world, tenant, {
    grantTypes: ['authorization_code', 'refresh_token'],
    redirects: [{ uri: TEST_REDIRECT }],
    scopes: scopeLinks(SCOPES),
    ...input,
  });
const newUser = async (client?: TestClient) => TestBrowserUser.create(world, client ?? (await newClient()));
const refresh = ({ client }: TestBrowserUser, { refreshToken }: BearerTokens) =>
  client.request('refresh_token', { refresh_token: refreshToken! });
const GRANT_INVALID = { code: 'GRANT_INVALID' };

describe('token endpoint: authorization code grant', () => {
  it('issues tokens of the user who signed in, tied to its session (RFC 6749 §4.1.3)', async () => {
    const user = await newUser();
    const issued = await user.tokens({ scopes: ['openid', 'user:read:self'] });
    expect(decodeJwt(issued.accessToken)).toMatchObject({
      sub: user.user.id,
      knd: 'user',
      client_id: user.client.clientId,
      scope: 'openid user:read:self',
      sid: user.session.id,
      acr: '1fa',
      amr: ['pwd'],
      auth_time: user.session.authTime.getTime() / 1000,
    });
    expect(issued).toMatchObject({ tokenType: 'Bearer', scope: 'openid user:read:self' });
    const caller = await callerOf(world, issued.accessToken);
    expect(caller).toMatchObject({ kind: 'user', userId: user.user.id, sessionId: user.session.id });
  });

  it('gives no ID token without the scope openid', async () => {
    expect((await (await newUser()).tokens({ scopes: ['profile'] })).idToken).toBeNull();
  });

  it('stores opaque tokens of clients that have them', async () => {
    const user = await newUser(await newClient({ tokenFormat: 'opaque' }));
    const { accessToken } = await user.tokens();
    expect(accessToken).not.toContain('.');
    expect(await callerOf(world, accessToken)).toMatchObject({ userId: user.user.id, sessionId: user.session.id });
  });

  it('writes token.issued, with the grant type and the session', async () => {
    const tenant = await world.tenant();
    const user = await newUser(await newClient({}, tenant));
    await user.tokens();
    const issued = (await world.events(tenant)).filter(({ type }) => type.startsWith('token.'));
    expect(issued).toEqual([
      expect.objectContaining({
        type: 'token.issued',
        subject_id: user.user.id,
        session_id: user.session.id,
        params: expect.objectContaining({ grantType: 'authorization_code', scope: 'openid' }),
      }),
    ]);
  });

  it('drops a scope that the client has lost since the code was made', async () => {
    const client = await newClient();
    const user = await newUser(client);
    const code = await user.code({ scopes: ['openid', 'profile'] });
    await world.services.clients.update(world.system(acme), client.uuid, { scopes: scopeLinks(['openid']) });
    expect((await user.redeem(code)).scope).toBe('openid');
  });

  it('refuses a code whose consent was revoked since it was made, and no other code of the user', async () => {
    const client = await newClient();
    const user = await newUser(client);
    const { user: owner, session } = user;
    const { consents } = world.services;
    await consents.grant(world.system(acme), {
      userId: owner.id,
      client: { id: client.uuid, clientId: client.clientId },
      scopes: ['openid', 'offline_access'],
    });
    const code = await user.code({ scopes: ['openid', 'offline_access'], isOffline: true });
    const other = await newClient();
    const elsewhere = await user.code({ clientUuid: other.uuid });
    await consents.revoke(world.system(acme), owner.id, client.clientId);
    await expect(user.redeem(code)).rejects.toMatchObject(GRANT_INVALID);
    const issued = await other.request('authorization_code', { code: elsewhere, redirect_uri: TEST_REDIRECT });
    expect(decodeJwt(issued.accessToken)).toMatchObject({ sub: owner.id, sid: session.id });
  });

  it('accepts a code until it is 60 seconds old, and refuses it after 61 (check 5)', async () => {
    const user = await newUser();
    const [young, old] = [await user.code(), await user.code()];
    world.clock.advance(59);
    expect((await user.redeem(young)).accessToken).toBeTruthy();
    world.clock.advance(2);
    await expect(user.redeem(old)).rejects.toMatchObject(GRANT_INVALID);
  });

  it('asks for a redirect address that is missing, and leaves the code as it is (RFC 6749 §4.1.3)', async () => {
    const user = await newUser();
    const code = await user.code();
    for (const missing of [undefined, ''])
      await expect(
        user.client.request('authorization_code', {
          code,
          ...(missing === undefined ? {} : { redirect_uri: missing }),
        }),
      ).rejects.toMatchObject({
        code: 'TOKEN_PARAMETER_INVALID',
        fields: [{ code: 'PARAMETER_MISSING', message: 'redirect_uri: The parameter is missing.' }],
      });
    expect((await user.redeem(code)).accessToken).toBeTruthy();
  });

  it('revokes the tokens of a code that returns without a redirect address, too (check 4)', async () => {
    const user = await newUser();
    const code = await user.code();
    await user.redeem(code);
    await expect(user.redeem(code, { redirect_uri: '' })).rejects.toMatchObject({ code: 'CODE_REPLAYED' });
  });

  describe('refuses, and leaves the code as it is,', () => {
    const refusals: [string, (user: TestBrowserUser, code: string) => Promise<unknown>, TestCodeInput?][] = [
      [
        'a code of another client (check 6)',
        async (_user, code) => (await newClient()).request('authorization_code', { code, redirect_uri: TEST_REDIRECT }),
      ],
      ['another redirect address', (user, code) => user.redeem(code, { redirect_uri: `${TEST_REDIRECT}/` })],
      [
        'a wrong verifier (check 9)',
        (user, code) => user.redeem(code, { code_verifier: 'w'.repeat(43) }),
        {
          hasChallenge: true,
        },
      ],
      ['a missing verifier (check 9)', (user, code) => user.redeem(code), { hasChallenge: true }],
      [
        'the challenge in place of the verifier',
        (user, code) => user.redeem(code, { code_verifier: sha256Base64Url(TEST_VERIFIER) }),
        { hasChallenge: true },
      ],
      [
        'a verifier for a code without a challenge (RFC 9700 §4.8.2) (check 10)',
        (user, code) => user.redeem(code, { code_verifier: TEST_VERIFIER }),
      ],
      ['a code of another kind of issuer', (user, code) => user.redeem(code, {}, 'suite')],
    ];
    it.each(refusals)('%s', async (_what, attempt, input = {}) => {
      const user = await newUser();
      const code = await user.code(input);
      await expect(attempt(user, code)).rejects.toMatchObject(GRANT_INVALID);
      const verifier: Record<string, string> = input.hasChallenge === true ? { code_verifier: TEST_VERIFIER } : {};
      expect((await user.redeem(code, verifier)).accessToken).toBeTruthy();
    });

    it('a code of another tenant, also to a client with the same id', async () => {
      const globex = await world.tenant();
      const user = await newUser(await newClient({ clientId: 'twin' }));
      const twin = await newClient({ clientId: 'twin' }, globex);
      const code = await user.code();
      const request = { code, redirect_uri: TEST_REDIRECT };
      await expect(twin.request('authorization_code', request)).rejects.toMatchObject(GRANT_INVALID);
      expect((await user.redeem(code)).accessToken).toBeTruthy();
    });
  });

  it.each([
    ['nonsense', {}, 'GRANT_INVALID'],
    ['an unknown code', { code: 'x'.repeat(43) }, 'GRANT_INVALID'],
    ['no code', { code: '' }, 'TOKEN_PARAMETER_INVALID'],
    ['a huge verifier', { code_verifier: 'v'.repeat(20_000) }, 'TOKEN_PARAMETER_INVALID'],
    ['a NUL in the code', { code: 'a\u0000b' }, 'TOKEN_PARAMETER_INVALID'],
  ])('refuses %s', async (_what, parameters, code) => {
    await expect((await newUser()).redeem('nonsense', parameters)).rejects.toMatchObject({ code });
  });

  it('refuses a refresh token in place of a code, and a code in place of a refresh token', async () => {
    const user = await newUser();
    const { refreshToken } = await user.tokens();
    await expect(user.redeem(refreshToken!)).rejects.toMatchObject(GRANT_INVALID);
    const request = { refresh_token: await user.code() };
    await expect(user.client.request('refresh_token', request)).rejects.toMatchObject(GRANT_INVALID);
  });

  it('refuses a one-time code of another kind', async () => {
    const user = await newUser();
    const code = await world.stores.oneTimeCodes.put(acme, {
      kind: 'email',
      userId: user.user.id,
      expiresAt: new Date(world.clock.now().getTime() + 60_000),
    });
    await expect(user.redeem(code)).rejects.toMatchObject(GRANT_INVALID);
  });

  it('is refused to a client that is not allowed it', async () => {
    const user = await newUser(await newClient({ grantTypes: ['refresh_token'] }));
    await expect(user.tokens()).rejects.toMatchObject({ code: 'GRANT_TYPE_NOT_ALLOWED' });
  });

  describe('refuses a code after', () => {
    const changes: [string, (user: TestBrowserUser) => unknown][] = [
      ['its session ended', ({ session }) => world.services.sessions.revoke(world.system(acme), session.id)],
      ['its user was disabled', ({ user }) => world.services.endAccess.setEnabled(world.system(acme), user.id, false)],
      ['its user was deleted', ({ user }) => world.services.users.delete(world.system(acme), user.id)],
    ];
    it.each(changes)('%s', async (_what, change) => {
      const user = await newUser();
      const code = await user.code();
      await change(user);
      await expect(user.redeem(code)).rejects.toMatchObject(GRANT_INVALID);
    });

    it('its session has expired', async () => {
      const tenant = await world.tenant({ settings: { sessionIdleSeconds: 60, sessionSeconds: 120 } });
      const user = await newUser(await newClient({}, tenant));
      world.clock.advance(30);
      const code = await user.code();
      world.clock.advance(31);
      await expect(user.redeem(code)).rejects.toMatchObject(GRANT_INVALID);
    });

    it.each(['tenants', 'clients', 'users'] as const)('a `not_before` of its row of %s', async (table) => {
      const tenant = await world.tenant();
      const user = await newUser(await newClient({}, tenant));
      const code = await user.code();
      const id = { tenants: tenant.id, clients: user.client.uuid, users: user.user.id }[table];
      const change = async (moment: Date) => {
        const connection = world.db.orm.em.fork().getConnection();
        await connection.execute(`update ${table} set not_before = ? where id = ?`, [moment, id]);
        world.services.directory.invalidate();
        const event = { type: 'client.updated', tenantId: tenant.id, clientId: user.client.clientId, params: {} };
        world.services.clientDirectory.onEvents([event as never]);
      };
      await change(new Date(world.clock.now().getTime() + 1));
      await expect(user.redeem(code)).rejects.toMatchObject(GRANT_INVALID);
      await change(world.clock.now());
      expect((await user.redeem(code)).accessToken).toBeTruthy();
    });
  });

  it('refuses a code whose request asked for another user by `sub` (OpenID Connect Core §5.5.1)', async () => {
    const user = await newUser();
    const [sub, values] = [{ value: user.user.id }, { values: ['somebody', user.user.id] }];
    for (const right of [sub, values, null, {}]) {
      const issued = await user.tokens({ claims: { idToken: { sub: right }, userinfo: {} } });
      expect(decodeJwt(issued.idToken!).sub).toBe(user.user.id);
    }
    for (const wrong of [{ value: 'somebody' }, { values: ['somebody'] }, { value: 7 }, { values: [] }]) {
      for (const claims of [
        { idToken: { sub: wrong }, userinfo: {} },
        { idToken: {}, userinfo: { sub: wrong } },
      ])
        await expect(user.tokens({ claims })).rejects.toMatchObject(GRANT_INVALID);
    }
  });

  it('takes the default address of the client at the issuer kind `suite` when the request names none', async () => {
    const other = 'https://app.example.com/other';
    const user = await newUser(await newClient({ redirects: [{ uri: TEST_REDIRECT }, { uri: other }] }));
    const omit = async (redirectUri: string) =>
      user.redeem(await user.code({ issuerKind: 'suite', redirectUri }), { redirect_uri: '' }, 'suite');
    expect((await omit(TEST_REDIRECT)).accessToken).toBeTruthy();
    await expect(omit(other)).rejects.toMatchObject(GRANT_INVALID);
  });

  it('keeps the host of the issuer at which the code was made', async () => {
    const user = await newUser();
    const host = 'login.acme.example';
    await world.services.tenants.bindHost(world.system(acme), host);
    const issued = await user.tokens({ issuerHost: host });
    const next = await refresh(user, issued);
    for (const { accessToken, idToken } of [issued, next])
      for (const token of [accessToken, idToken!]) expect(decodeJwt(token).iss).toBe(`https://${host}/t/acme`);
  });
});

describe('token endpoint: a code that returns', () => {
  it('revokes what it gave (RFC 6749 §4.1.2) (check 4)', async () => {
    const user = await newUser();
    const code = await user.code();
    const issued = await user.redeem(code);
    const next = await refresh(user, issued);
    await expect(user.redeem(code)).rejects.toMatchObject({ code: 'CODE_REPLAYED' });
    for (const { accessToken } of [issued, next]) expect(await refusalOf(world, accessToken)).toBe('grant-revoked');
    await expect(refresh(user, next)).rejects.toMatchObject(GRANT_INVALID);
    await expect(user.redeem(code)).rejects.toMatchObject(GRANT_INVALID);
  });

  it.each([
    ['another client', async () => newClient()],
    ['a public client', async () => newClient({ type: 'public' })],
  ] as const)('does so also when %s of the tenant sends it, whatever else it sends', async (_who, another) => {
    const user = await newUser();
    const code = await user.code();
    const { accessToken } = await user.redeem(code);
    const thief = await another();
    const request = { code, redirect_uri: 'https://evil.example/', code_verifier: 'w'.repeat(43) };
    await expect(thief.request('authorization_code', request)).rejects.toMatchObject({ code: 'CODE_REPLAYED' });
    expect(await refusalOf(world, accessToken)).toBe('grant-revoked');
  });

  it('revokes nothing when a client of another tenant sends it', async () => {
    const user = await newUser();
    const code = await user.code();
    const { accessToken } = await user.redeem(code);
    const other = await newClient({}, await world.tenant());
    const request = { code, redirect_uri: TEST_REDIRECT };
    await expect(other.request('authorization_code', request)).rejects.toMatchObject(GRANT_INVALID);
    expect(await refusalOf(world, accessToken)).toBeNull();
  });

  it('writes code.replayed once, about the user and its family, and no token.refused beside it', async () => {
    const tenant = await world.tenant();
    const user = await newUser(await newClient({}, tenant));
    const code = await user.code();
    const { accessToken } = await user.redeem(code);
    for (let n = 0; n < 2; n++) await user.redeem(code).catch(() => undefined);
    const events = (await world.events(tenant)).slice(-3);
    expect(events.map(({ type }) => type)).toEqual(['token.issued', 'code.replayed', 'token.refused']);
    expect(events[1]).toMatchObject({
      subject_id: user.user.id,
      session_id: user.session.id,
      outcome: 'failure',
      reason: 'CODE_REPLAYED',
      params: { grantId: decodeJwt(accessToken)['gid'] },
    });
  });

  it('revokes a family that has outlived its session', async () => {
    const user = await newUser();
    const code = await user.code({ scopes: ['openid', 'offline_access'], isOffline: true });
    const issued = await user.redeem(code);
    await world.services.sessions.revoke(world.system(acme), user.session.id);
    const next = await refresh(user, issued).catch((error: Error) => error);
    expect(next).toMatchObject({ accessToken: expect.anything() });
    await expect(user.redeem(code)).rejects.toMatchObject({ code: 'CODE_REPLAYED' });
    expect(await refusalOf(world, (next as BearerTokens).accessToken)).toBe('grant-revoked');
  });
});

describe('token endpoint: refresh tokens of codes', () => {
  it('are given to clients that may refresh, and end with the session (check 19)', async () => {
    const user = await newUser();
    const issued = await user.tokens();
    const next = await refresh(user, issued);
    await world.services.sessions.revoke(world.system(acme), user.session.id);
    await expect(refresh(user, next)).rejects.toMatchObject(GRANT_INVALID);
    const without = await newUser(await newClient({ grantTypes: ['authorization_code'] }));
    expect((await without.tokens()).refreshToken).toBeNull();
  });

  it('outlive the session with offline access, and so do the access tokens', async () => {
    const user = await newUser();
    const issued = await user.tokens({ scopes: ['openid', 'offline_access'], isOffline: true });
    await world.services.sessions.revoke(world.system(acme), user.session.id);
    expect(await refusalOf(world, issued.accessToken)).toBeNull();
    expect((await refresh(user, issued)).accessToken).toBeTruthy();
  });

  it('exist at the issuer kind `suite` only with offline access', async () => {
    const user = await newUser();
    expect((await user.tokens({ issuerKind: 'suite' })).refreshToken).toBeNull();
    const issued = await user.tokens({ issuerKind: 'suite', isOffline: true });
    const next = await user.client.request('refresh_token', { refresh_token: issued.refreshToken! }, 'suite');
    expect(next.refreshToken).not.toBe(issued.refreshToken);
    await expect(refresh(user, next)).rejects.toMatchObject(GRANT_INVALID);
  });
});
