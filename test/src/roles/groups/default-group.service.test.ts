import { describe, expect, it } from 'vitest';
import { Authority, anonymousCaller } from '../../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../../src/kernel/index.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../../support/two-tenants.ts';
import { TEST_ORIGIN } from '../../../support/world.ts';

describe('default groups', () => {
  const tenants = twoTenantsOfSuite();
  const { as } = tenants;
  const defaults = () => tenants.world.services.defaultGroups;
  const system = (tenant: TenantRef) => tenants.world.system(tenant);
  const place = () => tenants.world.tenant();
  const groupsOf = async (tenant: TenantRef, userId: string) =>
    ((await tenants.world.services.groups.ofUsers(tenant.id, [userId], null)).get(userId) ?? []).map(({ id }) => id);
  const withDefault = async () => {
    const tenant = await place();
    const group = await tenants.world.newGroup(tenant);
    await defaults().add(system(tenant), group.id);
    return { tenant, group };
  };

  it('are joined by users however they are made, in the same unit of work, with an event', async () => {
    const { tenant, group } = await withDefault();
    const { users, provisionUser, signUp } = tenants.world.services;
    const made = [
      (await users.create(system(tenant), { username: 'created' })).id,
      (await provisionUser.provision(system(tenant), { username: 'provisioned' })).id,
    ];
    await signUp.signUp(system(tenant), { username: 'signed-up' } as never);
    made.push((await users.findByUsername(system(tenant), 'signed-up'))!.id);
    for (const id of made) expect(await groupsOf(tenant, id)).toEqual([group.id]);
    const added = (await tenants.world.events(tenant)).filter(({ type }) => type === 'group_member.added');
    expect(added.map(({ subject_id, params }) => [subject_id, params])).toEqual(
      made.map((id) => [id, { groupId: group.id, name: group.name }]),
    );
  });

  it('are not joined by users of neighbours, nor by service accounts of clients', async () => {
    const { tenant } = await withDefault();
    const { id } = await tenants.world.newUser(tenants.acme);
    expect(await groupsOf(tenants.acme, id)).toEqual([]);
    const service = await tenants.world.services.users.insertServiceAccount(
      system(tenant),
      newId(),
      'service-account-x',
    );
    expect(await groupsOf(tenant, service.id)).toEqual([]);
  });

  it('leave no trace of a user that is not made', async () => {
    const { tenant } = await withDefault();
    await tenants.world.newUser(tenant, { username: 'first' });
    const before = (await tenants.world.events(tenant)).length;
    expect(await refusalOf(tenants.world.newUser(tenant, { username: 'first' }))).toBe('USER_USERNAME_TAKEN');
    expect(await tenants.world.events(tenant)).toHaveLength(before);
  });

  it('are added and removed once, with an event each', async () => {
    const { tenant, group } = await withDefault();
    await defaults().add(system(tenant), group.id);
    expect((await defaults().list(tenant.id)).map(({ id }) => id)).toEqual([group.id]);
    for (let time = 0; time < 2; time++) await defaults().remove(system(tenant), group.id);
    expect(await defaults().list(tenant.id)).toEqual([]);
    const types = (await tenants.world.eventTypes(tenant)).filter((type) => type.startsWith('default_group'));
    expect(types).toEqual(['default_group.added', 'default_group.removed']);
  });

  it('end with the group', async () => {
    const { tenant, group } = await withDefault();
    await tenants.world.services.groups.delete(system(tenant), group.id);
    expect(await defaults().list(tenant.id)).toEqual([]);
    const { id } = await tenants.world.newUser(tenant);
    expect(await groupsOf(tenant, id)).toEqual([]);
  });

  it('are groups of the tree of the tenant', async () => {
    const organisation = await tenants.world.newGroup(tenants.acme, { profile: 'orgs', key: '9' });
    const foreign = await tenants.world.newGroup(tenants.master);
    for (const id of [organisation.id, foreign.id, newId(), 'none'])
      for (const change of ['add', 'remove'] as const)
        expect([id, await refusalOf(defaults()[change](system(tenants.acme), id))]).toEqual([id, 'NOT_FOUND']);
  });

  it('give what the caller has, and people who register themselves what the tenant gives', async () => {
    const { tenant, group } = await withDefault();
    const { world } = tenants;
    const role = await world.newRole(tenant, { permissions: ['user:delete', 'user:read:self'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'group', holderId: group.id });
    const create = (authority: Authority, username: string) =>
      refusalOf(world.services.users.create(authority, { username }));
    expect(await create(as(tenant, 'user:create'), 'one')).toBe('FORBIDDEN');
    expect(await world.services.users.findByUsername(system(tenant), 'one')).toBeNull();
    const { id } = await world.services.users.create(as(tenant, 'user:create', 'user:delete'), { username: 'two' });
    expect(await groupsOf(tenant, id)).toEqual([group.id]);
    const nobody = new Authority(anonymousCaller(TEST_ORIGIN), tenant, 'tenant');
    const self = await world.services.users.create(nobody, { username: 'three' });
    expect(await groupsOf(tenant, self.id)).toEqual([group.id]);
  });

  it('in master give no power over a tenant that the caller has not', async () => {
    const { world, master, acme } = tenants;
    const group = await world.newGroup(master);
    const role = await world.newRole(master, { permissions: ['user:read'] });
    await world.grantRole(master, { roleId: role.id, holderKind: 'group', holderId: group.id, onTenant: acme.name });
    const add = (...scopes: string[]) => refusalOf(defaults().add(as(master, ...scopes), group.id));
    expect(await add('user:read')).toBe('PERMISSION_ESCALATION');
    await defaults().add(as(master, 'user:read:all'), group.id);
    const make = (...scopes: string[]) => world.services.users.create(as(master, ...scopes), {});
    expect(await refusalOf(make('user:create', 'user:read'))).toBe('FORBIDDEN');
    expect(await groupsOf(master, (await make('user:create', 'user:read:all')).id)).toEqual([group.id]);
    await defaults().remove(as(master), group.id);
  });

  describe('and the default role of tenants of the template realm', () => {
    const realm = () => tenants.world.tenant({ template: 'realm' });
    const rolesOf = async (tenant: TenantRef, userId: string) =>
      ((await tenants.world.services.roles.grantedTo(tenant.id, 'user', [userId], null)).get(userId) ?? []).map(
        (role) => (role as unknown as { name: string }).name,
      );
    const nameOf = (tenant: TenantRef) => `default-roles-${tenant.name.toLowerCase()}`;

    it('is granted to new users with an event, not to service accounts', async () => {
      const tenant = await realm();
      const { world } = tenants;
      const { id } = await world.newUser(tenant);
      expect(await rolesOf(tenant, id)).toEqual([nameOf(tenant)]);
      const role = (await world.services.roles.findByName(tenant.id, nameOf(tenant)))!;
      const added = (await world.events(tenant)).filter(({ type }) => type === 'role_grant.added');
      expect(added).toMatchObject([
        { subject_id: id, params: { roleId: role.id, role: role.name, holderKind: 'user', holderId: id } },
      ]);
      const held = await world.services.rolePermissions.heldBy(tenant.id, 'user', id);
      expect(held.roles.map(({ name }) => name).sort()).toEqual(
        [nameOf(tenant), 'offline_access', 'uma_authorization'].sort(),
      );
      const service = await world.services.users.insertServiceAccount(
        world.system(tenant),
        newId(),
        'service-account-x',
      );
      expect(await rolesOf(tenant, service.id)).toEqual([]);
    });

    it('is no role that a tenant made itself under the name', async () => {
      const tenant = await place();
      await tenants.world.newRole(tenant, { name: nameOf(tenant), permissions: ['user:read'] });
      const { id } = await tenants.world.newUser(tenant);
      expect(await rolesOf(tenant, id)).toEqual([]);
    });

    it('contains what the tenant chooses, within what the caller has, and changes in nothing else', async () => {
      const tenant = await realm();
      const { world } = tenants;
      const role = (await world.services.roles.findByName(tenant.id, nameOf(tenant)))!;
      const strong = await world.newRole(tenant, { permissions: ['user:delete'] });
      const put = (authority: Authority) =>
        world.services.roles.update(authority, role.id, { addChildIds: [strong.id] });
      expect(await refusalOf(put(as(tenant, 'role:write')))).toBe('PERMISSION_ESCALATION');
      await put(as(tenant, 'role:write', 'user:delete'));
      for (const change of [{ name: 'other' }, { description: 'Mine.' }, { permissions: [] }, { attributes: {} }])
        expect(
          await refusalOf(
            world.services.roles.update(as(tenant, 'role:write'), role.id, { ...change, addChildIds: [] }),
          ),
        ).toBe('ROLE_BUILTIN');
      expect(await refusalOf(world.services.roles.delete(as(tenant, 'role:delete'), role.id))).toBe('ROLE_BUILTIN');
      expect(await refusalOf(world.services.users.create(as(tenant, 'user:create'), { username: 'one' }))).toBe(
        'FORBIDDEN',
      );
      await world.services.users.create(as(tenant, 'user:create', 'user:delete'), { username: 'two' });
      await world.services.roles.update(as(tenant, 'role:write'), role.id, { removeChildIds: [strong.id] });
      await world.services.users.create(as(tenant, 'user:create'), { username: 'three' });
    });
  });
});
