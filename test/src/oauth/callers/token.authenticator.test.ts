import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatScope } from '../../../../src/access/index.ts';
import type { CreateClient } from '../../../../src/clients/index.ts';
import { newId, type TenantRef } from '../../../../src/kernel/index.ts';
import type { ClientCredentials } from '../../../../src/oauth/index.ts';
import { callerOf, refusalOf, scopeLinks, TestClient, TestUser } from '../../../support/oauth.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

let world: World;
let acme: TenantRef;
beforeAll(async () => {
  world = await World.open();
  acme = await world.tenant({ name: 'acme' });
});
afterAll(() => world.close());

const authenticator = () => world.services.oauth.authenticator;
const second = (date: Date) => Math.floor(date.getTime() / 1000);

describe('the caller of an access token', () => {
  it('of an application is the client, with what the scopes allow of its permissions', async () => {
    const client = await TestClient.create(world, acme, { permissions: ['user:read', 'session:read'] });
    const caller = await callerOf(world, await client.token('user:read'));
    expect(caller).toMatchObject({
      kind: 'application',
      tenant: { id: acme.id },
      userId: null,
      clientId: client.clientId,
      clientUuid: client.uuid,
      clientAuth: 'Bearer',
      scopes: ['user:read'],
      sessionId: null,
      authTime: null,
      amr: [],
      issuerKind: 'native',
      origin: TEST_ORIGIN,
    });
    expect([...caller.permissions.grants()].map(formatScope)).toEqual(['user:read']);
    expect(caller.expiresAt).toEqual(new Date((second(world.clock.now()) + 900) * 1000));
  });

  it('of an application without permissions has no scopes', async () => {
    const client = await TestClient.create(world, acme);
    const caller = await callerOf(world, await client.token());
    expect(caller.scopes).toEqual([]);
    expect([...caller.permissions.grants()]).toEqual([]);
  });

  it('of a user is the user, with the session, its time and its methods', async () => {
    const scopes = scopeLinks(['user:read:self']);
    const client = await TestClient.create(world, acme, {
      grantTypes: ['password'],
      scopes,
      permissions: ['user:read'],
    });
    const user = await TestUser.create(world, client);
    const { accessToken } = await user.signIn('user:read:self');
    const caller = await callerOf(world, accessToken);
    expect(caller).toMatchObject({
      kind: 'user',
      userId: user.id,
      clientId: client.clientId,
      scopes: ['user:read:self'],
      sessionId: decodeJwt(accessToken)['sid'],
      authTime: new Date(second(world.clock.now()) * 1000),
      amr: ['pwd'],
    });
    // The permissions of its client are none of the user's.
    expect([...caller.permissions.grants()].map(formatScope)).toEqual(['user:read:self']);
  });

  it('of a user of master has its roles on another tenant as far as scopes for all tenants name them', async () => {
    const master = await world.tenant({ name: 'master' });
    const scopes = scopeLinks(['user:write', 'user:read:all']);
    const client = await TestClient.create(world, master, { grantTypes: ['password'], scopes });
    const user = await TestUser.create(world, client);
    const role = await world.newRole(master, { permissions: ['user:write'] });
    const holder = { holderKind: 'user', holderId: user.id } as const;
    await world.grantRole(master, { roleId: role.id, ...holder, onTenant: 'acme' });
    const onAcme = async (scope: string) => {
      const { elsewhere } = await callerOf(world, (await user.signIn(scope)).accessToken);
      return [...elsewhere!.get(acme.id)!.grants()].map(formatScope);
    };
    expect(await onAcme('user:write')).toEqual([]);
    expect(await onAcme('user:write user:read:all')).toEqual(['user:read']);
  });

  it('of a user without a session keeps the time and means of the sign-in (OpenID Connect Core 12.2)', async () => {
    const scopes = scopeLinks(['offline_access']);
    const grantTypes = ['password', 'refresh_token'];
    const client = await TestClient.create(world, acme, { grantTypes, scopes });
    const { refreshToken } = await (await TestUser.create(world, client)).signIn('offline_access');
    const authTime = new Date(second(world.clock.now()) * 1000);
    world.clock.advance(100);
    const { accessToken } = await client.request('refresh_token', { refresh_token: refreshToken! });
    expect(await callerOf(world, accessToken)).toMatchObject({ sessionId: null, authTime, amr: ['pwd'] });
  });

  it('is no user whose family belongs to another user', async () => {
    const client = await TestClient.create(world, acme, { grantTypes: ['password'], scopes: scopeLinks(['openid']) });
    const [anna, boris] = [await TestUser.create(world, client), await TestUser.create(world, client)];
    const claims = decodeJwt((await anna.signIn('openid')).accessToken);
    const signer = await world.services.oauth.keys.signer(acme, 'EdDSA');
    const forge = (change: object) => signer.sign({ ...claims, ...change }, { typ: 'at+jwt' });
    expect(await refusalOf(world, await forge({}))).toBeNull();
    expect(await refusalOf(world, await forge({ sub: boris.id }))).toBe('grant-of-another');
    expect(await refusalOf(world, await forge({ gid: newId() }))).toBe('grant-revoked');
    expect(await refusalOf(world, await forge({ sid: newId() }))).toBe('session-ended');
    expect(await refusalOf(world, await forge({ sub: 'nobody' }))).toBe('user-disabled');
  });

  it('is nobody for a token that names another audience', async () => {
    const client = await TestClient.create(world, acme);
    const claims = decodeJwt(await client.token());
    const signer = await world.services.oauth.keys.signer(acme, 'EdDSA');
    const token = await signer.sign({ ...claims, aud: 'https://other.example' }, { typ: 'at+jwt' });
    expect(await refusalOf(world, token)).toBe('audience-not-accepted');
    expect(await refusalOf(world, 'nonsense')).toBe('malformed');
  });

  it('is nobody once the client was locked, or its `not_before` passed', async () => {
    const client = await TestClient.create(world, acme, { permissions: ['user:read'] });
    const token = await client.token();
    const change = async (statement: string, value: unknown) => {
      const connection = world.db.orm.em.fork().getConnection();
      await connection.execute(`update clients set ${statement} where id = ?`, [value, client.uuid]);
      const event = { type: 'client.updated', tenantId: acme.id, clientId: client.clientId, params: {} };
      for (const listen of [world.services.clientDirectory.onEvents, world.services.oauth.onEvents])
        listen([event as never]);
    };
    const now = world.clock.now();
    await change('not_before = ?', now);
    expect(await refusalOf(world, token)).toBeNull();
    await change('not_before = ?', new Date(now.getTime() + 1));
    expect(await refusalOf(world, token)).toBe('client-not-before');
    await change('not_before = ?', null);
    expect(await refusalOf(world, token)).toBeNull();
    await change('locked_at = ?', now);
    expect(await refusalOf(world, token)).toBe('client-disabled');
  });
});

describe('the authentication of a client', () => {
  const authenticate = (readings: readonly ClientCredentials[], kind?: 'oauth' | 'rest', tenant = acme) =>
    authenticator().authenticateClient(tenant, readings, TEST_ORIGIN, kind);
  const REFUSED = { refused: 'client-unauthenticated' };
  const newClient = (input: CreateClient = {}) =>
    TestClient.create(world, acme, { permissions: ['user:read'], ...input });
  const newPublic = () => newClient({ type: 'public', grantTypes: ['refresh_token'], permissions: [] });
  const permissionsOf = (found: Awaited<ReturnType<typeof authenticate>>) =>
    'caller' in found ? [...found.caller.permissions.grants()].map(formatScope).sort() : found;

  it('with its secret gives an application with all permissions of the client', async () => {
    const { clientId, secret, uuid } = await newClient();
    const found = await authenticate([{ clientId, secret, method: 'Post' }]);
    expect(found).toMatchObject({
      caller: {
        kind: 'application',
        tenant: { id: acme.id },
        userId: null,
        clientId,
        clientUuid: uuid,
        clientAuth: 'Post',
        origin: TEST_ORIGIN,
      },
    });
    expect(permissionsOf(found)).toEqual(['user:read']);
  });

  it('on a route that documents HTTP Basic gives what such routes allow', async () => {
    const { clientId, secret, uuid } = await newClient();
    expect(permissionsOf(await authenticate([{ clientId, secret, method: 'Basic' }], 'rest'))).toEqual([
      'federation-link:bind',
      'user:read',
    ]);
    const rest = await world.services.clients.rotateSecret(world.system(acme), uuid, { kind: 'rest' });
    const found = await authenticate([{ clientId, secret: rest.secret, method: 'Basic' }], 'rest');
    expect(permissionsOf(found)).toEqual([
      'federation-link:bind',
      'federation-link:read',
      'federation-link:write',
      'user:delete',
    ]);
    expect(await authenticate([{ clientId, secret: rest.secret, method: 'Basic' }])).toEqual(REFUSED);
  });

  it('by another method than the registered one is refused, but not on a route that documents HTTP Basic', async () => {
    const { clientId, secret } = await newClient({ tokenEndpointAuthMethod: 'client_secret_post' });
    const by = (method: 'Basic' | 'Post') => [{ clientId, secret, method }] as const;
    expect(await authenticate(by('Post'))).toHaveProperty('caller');
    expect(await authenticate(by('Basic'))).toEqual(REFUSED);
    expect(await authenticate(by('Basic'), 'rest')).toHaveProperty('caller');
  });

  it('without a secret gives a public client, which has no permissions', async () => {
    const { clientId, uuid } = await newPublic();
    const found = await authenticate([{ clientId, secret: null, method: 'None' }]);
    expect(found).toMatchObject({ caller: { kind: 'application', clientId, clientUuid: uuid, clientAuth: 'None' } });
    expect(permissionsOf(found)).toEqual([]);
  });

  it('without a secret is refused to other clients, to disabled ones, and on routes that document HTTP Basic', async () => {
    const open = await newPublic();
    const bare = (clientId: string) => [{ clientId, secret: null, method: 'None' }] as const;
    expect(await authenticate(bare((await newClient()).clientId))).toEqual(REFUSED);
    expect(await authenticate(bare('nobody-here'))).toEqual(REFUSED);
    expect(await authenticate(bare(open.clientId), 'rest')).toEqual(REFUSED);
    expect(await authenticate(bare(open.clientId), 'oauth', await world.tenant())).toEqual(REFUSED);
    await world.services.clients.update(world.system(acme), open.uuid, { enabled: false });
    expect(await authenticate(bare(open.clientId))).toEqual(REFUSED);
  });

  it('that fails is recorded with the name and method of the first reading', async () => {
    const tenant = await world.tenant();
    await authenticate(
      [
        { clientId: 'first', secret: 'x', method: 'Post' },
        { clientId: 'second', secret: 'x', method: 'Basic' },
      ],
      'oauth',
      tenant,
    );
    expect(await authenticate([], 'oauth', tenant)).toEqual(REFUSED);
    const recorded = (await world.events(tenant)).filter(({ type }) => type === 'token.refused');
    expect(recorded).toMatchObject([
      { client_id: 'first', reason: 'CLIENT_UNAUTHENTICATED', outcome: 'failure' },
      { client_id: null, reason: 'CLIENT_UNAUTHENTICATED', outcome: 'failure' },
    ]);
  });
});
