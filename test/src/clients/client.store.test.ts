import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client, ClientScope } from '../../../src/clients/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

describe.each(ENGINES)('client stores on $name', ({ open }) => {
  let world: World;
  let own: TenantRef;
  let neighbour: TenantRef;
  let theirs: Client;
  let theirSecretId: string;
  let theirScope: ClientScope;
  beforeAll(async () => {
    world = await World.open(await open());
    own = await world.tenant();
    neighbour = await world.tenant();
    theirs = (await world.newClient(neighbour, { clientId: 'app', scopes: [{ name: 'openid', isDefault: true }] }))
      .client;
    theirScope = await world.services.clientScopes.create(world.system(neighbour), {
      name: 'harbour',
      tenantDefault: 'default',
      mappers: [{ name: 'm', type: 'oidc-full-name-mapper' }],
    });
    theirSecretId = (await world.stores.clientStore.secretsOf(neighbour.id, theirs.id))[0]!.id;
  });
  afterAll(() => world.close());

  it('reads nothing of another tenant, whatever the id', async () => {
    const { clientScopeStore, clientStore } = world.stores;
    expect(await clientStore.findById(own.id, theirs.id)).toBeNull();
    expect(await clientStore.findByClientId(own.id, 'app')).toBeNull();
    expect(await clientStore.findMany(own.id, [theirs.id, 'nonsense'])).toEqual(new Map());
    const user = await world.newUser(neighbour);
    const app = (await world.newLinkedApp(neighbour, user.id)).client;
    expect(await clientStore.instancesOf(own.id, [user.id])).toEqual([]);
    expect(await clientStore.instancesOf(neighbour.id, [user.id, 'nobody'])).toMatchObject([{ id: app.id }]);
    expect((await clientStore.page(own.id, { withBuiltin: true }, {})).rows).toEqual([]);
    expect(await clientStore.secretsOf(own.id, theirs.id)).toEqual([]);
    expect(await clientScopeStore.linksOf(own.id, [theirs.id])).toEqual(new Map());
    expect(await clientScopeStore.idsOf(own.id, ['openid'])).toEqual(new Map());
    expect(await clientScopeStore.findById(own.id, theirScope.id)).toBeNull();
    expect(await clientScopeStore.findByName(own.id, 'harbour')).toBeNull();
    expect((await clientScopeStore.page(own.id, {}, {})).rows).toEqual([]);
    expect(await clientScopeStore.tenantDefaults(own.id)).toEqual([]);
    expect(await clientScopeStore.mappersOf(own.id)).toEqual(new Map());
    expect([await clientScopeStore.count(own.id), await clientScopeStore.count(neighbour.id)]).toEqual([0, 2]);
    expect(await clientScopeStore.tenantDefaults(neighbour.id)).toEqual([
      { scopeId: expect.any(String), name: 'harbour', isDefault: true },
    ]);
    expect([...(await clientScopeStore.mappersOf(neighbour.id)).keys()]).toEqual([theirScope.id]);
  });

  it('changes nothing of another tenant', async () => {
    const { clientScopeStore, clientStore } = world.stores;
    await world.db.transaction(async () => {
      expect(await clientStore.lock(own.id, theirs.id)).toBeNull();
      await clientStore.delete(own.id, theirs.id);
      await clientStore.expireSecret(own.id, theirSecretId, new Date(0));
      await clientStore.deleteSecrets(own.id, [theirSecretId]);
      await clientScopeStore.replaceLinks(own.id, theirs.id, [], new Date(0));
      expect(await clientScopeStore.lock(own.id, theirScope.id)).toBeNull();
      expect(await clientScopeStore.lock(own.id, 'nonsense')).toBeNull();
      await clientScopeStore.delete(own.id, theirScope.id);
    });
    expect(await clientScopeStore.findById(neighbour.id, theirScope.id)).toMatchObject({ name: 'harbour' });
    expect((await clientStore.findById(neighbour.id, theirs.id))?.clientId).toBe('app');
    expect(await clientStore.secretsOf(neighbour.id, theirs.id)).toMatchObject([
      { id: theirSecretId, expiresAt: null },
    ]);
    expect((await clientScopeStore.linksOf(neighbour.id, [theirs.id])).get(theirs.id)).toHaveLength(1);
  });

  it('finds its own, pages them by client_id and narrows them', async () => {
    const { clientStore } = world.stores;
    for (const clientId of ['b', 'a', 'c']) await world.newClient(own, { clientId, enabled: clientId !== 'c' });
    const ids = (rows: readonly Client[]) => rows.map(({ clientId }) => clientId);
    const first = await clientStore.page(own.id, {}, { first: 2, withTotal: true });
    expect([ids(first.rows), first.hasNextPage, first.totalCount]).toEqual([['a', 'b'], true, 3]);
    const second = await clientStore.page(own.id, {}, { after: first.cursorOf(first.rows[1]!) });
    expect(ids(second.rows)).toEqual(['c']);
    expect(ids((await clientStore.page(own.id, { enabled: false }, {})).rows)).toEqual(['c']);
    expect(ids((await clientStore.page(own.id, { nameContains: 'A' }, {})).rows)).toEqual(['a']);
  });
});
