import { beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 5 });
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden', ...answer('HTTP 403 Forbidden', 'FORBIDDEN') }];
const NO_USER = [404, answer('User does not exist', 'USER_NOT_FOUND')];
const PROMOTED = [200, answer('User promoted successfully')];
const REVOKED = [200, answer('Admin access revoked successfully')];
const ROLES = ['admin', 'digitanium_admin', 'realm-admin'];

describe('KOBIL: administrators', () => {
  const kobil = kobilOfSuite();
  let realm: TenantRef;
  let tokens: Readonly<Record<string, string>>;
  let count = 0;
  const all = everyPermission('tenant').map(formatScope);
  beforeAll(async () => {
    realm = await kobil.world.tenant({ name: 'harbour', template: 'realm' });
    tokens = {
      harbour: kobil.token(realm, ...all),
      acme: kobil.token(kobil.acme, ...all),
      master: kobil.token(kobil.master, ...everyPermission('all').map(formatScope)),
    };
  });
  const newUser = (tenant: TenantRef = realm) => kobil.world.newUser(tenant, { username: `pilot-${++count}` });
  const ask = (method: string, path: string, tenant = 'harbour', token = tokens[tenant]!) =>
    kobil.ask(method, `/auth/realms/${tenant}/v3_user/${path}`, { token });
  const heldBy = async (tenant: TenantRef, { id }: User) => {
    const held = await kobil.world.services.rolePermissions.heldByMany(tenant.id, 'user', [id]);
    return held.get(id)!;
  };
  /** The roles of a user beside those that every new user gets. */
  const rolesOf = async (tenant: TenantRef, user: User) => {
    const names = (await heldBy(tenant, user)).roles.map(({ name }) => name);
    const defaults = [`default-roles-${tenant.name.toLowerCase()}`, 'offline_access', 'uma_authorization'];
    return names.filter((name) => !defaults.includes(name)).sort();
  };
  const listed = async (tenant = 'harbour') => {
    const [status, body] = await ask('GET', 'adminusers', tenant);
    expect(status).toBe(200);
    const { data, ...rest } = body;
    expect(rest).toEqual(answer('Admin users fetched successfully'));
    return data;
  };
  const namesListed = async (tenant?: string) =>
    (await listed(tenant)).map(({ username }: { username: string }) => username);

  it('18 makes a user one, who is shown as such; once more changes nothing', async () => {
    const user = await newUser();
    expect(await ask('PUT', `${user.username.toUpperCase()}/promote/`)).toEqual(PROMOTED);
    const events = (await kobil.world.events(realm)).length;
    expect(await ask('PUT', `${user.id}/promote`)).toEqual(PROMOTED);
    expect(await kobil.world.events(realm)).toHaveLength(events);
    expect(await rolesOf(realm, user)).toEqual(ROLES);
    const [status, info] = await ask('GET', user.username);
    expect([status, info]).toMatchObject([200, { data: { id: user.id, admin: true } }]);
    expect((await listed()).at(-1)).toEqual((info as { data: object }).data);
  });

  it('18 grants the three roles with an event for each, to nobody else', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const before = (await kobil.world.events(realm)).length;
    await ask('PUT', `${user.id}/promote`);
    const events = (await kobil.world.events(realm)).slice(before);
    expect(events.map(({ type, params }) => [type, params['role']]).sort()).toEqual(
      ROLES.map((role) => ['role_grant.added', role]),
    );
    expect(await rolesOf(realm, other)).toEqual([]);
  });

  it('18 adds the roles and their client to a tenant that does not have them, once', async () => {
    const users = [await newUser(kobil.acme), await newUser(kobil.acme)];
    for (const { id } of users) expect(await ask('PUT', `${id}/promote`, 'acme')).toEqual(PROMOTED);
    for (const user of users) expect(await rolesOf(kobil.acme, user)).toEqual(ROLES);
    const made = (await kobil.world.events(kobil.acme)).filter(({ type }) => type === 'role.created');
    expect(made.map(({ params }) => params['name']).sort()).toEqual(ROLES);
    const clients = (await kobil.world.events(kobil.acme)).filter(({ type }) => type === 'client.created');
    expect(clients.map(({ client_id }) => client_id)).toEqual(['realm-management']);
    expect(await namesListed('acme')).toEqual(users.map(({ username }) => username));
  });

  it('18 and 19 in master: the two roles of the tenant, of which one gives everything in every tenant', async () => {
    const user = await newUser(kobil.master);
    expect(await ask('PUT', `${user.id}/promote`, 'master')).toEqual(PROMOTED);
    expect(await rolesOf(kobil.master, user)).toEqual(['admin', 'digitanium_admin']);
    expect((await heldBy(kobil.master, user)).permissions.holdsEverything).toBe(true);
    expect(await namesListed('master')).toEqual([user.username]);
    // It is the last one with everything in every tenant, until there is another.
    expect(await ask('DELETE', `${user.id}/promote`, 'master')).toEqual(FORBIDDEN);
    expect(await namesListed('master')).toEqual([user.username]);
    const other = await newUser(kobil.master);
    const [administrator] = await kobil.world.stores.roleStore.findBuiltin(kobil.master.id, ['administrator']);
    await kobil.world.grantRole(kobil.master, { roleId: administrator!.id, holderKind: 'user', holderId: other.id });
    expect(await ask('DELETE', `${user.id}/promote`, 'master')).toEqual(REVOKED);
    expect(await rolesOf(kobil.master, user)).toEqual([]);
    expect(await namesListed('master')).toEqual([other.username]);
  });

  it('18 refuses a caller who may do less than administrators, and changes nothing', async () => {
    const [user, other] = [await newUser(), await newUser(kobil.master)];
    const poorer = (tenant: TenantRef) => kobil.token(tenant, ...all.filter((scope) => scope !== 'right:revoke'));
    expect(await ask('PUT', `${user.id}/promote`, 'harbour', poorer(realm))).toEqual(FORBIDDEN);
    expect(await rolesOf(realm, user)).toEqual([]);
    expect(await ask('PUT', `${other.id}/promote`, 'master', kobil.token(kobil.master, ...all))).toEqual(FORBIDDEN);
    expect(await rolesOf(kobil.master, other)).toEqual([]);
    const fresh = await kobil.world.tenant({ name: 'quay' });
    const theirs = await newUser(fresh);
    const before = (await kobil.world.events(fresh)).length;
    expect(await ask('PUT', `${theirs.id}/promote`, 'quay', poorer(fresh))).toEqual(FORBIDDEN);
    expect(await kobil.world.events(fresh)).toHaveLength(before);
    const { rows: items } = await kobil.world.services.roles.page(
      kobil.world.system(fresh),
      { withBuiltin: true },
      { first: 10 },
    );
    expect(items.map(({ name }) => name)).toEqual(['tenant-administrator']);
  });

  it('18 refuses where the tenant made roles and a client itself under all three names', async () => {
    const tenant = await kobil.world.tenant({ name: 'mooring' });
    for (const name of ['admin', 'digitanium_admin']) await kobil.world.newRole(tenant, { name });
    await kobil.world.newClient(tenant, { clientId: 'realm-management' });
    const user = await newUser(tenant);
    expect(await ask('PUT', `${user.id}/promote`, 'mooring', kobil.token(tenant, ...all))).toEqual([
      409,
      answer('Role already exists', 'CONFLICT'),
    ]);
    expect(await rolesOf(tenant, user)).toEqual([]);
  });

  it('19 takes the three roles and no others; once more, and of a user without them, is no error', async () => {
    const user = await newUser();
    const role = await kobil.world.newRole(realm, { name: `deck-${count}` });
    await kobil.world.grantRole(realm, { roleId: role.id, holderKind: 'user', holderId: user.id });
    await ask('PUT', `${user.id}/promote`);
    for (const _ of ['once', 'twice']) {
      expect(await ask('DELETE', `${user.username}/promote`)).toEqual(REVOKED);
      expect(await rolesOf(realm, user)).toEqual([role.name]);
    }
    expect(await namesListed()).not.toContain(user.username);
    const fresh = await kobil.world.tenant({ name: 'jetty' });
    const theirs = await newUser(fresh);
    expect(await ask('DELETE', `${theirs.id}/promote`, 'jetty', kobil.token(fresh, ...all))).toEqual(REVOKED);
  });

  it('18 and 19 refuse an unknown user, and one of another tenant', async () => {
    const theirs = await newUser(kobil.acme);
    for (const name of ['nobody', theirs.id, theirs.username])
      for (const method of ['PUT', 'DELETE']) expect(await ask(method, `${name}/promote`)).toEqual(NO_USER);
    expect(await rolesOf(kobil.acme, theirs)).toEqual([]);
  });

  it('23 lists the users who administer by any roles, by username, disabled users included', async () => {
    const tenant = await kobil.world.tenant({ name: 'dock', template: 'realm' });
    const system = kobil.world.system(tenant);
    const token = kobil.token(tenant, ...all);
    const [anna, bert, carl, dora, emil] = await Promise.all(
      ['anna', 'bert', 'carl', 'dora', 'emil'].map((username) => kobil.world.newUser(tenant, { username })),
    );
    const [bundle] = await kobil.world.stores.roleStore.findBuiltin(tenant.id, ['tenant-administrator']);
    // Through a group below another, through a role inside a role, and by two roles that are each too little.
    const top = await kobil.world.newGroup(tenant);
    const sub = await kobil.world.newGroup(tenant, { parentId: top.id });
    await kobil.world.grantRole(tenant, { roleId: bundle!.id, holderKind: 'group', holderId: top.id });
    await kobil.world.services.groupMembers.add(system, sub.id, [dora!.id]);
    const wrapper = await kobil.world.newRole(tenant, { childIds: [bundle!.id] });
    await kobil.world.grantRole(tenant, { roleId: wrapper.id, holderKind: 'user', holderId: carl!.id });
    const halves = [bundle!.permissions.slice(0, 40), bundle!.permissions.slice(40)];
    for (const permissions of halves) {
      const { id } = await kobil.world.newRole(tenant, { permissions });
      await kobil.world.grantRole(tenant, { roleId: id, holderKind: 'user', holderId: anna!.id });
      if (permissions === halves[1])
        await kobil.world.grantRole(tenant, { roleId: id, holderKind: 'user', holderId: emil!.id });
    }
    await kobil.ask('PUT', `/realms/dock/v3_user/${carl!.id}/disable`, { token, body: { enabled: false } });
    const [status, body] = await kobil.ask('GET', '/realms/dock/v3_user/adminusers', { token });
    const { data } = body as { data: { username: string; admin: boolean; enabled: boolean }[] };
    expect([status, data.map(({ username, admin, enabled }) => [username, admin, enabled])]).toEqual([
      200,
      [
        ['anna', true, true],
        ['carl', true, false],
        ['dora', true, true],
      ],
    ]);
    expect(bert).toBeDefined();
  });

  it('answer below the host of the tenant as well', async () => {
    const user = await newUser();
    const headers = { host: 'harbour.id.example.com' };
    const via = (method: string, path: string) =>
      kobil.ask(method, `/digitanium/v4/${path}`, { token: tokens['harbour']!, headers });
    expect(await via('PUT', `promoteuser/${user.username}`)).toEqual(PROMOTED);
    expect(await via('GET', 'admin/users')).toEqual(await ask('GET', 'adminusers'));
    expect(await namesListed()).toContain(user.username);
    expect(await via('DELETE', `revokeadmin/${user.id}`)).toEqual(REVOKED);
    expect(await namesListed()).not.toContain(user.username);
  });

  describe('a user with such a role', () => {
    const scopesOf = async (name: string) => {
      const user = await newUser();
      const role = (
        await kobil.world.services.roles.page(kobil.world.system(realm), { withBuiltin: true }, { first: 100 })
      ).rows.find((one) => one.name === name)!;
      await kobil.world.grantRole(realm, { roleId: role.id, holderKind: 'user', holderId: user.id });
      const { permissions } = await heldBy(realm, user);
      return kobil.token(realm, ...[...permissions.grants()].map(formatScope));
    };

    it.each(['admin', 'digitanium_admin', 'realm-admin'])(
      '%s calls the rows of its tenant, of no other',
      async (name) => {
        const token = await scopesOf(name);
        const user = await newUser();
        const theirs = await newUser(kobil.acme);
        expect(await ask('PUT', `${user.id}/promote`, 'harbour', token)).toEqual(PROMOTED);
        expect(await ask('PUT', `${theirs.id}/promote`, 'acme', token)).toEqual(FORBIDDEN);
        expect(await ask('GET', 'adminusers', 'master', token)).toEqual(FORBIDDEN);
      },
    );

    it('manage-users changes users, and makes nobody an administrator', async () => {
      const token = await scopesOf('manage-users');
      const user = await newUser();
      expect((await ask('GET', user.id, 'harbour', token))[0]).toBe(200);
      expect((await ask('GET', 'adminusers', 'harbour', token))[0]).toBe(200);
      expect(await ask('PUT', `${user.id}/promote`, 'harbour', token)).toEqual(FORBIDDEN);
    });

    it.each(['offline_access', 'uma_authorization', 'digitanium_user', 'default-roles-harbour', 'impersonation'])(
      '%s calls none',
      async (name) => {
        const token = await scopesOf(name);
        expect(await ask('GET', 'adminusers', 'harbour', token)).toEqual(FORBIDDEN);
      },
    );
  });
});
