import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

describe('default groups and the tree over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
  });
  afterAll(() => world.close());

  const LIST = '{ defaultGroups { path } }';
  const change = (verb: 'add' | 'remove', groupId: string, ...scopes: string[]) => {
    const name = `${verb}DefaultGroup`;
    const input = `${verb === 'add' ? 'Add' : 'Remove'}DefaultGroupInput`;
    const document = `mutation ($input: ${input}!) { ${name}(input: $input) { group { path } } }`;
    return world.graphql(world.app(acme, ...scopes), document, { input: { groupId } });
  };

  it('are listed by path, added and removed by those who may change settings', async () => {
    const top = await world.newGroup(acme, { name: 'b' });
    const below = await world.newGroup(acme, { name: 'a', parentId: top.id });
    const list = async () => (await world.graphql(world.app(acme, 'group:read'), LIST)).data.defaultGroups;
    for (const { id } of [below, top])
      expect((await change('add', id, 'setting:write', 'group:read')).errors).toEqual([]);
    expect(await list()).toEqual([{ path: '/b' }, { path: '/b/a' }]);
    expect((await change('remove', top.id, 'setting:write', 'group:read')).data.removeDefaultGroup).toEqual({
      group: { path: '/b' },
    });
    expect(await list()).toEqual([{ path: '/b/a' }]);
    for (const verb of ['add', 'remove'] as const)
      expect((await change(verb, top.id, 'group:write', 'group-member:write')).code).toBe('FORBIDDEN');
    expect((await world.graphql(world.app(acme, 'user:read'), LIST)).code).toBe('FORBIDDEN');
  });

  it('tells how many groups are below a group, and which are above it', async () => {
    const top = await world.newGroup(acme, { name: 'top' });
    const middle = await world.newGroup(acme, { name: 'middle', parentId: top.id });
    const low = await world.newGroup(acme, { name: 'low', parentId: middle.id });
    await world.newGroup(acme, { name: 'side', parentId: top.id });
    const TREE = 'query ($id: ID!) { group(groupId: $id) { childCount ancestors { name childCount } } }';
    const show = async (id: string) => (await world.graphql(world.app(acme, 'group:read'), TREE, { id })).data.group;
    expect(await show(top.id)).toEqual({ childCount: 2, ancestors: [] });
    expect(await show(low.id)).toEqual({
      childCount: 0,
      ancestors: [
        { name: 'top', childCount: 2 },
        { name: 'middle', childCount: 1 },
      ],
    });
  });

  it('replaces attributes where asked', async () => {
    const { id } = await world.newGroup(acme, { attributes: { a: 1, b: 2 } });
    const UPDATE = 'mutation ($input: UpdateGroupInput!) { updateGroup(input: $input) { group { attributes } } }';
    const update = async (input: object) =>
      (await world.graphql(world.app(acme, 'group:write', 'group:read'), UPDATE, { input: { groupId: id, ...input } }))
        .data.updateGroup.group.attributes;
    expect(await update({ attributes: { a: 3 } })).toEqual({ a: 3, b: 2 });
    expect(await update({ attributes: { c: 4 }, replaceAttributes: true })).toEqual({ c: 4 });
    expect(await update({ replaceAttributes: true })).toEqual({ c: 4 });
  });

  it('shows the roles that members have through a group', async () => {
    const parent = await world.newGroup(acme);
    const { id } = await world.newGroup(acme, { parentId: parent.id });
    const inner = await world.newRole(acme, { name: 'x-inner' });
    const outer = await world.newRole(acme, { name: 'x-outer', childIds: [inner.id] });
    await world.grantRole(acme, { roleId: outer.id, holderKind: 'group', holderId: parent.id });
    const ROLES = 'query ($id: ID!) { group(groupId: $id) { roles { name } effectiveRoles { name } } }';
    const shown = await world.graphql(world.app(acme, 'group:read', 'role-grant:read'), ROLES, { id });
    expect(shown.data.group).toEqual({ roles: [], effectiveRoles: [{ name: 'x-inner' }, { name: 'x-outer' }] });
  });
});
