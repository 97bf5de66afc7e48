import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { callerOf, refusalOf, TestClient } from '../../../support/oauth.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

describe('token endpoint: client credentials grant', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  const newClient = (input = {}) =>
    TestClient.create(world, acme, { permissions: ['user:write', 'session:read'], ...input });

  it('issues a JWT access token of the shape of RFC 9068, signed with the Ed25519 key of the tenant', async () => {
    const client = await newClient();
    const issued = await client.request('client_credentials', { scope: 'user:read' });
    expect(issued).toMatchObject({
      tokenType: 'Bearer',
      expiresInSeconds: 900,
      scope: 'user:read',
      refreshToken: null,
    });
    expect(decodeProtectedHeader(issued.accessToken)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' });
    const now = world.clock.now().getTime() / 1000;
    expect(decodeJwt(issued.accessToken)).toEqual({
      iss: 'https://id.example.com/t/acme',
      aud: 'https://id.example.com/t/acme',
      sub: `client:${client.clientId}`,
      client_id: client.clientId,
      scope: 'user:read',
      iat: now,
      exp: now + 900,
      jti: expect.any(String),
      knd: 'app',
    });
  });

  it.each(['native', 'suite'])(
    'never stands for a user who has the name of the client, at the %s issuer (check 24)',
    async (kind) => {
      const user = await world.newUser(acme, { id: `twin-${kind}` });
      const client = await newClient({ clientId: user.id, permissions: ['user:read'] });
      const token = await client.token(undefined, kind);
      expect(decodeJwt(token).sub).not.toBe(user.id);
      expect(await callerOf(world, token)).toMatchObject({ kind: 'application', clientId: user.id, userId: null });
      // The reverse is impossible, because no user can have an id with a colon.
      await expect(world.newUser(acme, { id: `client:${user.id}` })).rejects.toMatchObject({ code: 'USER_ID_INVALID' });
    },
  );

  it.each(['native', 'suite'])('is refused while the service account is disabled, at the %s issuer', async (kind) => {
    const client = await newClient();
    const { endAccess, serviceAccounts } = world.services;
    const system = world.system(acme);
    await serviceAccounts.updateClient(system, client.uuid, { hasServiceAccount: true });
    await client.token(undefined, kind);
    await endAccess.setEnabled(system, client.uuid, false);
    await expect(client.token(undefined, kind)).rejects.toMatchObject({ code: 'SERVICE_ACCOUNT_DISABLED' });
    await endAccess.setEnabled(system, client.uuid, true);
    await client.token(undefined, kind);
    await endAccess.setEnabled(system, client.uuid, false);
    await serviceAccounts.updateClient(system, client.uuid, { hasServiceAccount: false });
    await client.token(undefined, kind);
  });

  it('resolves the token to the application with what the scopes allow', async () => {
    const client = await newClient();
    const caller = await callerOf(world, await client.token('user:read'));
    expect(caller).toMatchObject({
      kind: 'application',
      clientId: client.clientId,
      userId: null,
      clientAuth: 'Bearer',
    });
    expect(caller.permissions.reachOf('user:read')).toBe('tenant');
    expect(caller.permissions.reachOf('user:write')).toBeNull();
  });

  it('gives all permissions of the client when no scope is requested', async () => {
    const client = await newClient();
    const { scope } = await client.request('client_credentials');
    expect(scope.split(' ').sort()).toEqual(['session:read', 'user:read', 'user:write']);
  });

  it.each(['user:delete', 'no-such-scope', 'user:write:all', 'user:read:self', 'user:read "'])(
    'refuses the scope %s, which the client does not hold',
    async (scope) => {
      const client = await newClient();
      await expect(client.request('client_credentials', { scope })).rejects.toMatchObject({ code: 'SCOPE_INVALID' });
    },
  );

  it('writes one event for a token and one for a refusal, with the client and its origin', async () => {
    const tenant = await world.tenant();
    const client = await TestClient.create(world, tenant, { permissions: ['user:read'] });
    await client.token('user:read');
    await client.token('user:delete').catch(() => undefined);
    const events = (await world.events(tenant)).filter(({ type }) => type.startsWith('token.'));
    expect(events).toMatchObject([
      {
        type: 'token.issued',
        outcome: 'success',
        client_id: client.clientId,
        ip: '203.0.113.7',
        params: { scope: 'user:read' },
      },
      { type: 'token.refused', outcome: 'failure', reason: 'SCOPE_INVALID', user_agent: 'Tests/1.0' },
    ]);
  });

  it.each([
    ['a wrong secret', { secret: 'wrong', method: 'Basic' }],
    ['an empty secret', { secret: '', method: 'Post' }],
    ['no secret at all', { secret: null, method: 'None' }],
  ] as const)('refuses a client with %s, and records it', async (_what, credentials) => {
    const tenant = await world.tenant();
    const { clientId } = await TestClient.create(world, tenant);
    const { authenticator } = world.services.oauth;
    expect(await authenticator.authenticateClient(tenant, [{ clientId, ...credentials }], TEST_ORIGIN)).toEqual({
      refused: 'client-unauthenticated',
    });
    expect((await world.events(tenant)).at(-1)).toMatchObject({
      type: 'token.refused',
      reason: 'CLIENT_UNAUTHENTICATED',
      client_id: clientId,
      outcome: 'failure',
    });
  });

  it('accepts only the method that the client registered, or either where it registered none (RFC 7591 section 2)', async () => {
    const { authenticator } = world.services.oauth;
    const accepted = async (tokenEndpointAuthMethod: 'client_secret_basic' | 'client_secret_post' | null) => {
      const { clientId, secret } = await TestClient.create(world, acme, { tokenEndpointAuthMethod });
      const methods: string[] = [];
      for (const method of ['Basic', 'Post'] as const) {
        const proof = await authenticator.authenticateClient(acme, [{ clientId, secret, method }], TEST_ORIGIN);
        if ('caller' in proof) methods.push(method);
      }
      const rest = await authenticator.authenticateClient(
        acme,
        [{ clientId, secret, method: 'Basic' }],
        TEST_ORIGIN,
        'rest',
      );
      return [methods, 'caller' in rest];
    };
    expect(await accepted(null)).toEqual([['Basic', 'Post'], true]);
    expect(await accepted('client_secret_basic')).toEqual([['Basic'], true]);
    // Routes that document HTTP Basic of an application are not endpoints of OAuth.
    expect(await accepted('client_secret_post')).toEqual([['Post'], true]);
  });

  it('uses the reading of the credentials that authenticates', async () => {
    const client = await newClient();
    const readings = [
      { clientId: client.clientId, secret: 'a+b', method: 'Basic' },
      { clientId: client.clientId, secret: client.secret, method: 'Basic' },
    ] as const;
    const authentication = await world.services.oauth.authenticator.authenticateClient(acme, readings, TEST_ORIGIN);
    expect(authentication).toMatchObject({ caller: { clientId: client.clientId, clientAuth: 'Basic' } });
  });

  it('is refused to public clients', async () => {
    const open = await TestClient.create(world, acme, { type: 'public', grantTypes: ['refresh_token'] });
    expect([...(await open.caller()).permissions.grants()]).toEqual([]);
    await expect(open.request('client_credentials')).rejects.toMatchObject({ code: 'GRANT_TYPE_NOT_ALLOWED' });
  });

  it('is refused while the client is disabled', async () => {
    const client = await newClient();
    const token = await client.token();
    expect(await refusalOf(world, token)).toBeNull();
    await world.services.clients.update(world.system(acme), client.uuid, { enabled: false });
    expect(await refusalOf(world, token)).toBe('client-disabled');
    await expect(client.caller()).rejects.toThrow('client-unauthenticated');
    await world.services.clients.update(world.system(acme), client.uuid, { enabled: true });
    expect(await refusalOf(world, token)).toBeNull();
  });
});
