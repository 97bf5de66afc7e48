import { describe, expect, it } from 'vitest';
import { HeldRoles } from '../../../../src/oauth/tokens/held-roles.ts';
import { TENANT_ROLE_CLIENT } from '../../../../src/roles/index.ts';

const TENANT = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const PORTAL = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b12';
const GONE = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b13';

describe('the roles that a token names', () => {
  it('leave out those of a client that was deleted, which would look like roles of the tenant', async () => {
    const held = [
      { roleId: '1', name: 'staff', clientUuid: TENANT_ROLE_CLIENT },
      { roleId: '2', name: 'editor', clientUuid: PORTAL },
      { roleId: '3', name: 'admin', clientUuid: GONE },
    ];
    const heldRoles = new HeldRoles({
      roles: { heldBy: async () => ({ roles: held, elsewhere: new Map() }) as never },
      clientStore: { findMany: async () => new Map([[PORTAL, { clientId: 'portal' }]]) as never },
      tenantClientRoles: { ofHolders: async () => new Map() },
    });
    expect(await heldRoles.of(TENANT, [{ kind: 'user', id: 'ada' }])).toEqual([
      { id: '1', name: 'staff', clientId: null },
      { id: '2', name: 'editor', clientId: 'portal' },
    ]);
  });

  it('name those on at most ten other tenants, each once', async () => {
    const elsewhere = new Map(Array.from({ length: 11 }, (_, at) => [`tenant-${at}`, null]));
    const granted = [...elsewhere.keys()].map((name) => ({
      tenant: { name },
      roles: [{ id: `view-users of ${name}`, name: 'view-users' }],
    }));
    const heldRoles = new HeldRoles({
      roles: { heldBy: async () => ({ roles: [], elsewhere }) as never },
      clientStore: { findMany: async () => new Map() },
      tenantClientRoles: {
        ofHolders: async (_, kind, [id], _isEffective, most) =>
          (kind === 'user' ? new Map([[id!, granted.slice(0, most!)]]) : new Map()) as never,
      },
    });
    const holders = (['user', 'client', 'user'] as const).map((kind) => ({ kind, id: 'ada' }));
    const found = await heldRoles.of(TENANT, holders);
    expect(found).toHaveLength(10);
    expect(found[9]).toEqual({ id: 'view-users of tenant-9', name: 'view-users', clientId: 'tenant-9-realm' });
  });
});
