import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import type { CreateClient } from '../../../../src/clients/index.ts';
import { hashHandle, mintHandle } from '../../../../src/crypto/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { TokenStore } from '../../../../src/oauth/tokens/token.store.ts';
import { type BearerTokens, refusalOf, scopeLinks, TestClient, TestUser } from '../../../support/oauth.ts';
import { World } from '../../../support/world.ts';

describe('the validity of a token', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  const newClient = (input: CreateClient = {}) =>
    TestClient.create(world, acme, { permissions: ['user:read'], ...input });
  const signedIn = async (input: CreateClient = {}) => {
    const scopes = scopeLinks(['user:read:self', 'offline_access']);
    const client = await newClient({ grantTypes: ['password', 'refresh_token'], scopes, ...input });
    const user = await TestUser.create(world, client);
    return { client, user, issued: await user.signIn('user:read:self') };
  };
  const sessionsOf = async (userId: string) =>
    (await world.stores.sessionStore.newestOfUsers(acme.id, [userId], 10, world.clock.now())).get(userId) ?? [];

  /** The claims of a token of the client, as its row keeps them. */
  const claimsOf = async (client: TestClient): Promise<object> => {
    const hash = hashHandle(await client.token());
    return (await new TokenStore(world.db).findOpaque(acme.id, hash))!.claims;
  };

  async function expectEnded(issued: BearerTokens, client: TestClient, reason: string | RegExp): Promise<void> {
    expect(await refusalOf(world, issued.accessToken)).toMatch(reason);
    const refreshed = client.request('refresh_token', { refresh_token: issued.refreshToken! });
    await expect(refreshed).rejects.toMatchObject({ code: 'GRANT_INVALID' });
  }

  it('ends with its session (checks 19 and 52)', async () => {
    const { client, user, issued } = await signedIn();
    expect(await refusalOf(world, issued.accessToken)).toBeNull();
    const [session] = await sessionsOf(user.id);
    await world.services.sessions.revoke(world.system(acme), session!.id);
    await expectEnded(issued, client, 'grant-revoked');
  });

  it('ends when another person sets the password of its user, also for offline tokens (check 19)', async () => {
    const { client, user, issued } = await signedIn();
    const offline = await user.signIn('offline_access');
    const { passwordFlow } = world.services;
    await passwordFlow.set(world.system(acme), { userId: user.id, password: 'four-lanterns-by-noon' });
    await expectEnded(issued, client, 'grant-revoked');
    await expectEnded(offline, client, 'grant-revoked');
  });

  it('ends when its user changes the password in another session, whose tokens stay valid (check 19)', async () => {
    const { client, user, issued } = await signedIn();
    const kept = await user.signIn('user:read:self');
    const sessionId = (decodeJwt(kept.accessToken) as { sid: string }).sid;
    const caller = { ...world.user(acme, user.id, 'password:change:self'), sessionId };
    await world.services.passwordFlow.change(new Authority(caller, acme, 'self'), {
      userId: user.id,
      currentPassword: user.password,
      newPassword: 'four-lanterns-by-noon',
    });
    await expectEnded(issued, client, 'grant-revoked');
    expect(await refusalOf(world, kept.accessToken)).toBeNull();
  });

  it('ends when the sessions of its user are reset, also for offline tokens', async () => {
    const { client, user, issued } = await signedIn();
    const offline = await user.signIn('offline_access');
    await world.services.sessions.revokeAllOf(world.system(acme), user.id);
    await expectEnded(issued, client, 'grant-revoked');
    await expectEnded(offline, client, 'grant-revoked');
  });

  it('does not end when all sessions except its own are reset', async () => {
    const { user, issued } = await signedIn();
    const other = await user.signIn();
    const kept = (await sessionsOf(user.id)).at(-1)!;
    await world.services.sessions.revokeAllOf(world.system(acme), user.id, { exceptSessionId: kept.id });
    expect(await refusalOf(world, issued.accessToken)).toBeNull();
    expect(await refusalOf(world, other.accessToken)).toBe('grant-revoked');
  });

  it('ends for ever when its user is disabled (check 52)', async () => {
    const { client, user, issued } = await signedIn();
    await world.services.endAccess.setEnabled(world.system(acme), user.id, false);
    await world.services.endAccess.setEnabled(world.system(acme), user.id, true);
    await expectEnded(issued, client, 'grant-revoked');
  });

  it('ends when its user is deleted (check 52)', async () => {
    const { client, user, issued } = await signedIn();
    await world.services.endAccess.delete(world.system(acme), user.id);
    await expectEnded(issued, client, 'grant-revoked');
  });

  it('ends when its session expires', async () => {
    const { issued } = await signedIn({ accessTokenSeconds: 86_400 });
    world.clock.advance(28_800);
    expect(await refusalOf(world, issued.accessToken)).toBe('session-over');
  });

  it('ends with its client, also if a new client gets the same id', async () => {
    const client = await newClient();
    const token = await client.token();
    await world.services.clients.delete(world.system(acme), client.uuid);
    expect(await refusalOf(world, token)).toBe('client-unknown');
    world.clock.advance(1);
    await newClient({ clientId: client.clientId });
    expect(await refusalOf(world, token)).toBe('client-replaced');
  });

  it('begins no earlier than its client was made, even if the clock of the issuing node is behind', async () => {
    const client = await newClient();
    world.clock.advance(-1);
    const token = await client.token();
    world.clock.advance(1);
    expect(await refusalOf(world, token)).toBeNull();
  });

  it('ends while its tenant is disabled', async () => {
    const tenant = await world.tenant();
    const client = await TestClient.create(world, tenant, { permissions: ['user:read'] });
    const token = await client.token();
    await world.services.tenants.update(world.system(tenant), { enabled: false });
    expect(await refusalOf(world, token)).toBe('tenant-disabled');
    await world.services.tenants.update(world.system(tenant), { enabled: true });
    expect(await refusalOf(world, token)).toBeNull();
    await world.services.tenants.delete(world.system(tenant));
    expect(await refusalOf(world, token)).toBe('tenant-disabled');
  });

  it('ends at a `not_before` for tokens issued before it, but not for tokens issued after it in the same second', async () => {
    const tenant = await world.tenant();
    const client = await TestClient.create(world, tenant, { permissions: ['user:read'] });
    const before = await client.token();
    const moment = new Date(world.clock.now().getTime() + 500);
    await world.db.orm.em
      .fork()
      .getConnection()
      .execute('update tenants set not_before = ? where id = ?', [moment, tenant.id]);
    world.services.directory.invalidate();
    expect(await refusalOf(world, before)).toBe('tenant-not-before');
    world.clock.advance(0.6);
    expect(await refusalOf(world, await client.token())).toBeNull();
    world.clock.advance(0.4);
  });

  it('ends while its client is disabled', async () => {
    const client = await newClient();
    const token = await client.token();
    await world.services.clients.update(world.system(acme), client.uuid, { enabled: false });
    expect(await refusalOf(world, token)).toBe('client-disabled');
    await world.services.clients.update(world.system(acme), client.uuid, { enabled: true });
    expect(await refusalOf(world, token)).toBeNull();
  });

  it('ends at a `not_before` of its client for tokens issued before it, refresh tokens included', async () => {
    const { client, issued } = await signedIn();
    const setMoment = async (moment: Date) => {
      const { em } = world.db.orm;
      await em.fork().getConnection().execute('update clients set not_before = ? where id = ?', [moment, client.uuid]);
      await world.services.clients.update(world.system(acme), client.uuid, { name: moment.toISOString() });
    };
    await setMoment(new Date(world.clock.now().getTime() - 60_000));
    expect(await refusalOf(world, issued.accessToken)).toBeNull();
    await setMoment(new Date(world.clock.now().getTime() + 1_000));
    await expectEnded(issued, client, 'client-not-before');
  });

  it('ends for the permissions that its client loses', async () => {
    const client = await newClient({ permissions: ['user:write', 'session:read'] });
    const token = await client.token();
    await world.services.clients.update(world.system(acme), client.uuid, { permissions: ['session:read'] });
    const authentication = await world.services.oauth.authenticator.authenticate(token, (await client.caller()).origin);
    expect('caller' in authentication && [...authentication.caller.permissions.grants()]).toEqual([
      { permission: 'session:read', reach: 'tenant' },
    ]);
  });

  describe('of an opaque token', () => {
    it('equals that of a JWT with the same claims, and one event is written for it', async () => {
      const client = await newClient({ tokenFormat: 'opaque' });
      const token = await client.token();
      expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(await refusalOf(world, token)).toBeNull();
      const issued = (await world.events(acme)).filter(({ client_id }) => client_id === client.clientId);
      expect(issued.map(({ type }) => type)).toEqual(['client.created', 'token.issued']);
      world.clock.advance(900);
      expect(await refusalOf(world, token)).toBe('expired');
    });

    it('ends on the second, also if it was not used before', async () => {
      const client = await newClient({ tokenFormat: 'opaque' });
      const [one, two] = [await client.token(), await client.token()];
      world.clock.advance(899.999);
      expect(await refusalOf(world, one)).toBeNull();
      world.clock.advance(0.001);
      expect(await refusalOf(world, two)).toBe('expired');
    });

    it('is none of a handle that the tenant does not have, nor of claims that it did not issue', async () => {
      const client = await newClient({ tokenFormat: 'opaque' });
      const globex = await world.tenant();
      expect(await refusalOf(world, mintHandle(acme.route))).toBe('unknown');
      expect(await refusalOf(world, mintHandle('aaaabbbb'))).toBe('malformed');
      const store = new TokenStore(world.db);
      const keep = async (change: object) => {
        const token = mintHandle(acme.route);
        const now = world.clock.now();
        const claims = { ...(await claimsOf(client)), ...change };
        const expiresAt = new Date(now.getTime() + 900_000);
        const row = { hash: hashHandle(token), grantId: null, clientUuid: client.uuid, claims, expiresAt };
        await store.insertOpaque(acme.id, row, now);
        return token;
      };
      expect(await refusalOf(world, await keep({}))).toBeNull();
      expect(await refusalOf(world, await keep({ jti: undefined }))).toBe('claim-malformed');
      for (const iss of [`https://id.example.com/t/${globex.name}`, 'https://evil.example/t/acme'])
        expect(await refusalOf(world, await keep({ iss }))).toBe('issuer-not-allowed');
    });

    it('is none of a user who is not that of the token family', async () => {
      const { client, user, issued } = await signedIn({ tokenFormat: 'opaque' });
      const other = await TestUser.create(world, client);
      const store = new TokenStore(world.db);
      const row = (await store.findOpaque(acme.id, hashHandle(issued.accessToken)))!;
      const keep = async (sub: string) => {
        const token = mintHandle(acme.route);
        const claims = { ...row.claims, sub, jti: token };
        const next = { ...row, grantId: row.grantId ?? null, hash: hashHandle(token), claims };
        await store.insertOpaque(acme.id, next, world.clock.now());
        return refusalOf(world, token);
      };
      expect(await keep(user.id)).toBeNull();
      expect(await keep(other.id)).toBe('grant-of-another');
    });

    it('ends with the session of its user', async () => {
      const { user, issued } = await signedIn({ tokenFormat: 'opaque' });
      expect(await refusalOf(world, issued.accessToken)).toBeNull();
      const [session] = await sessionsOf(user.id);
      await world.services.sessions.revoke(world.system(acme), session!.id);
      expect(await refusalOf(world, issued.accessToken)).toBe('grant-revoked');
    });
  });
});
