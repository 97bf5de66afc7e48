import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 5 });
const NO_USER = [404, answer('User does not exist', 'USER_NOT_FOUND')];
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden', ...answer('HTTP 403 Forbidden', 'FORBIDDEN') }];
const invalid = (text: string) => [400, answer(text, 'BAD_REQUEST')];
const TAKEN = [409, answer('User already exists', 'CONFLICT')];
const PASSWORD = 'seven-herons-at-ebb';
const HOST = { host: 'acme.id.example.com' };
const SCOPES = [
  'user:create',
  'user:write',
  'auth-mode:write',
  'password:set',
  'role-grant:write',
  'group-member:write',
];

/** Bodies that neither operation can use, with the text that says why. */
const UNUSABLE: readonly [text: string, body: object][] = [
  ['Invalid username', { username: 'two words' }],
  ['Invalid username', { username: 'a/b' }],
  ['Invalid username', { username: '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11' }],
  ['Invalid username', { username: 'x'.repeat(256) }],
  ['Invalid username', { username: 'purser@quay.example' }],
  ['Invalid username', { username: 'PURSER-1' }],
  ['Invalid password', { credentials: [{ type: 'password', value: 'short' }] }],
  ['Invalid password', { credentials: [{ value: 'x'.repeat(1025) }] }],
  ['Invalid password', { credentials: [{ value: '' }] }],
  ['ROLE_NOT_FOUND', { realmRoles: ['steward', 'none'] }],
  ['ROLE_NOT_FOUND', { realmRoles: [['steward', 'none']] }],
  ['ROLE_NOT_FOUND', { clientRoles: { galley: ['none'] } }],
  ['App does not exist', { clientRoles: { none: ['cook'] } }],
  ['Group does not exist', { groups: ['deck', 'none'] }],
  ['Mandatory data is missing', { email: 'nonsense' }],
  ['Mandatory data is missing', { email: 1 }],
  ['Mandatory data is missing', { firstName: 'x'.repeat(256) }],
  ['Mandatory data is missing', { enabled: 'true' }],
  ['Mandatory data is missing', { emailVerified: 1 }],
  ['Mandatory data is missing', { attributes: { berth: 1 } }],
  ['Mandatory data is missing', { attributes: ['x'] }],
  ['Mandatory data is missing', { attributes: { '': 'x' } }],
  ['Mandatory data is missing', { attributes: { rank: 'captain' } }],
  ['Mandatory data is missing', { credentials: PASSWORD }],
  ['Mandatory data is missing', { credentials: [{ type: 'password' }] }],
  ['Mandatory data is missing', { credentials: [{ type: 'otp', value: PASSWORD }] }],
  ['Mandatory data is missing', { groups: 'deck' }],
  ['Mandatory data is missing', { realmRoles: [1] }],
  ['Mandatory data is missing', { clientRoles: ['cook'] }],
  ['Mandatory data is missing', { requiredActions: ['a b'] }],
  ['Mandatory data is missing', { realmRoles: Array(201).fill('steward') }],
];

describe('KOBIL: users with password, roles and groups', () => {
  const kobil = kobilOfSuite();
  let token: string;
  let user: User;
  let count = 0;
  beforeAll(async () => {
    const { world, acme } = kobil;
    token = kobil.token(acme, ...SCOPES);
    const rank = { name: 'rank', type: 'text' as const, isList: false, isUnmodifiable: false };
    await world.services.tenants.updateSettings(world.system(acme), {
      passwordMinLength: 8,
      attributes: [{ ...rank, validators: [{ code: 'long', message: 'Three letters.', max: 3 }] }],
    });
    await world.newUser(acme, { id: 'purser-1', username: 'Purser', email: 'purser@quay.example' });
    const { client } = await world.newClient(acme, { clientId: 'galley' });
    await world.newRole(acme, { name: 'steward' });
    await world.newRole(acme, { name: 'mate' });
    await world.services.roles.create(world.system(acme), { name: 'cook', clientUuid: client.id });
    const deck = await world.newGroup(acme, { name: 'deck' });
    await world.newGroup(acme, { name: 'aft', parentId: deck.id });
  });
  beforeEach(async () => {
    user = await kobil.world.newUser(kobil.acme, {
      username: `Able.Hand${++count}`,
      email: `hand${count}@quay.example`,
      emailVerified: true,
      givenName: 'Liv',
      requiredActions: ['VERIFY_PHONE'],
      attributes: { berth: '3', shifts: ['late'] },
    });
  });

  const stored = (username: string) =>
    kobil.world.services.users.findByUsername(kobil.world.system(kobil.acme), username);
  const verifies = (id: string, password = PASSWORD) =>
    kobil.world.services.passwords.verify(kobil.acme.id, id, password);
  const holds = async (id: string) => {
    const reader = kobil.world.app(kobil.acme, 'user:read', 'role-grant:read', 'role:read', 'group:read');
    const document = 'query ($id: ID!) { user(userId: $id) { roles { name } groups { path } } }';
    const { data } = await kobil.world.graphql(reader, document, { id });
    const { roles, groups } = data.user as { roles: { name: string }[]; groups: { path: string }[] };
    return { roles: roles.map(({ name }) => name).sort(), groups: groups.map(({ path }) => path).sort() };
  };
  const events = async () => (await kobil.world.events(kobil.acme)).length;

  describe('3', () => {
    const CREATED = [200, answer('User created successfully.')];
    const post = (body: unknown, as = token) => kobil.ask('POST', '/auth/realms/acme/v3_user', { token: as, body });

    it('makes a user with everything that is sent', async () => {
      const username = `deck~boy!${count}`;
      const body = {
        username,
        email: `boy${count}@quay.example`,
        firstName: 'Sven',
        lastName: 'Holt',
        enabled: true,
        emailVerified: true,
        attributes: { berth: '12', shifts: ['early', 'late'], lastName: ['Other'], NUMBER_OF_FAILED_ATTEMPTS: ['4'] },
        credentials: [
          { type: 'password', value: 'x', temporary: true },
          { type: 'password', value: PASSWORD, temporary: false },
        ],
        groups: ['deck', '/deck/aft'],
        realmRoles: ['mate', ['steward']],
        clientRoles: { galley: ['cook'] },
        requiredActions: ['VERIFY_EMAIL', 'UPDATE_PASSWORD'],
        unheardOf: true,
      };
      expect(await post(body)).toEqual(CREATED);
      const made = (await stored(username))!;
      expect(made).toMatchObject({
        username,
        email: `boy${count}@quay.example`,
        emailVerified: true,
        givenName: 'Sven',
        familyName: 'Holt',
        enabled: true,
        attributes: { berth: '12', shifts: ['early', 'late'] },
        requiredActions: ['UPDATE_PASSWORD'],
      });
      expect(await holds(made.id)).toEqual({ roles: ['cook', 'mate', 'steward'], groups: ['/deck', '/deck/aft'] });
      expect(await verifies(made.id)).toBe(true);
    });

    it('makes a disabled one of a username alone, and demands another password than a temporary one', async () => {
      const name = `oar-${count}`;
      expect(await kobil.ask('POST', '/realms/acme/v3_user/', { token, body: { username: name } })).toEqual(CREATED);
      expect(await stored(name)).toMatchObject({
        enabled: false,
        email: null,
        emailVerified: false,
        requiredActions: [],
      });
      const body = { username: `sail-${count}`, enabled: null, credentials: [{ value: PASSWORD }] };
      expect(await kobil.ask('POST', '/digitanium/v4/users', { token, body, headers: HOST })).toEqual(CREATED);
      const made = (await stored(body.username))!;
      expect(made).toMatchObject({ enabled: false, requiredActions: ['UPDATE_PASSWORD'] });
      expect(await verifies(made.id)).toBe(true);
    });

    it('refuses a body without a username', async () => {
      const refused = invalid('Username should not be null or empty');
      for (const body of [{}, { username: null }, { username: '' }, { username: 7, enabled: 'x' }, { email: 1 }])
        expect(await post(body)).toEqual(refused);
      for (const body of [[], undefined]) expect(await post(body)).toEqual(invalid('Mandatory data is missing'));
    });

    it.each(UNUSABLE)('refuses with "%s" what cannot be used, and makes nobody (%j)', async (text, body) => {
      const before = await events();
      const whole = { username: `bilge-${count}`, realmRoles: ['mate'], groups: ['deck'], ...body };
      expect(await post(whole)).toEqual(invalid(text));
      expect(await events()).toBe(before);
    });

    it('refuses a username and an address that another user has', async () => {
      const before = await events();
      expect(await post({ username: 'PURSER' })).toEqual(TAKEN);
      expect(await post({ username: `bilge-${count}`, email: 'Purser@quay.example' })).toEqual(TAKEN);
      expect(await post({ username: 'purser@quay.example', email: 'purser@quay.example' })).toEqual(TAKEN);
      expect(await events()).toBe(before);
    });

    it('makes one user of two requests at the same moment', async () => {
      const body = { username: `twin-${count}`, credentials: [{ value: PASSWORD }], groups: ['deck'] };
      const answers = await Promise.all([post(body), post(body)]);
      expect(answers.map(([status]) => status).sort()).toEqual([200, 409]);
    });

    it('takes the permissions for roles and groups where some are sent, and all that the roles give', async () => {
      const poor = kobil.token(kobil.acme, 'user:create');
      const username = `bilge-${count}`;
      expect(await post({ username, realmRoles: ['mate'] }, poor)).toEqual(FORBIDDEN);
      expect(await post({ username, groups: ['deck'] }, poor)).toEqual(FORBIDDEN);
      const { name } = await kobil.world.newRole(kobil.acme, { permissions: ['key:rotate'] });
      expect(await post({ username, realmRoles: [name] })).toEqual(FORBIDDEN);
      expect(await stored(username)).toBeNull();
      expect(await post({ username, realmRoles: [], groups: [], clientRoles: {} }, poor)).toEqual(CREATED);
    });
  });

  describe('4', () => {
    const UPDATED = [200, answer('User updated successfully')];
    const put = (body: unknown, as = token) =>
      kobil.ask('PUT', `/auth/realms/acme/v3_user/${user.username}/update`, { token: as, body });
    const shown = async () => (await stored(user.username))!;

    it('changes what is sent, adds roles and groups, and leaves the rest', async () => {
      await kobil.world.services.groupMembers.join(kobil.world.system(kobil.acme), user.id, [{ path: 'deck' }]);
      const body = {
        username: 'another',
        lastName: 'Berg',
        firstName: null,
        email: `new${count}@quay.example`,
        enabled: false,
        requiredActions: ['TERMS'],
        credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
        groups: ['/deck/aft'],
        realmRoles: ['steward'],
        clientRoles: { galley: ['cook'] },
      };
      expect(await put(body)).toEqual(UPDATED);
      expect(await shown()).toMatchObject({
        username: user.username,
        givenName: 'Liv',
        familyName: 'Berg',
        email: body.email,
        emailVerified: false,
        enabled: false,
        requiredActions: ['TERMS'],
        attributes: { berth: '3', shifts: ['late'] },
      });
      expect(await holds(user.id)).toEqual({ roles: ['cook', 'steward'], groups: ['/deck', '/deck/aft'] });
      expect(await verifies(user.id)).toBe(true);
      const at = `/digitanium/v4/users/${user.id.toUpperCase()}/update`;
      const more = { enabled: true, realmRoles: [['mate']], emailVerified: true };
      expect(await kobil.ask('PUT', at, { token, headers: HOST, body: more })).toEqual(UPDATED);
      expect(await shown()).toMatchObject({ enabled: true, emailVerified: true, email: body.email });
      expect((await holds(user.id)).roles).toEqual(['cook', 'mate', 'steward']);
    });

    it('replaces the attributes where some are sent, but for those that are members', async () => {
      expect(await put({ attributes: { berth: '4', lastName: ['Moe'], username: ['x'] } })).toEqual(UPDATED);
      expect(await shown()).toMatchObject({ attributes: { berth: '4' }, givenName: 'Liv', familyName: 'Moe' });
      expect(await put({ attributes: null })).toEqual(UPDATED);
      expect((await shown()).attributes).toEqual({ berth: '4' });
      expect(await put({ attributes: {} })).toEqual(UPDATED);
      expect(await shown()).toMatchObject({ attributes: {}, familyName: 'Moe' });
    });

    it('changes nothing without a member, and keeps the demand of an action that is sent with a password', async () => {
      const before = await events();
      expect(await put({})).toEqual(UPDATED);
      expect(await put({ unheardOf: 1, username: user.username, credentials: [], groups: [] })).toEqual(UPDATED);
      expect(await events()).toBe(before);
      const credentials = [{ value: PASSWORD, temporary: false }];
      expect(await put({ credentials, requiredActions: ['UPDATE_PASSWORD'] })).toEqual(UPDATED);
      expect((await shown()).requiredActions).toEqual(['UPDATE_PASSWORD']);
      expect(await put({ credentials })).toEqual(UPDATED);
      expect((await shown()).requiredActions).toEqual([]);
      expect(await put({ credentials: [{ value: PASSWORD }] })).toEqual(UPDATED);
      expect((await shown()).requiredActions).toEqual(['UPDATE_PASSWORD']);
    });

    describe('where usernames may be changed', () => {
      const setting = (changeUsername: boolean) =>
        kobil.world.services.tenants.updateSettings(kobil.world.system(kobil.acme), { changeUsername });
      beforeEach(async () => {
        await setting(true);
        return () => setting(false);
      });

      it('changes the username', async () => {
        expect(await put({ username: `Bosun${count}` })).toEqual(UPDATED);
        expect((await stored(`bosun${count}`))?.id).toBe(user.id);
      });

      it.each(UNUSABLE)('refuses with "%s" what cannot be used, and changes nothing (%j)', async (text, body) => {
        const before = await events();
        expect(await put({ lastName: 'Berg', realmRoles: ['mate'], ...body })).toEqual(invalid(text));
        expect(await events()).toBe(before);
      });

      it('refuses a username and an address that another user has', async () => {
        const taken = invalid('User already exists');
        expect(await put({ username: 'purser' })).toEqual(taken);
        expect(await put({ lastName: 'Berg', email: 'PURSER@quay.example' })).toEqual(taken);
        expect(await shown()).toMatchObject({ familyName: null, email: user.email });
      });
    });

    it('refuses bodies that are no objects, and an empty username', async () => {
      for (const body of [[], undefined]) expect(await put(body)).toEqual(invalid('Mandatory data is missing'));
      expect(await put({ username: '' })).toEqual(invalid('Invalid username'));
    });

    it('refuses an unknown user, and one of another tenant', async () => {
      const theirs = await kobil.world.newUser(kobil.master);
      for (const name of ['nobody', '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11', 'a~b~c', '%00', theirs.id, theirs.username])
        expect(await kobil.ask('PUT', `/realms/acme/v3_user/${name}/update`, { token, body: {} })).toEqual(NO_USER);
    });

    it('takes the permissions for passwords, roles, groups and actions where some are sent', async () => {
      const poor = kobil.token(kobil.acme, 'user:write');
      for (const body of [
        { credentials: [{ value: PASSWORD }] },
        { realmRoles: ['mate'] },
        { groups: ['deck'] },
        { requiredActions: [] },
      ])
        expect([body, await put(body, poor)]).toEqual([body, FORBIDDEN]);
      expect(await put({ lastName: 'Berg', groups: [] }, poor)).toEqual(UPDATED);
    });

    it('is refused for a user with more powers than the caller', async () => {
      const role = await kobil.world.newRole(kobil.acme, { permissions: ['key:rotate'] });
      await kobil.world.grantRole(kobil.acme, { roleId: role.id, holderKind: 'user', holderId: user.id });
      expect(await put({ lastName: 'Berg' })).toEqual(FORBIDDEN);
      expect((await shown()).familyName).toBeNull();
    });
  });
});
