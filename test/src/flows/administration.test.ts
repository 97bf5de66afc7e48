import { describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { Role } from '../../../src/roles/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../support/two-tenants.ts';

describe('administration', () => {
  const tenants = twoTenantsOfSuite();
  const promote = (tenant: TenantRef, id: string) =>
    refusalOf(tenants.world.services.administration.promote(tenants.world.system(tenant), id));
  const demote = (tenant: TenantRef, id: string) =>
    refusalOf(tenants.world.services.administration.demote(tenants.world.system(tenant), id));
  const newUser = async (tenant: TenantRef) => (await tenants.world.newUser(tenant)).id;
  const heldBy = async (tenant: TenantRef, id: string) =>
    (await tenants.world.services.rolePermissions.heldByMany(tenant.id, 'user', [id])).get(id)!;
  const rolesOf = async (tenant: TenantRef, id: string) =>
    (await heldBy(tenant, id)).roles.map(({ name }) => name).sort();
  const administers = async (tenant: TenantRef, id: string) =>
    (await tenants.world.services.rolePermissions.administratorsAmong(tenant.id, [id])).has(id);
  const grant = (tenant: TenantRef, { id: roleId }: Role, holderId: string) =>
    tenants.world.grantRole(tenant, { roleId, holderKind: 'user', holderId });

  it('makes administrators by builtin roles alone, and takes no others', async () => {
    const tenant = await tenants.world.tenant();
    const own = await tenants.world.newRole(tenant, { name: 'admin', permissions: ['group:read'] });
    const [user, holder] = [await newUser(tenant), await newUser(tenant)];
    expect(await promote(tenant, user)).toBeNull();
    expect(await rolesOf(tenant, user)).toEqual(['digitanium_admin', 'realm-admin']);
    expect(await administers(tenant, user)).toBe(true);
    await grant(tenant, own, holder);
    for (const id of [user, holder]) expect(await demote(tenant, id)).toBeNull();
    expect(await rolesOf(tenant, user)).toEqual([]);
    expect(await rolesOf(tenant, holder)).toEqual(['admin']);
  });

  it('takes no role of that name which a client of the tenant has', async () => {
    const tenant = await tenants.world.tenant();
    const { client } = await tenants.world.newClient(tenant);
    const own = await tenants.world.newRole(tenant, { name: 'realm-admin', clientUuid: client.id });
    const user = await newUser(tenant);
    await grant(tenant, own, user);
    await promote(tenant, user);
    await demote(tenant, user);
    expect((await heldBy(tenant, user)).roles.map(({ roleId }) => roleId)).toEqual([own.id]);
  });

  it('adds no role to a client that the tenant can delete', async () => {
    const tenant = await tenants.world.tenant();
    const { client } = await tenants.world.newClient(tenant, { clientId: 'realm-management' });
    const user = await newUser(tenant);
    expect(await promote(tenant, user)).toBeNull();
    expect(await rolesOf(tenant, user)).toEqual(['admin', 'digitanium_admin']);
    expect(await tenants.world.stores.roleStore.idsOfClient(tenant.id, client.id)).toEqual([]);
  });

  it('refuses where the tenant made a role or client itself under every name, and changes nothing', async () => {
    const tenant = await tenants.world.tenant();
    for (const name of ['admin', 'digitanium_admin']) await tenants.world.newRole(tenant, { name });
    await tenants.world.newClient(tenant, { clientId: 'realm-management' });
    const user = await newUser(tenant);
    const before = (await tenants.world.events(tenant)).length;
    expect(await promote(tenant, user)).toBe('ROLE_NAME_TAKEN');
    expect(await rolesOf(tenant, user)).toEqual([]);
    expect(await demote(tenant, user)).toBeNull();
    expect(await tenants.world.events(tenant)).toHaveLength(before);
  });

  it('in master promotes to every tenant by the builtin role alone', async () => {
    await tenants.world.newRole(tenants.master, { name: 'admin' });
    const user = await newUser(tenants.master);
    expect(await promote(tenants.master, user)).toBeNull();
    expect(await rolesOf(tenants.master, user)).toEqual(['digitanium_admin']);
    expect((await heldBy(tenants.master, user)).permissions.holdsAll).toBe(false);
    expect(await administers(tenants.master, user)).toBe(true);
  });
});
