import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { Role } from '../../../src/roles/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('roles', () => {
  let world: World;
  let master: TenantRef;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  const as = (tenant: TenantRef, ...scopes: string[]) => new Authority(world.app(tenant, ...scopes), tenant, 'tenant');
  const asAll = (tenant: TenantRef, ...scopes: string[]) => new Authority(world.app(master, ...scopes), tenant, 'all');
  const childNames = async (role: Role) =>
    ((await world.services.roleStore.childrenOf(role.tenantId, [role.id])).get(role.id) ?? []).map(({ name }) => name);

  it('has names that are unique among the roles of the tenant, and of each client, in exact case', async () => {
    const { roles } = world.services;
    const { client } = await world.newClient(acme);
    const first = await roles.create(as(acme), { name: 'editor' });
    expect(first).toMatchObject({ name: 'editor', permissions: [], builtin: false });
    await roles.create(as(acme), { name: 'Editor' });
    await roles.create(as(acme), { name: 'editor', clientUuid: client.id });
    await roles.create(as(master), { name: 'editor' });
    expect(await refusalOf(roles.create(as(acme), { name: 'editor' }))).toBe('ROLE_NAME_TAKEN');
    expect(await refusalOf(roles.create(as(acme), { name: 'editor', clientUuid: client.id }))).toBe('ROLE_NAME_TAKEN');
    expect(await refusalOf(roles.update(as(acme), first.id, { name: 'Editor' }))).toBe('ROLE_NAME_TAKEN');
  });

  it.each([
    [{ name: '' }, 'INVALID_INPUT'],
    [{ name: 'a\u0000' }, 'INVALID_INPUT'],
    [{ name: '\ud800' }, 'INVALID_INPUT'],
    [{ name: 'x'.repeat(256) }, 'INVALID_INPUT'],
    [{ name: 'ok', description: 'a\u0007' }, 'INVALID_INPUT'],
    [{ name: 'ok', permissions: ['user:fly'] }, 'PERMISSION_UNKNOWN'],
    [{ name: 'ok', clientUuid: 'nonsense' }, 'ROLE_CLIENT_NOT_FOUND'],
    [{ name: 'ok', clientUuid: '00000000-0000-7000-8000-000000000000' }, 'ROLE_CLIENT_NOT_FOUND'],
    [{ name: 'ok', childIds: ['nonsense'] }, 'ROLE_NOT_FOUND'],
  ])('refuses %j', async (input, code) => {
    expect(await refusalOf(world.services.roles.create(as(acme), input))).toBe(code);
  });

  it('finds neither clients nor roles of a neighbour to build on', async () => {
    const { client } = await world.newClient(master);
    const theirs = await world.newRole(master);
    const { roles } = world.services;
    const own = await world.newRole(acme);
    expect(await refusalOf(roles.create(as(acme), { name: 'x', clientUuid: client.id }))).toBe('ROLE_CLIENT_NOT_FOUND');
    expect(await refusalOf(roles.update(as(acme), own.id, { addChildIds: [theirs.id] }))).toBe('ROLE_NOT_FOUND');
    expect(await refusalOf(roles.update(as(acme), theirs.id, { name: 'mine' }))).toBe('NOT_FOUND');
    expect(await refusalOf(roles.delete(as(acme), theirs.id))).toBe('NOT_FOUND');
  });

  describe('escalation', () => {
    it('lets nobody make or widen a role beyond what they hold', async () => {
      const { roles } = world.services;
      const held = as(acme, 'role:create', 'user:read');
      const input = (...permissions: string[]) => ({ name: `r${permissions}`, permissions });
      expect(await refusalOf(roles.create(held, input('user:read', 'user:read:self')))).toBeNull();
      expect(await refusalOf(roles.create(held, input('user:delete')))).toBe('PERMISSION_ESCALATION');
      const role = await world.newRole(acme, { permissions: ['user:delete'] });
      expect(await refusalOf(roles.update(held, role.id, { permissions: ['user:delete', 'user:write'] }))).toBe(
        'PERMISSION_ESCALATION',
      );
      const kept = await roles.update(held, role.id, { permissions: ['user:delete', 'user:read'] });
      expect(kept.permissions).toEqual(['user:delete', 'user:read']);
    });

    it('counts what a contained role contains in turn', async () => {
      const inner = await world.newRole(acme, { permissions: ['user:delete'] });
      const outer = await world.newRole(acme, { childIds: [inner.id] });
      const { roles } = world.services;
      const role = await world.newRole(acme);
      const add = { addChildIds: [outer.id] };
      expect(await refusalOf(roles.update(as(acme, 'user:read'), role.id, add))).toBe('PERMISSION_ESCALATION');
      expect(await refusalOf(roles.create(as(acme), { name: 'n', childIds: [outer.id] }))).toBe(
        'PERMISSION_ESCALATION',
      );
      expect(await refusalOf(roles.update(as(acme, 'user:delete'), role.id, add))).toBeNull();
    });

    it('keeps reach all to roles of master', async () => {
      const { roles } = world.services;
      const permissions = ['user:read:all'];
      expect(await refusalOf(roles.create(asAll(acme, 'user:read:all'), { name: 'all', permissions }))).toBe(
        'PERMISSION_MASTER_ONLY',
      );
      expect(await refusalOf(roles.create(asAll(master, 'user:read:all'), { name: 'all', permissions }))).toBeNull();
    });

    it('opens a role that reaches all tenants only to callers who do', async () => {
      const { roles } = world.services;
      const inner = await world.newRole(master, { permissions: ['user:read:all'] });
      const outer = await world.newRole(master, { childIds: [inner.id] });
      for (const { id } of [inner, outer]) {
        expect(await refusalOf(roles.update(as(master), id, { description: 'x' }))).toBe('ACCOUNT_GUARDED');
        expect(await refusalOf(roles.delete(as(master), id))).toBe('ACCOUNT_GUARDED');
        expect(await refusalOf(roles.update(asAll(master), id, { description: 'x' }))).toBeNull();
      }
    });
  });

  it('contains no role that contains it, directly or through others', async () => {
    const { roles } = world.services;
    const [a, b, c] = [await world.newRole(acme), await world.newRole(acme), await world.newRole(acme)];
    await roles.update(as(acme), a.id, { addChildIds: [b.id] });
    await roles.update(as(acme), b.id, { addChildIds: [c.id] });
    expect(await refusalOf(roles.update(as(acme), a.id, { addChildIds: [a.id] }))).toBe('ROLE_CYCLE');
    expect(await refusalOf(roles.update(as(acme), b.id, { addChildIds: [a.id] }))).toBe('ROLE_CYCLE');
    expect(await refusalOf(roles.update(as(acme), c.id, { addChildIds: [a.id] }))).toBe('ROLE_CYCLE');
    expect(await childNames(c)).toEqual([]);
  });

  it('changes what is named, writes one event, and none when nothing changed', async () => {
    const { roles } = world.services;
    const tenant = await world.tenant();
    const child = await world.newRole(tenant, { name: 'child' });
    const role = await world.newRole(tenant, { name: 'parent', permissions: ['user:read'] });
    const change = { description: 'Readers', permissions: ['user:read'], addChildIds: [child.id] };
    const all = as(tenant, 'user:read');
    await roles.update(all, role.id, change);
    await roles.update(all, role.id, change);
    await roles.update(all, role.id, { removeChildIds: [child.id], description: null });
    await roles.update(all, role.id, { removeChildIds: [child.id] });
    const events = (await world.events(tenant)).filter(({ type }) => type === 'role.updated');
    expect(events.map(({ params }) => params)).toEqual([
      { roleId: role.id, name: 'parent', changed: ['description', 'children'] },
      { roleId: role.id, name: 'parent', changed: ['description', 'children'] },
    ]);
    await roles.delete(all, role.id);
    expect(await roles.find(all, role.id)).toBeNull();
    expect((await world.events(tenant)).at(-1)).toMatchObject({ type: 'role.deleted' });
  });

  it('comes with builtin roles, which stay as they are and are listed on demand', async () => {
    const { roles } = world.services;
    const tenant = await world.tenant();
    expect((await roles.page(as(tenant), {}, {})).rows).toEqual([]);
    const [builtin, ...others] = (await roles.page(as(tenant), { withBuiltin: true }, {})).rows;
    expect([builtin?.name, others]).toEqual(['tenant-administrator', []]);
    expect(builtin?.permissions).toContain('role-grant:write');
    expect(builtin?.permissions).not.toContain('tenant:create');
    expect(await refusalOf(roles.update(as(tenant), builtin!.id, { name: 'x' }))).toBe('ROLE_BUILTIN');
    expect(await refusalOf(roles.delete(as(tenant), builtin!.id))).toBe('ROLE_BUILTIN');
    const inMaster = (await roles.page(as(master), { withBuiltin: true, nameContains: 'ADMIN' }, {})).rows;
    expect(inMaster.map(({ name }) => name)).toEqual(['administrator', 'tenant-administrator']);
    expect(inMaster[0]?.permissions.every((scope) => scope.endsWith(':all'))).toBe(true);
  });

  it('goes with the client it belongs to', async () => {
    const { client } = await world.newClient(acme);
    const role = await world.newRole(acme, { clientUuid: client.id });
    await world.services.clients.delete(world.system(acme), client.id);
    expect(await world.services.roleStore.findById(acme.id, role.id)).toBeNull();
  });
});
