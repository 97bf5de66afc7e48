import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import {
  callerOf,
  refusalOf,
  scopeLinks,
  TEST_REDIRECT,
  TestBrowserUser,
  TestClient,
  TestUser,
} from '../../support/oauth.ts';
import { World } from '../../support/world.ts';

describe('database statements of tokens', () => {
  let world: World;
  let acme: TenantRef;
  let statements: string[] = [];
  let isFresh = true;
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((statement) => statements.push(statement)));
    vi.spyOn(world.services.eventEngine.follower, 'isFresh').mockImplementation(() => isFresh);
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    isFresh = true;
  });

  const during = async (work: () => Promise<unknown>): Promise<string[]> => {
    statements = [];
    await work();
    return statements.filter((statement) => /^(with|select|insert|update|delete)/i.test(statement));
  };

  it('are one for a client-credentials token, which writes its event', async () => {
    const client = await TestClient.create(world, acme, { permissions: ['user:read'] });
    await client.token();
    const done = await during(() => client.token());
    expect(done).toHaveLength(1);
    expect(done[0]).toContain('security_events');
  });

  it('are one for a token of a client with a service account at a realm, whose changes the next token has', async () => {
    const client = await TestClient.create(world, acme);
    const system = world.system(acme);
    const { mappers, serviceAccounts, users } = world.services;
    const config = { 'user.attribute': 'ward', 'claim.name': 'ward', 'access.token.claim': 'true' };
    const mapper = { name: 'ward', type: 'oidc-usermodel-attribute-mapper', config };
    await mappers.add(system, { clientUuid: client.uuid }, [mapper]);
    await serviceAccounts.updateClient(system, client.uuid, { hasServiceAccount: true });
    const token = async () => decodeJwt(await client.token(undefined, 'realm'));
    expect(await token()).toMatchObject({ sub: client.uuid });
    const done = await during(token);
    expect(done).toHaveLength(1);
    expect(done[0]).toContain('security_events');
    await users.update(system, client.uuid, { attributes: { ward: 'north' } });
    expect(await token()).toMatchObject({ ward: 'north' });
  });

  it.each(['jwt', 'opaque'] as const)(
    'are two for a refresh with %s tokens, whose second writes the event',
    async (tokenFormat) => {
      const client = await TestClient.create(world, acme, {
        grantTypes: ['password', 'refresh_token'],
        scopes: scopeLinks(['openid']),
        tokenFormat,
      });
      const { refreshToken } = await (await TestUser.create(world, client)).signIn('openid');
      const rotate = async (token: string) =>
        (await client.request('refresh_token', { refresh_token: token })).refreshToken!;
      const next = await rotate(refreshToken!);
      const done = await during(() => rotate(next));
      expect(done).toHaveLength(2);
      expect(done[1]).toContain('security_events');
    },
  );

  it.each([
    ['jwt', null],
    ['opaque', null],
    ['jwt', { idToken: { email: null }, userinfo: { name: null } }],
  ] as const)(
    'are two for a code that is redeemed for %s tokens with the claims %s, whose second writes the event',
    async (tokenFormat, claims) => {
      const client = await TestClient.create(world, acme, {
        grantTypes: ['authorization_code', 'refresh_token'],
        redirects: [{ uri: TEST_REDIRECT }],
        scopes: scopeLinks(['openid', 'email']),
        tokenFormat,
      });
      const user = await TestBrowserUser.create(world, client);
      await user.tokens();
      const code = await user.code({ scopes: ['openid', 'email'], claims, nonce: 'n' });
      const done = await during(() => user.redeem(code));
      expect(done).toHaveLength(2);
      expect(done[1]).toContain('security_events');
    },
  );

  it('are none for a token that was seen before', async () => {
    const client = await TestClient.create(world, acme, {
      grantTypes: ['password'],
      scopes: scopeLinks(['user:read:self']),
    });
    const { accessToken } = await (await TestUser.create(world, client)).signIn('user:read:self');
    await callerOf(world, accessToken);
    expect(await during(() => callerOf(world, accessToken))).toEqual([]);
  });

  it('read the rows again while this node may lag behind changes of other nodes', async () => {
    const client = await TestClient.create(world, acme, { permissions: ['user:read'] });
    const token = await client.token();
    await callerOf(world, token);
    isFresh = false;
    expect((await during(() => callerOf(world, token))).join()).toContain('revoked_tokens');
  });

  it('read the rows again after the user changed, and only then', async () => {
    const client = await TestClient.create(world, acme, {
      grantTypes: ['password'],
      scopes: scopeLinks(['user:read:self']),
    });
    const [anna, boris] = [await TestUser.create(world, client), await TestUser.create(world, client)];
    const [annas, borises] = [await anna.signIn('user:read:self'), await boris.signIn('user:read:self')];
    await callerOf(world, annas.accessToken);
    await callerOf(world, borises.accessToken);
    await world.services.endAccess.setEnabled(world.system(acme), anna.id, false);
    expect(await during(() => callerOf(world, borises.accessToken))).toEqual([]);
    expect(await refusalOf(world, annas.accessToken)).toBe('grant-revoked');
  });

  it('read the rows again after a minute, even if no change is announced', async () => {
    const client = await TestClient.create(world, acme, { permissions: ['user:read'] });
    const token = await client.token();
    await callerOf(world, token);
    world.clock.advance(59.999);
    expect(await during(() => callerOf(world, token))).toEqual([]);
    world.clock.advance(0.001);
    expect((await during(() => callerOf(world, token))).join()).toContain('revoked_tokens');
    expect(await during(() => callerOf(world, token))).toEqual([]);
  });

  it("read the rows of a user's token again after a change of anything that it depends on", async () => {
    const client = await TestClient.create(world, acme, {
      grantTypes: ['password'],
      scopes: scopeLinks(['user:read:self']),
    });
    const { accessToken } = await (await TestUser.create(world, client)).signIn('user:read:self');
    const { sub, sid, gid, jti } = decodeJwt(accessToken) as Record<string, string>;
    await callerOf(world, accessToken);
    const none = { tenantId: acme.id, subjectId: null, clientId: null, sessionId: null, params: {} };
    const isReadAfter = async (change: object) => {
      world.services.oauth.onEvents([{ ...none, ...change } as never]);
      return (await during(() => callerOf(world, accessToken))).join().includes('revoked_tokens');
    };
    for (const change of [
      { type: 'tenant.sessions_revoked' },
      { type: 'client.updated', clientId: client.clientId },
      { type: 'user.state_changed', subjectId: sub },
      { type: 'session.revoked', sessionId: sid },
      { type: 'refresh_token.reused', params: { grantId: gid } },
      { type: 'token.revoked', params: { tokenId: jti } },
    ]) {
      expect([change.type, await isReadAfter(change)]).toEqual([change.type, true]);
      expect(await isReadAfter({ ...change, tenantId: newId() })).toBe(false);
    }
  });

  it('read the rows again when a change of another node is announced', async () => {
    const client = await TestClient.create(world, acme, { permissions: ['user:read'] });
    const token = await client.token();
    await callerOf(world, token);
    const { jti } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: string };
    // As another node does: the row exists, but this node has not received the event.
    await world.db.orm.em
      .fork()
      .getConnection()
      .execute('insert into revoked_tokens (tenant_id, jti, expires_at, created_at) values (?, ?, now(), now())', [
        acme.id,
        jti,
      ]);
    expect(await refusalOf(world, token)).toBeNull();
    const event = {
      type: 'token.revoked',
      tenantId: acme.id,
      subjectId: null,
      sessionId: null,
      params: { tokenId: jti },
    };
    world.services.oauth.onEvents([event as never]);
    expect(await refusalOf(world, token)).toBe('token-revoked');
  });

  it('are bounded for tokens with unknown keys', async () => {
    const client = await TestClient.create(world, acme, { permissions: ['user:read'] });
    const [header, payload, signature] = (await client.token()).split('.');
    const forge = (n: number) => {
      const fields = JSON.parse(Buffer.from(header!, 'base64url').toString()) as object;
      const forged = Buffer.from(JSON.stringify({ ...fields, kid: `unknown-${n}` })).toString('base64url');
      return `${forged}.${payload}.${signature}`;
    };
    const done = await during(async () => {
      for (let n = 0; n < 20; n++) expect(await refusalOf(world, forge(n))).toBe('key-unknown');
    });
    expect(done.length).toBeLessThan(5);
  });
});
