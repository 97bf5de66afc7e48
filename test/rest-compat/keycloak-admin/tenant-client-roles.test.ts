import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';
import { realmOfSuite } from '../../support/realm.ts';

const NO_CLIENT = [404, { error: 'Could not find client' }];
const NO_ROLE = [404, { error: 'Could not find role' }];
const MASTER = { base: '/realms/master' };
const PUBLIC = { type: 'public', grantTypes: ['password', 'refresh_token'] } as const;
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden' }];

describe('the stock client grants roles on one realm to a user of master', () => {
  const realm = realmOfSuite();
  let master: TenantRef;
  let quay: TenantRef;
  let form: Record<string, string>;
  let root: User;
  beforeAll(async () => {
    const { world } = realm;
    world.clock.advance((Date.now() - world.clock.now().getTime()) / 1000);
    master = (await world.services.directory.byName('master'))!;
    quay = await realm.tenant({ name: 'quay' });
    ({ form } = await realm.client(PUBLIC, master));
    root = await realm.user({ username: 'root' }, master);
    const { id: roleId } = (await world.services.roles.findByName(master.id, 'administrator'))!;
    await world.grantRole(master, { roleId, holderKind: 'user', holderId: root.id });
  });
  const signIn = async (user: User, client = form): Promise<KeycloakAdminClient> => {
    const admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${realm.rest.port}`, realmName: 'master' });
    const { json } = await realm.signIn(client, user, {}, '/realms/master');
    admin.setAccessToken(json.access_token);
    return admin;
  };
  const statusOf = async (work: Promise<unknown>): Promise<number> => {
    try {
      await work;
      return 200;
    } catch (error) {
      return (error as { response: { status: number } }).response.status;
    }
  };

  it('which the user has there, until they are withdrawn, and nowhere else', async () => {
    const admin = await signIn(root);
    const keeper = await realm.user({ username: 'keeper' }, master);
    const [own, others] = [await realm.user({}, quay), await realm.user()];
    const [client] = await admin.clients.find({ clientId: 'quay-realm' });
    const ofClient = { id: keeper.id, clientUniqueId: client!.id! };
    const role = await admin.clients.findRole({ id: client!.id!, roleName: 'view-users' });
    expect(role).toMatchObject({ name: 'view-users', clientRole: true, containerId: quay.id });
    expect(await admin.users.listAvailableClientRoleMappings(ofClient)).toHaveLength(19);
    // No role of these is stored yet.
    expect(await admin.clients.findUsersWithRole({ id: quay.id, roleName: 'view-users' })).toEqual([]);
    expect(await admin.users.listClientRoleMappings(ofClient)).toEqual([]);
    const asKeeper = await signIn(keeper);
    expect(await statusOf(asKeeper.users.find({ realm: 'quay' }))).toBe(403);

    const roles = [{ id: role!.id!, name: 'view-users' }];
    for (const _ of ['once', 'twice']) await admin.users.addClientRoleMappings({ ...ofClient, roles });
    const { attributes: _attributes, ...shown } = role as object as { attributes: object };
    expect(await admin.users.listClientRoleMappings(ofClient)).toEqual([shown]);
    expect(await admin.users.listCompositeClientRoleMappings(ofClient)).toEqual([shown]);
    expect(await admin.users.listAvailableClientRoleMappings(ofClient)).toHaveLength(18);
    const holders = async (id: string, roleName: string) =>
      (await admin.clients.findUsersWithRole({ id, roleName })).map((user) => user.id);
    expect(await holders(quay.id, 'view-users')).toEqual([keeper.id]);
    expect(await holders(quay.id, 'view-realm')).toEqual([]);
    expect(await holders(realm.acme.id, 'view-users')).toEqual([]);
    expect(await statusOf(holders(quay.id, 'view-stars'))).toBe(404);
    expect(await admin.users.listRoleMappings({ id: keeper.id })).toEqual({
      realmMappings: [],
      clientMappings: { 'quay-realm': { id: quay.id, client: 'quay-realm', mappings: [shown] } },
    });

    const reader = await signIn(keeper);
    expect((await reader.users.find({ realm: 'quay' })).map(({ id }) => id)).toEqual([own.id]);
    expect(await reader.users.findOne({ realm: 'quay', id: own.id })).toMatchObject({
      username: own.username,
      access: { view: true, manage: false },
    });
    expect(await reader.whoAmI.find({ currentRealm: 'quay' })).toMatchObject({
      displayName: 'keeper',
      realm_access: { quay: ['view-users', 'query-users', 'query-groups'] },
    });
    for (const other of ['acme', 'nowhere'])
      expect(await reader.whoAmI.find({ currentRealm: other })).toMatchObject({ realm_access: { [other]: [] } });
    expect(await statusOf(reader.users.find({ realm: 'acme' }))).toBe(403);
    expect(await statusOf(reader.users.findOne({ realm: 'acme', id: others.id }))).toBe(403);
    expect(await statusOf(reader.users.find({ realm: 'master' }))).toBe(403);
    expect(await statusOf(reader.users.find({ realm: 'nowhere' }))).toBe(403);
    expect(await statusOf(reader.users.update({ realm: 'quay', id: own.id }, { lastName: 'x' }))).toBe(403);
    expect(await statusOf(reader.clients.find({ realm: 'quay' }))).toBe(403);
    // The user may not give on what it has.
    expect(await statusOf(reader.users.addClientRoleMappings({ ...ofClient, roles }))).toBe(403);

    await admin.users.delClientRoleMappings({ ...ofClient, roles });
    expect(await admin.users.listClientRoleMappings(ofClient)).toEqual([]);
    expect(await statusOf((await signIn(keeper)).users.find({ realm: 'quay' }))).toBe(403);
  });

  it('through a group, in clients with the full role scope alone, and guards the accounts that may do more', async () => {
    const admin = await signIn(root);
    const keeper = await realm.user({}, master);
    const group = await realm.world.newGroup(master);
    await realm.world.services.groupMembers.add(realm.world.system(master), group.id, [keeper.id]);
    const ofClient = { id: group.id, clientUniqueId: quay.id };
    await admin.groups.addClientRoleMappings({ ...ofClient, roles: [{ id: quay.id, name: 'manage-users' }] });
    const names = (listed: readonly { name?: string }[]) => listed.map(({ name }) => name);
    expect(names(await admin.groups.listClientRoleMappings(ofClient))).toEqual(['manage-users']);
    expect(names(await admin.groups.listCompositeClientRoleMappings(ofClient))).toEqual(['manage-users']);
    expect(names(await admin.groups.listAvailableClientRoleMappings(ofClient))).not.toContain('manage-users');
    expect(Object.keys((await admin.groups.listRoleMappings({ id: group.id })).clientMappings!)).toEqual([
      'quay-realm',
    ]);
    const ofUser = { id: keeper.id, clientUniqueId: quay.id };
    expect(await admin.users.listClientRoleMappings(ofUser)).toEqual([]);
    expect(names(await admin.users.listCompositeClientRoleMappings(ofUser))).toEqual(['manage-users']);

    const { form: narrow } = await realm.client({ ...PUBLIC, fullRoleScope: false }, master);
    const narrowed = await signIn(keeper, narrow);
    expect(await statusOf(narrowed.users.find({ realm: 'quay' }))).toBe(403);
    expect(decodeJwt((await narrowed.getAccessToken())!)).toMatchObject({ resource_access: {}, aud: 'account' });
    const manager = await signIn(keeper);
    expect(decodeJwt((await manager.getAccessToken())!)).toMatchObject({
      resource_access: { 'quay-realm': { roles: ['manage-users'] } },
      aud: 'quay-realm',
    });
    const member = await realm.user({}, quay);
    await manager.users.update({ realm: 'quay', id: member.id }, { lastName: 'Moor' });
    const chief = await realm.user({}, quay);
    await realm.world.services.administration.promote(realm.world.system(quay), chief.id);
    expect(await statusOf(manager.users.update({ realm: 'quay', id: chief.id }, { lastName: 'Moor' }))).toBe(403);
  });

  it('and is refused roles that are not there', async () => {
    const admin = await signIn(root);
    const { id } = await realm.user({}, master);
    const grant = (clientUniqueId: string, name: string, to = id) =>
      statusOf(admin.users.addClientRoleMappings({ id: to, clientUniqueId, roles: [{ id, name }] }));
    expect(await grant(quay.id, 'view-stars')).toBe(404);
    expect(await grant(quay.id, 'view-users', 'nobody')).toBe(404);
    expect(await admin.clients.findRole({ id: quay.id, roleName: 'view-stars' })).toBeNull();
    const both = [
      { id, name: 'view-users' },
      { id, name: 'view-stars' },
    ];
    expect(await statusOf(admin.users.addClientRoleMappings({ id, clientUniqueId: quay.id, roles: both }))).toBe(404);
    expect(await admin.users.listClientRoleMappings({ id, clientUniqueId: quay.id })).toEqual([]);
  });

  it('which tokens of applications do not have by scopes for the realm of the application', async () => {
    const { rest, world } = realm;
    const { client, secret, form: application } = await realm.client({ permissions: ['event:read'] }, master);
    const { id: roleId } = await world.newRole(master, { permissions: ['user:read', 'event:read'] });
    const holder = { holderKind: 'client', holderId: client.id } as const;
    await world.grantRole(master, { roleId, ...holder, onTenant: 'quay' });
    const statuses = async (token: string) => [
      (await rest.ask('GET', '/admin/realms/quay/users/count', { token })).status,
      (await rest.ask('GET', '/admin/realms/quay/admin-events', { token })).status,
      (await rest.ask('GET', '/admin/realms/acme/admin-events', { token })).status,
    ];
    const whole = await realm.post('token', { ...application, grant_type: 'client_credentials' }, MASTER);
    expect(await statuses(whole.json.access_token)).toEqual([200, 200, 403]);
    const basic = Buffer.from(`${client.clientId}:${secret}`).toString('base64');
    const asked = await rest.ask('POST', '/t/master/oauth/token', {
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&scope=event:read',
    });
    expect(await statuses(asked.json.access_token)).toEqual([403, 403, 403]);
  });
});

describe('roles of clients that stand for realms', () => {
  const realm = kobilOfSuite();
  const NAMES = ['client:read', 'role:read', 'role-grant:write', 'user:read'];
  const VIEW = [{ name: 'view-users' }];

  it('are there for callers whose permissions reach all realms, and in master alone', async () => {
    const { acme, master, world } = realm;
    const user = await world.newUser(master);
    const all = realm.token(master, ...NAMES.map((name) => `${name}:all`));
    const own = realm.token(master, ...NAMES);
    const path = `role-mappings/clients/${acme.id}`;
    const ask = (method: string, tenant: string, token: string, tail = '') =>
      realm.ask(method, `/admin/realms/${tenant}/users/${user.id}/${path}${tail}`, {
        token,
        ...(method === 'GET' ? {} : { body: VIEW }),
      });
    for (const tail of ['', '/available', '/composite'])
      expect(await ask('GET', 'master', own, tail)).toEqual(NO_CLIENT);
    for (const method of ['POST', 'DELETE']) expect(await ask(method, 'master', own)).toEqual(NO_CLIENT);
    expect(
      await realm.ask('GET', `/admin/realms/acme/users/${(await world.newUser(acme)).id}/${path}`, { token: all }),
    ).toEqual(NO_CLIENT);
    // The caller does not hold what the role gives.
    expect(await ask('POST', 'master', all)).toEqual(FORBIDDEN);
    expect(await ask('GET', 'master', all)).toEqual([200, []]);
    expect(await ask('DELETE', 'master', all)).toEqual([204, undefined]);
    const role = `/admin/realms/master/clients/${acme.id}/roles/view-users`;
    expect(await realm.ask('GET', role, { token: own })).toEqual(NO_CLIENT);
    expect(await realm.ask('GET', `${role}s`, { token: all })).toEqual(NO_ROLE);
    expect(
      await realm.ask('GET', `${role}/users`, { token: realm.token(master, ...NAMES, 'credential:read') }),
    ).toEqual(NO_CLIENT);
    for (const method of ['PUT', 'DELETE'])
      expect(
        await realm.ask(method, role, {
          token: realm.token(master, 'role:write:all', 'role:delete:all', 'client:read:all', 'role:read:all'),
          body: {},
        }),
      ).toEqual(NO_CLIENT);
  });

  it('are not shown to callers who see no other realms', async () => {
    const { master, world } = realm;
    const user = await world.newUser(master);
    const { tenantClientRoles } = world.services;
    const holder = { holderKind: 'user' as const, holderId: user.id };
    await tenantClientRoles.grant(world.system(master), holder, 'acme', ['view-users']);
    const mappings = (...scopes: string[]) =>
      realm.ask('GET', `/admin/realms/master/users/${user.id}/role-mappings`, {
        token: realm.token(master, ...scopes),
      });
    expect(await mappings(...NAMES)).toEqual([200, { realmMappings: [], clientMappings: {} }]);
    const [, { clientMappings }] = await mappings(...NAMES.map((name) => `${name}:all`));
    expect(Object.keys(clientMappings)).toEqual(['acme-realm']);
    // A role on another realm makes nobody a holder of the role in master.
    const [role] = await tenantClientRoles.grant(world.system(master), holder, 'acme', ['view-users']);
    const holders = 'query ($role: RoleReferenceInput!) { usersOfRole(role: $role) { totalCount } }';
    const reader = world.app(master, 'user:read', 'role-grant:read');
    const { data } = await world.graphql(reader, holders, { role: { roleId: role!.id } });
    expect(data.usersOfRole).toEqual({ totalCount: 0 });
  });

  it('are listed by realm, and end with it', async () => {
    const { master, world } = realm;
    const user = await world.newUser(master);
    const holder = { holderKind: 'user' as const, holderId: user.id };
    const [gone] = [await world.tenant({ name: 'wharf' }), await world.tenant({ name: 'berth' })];
    const { tenantClientRoles, tenants } = world.services;
    for (const tenant of ['wharf', 'master', 'berth'])
      await tenantClientRoles.grant(world.system(master), holder, tenant, ['view-users', 'view-realm']);
    const token = realm.token(master, ...NAMES.map((name) => `${name}:all`));
    const mappings = async () => {
      const [, body] = await realm.ask('GET', `/admin/realms/master/users/${user.id}/role-mappings`, { token });
      return Object.entries<{ mappings: { name: string }[] }>(body.clientMappings).map(
        ([client, { mappings: roles }]) => [client, ...roles.map(({ name }) => name)],
      );
    };
    const own = ['realm-management', 'view-realm', 'view-users'];
    const of = (client: string) => [client, 'view-realm', 'view-users'];
    expect(await mappings()).toEqual([own, of('berth-realm'), of('master-realm'), of('wharf-realm')]);
    const byId = vi.spyOn(world.services.directory, 'byId');
    const named = async (most: number) => {
      const grants = await tenantClientRoles.ofHolders(master.id, 'user', [user.id], true, most);
      return grants.get(user.id)!.map(({ tenant }) => tenant.name);
    };
    expect([await named(1), await named(2)]).toEqual([['berth'], ['berth', 'master']]);
    expect(byId).not.toHaveBeenCalled();
    byId.mockRestore();
    await tenants.delete(world.system(gone!));
    expect(await mappings()).toEqual([own, of('berth-realm'), of('master-realm')]);
    for (const tenant of ['master', 'berth'])
      await tenantClientRoles.revoke(world.system(master), holder, tenant, ['view-users', 'view-realm']);
    expect(await mappings()).toEqual([]);
  });

  it('are not there while a client of master has the name of the one that has them', async () => {
    const { acme, master, world } = realm;
    const other = await world.newUser(master);
    await world.db.orm.em
      .fork()
      .getConnection()
      .execute(`update clients set kind = 'regular' where client_id = 'realm-management'`);
    const token = realm.token(master, ...NAMES.map((name) => `${name}:all`));
    const path = `/admin/realms/master/users/${other.id}/role-mappings/clients/${acme.id}`;
    expect(await realm.ask('POST', path, { token, body: VIEW })).toEqual(NO_CLIENT);
    expect(await realm.ask('GET', path, { token })).toEqual([200, []]);
  });
});
