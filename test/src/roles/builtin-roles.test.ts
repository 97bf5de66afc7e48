import { describe, expect, it } from 'vitest';
import { everyPermission, PermissionSet } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { administratorNames } from '../../../src/roles/builtin-roles.ts';
import { parsePermissions } from '../../../src/roles/index.ts';
import { twoTenantsOfSuite } from '../../support/two-tenants.ts';

describe('the builtin roles', () => {
  const tenants = twoTenantsOfSuite();
  const NAMES = ['administrator', 'tenant-administrator'];
  const builtin = async (tenant: TenantRef) =>
    new Map(
      (await tenants.world.stores.roleStore.findBuiltin(tenant.id, NAMES)).map((role) => [role.name, role] as const),
    );
  const held = async (tenant: TenantRef, name: string) =>
    new PermissionSet(parsePermissions((await builtin(tenant)).get(name)!.permissions));

  it('are made with the tenant; the one for all tenants exists only in master', async () => {
    expect([...(await builtin(tenants.master)).keys()].sort()).toEqual(NAMES);
    expect([...(await builtin(tenants.acme)).keys()]).toEqual(['tenant-administrator']);
    expect((await builtin(tenants.acme)).get('tenant-administrator')).toMatchObject({ builtin: true });
  });

  it('that make administrators are those of the tenant, and of its client for administration', () => {
    const ofTenant = ['tenant-administrator', 'admin', 'digitanium_admin', 'realm-admin'];
    expect(administratorNames('acme')).toEqual({ ofAllTenants: [], ofTenant });
    expect(administratorNames('master')).toEqual({
      ofAllTenants: ['administrator', 'admin'],
      ofTenant: ['administrator', ...ofTenant],
    });
  });

  it('are different rows in each tenant', async () => {
    const [ours, theirs] = [await builtin(tenants.master), await builtin(tenants.acme)];
    expect(ours.get('tenant-administrator')!.id).not.toBe(theirs.get('tenant-administrator')!.id);
  });

  it('give the administrator every permission in every tenant', async () => {
    expect((await held(tenants.master, 'administrator')).holdsEverything).toBe(true);
  });

  it('give the administrator of a tenant everything there, but neither tenants to make or delete nor any reach beyond', async () => {
    for (const tenant of [tenants.master, tenants.acme]) {
      const set = await held(tenant, 'tenant-administrator');
      expect(set.holdsAll).toBe(false);
      const missing = everyPermission('tenant').filter((grant) => !set.includes(grant));
      expect(missing.map(({ permission }) => permission)).toEqual(['tenant:create', 'tenant:delete']);
    }
  });
});
