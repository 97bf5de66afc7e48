import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

describe('groups by key and by attributes in the graph', () => {
  let world: World;
  let tenant: TenantRef;
  let statements = 0;
  beforeAll(async () => {
    world = await World.open(await openTestDatabase(() => (statements += 1)));
    tenant = await world.tenant();
    await world.newGroup(tenant, { profile: 'orgs', key: '114', name: 'One', attributes: { INN: '1', size: 9 } });
    await world.newGroup(tenant, { profile: 'orgs', key: '115', name: 'Two', attributes: { INN: '2', size: 10 } });
    await world.newGroup(tenant, { profile: 'clubs', key: '115', name: 'Three' });
    await world.newGroup(tenant, { name: 'tree' });
  });
  afterAll(() => world.close());

  const app = () =>
    world.app(
      tenant,
      'group:read',
      'group:write',
      'group:delete',
      'group-member:read',
      'group-member:write',
      'user:read',
    );
  const names = async (filter: object, orderBy?: object) => {
    const document = `query ($filter: GroupFilterInput, $orderBy: GroupOrderInput) {
      groups(filter: $filter, orderBy: $orderBy) { nodes { name } } }`;
    const { data, errors } = await world.graphql(app(), document, { filter, orderBy });
    return errors[0]?.extensions ?? data.groups.nodes.map(({ name }: { name: string }) => name);
  };
  const where = (...allOf: object[]) => ({ allOf });

  it('finds groups that match all conditions of at least one alternative', async () => {
    const inn = (value: string) => ({ attribute: 'INN', value });
    expect(await names({ anyOf: [where(inn('1')), where(inn('2'))] })).toEqual(['One', 'Two']);
    expect(await names({ anyOf: [where(inn('1'), { field: 'KEY', value: '115' })] })).toEqual([]);
    expect(await names({ profile: 'orgs', anyOf: [where({ ...inn('1'), operator: 'NE' })] })).toEqual(['Two']);
    const size = { attribute: 'size', operator: 'GE', value: '9', type: 'NUMBER' };
    expect(await names({ anyOf: [where(size)] }, { field: 'CREATED_AT', direction: 'DESC' })).toEqual(['Two', 'One']);
    expect(await names({ anyOf: [where({ field: 'NAME', value: 'THREE' })] })).toEqual(['Three']);
  });

  it('orders by path or by age', async () => {
    expect(await names({})).toEqual(['One', 'Three', 'tree', 'Two'].sort((a, b) => (a < b ? -1 : 1)));
    expect(await names({}, { field: 'CREATED_AT' })).toEqual(['One', 'Two', 'Three', 'tree']);
  });

  it('goes on after a group whose path is long', async () => {
    const other = await world.tenant();
    const deep: string[] = [];
    let parent: { id: string } | null = null;
    for (const letter of 'abcdefghij') {
      const name = `${letter}😀`.repeat(80);
      parent = await world.newGroup(other, { name, ...(parent === null ? {} : { parentId: parent.id }) });
      deep.push(name);
    }
    const found: string[] = [];
    let after: string | null = null;
    do {
      const document =
        'query ($after: String) { groups(first: 1, after: $after) { nodes { name } pageInfo { endCursor hasNextPage } } }';
      const { data } = await world.graphql(world.app(other, 'group:read'), document, { after });
      found.push(...data.groups.nodes.map(({ name }: { name: string }) => name));
      after = data.groups.pageInfo.hasNextPage ? data.groups.pageInfo.endCursor : null;
    } while (after !== null);
    expect(found).toEqual(deep);
  });

  it('refuses conditions that are empty or too many', async () => {
    for (const anyOf of [
      [],
      [where()],
      [where({ value: 'x' })],
      [where({ attribute: 'a', field: 'KEY', value: 'x' })],
      [where({ attribute: 'a', value: 'x', type: 'NUMBER' })],
    ]) {
      expect(await names({ anyOf })).toMatchObject({ code: 'INVALID_INPUT', fields: [{ path: 'filter.anyOf' }] });
    }
    expect(await names({ anyOf: [where({ attribute: 'a', value: '\u0000' })] })).toMatchObject({
      code: 'INVALID_INPUT',
      fields: [{ path: 'filter.anyOf.0.allOf.0.value' }],
    });
    expect(await names({ nameContains: '\u0000' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await names({ profile: 'x'.repeat(5000) })).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('accepts a key without its profile if it exists in one profile', async () => {
    const document = 'query ($key: String, $profile: String) { group(key: $key, profile: $profile) { name } }';
    const name = async (key: string, profile?: string) => {
      const { data, code } = await world.graphql(app(), document, { key, profile });
      return code ?? data.group?.name ?? null;
    };
    expect(await name('114')).toBe('One');
    expect(await name('115')).toBe('GROUP_KEY_AMBIGUOUS');
    expect(await name('115', 'clubs')).toBe('Three');
    expect(await name('\u0000')).toBe('INVALID_INPUT');
    expect(await name('114', '\u0000')).toBe('INVALID_INPUT');
  });

  it('changes, fills, empties and deletes a group that is named by its key', async () => {
    const { id } = await world.newUser(tenant);
    const group = await world.newGroup(tenant, { profile: 'orgs', key: 'k1' });
    const reference = { key: 'k1', profile: 'orgs' };
    const run = (name: string, type: string, input: object, selection: string) =>
      world.graphql(app(), `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`, {
        input: { ...reference, ...input },
      });
    const changed = await run('updateGroup', 'UpdateGroupInput', { name: 'new' }, 'group { name }');
    expect(changed.data.updateGroup.group.name).toBe('new');
    const members = 'group { memberIds }';
    const added = await run('addGroupMembers', 'AddGroupMembersInput', { userIds: [id, id] }, members);
    expect(added.data.addGroupMembers.group.memberIds).toEqual([id]);
    const unknown = await run('removeGroupMembers', 'RemoveGroupMembersInput', { userIds: [id, 'nobody'] }, members);
    expect(unknown.code).toBe('GROUP_MEMBER_NOT_FOUND');
    const removed = await run('removeGroupMembers', 'RemoveGroupMembersInput', { userIds: [id] }, members);
    expect(removed.data.removeGroupMembers.group.memberIds).toEqual([]);
    const wrong = await run('deleteGroup', 'DeleteGroupInput', { profile: 'clubs' }, 'deletedGroupId');
    expect(wrong.code).toBe('NOT_FOUND');
    const both = await run('deleteGroup', 'DeleteGroupInput', { groupId: group.id }, 'deletedGroupId');
    expect(both.code).toBe('INVALID_INPUT');
    const gone = await run('deleteGroup', 'DeleteGroupInput', {}, 'deletedGroupId');
    expect(gone.data.deleteGroup.deletedGroupId).toContain(group.id);
  });

  it('lists members to callers who may see them, within bounds', async () => {
    const group = await world.newGroup(tenant, { profile: 'orgs', key: 'k2' });
    const document = `query ($id: ID!, $limit: Int!) { group(groupId: $id) { memberIds(limit: $limit) } }`;
    for (const limit of [-1, 10_001]) {
      expect((await world.graphql(app(), document, { id: group.id, limit })).code).toBe('INVALID_INPUT');
    }
    const reader = world.app(tenant, 'group:read');
    const refused = await world.graphql(reader, document, { id: group.id, limit: 10 });
    expect([refused.code, refused.data.group.memberIds]).toEqual(['FORBIDDEN', null]);
    const all = `{ groups(first: 26, filter: { profile: "many" }) { nodes { memberIds(limit: 10000) } } }`;
    for (let i = 0; i < 26; i++) await world.newGroup(tenant, { profile: 'many', key: `k${i}` });
    expect((await world.graphql(app(), all)).code).toBe('INVALID_INPUT');
  });

  it('shows each change of a document its own result', async () => {
    const { id } = await world.newUser(tenant);
    const groups = [await world.newGroup(tenant, { name: 'one' }), await world.newGroup(tenant, { name: 'two' })];
    const change = (alias: string, verb: string, at: number) =>
      `${alias}: ${verb}GroupMember(input: { groupId: "${groups[at]!.id}", userId: "${id}" }) {
        group { memberIds } user { groups { name } } }`;
    const document = `mutation { ${change('a', 'add', 0)} ${change('b', 'add', 1)} ${change('c', 'remove', 0)} }`;
    const { data, errors } = await world.graphql(app(), document);
    expect(errors).toEqual([]);
    const [one, two] = [{ name: 'one' }, { name: 'two' }];
    expect(data).toEqual({
      a: { group: { memberIds: [id] }, user: { groups: [one] } },
      b: { group: { memberIds: [id] }, user: { groups: [one, two] } },
      c: { group: { memberIds: [] }, user: { groups: [two] } },
    });
  });

  it('shows the members of many groups with as many statements as those of a few', async () => {
    const users = [];
    for (let i = 0; i < 3; i++) users.push((await world.newUser(tenant)).id);
    users.sort();
    for (let i = 0; i < 12; i++) {
      const { id } = await world.newGroup(tenant, { profile: 'teams', key: `t${i}` });
      await world.services.groupMembers.add(world.system(tenant), id, users);
    }
    const document = `query ($first: Int!) { groups(first: $first, filter: { profile: "teams" }) { nodes {
      memberIds(limit: 1) all: memberIds
      members(first: 2) { nodes { subject } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }`;
    const read = async (first: number) => {
      statements = 0;
      const { data, errors } = await world.graphql(app(), document, { first });
      expect(errors).toEqual([]);
      expect(data.groups.nodes).toHaveLength(first);
      return { nodes: data.groups.nodes, cost: statements };
    };
    const { nodes, cost } = await read(2);
    expect((await read(12)).cost).toBe(cost);
    const { endCursor } = nodes[0].members.pageInfo;
    expect(nodes[0]).toEqual({
      memberIds: users.slice(0, 1),
      all: users,
      members: {
        nodes: users.slice(0, 2).map((subject) => ({ subject })),
        pageInfo: { hasNextPage: true, hasPreviousPage: false, endCursor },
      },
    });
    const next = `query ($after: String) { groups(filter: { profile: "teams" }, first: 1) { nodes {
      members(first: 2, after: $after) { nodes { subject } pageInfo { hasNextPage hasPreviousPage } } } } }`;
    const { data } = await world.graphql(app(), next, { after: endCursor });
    expect(data.groups.nodes[0].members).toEqual({
      nodes: [{ subject: users[2] }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
  });

  it('finds users by the same conditions', async () => {
    await world.newUser(tenant, { id: 'kate', givenName: 'Kate', attributes: { level: 3 } });
    const document = `query ($filter: UserFilterInput) { users(filter: $filter) { nodes { subject } } }`;
    const filter = {
      anyOf: [
        where({ field: 'SUBJECT', value: 'nobody' }),
        where(
          { attribute: 'given_name', value: 'kate' },
          { attribute: 'level', operator: 'LT', value: '4', type: 'NUMBER' },
        ),
      ],
    };
    expect((await world.graphql(app(), document, { filter })).data.users.nodes).toEqual([{ subject: 'kate' }]);
    const refused = await world.graphql(app(), document, { filter: { anyOf: [] } });
    expect(refused.errors[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', fields: [{ path: 'filter.anyOf' }] });
  });
});
