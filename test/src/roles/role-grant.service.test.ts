import { describe, expect, it } from 'vitest';
import type { Authority } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../support/two-tenants.ts';

describe('role grants', () => {
  const tenants = twoTenantsOfSuite();
  const { as, asAll } = tenants;
  const user = async (tenant: TenantRef) => (await tenants.world.newUser(tenant)).id;
  const toUser = (roleId: string, holderId: string) => ({ roleId, holderKind: 'user' as const, holderId });
  const ofUser = async (tenant: TenantRef, id: string) =>
    [...(await tenants.world.services.rolePermissions.ofUser(tenant.id, id)).grants()]
      .map(({ permission, reach }) => `${permission} ${reach}`)
      .sort();

  it('gives a user what the role holds, until it is revoked, with an event each', async () => {
    const tenant = await tenants.world.tenant();
    const id = await user(tenant);
    const role = await tenants.world.newRole(tenant, { name: 'reader', permissions: ['user:read'] });
    const { roleGrants } = tenants.world.services;
    expect(await ofUser(tenant, id)).toEqual([]);
    const caller = as(tenant, 'user:read');
    await roleGrants.grant(caller, toUser(role.id, id));
    await roleGrants.grant(caller, toUser(role.id, id));
    expect(await ofUser(tenant, id)).toEqual(['user:read tenant']);
    await roleGrants.revoke(caller, toUser(role.id, id));
    await roleGrants.revoke(caller, toUser(role.id, id));
    expect(await ofUser(tenant, id)).toEqual([]);
    const events = (await tenants.world.events(tenant)).filter(({ type }) => type.startsWith('role_grant.'));
    const params = { roleId: role.id, role: 'reader', holderKind: 'user', holderId: id };
    expect(events.map(({ type, subject_id, params }) => ({ type, subject_id, params }))).toEqual([
      { type: 'role_grant.added', subject_id: id, params },
      { type: 'role_grant.removed', subject_id: id, params },
    ]);
  });

  it('refuses what the caller does not hold, contained roles included', async () => {
    const id = await user(tenants.acme);
    const inner = await tenants.world.newRole(tenants.acme, { permissions: ['user:delete'] });
    const outer = await tenants.world.newRole(tenants.acme, { permissions: ['user:read'], childIds: [inner.id] });
    const { roleGrants } = tenants.world.services;
    const grant = (...held: string[]) => refusalOf(roleGrants.grant(as(tenants.acme, ...held), toUser(outer.id, id)));
    expect(await grant('role-grant:write')).toBe('PERMISSION_ESCALATION');
    expect(await grant('role-grant:write', 'user:read')).toBe('PERMISSION_ESCALATION');
    expect(await grant('user:read', 'user:delete:self')).toBe('PERMISSION_ESCALATION');
    expect(await ofUser(tenants.acme, id)).toEqual([]);
    expect(await grant('user:read', 'user:delete')).toBeNull();
  });

  it('refuses a caller from master whose permissions do not reach all tenants', async () => {
    const id = await user(tenants.acme);
    const role = await tenants.world.newRole(tenants.acme, { permissions: ['user:read'] });
    const { roleGrants } = tenants.world.services;
    expect(await refusalOf(roleGrants.grant(asAll(tenants.acme, 'user:read'), toUser(role.id, id)))).toBe(
      'PERMISSION_ESCALATION',
    );
    expect(await refusalOf(roleGrants.grant(asAll(tenants.acme, 'user:read:all'), toUser(role.id, id)))).toBeNull();
  });

  it('refuses roles and holders that are not there, or are a neighbour’s', async () => {
    const { roleGrants } = tenants.world.services;
    const id = await user(tenants.acme);
    const stranger = await user(tenants.master);
    const role = await tenants.world.newRole(tenants.acme);
    const theirs = await tenants.world.newRole(tenants.master);
    const theirGroup = await tenants.world.newGroup(tenants.master);
    const grant = (input: Parameters<typeof roleGrants.grant>[1]) =>
      refusalOf(roleGrants.grant(as(tenants.acme), input));
    expect(await grant(toUser('nonsense', id))).toBe('ROLE_NOT_FOUND');
    expect(await grant(toUser(theirs.id, id))).toBe('ROLE_NOT_FOUND');
    expect(await grant(toUser(role.id, 'nobody'))).toBe('ROLE_HOLDER_NOT_FOUND');
    expect(await grant(toUser(role.id, stranger))).toBe('ROLE_HOLDER_NOT_FOUND');
    expect(await grant({ roleId: role.id, holderKind: 'group', holderId: 'nonsense' })).toBe('ROLE_HOLDER_NOT_FOUND');
    expect(await grant({ roleId: role.id, holderKind: 'group', holderId: theirGroup.id })).toBe(
      'ROLE_HOLDER_NOT_FOUND',
    );
    expect(await grant({ roleId: role.id, holderKind: 'client', holderId: theirGroup.id })).toBe(
      'ROLE_HOLDER_NOT_FOUND',
    );
  });

  describe('of many users', () => {
    const grantsOf = async (tenant: TenantRef) =>
      (await tenants.world.events(tenant)).flatMap(({ type, subject_id, params }) =>
        type === 'role_grant.added' ? [`${subject_id} ${(params as { role: string }).role}`] : [],
      );

    it('gives each its own, with an event for each that is new', async () => {
      const { roleGrants } = tenants.world.services;
      const tenant = await tenants.world.tenant();
      const [anna, boris] = [await user(tenant), await user(tenant)] as const;
      const reader = await tenants.world.newRole(tenant, { name: 'reader', permissions: ['user:read'] });
      const empty = await tenants.world.newRole(tenant, { name: 'empty' });
      const both = [{ id: reader.id }, { name: 'empty', clientUuid: empty.clientUuid }];
      await roleGrants.grant(as(tenant, 'user:read'), toUser(reader.id, boris));
      const given = [
        { userId: anna, roles: [...both, { id: reader.id }] },
        { userId: boris, roles: both },
      ];
      await roleGrants.grantToUsers(as(tenant, 'user:read'), given);
      await roleGrants.grantToUsers(as(tenant, 'user:read'), given);
      expect([await ofUser(tenant, anna), await ofUser(tenant, boris)]).toEqual([
        ['user:read tenant'],
        ['user:read tenant'],
      ]);
      expect((await grantsOf(tenant)).toSorted()).toEqual(
        [`${anna} reader`, `${anna} empty`, `${boris} reader`, `${boris} empty`].toSorted(),
      );
    });

    it('gives nobody anything where one may not have it', async () => {
      const { roleGrants } = tenants.world.services;
      const tenant = await tenants.world.tenant();
      const [anna, boris] = [await user(tenant), await user(tenant)] as const;
      const stranger = await user(tenants.master);
      const empty = await tenants.world.newRole(tenant, { name: 'empty' });
      const great = await tenants.world.newRole(tenant, { permissions: ['user:delete'] });
      const theirs = await tenants.world.newRole(tenants.master);
      const grant = (userId: string, ...roles: readonly { readonly id: string }[]) =>
        refusalOf(
          roleGrants.grantToUsers(as(tenant), [
            { userId: anna, roles: [empty] },
            { userId, roles },
          ]),
        );
      expect(await grant(boris, great)).toBe('PERMISSION_ESCALATION');
      expect(await grant(boris, theirs)).toBe('ROLE_NOT_FOUND');
      expect(await grant(stranger, empty)).toBe('ROLE_HOLDER_NOT_FOUND');
      expect(await grant(boris, ...Array.from({ length: 201 }, () => empty))).toBe('INVALID_INPUT');
      await roleGrants.grant(as(tenant, 'user:delete'), toUser(great.id, boris));
      expect(await grant(boris, empty)).toBe('FORBIDDEN');
      expect(await grantsOf(tenant)).toHaveLength(1);
    });
  });

  it('dies with its holder, so that the next account of the same id starts with nothing', async () => {
    const role = await tenants.world.newRole(tenants.acme, { permissions: ['user:read'] });
    await tenants.world.newUser(tenants.acme, { id: 'reborn' });
    await tenants.world.grantRole(tenants.acme, toUser(role.id, 'reborn'));
    expect(await ofUser(tenants.acme, 'reborn')).toEqual(['user:read tenant']);
    await tenants.world.services.endAccess.delete(tenants.world.system(tenants.acme), 'reborn');
    await tenants.world.newUser(tenants.acme, { id: 'reborn' });
    expect(await ofUser(tenants.acme, 'reborn')).toEqual([]);
  });

  it('reaches a client, and its tokens, through a role', async () => {
    const { client } = await tenants.world.newClient(tenants.acme, { clientId: 'worker' });
    const role = await tenants.world.newRole(tenants.acme, { permissions: ['event:read'] });
    const record = async () => (await tenants.world.services.clientDirectory.byClientId(tenants.acme.id, 'worker'))!;
    expect((await record()).permissions.reachOf('event:read')).toBeNull();
    const input = { roleId: role.id, holderKind: 'client' as const, holderId: client.id };
    await tenants.world.services.roleGrants.grant(as(tenants.acme, 'event:read'), input);
    expect((await record()).permissions.reachOf('event:read')).toBe('tenant');
    await tenants.world.services.roles.update(as(tenants.acme), role.id, { permissions: [] });
    expect((await record()).permissions.reachOf('event:read')).toBeNull();
  });

  describe('of a holder in master on another tenant', () => {
    const onAcme = { onTenant: 'acme' };

    it('allows nothing at home and nothing beyond that tenant, whatever the reach of the role', async () => {
      const id = await user(tenants.master);
      const role = await tenants.world.newRole(tenants.master, {
        permissions: ['user:read:all', 'group:read', 'user:write:self'],
      });
      await tenants.world.grantRole(tenants.master, { ...toUser(role.id, id), ...onAcme });
      expect(await ofUser(tenants.master, id)).toEqual([]);
      const { elsewhere } = await tenants.world.services.rolePermissions.heldBy(tenants.master.id, 'user', id);
      expect([...elsewhere.keys()]).toEqual([tenants.acme.id]);
      const there = [...elsewhere.get(tenants.acme.id)!.grants()].map(
        ({ permission, reach }) => `${permission} ${reach}`,
      );
      expect(there.sort()).toEqual(['group:read tenant', 'user:read tenant']);
    });

    it('is granted only by callers whose permissions reach all tenants, and only from master', async () => {
      const { roleGrants } = tenants.world.services;
      const id = await user(tenants.master);
      const role = await tenants.world.newRole(tenants.master, { permissions: ['user:read'] });
      const grant = (authority: Authority, over: object = onAcme) =>
        refusalOf(roleGrants.grant(authority, { ...toUser(role.id, id), ...over }));
      expect(await grant(as(tenants.master, 'user:read'))).toBe('PERMISSION_ESCALATION');
      expect(await grant(as(tenants.master, 'user:read'), { onTenant: 'no-such' })).toBe('PERMISSION_ESCALATION');
      expect(await grant(asAll(tenants.master, 'user:read'))).toBe('PERMISSION_ESCALATION');
      expect(await grant(asAll(tenants.master, 'user:read:all'), { onTenant: 'no-such' })).toBe('NOT_FOUND');
      expect(await grant(asAll(tenants.master, 'user:read:all'))).toBeNull();
      const own = await tenants.world.newRole(tenants.acme);
      const elsewhere = { ...toUser(own.id, await user(tenants.acme)), onTenant: 'master' };
      expect(await refusalOf(roleGrants.grant(asAll(tenants.acme), elsewhere))).toBe('ROLE_GRANT_ELSEWHERE');
    });

    it('makes the holder a guarded account', async () => {
      const id = await user(tenants.master);
      const role = await tenants.world.newRole(tenants.master, { permissions: ['user:read'] });
      const { guarded } = tenants.world.services;
      expect(await refusalOf(guarded.assertMayChange(as(tenants.master), 'user', id))).toBeNull();
      await tenants.world.grantRole(tenants.master, { ...toUser(role.id, id), ...onAcme });
      expect(await refusalOf(guarded.assertMayChange(as(tenants.master), 'user', id))).toBe('ACCOUNT_GUARDED');
    });
  });
});
