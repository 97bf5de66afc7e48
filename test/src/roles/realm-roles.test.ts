import { beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope, parseScope } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { Role } from '../../../src/roles/index.ts';
import { CLIENT_ROLES, realmRoles } from '../../../src/roles/realm-roles.ts';
import { callField } from '../../support/call-field.ts';
import { twoTenantsOfSuite } from '../../support/two-tenants.ts';

const CLIENTS = ['account', 'account-console', 'admin-cli', 'broker', 'realm-management', 'security-admin-console'];
const ALL = { withBuiltin: true };

describe('a tenant of the template realm', () => {
  const tenants = twoTenantsOfSuite();
  let realm: TenantRef;
  let roles: readonly Role[];
  beforeAll(async () => {
    realm = await tenants.world.tenant({ name: 'Pier', template: 'realm' });
    roles = await rolesOf(realm);
  });
  const rolesOf = async (tenant: TenantRef) => {
    const { services, system } = { services: tenants.world.services, system: tenants.world.system(tenant) };
    return (await services.roles.page(system, ALL, { first: 200 })).rows;
  };
  const clientsOf = async (tenant: TenantRef) =>
    (await tenants.world.services.clients.page(tenants.world.system(tenant), ALL, { first: 200 })).rows;
  const named = (name: string) => roles.find((role) => role.name === name)!;

  it('begins with the builtin clients and roles; tenants of other templates do not', async () => {
    const clients = await clientsOf(realm);
    expect(clients.map(({ clientId }) => clientId)).toEqual(CLIENTS);
    expect(new Set(clients.map(({ kind, redirects }) => [kind, redirects.length].join()))).toEqual(
      new Set(['builtin,0']),
    );
    const own = roles.filter(({ clientUuid }) => !clients.some(({ id }) => id === clientUuid));
    expect(own.map(({ name }) => name)).toEqual([
      'admin',
      'default-roles-pier',
      'digitanium_admin',
      'digitanium_user',
      'offline_access',
      'tenant-administrator',
      'uma_authorization',
    ]);
    for (const { id, clientId } of clients)
      expect(roles.filter(({ clientUuid }) => clientUuid === id).map(({ name }) => name)).toEqual(
        (CLIENT_ROLES[clientId] ?? []).map(({ name }) => name).sort(),
      );
    expect(roles.every(({ builtin }) => builtin)).toBe(true);
    expect(await clientsOf(tenants.acme)).toEqual([]);
    expect((await rolesOf(tenants.acme)).map(({ name }) => name)).toEqual(['tenant-administrator']);
  });

  it('lists them only where builtin ones are asked for', async () => {
    const system = tenants.world.system(realm);
    const { services } = tenants.world;
    expect((await services.roles.page(system, {}, { first: 10 })).rows).toEqual([]);
    expect((await services.clients.page(system, {}, { first: 10 })).rows).toEqual([]);
  });

  it('has one client for programs alone that may send passwords', async () => {
    const granting = (await clientsOf(realm)).filter(({ grantTypes }) => grantTypes.length > 0);
    expect(granting.map(({ clientId, type, grantTypes }) => [clientId, type, grantTypes])).toEqual([
      ['admin-cli', 'public', ['password', 'refresh_token']],
    ]);
  });

  it('begins with its clients enabled, and callers who may change clients disable and enable each', async () => {
    const tenant = await tenants.world.tenant({ template: 'realm' });
    const caller = tenants.world.app(tenant, 'client:write', 'client:read');
    const { clientDirectory } = tenants.world.services;
    const usable = async () => {
      const records = (await clientsOf(tenant)).map(({ id }) => clientDirectory.byUuid(tenant.id, id));
      return (await Promise.all(records)).filter((record) => record!.isUsable).map((record) => record!.client.clientId);
    };
    const SWITCH =
      'mutation ($id: ID!, $on: Boolean!) { updateClient(input: { clientId: $id, isEnabled: $on }) { client { isEnabled } } }';
    expect(await usable()).toEqual(CLIENTS);
    for (const id of ['account', 'admin-cli']) {
      const { data, errors } = await tenants.world.graphql(caller, SWITCH, { id, on: false });
      expect([errors, data.updateClient.client.isEnabled]).toEqual([[], false]);
    }
    expect(await usable()).toEqual(CLIENTS.filter((id) => id !== 'account' && id !== 'admin-cli'));
    expect((await tenants.world.graphql(caller, SWITCH, { id: 'admin-cli', on: true })).errors).toEqual([]);
    expect(await usable()).toContain('admin-cli');
  });

  it('gives administrators as much as tenant-administrator, under three names', () => {
    for (const name of ['admin', 'digitanium_admin', 'realm-admin'])
      expect(named(name).permissions).toEqual(named('tenant-administrator').permissions);
  });

  it('gives by every other name only permissions of administrators and permissions for one account', () => {
    const bundle = new Set(named('tenant-administrator').permissions);
    const others = [...realmRoles('pier'), ...Object.values(CLIENT_ROLES).flat()].flatMap(
      ({ permissions }) => permissions,
    );
    const beyond = others.filter((scope) => !bundle.has(scope) && parseScope(scope)?.reach !== 'self');
    expect(beyond).toEqual([]);
    expect(named('view-users').permissions).not.toContain('user:write');
    expect(named('impersonation').permissions).toEqual(['user:impersonate']);
    for (const name of [
      'query-clients',
      'offline_access',
      'uma_authorization',
      'digitanium_user',
      'default-roles-pier',
    ])
      expect(named(name).permissions).toEqual([]);
  });

  it('gives by roles for events and clients no setting, no change of a role and no secret to who only looks', () => {
    expect(named('view-events').permissions).toEqual(['event:read']);
    expect(named('manage-events').permissions).toEqual(['event:read']);
    expect(named('view-clients').permissions).toEqual(['client:read', 'role:read']);
    expect(named('create-client').permissions).toEqual(['client:create']);
    expect(named('manage-clients').permissions).toEqual([
      'client:read',
      'role:read',
      'client:create',
      'client:write',
      'client:delete',
      'client-secret:read',
      'client-secret:rotate',
    ]);
  });

  it('has two roles inside the default role', async () => {
    const { id } = named('default-roles-pier');
    const inside = await tenants.world.services.roles.childrenOf(realm.id, [id], null);
    expect((inside.get(id) as Role[]).map(({ name }) => name)).toEqual(['offline_access', 'uma_authorization']);
  });

  it('refuses to change and to delete them, and nothing changes', async () => {
    const caller = tenants.world.app(tenants.master, ...everyPermission('all').map(formatScope));
    const before = (await tenants.world.events(realm)).length;
    for (const { id } of [named('admin'), named('view-users'), named('offline_access')]) {
      const roleId = `rol~${realm.route}~${id}`;
      for (const [field, input] of [
        ['updateRole', { roleId, name: 'other' }],
        ['updateRole', { roleId, permissions: ['user:read'] }],
        ['deleteRole', { roleId }],
      ] as const)
        expect((await callField(tenants.world, caller, `Mutation.${field}`, { input })).code).toBe('ROLE_BUILTIN');
    }
    for (const { id } of await clientsOf(realm)) {
      const clientId = `cli~${realm.route}~${id}`;
      for (const [field, input] of [
        ['updateClient', { clientId, name: 'Other' }],
        ['updateClient', { clientId, isEnabled: false, grantTypes: [] }],
        ['rotateClientSecret', { clientId }],
        ['deleteClient', { clientId }],
      ] as const)
        expect((await callField(tenants.world, caller, `Mutation.${field}`, { input })).code).toBe('CLIENT_BUILTIN');
    }
    expect(await tenants.world.events(realm)).toHaveLength(before);
  });
});
