import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('guarded accounts', () => {
  let world: World;
  let master: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
  });
  afterAll(() => world.close());

  const as = (tenant: TenantRef, ...scopes: string[]) => new Authority(world.app(tenant, ...scopes), tenant, 'tenant');
  const asAll = (tenant: TenantRef) => new Authority(world.app(master), tenant, 'all');
  const builtin = async (tenant: TenantRef, name: string) =>
    (await world.services.roleStore.findBuiltin(tenant.id, [name]))[0]!.id;
  const administrator = async (tenant: TenantRef, role: string) => {
    const { id } = await world.newUser(tenant);
    await world.grantRole(tenant, { roleId: await builtin(tenant, role), holderKind: 'user', holderId: id });
    return id;
  };

  it('may be changed only by callers whose permission reaches all tenants, and by themselves', async () => {
    const { guarded } = world.services;
    const id = await administrator(master, 'administrator');
    const plain = await world.newUser(master);
    expect(await refusalOf(guarded.assertMayChange(as(master, 'user:write'), 'user', id))).toBe('ACCOUNT_GUARDED');
    expect(await refusalOf(guarded.assertMayChange(as(master, 'user:write'), 'user', [plain.id, id]))).toBe(
      'ACCOUNT_GUARDED',
    );
    expect(await refusalOf(guarded.assertMayChange(as(master, 'user:write'), 'user', plain.id))).toBeNull();
    expect(await refusalOf(guarded.assertMayChange(asAll(master), 'user', id))).toBeNull();
    const self = (caller: string) => new Authority(world.user(master, caller, 'user:write:self'), master, 'self');
    expect(await refusalOf(guarded.assertMayChange(self(id), 'user', id))).toBeNull();
    expect(await refusalOf(guarded.assertMayChange(self(plain.id), 'user', id))).toBe('ACCOUNT_GUARDED');
  });

  it('include clients whose role or scope reaches all tenants', async () => {
    const { guarded } = world.services;
    const { client } = await world.newClient(master);
    expect(await refusalOf(guarded.assertMayChange(as(master), 'client', client.id))).toBeNull();
    await world.services.clients.update(world.system(master), client.id, {
      scopes: [{ name: 'user:read:all', isDefault: false }],
    });
    expect(await refusalOf(guarded.assertMayChange(as(master), 'client', client.id))).toBe('ACCOUNT_GUARDED');
    const other = (await world.newClient(master)).client;
    const roleId = await builtin(master, 'administrator');
    await world.grantRole(master, { roleId, holderKind: 'client', holderId: other.id });
    expect(await refusalOf(guarded.assertMayChange(as(master), 'client', other.id))).toBe('ACCOUNT_GUARDED');
  });

  describe('the last administrator of all tenants', () => {
    it('cannot be ended; disabled users and clients do not count as others', async () => {
      const world = await World.open();
      const master = await world.tenant({ name: 'master' });
      const roleId = (await world.services.roleStore.findBuiltin(master.id, ['administrator']))[0]!.id;
      const give = async (holderKind: 'user' | 'client', holderId: string) =>
        world.grantRole(master, { roleId, holderKind, holderId });
      const first = await world.newUser(master);
      const disabled = await world.newUser(master);
      await give('user', first.id);
      await give('user', disabled.id);
      await give('client', (await world.newClient(master)).client.id);
      await world.services.users.setEnabled(world.system(master), disabled.id, false);
      const { guarded } = world.services;
      const all = new Authority(world.app(master), master, 'all');
      const end = (id: string) => refusalOf(world.db.transaction(() => guarded.assertMayEnd(all, id)));
      expect(await end(first.id)).toBe('ADMINISTRATOR_LAST');
      expect(await end(disabled.id)).toBeNull();
      await give('user', (await world.newUser(master)).id);
      expect(await end(first.id)).toBeNull();
      await world.close();
    });

    it('stays through every way in which the role could be lost', async () => {
      const world = await World.open();
      const master = await world.tenant({ name: 'master' });
      const { groupMembers, groups, roleGrants, roles } = world.services;
      const roleId = (await world.services.roleStore.findBuiltin(master.id, ['administrator']))[0]!.id;
      const all = world.system(master);
      const { id } = await world.newUser(master);
      const wrapper = await world.newRole(master, { name: 'wrapper', childIds: [roleId] });
      const top = await world.newGroup(master, { name: 'top' });
      const sub = await world.newGroup(master, { name: 'sub', parentId: top.id });
      const lending = { roleId: wrapper.id, holderKind: 'group' as const, holderId: top.id };
      await roleGrants.grant(all, lending);
      await groupMembers.add(all, sub.id, [id]);
      for (const attempt of [
        () => roleGrants.revoke(all, lending),
        () => roles.delete(all, wrapper.id),
        () => roles.update(all, wrapper.id, { removeChildIds: [roleId] }),
        () => groups.delete(all, top.id),
        () => groups.delete(all, sub.id),
        () => groups.update(all, sub.id, { parentId: null }),
        () => groupMembers.remove(all, sub.id, [id]),
      ]) {
        expect(await refusalOf(attempt())).toBe('ADMINISTRATOR_LAST');
      }
      expect((await world.services.rolePermissions.ofUser(master.id, id)).reachOf('tenant:create')).toBe('all');
      await roleGrants.grant(all, { roleId, holderKind: 'user', holderId: (await world.newUser(master)).id });
      expect(await refusalOf(roleGrants.revoke(all, lending))).toBeNull();
      await world.close();
    });
  });

  it('protects the last administrator of a tenant only where the tenant wants it', async () => {
    const { guarded, roleGrants } = world.services;
    const outcome = async (template: 'native' | 'image') => {
      const tenant = await world.tenant({ template });
      const holderId = await administrator(tenant, 'tenant-administrator');
      const roleId = await builtin(tenant, 'tenant-administrator');
      const ended = await refusalOf(world.db.transaction(() => guarded.assertMayEnd(as(tenant), holderId)));
      const revoked = await refusalOf(roleGrants.revoke(as(tenant), { roleId, holderKind: 'user', holderId }));
      return [ended, revoked];
    };
    expect(await outcome('native')).toEqual([null, null]);
    expect(await outcome('image')).toEqual(['ADMINISTRATOR_LAST', 'ADMINISTRATOR_LAST']);
  });
});
