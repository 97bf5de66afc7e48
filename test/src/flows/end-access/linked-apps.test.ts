import { describe, expect, it } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../../support/two-tenants.ts';

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
