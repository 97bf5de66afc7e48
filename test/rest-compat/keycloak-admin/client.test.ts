import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { type RestClient, serveWorld } from '../../support/rest.ts';
import { World } from '../../support/world.ts';

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
  'role-grant:write',
  'client:read',
  'group:read',
  'group-member:write',
  'session:read',
  'session:revoke',
  'consent:read',
  'consent:revoke',
  'federation-link:read',
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
