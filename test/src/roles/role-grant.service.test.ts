import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

describe('role grants', () => {
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
  const user = async (tenant: TenantRef) => (await world.newUser(tenant)).id;
  const toUser = (roleId: string, holderId: string) => ({ roleId, holderKind: 'user' as const, holderId });
  const ofUser = async (tenant: TenantRef, id: string) =>
    [...(await world.services.rolePermissions.ofUser(tenant.id, id)).grants()]
      .map(({ permission, reach }) => `${permission} ${reach}`)
      .sort();

  it('gives a user what the role holds, until it is revoked, with an event each', async () => {
    const tenant = await world.tenant();
    const id = await user(tenant);
    const role = await world.newRole(tenant, { name: 'reader', permissions: ['user:read'] });
    const { roleGrants } = world.services;
    expect(await ofUser(tenant, id)).toEqual([]);
    const caller = as(tenant, 'user:read');
    await roleGrants.grant(caller, toUser(role.id, id));
    await roleGrants.grant(caller, toUser(role.id, id));
    expect(await ofUser(tenant, id)).toEqual(['user:read tenant']);
    await roleGrants.revoke(caller, toUser(role.id, id));
    await roleGrants.revoke(caller, toUser(role.id, id));
    expect(await ofUser(tenant, id)).toEqual([]);
    const events = (await world.events(tenant)).filter(({ type }) => type.startsWith('role_grant.'));
    const params = { roleId: role.id, role: 'reader', holderKind: 'user', holderId: id };
    expect(events.map(({ type, subject_id, params }) => ({ type, subject_id, params }))).toEqual([
      { type: 'role_grant.added', subject_id: id, params },
      { type: 'role_grant.removed', subject_id: id, params },
    ]);
  });

  it('refuses what the caller does not hold, contained roles included', async () => {
    const id = await user(acme);
    const inner = await world.newRole(acme, { permissions: ['user:delete'] });
    const outer = await world.newRole(acme, { permissions: ['user:read'], childIds: [inner.id] });
    const { roleGrants } = world.services;
    const grant = (...held: string[]) => refusalOf(roleGrants.grant(as(acme, ...held), toUser(outer.id, id)));
    expect(await grant('role-grant:write')).toBe('PERMISSION_ESCALATION');
    expect(await grant('role-grant:write', 'user:read')).toBe('PERMISSION_ESCALATION');
    expect(await grant('user:read', 'user:delete:self')).toBe('PERMISSION_ESCALATION');
    expect(await ofUser(acme, id)).toEqual([]);
    expect(await grant('user:read', 'user:delete')).toBeNull();
  });

  it('refuses a caller from master whose permissions do not reach all tenants', async () => {
    const id = await user(acme);
    const role = await world.newRole(acme, { permissions: ['user:read'] });
    const { roleGrants } = world.services;
    expect(await refusalOf(roleGrants.grant(asAll(acme, 'user:read'), toUser(role.id, id)))).toBe(
      'PERMISSION_ESCALATION',
    );
    expect(await refusalOf(roleGrants.grant(asAll(acme, 'user:read:all'), toUser(role.id, id)))).toBeNull();
  });

  it('refuses roles and holders that are not there, or are a neighbour’s', async () => {
    const { roleGrants } = world.services;
    const id = await user(acme);
    const stranger = await user(master);
    const role = await world.newRole(acme);
    const theirs = await world.newRole(master);
    const theirGroup = await world.newGroup(master);
    const grant = (input: Parameters<typeof roleGrants.grant>[1]) => refusalOf(roleGrants.grant(as(acme), input));
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

  it('dies with its holder, so that the next account of the same id starts with nothing', async () => {
    const role = await world.newRole(acme, { permissions: ['user:read'] });
    await world.newUser(acme, { id: 'reborn' });
    await world.grantRole(acme, toUser(role.id, 'reborn'));
    expect(await ofUser(acme, 'reborn')).toEqual(['user:read tenant']);
    await world.services.endAccess.delete(world.system(acme), 'reborn');
    await world.newUser(acme, { id: 'reborn' });
    expect(await ofUser(acme, 'reborn')).toEqual([]);
  });

  it('reaches a client, and its tokens, through a role', async () => {
    const { client } = await world.newClient(acme, { clientId: 'worker' });
    const role = await world.newRole(acme, { permissions: ['event:read'] });
    const record = async () => (await world.services.clientDirectory.byClientId(acme.id, 'worker'))!;
    expect((await record()).permissions.reachOf('event:read')).toBeNull();
    const input = { roleId: role.id, holderKind: 'client' as const, holderId: client.id };
    await world.services.roleGrants.grant(as(acme, 'event:read'), input);
    expect((await record()).permissions.reachOf('event:read')).toBe('tenant');
    await world.services.roles.update(as(acme), role.id, { permissions: [] });
    expect((await record()).permissions.reachOf('event:read')).toBeNull();
  });

  describe('of a holder in master on another tenant', () => {
    const onAcme = { onTenant: 'acme' };

    it('allows nothing at home and nothing beyond that tenant, whatever the reach of the role', async () => {
      const id = await user(master);
      const role = await world.newRole(master, { permissions: ['user:read:all', 'group:read', 'user:write:self'] });
      await world.grantRole(master, { ...toUser(role.id, id), ...onAcme });
      expect(await ofUser(master, id)).toEqual([]);
      const { elsewhere } = await world.services.rolePermissions.heldBy(master.id, 'user', id);
      expect([...elsewhere.keys()]).toEqual([acme.id]);
      const there = [...elsewhere.get(acme.id)!.grants()].map(({ permission, reach }) => `${permission} ${reach}`);
      expect(there.sort()).toEqual(['group:read tenant', 'user:read tenant']);
    });

    it('is given only by callers whose permissions reach all tenants, and from master alone', async () => {
      const { roleGrants } = world.services;
      const id = await user(master);
      const role = await world.newRole(master, { permissions: ['user:read'] });
      const grant = (authority: Authority, over: object = onAcme) =>
        refusalOf(roleGrants.grant(authority, { ...toUser(role.id, id), ...over }));
      expect(await grant(as(master, 'user:read'))).toBe('PERMISSION_ESCALATION');
      expect(await grant(as(master, 'user:read'), { onTenant: 'no-such' })).toBe('PERMISSION_ESCALATION');
      expect(await grant(asAll(master, 'user:read'))).toBe('PERMISSION_ESCALATION');
      expect(await grant(asAll(master, 'user:read:all'), { onTenant: 'no-such' })).toBe('NOT_FOUND');
      expect(await grant(asAll(master, 'user:read:all'))).toBeNull();
      const own = await world.newRole(acme);
      const elsewhere = { ...toUser(own.id, await user(acme)), onTenant: 'master' };
      expect(await refusalOf(roleGrants.grant(asAll(acme), elsewhere))).toBe('ROLE_GRANT_ELSEWHERE');
    });

    it('makes the holder a guarded account', async () => {
      const id = await user(master);
      const role = await world.newRole(master, { permissions: ['user:read'] });
      const { guarded } = world.services;
      expect(await refusalOf(guarded.assertMayChange(as(master), 'user', id))).toBeNull();
      await world.grantRole(master, { ...toUser(role.id, id), ...onAcme });
      expect(await refusalOf(guarded.assertMayChange(as(master), 'user', id))).toBe('ACCOUNT_GUARDED');
    });
  });
});
