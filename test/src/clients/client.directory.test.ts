import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basicPermissions, type ClientRecord } from '../../../src/clients/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

describe('client directory and authenticator', () => {
  let world: World;
  let acme: TenantRef;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((sql) => statements.push(sql)));
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  const record = async (clientId: string) => (await world.services.clientDirectory.byClientId(acme.id, clientId))!;
  const authenticate = async (clientId: string, secret: string, kind?: 'oauth' | 'rest') =>
    world.services.clientAuthenticator.authenticate(acme.id, clientId, secret, kind);

  it('adds up own permissions, scopes for applications and roles', async () => {
    world.services.scopes.register([
      { name: 'sys_events', holder: 'application', expandsTo: ['event:read'], description: 'Events.' },
      { name: 'own_events', holder: 'user', expandsTo: ['event:read:self'], description: 'Own events.' },
    ]);
    await world.newClient(acme, {
      clientId: 'adding',
      permissions: ['user:read'],
      scopes: [
        { name: 'sys_events', isDefault: false },
        { name: 'own_events', isDefault: true },
      ],
    });
    const { permissions, allowedScopes, defaultScopes, isUsable } = await record('adding');
    expect([permissions.reachOf('user:read'), permissions.reachOf('event:read')]).toEqual(['tenant', 'tenant']);
    expect([...allowedScopes]).toEqual(['own_events', 'sys_events']);
    expect(defaultScopes).toEqual(['own_events']);
    expect(isUsable).toBe(true);
  });

  it('answers at once and without a statement what it knows, also that there is none', async () => {
    await world.newClient(acme, { clientId: 'known' });
    await record('known');
    await world.services.clientDirectory.byClientId(acme.id, 'unknown');
    const before = statements.length;
    const found = world.services.clientDirectory.byClientId(acme.id, 'known') as ClientRecord;
    expect(found.client.clientId).toBe('known');
    expect(world.services.clientDirectory.byClientId(acme.id, 'unknown')).toBeNull();
    expect(world.services.clientDirectory.byClientId(acme.id, 'not\u0000a client_id')).toBeNull();
    expect(statements.length).toBe(before);
  });

  it('reads once for all who wait for the same client', async () => {
    await world.newClient(acme, { clientId: 'crowd' });
    const before = statements.length;
    await Promise.all(Array.from({ length: 50 }, () => record('crowd')));
    expect(statements.slice(before).filter((sql) => /from "?clients\b/.test(sql))).toHaveLength(1);
  });

  it('sees a change of the client as soon as it is committed, and nothing of one that is not', async () => {
    const { client } = await world.newClient(acme, { clientId: 'live' });
    expect((await record('live')).isUsable).toBe(true);
    const undone = world.db.transaction(async () => {
      await world.services.clients.update(world.system(acme), client.id, { enabled: false });
      await world.db.em.flush();
      expect((await record('live')).isUsable).toBe(false);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect((await record('live')).isUsable).toBe(true);
    await world.services.clients.update(world.system(acme), client.id, { enabled: false });
    expect((await record('live')).isUsable).toBe(false);
    await world.services.clients.delete(world.system(acme), client.id);
    expect(await world.services.clientDirectory.byClientId(acme.id, 'live')).toBeNull();
  });

  it('finds a client that is made after it was missed', async () => {
    const { clientDirectory } = world.services;
    expect(await clientDirectory.byClientId(acme.id, 'late')).toBeNull();
    await world.newClient(acme, { clientId: 'late' });
    expect((await record('late')).client.clientId).toBe('late');
  });

  it('finds no client of another tenant (check 55)', async () => {
    const neighbour = await world.tenant();
    const { client, secret } = await world.newClient(neighbour, { clientId: 'other-app' });
    const { clientAuthenticator, clientDirectory } = world.services;
    expect(await clientDirectory.byClientId(acme.id, 'other-app')).toBeNull();
    expect(await clientAuthenticator.authenticate(acme.id, 'other-app', secret!)).toBeNull();
    expect(await clientDirectory.byUuid(acme.id, client.id)).toBeNull();
  });

  it('authenticates a client by its secret, and answers equally for all failures', async () => {
    const { secret } = await world.newClient(acme, { clientId: 'proven' });
    expect((await authenticate('proven', secret!))?.record.client.clientId).toBe('proven');
    for (const [clientId, text] of [
      ['proven', 'wrong'],
      ['proven', ''],
      ['Proven', secret!],
      ['no-such', secret!],
      ['proven', 'x'.repeat(5000)],
    ] as const) {
      expect(await authenticate(clientId, text)).toBeNull();
    }
  });

  it('knows neither disabled nor locked nor public clients', async () => {
    const disabled = await world.newClient(acme, { clientId: 'off', enabled: false });
    expect(await authenticate('off', disabled.secret!)).toBeNull();
    const locked = await world.newClient(acme, { clientId: 'locked' });
    await world.db.transaction(async () => {
      (await world.stores.clientStore.lock(acme.id, locked.client.id))!.lockedAt = world.clock.now();
    });
    expect(await authenticate('locked', locked.secret!)).toBeNull();
    await world.newClient(acme, { clientId: 'public', type: 'public' });
    expect(await authenticate('public', '')).toBeNull();
  });

  it('accepts the rest secret on routes with Basic, which gives three fixed permissions', async () => {
    const { secret, restSecret } = await world.newClient(acme, {
      clientId: 'both',
      permissions: ['event:read'],
      withRestSecret: true,
    });
    expect(await authenticate('both', restSecret!, 'oauth')).toBeNull();
    expect(await authenticate('both', secret!, 'rest')).toBeNull();
    const rest = await authenticate('both', restSecret!, 'rest');
    expect(rest?.secretKind).toBe('rest');
    const held = basicPermissions(rest!);
    expect(held.reachOf('user:delete')).toBe('tenant');
    expect(held.reachOf('federation-link:write')).toBe('tenant');
    expect(held.reachOf('event:read')).toBeNull();
  });

  it("accepts the oauth secret there as well, with the client's permissions and federation-link:bind", async () => {
    const { secret } = await world.newClient(acme, { clientId: 'one', permissions: ['event:read'] });
    const rest = await authenticate('one', secret!, 'rest');
    expect(rest?.secretKind).toBe('oauth');
    const held = basicPermissions(rest!);
    expect([held.reachOf('event:read'), held.reachOf('federation-link:bind')]).toEqual(['tenant', 'tenant']);
    expect(held.reachOf('user:delete')).toBeNull();
  });
});
