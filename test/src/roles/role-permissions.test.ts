import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PermissionSet } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

describe('permissions through roles', () => {
  let world: World;
  let acme: TenantRef;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((sql) => statements.push(sql)));
    acme = await world.tenant();
  });
  afterAll(() => world.close());

  const list = (set: PermissionSet) => [...set.grants()].map(({ permission }) => permission).sort();

  it('add up direct roles, those of groups up the tree, and those inside other roles', async () => {
    const [direct, inner, lent, lentAbove] = await Promise.all(
      (['user:read', 'event:read', 'group:read', 'client:read'] as const).map((permission) =>
        world.newRole(acme, { permissions: [permission] }),
      ),
    );
    const outer = await world.newRole(acme, { childIds: [inner!.id] });
    const top = await world.newGroup(acme);
    const sub = await world.newGroup(acme, { parentId: top.id });
    const sibling = await world.newGroup(acme, { parentId: top.id });
    const { id } = await world.newUser(acme);
    const give = (roleId: string, holderKind: 'user' | 'group', holderId: string) =>
      world.grantRole(acme, { roleId, holderKind, holderId });
    await give(direct!.id, 'user', id);
    await give(outer.id, 'user', id);
    await give(lent!.id, 'group', sub.id);
    await give(lentAbove!.id, 'group', top.id);
    await give((await world.newRole(acme, { permissions: ['user:delete'] })).id, 'group', sibling.id);
    await world.services.groupMembers.add(world.system(acme), sub.id, [id]);
    const { rolePermissions } = world.services;
    expect(list(await rolePermissions.ofUser(acme.id, id))).toEqual([
      'client:read',
      'event:read',
      'group:read',
      'user:read',
    ]);
    expect(list(await rolePermissions.ofUser((await world.tenant()).id, id))).toEqual([]);
    expect(list(await rolePermissions.ofClient(acme.id, id))).toEqual([]);
  });

  it('end with the client to which a role belongs', async () => {
    const { id } = await world.newUser(acme);
    const { client } = await world.newClient(acme);
    const role = await world.newRole(acme, { clientUuid: client.id, permissions: ['user:read'] });
    await world.grantRole(acme, { roleId: role.id, holderKind: 'user', holderId: id });
    const seen = async () => list(await world.services.rolePermissions.ofUser(acme.id, id));
    expect(await seen()).toEqual(['user:read']);
    await world.services.clients.delete(world.system(acme), client.id);
    expect(await seen()).toEqual([]);
    expect((await world.eventTypes(acme)).slice(-2)).toEqual(['role.deleted', 'client.deleted']);
  });

  it('are answered from memory until an event says otherwise', async () => {
    const { id } = await world.newUser(acme);
    const role = await world.newRole(acme, { permissions: ['user:read'] });
    const group = await world.newGroup(acme);
    const system = world.system(acme);
    const { groupMembers, groups, roleGrants, rolePermissions, roles } = world.services;
    const seen = async () => list(await rolePermissions.ofUser(acme.id, id));
    const lending = { roleId: role.id, holderKind: 'group' as const, holderId: group.id };
    expect(await seen()).toEqual([]);
    const before = statements.length;
    expect(rolePermissions.ofUser(acme.id, id)).not.toBeInstanceOf(Promise);
    expect(statements.length).toBe(before);
    await groupMembers.add(system, group.id, [id]);
    await roleGrants.grant(system, lending);
    expect(await seen()).toEqual(['user:read']);
    await roles.update(system, role.id, { permissions: ['event:read'] });
    expect(await seen()).toEqual(['event:read']);
    await groupMembers.remove(system, group.id, [id]);
    expect(await seen()).toEqual([]);
    await groupMembers.add(system, group.id, [id]);
    expect(await seen()).toEqual(['event:read']);
    await roles.delete(system, role.id);
    expect(await seen()).toEqual([]);
    const other = await world.newRole(acme, { permissions: ['group:read'] });
    await roleGrants.grant(system, { ...lending, roleId: other.id });
    expect(await seen()).toEqual(['group:read']);
    await groups.delete(system, group.id);
    expect(await seen()).toEqual([]);
  });

  it('of many users are read with one statement', async () => {
    const role = await world.newRole(acme, { permissions: ['user:read'] });
    const ids = await Promise.all(Array.from({ length: 12 }, async () => (await world.newUser(acme)).id));
    await world.grantRole(acme, { roleId: role.id, holderKind: 'user', holderId: ids[7]! });
    const before = statements.length;
    const held = await world.services.rolePermissions.heldByMany(acme.id, 'user', ids);
    expect(statements.length - before).toBe(1);
    expect(ids.map((id) => held.get(id)!.roles.length)).toEqual(ids.map((_, i) => (i === 7 ? 1 : 0)));
  });

  it('read inside a unit of work what it changed, and keep nothing of it when it is undone', async () => {
    const { id } = await world.newUser(acme);
    const role = await world.newRole(acme, { permissions: ['user:read'] });
    const { rolePermissions } = world.services;
    const undone = world.db.transaction(async () => {
      await world.grantRole(acme, { roleId: role.id, holderKind: 'user', holderId: id });
      expect(list(await rolePermissions.ofUser(acme.id, id))).toEqual(['user:read']);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(list(await rolePermissions.ofUser(acme.id, id))).toEqual([]);
  });
});
