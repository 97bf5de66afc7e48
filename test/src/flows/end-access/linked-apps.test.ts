import { describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../../support/two-tenants.ts';

describe('the roles of an app that is removed', () => {
  const tenants = twoTenantsOfSuite();

  it('give their holders nothing from that moment on, with an event each', async () => {
    const { world } = tenants;
    const tenant = await world.tenant();
    const owner = await world.newUser(tenant);
    const { client } = await world.newLinkedApp(tenant, owner.id);
    const role = await world.newRole(tenant, { clientUuid: client.id, permissions: ['user:read'] });
    const { id: holderId } = await world.newUser(tenant);
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId });
    const held = async () => [...(await world.services.rolePermissions.ofUser(tenant.id, holderId)).grants()].length;
    expect(await held()).toBe(1);
    await world.services.linkedApps.remove(world.system(tenant), owner.id, client.clientId);
    expect(await held()).toBe(0);
    const found = (await world.events(tenant)).slice(-2).map(({ type, params }) => [type, params['name']]);
    expect(found).toEqual([
      ['role.deleted', role.name],
      ['linked_app.removed', undefined],
    ]);
  });

  it('are guarded as at every other change of roles: one of all tenants takes a caller of all tenants', async () => {
    const { world } = tenants;
    const { master } = tenants;
    const owner = await world.newUser(master);
    const { client } = await world.newLinkedApp(master, owner.id);
    await world.newRole(master, { clientUuid: client.id, permissions: ['user:read:all'] });
    const own = new Authority(world.user(master, owner.id, 'linked-app:delete:self'), master, 'self');
    const { linkedApps } = world.services;
    expect(await refusalOf(linkedApps.remove(own, owner.id, client.clientId))).toBe('ACCOUNT_GUARDED');
    expect(await world.stores.clientStore.findById(master.id, client.id)).not.toBeNull();
    expect(await refusalOf(linkedApps.remove(world.system(master), owner.id, client.clientId))).toBeNull();
  });
});

describe('an app whose role makes the last administrator', () => {
  const tenants = twoTenantsOfSuite();
  const setUp = async () => {
    const { world } = tenants;
    const tenant = await world.tenant({ settings: { protectLastAdmin: true } });
    const [bundle] = await world.stores.roleStore.findBuiltin(tenant.id, ['tenant-administrator']);
    const owner = await world.newUser(tenant);
    const { client } = await world.newLinkedApp(tenant, owner.id);
    const role = await world.newRole(tenant, { clientUuid: client.id, childIds: [bundle!.id] });
    const grant = async (roleId: string) => {
      const { id: holderId } = await world.newUser(tenant);
      await world.grantRole(tenant, { roleId, holderKind: 'user', holderId });
    };
    await grant(role.id);
    const isThere = async () => (await world.stores.clientStore.findById(tenant.id, client.id)) !== null;
    return { tenant, owner, client, isThere, addAnother: () => grant(bundle!.id) };
  };

  it('is unlinked by nobody, also not by its owner, until there is another administrator', async () => {
    const { tenant, owner, client, isThere, addAnother } = await setUp();
    const { linkedApps } = tenants.world.services;
    const own = new Authority(tenants.world.user(tenant, owner.id, 'linked-app:delete:self'), tenant, 'self');
    const before = (await tenants.world.events(tenant)).length;
    for (const authority of [own, tenants.world.system(tenant)])
      expect(await refusalOf(linkedApps.remove(authority, owner.id, client.clientId))).toBe('ADMINISTRATOR_LAST');
    expect(await isThere()).toBe(true);
    expect(await tenants.world.events(tenant)).toHaveLength(before);
    await addAnother();
    expect(await refusalOf(linkedApps.remove(own, owner.id, client.clientId))).toBeNull();
    expect(await isThere()).toBe(false);
  });

  it('keeps its owner from being deleted, and goes with the owner once there is another administrator', async () => {
    const { tenant, owner, isThere, addAnother } = await setUp();
    const remove = () => refusalOf(tenants.world.services.endAccess.delete(tenants.world.system(tenant), owner.id));
    expect(await remove()).toBe('ADMINISTRATOR_LAST');
    expect(await isThere()).toBe(true);
    expect(await tenants.world.services.users.findIn(tenant.id, owner.id)).not.toBeNull();
    await addAnother();
    expect(await remove()).toBeNull();
    expect(await isThere()).toBe(false);
  });
});
