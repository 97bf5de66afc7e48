import { describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { CreateGroup, Group } from '../../../../src/roles/index.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../../support/two-tenants.ts';

describe('groups', () => {
  const tenants = twoTenantsOfSuite();
  const { as, asAll } = tenants;
  const create = (input: CreateGroup, tenant = tenants.acme) => tenants.world.services.groups.create(as(tenant), input);
  const pathOf = async ({ tenantId, id }: Group) =>
    (await tenants.world.stores.groupStore.findById(tenantId, id))?.path;

  describe('in the tree', () => {
    it('has names that are unique among siblings, ignoring case and composition', async () => {
      const top = await create({ name: 'Ärzte' });
      expect(await refusalOf(create({ name: 'ÄRZTE' }))).toBe('GROUP_NAME_TAKEN');
      expect(await refusalOf(create({ name: 'A\u0308rzte' }))).toBe('GROUP_NAME_TAKEN');
      expect((await create({ name: 'Ärzte', parentId: top.id })).path).toBe('/Ärzte/Ärzte');
      expect((await create({ name: 'ärzte' }, tenants.master)).path).toBe('/ärzte');
    });

    it.each([
      [{ name: '' }, 'INVALID_INPUT'],
      [{ name: 'a\u0000' }, 'INVALID_INPUT'],
      [{ name: 'a/b' }, 'GROUP_NAME_INVALID'],
      [{ name: 'x'.repeat(256) }, 'INVALID_INPUT'],
      [{ name: 'ok', profile: 'no blanks' }, 'GROUP_PROFILE_INVALID'],
      [{ name: 'ok', profile: '' }, 'GROUP_PROFILE_INVALID'],
      [{ name: 'ok', key: 'a\u0001' }, 'INVALID_INPUT'],
      [{ name: 'ok', externalId: '\ud800' }, 'INVALID_INPUT'],
      [{ name: 'ok', attributes: { a: '\u0000' } }, 'INVALID_INPUT'],
      [{ name: 'ok', attributes: { a: { b: 2 ** 53 } } }, 'INVALID_INPUT'],
      [{ name: 'ok', attributes: { a: 'x'.repeat(70_000) } }, 'INVALID_INPUT'],
      [{ name: 'ok', parentId: 'nonsense' }, 'GROUP_PARENT_NOT_FOUND'],
    ])('refuses %j', async (input, code) => {
      expect(await refusalOf(create(input))).toBe(code);
    });

    it('refuses a parent of a neighbour, and one of another profile', async () => {
      const theirs = await tenants.world.newGroup(tenants.master);
      const organisation = await create({ name: 'Org', profile: 'orgs', key: '1' });
      expect(await refusalOf(create({ name: 'x', parentId: theirs.id }))).toBe('GROUP_PARENT_NOT_FOUND');
      expect(await refusalOf(create({ name: 'x', parentId: organisation.id }))).toBe('GROUP_PARENT_INVALID');
      const top = await tenants.world.newGroup(tenants.acme);
      expect(await refusalOf(create({ name: 'x', profile: 'orgs', parentId: top.id }))).toBe('GROUP_PARENT_INVALID');
    });

    it('moves and renames a group with every path below it', async () => {
      const { groups } = tenants.world.services;
      const a = await create({ name: 'a%_' });
      const b = await create({ name: 'b', parentId: a.id });
      const c = await create({ name: 'c', parentId: b.id });
      const other = await create({ name: 'other' });
      await groups.update(as(tenants.acme), a.id, { name: '𝒜lpha' });
      expect(await Promise.all([a, b, c].map(pathOf))).toEqual(['/𝒜lpha', '/𝒜lpha/b', '/𝒜lpha/b/c']);
      await groups.update(as(tenants.acme), b.id, { parentId: other.id });
      expect(await Promise.all([b, c].map(pathOf))).toEqual(['/other/b', '/other/b/c']);
      await groups.update(as(tenants.acme), b.id, { parentId: null, name: 'top' });
      expect(await Promise.all([b, c].map(pathOf))).toEqual(['/top', '/top/c']);
    });

    it('refuses a move into itself, next to a namesake, or below 32 levels', async () => {
      const { groups } = tenants.world.services;
      const a = await create({ name: 'circle' });
      const b = await create({ name: 'inner', parentId: a.id });
      const namesake = await create({ name: 'Inner' });
      expect(await refusalOf(groups.update(as(tenants.acme), a.id, { parentId: a.id }))).toBe('GROUP_PARENT_INVALID');
      expect(await refusalOf(groups.update(as(tenants.acme), a.id, { parentId: b.id }))).toBe('GROUP_PARENT_INVALID');
      expect(await refusalOf(groups.update(as(tenants.acme), b.id, { parentId: null }))).toBe('GROUP_NAME_TAKEN');
      expect(await refusalOf(groups.update(as(tenants.acme), namesake.id, { name: 'CIRCLE' }))).toBe(
        'GROUP_NAME_TAKEN',
      );
      let deepest = await create({ name: '1' });
      for (let level = 2; level <= 32; level++) deepest = await create({ name: `${level}`, parentId: deepest.id });
      expect(await refusalOf(create({ name: '33', parentId: deepest.id }))).toBe('GROUP_TOO_DEEP');
      expect(await refusalOf(groups.update(as(tenants.acme), a.id, { parentId: deepest.id }))).toBe('GROUP_TOO_DEEP');
      expect(await pathOf(b)).toBe('/circle/inner');
    });

    it('deletes what is below, one event each', async () => {
      const tenant = await tenants.world.tenant();
      const a = await create({ name: 'a' }, tenant);
      const b = await create({ name: 'b', parentId: a.id }, tenant);
      const kept = await create({ name: 'kept' }, tenant);
      await tenants.world.services.groups.delete(as(tenant), a.id);
      expect(await Promise.all([a, b, kept].map(pathOf))).toEqual([undefined, undefined, '/kept']);
      const gone = (await tenants.world.events(tenant)).filter(({ type }) => type === 'group.deleted');
      expect(gone.map(({ params }) => params)).toEqual([
        { groupId: a.id, name: 'a' },
        { groupId: b.id, name: 'b' },
      ]);
      expect(await refusalOf(tenants.world.services.groups.delete(as(tenant), a.id))).toBe('NOT_FOUND');
    });
  });

  it('of other profiles are found by key, and may share their names', async () => {
    const { groups } = tenants.world.services;
    const first = await create({ name: 'Same', profile: 'orgs', key: '114', attributes: { OGRN: '1' } });
    await create({ name: 'Same', profile: 'orgs', key: '115' });
    await create({ name: 'Same', profile: 'clubs', key: '114' });
    expect(await refusalOf(create({ name: 'Same', profile: 'orgs', key: '114' }))).toBe('GROUP_KEY_TAKEN');
    expect((await groups.find(as(tenants.acme), { profile: 'orgs', key: '114' }))?.id).toBe(first.id);
    expect(await groups.find(as(tenants.master), { profile: 'orgs', key: '114' })).toBeNull();
    expect((await create({ name: 'No key', profile: 'orgs' })).key).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('changes the attributes that are named, writes one event, and none when nothing changed', async () => {
    const { groups } = tenants.world.services;
    const tenant = await tenants.world.tenant();
    const group = await create({ name: 'org', profile: 'orgs', attributes: { a: 1, b: 2 }, externalId: 'x' }, tenant);
    const change = { attributes: { a: null, c: [3] }, externalId: null };
    const changed = await groups.update(as(tenant), group.id, change);
    expect([changed.attributes, changed.externalId]).toEqual([{ b: 2, c: [3] }, null]);
    await groups.update(as(tenant), group.id, change);
    const nested = await create({ name: 'nested', profile: 'orgs', attributes: { d: { x: 1, yy: 2 } } }, tenant);
    await groups.update(as(tenant), nested.id, { attributes: { d: { yy: 2, x: 1 } } });
    const events = (await tenants.world.events(tenant)).filter(({ type }) => type === 'group.updated');
    expect(events.map(({ params }) => params['changed'])).toEqual([['attributes', 'externalId']]);
    expect(await refusalOf(groups.update(as(tenants.acme), group.id, {}))).toBe('NOT_FOUND');
  });

  describe('members', () => {
    it('come and go, each with one event, and twice is no error', async () => {
      const tenant = await tenants.world.tenant();
      const group = await tenants.world.newGroup(tenant, { name: 'team' });
      const ids = [(await tenants.world.newUser(tenant)).id, (await tenants.world.newUser(tenant)).id].sort();
      const { groupMembers } = tenants.world.services;
      await groupMembers.add(as(tenant), group.id, ids);
      await groupMembers.add(as(tenant), group.id, [ids[0]!, ids[0]!]);
      const page = await groupMembers.page(as(tenant), group.id, {});
      expect(page.rows.map(({ userId }) => userId)).toEqual(ids);
      await groupMembers.remove(as(tenant), group.id, [ids[0]!, (await tenants.world.newUser(tenant)).id]);
      await groupMembers.remove(as(tenant), group.id, [ids[0]!]);
      const events = (await tenants.world.events(tenant)).filter(({ type }) => type.startsWith('group_member.'));
      expect(events.map(({ type, subject_id }) => [type, subject_id]).slice(2)).toEqual([
        ['group_member.removed', ids[0]],
      ]);
      expect(events).toHaveLength(3);
    });

    it('are users of the tenant, all of them or none', async () => {
      const group = await tenants.world.newGroup(tenants.acme);
      const own = await tenants.world.newUser(tenants.acme);
      const theirs = await tenants.world.newUser(tenants.master);
      const { groupMembers } = tenants.world.services;
      expect(await refusalOf(groupMembers.add(as(tenants.acme), group.id, [own.id, theirs.id]))).toBe(
        'GROUP_MEMBER_NOT_FOUND',
      );
      expect(await refusalOf(groupMembers.add(as(tenants.acme), group.id, ['a\u0000']))).toBe('INVALID_INPUT');
      expect(await refusalOf(groupMembers.add(as(tenants.acme), 'nonsense', [own.id]))).toBe('NOT_FOUND');
      expect(await refusalOf(groupMembers.add(as(tenants.master), group.id, [theirs.id]))).toBe('NOT_FOUND');
      expect((await groupMembers.page(as(tenants.acme), group.id, {})).rows).toEqual([]);
      const many = Array.from({ length: 1001 }, (_, i) => `u${i}`);
      expect(await refusalOf(groupMembers.add(as(tenants.acme), group.id, many))).toBe('INVALID_INPUT');
    });
  });

  describe('that many users join', () => {
    const joined = async (tenant: TenantRef) =>
      (await tenants.world.events(tenant)).flatMap(({ type, subject_id, params }) =>
        type === 'group_member.added' ? [`${subject_id} ${(params as { name: string }).name}`] : [],
      );

    it('are found by path or id, with an event for each that is new', async () => {
      const { groupMembers } = tenants.world.services;
      const tenant = await tenants.world.tenant();
      const deck = await tenants.world.newGroup(tenant, { name: 'deck' });
      const crew = await tenants.world.newGroup(tenant, { name: 'crew' });
      const [anna, boris] = [
        (await tenants.world.newUser(tenant)).id,
        (await tenants.world.newUser(tenant)).id,
      ] as const;
      await groupMembers.join(as(tenant), boris, [{ id: deck.id }]);
      const joining = [
        { userId: anna, groups: [{ path: '/deck' }, { id: deck.id }] },
        { userId: boris, groups: [{ path: 'deck' }, { path: '/crew' }] },
      ];
      const groups = await groupMembers.joinEach(as(tenant), joining);
      expect(groups.map((list) => list.map(({ id }) => id))).toEqual([[deck.id], [deck.id, crew.id]]);
      await groupMembers.joinEach(as(tenant), joining);
      expect((await joined(tenant)).toSorted()).toEqual([`${anna} deck`, `${boris} deck`, `${boris} crew`].toSorted());
    });

    it('are joined by all or none', async () => {
      const { groupMembers, roleGrants } = tenants.world.services;
      const tenant = await tenants.world.tenant();
      await tenants.world.newGroup(tenant, { name: 'deck' });
      const great = await tenants.world.newGroup(tenant, { name: 'great' });
      const role = await tenants.world.newRole(tenant, { permissions: ['user:delete'] });
      await tenants.world.grantRole(tenant, { roleId: role.id, holderKind: 'group', holderId: great.id });
      const [anna, boris] = [
        (await tenants.world.newUser(tenant)).id,
        (await tenants.world.newUser(tenant)).id,
      ] as const;
      const join = (userId: string, ...paths: readonly string[]) =>
        refusalOf(
          groupMembers.joinEach(as(tenant), [
            { userId: anna, groups: [{ path: 'deck' }] },
            { userId, groups: paths.map((path) => ({ path })) },
          ]),
        );
      expect(await join(boris, 'great')).toBe('PERMISSION_ESCALATION');
      expect(await join(boris, 'none')).toBe('GROUP_NOT_FOUND');
      expect(await join('nobody', 'none')).toBe('GROUP_MEMBER_NOT_FOUND');
      expect(await join(boris, ...Array.from({ length: 201 }, () => 'deck'))).toBe('INVALID_INPUT');
      await roleGrants.grant(as(tenant, 'user:delete'), { roleId: role.id, holderKind: 'user', holderId: boris });
      expect(await join(boris, 'deck')).toBe('FORBIDDEN');
      expect(await joined(tenant)).toEqual([]);
    });
  });

  describe('escalation', () => {
    const lent = async (tenant: TenantRef, ...permissions: string[]) => {
      const role = await tenants.world.newRole(tenant, { permissions });
      const group = await tenants.world.newGroup(tenant);
      await tenants.world.grantRole(tenant, { roleId: role.id, holderKind: 'group', holderId: group.id });
      return group;
    };

    it('refuses a member of a group that gives more than the caller holds, parents included', async () => {
      const parent = await lent(tenants.acme, 'user:delete');
      const child = await tenants.world.newGroup(tenants.acme, { parentId: parent.id });
      const { id } = await tenants.world.newUser(tenants.acme);
      const { groupMembers, rolePermissions } = tenants.world.services;
      for (const group of [parent, child]) {
        expect(await refusalOf(groupMembers.add(as(tenants.acme, 'group-member:write'), group.id, [id]))).toBe(
          'PERMISSION_ESCALATION',
        );
      }
      expect((await rolePermissions.ofUser(tenants.acme.id, id)).reachOf('user:delete')).toBeNull();
      await groupMembers.add(as(tenants.acme, 'user:delete'), child.id, [id]);
      expect((await rolePermissions.ofUser(tenants.acme.id, id)).reachOf('user:delete')).toBe('tenant');
      await tenants.world.services.groups.update(as(tenants.acme, 'user:delete'), child.id, { parentId: null });
      expect((await rolePermissions.ofUser(tenants.acme.id, id)).reachOf('user:delete')).toBeNull();
    });

    it('refuses to move a group under one that gives more than the caller holds', async () => {
      const parent = await lent(tenants.acme, 'user:delete');
      const group = await tenants.world.newGroup(tenants.acme);
      const { groups } = tenants.world.services;
      expect(await refusalOf(groups.update(as(tenants.acme), group.id, { parentId: parent.id }))).toBe(
        'PERMISSION_ESCALATION',
      );
      expect(
        await refusalOf(groups.update(as(tenants.acme, 'user:delete'), group.id, { parentId: parent.id })),
      ).toBeNull();
    });

    it('opens a group that reaches all tenants, and its members, only to callers who do', async () => {
      const group = await lent(tenants.master, 'user:read:all');
      const child = await tenants.world.newGroup(tenants.master, { parentId: group.id });
      const { id } = await tenants.world.newUser(tenants.master);
      const role = await tenants.world.newRole(tenants.master);
      await tenants.world.services.groupMembers.add(asAll(tenants.master, 'user:read:all'), child.id, [id]);
      const { groupMembers, groups, roleGrants } = tenants.world.services;
      const narrow = as(tenants.master, 'user:write');
      for (const attempt of [
        groups.update(narrow, child.id, { name: 'mine' }),
        groups.update(narrow, child.id, { parentId: null }),
        groups.delete(narrow, group.id),
        groupMembers.remove(narrow, child.id, [id]),
        roleGrants.grant(narrow, { roleId: role.id, holderKind: 'user', holderId: id }),
        roleGrants.grant(narrow, { roleId: role.id, holderKind: 'group', holderId: child.id }),
        roleGrants.revoke(narrow, { roleId: role.id, holderKind: 'group', holderId: group.id }),
      ]) {
        expect(await refusalOf(attempt)).toBe('ACCOUNT_GUARDED');
      }
      expect(await refusalOf(groupMembers.remove(asAll(tenants.master, 'user:read:all'), child.id, [id]))).toBeNull();
    });
  });
});
