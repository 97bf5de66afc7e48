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
      roles: { heldBy: async () => ({ roles: held }) as never },
      clientStore: { findMany: async () => new Map([[PORTAL, { clientId: 'portal' }]]) as never },
    });
    expect(await heldRoles.of(TENANT, [{ kind: 'user', id: 'ada' }])).toEqual([
      { id: '1', name: 'staff', clientId: null },
      { id: '2', name: 'editor', clientId: 'portal' },
    ]);
  });
});
