import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Authority, formatScope } from '../../../src/access/index.ts';
import { mintHandle } from '../../../src/crypto/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

describe('the caller behind an API key', () => {
  let world: World;
  let master: TenantRef;
  let tenant: TenantRef;
  let anna: User;
  let statements = 0;
  beforeAll(async () => {
    world = await World.open(await openTestDatabase(() => (statements += 1)));
    master = await world.tenant({ name: 'master' });
    tenant = await world.tenant();
    vi.spyOn(world.services.eventEngine.follower, 'isFresh').mockReturnValue(true);
    // Cached entries do not expire, however slow the machine is.
    vi.spyOn(performance, 'now').mockReturnValue(performance.now());
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await world.close();
  });
  beforeEach(async () => {
    anna = await world.newUser(tenant);
  });

  const permissionsOf = async (secret: string) =>
    [...((await world.keyCaller(secret))?.permissions.grants() ?? [])].map(formatScope).sort();
  const give = async (where: TenantRef, userId: string, ...permissions: string[]) => {
    const role = await world.newRole(where, { permissions });
    await world.grantRole(where, { roleId: role.id, holderKind: 'user', holderId: userId });
    return role;
  };
  const system = () => world.system(tenant);

  it('is its owner, within the scopes, without a session', async () => {
    const { secret, apiKey } = await world.newApiKey(tenant, anna.id, 'USER:READ', 'API_KEY');
    expect(secret).toMatch(/^svk_[A-Za-z0-9_-]{43}$/);
    expect(await world.keyCaller(secret)).toMatchObject({
      kind: 'api-key',
      tenant: { id: tenant.id },
      userId: anna.id,
      clientId: null,
      sessionId: null,
      authTime: null,
      amr: [],
      expiresAt: null,
      scopes: ['USER:READ', 'API_KEY'],
      apiKey: { id: apiKey.id, owner: { tenantId: tenant.id, userId: anna.id } },
      origin: TEST_ORIGIN,
    });
  });

  it('may do what its owner may do at that moment', async () => {
    const { secret } = await world.newApiKey(tenant, anna.id, 'USER:READ', 'CLIENT:READ');
    expect(await permissionsOf(secret)).toEqual(['session:read:self', 'user:read:self']);
    const role = await give(tenant, anna.id, 'user:read', 'user:write', 'client:write');
    expect(await permissionsOf(secret)).toEqual(['client:read', 'session:read:self', 'user:read']);
    await world.services.roleGrants.revoke(system(), { roleId: role.id, holderKind: 'user', holderId: anna.id });
    expect(await permissionsOf(secret)).toEqual(['session:read:self', 'user:read:self']);
  });

  it('costs no statement when it is known', async () => {
    const { secret } = await world.newApiKey(tenant, anna.id, 'USER:READ');
    await world.keyCaller(secret);
    await world.services.apiKeyAuthenticator.idle();
    statements = 0;
    await world.keyCaller(secret);
    await world.services.apiKeyAuthenticator.idle();
    expect(statements).toBe(0);
  });

  it('is nobody when the secret is not exactly one that was given out', async () => {
    const { secret } = await world.newApiKey(tenant, anna.id, 'USER:READ');
    const last = secret.at(-1) === 'A' ? 'E' : 'A';
    const wrong = [
      '',
      'svk_',
      secret.slice(4),
      secret.toUpperCase(),
      `${secret}A`,
      `${secret.slice(0, -1)}${last}`,
      `svk_${mintHandle(tenant.route)}`,
      `svk_${mintHandle(master.route)}`,
      `svk_${mintHandle('aaaaaaaa')}`,
      `sk_${secret.slice(4)}`,
      'svk_'.repeat(5000),
      'svk_\0',
    ];
    for (const text of wrong) expect([text, await world.keyCaller(text)]).toEqual([text, null]);
    // The other tenant's route before the same random part.
    const swapped = Buffer.from(secret.slice(4), 'base64url');
    Buffer.from(mintHandle(master.route), 'base64url').copy(swapped, 0, 0, 5);
    expect(await world.keyCaller(`svk_${swapped.toString('base64url')}`)).toBeNull();
  });

  it.each([
    ['disabled', () => world.services.users.setEnabled(system(), anna.id, false)],
    ['deleted', () => world.services.users.delete(system(), anna.id)],
  ])('is nobody once its owner is %s', async (_, end) => {
    const { secret } = await world.newApiKey(tenant, anna.id, 'USER:READ');
    expect(await world.keyCaller(secret)).not.toBeNull();
    await end();
    expect(await world.keyCaller(secret)).toBeNull();
  });

  it('is its owner again once it is enabled', async () => {
    const { secret } = await world.newApiKey(tenant, anna.id, 'USER:READ');
    await world.services.users.setEnabled(system(), anna.id, false);
    expect(await world.keyCaller(secret)).toBeNull();
    await world.services.users.setEnabled(system(), anna.id, true);
    expect(await world.keyCaller(secret)).toMatchObject({ userId: anna.id });
  });

  it('is nobody in a tenant that was disabled', async () => {
    const other = await world.tenant();
    const { id } = await world.newUser(other);
    const { secret } = await world.newApiKey(other, id, 'USER:READ');
    expect(await world.keyCaller(secret)).not.toBeNull();
    await world.services.tenants.update(world.system(other), { enabled: false });
    expect(await world.keyCaller(secret)).toBeNull();
  });

  it('is nobody with a secret that was replaced, and with a key that was deleted', async () => {
    const { secret, apiKey } = await world.newApiKey(tenant, anna.id, 'USER:READ');
    await world.keyCaller(secret);
    const { secret: next } = await world.services.apiKeys.regenerate(
      new Authority(callerOf(anna), tenant, 'self'),
      apiKey.id,
    );
    expect(await world.keyCaller(secret)).toBeNull();
    expect(await world.keyCaller(next)).toMatchObject({ apiKey: { id: apiKey.id } });
    await world.services.apiKeys.delete(new Authority(callerOf(anna), tenant, 'self'), apiKey.id);
    expect(await world.keyCaller(next)).toBeNull();
  });

  const callerOf = ({ id }: User) =>
    world.user(tenant, id, 'user:read', 'user:read:self', 'session:read:self', 'api-key:rotate:self');

  describe('of a user who administers all tenants', () => {
    let root: User;
    let secret: string;
    beforeEach(async () => {
      root = await world.newUser(master);
      await give(master, root.id, 'user:read:all', 'user:write', 'api-key:create:all');
      const caller = world.user(master, root.id, 'user:read:all', 'session:read:all', 'api-key:create:all');
      const input = { name: 'Watch', scopes: ['USER:READ'] };
      ({ secret } = await world.services.apiKeys.create(new Authority(caller, tenant, 'all'), input));
    });

    it('acts in one tenant, by what its owner may do everywhere, and has no account there', async () => {
      // The tenant has a user with the same id, who is somebody else.
      await world.newUser(tenant, { id: root.id });
      expect(await world.keyCaller(secret)).toMatchObject({
        tenant: { id: tenant.id },
        userId: null,
        apiKey: { owner: { tenantId: master.id, userId: root.id } },
      });
      expect(await permissionsOf(secret)).toEqual(['user:read']);
    });

    it('is nobody once the owner is disabled, or was made again with the same id', async () => {
      expect(await world.keyCaller(secret)).not.toBeNull();
      await world.services.users.setEnabled(world.system(master), root.id, false);
      expect(await world.keyCaller(secret)).toBeNull();
      await world.services.users.delete(world.system(master), root.id);
      expect(await world.keyCaller(secret)).toBeNull();
      world.clock.advance(1);
      await world.newUser(master, { id: root.id });
      expect(await world.keyCaller(secret)).toBeNull();
    });

    it('is nobody once the tenant of the owner is gone', async () => {
      const { byId } = world.services.directory;
      const spy = vi.spyOn(world.services.directory, 'byId');
      spy.mockImplementation((id) => (id === master.id ? null : byId.call(world.services.directory, id)));
      try {
        expect(await world.keyCaller(secret)).toBeNull();
      } finally {
        spy.mockRestore();
      }
    });
  });

  describe('was used', () => {
    const usedAt = async (id: string) => {
      await world.services.apiKeyAuthenticator.idle();
      return (await world.services.apiKeys.findIn(tenant.id, id))?.lastUsedAt;
    };

    it('at a time that is kept to the minute', async () => {
      const { secret, apiKey } = await world.newApiKey(tenant, anna.id, 'USER:READ');
      expect(await usedAt(apiKey.id)).toBeNull();
      const first = world.clock.now();
      await world.keyCaller(secret);
      expect(await usedAt(apiKey.id)).toEqual(first);
      world.clock.advance(59);
      await world.keyCaller(secret);
      expect(await usedAt(apiKey.id)).toEqual(first);
      world.clock.advance(1);
      await world.keyCaller(secret);
      expect(await usedAt(apiKey.id)).toEqual(world.clock.now());
    });

    it('also when the time cannot be stored', async () => {
      const { secret } = await world.newApiKey(tenant, anna.id, 'USER:READ');
      const spy = vi.spyOn(world.db, 'detached').mockImplementation(() => Promise.reject(new Error('away')) as never);
      try {
        expect(await world.keyCaller(secret)).toMatchObject({ userId: anna.id });
        await world.services.apiKeyAuthenticator.idle();
        expect(spy).toHaveBeenCalledTimes(1);
      } finally {
        spy.mockRestore();
      }
    });
  });
});
