import { describe, expect, it } from 'vitest';
import type { Role } from '../../../src/roles/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../support/two-tenants.ts';

describe('roles', () => {
  const tenants = twoTenantsOfSuite();
  const { as, asAll } = tenants;
  const childNames = async (role: Role) =>
    ((await tenants.world.stores.roleStore.childrenOf(role.tenantId, [role.id])).get(role.id) ?? []).map(
      ({ name }) => name,
    );

  it('has names that are unique among the roles of the tenant, and of each client, in exact case', async () => {
    const { roles } = tenants.world.services;
    const { client } = await tenants.world.newClient(tenants.acme);
    const first = await roles.create(as(tenants.acme), { name: 'editor' });
    expect(first).toMatchObject({ name: 'editor', permissions: [], builtin: false });
    await roles.create(as(tenants.acme), { name: 'Editor' });
    await roles.create(as(tenants.acme), { name: 'editor', clientUuid: client.id });
    await roles.create(as(tenants.master), { name: 'editor' });
    expect(await refusalOf(roles.create(as(tenants.acme), { name: 'editor' }))).toBe('ROLE_NAME_TAKEN');
    expect(await refusalOf(roles.create(as(tenants.acme), { name: 'editor', clientUuid: client.id }))).toBe(
      'ROLE_NAME_TAKEN',
    );
    expect(await refusalOf(roles.update(as(tenants.acme), first.id, { name: 'Editor' }))).toBe('ROLE_NAME_TAKEN');
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
    expect(await refusalOf(tenants.world.services.roles.create(as(tenants.acme), input))).toBe(code);
  });

  it('finds neither clients nor roles of a neighbour to build on', async () => {
    const { client } = await tenants.world.newClient(tenants.master);
    const theirs = await tenants.world.newRole(tenants.master);
    const { roles } = tenants.world.services;
    const own = await tenants.world.newRole(tenants.acme);
    expect(await refusalOf(roles.create(as(tenants.acme), { name: 'x', clientUuid: client.id }))).toBe(
      'ROLE_CLIENT_NOT_FOUND',
    );
    expect(await refusalOf(roles.update(as(tenants.acme), own.id, { addChildIds: [theirs.id] }))).toBe(
      'ROLE_NOT_FOUND',
    );
    expect(await refusalOf(roles.update(as(tenants.acme), theirs.id, { name: 'mine' }))).toBe('NOT_FOUND');
    expect(await refusalOf(roles.delete(as(tenants.acme), theirs.id))).toBe('NOT_FOUND');
  });

  describe('escalation', () => {
    it('refuses to create or widen a role beyond what the caller holds', async () => {
      const { roles } = tenants.world.services;
      const held = as(tenants.acme, 'role:create', 'user:read');
      const input = (...permissions: string[]) => ({ name: `r${permissions}`, permissions });
      expect(await refusalOf(roles.create(held, input('user:read', 'user:read:self')))).toBeNull();
      expect(await refusalOf(roles.create(held, input('user:delete')))).toBe('PERMISSION_ESCALATION');
      const role = await tenants.world.newRole(tenants.acme, { permissions: ['user:delete'] });
      expect(await refusalOf(roles.update(held, role.id, { permissions: ['user:delete', 'user:write'] }))).toBe(
        'PERMISSION_ESCALATION',
      );
      const kept = await roles.update(held, role.id, { permissions: ['user:delete', 'user:read'] });
      expect(kept.permissions).toEqual(['user:delete', 'user:read']);
    });

    it('counts what a contained role contains in turn', async () => {
      const inner = await tenants.world.newRole(tenants.acme, { permissions: ['user:delete'] });
      const outer = await tenants.world.newRole(tenants.acme, { childIds: [inner.id] });
      const { roles } = tenants.world.services;
      const role = await tenants.world.newRole(tenants.acme);
      const add = { addChildIds: [outer.id] };
      expect(await refusalOf(roles.update(as(tenants.acme, 'user:read'), role.id, add))).toBe('PERMISSION_ESCALATION');
      expect(await refusalOf(roles.create(as(tenants.acme), { name: 'n', childIds: [outer.id] }))).toBe(
        'PERMISSION_ESCALATION',
      );
      expect(await refusalOf(roles.update(as(tenants.acme, 'user:delete'), role.id, add))).toBeNull();
    });

    it('keeps reach all to roles of master', async () => {
      const { roles } = tenants.world.services;
      const permissions = ['user:read:all'];
      expect(await refusalOf(roles.create(asAll(tenants.acme, 'user:read:all'), { name: 'all', permissions }))).toBe(
        'PERMISSION_MASTER_ONLY',
      );
      expect(
        await refusalOf(roles.create(asAll(tenants.master, 'user:read:all'), { name: 'all', permissions })),
      ).toBeNull();
    });

    it('opens a role that reaches all tenants only to callers who do', async () => {
      const { roles } = tenants.world.services;
      const inner = await tenants.world.newRole(tenants.master, { permissions: ['user:read:all'] });
      const outer = await tenants.world.newRole(tenants.master, { childIds: [inner.id] });
      for (const { id } of [inner, outer]) {
        expect(await refusalOf(roles.update(as(tenants.master), id, { description: 'x' }))).toBe('ACCOUNT_GUARDED');
        expect(await refusalOf(roles.delete(as(tenants.master), id))).toBe('ACCOUNT_GUARDED');
        expect(await refusalOf(roles.update(asAll(tenants.master), id, { description: 'x' }))).toBeNull();
      }
    });

    describe('on another tenant', () => {
      const grantedOnAcme = async () => {
        const { master, world } = tenants;
        const inner = await world.newRole(master, { permissions: ['user:read'] });
        const outer = await world.newRole(master, { childIds: [inner.id] });
        const holder = { holderKind: 'user' as const, holderId: (await world.newUser(master)).id };
        await world.grantRole(master, { roleId: outer.id, ...holder, onTenant: 'acme' });
        return { inner, outer };
      };

      it('opens a role that acts there, or is inside one that does, only to callers who reach all', async () => {
        const { roles } = tenants.world.services;
        const { master, world } = tenants;
        const own = as(master, 'user:write', 'user:delete');
        const other = await world.newRole(master, { permissions: ['user:delete'] });
        const { inner, outer } = await grantedOnAcme();
        const changes = [
          { description: 'x' },
          { permissions: ['user:write'] },
          { permissions: [] },
          { addChildIds: [other.id] },
          { removeChildIds: [inner.id] },
        ];
        for (const { id } of [inner, outer]) {
          for (const change of changes) expect(await refusalOf(roles.update(own, id, change))).toBe('ACCOUNT_GUARDED');
          expect(await refusalOf(roles.delete(own, id))).toBe('ACCOUNT_GUARDED');
        }
        expect(await refusalOf(roles.update(own, other.id, { permissions: ['user:write'] }))).toBeNull();
      });

      it('gives only what the caller holds in all tenants', async () => {
        const { roles } = tenants.world.services;
        const { master, world } = tenants;
        const { inner, outer } = await grantedOnAcme();
        const other = await world.newRole(master, { permissions: ['user:delete'] });
        for (const { id } of [inner, outer])
          for (const change of [{ permissions: ['user:delete'] }, { addChildIds: [other.id] }]) {
            const attempt = (scope: string) => refusalOf(roles.update(asAll(master, scope), id, change));
            expect(await attempt('user:delete')).toBe('PERMISSION_ESCALATION');
            expect(await attempt('user:delete:all')).toBeNull();
          }
        expect(await refusalOf(roles.update(asAll(master), inner.id, { permissions: [] }))).toBeNull();
        expect(await refusalOf(roles.delete(asAll(master), inner.id))).toBeNull();
      });
    });
  });

  it('contains no role that contains it, directly or through others', async () => {
    const { roles } = tenants.world.services;
    const [a, b, c] = [
      await tenants.world.newRole(tenants.acme),
      await tenants.world.newRole(tenants.acme),
      await tenants.world.newRole(tenants.acme),
    ];
    await roles.update(as(tenants.acme), a.id, { addChildIds: [b.id] });
    await roles.update(as(tenants.acme), b.id, { addChildIds: [c.id] });
    expect(await refusalOf(roles.update(as(tenants.acme), a.id, { addChildIds: [a.id] }))).toBe('ROLE_CYCLE');
    expect(await refusalOf(roles.update(as(tenants.acme), b.id, { addChildIds: [a.id] }))).toBe('ROLE_CYCLE');
    expect(await refusalOf(roles.update(as(tenants.acme), c.id, { addChildIds: [a.id] }))).toBe('ROLE_CYCLE');
    expect(await childNames(c)).toEqual([]);
  });

  it('changes what is named, writes one event, and none when nothing changed', async () => {
    const { roles } = tenants.world.services;
    const tenant = await tenants.world.tenant();
    const child = await tenants.world.newRole(tenant, { name: 'child' });
    const role = await tenants.world.newRole(tenant, { name: 'parent', permissions: ['user:read'] });
    const change = { description: 'Readers', permissions: ['user:read'], addChildIds: [child.id] };
    const all = as(tenant, 'user:read');
    await roles.update(all, role.id, change);
    await roles.update(all, role.id, change);
    await roles.update(all, role.id, { removeChildIds: [child.id], description: null });
    await roles.update(all, role.id, { removeChildIds: [child.id] });
    const events = (await tenants.world.events(tenant)).filter(({ type }) => type === 'role.updated');
    expect(events.map(({ params }) => params)).toEqual([
      { roleId: role.id, name: 'parent', changed: ['description', 'children'] },
      { roleId: role.id, name: 'parent', changed: ['description', 'children'] },
    ]);
    await roles.delete(all, role.id);
    expect(await roles.find(all, { id: role.id })).toBeNull();
    expect((await tenants.world.events(tenant)).at(-1)).toMatchObject({ type: 'role.deleted' });
  });

  it('comes with builtin roles, which stay as they are and are listed on demand', async () => {
    const { roles } = tenants.world.services;
    const tenant = await tenants.world.tenant();
    expect((await roles.page(as(tenant), {}, {})).rows).toEqual([]);
    const [builtin, ...others] = (await roles.page(as(tenant), { withBuiltin: true }, {})).rows;
    expect([builtin?.name, others]).toEqual(['tenant-administrator', []]);
    expect(builtin?.permissions).toContain('role-grant:write');
    expect(builtin?.permissions).not.toContain('tenant:create');
    expect(await refusalOf(roles.update(as(tenant), builtin!.id, { name: 'x' }))).toBe('ROLE_BUILTIN');
    expect(await refusalOf(roles.delete(as(tenant), builtin!.id))).toBe('ROLE_BUILTIN');
    const inMaster = (await roles.page(as(tenants.master), { withBuiltin: true, nameContains: 'ADMIN' }, {})).rows;
    expect(inMaster.map(({ name }) => name)).toEqual(['administrator', 'tenant-administrator']);
    expect(inMaster[0]?.permissions.every((scope) => scope.endsWith(':all'))).toBe(true);
  });

  it('goes with the client it belongs to', async () => {
    const { client } = await tenants.world.newClient(tenants.acme);
    const role = await tenants.world.newRole(tenants.acme, { clientUuid: client.id });
    await tenants.world.services.clients.delete(tenants.world.system(tenants.acme), client.id);
    expect(await tenants.world.stores.roleStore.findById(tenants.acme.id, role.id)).toBeNull();
  });
});
