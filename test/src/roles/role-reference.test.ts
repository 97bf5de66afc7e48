import { describe, expect, it } from 'vitest';
import { TENANT_ROLE_CLIENT } from '../../../src/roles/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { twoTenantsOfSuite } from '../../support/two-tenants.ts';

describe('references to roles', () => {
  const tenants = twoTenantsOfSuite();
  const { as } = tenants;
  const ofTenant = (name: string) => ({ name, clientUuid: TENANT_ROLE_CLIENT });

  it('find a role by its name, and none of a neighbour', async () => {
    const { roles } = tenants.world.services;
    const { id } = await tenants.world.newRole(tenants.acme, { name: 'clerk' });
    expect((await roles.find(as(tenants.acme), ofTenant('clerk')))?.id).toBe(id);
    expect(await roles.find(as(tenants.master), ofTenant('clerk'))).toBeNull();
    expect(await roles.find(as(tenants.master), { id })).toBeNull();
  });

  it('find a role only if it is builtin, or is none, where they say so', async () => {
    const { roleGrants, roles } = tenants.world.services;
    const { id: holderId } = await tenants.world.newUser(tenants.acme);
    await tenants.world.newRole(tenants.acme, { name: 'own' });
    for (const [name, builtin] of [
      ['own', false],
      ['tenant-administrator', true],
    ] as const) {
      const of = (asked: boolean) => ({ ...ofTenant(name), builtin: asked });
      expect((await roles.find(as(tenants.acme), of(builtin)))?.name).toBe(name);
      expect(await roles.find(as(tenants.acme), of(!builtin))).toBeNull();
      const grant = (asked: boolean) =>
        roleGrants.grantMany(tenants.world.system(tenants.acme), { holderKind: 'user', holderId, roles: [of(asked)] });
      expect(await refusalOf(grant(!builtin))).toBe('ROLE_NOT_FOUND');
      expect((await grant(builtin)).map((role) => role.name)).toEqual([name]);
    }
  });

  it.each([
    ['in other case', ofTenant('Clerk')],
    ['with a character that no text of the database has', ofTenant('clerk\u0000')],
    ['with half a character', ofTenant('clerk\ud800')],
    ['of a client that is no UUID', { name: 'clerk', clientUuid: "x' or true" }],
  ])('find nothing by a name %s, alone or in a list', async (_, reference) => {
    const { roleGrants, roles } = tenants.world.services;
    const { id: holderId } = await tenants.world.newUser(tenants.acme);
    expect(await roles.find(as(tenants.acme), reference)).toBeNull();
    const granting = { holderKind: 'user', holderId, roles: [reference] } as const;
    expect(await refusalOf(roleGrants.grantMany(as(tenants.acme), granting))).toBe('ROLE_NOT_FOUND');
  });
});
