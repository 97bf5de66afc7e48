import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { EffectiveRoleStore, type Group, type Role } from '../../../src/roles/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe.each(ENGINES)('role and group stores on $name', ({ open }) => {
  let world: World;
  let master: TenantRef;
  let own: TenantRef;
  let neighbour: TenantRef;
  let role: Role;
  let child: Role;
  let group: Group;
  let below: Group;
  let userId: string;
  beforeAll(async () => {
    world = await World.open(await open());
    master = await world.tenant({ name: 'master' });
    own = await world.tenant();
    neighbour = await world.tenant();
    child = await world.newRole(neighbour, { permissions: ['user:read'] });
    role = await world.newRole(neighbour, { name: 'theirs', childIds: [child.id] });
    group = await world.newGroup(neighbour, { profile: 'groups', name: 'top', attributes: { city: 'Pskov' } });
    below = await world.newGroup(neighbour, { parentId: group.id });
    userId = (await world.newUser(neighbour)).id;
    const system = world.system(neighbour);
    await world.services.groupMembers.add(system, below.id, [userId]);
    await world.grantRole(neighbour, { roleId: role.id, holderKind: 'group', holderId: group.id });
    await world.grantRole(neighbour, { roleId: role.id, holderKind: 'user', holderId: userId });
  });
  afterAll(() => world.close());

  it('find roles of a neighbour by no question', async () => {
    const { roleStore } = world.stores;
    const effective = new EffectiveRoleStore(world.db);
    expect(await roleStore.findById(own.id, role.id)).toBeNull();
    expect(await roleStore.findMany(own.id, [role.id, 'nonsense'])).toEqual(new Map());
    expect(await roleStore.findByName(own.id, 'theirs')).toBeNull();
    expect((await roleStore.findBuiltin(own.id, ['tenant-administrator'])).map(({ tenantId }) => tenantId)).toEqual([
      own.id,
    ]);
    expect((await roleStore.page(own.id, {}, {})).rows).toEqual([]);
    expect(await roleStore.grantedTo(own.id, 'user', [userId], null)).toEqual(new Map());
    expect(await roleStore.childrenOf(own.id, [role.id])).toEqual(new Map());
    expect(await effective.rolesOf(own.id, 'user', [userId])).toEqual([]);
    expect(await effective.rolesOf(own.id, 'group', [group.id])).toEqual([]);
    expect(await effective.contents(own.id, [role.id])).toEqual([]);
    expect(await effective.countUsersWith(own.id, [role.id])).toBe(0);
    expect(await effective.countUsersWith(neighbour.id, [])).toBe(0);
    expect(await effective.countUsersWith(neighbour.id, [child.id])).toBe(1);
    expect(await effective.countUsersWith(neighbour.id, [child.id, role.id])).toBe(1);
    expect(await effective.countUsersWith(neighbour.id, [child.id, role.id], userId)).toBe(0);
  });

  it('change no roles of a neighbour', async () => {
    const { roleStore } = world.stores;
    const holding = { tenantId: own.id, holderKind: 'user', holderId: userId, onTenantId: neighbour.id };
    await world.db.transaction(async () => {
      expect(await roleStore.lock(own.id, role.id)).toBeNull();
      expect(await roleStore.lockHolder(own.id, 'user', userId)).toBe(false);
      expect(await roleStore.lockHolder(own.id, 'group', group.id)).toBe(false);
      await roleStore.delete(own.id, role.id);
      await roleStore.deleteOfClient(own.id, role.clientUuid);
      await roleStore.removeChildren(own.id, role.id, [child.id]);
      await roleStore.deleteGrantsOf(own.id, 'user', [userId]);
      expect(await roleStore.revoke(holding, [role.id])).toEqual([]);
    });
    expect((await roleStore.childrenOf(neighbour.id, [role.id])).get(role.id)?.map(({ id }) => id)).toEqual([child.id]);
    expect((await roleStore.grantedTo(neighbour.id, 'user', [userId], null)).get(userId)).toMatchObject([
      { id: role.id },
    ]);
  });

  it('join no row of one tenant to a row of another (check 55)', async () => {
    const { groupStore, roleStore } = world.stores;
    const ownRole = await world.newRole(own);
    const ownGroup = await world.newGroup(own);
    const now = new Date();
    const fails = (work: () => Promise<unknown>) => expect(world.db.transaction(work)).rejects.toThrow();
    await fails(() => roleStore.addChildren(own.id, ownRole.id, [child.id]));
    await fails(() =>
      roleStore.grant({ tenantId: own.id, holderKind: 'user', holderId: userId, onTenantId: own.id }, [role.id], now),
    );
    await fails(() => groupStore.addMembers(own.id, ownGroup.id, [userId], now));
    await fails(() => groupStore.addMembers(own.id, group.id, [userId], now));
  });

  it('find groups of a neighbour by no question', async () => {
    const { groupStore } = world.stores;
    expect(await groupStore.findById(own.id, group.id)).toBeNull();
    expect(await groupStore.findMany(own.id, [group.id, 'nonsense'])).toEqual(new Map());
    expect(await groupStore.findByKey(own.id, 'groups', group.key)).toBeNull();
    expect(await groupStore.findOutside(own.id, 'orgs', group.key)).toEqual([]);
    expect(await groupStore.firstMembers(own.id, [below.id], 10)).toEqual(new Map());
    const theirs = [
      { attribute: 'city', value: 'Pskov' },
      { field: 'key', value: group.key },
    ];
    const alternatives = theirs.map((each) => ({ allOf: [{ ...each, operator: 'eq' as const }] }));
    for (const anyOf of [...alternatives.map((each) => [each]), alternatives]) {
      expect((await groupStore.page(own.id, { anyOf }, 'createdAt', {})).rows).toEqual([]);
      expect((await groupStore.page(neighbour.id, { anyOf }, 'createdAt', {})).rows).toHaveLength(1);
    }
    expect((await groupStore.page(own.id, { nameContains: 'top' }, 'path', {})).rows).toEqual([]);
    expect((await groupStore.page(own.id, { parentId: group.id }, 'path', {})).rows).toEqual([]);
    expect((await groupStore.page(own.id, { parentId: 'nonsense' }, 'path', {})).rows).toEqual([]);
    expect(await groupStore.groupsOf(own.id, [userId])).toEqual(new Map());
    expect(await groupStore.childrenOf(own.id, [group.id], null)).toEqual(new Map());
    expect((await groupStore.members(own.id, below.id, {})).rows).toEqual([]);
    expect(await groupStore.subtree(own.id, group.id)).toEqual([]);
  });

  it('change no groups of a neighbour', async () => {
    const { groupStore } = world.stores;
    await world.db.transaction(async () => {
      expect(await groupStore.lock(own.id, group.id)).toBeNull();
      await groupStore.movePaths(own.id, [below.id], '/top', '/x');
      await groupStore.delete(own.id, group.id);
      expect(await groupStore.removeMembers(own.id, below.id, [userId])).toEqual([]);
    });
    expect((await groupStore.findById(neighbour.id, below.id))?.path).toBe(`/top/${below.name}`);
    expect((await groupStore.members(neighbour.id, below.id, {})).rows).toHaveLength(1);
  });

  it('page groups by path and roles by name, narrowed as asked', async () => {
    const tenant = await world.tenant();
    const { groupStore, roleStore } = world.stores;
    const a = await world.newGroup(tenant, { name: 'a', externalId: 'e1' });
    await world.newGroup(tenant, { name: 'c' });
    await world.newGroup(tenant, { name: 'B', parentId: a.id });
    await world.newGroup(tenant, { name: 'org', profile: 'orgs' });
    const paths = async (filter: Parameters<typeof groupStore.page>[1]) =>
      (await groupStore.page(tenant.id, filter, 'path', {})).rows.map(({ path }) => path);
    expect(await paths({ profile: 'groups' })).toEqual(['/a', '/a/B', '/c']);
    expect(await paths({ profile: 'groups', parentId: null })).toEqual(['/a', '/c']);
    expect(await paths({ parentId: a.id })).toEqual(['/a/B']);
    expect(await paths({ nameContains: 'b' })).toEqual(['/a/B']);
    expect(await paths({ externalId: 'e1' })).toEqual(['/a']);
    for (const name of ['y', 'x', 'z']) await world.newRole(tenant, { name });
    const first = await roleStore.page(tenant.id, {}, { first: 2, withTotal: true });
    expect([first.rows.map(({ name }) => name), first.totalCount]).toEqual([['x', 'y'], 3]);
    const rest = await roleStore.page(tenant.id, {}, { after: first.cursorOf(first.rows[1]!) });
    expect(rest.rows.map(({ name }) => name)).toEqual(['z']);
  });

  it('let two changes at once neither close a circle of roles nor of groups', async () => {
    const tenant = await world.tenant();
    const system = world.system(tenant);
    const { groups, roles } = world.services;
    const [r, s] = [await world.newRole(tenant), await world.newRole(tenant)];
    const byRoles = await Promise.all([
      refusalOf(roles.update(system, r.id, { addChildIds: [s.id] })),
      refusalOf(roles.update(system, s.id, { addChildIds: [r.id] })),
    ]);
    expect(byRoles.filter((code) => code === null)).toHaveLength(1);
    const [g, h] = [await world.newGroup(tenant), await world.newGroup(tenant)];
    const byGroups = await Promise.all([
      refusalOf(groups.update(system, g.id, { parentId: h.id })),
      refusalOf(groups.update(system, h.id, { parentId: g.id })),
    ]);
    expect(byGroups.filter((code) => code === null)).toHaveLength(1);
  });

  it('let a change and a grant at once not give on another tenant what the caller may not give there', async () => {
    const { roleGrants, roles } = world.services;
    const changing = new Authority(world.app(master, 'user:delete'), master, 'tenant');
    const granting = new Authority(world.app(master, 'user:read:all'), master, 'all');
    const { id: holderId } = await world.newUser(master);
    const outcomes = Array.from({ length: 5 }, async () => {
      const { id: roleId } = await world.newRole(master, { permissions: ['user:read'] });
      const change = roles.update(changing, roleId, { permissions: ['user:delete'] });
      const holder = { holderKind: 'user' as const, holderId, onTenant: own.name };
      const grant = roleGrants.grant(granting, { roleId, ...holder });
      return Promise.all([refusalOf(change), refusalOf(grant)]);
    });
    for (const outcome of await Promise.all(outcomes))
      expect([
        [null, 'PERMISSION_ESCALATION'],
        ['ACCOUNT_GUARDED', null],
      ]).toContainEqual(outcome);
  });

  it('let two changes at once not take the last two administrators', async () => {
    const system = world.system(master);
    const { roleStore } = world.stores;
    const { endAccess, roleGrants } = world.services;
    const roleId = (await roleStore.findBuiltin(master.id, ['administrator']))[0]!.id;
    const ids = [(await world.newUser(master)).id, (await world.newUser(master)).id];
    for (const holderId of ids) await world.grantRole(master, { roleId, holderKind: 'user', holderId });
    const outcomes = await Promise.all([
      refusalOf(endAccess.setEnabled(system, ids[0]!, false)),
      refusalOf(roleGrants.revoke(system, { roleId, holderKind: 'user', holderId: ids[1]! })),
    ]);
    expect(outcomes.filter((code) => code === null)).toHaveLength(1);
    expect(await new EffectiveRoleStore(world.db).countUsersWith(master.id, [roleId])).toBe(1);
  });
});
