import { describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../../support/two-tenants.ts';

describe('groups inside groups', () => {
  const tenants = twoTenantsOfSuite();
  const { as } = tenants;
  const service = () => tenants.world.services.groupNesting;
  const newGroups = async (tenant: TenantRef, count: number, parentId: string | null = null) => {
    const groups = [];
    for (let at = 0; at < count; at += 1) groups.push((await tenants.world.newGroup(tenant, { parentId })).id);
    return groups;
  };
  const inside = async (tenant: TenantRef, id: string, limit = 10) =>
    ((await service().firstOf(tenant.id, [id], limit, null)).get(id) ?? []).map((group) => group.id);
  const rolesOf = async (tenant: TenantRef, userId: string) =>
    (await tenants.world.services.rolePermissions.heldBy(tenant.id, 'user', userId)).roles
      .map(({ name }) => name)
      .sort();
  const lendRole = async (tenant: TenantRef, groupId: string, name: string) => {
    const role = await tenants.world.newRole(tenant, { name, permissions: ['user:read'] });
    await tenants.world.grantRole(tenant, { roleId: role.id, holderKind: 'group', holderId: groupId });
  };

  it('come and go, each with one event, and twice is no error', async () => {
    const tenant = await tenants.world.tenant();
    const [outer, one, two] = (await newGroups(tenant, 3)) as [string, string, string];
    await service().nest(as(tenant), outer, [one, two, one]);
    await service().nest(as(tenant), outer, [one]);
    expect(await inside(tenant, outer)).toEqual([one, two]);
    expect(await inside(tenant, outer, 1)).toEqual([one]);
    await service().unnest(as(tenant), outer, [one]);
    await service().unnest(as(tenant), outer, [one]);
    expect(await inside(tenant, outer)).toEqual([two]);
    const events = (await tenants.world.events(tenant)).filter(({ type }) => type === 'group.updated');
    expect(events.map(({ params }) => [params['groupId'], params['changed'], params['nestedGroupId']])).toEqual(
      [one, two, one].map((id) => [outer, ['nestedGroups'], id]),
    );
  });

  it('lend roles along edges and the tree, at once, and take them back', async () => {
    const { groups, groupMembers } = tenants.world.services;
    const tenant = await tenants.world.tenant();
    const { id: userId } = await tenants.world.newUser(tenant);
    const [top, middle] = (await newGroups(tenant, 2)) as [string, string];
    const [aboveMiddle] = (await newGroups(tenant, 1)) as [string];
    const [low] = (await newGroups(tenant, 1, middle)) as [string];
    await lendRole(tenant, top, 'of-top');
    await lendRole(tenant, aboveMiddle, 'of-above');
    await groupMembers.add(as(tenant), low, [userId]);
    expect(await rolesOf(tenant, userId)).toEqual([]);
    await service().nest(as(tenant, 'user:read'), aboveMiddle, [middle]);
    await service().nest(as(tenant, 'user:read'), top, [aboveMiddle]);
    expect(await rolesOf(tenant, userId)).toEqual(['of-above', 'of-top']);
    const { permissions } = await tenants.world.services.rolePermissions.heldBy(tenant.id, 'group', low);
    expect([...permissions.grants()]).toHaveLength(1);
    await service().unnest(as(tenant, 'user:read'), top, [aboveMiddle]);
    expect(await rolesOf(tenant, userId)).toEqual(['of-above']);
    await groups.delete(as(tenant, 'user:read'), aboveMiddle);
    expect(await rolesOf(tenant, userId)).toEqual([]);
    expect(await inside(tenant, aboveMiddle)).toEqual([]);
  });

  it('form no cycle, along edges, the tree, or both', async () => {
    const { groups } = tenants.world.services;
    const tenant = await tenants.world.tenant();
    const [a, b, c] = (await newGroups(tenant, 3)) as [string, string, string];
    await service().nest(as(tenant), a, [b]);
    await groups.update(as(tenant), c, { parentId: b });
    for (const nested of [a, b, c])
      expect(await refusalOf(service().nest(as(tenant), c, [nested]))).toBe('GROUP_PARENT_INVALID');
    expect(await refusalOf(groups.update(as(tenant), a, { parentId: c }))).toBe('GROUP_PARENT_INVALID');
    expect(await refusalOf(groups.update(as(tenant), a, { parentId: b }))).toBe('GROUP_PARENT_INVALID');
    await service().nest(as(tenant), a, [c]);
    const [d, e] = (await newGroups(tenant, 2)) as [string, string];
    const both = await Promise.allSettled([service().nest(as(tenant), d, [e]), service().nest(as(tenant), e, [d])]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('are of one tenant', async () => {
    const [ours] = (await newGroups(tenants.acme, 1)) as [string];
    const [theirs] = (await newGroups(tenants.master, 1)) as [string];
    expect(await refusalOf(service().nest(as(tenants.acme), ours, [theirs]))).toBe('GROUP_NOT_FOUND');
    expect(await refusalOf(service().nest(as(tenants.acme), theirs, [ours]))).toBe('NOT_FOUND');
    expect(await inside(tenants.master, ours)).toEqual([]);
  });

  it('are on at most 32 levels with those of the tree, after a move as well', async () => {
    const { groups } = tenants.world.services;
    const tenant = await tenants.world.tenant();
    const chain = async (levels: number) => {
      const ids = await newGroups(tenant, 1);
      for (let level = 2; level <= levels; level += 1) ids.push((await newGroups(tenant, 1, ids.at(-1)!))[0]!);
      return { top: ids[0]!, lowest: ids.at(-1)! };
    };
    const [upper, middle, lower] = [await chain(16), await chain(10), await chain(6)];
    const nest = (groupId: string, id: string) => refusalOf(service().nest(as(tenant), groupId, [id]));
    expect(await nest(upper.lowest, middle.top)).toBeNull();
    expect(await nest(middle.lowest, lower.top)).toBeNull();
    const [one, two, below] = (await newGroups(tenant, 3)) as [string, string, string];
    expect(await nest(lower.lowest, one)).toBe('GROUP_TOO_DEEP');
    expect(await nest(one, upper.top)).toBe('GROUP_TOO_DEEP');
    const move = (id: string, parentId: string) => refusalOf(groups.update(as(tenant), id, { parentId }));
    expect(await move(one, lower.lowest)).toBe('GROUP_TOO_DEEP');
    expect(await move(upper.top, one)).toBe('GROUP_TOO_DEEP');
    expect(await nest(two, below)).toBeNull();
    expect(await move(two, middle.lowest)).toBeNull();
    expect(await nest(upper.top, two)).toBeNull();
    expect(await refusalOf(service().nest(as(tenant), upper.top, []))).toBeNull();
  });

  it('are at most 2,000 with those inside them, of which any number can be of the tree where it moves alone', async () => {
    const { world } = tenants;
    const { groups } = world.services;
    const tenant = await world.tenant();
    const [outer, root, leaf, target] = (await newGroups(tenant, 4)) as [string, string, string, string];
    const addBelow = (parentId: string, count: number) =>
      world.db.orm.em
        .fork()
        .getConnection()
        .execute(
          `insert into groups (tenant_id, id, key, parent_id, name, folded_name, path, created_at, updated_at)
         select '${tenant.id}', id, id::text, '${parentId}', id::text, id::text, '/' || id, now(), now()
         from (select gen_random_uuid() as id from generate_series(1, ${count})) made`,
        );
    await addBelow(root, 1999);
    expect(await refusalOf(service().nest(as(tenant), outer, [root]))).toBeNull();
    expect(await refusalOf(service().nest(as(tenant), outer, [leaf]))).toBe('INVALID_INPUT');
    const move = (id: string) => refusalOf(groups.update(as(tenant), id, { parentId: target }));
    await addBelow(root, 2);
    expect(await move(outer)).toBe('INVALID_INPUT');
    expect(await move(root)).toBeNull();
  });

  it('are bounded in number and in lists', async () => {
    const { world, acme } = tenants;
    const execute = (statement: string) => world.db.orm.em.fork().getConnection().execute(statement);
    const [outer, extra] = (await newGroups(acme, 2)) as [string, string];
    await execute(
      `insert into groups (tenant_id, id, key, name, folded_name, path, created_at, updated_at)
       select '${acme.id}', id, id::text, id::text, id::text, '/' || id, now(), now()
       from (select gen_random_uuid() as id from generate_series(1, 1000)) made`,
    );
    await execute(
      `insert into group_edges (tenant_id, group_id, child_id, created_at)
       select tenant_id, '${outer}', id, now() from groups
       where tenant_id = '${acme.id}' and name = id::text limit 1000`,
    );
    expect(await refusalOf(service().nest(as(acme), outer, [extra]))).toBe('INVALID_INPUT');
    expect(await inside(acme, outer, 1000)).toHaveLength(1000);
    for (const limit of [-1, 1001])
      expect(await refusalOf(service().firstOf(acme.id, [outer], limit, null))).toBe('INVALID_INPUT');
    expect(await refusalOf(service().firstOf(acme.id, Array(201).fill(outer), 200, null))).toBe('INVALID_INPUT');
  });
});
