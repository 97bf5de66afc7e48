import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 5 });
const NO_USER = [404, answer('User does not exist', 'USER_NOT_FOUND')];
const invalid = (text: string) => [400, answer(text, 'BAD_REQUEST')];

describe('KOBIL: users', () => {
  const kobil = kobilOfSuite();
  let token: string;
  let user: User;
  let count = 0;
  const scopes = [
    'user:write',
    'auth-mode:write',
    'role-grant:write',
    'role:write',
    'role:create',
    'group:create',
    'group:write',
    'group-member:write',
  ];
  const system = () => kobil.world.app(kobil.acme, ...scopes);
  beforeAll(() => {
    token = kobil.token(kobil.acme, ...scopes);
  });
  beforeEach(async () => {
    user = await kobil.world.newUser(kobil.acme, { username: `Night.Porter${++count}` });
  });
  const ask = (method: string, path: string, body?: unknown) =>
    kobil.ask(method, `/auth/realms/acme/v3_user/${path}`, { token, body });
  const graph = async (text: string, variables: object) => {
    const { data, errors } = await kobil.world.graphql(system(), text, variables as Record<string, unknown>);
    expect(errors).toEqual([]);
    return data;
  };
  const shown = async () =>
    (
      await graph('query ($id: ID!) { user(userId: $id) { isEnabled roles { name } groups { name } } }', {
        id: user.id,
      })
    ).user;
  const isEnabled = async (): Promise<boolean> => (await shown()).isEnabled;

  it('16 and 17 disable and enable one, named by its username in any case or by its id', async () => {
    expect(await ask('PUT', `${user.username.toUpperCase()}/disable`, { enabled: false })).toEqual([
      200,
      answer('User disabled successfully'),
    ]);
    expect(await isEnabled()).toBe(false);
    expect(await ask('PUT', `${user.id}/enable/`, { enabled: true })).toEqual([
      200,
      answer('User enabled successfully'),
    ]);
    expect(await isEnabled()).toBe(true);
  });

  it('16 and 17 refuse a body that says the contrary, and one that cannot be used', async () => {
    const refused = invalid('Username should not be null or empty');
    for (const body of [{ enabled: true }, { enabled: 'false' }, {}, [], undefined])
      expect(await ask('PUT', `${user.id}/disable`, body)).toEqual(refused);
    expect(await ask('PUT', `${user.id}/enable`, { enabled: false })).toEqual(refused);
    expect(await isEnabled()).toBe(true);
  });

  it('17 answers below the host of the tenant as well', async () => {
    const headers = { host: 'acme.id.example.com' };
    const path = `/digitanium/v4/users/${user.username}/enable`;
    expect(await kobil.ask('PUT', path, { token, headers, body: { enabled: true } })).toEqual([
      200,
      answer('User enabled successfully'),
    ]);
  });

  it('refuse an unknown user, and one of another tenant', async () => {
    const theirs = await kobil.world.newUser(kobil.master);
    for (const name of ['nobody', '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11', 'a~b~c', '%00', theirs.id, theirs.username]) {
      expect(await ask('PUT', `${name}/enable`, { enabled: true })).toEqual(NO_USER);
      expect(await ask('PUT', `${name}/disable`, { enabled: false })).toEqual(NO_USER);
      expect(await ask('DELETE', `${name}/role`, {})).toEqual(NO_USER);
      expect(await ask('DELETE', `${name}/requiredaction`, { requiredActions: ['VERIFY_EMAIL'] })).toEqual(NO_USER);
      expect(await ask('POST', `${name}/groups`, { groups: [] })).toEqual(NO_USER);
      expect(await ask('DELETE', `${name}/groups`, { groups: [] })).toEqual(NO_USER);
    }
  });

  describe('6', () => {
    const DONE = [200, answer('User profile updated successfully.')];
    const UNUSABLE = [400, answer('Failed to update profileCaused by null', 'GENERAL ERROR')];
    const profile = async () =>
      (
        await graph(
          'query ($id: ID!) { user(userId: $id) { username email emailVerified givenName familyName attributes } }',
          {
            id: user.id,
          },
        )
      ).user;
    const put = (body: unknown) => ask('PUT', `${user.username}/profile`, body);
    beforeEach(async () => {
      user = await kobil.world.newUser(kobil.acme, {
        username: `Ferry.Hand${count}`,
        email: `ferry${count}@quay.example`,
        emailVerified: true,
        givenName: 'Odd',
        familyName: 'Moe',
        attributes: { deck: 'upper', shifts: ['late'] },
      });
    });

    it('changes names, address and attributes; what is not sent stays, and a new address is not verified', async () => {
      const email = `odd${count}@quay.example`;
      const attributes = { shifts: ['early', 'late'], berth: '7', deck: [] };
      expect(await put({ lastName: 'Lie', attributes, unheardOf: 1 })).toEqual(DONE);
      const after = { givenName: 'Odd', familyName: 'Lie', attributes: { shifts: ['early', 'late'], berth: '7' } };
      expect(await profile()).toMatchObject({ ...after, email: user.email, emailVerified: true });
      expect(await ask('PUT', `${user.id.toUpperCase()}/profile/`, { email, firstName: '' })).toEqual(DONE);
      expect(await profile()).toEqual({
        ...after,
        username: user.username,
        givenName: null,
        email,
        emailVerified: false,
      });
      expect(
        await kobil.ask('PUT', `/digitanium/v4/users/${user.username}/profile`, {
          token,
          headers: { host: 'acme.id.example.com' },
          body: { firstName: 'Even', lastName: null },
        }),
      ).toEqual(DONE);
      expect(await profile()).toMatchObject({ givenName: 'Even', familyName: 'Lie' });
    });

    it('takes back a user as it was shown: mirrored attributes mean the members, computed ones and the username are ignored', async () => {
      const attributes = {
        username: ['another'],
        email: ['attribute@quay.example'],
        firstName: ['Anna'],
        lastName: [null],
        NUMBER_OF_FAILED_ATTEMPTS: ['9'],
        NEXT_PASSWORD_ENTRY_PASSWORD_IN: 'N/A',
        LAST_SUCCESSFUL_LOGIN_TIMESTAMP: ['1'],
        deck: 'lower',
      };
      expect(await put({ email: user.email, attributes })).toEqual(DONE);
      expect(await profile()).toEqual({
        username: user.username,
        email: user.email,
        emailVerified: true,
        givenName: 'Anna',
        familyName: null,
        attributes: { deck: 'lower', shifts: ['late'] },
      });
    });

    it('refuses an address of another user, and changes nothing then', async () => {
      const other = await kobil.world.newUser(kobil.acme, { email: `mate${count}@quay.example` });
      const before = await profile();
      expect(await put({ firstName: 'X', email: other.email!.toUpperCase() })).toEqual(invalid('User already exists'));
      expect(await profile()).toEqual(before);
    });

    it('refuses a body without a member, and values that cannot be used', async () => {
      const before = await profile();
      for (const body of [
        {},
        { unheardOf: 1 },
        { firstName: null },
        { firstName: 1 },
        { lastName: 'x'.repeat(256) },
        { email: 'nonsense' },
        { attributes: { deck: 1 } },
        { attributes: { deck: [['x']] } },
        { attributes: ['x'] },
        { attributes: { '': 'x' } },
        [],
        undefined,
      ])
        expect(await put(body)).toEqual(UNUSABLE);
      expect(await profile()).toEqual(before);
      expect(await ask('PUT', 'nobody/profile', { firstName: 'X' })).toEqual(NO_USER);
    });
  });

  describe('20', () => {
    const of = (data: unknown) => [200, { ...answer('Tenant list fetched successfully'), data }];
    const list = (name: string, as = token, tenant = 'acme') =>
      kobil.ask('GET', `/auth/realms/${tenant}/v3_user/${name}/tenantlist`, { token: as });
    let everywhere: string;
    beforeAll(() => {
      everywhere = kobil.token(kobil.master, 'user:read:all');
    });

    it('answers the tenant of the path, also where others have the username', async () => {
      await kobil.world.newUser(kobil.master, { username: user.username });
      expect(await list(user.username.toUpperCase())).toEqual(of('acme'));
      expect(await list(user.id)).toEqual(of('acme'));
      const ofMaster = kobil.token(kobil.master, 'user:read');
      expect(await list(user.username, ofMaster, 'master')).toEqual(of('master'));
      expect((await list(user.username, ofMaster))[0]).toBe(403);
    });

    it('answers every tenant with the username to callers whose permission reaches all: one as text, several in order', async () => {
      const zebra = await kobil.world.tenant({ name: `zebra-${count}` });
      const Quay = await kobil.world.tenant({ name: `Quay-${count}` });
      expect(await list(user.username, everywhere)).toEqual(of('acme'));
      for (const tenant of [zebra, kobil.master, Quay])
        await kobil.world.newUser(tenant, { username: user.username.toLowerCase(), email: `k${count}@quay.example` });
      const names = [`Quay-${count}`, 'acme', 'master', `zebra-${count}`];
      expect(await list(user.username, everywhere)).toEqual(of(names));
      expect(await list(user.id, everywhere)).toEqual(of(names));
      const headers = { host: 'acme.id.example.com' };
      expect(
        await kobil.ask('GET', `/digitanium/v4/tenantlist/${user.username}`, { token: everywhere, headers }),
      ).toEqual(of(names));
      await kobil.world.services.tenants.delete(kobil.world.system(Quay));
      expect(await list(user.username, everywhere)).toEqual(of(names.slice(1)));
    });

    it('answers the user whom an id of the tenant of the path names, also where another tenant has it as a username', async () => {
      const { id, username } = await kobil.world.newUser(kobil.acme, {
        id: `berth${count}`,
        username: `Mooring${count}`,
      });
      await kobil.world.newUser(kobil.master, { username: id });
      for (const as of [token, everywhere]) expect(await list(id, as)).toEqual(of('acme'));
      await kobil.world.newUser(kobil.master, { username });
      expect(await list(id, everywhere)).toEqual(of(['acme', 'master']));
      expect(await list(id)).toEqual(of('acme'));
    });

    it('answers a user of another tenant only to callers whose permission reaches it; addresses are no usernames', async () => {
      const theirs = await kobil.world.newUser(kobil.master, {
        username: `Far.Keeper${count}`,
        email: `far${count}@quay.example`,
      });
      expect(await list(theirs.username)).toEqual(NO_USER);
      expect(await list(theirs.username, everywhere)).toEqual(of('master'));
      for (const as of [token, everywhere])
        for (const name of ['nobody', theirs.id, theirs.email!, '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11', 'a~b~c', '%00'])
          expect(await list(name, as)).toEqual(NO_USER);
    });
  });

  describe('21', () => {
    const DONE = [200, answer('User required actions revoked successfully')];
    const left = async () =>
      (await graph('query ($id: ID!) { authModes(userId: $id) { requiredActions } }', { id: user.id })).authModes
        .requiredActions;
    beforeEach(async () => {
      user = await kobil.world.newUser(kobil.acme, {
        username: `Bell.Ringer${count}`,
        requiredActions: ['UPDATE_PASSWORD', 'kobil-reg-status-required-action', 'VERIFY_EMAIL'],
      });
    });

    it('revokes actions whatever their case and dashes, of disabled users too; those not required are ignored', async () => {
      await ask('PUT', `${user.id}/disable`, { enabled: false });
      const body = { requiredActions: ['update-password', 'KOBIL_REG_STATUS_REQUIRED_ACTION', 'CONFIGURE_TOTP'] };
      for (const _ of ['once', 'twice'])
        expect(await ask('DELETE', `${user.username.toUpperCase()}/requiredaction`, body)).toEqual(DONE);
      expect(await left()).toEqual(['VERIFY_EMAIL']);
    });

    it('answers below the host of the tenant as well', async () => {
      const path = `/digitanium/v4/users/${user.username}/requiredaction`;
      const request = { token, headers: { host: 'acme.id.example.com' }, body: { requiredActions: ['verify_email'] } };
      expect(await kobil.ask('DELETE', path, request)).toEqual(DONE);
      expect(await left()).toEqual(['UPDATE_PASSWORD', 'kobil-reg-status-required-action']);
    });

    it('refuses no action and a body that cannot be used', async () => {
      const refused = invalid('UserId should not be null or empty');
      const many = Array.from({ length: 101 }, () => 'VERIFY_EMAIL');
      for (const body of [
        {},
        { requiredActions: [] },
        { requiredActions: null },
        { requiredActions: 'VERIFY_EMAIL' },
        { requiredActions: [1] },
        { requiredActions: many },
        [],
        undefined,
      ])
        expect(await ask('DELETE', `${user.id}/requiredaction`, body)).toEqual(refused);
      expect(await left()).toHaveLength(3);
    });

    it('is refused for an account with more powers than the caller', async () => {
      const role = await kobil.world.newRole(kobil.acme, { permissions: ['key:rotate'] });
      await kobil.world.grantRole(kobil.acme, { roleId: role.id, holderKind: 'user', holderId: user.id });
      expect((await ask('DELETE', `${user.id}/requiredaction`, { requiredActions: ['VERIFY_EMAIL'] }))[0]).toBe(403);
      expect(await left()).toHaveLength(3);
    });
  });

  describe('22', () => {
    const roles = async () => (await shown()).roles.map(({ name }: { name: string }) => name).sort();
    beforeEach(async () => {
      const clientId = `desk-${count}`;
      await kobil.world.newClient(kobil.acme, { clientId });
      const create = 'mutation ($input: CreateRoleInput!) { createRole(input: $input) { __typename } }';
      for (const name of [`keys-${count}`, `rounds-${count}`]) await graph(create, { input: { name } });
      await graph(create, { input: { name: 'ring', clientId } });
      await graph('mutation ($input: GrantRolesInput!) { grantRoles(input: $input) { __typename } }', {
        input: {
          userId: user.id,
          roles: [{ name: `keys-${count}` }, { name: `rounds-${count}` }, { name: 'ring', clientId }],
        },
      });
    });

    it('withdraws roles of the tenant and of apps; those that the user does not have are ignored', async () => {
      const body = { realmRoles: [`keys-${count}`], clientRoles: { [`desk-${count}`]: ['ring'] } };
      const done = [200, answer('User roles revoked successfully')];
      expect(await ask('DELETE', `${user.username}/role`, body)).toEqual(done);
      expect(await roles()).toEqual([`rounds-${count}`]);
      expect(await ask('DELETE', `${user.username}/role`, body)).toEqual(done);
    });

    it('changes nothing without roles or without a body', async () => {
      for (const body of [{}, { realmRoles: null }, undefined])
        expect(await ask('DELETE', `${user.id}/role`, body)).toEqual([200, answer('User roles revoked successfully')]);
      expect(await roles()).toHaveLength(3);
    });

    it('refuses an unknown role or app, and changes nothing then', async () => {
      const known = `keys-${count}`;
      expect(await ask('DELETE', `${user.id}/role`, { realmRoles: [known, 'none'] })).toEqual(
        invalid('ROLE_NOT_FOUND'),
      );
      expect(await ask('DELETE', `${user.id}/role`, { realmRoles: [known], clientRoles: { none: ['x'] } })).toEqual(
        invalid('App does not exist'),
      );
      expect(await roles()).toHaveLength(3);
    });

    it('refuses a body that cannot be used', async () => {
      const refused = invalid('UserId should not be null or empty');
      for (const body of [{ realmRoles: 'x' }, { clientRoles: ['x'] }, [], { realmRoles: [1] }])
        expect(await ask('DELETE', `${user.id}/role`, body)).toEqual(refused);
      expect(
        await kobil.ask('DELETE', `/realms/acme/v3_user/${user.id}/role`, {
          token,
          body: '{',
          headers: { 'content-type': 'application/json' },
        }),
      ).toEqual(refused);
    });
  });

  describe('30 and 31', () => {
    const groups = async () => (await shown()).groups.map(({ name }: { name: string }) => name).sort();
    const create = async (name: string): Promise<string> => {
      const text = 'mutation ($input: CreateGroupInput!) { createGroup(input: $input) { group { id } } }';
      const { createGroup } = await graph(text, { input: { name } });
      return createGroup.group.id.split('~')[2];
    };

    it('add a user to groups and remove it, by name or id; a second time is no error', async () => {
      const [first, second] = [`day-${count}`, `night-${count}`];
      await create(first);
      const id = await create(second);
      for (const _ of ['once', 'twice'])
        expect(await ask('POST', `${user.id}/groups`, { groups: [first, { id }] })).toEqual([
          200,
          answer('User group added successfully.'),
        ]);
      expect(await groups()).toEqual([first, second]);
      for (const _ of ['once', 'twice'])
        expect(await ask('DELETE', `${user.id}/groups`, { groups: [{ name: first }] })).toEqual([
          200,
          answer('User group removed successfully.', 'Success'),
        ]);
      expect(await groups()).toEqual([second]);
    });

    it('change nothing if one of the groups is unknown', async () => {
      const name = `week-${count}`;
      await create(name);
      const missing = [404, answer('Group does not exist', 'NOT_FOUND')];
      for (const other of ['none', { id: '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11' }, { name: 'none' }]) {
        expect(await ask('POST', `${user.id}/groups`, { groups: [name, other] })).toEqual(missing);
        expect(await ask('DELETE', `${user.id}/groups`, { groups: [name, other] })).toEqual(missing);
      }
      expect(await groups()).toEqual([]);
    });

    it('refuse a body without groups', async () => {
      for (const body of [{}, { groups: 'x' }, { groups: [1] }, [], undefined])
        for (const method of ['POST', 'DELETE'])
          expect(await ask(method, `${user.id}/groups`, body)).toEqual(invalid('Mandatory data is missing'));
    });
  });
});
