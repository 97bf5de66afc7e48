import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphContext } from '../../../schema/context.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

describe('roles and groups over GraphQL', () => {
  let world: World;
  let master: TenantRef;
  let acme: TenantRef;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((sql) => statements.push(sql)));
    master = await world.tenant({ name: 'master' });
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  const ALL = [
    'user:read',
    'role:read',
    'role:create',
    'role:write',
    'role:delete',
    'role-grant:read',
    'role-grant:write',
    'group:read',
    'group:create',
    'group:write',
    'group:delete',
    'group-member:read',
    'group-member:write',
    'client:read',
  ];
  const admin = (tenant: TenantRef) => world.app(tenant, ...ALL);

  describe('roles', () => {
    const CREATE =
      'mutation ($input: CreateRoleInput!) { createRole(input: $input) { role { id name permissions isBuiltin isComposite children { name isComposite clientUuid } clientUuid client { clientId } } } }';

    it('has no client_id once its client is gone', async () => {
      const { RoleResolver } = await import('../../../schema/roles/role.resolver.ts');
      const gone = { loaders: { load: async () => null } } as unknown as GraphContext;
      const role = { tenantId: acme.id, clientUuid: newId() } as never;
      expect(await new RoleResolver().clientId(role, gone)).toBeNull();
    });

    it('has attributes, and children that are found by name', async () => {
      const { client } = await world.newClient(acme);
      await world.services.roles.create(world.system(acme), { name: 'inner', clientUuid: client.id });
      await world.newRole(acme, { name: 'plain' });
      const MAKE = `mutation ($input: CreateRoleInput!) {
        createRole(input: $input) { role { id attributes clientId children { name clientId } } } }`;
      const children = [{ name: 'plain' }, { name: 'inner', clientId: client.clientId }];
      const input = { name: 'attributed', attributes: { a: [1], b: 'x' }, children };
      const { role } = (await world.graphql(admin(acme), MAKE, { input })).data.createRole;
      expect(role).toMatchObject({
        attributes: { a: [1], b: 'x' },
        clientId: null,
        children: [
          { name: 'inner', clientId: client.clientId },
          { name: 'plain', clientId: null },
        ],
      });
      const CHANGE =
        'mutation ($input: UpdateRoleInput!) { updateRole(input: $input) { role { attributes children { name } } } }';
      const change = async (more: object) =>
        (await world.graphql(admin(acme), CHANGE, { input: { roleId: role.id, ...more } })).data.updateRole.role
          .attributes;
      expect(await change({ attributes: { b: null, c: true } })).toEqual({ a: [1], c: true });
      const events = async () => (await world.events(acme)).filter(({ type }) => type === 'role.updated').length;
      const before = await events();
      expect(await change({ attributes: { c: true, a: [1] }, replaceAttributes: true })).toEqual({ a: [1], c: true });
      expect(await change({ replaceAttributes: true })).toEqual({ a: [1], c: true });
      expect(await events()).toBe(before);
      expect(await change({ attributes: { d: 2 }, replaceAttributes: true })).toEqual({ d: 2 });
      const many = { name: 'many', children: Array.from({ length: 201 }, () => ({ name: 'plain' })) };
      expect((await world.graphql(admin(acme), MAKE, { input: many })).code).toBe('INVALID_INPUT');
      const missing = { name: 'missing', children: [{ name: 'none' }] };
      expect((await world.graphql(admin(acme), MAKE, { input: missing })).code).toBe('ROLE_NOT_FOUND');
      const REMOVE = 'mutation ($input: UpdateRoleInput!) { updateRole(input: $input) { __typename } }';
      const removed = { roleId: role.id, removeChildIds: [role.id, '0f9cbb58-2b7a-4f3e-9a39-6d2f2a0c7a11'] };
      expect((await world.graphql(admin(acme), REMOVE, { input: removed })).code).toBe('ROLE_NOT_FOUND');
    });

    it('makes, changes and deletes a role', async () => {
      const { client } = await world.newClient(acme, { clientId: 'owner' });
      const child = await world.newRole(acme, { name: 'child' });
      const created = await world.graphql(admin(acme), CREATE, {
        input: { name: 'reader', permissions: ['user:read'], clientId: client.id, childIds: [child.id] },
      });
      expect(created.errors).toEqual([]);
      const { role } = created.data.createRole;
      expect(role).toMatchObject({
        name: 'reader',
        permissions: ['user:read'],
        isBuiltin: false,
        isComposite: true,
        children: [{ name: 'child', isComposite: false, clientUuid: null }],
        clientUuid: client.id,
        client: { clientId: 'owner' },
      });
      const UPDATE =
        'mutation ($input: UpdateRoleInput!) { updateRole(input: $input) { role { name description children { name } } } }';
      const input = { roleId: role.id, name: 'readers', description: 'They read.', removeChildIds: [child.id] };
      expect((await world.graphql(admin(acme), UPDATE, { input })).data.updateRole.role).toEqual({
        name: 'readers',
        description: 'They read.',
        children: [],
      });
      const circle = { roleId: child.id, addChildIds: [child.id] };
      expect((await world.graphql(admin(acme), UPDATE, { input: circle })).code).toBe('ROLE_CYCLE');
      const DELETE = 'mutation ($id: ID!) { deleteRole(input: { roleId: $id }) { deletedRoleId } }';
      expect((await world.graphql(admin(acme), DELETE, { id: role.id })).data.deleteRole).toEqual({
        deletedRoleId: role.id,
      });
      const ROLE = 'query ($id: ID!) { role(roleId: $id) { name } }';
      expect((await world.graphql(admin(acme), ROLE, { id: role.id })).data.role).toBeNull();
      expect((await world.graphql(admin(acme), ROLE, { id: 'nonsense' })).data.role).toBeNull();
    });

    it('refuses an escalation, a taken name and a caller without the permission', async () => {
      const make = (input: object, caller = admin(acme)) => world.graphql(caller, CREATE, { input });
      expect((await make({ name: 'x', permissions: ['user:delete'] })).code).toBe('PERMISSION_ESCALATION');
      await make({ name: 'twice' });
      const taken = await make({ name: 'twice' });
      expect(taken.errors[0]?.extensions).toMatchObject({ code: 'ROLE_NAME_TAKEN', fields: [{ path: 'input.name' }] });
      expect((await make({ name: 'y' }, world.app(acme, 'role:read'))).code).toBe('FORBIDDEN');
    });

    it('lists roles, with the builtin ones on request', async () => {
      const tenant = await world.tenant();
      await world.newRole(tenant, { name: 'one' });
      const LIST = 'query ($filter: RoleFilterInput) { roles(filter: $filter) { totalCount nodes { name } } }';
      const names = async (filter: object) =>
        (await world.graphql(admin(tenant), LIST, { filter })).data.roles.nodes.map(
          (role: { name: string }) => role.name,
        );
      expect(await names({})).toEqual(['one']);
      expect(await names({ withBuiltin: true, ofTenantOnly: true })).toEqual(['one', 'tenant-administrator']);
    });

    it('grants and withdraws for exactly one holder', async () => {
      const user = await world.newUser(acme);
      const role = await world.newRole(acme, { name: 'held', permissions: ['user:read'] });
      const run = (name: string, input: object, caller = admin(acme)) =>
        world.graphql(
          caller,
          `mutation ($input: ${name === 'grantRole' ? 'GrantRoleInput' : 'RevokeRoleInput'}!) { ${name}(input: $input) { role { name } user { subject roles { name } } } }`,
          { input: { roleId: role.id, ...input } },
        );
      expect((await run('grantRole', { userId: user.id })).data.grantRole).toEqual({
        role: { name: 'held' },
        user: { subject: user.id, roles: [{ name: 'held' }] },
      });
      expect((await run('revokeRole', { userId: user.id })).data.revokeRole.user.roles).toEqual([]);
      expect((await run('grantRole', {})).code).toBe('INVALID_INPUT');
      expect((await run('grantRole', { userId: user.id, groupId: role.id })).code).toBe('INVALID_INPUT');
      expect((await run('grantRole', { userId: 'nobody' })).code).toBe('ROLE_HOLDER_NOT_FOUND');
      expect((await run('grantRole', { userId: user.id }, world.app(acme, 'role-grant:write'))).code).toBe(
        'PERMISSION_ESCALATION',
      );
      expect((await run('grantRole', { userId: user.id }, world.app(acme, 'user:read'))).code).toBe('FORBIDDEN');
    });

    it('finds an account whose UUID is written in upper case', async () => {
      const user = await world.newUser(acme);
      const role = await world.newRole(acme, { name: 'upper' });
      const GRANT =
        'mutation ($roleId: ID!, $userId: ID!) { grantRole(input: { roleId: $roleId, userId: $userId }) { user { subject } } }';
      const { data } = await world.graphql(admin(acme), GRANT, { roleId: role.id, userId: user.id.toUpperCase() });
      expect(data.grantRole.user.subject).toBe(user.id);
    });

    it('grants and withdraws many roles of one holder by ids and names, each once', async () => {
      const tenant = await world.tenant();
      const { client } = await world.newClient(tenant, { clientId: 'shop' });
      const byId = await world.newRole(tenant, { name: 'by-id', permissions: ['user:read'] });
      await world.newRole(tenant, { name: 'by-name' });
      await world.newRole(tenant, { name: 'by-name', clientUuid: client.id });
      const user = await world.newUser(tenant);
      const run = async (name: 'grantRoles' | 'revokeRoles', roles: readonly object[]) => {
        const type = name === 'grantRoles' ? 'GrantRolesInput' : 'RevokeRolesInput';
        const document = `mutation ($input: ${type}!) { ${name}(input: $input) {
          roles { name client { clientId } } user { roles { name client { clientId } } } } }`;
        const { data, errors } = await world.graphql(admin(tenant), document, { input: { userId: user.id, roles } });
        expect(errors).toEqual([]);
        return data[name] as { readonly roles: object[]; readonly user: { readonly roles: object[] } };
      };
      const ofTenant = { name: 'by-name', client: null };
      const ofClient = { name: 'by-name', client: { clientId: 'shop' } };
      const named = { name: 'by-id', client: null };
      const all = [
        { roleId: byId.id },
        { name: 'by-name' },
        { name: 'by-name', clientId: 'shop' },
        { name: 'by-name', clientId: client.id },
        { name: 'by-id' },
      ];
      expect(await run('grantRoles', [{ name: 'by-name' }])).toEqual({
        roles: [ofTenant],
        user: { roles: [ofTenant] },
      });
      const granted = await run('grantRoles', all);
      expect(granted.roles).toEqual([named, ofTenant, ofClient]);
      expect(granted.user.roles).toHaveLength(3);
      expect(granted.user.roles).toEqual(expect.arrayContaining([named, ofTenant, ofClient]));
      expect((await run('grantRoles', [])).roles).toEqual([]);
      expect((await run('revokeRoles', [{ name: 'by-id' }])).user.roles).toHaveLength(2);
      expect(await run('revokeRoles', all)).toEqual({ roles: [named, ofTenant, ofClient], user: { roles: [] } });
      const events = (await world.events(tenant)).filter(({ type }) => type.startsWith('role_grant.'));
      expect(events.map(({ type }) => type).sort()).toEqual([
        ...Array(3).fill('role_grant.added'),
        ...Array(3).fill('role_grant.removed'),
      ]);
      for (const event of events) expect(event).toMatchObject({ subject_id: user.id });
    });

    it('lists the roles that users have by whatever way, once and by name', async () => {
      const tenant = await world.tenant();
      const user = await world.newUser(tenant, { id: 'many-ways' });
      const without = await world.newUser(tenant, { id: 'no-way' });
      const { client } = await world.newClient(tenant);
      const inner = await world.newRole(tenant, { name: 'inner', clientUuid: client.id });
      const outer = await world.newRole(tenant, { name: 'outer', childIds: [inner.id] });
      const lent = await world.newRole(tenant, { name: 'lent' });
      const own = await world.newRole(tenant, { name: 'a-own' });
      const parent = await world.newGroup(tenant);
      const group = await world.newGroup(tenant, { parentId: parent.id });
      await world.services.groupMembers.add(world.system(tenant), group.id, [user.id]);
      for (const roleId of [own.id, outer.id])
        await world.grantRole(tenant, { roleId, holderKind: 'user', holderId: user.id });
      for (const roleId of [lent.id, outer.id])
        await world.grantRole(tenant, { roleId, holderKind: 'group', holderId: parent.id });
      const document = 'query ($id: ID!) { user(userId: $id) { effectiveRoles { name clientUuid } } }';
      const asked = (id: string, caller = admin(tenant)) => world.graphql(caller, document, { id });
      expect((await asked(user.id)).data.user.effectiveRoles).toEqual([
        { name: 'a-own', clientUuid: null },
        { name: 'inner', clientUuid: client.id },
        { name: 'lent', clientUuid: null },
        { name: 'outer', clientUuid: null },
      ]);
      expect((await asked(without.id)).data.user.effectiveRoles).toEqual([]);
      const self = world.user(tenant, user.id, 'user:read:self', 'role-grant:read:self');
      expect((await asked(user.id, self)).data.user.effectiveRoles).toHaveLength(4);
      expect((await asked(user.id, world.app(tenant, 'user:read'))).code).toBe('FORBIDDEN');
    });

    it('shows no roles that a user of master has in another tenant', async () => {
      const user = await world.newUser(master);
      const role = await world.newRole(master);
      const holder = { holderKind: 'user', holderId: user.id } as const;
      await world.grantRole(master, { roleId: role.id, ...holder, onTenant: 'acme' });
      const document = 'query ($id: ID!) { user(userId: $id) { effectiveRoles { name } } }';
      const { data } = await world.graphql(admin(master), document, { id: user.id });
      expect(data.user.effectiveRoles).toEqual([]);
    });

    it('grants 200 roles with as many statements as one', async () => {
      const tenant = await world.tenant();
      const names = Array.from({ length: 200 }, (_, i) => `role-${i}`);
      for (const name of names) await world.newRole(tenant, { name });
      const count = async (roles: readonly string[]) => {
        const user = await world.newUser(tenant);
        const document = 'mutation ($input: GrantRolesInput!) { grantRoles(input: $input) { roles { name } } }';
        const before = statements.length;
        const input = { userId: user.id, roles: roles.map((name) => ({ name })) };
        const { data } = await world.graphql(admin(tenant), document, { input });
        expect(data.grantRoles.roles).toHaveLength(roles.length);
        return statements.length - before;
      };
      expect(await count(names)).toBe(await count(['role-7']));
    });

    it('finds a role by its name in the tenant or in a client', async () => {
      const tenant = await world.tenant();
      const { client } = await world.newClient(tenant, { clientId: 'shop' });
      await world.newRole(tenant, { name: 'clerk', description: 'of the tenant' });
      await world.newRole(tenant, { name: 'clerk', description: 'of the shop', clientUuid: client.id });
      const ask = async (variables: object) => {
        const document =
          'query ($id: ID, $name: String, $client: ID) { role(roleId: $id, name: $name, clientId: $client) { description } }';
        const { code, data } = await world.graphql(admin(tenant), document, { ...variables });
        return code ?? data.role?.description ?? null;
      };
      expect(await ask({ name: 'clerk' })).toBe('of the tenant');
      expect(await ask({ name: 'clerk', client: 'shop' })).toBe('of the shop');
      expect(await ask({ name: 'Clerk' })).toBeNull();
      expect(await ask({ name: 'clerk\u0000' })).toBe('INVALID_INPUT');
      expect(await ask({ name: 'clerk', client: 'nothing' })).toBe('ROLE_CLIENT_NOT_FOUND');
      expect(await ask({})).toBe('INVALID_INPUT');
      expect(await ask({ id: client.id, name: 'clerk' })).toBe('INVALID_INPUT');
    });

    it('refuses to grant a role for another tenant to callers without permissions there', async () => {
      const user = await world.newUser(master);
      const role = await world.newRole(master, { permissions: ['user:read'] });
      const GRANT = 'mutation ($input: GrantRoleInput!) { grantRole(input: $input) { user { roles { name } } } }';
      const input = { roleId: role.id, userId: user.id, onTenant: 'acme' };
      expect((await world.graphql(admin(master), GRANT, { input })).code).toBe('PERMISSION_ESCALATION');
      const all = world.app(master, ...ALL.map((scope) => `${scope}:all`));
      // A role for another tenant is not among the user's roles in the tenant.
      expect((await world.graphql(all, GRANT, { input })).data.grantRole.user.roles).toEqual([]);
    });
  });

  describe('groups', () => {
    const GROUP = `query ($id: ID, $key: String, $profile: String) { group(groupId: $id, key: $key, profile: $profile) {
      id name path profile key attributes parent { name } children { name }
      members { totalCount nodes { subject } } roles { name } } }`;

    it('makes the tree, its members and roles', async () => {
      const CREATE = 'mutation ($input: CreateGroupInput!) { createGroup(input: $input) { group { id path } } }';
      const make = async (input: object) =>
        (await world.graphql(admin(acme), CREATE, { input })).data.createGroup.group as { id: string; path: string };
      const top = await make({ name: 'Staff', attributes: { site: ['Bonn'] } });
      const sub = await make({ name: 'Ops', parentId: top.id });
      expect(sub.path).toBe('/Staff/Ops');
      const user = await world.newUser(acme);
      const member = (name: string) =>
        world.graphql(
          admin(acme),
          `mutation ($groupId: ID!, $userId: ID!) { ${name}(input: { groupId: $groupId, userId: $userId }) {
            group { members { totalCount nodes { subject } } } user { groups { path } } } }`,
          { groupId: sub.id, userId: user.id },
        );
      expect((await member('addGroupMember')).data.addGroupMember).toEqual({
        group: { members: { totalCount: 1, nodes: [{ subject: user.id }] } },
        user: { groups: [{ path: '/Staff/Ops' }] },
      });
      const { data } = await world.graphql(admin(acme), GROUP, { id: top.id });
      expect(data.group).toMatchObject({
        path: '/Staff',
        attributes: { site: ['Bonn'] },
        parent: null,
        children: [{ name: 'Ops' }],
        members: { totalCount: 0 },
        roles: [],
      });
      expect((await world.graphql(admin(acme), GROUP, { id: sub.id })).data.group.parent).toEqual({ name: 'Staff' });
      expect((await member('removeGroupMember')).data.removeGroupMember.user.groups).toEqual([]);
      const UPDATE = 'mutation ($input: UpdateGroupInput!) { updateGroup(input: $input) { group { path } } }';
      const move = (input: object) => world.graphql(admin(acme), UPDATE, { input });
      expect((await move({ groupId: top.id, parentId: sub.id })).code).toBe('GROUP_PARENT_INVALID');
      expect((await move({ groupId: sub.id, parentId: null, name: 'Operations' })).data.updateGroup.group.path).toBe(
        '/Operations',
      );
      const DELETE = 'mutation ($id: ID!) { deleteGroup(input: { groupId: $id }) { deletedGroupId } }';
      expect((await world.graphql(admin(acme), DELETE, { id: sub.id })).data.deleteGroup).toEqual({
        deletedGroupId: sub.id,
      });
    });

    it('finds groups of other profiles by key, and lists by path', async () => {
      const tenant = await world.tenant();
      await world.newGroup(tenant, { name: 'Org', profile: 'orgs', key: '114' });
      const top = await world.newGroup(tenant, { name: 'top' });
      await world.newGroup(tenant, { name: 'below', parentId: top.id });
      const byKey = await world.graphql(admin(tenant), GROUP, { key: '114', profile: 'orgs' });
      expect(byKey.data.group.name).toBe('Org');
      expect((await world.graphql(admin(tenant), GROUP, {})).code).toBe('INVALID_INPUT');
      const LIST = 'query ($filter: GroupFilterInput) { groups(filter: $filter) { nodes { path } } }';
      const paths = async (filter: object) =>
        (await world.graphql(admin(tenant), LIST, { filter })).data.groups.nodes.map(
          (group: { path: string }) => group.path,
        );
      expect(await paths({ profile: 'groups' })).toEqual(['/top', '/top/below']);
      expect(await paths({ profile: 'groups', topOnly: true })).toEqual(['/top']);
      expect(await paths({ parentId: top.id })).toEqual(['/top/below']);
    });

    it('finds a group of the tree by its path, ignoring case', async () => {
      const tenant = await world.tenant();
      const top = await world.newGroup(tenant, { name: 'Staff' });
      const sub = await world.newGroup(tenant, { name: 'Ops', parentId: top.id });
      await world.newGroup(tenant, { name: 'Ops' });
      await world.newGroup(tenant, { name: 'Org', profile: 'orgs' });
      await world.newGroup(acme, { name: 'Theirs' });
      const at = async (path: string, more: object = {}) => {
        const document = 'query ($id: ID, $path: String) { group(groupId: $id, path: $path) { path } }';
        const { code, data } = await world.graphql(admin(tenant), document, { path, ...more });
        return code ?? data.group?.path ?? null;
      };
      expect(await at('/Staff/Ops')).toBe('/Staff/Ops');
      expect(await at('staff/OPS')).toBe('/Staff/Ops');
      expect(await at('/Ops')).toBe('/Ops');
      for (const path of ['', '/', '//Staff', '/Staff/', '/Staff//Ops', '/Org', '/Theirs', '/a'.repeat(5000)])
        expect(await at(path)).toBeNull();
      expect(await at('/Staff', { id: sub.id })).toBe('INVALID_INPUT');
    });

    it('is joined and left by a user together with others, by ids and paths', async () => {
      const tenant = await world.tenant();
      const top = await world.newGroup(tenant, { name: 'Staff' });
      await world.newGroup(tenant, { name: 'Ops', parentId: top.id });
      const other = await world.newGroup(tenant, { name: 'Other' });
      const user = await world.newUser(tenant);
      const run = async (name: 'joinGroups' | 'leaveGroups', groups: readonly object[]) => {
        const type = name === 'joinGroups' ? 'JoinGroupsInput' : 'LeaveGroupsInput';
        const document = `mutation ($input: ${type}!) { ${name}(input: $input) { groups { path } user { groups { path } } } }`;
        const before = statements.length;
        const { data, errors } = await world.graphql(admin(tenant), document, { input: { userId: user.id, groups } });
        expect(errors).toEqual([]);
        const paths = (list: { path: string }[]) => list.map(({ path }) => path);
        const { groups: named, user: after } = data[name];
        return { named: paths(named), after: paths(after.groups), statements: statements.length - before };
      };
      const all = [{ path: '/staff/ops' }, { groupId: other.id }, { path: 'Other' }, { groupId: top.id }];
      const named = ['/Staff/Ops', '/Other', '/Staff'];
      const after = ['/Other', '/Staff', '/Staff/Ops'];
      const one = await run('joinGroups', [{ groupId: other.id }, { path: '/Other' }]);
      expect(one).toMatchObject({ named: ['/Other'], after: ['/Other'] });
      expect(await run('joinGroups', all)).toEqual({ named, after, statements: one.statements });
      expect(await run('joinGroups', [])).toMatchObject({ named: [], after });
      expect(await run('leaveGroups', [{ path: '/Other' }])).toMatchObject({ after: ['/Staff', '/Staff/Ops'] });
      expect(await run('leaveGroups', all)).toMatchObject({ named, after: [] });
      const events = (await world.events(tenant)).filter(({ type }) => type.startsWith('group_member.'));
      expect(events.map(({ type }) => type).sort()).toEqual([
        ...Array(3).fill('group_member.added'),
        ...Array(3).fill('group_member.removed'),
      ]);
      for (const event of events) expect(event).toMatchObject({ subject_id: user.id });
    });

    it('refuses what the services refuse, with the path of the value', async () => {
      const CREATE = 'mutation ($input: CreateGroupInput!) { createGroup(input: $input) { group { id } } }';
      await world.newGroup(acme, { name: 'Same' });
      const { errors } = await world.graphql(admin(acme), CREATE, { input: { name: 'sAME' } });
      expect(errors[0]?.extensions).toMatchObject({ code: 'GROUP_NAME_TAKEN', fields: [{ path: 'input.name' }] });
      expect((await world.graphql(world.app(acme, 'group:read'), CREATE, { input: { name: 'x' } })).code).toBe(
        'FORBIDDEN',
      );
    });
  });

  it('refuses global ids of another tenant, and finds nothing for its bare ids', async () => {
    const role = await world.newRole(master);
    const group = await world.newGroup(master);
    const ask = (document: string, id: string) => world.graphql(admin(acme), document, { id });
    const ROLE = 'query ($id: ID!) { role(roleId: $id) { name } }';
    const GROUP = 'query ($id: ID!) { group(groupId: $id) { name } }';
    expect((await ask(ROLE, `rol~${master.route}~${role.id}`)).code).toBe('FORBIDDEN');
    expect((await ask(GROUP, `grp~${master.route}~${group.id}`)).code).toBe('FORBIDDEN');
    expect((await ask(ROLE, role.id)).data.role).toBeNull();
    expect((await ask(GROUP, group.id)).data.group).toBeNull();
    const DELETE_ROLE = 'mutation ($id: ID!) { deleteRole(input: { roleId: $id }) { deletedRoleId } }';
    expect((await ask(DELETE_ROLE, role.id)).code).toBe('NOT_FOUND');
    const DELETE_GROUP = 'mutation ($id: ID!) { deleteGroup(input: { groupId: $id }) { deletedGroupId } }';
    expect((await ask(DELETE_GROUP, group.id)).code).toBe('NOT_FOUND');
  });

  describe('of a user', () => {
    const USERS =
      'query ($first: Int) { users(first: $first) { nodes { subject roles { name client { clientId } } groups { path } } } }';

    it('are shown only to the user with reach `self`', async () => {
      const [me, other] = [await world.newUser(acme), await world.newUser(acme)];
      const role = await world.newRole(acme, { name: 'mine' });
      const group = await world.newGroup(acme, { name: 'ours' });
      for (const { id } of [me, other]) {
        await world.grantRole(acme, { roleId: role.id, holderKind: 'user', holderId: id });
        await world.services.groupMembers.add(world.system(acme), group.id, [id]);
      }
      const SEE =
        'query ($id: ID!) { user(userId: $id) { roles { name } groups { name members { nodes { subject } } } } }';
      const self = world.user(acme, me.id, 'user:read:self', 'role-grant:read:self', 'group:read:self');
      const own = await world.graphql(self, SEE, { id: me.id });
      expect(own.data.user).toEqual({ roles: [{ name: 'mine' }], groups: [{ name: 'ours', members: null }] });
      expect(own.code).toBe('FORBIDDEN');
      expect((await world.graphql(self, SEE, { id: other.id })).code).toBe('FORBIDDEN');
      const wider = world.user(acme, me.id, 'user:read', 'role-grant:read:self', 'group:read:self');
      const refused = await world.graphql(wider, SEE, { id: other.id });
      expect(refused.data.user).toEqual({ roles: null, groups: null });
    });

    it('cost the same statements on a page of 50 as on a page of 5', async () => {
      const tenant = await world.tenant();
      const roles = await Promise.all([1, 2, 3].map(() => world.newRole(tenant)));
      const groups = await Promise.all([1, 2, 3].map(() => world.newGroup(tenant)));
      for (let i = 0; i < 50; i++) {
        const { id } = await world.newUser(tenant);
        await world.grantRole(tenant, { roleId: roles[i % 3]!.id, holderKind: 'user', holderId: id });
        await world.services.groupMembers.add(world.system(tenant), groups[i % 3]!.id, [id]);
      }
      const count = async (first: number) => {
        const before = statements.length;
        const { data, errors } = await world.graphql(admin(tenant), USERS, { first });
        expect(errors).toEqual([]);
        expect(data.users.nodes).toHaveLength(first);
        for (const node of data.users.nodes) expect([node.roles.length, node.groups.length]).toEqual([1, 1]);
        return statements.length - before;
      };
      expect([await count(5), await count(50)]).toEqual([3, 3]);
    });
  });
});
