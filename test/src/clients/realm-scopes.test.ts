import { beforeAll, describe, expect, it } from 'vitest';
import { ACTING_MAPPER_TYPES, hasEffect } from '../../../src/clients/mappers/index.ts';
import { REALM_SCOPES } from '../../../src/clients/realm-scopes.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { twoTenantsOfSuite } from '../../support/two-tenants.ts';

const DEFAULTS = ['acr', 'basic', 'email', 'profile', 'roles', 'web-origins'];
const OPTIONAL = ['address', 'microprofile-jwt', 'offline_access', 'phone'];
const LINKS = [...DEFAULTS.map((name) => [name, true]), ...OPTIONAL.map((name) => [name, false])].sort();

describe('the scopes of a tenant of the template realm', () => {
  const tenants = twoTenantsOfSuite();
  let realm: TenantRef;
  beforeAll(async () => {
    realm = await tenants.world.tenant({ template: 'realm' });
  });
  const listScopes = async (tenant: TenantRef, filter = {}) =>
    (await tenants.world.services.clientScopes.page(tenants.world.system(tenant), filter, { first: 200 })).rows;
  const linksOf = async (tenant: TenantRef, clientUuid: string) => {
    const links = await tenants.world.services.clients.scopesOf(tenant.id, [clientUuid]);
    return (links.get(clientUuid) ?? []).map(({ name, isDefault }) => [name, isDefault]).sort();
  };

  it('are ten, which new clients get as default or optional ones', async () => {
    const names = async (filter: object) => (await listScopes(realm, filter)).map(({ name }) => name).sort();
    expect(await names({ tenantDefault: 'default' })).toEqual(DEFAULTS);
    expect(await names({ tenantDefault: 'optional' })).toEqual(OPTIONAL);
    expect(await names({})).toEqual([...DEFAULTS, ...OPTIONAL].sort());
    expect(await listScopes(tenants.acme)).toEqual([]);
  });

  it('have their mappers, each with an id, in the order of the table', async () => {
    const stored = new Map((await listScopes(realm)).map((scope) => [scope.name, scope]));
    for (const { name, mappers, ...columns } of REALM_SCOPES) {
      expect(stored.get(name)).toMatchObject(columns);
      const found = stored.get(name)!.mappers;
      expect(found.map(({ id: _, ...mapper }) => mapper)).toEqual(mappers);
      expect(found.every(({ id }) => /^[0-9a-f-]{36}$/.test(id))).toBe(true);
      expect(new Set(found.map(({ name: one }) => one)).size).toBe(found.length);
    }
  });

  it('are named in tokens unless they have only mappers', () => {
    const hidden = REALM_SCOPES.filter(({ named }) => !named).map(({ name }) => name);
    expect(hidden.sort()).toEqual(['acr', 'basic', 'roles', 'web-origins']);
  });

  it('have mappers without effect only where the service writes the claim itself', () => {
    const idle = REALM_SCOPES.flatMap(({ mappers }) => mappers).filter((mapper) => !hasEffect(mapper));
    expect(idle.map(({ name }) => name)).toEqual([
      'allowed web origins',
      'acr loa level',
      'sub',
      'auth_time',
      'address',
    ]);
    const used = new Set(REALM_SCOPES.flatMap(({ mappers }) => mappers.map(({ type }) => type)));
    expect(ACTING_MAPPER_TYPES.filter((type) => used.has(type))).toHaveLength(7);
  });

  it('are those of the builtin clients and of new ones', async () => {
    const { clients } = tenants.world.services;
    const builtin = await clients.page(tenants.world.system(realm), { withBuiltin: true }, { first: 50 });
    expect(builtin.rows).toHaveLength(6);
    for (const { id } of builtin.rows) expect(await linksOf(realm, id)).toEqual(LINKS);
    const { client } = await tenants.world.newClient(realm);
    expect(await linksOf(realm, client.id)).toEqual(LINKS);
    const record = await tenants.world.services.clientDirectory.byClientId(realm.id, client.clientId);
    expect(record!.defaultScopes).toEqual(['email', 'profile']);
  });

  it('let tokens have the role offline_access where they have that scope', async () => {
    const { scopeRoles } = tenants.world.services;
    const scopes = await listScopes(realm);
    const found = await scopeRoles.rolesOf(
      realm.id,
      'scope',
      scopes.map(({ id }) => id),
    );
    const offline = scopes.find(({ name }) => name === 'offline_access')!;
    expect([...found].map(([id, roles]) => [id, roles.map(({ name }) => name)])).toEqual([
      [offline.id, ['offline_access']],
    ]);
  });

  it('can be changed and deleted', async () => {
    const { clientScopes } = tenants.world.services;
    const other = await tenants.world.tenant({ template: 'realm' });
    const authority = tenants.as(other, 'client:write');
    const phone = (await clientScopes.find(authority, { name: 'phone' }))!;
    await clientScopes.update(authority, phone.id, { tenantDefault: null });
    expect((await listScopes(other, { tenantDefault: 'optional' })).map(({ name }) => name)).not.toContain('phone');
    await clientScopes.delete(authority, phone.id);
    expect(await clientScopes.find(authority, { name: 'phone' })).toBeNull();
    expect(await clientScopes.find(tenants.as(realm), { name: 'phone' })).not.toBeNull();
  });
});
