import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { type RestClient, serveWorld } from '../../support/rest.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const PASSWORD = 'nine-otters-under-birches';
const PERMISSIONS = [
  'user:create',
  'user:write',
  'user:delete',
  'auth-mode:write',
  'password:set',
  'credential:write',
  'credential:delete',
  'role:read',
  'role:create',
  'role:write',
  'role:delete',
  'role-grant:write',
  'client:read',
  'group:read',
  'group:create',
  'group:write',
  'group:delete',
  'setting:write',
  'block:read',
  'block:lift',
  'group-member:write',
  'session:read',
  'session:revoke',
  'consent:read',
  'consent:revoke',
  'federation-link:read',
  'federation-link:write',
];

describe('the stock client of the administration', () => {
  let world: World;
  let rest: RestClient;
  let acme: TenantRef;
  let token: string;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
    rest = await serveWorld(world);
    // The client compares the end of the token with the time of its process.
    world.clock.advance((Date.now() - world.clock.now().getTime()) / 1000);
    const { client, secret } = await world.newClient(acme, {
      grantTypes: ['client_credentials'],
      permissions: PERMISSIONS,
    });
    const { json } = await rest.ask('POST', '/t/acme/oauth/token', {
      headers: {
        authorization: `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    token = json.access_token;
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
  });

  describe.each(['', '/auth'])('at the base path "%s"', (base) => {
    let admin: KeycloakAdminClient;
    let id: string;
    const username = `pike${base.slice(1)}`;
    beforeAll(() => {
      admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${rest.port}${base}`, realmName: 'acme' });
      admin.setAccessToken(token);
    });

    it('makes a user and finds it in every way', async () => {
      const made = await admin.users.create({
        username,
        email: `${username}@reeds.example`,
        firstName: 'Ola',
        lastName: 'Pike',
        enabled: true,
        attributes: { berth: ['7'] },
        credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
      });
      expect(made).toEqual({ id: expect.any(String) });
      id = made.id;
      const shown = {
        id,
        username,
        firstName: 'Ola',
        lastName: 'Pike',
        email: `${username}@reeds.example`,
        emailVerified: false,
        enabled: true,
        createdTimestamp: world.clock.now().getTime(),
        attributes: { berth: ['7'] },
        requiredActions: [],
        totp: false,
        disableableCredentialTypes: [],
        notBefore: 0,
        access: { manageGroupMembership: true, view: true, mapRoles: true, impersonate: false, manage: true },
      };
      expect(await admin.users.findOne({ id })).toEqual(shown);
      expect(await admin.users.find({ username, exact: true })).toEqual([shown]);
      expect(await admin.users.find({ search: `"${username}"`, first: 0, max: 5 })).toEqual([shown]);
      expect(await admin.users.find({ email: `${username}@`, q: 'berth:7' })).toEqual([shown]);
      expect(await admin.users.count({ username })).toBe(1);
      expect(await world.services.passwords.verify(acme.id, id, PASSWORD)).toBe(true);
    });

    it('changes it, gives it another password and deletes it', async () => {
      await admin.users.update({ id }, { lastName: 'Roach', emailVerified: true, attributes: { shift: ['late'] } });
      expect(await admin.users.findOne({ id })).toMatchObject({
        username,
        firstName: 'Ola',
        lastName: 'Roach',
        emailVerified: true,
        attributes: { shift: ['late'] },
      });
      const value = `${PASSWORD}-again`;
      await admin.users.resetPassword({ id, credential: { type: 'password', value, temporary: true } });
      expect(await world.services.passwords.verify(acme.id, id, value)).toBe(true);
      expect((await admin.users.findOne({ id }))?.requiredActions).toEqual(['UPDATE_PASSWORD']);
      await admin.users.del({ id });
      expect(await admin.users.findOne({ id })).toBeNull();
    });

    it('grants roles of the realm and of a client', async () => {
      const { id: user } = await world.newUser(acme);
      const role = await world.newRole(acme, { description: 'Holds the lamp.' });
      const { client } = await world.newClient(acme);
      const own = await world.services.roles.create(world.system(acme), { name: 'keeper', clientUuid: client.id });
      const roles = [{ id: role.id, name: role.name }];
      const ofClient = { id: user, clientUniqueId: client.id };
      const realmRole = {
        id: role.id,
        name: role.name,
        description: 'Holds the lamp.',
        composite: false,
        clientRole: false,
      };
      const clientRole = { id: own.id, name: 'keeper', composite: false, clientRole: true, containerId: client.id };
      expect(await admin.users.listAvailableRealmRoleMappings({ id: user })).toContainEqual(realmRole);
      expect(await admin.users.listAvailableClientRoleMappings(ofClient)).toEqual([clientRole]);
      await admin.users.addRealmRoleMappings({ id: user, roles });
      await admin.users.addClientRoleMappings({ ...ofClient, roles: [{ id: own.id, name: 'keeper' }] });
      expect(await admin.users.listRealmRoleMappings({ id: user })).toEqual([realmRole]);
      expect(await admin.users.listClientRoleMappings(ofClient)).toEqual([clientRole]);
      expect(await admin.users.listAvailableRealmRoleMappings({ id: user })).not.toContainEqual(realmRole);
      expect(await admin.users.listAvailableClientRoleMappings(ofClient)).toEqual([]);
      expect(await admin.users.listRoleMappings({ id: user })).toEqual({
        realmMappings: [realmRole],
        clientMappings: { [client.clientId]: { id: client.id, client: client.clientId, mappings: [clientRole] } },
      });
      const outer = await world.newRole(acme, { childIds: [role.id, own.id] });
      const { id: holder } = await world.newUser(acme);
      await world.grantRole(acme, { roleId: outer.id, holderKind: 'user', holderId: holder });
      const { name } = outer;
      const composite = { id: outer.id, name, composite: true, clientRole: false };
      expect(await admin.users.listCompositeRealmRoleMappings({ id: holder })).toEqual([realmRole, composite]);
      const ofHolder = { id: holder, clientUniqueId: client.id };
      expect(await admin.users.listCompositeClientRoleMappings(ofHolder)).toEqual([clientRole]);
      await admin.users.delRealmRoleMappings({ id: user, roles });
      await admin.users.delClientRoleMappings({ ...ofClient, roles: [{ id: own.id, name: 'keeper' }] });
      expect(await admin.users.listRoleMappings({ id: user })).toEqual({ realmMappings: [], clientMappings: {} });
    });

    it('adds to groups and removes from them', async () => {
      const { id: user } = await world.newUser(acme);
      const parent = await world.newGroup(acme);
      const group = await world.newGroup(acme, { parentId: parent.id, attributes: { deck: 'aft' } });
      const shown = {
        id: group.id,
        name: group.name,
        path: `/${parent.name}/${group.name}`,
        parentId: parent.id,
        subGroups: [],
      };
      await admin.users.addToGroup({ id: user, groupId: group.id });
      expect(await admin.users.listGroups({ id: user })).toEqual([shown]);
      const whole = { id: user, briefRepresentation: false, search: group.name };
      expect(await admin.users.listGroups(whole)).toEqual([{ ...shown, attributes: { deck: ['aft'] } }]);
      expect(await admin.users.countGroups({ id: user })).toEqual({ count: 1 });
      await admin.users.delFromGroup({ id: user, groupId: group.id });
      expect(await admin.users.listGroups({ id: user })).toEqual([]);
    });

    it('makes roles of the realm, changes and deletes them', async () => {
      const name = `mate ${base}`;
      const made = await admin.roles.create({ name, description: 'Sails.', attributes: { watch: ['dog', 'first'] } });
      const last = base === '' ? 'mate%20' : 'mate%20%2Fauth';
      expect(made).toEqual({ roleName: last });
      const shown = await admin.roles.findOneByName({ name });
      const full = {
        id: expect.any(String),
        name,
        description: 'Sails.',
        composite: false,
        clientRole: false,
        attributes: { watch: ['dog', 'first'] },
      };
      expect(shown).toEqual(full);
      const { attributes: _, ...brief } = full;
      expect(await admin.roles.find({ search: 'MATE', max: 5 })).toContainEqual(brief);
      expect(await admin.roles.find({ search: 'mate', briefRepresentation: false })).toContainEqual(full);
      await admin.roles.updateByName({ name }, { name, description: 'Steers.', attributes: { watch: ['last'] } });
      const id = shown!.id!;
      expect(await admin.roles.findOneById({ id })).toMatchObject({
        description: 'Steers.',
        attributes: { watch: ['last'] },
      });
      await admin.roles.updateById({ id }, { name: `bosun${base}`, description: '' });
      expect(await admin.roles.findOneById({ id })).toEqual({
        id,
        name: `bosun${base}`,
        composite: false,
        clientRole: false,
        attributes: { watch: ['last'] },
      });
      await admin.roles.delByName({ name: `bosun${base}` });
      expect(await admin.roles.findOneByName({ name: `bosun${base}` })).toBeNull();
      expect(await admin.roles.findOneById({ id })).toBeNull();
    });

    it('puts roles into roles and shows who has one', async () => {
      const { client } = await world.newClient(acme);
      const own = await world.services.roles.create(world.system(acme), { name: 'keeper', clientUuid: client.id });
      const inner = await world.newRole(acme);
      const { roleName } = await admin.roles.create({
        name: `crew${base.slice(1)}`,
        composite: true,
        composites: { realm: [inner.name], client: { [client.clientId]: ['keeper'] } },
      });
      const { id } = (await admin.roles.findOneByName({ name: roleName }))!;
      const names = async (roles: Promise<{ name?: string }[]>) => (await roles).map((role) => role.name).sort();
      const all = () => names(admin.roles.getCompositeRoles({ id: id! }));
      expect(await all()).toEqual([inner.name, 'keeper'].sort());
      expect(await names(admin.roles.getCompositeRolesForRealm({ id: id! }))).toEqual([inner.name]);
      const ofClient = { id: id!, clientId: client.id };
      expect(await names(admin.roles.getCompositeRolesForClient(ofClient))).toEqual(['keeper']);
      await admin.roles.delCompositeRoles({ id: id! }, [{ id: own.id, name: 'keeper' }]);
      expect(await all()).toEqual([inner.name]);
      await admin.roles.createComposite({ roleId: id! }, [{ id: own.id, name: 'keeper' }]);
      expect(await all()).toEqual([inner.name, 'keeper'].sort());
      const { id: user } = await world.newUser(acme);
      await world.grantRole(acme, { roleId: id!, holderKind: 'user', holderId: user });
      const holders = await admin.roles.findUsersWithRole({ name: roleName, max: 10 });
      expect(holders.map((holder) => [holder.id, holder.requiredActions])).toEqual([[user, []]]);
      await admin.roles.delById({ id: id! });
    });

    it('makes groups, finds, moves, changes and deletes them', async () => {
      const name = `fleet${base.slice(1)}`;
      const { id } = await admin.groups.create({ name, attributes: { sea: ['north'] } });
      const access = { view: true, viewMembers: true, manageMembers: true, manage: true, manageMembership: true };
      const brief = { id, name, path: `/${name}`, subGroupCount: 0, subGroups: [], access };
      const full = { ...brief, attributes: { sea: ['north'] }, realmRoles: [], clientRoles: {} };
      expect(await admin.groups.findOne({ id })).toEqual(full);
      const child = await admin.groups.createChildGroup({ id }, { name: 'Van' });
      const shown = { ...brief, id: child.id, name: 'Van', path: `/${name}/Van`, parentId: id };
      expect(await admin.groups.listSubGroups({ parentId: id })).toEqual([shown]);
      expect(await admin.groups.find({ search: 'van', first: 0, max: 10 })).toContainEqual({
        ...brief,
        subGroupCount: 1,
        subGroups: [shown],
      });
      expect(await admin.groups.find({ q: 'sea:north', briefRepresentation: false })).toContainEqual({
        ...full,
        subGroupCount: 1,
      });
      expect((await admin.groups.count({ search: 'van' })).count).toBeGreaterThan(0);
      const { id: user } = await world.newUser(acme);
      await admin.users.addToGroup({ id: user, groupId: child.id });
      expect((await admin.groups.listMembers({ id: child.id })).map((member) => member.id)).toEqual([user]);
      await admin.groups.updateRoot({ id: child.id, name: 'Van' });
      expect((await admin.groups.findOne({ id: child.id }))?.path).toBe('/Van');
      await admin.groups.updateChildGroup({ id }, { id: child.id, name: 'Van' });
      expect((await admin.groups.findOne({ id: child.id }))?.parentId).toBe(id);
      await admin.groups.update({ id }, { name: `${name}2`, attributes: {} });
      expect(await admin.groups.findOne({ id })).toMatchObject({ name: `${name}2`, attributes: {} });
      await admin.groups.del({ id });
      expect(await admin.groups.findOne({ id: child.id })).toBeNull();
    });

    it('grants roles to groups', async () => {
      const parent = await world.newGroup(acme);
      const { id } = await world.newGroup(acme, { parentId: parent.id });
      const role = await world.newRole(acme);
      const { client } = await world.newClient(acme);
      const own = await world.services.roles.create(world.system(acme), { name: 'keeper', clientUuid: client.id });
      const ofClient = { id, clientUniqueId: client.id };
      const realmRole = { id: role.id, name: role.name, composite: false, clientRole: false };
      const clientRole = { id: own.id, name: 'keeper', composite: false, clientRole: true, containerId: client.id };
      const named = (one: { id: string; name: string }) => [{ id: one.id, name: one.name }];
      expect(await admin.groups.listAvailableRealmRoleMappings({ id })).toContainEqual(realmRole);
      expect(await admin.groups.listAvailableClientRoleMappings(ofClient)).toEqual([clientRole]);
      await admin.groups.addRealmRoleMappings({ id, roles: named(role) });
      await admin.groups.addClientRoleMappings({ ...ofClient, roles: named(own) });
      expect(await admin.groups.listRealmRoleMappings({ id })).toEqual([realmRole]);
      expect(await admin.groups.listClientRoleMappings(ofClient)).toEqual([clientRole]);
      expect(await admin.groups.listRoleMappings({ id })).toEqual({
        realmMappings: [realmRole],
        clientMappings: { [client.clientId]: { id: client.id, client: client.clientId, mappings: [clientRole] } },
      });
      expect(await admin.groups.findOne({ id })).toMatchObject({
        realmRoles: [role.name],
        clientRoles: { [client.clientId]: ['keeper'] },
      });
      const above = await world.newRole(acme);
      await world.grantRole(acme, { roleId: above.id, holderKind: 'group', holderId: parent.id });
      const composite = await admin.groups.listCompositeRealmRoleMappings({ id });
      expect(composite.map(({ name }) => name).sort()).toEqual([above.name, role.name].sort());
      expect(await admin.groups.listCompositeClientRoleMappings(ofClient)).toEqual([clientRole]);
      await admin.groups.delRealmRoleMappings({ id, roles: named(role) });
      await admin.groups.delClientRoleMappings({ ...ofClient, roles: named(own) });
      expect(await admin.groups.listRoleMappings({ id })).toEqual({ realmMappings: [], clientMappings: {} });
    });

    it('lets new users join groups', async () => {
      const { id, name } = await world.newGroup(acme);
      await admin.realms.addDefaultGroup({ realm: 'acme', id });
      const groups = await admin.realms.getDefaultGroups({ realm: 'acme' });
      expect(groups.map((group) => group.name)).toEqual([name]);
      const made = await admin.users.create({ username: `roe${base.slice(1)}` });
      expect((await admin.users.listGroups({ id: made.id })).map((group) => group.id)).toEqual([id]);
      await admin.realms.removeDefaultGroup({ realm: 'acme', id });
      expect(await admin.realms.getDefaultGroups({ realm: 'acme' })).toEqual([]);
    });

    const failSignIn = (userId: string) =>
      world.services.lockouts.fail(
        {
          tenant: acme,
          factor: 'first',
          userId,
          name: userId,
          peerIp: TEST_ORIGIN.peerIp,
          knownDeviceId: null,
        },
        world.app(acme),
      );

    it('shows failed sign-ins and forgets them', async () => {
      const none = {
        failedLoginNotBefore: 0,
        numFailures: 0,
        numTemporaryLockouts: 0,
        disabled: false,
        numSecondaryAuthFailures: 0,
        lastIPFailure: 'n/a',
        lastFailure: 0,
      };
      const { id: user } = await world.newUser(acme);
      expect(await admin.attackDetection.findOne({ id: user })).toEqual(none);
      await failSignIn(user);
      expect(await admin.attackDetection.findOne({ id: user })).toEqual({
        ...none,
        numFailures: 1,
        lastIPFailure: TEST_ORIGIN.peerIp,
        lastFailure: world.clock.now().getTime(),
      });
      await admin.attackDetection.del({ id: user });
      expect(await admin.attackDetection.findOne({ id: user })).toEqual(none);
      await failSignIn(user);
      await admin.attackDetection.delAll();
      expect(await admin.attackDetection.findOne({ id: user })).toEqual(none);
      expect(await admin.attackDetection.findOne({ id: 'nobody' })).toEqual(none);
      await admin.attackDetection.del({ id: 'nobody' });
    });

    it('puts credentials in order, and removes code apps', async () => {
      const { id: user } = await world.newUser(acme);
      await world.givePassword(acme, user);
      const { id: credentialId } = await world.giveTotp(acme, user);
      const types = async () => (await admin.users.getCredentials({ id: user })).map(({ type }) => type);
      expect(await types()).toEqual(['password', 'otp']);
      await admin.users.moveCredentialPositionUp({ id: user, credentialId });
      expect(await types()).toEqual(['otp', 'password']);
      const [, password] = await admin.users.getCredentials({ id: user });
      await admin.users.moveCredentialPositionDown({ id: user, credentialId, newPreviousCredentialId: password!.id! });
      expect(await types()).toEqual(['password', 'otp']);
      await admin.users.removeTotp({ id: user });
      expect(await types()).toEqual(['password']);
    });

    it('shows sessions and ends them', async () => {
      const { id: user, username: name } = await world.newUser(acme);
      const { session } = await world.signedIn(acme, user);
      const now = world.clock.now().getTime();
      expect(await admin.users.listSessions({ id: user })).toEqual([
        {
          id: session.id,
          username: name,
          userId: user,
          start: now,
          lastAccess: now,
          rememberMe: false,
          transientUser: false,
        },
      ]);
      await admin.users.logout({ id: user });
      expect(await admin.users.listSessions({ id: user })).toEqual([]);
    });

    it('shows credentials, names and removes them', async () => {
      const { id: user } = await world.newUser(acme);
      await world.givePassword(acme, user);
      const { id: credentialId } = await world.giveTotp(acme, user);
      await admin.users.updateCredentialLabel({ id: user, credentialId }, 'Grey phone');
      const shown = await admin.users.getCredentials({ id: user });
      expect(shown).toEqual([
        {
          id: expect.any(String),
          type: 'password',
          createdDate: expect.any(Number),
          credentialData: expect.stringContaining('argon2'),
        },
        {
          id: credentialId,
          type: 'otp',
          userLabel: 'Grey phone',
          createdDate: expect.any(Number),
          credentialData: expect.stringContaining('totp'),
        },
      ]);
      await admin.users.deleteCredential({ id: user, credentialId });
      expect((await admin.users.getCredentials({ id: user })).map(({ type }) => type)).toEqual(['password']);
    });

    it('shows linked accounts and consents, and withdraws a consent', async () => {
      const { id: user } = await world.newUser(acme);
      const provider = await world.newProvider(acme);
      await world.link(acme, user, provider, '77', 'Ola');
      const nameless = await world.newProvider(acme, { name: `zz-${user}` });
      await world.link(acme, user, nameless, '78');
      expect(await admin.users.listFederatedIdentities({ id: user })).toEqual([
        { identityProvider: provider.name, userId: '77', userName: 'Ola' },
        { identityProvider: nameless.name, userId: '78' },
      ]);
      const { client } = await world.newClient(acme);
      await world.consent(acme, user, client, ['openid', 'email']);
      const at = world.clock.now().getTime();
      expect(await admin.users.listConsents({ id: user })).toEqual([
        {
          clientId: client.clientId,
          grantedClientScopes: ['email', 'openid'],
          createdDate: at,
          lastUpdatedDate: at,
          additionalGrants: [],
        },
      ]);
      await admin.users.revokeConsent({ id: user, clientId: client.clientId });
      expect(await admin.users.listConsents({ id: user })).toEqual([]);
    });

    it('links accounts at providers and unlinks them', async () => {
      const { id: user } = await world.newUser(acme);
      const { name } = await world.newProvider(acme);
      const link = { id: user, federatedIdentityId: name };
      const federatedIdentity = { identityProvider: name, userId: `41${base}`, userName: 'Ola' };
      await admin.users.addToFederatedIdentity({ ...link, federatedIdentity });
      expect(await admin.users.listFederatedIdentities({ id: user })).toEqual([federatedIdentity]);
      const found = await admin.users.find({ idpAlias: name, idpUserId: `41${base}` });
      expect(found.map(({ id }) => id)).toEqual([user]);
      expect(await admin.users.count({ idpAlias: name } as object)).toBe(1);
      expect(await admin.users.find({ idpAlias: name, idpUserId: '42' })).toEqual([]);
      await expect(
        admin.users.addToFederatedIdentity({ ...link, federatedIdentity: { ...federatedIdentity, userId: '42' } }),
      ).rejects.toThrow('User is already linked with provider');
      await admin.users.delFromFederatedIdentity(link);
      expect(await admin.users.listFederatedIdentities({ id: user })).toEqual([]);
      await expect(admin.users.delFromFederatedIdentity(link)).rejects.toThrow('Link not found');
    });

    it('shows attributes that the realm has not defined, and no credentials of other stores', async () => {
      const { id: user } = await world.newUser(acme, { attributes: { berth: ['7'], size: 3 } });
      expect(await admin.users.getUnmanagedAttributes({ id: user })).toEqual({ berth: ['7'], size: ['3'] });
      expect(await admin.users.getUserStorageCredentialTypes({ id: user })).toEqual([]);
    });

    it('shows the text of a refusal', async () => {
      await admin.users.create({ username: `bream${username}` });
      await expect(admin.users.create({ username: `bream${username}` })).rejects.toThrow(
        'User exists with same username',
      );
      await expect(admin.users.create({ username: '' })).rejects.toThrow('User name is missing');
      await expect(admin.users.del({ id: 'nobody' })).rejects.toThrow('User not found');
    });
  });
});
