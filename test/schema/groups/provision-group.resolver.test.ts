import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const SCOPES = ['group:read', 'group:create', 'group:write', 'group-member:read', 'group-member:write'];

describe('groups with their members over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    for (const id of ['anna', 'ben', 'cleo']) await world.newUser(acme, { id });
  });
  afterAll(() => world.close());

  const change = (field: 'provision' | 'configure', input: object, ...scopes: string[]) => {
    const type = `${field === 'provision' ? 'Provision' : 'Configure'}GroupInput`;
    const shown = 'group { id name externalId memberIds nestedGroups { name } }';
    const document = `mutation ($input: ${type}!) { ${field}Group(input: $input) { ${shown} } }`;
    return world.graphql(world.app(acme, ...(scopes.length > 0 ? scopes : SCOPES)), document, { input });
  };
  const provision = async (input: object) => {
    const result = await change('provision', input);
    expect(result.code).toBeUndefined();
    return result.data.provisionGroup.group;
  };
  const configure = async (input: object) => {
    const result = await change('configure', input);
    expect(result.code).toBeUndefined();
    return result.data.configureGroup.group;
  };

  it('are made with users and groups in them', async () => {
    const inner = await world.newGroup(acme, { name: 'inner' });
    const made = await provision({
      name: 'outer',
      externalId: 'x-1',
      members: ['ben', 'anna', inner.id.toUpperCase()],
    });
    expect(made).toMatchObject({
      name: 'outer',
      externalId: 'x-1',
      memberIds: ['anna', 'ben'],
      nestedGroups: [{ name: 'inner' }],
    });
  });

  it('get and lose members, with their name, in one change', async () => {
    const [one, two] = [await world.newGroup(acme), await world.newGroup(acme)];
    const { id: groupId } = await provision({ name: newId(), members: ['anna', one.id] });
    const renamed = newId();
    const members = ['anna', 'ben', two.id];
    const changed = await configure({ groupId, name: renamed, members, removedMembers: [one.id, newId(), 'nobody'] });
    expect(changed).toMatchObject({ name: renamed, memberIds: ['anna', 'ben'], nestedGroups: [{ name: two.name }] });
    const replaced = await configure({ groupId, members: ['cleo', 'ben'], replaceMembers: true });
    expect(replaced).toMatchObject({ name: renamed, memberIds: ['ben', 'cleo'], nestedGroups: [] });
    expect(await configure({ groupId, replaceMembers: true })).toMatchObject({ memberIds: [] });
    expect(await configure({ groupId, externalId: 'x-2' })).toMatchObject({ externalId: 'x-2', name: renamed });
    expect(await configure({ groupId, externalId: null })).toMatchObject({ externalId: null });
  });

  it('take the permission for members where members are given', async () => {
    const weak = ['group:read', 'group:create', 'group:write'];
    expect((await change('provision', { name: newId(), members: ['anna'] }, ...weak)).code).toBe('FORBIDDEN');
    const made = (await change('provision', { name: newId() }, ...weak)).data.provisionGroup.group;
    for (const more of [{ members: ['anna'] }, { removedMembers: ['anna'] }, { replaceMembers: true }])
      expect((await change('configure', { groupId: made.id, ...more }, ...weak)).code).toBe('FORBIDDEN');
  });

  it('are listed by their path, by ids and by a member', async () => {
    const top = await world.newGroup(acme, { name: 'Top' });
    const below = await world.newGroup(acme, { name: 'Below', parentId: top.id });
    const around = await provision({ name: newId(), members: ['cleo', below.id] });
    const find = async (filter: object, ...scopes: string[]) => {
      const document = 'query ($filter: GroupFilterInput!) { groups(filter: $filter) { nodes { name } } }';
      const caller = world.app(acme, 'group:read', ...scopes);
      const { code, data } = await world.graphql(caller, document, { filter });
      return code ?? data.groups.nodes.map(({ name }: { name: string }) => name);
    };
    expect(await find({ path: 'top/BELOW' })).toEqual(['Below']);
    expect(await find({ path: '/top/none' })).toEqual([]);
    expect((await find({ groupIds: [top.id, below.id, newId()] })).sort()).toEqual(['Below', 'Top']);
    expect(await find({ path: 'top', groupIds: [below.id] })).toEqual([]);
    expect(await find({ path: 'top', groupIds: [top.id] })).toEqual(['Top']);
    expect(await find({ groupIds: [] })).toEqual([]);
    expect(await find({ groupIds: Array(201).fill(top.id) })).toBe('INVALID_INPUT');
    expect(await find({ memberId: below.id }, 'group-member:read')).toEqual([around.name]);
    expect(await find({ memberId: 'cleo' }, 'group-member:read')).toContain(around.name);
    expect(await find({ memberId: 'nobody' }, 'group-member:read')).toEqual([]);
    expect(await find({ memberId: 'cleo' })).toBe('FORBIDDEN');
  });
});
