import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { Client } from '../../../src/clients/index.ts';
import { newId } from '../../../src/kernel/index.ts';
import type { Role } from '../../../src/roles/index.ts';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const error = (status: number, text: string) => [status, { error: text }];
const NO_USER = error(404, 'User not found');
const NO_ROLE = error(404, 'Could not find role');
const NO_CLIENT = error(404, 'Could not find client');
const NO_GROUP = error(404, 'Group not found');
const NO_CREDENTIAL = error(404, 'Credential not found');
const FORBIDDEN = error(403, 'HTTP 403 Forbidden');
const WRONG_SHAPE = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];
const DONE = [204, undefined];
const SCOPES = [
  'user:read',
  'role:read',
  'role-grant:write',
  'client:read',
  'group:read',
  'group-member:write',
  'session:read',
  'session:revoke',
  'credential:write',
  'credential:delete',
  'federation-link:read',
  'federation-link:write',
  'consent:read',
  'consent:revoke',
];

describe('the administration of what users have', () => {
  const realm = kobilOfSuite();
  let token: string;
  let user: User;
  let other: User;
  beforeAll(() => {
    token = realm.token(realm.acme, ...SCOPES);
  });
  beforeEach(async () => {
    user = await realm.world.newUser(realm.acme);
    other = await realm.world.newUser(realm.master);
  });
  const ask = (method: string, path: string, body?: unknown, as = token) =>
    realm.ask(method, `/admin/realms/acme/users/${path}`, { token: as, ...(body === undefined ? {} : { body }) });

  it.each([
    ['GET', 'role-mappings'],
    ['GET', 'role-mappings/realm'],
    ['GET', 'role-mappings/realm/available'],
    ['GET', 'role-mappings/realm/composite'],
    ['POST', 'role-mappings/realm', []],
    ['DELETE', 'role-mappings/realm', []],
    ['GET', 'groups'],
    ['GET', 'groups/count'],
    ['PUT', `groups/${newId()}`],
    ['DELETE', `groups/${newId()}`],
    ['GET', 'sessions'],
    ['POST', 'logout'],
    ['DELETE', `credentials/${newId()}`],
    ['GET', 'federated-identity'],
    ['POST', 'federated-identity/harbour', { userId: '1' }],
    ['DELETE', 'federated-identity/harbour'],
    ['POST', `credentials/${newId()}/moveToFirst`],
    ['POST', `credentials/${newId()}/moveAfter/${newId()}`],
    ['PUT', 'remove-totp'],
    ['GET', 'configured-user-storage-credential-types'],
    ['GET', 'unmanagedAttributes'],
    ['GET', 'consents'],
    ['DELETE', 'consents/portal'],
  ])('belongs to a user of the realm: %s %s', async (method, path, body?: unknown) => {
    for (const id of ['none', other.id, user.username, `grp~${realm.acme.route}~x`])
      expect([id, ...(await ask(method, `${id}/${path}`, body))]).toEqual([id, ...NO_USER]);
    expect((await ask(method, `%00/${path}`, body))[0]).toBe(404);
  });

  describe('roles', () => {
    let role: Role;
    let second: Role;
    let client: Client;
    let own: Role;
    let elsewhere: Client;
    beforeEach(async () => {
      const { world, acme, master } = realm;
      role = await world.newRole(acme);
      second = await world.newRole(acme, { childIds: [role.id] });
      ({ client } = await world.newClient(acme));
      ({ client: elsewhere } = await world.newClient(master));
      own = await world.services.roles.create(world.system(acme), { name: 'keeper', clientUuid: client.id });
    });
    const named = (...roles: { name: string }[]) => roles.map(({ name }) => ({ name }));
    const held = async () => {
      const [, { realmMappings, clientMappings }] = await ask('GET', `${user.id}/role-mappings`);
      const names = (roles: { name: string }[]) => roles.map(({ name }) => name).sort();
      const ofClient = clientMappings[client.clientId]?.mappings ?? [];
      return [...names(realmMappings), ...names(ofClient)];
    };

    it('are granted and withdrawn, twice without effect; those that contain others say so', async () => {
      const path = `${user.id}/role-mappings/realm`;
      for (let time = 0; time < 2; time++) expect(await ask('POST', path, named(role, second))).toEqual(DONE);
      const [, shown] = await ask('GET', path);
      const composites = shown.map(({ name, composite }: { name: string; composite: boolean }) => [name, composite]);
      expect(Object.fromEntries(composites)).toEqual({ [role.name]: false, [second.name]: true });
      for (let time = 0; time < 2; time++) expect(await ask('DELETE', path, named(role))).toEqual(DONE);
      expect(await held()).toEqual([second.name]);
    });

    it('are changed all or none', async () => {
      const path = `${user.id}/role-mappings`;
      expect(await ask('POST', `${path}/realm`, [...named(role), { name: 'none' }])).toEqual(NO_ROLE);
      expect(await ask('POST', `${path}/realm`, named(role, own))).toEqual(NO_ROLE);
      expect(await ask('POST', `${path}/clients/${client.id}`, named(own, role))).toEqual(NO_ROLE);
      expect(await held()).toEqual([]);
      expect(await ask('POST', `${path}/clients/${client.id}`, named(own))).toEqual(DONE);
      expect(await ask('DELETE', `${path}/clients/${client.id}`, named(own, role))).toEqual(NO_ROLE);
      expect(await held()).toEqual(['keeper']);
    });

    it('belong to a client of the realm', async () => {
      for (const id of [newId(), elsewhere.id, 'none', '%00'])
        for (const [method, path, body] of [
          ['GET', ''],
          ['GET', '/available'],
          ['GET', '/composite'],
          ['POST', '', named(own)],
          ['DELETE', '', named(own)],
        ] as const) {
          const answer = await ask(method, `${user.id}/role-mappings/clients/${id}${path}`, body);
          expect([id, method, path, ...answer]).toEqual([id, method, path, ...(id === '%00' ? NO_USER : NO_CLIENT)]);
        }
      for (const path of ['', '/available', '/composite'])
        expect(await ask('GET', `none/role-mappings/clients/${client.id}${path}`)).toEqual(NO_USER);
      for (const method of ['POST', 'DELETE'])
        expect(await ask(method, `none/role-mappings/clients/${client.id}`, named(own))).toEqual(NO_USER);
    });

    it('are not granted by those who have less than they give', async () => {
      const strong = await realm.world.newRole(realm.acme, { permissions: ['user:delete'] });
      expect(await ask('POST', `${user.id}/role-mappings/realm`, named(strong))).toEqual(FORBIDDEN);
    });

    it.each([[{}], ['"x"'], [[1]], [[{}]], [[{ name: 1 }]], [[null]]])(
      'are sent as a list with names: %j is not',
      async (body: unknown) => {
        const type = { 'content-type': 'application/json' };
        for (const path of ['realm', `clients/${client.id}`])
          for (const method of ['POST', 'DELETE'])
            expect(
              await realm.ask(method, `/admin/realms/acme/users/${user.id}/role-mappings/${path}`, {
                token,
                body,
                headers: type,
              }),
            ).toEqual(WRONG_SHAPE);
      },
    );

    it('are at most 200 in one request', async () => {
      const many = Array.from({ length: 201 }, () => ({ name: role.name }));
      expect(await ask('POST', `${user.id}/role-mappings/realm`, many)).toEqual([
        400,
        { errorMessage: 'Could not change the roles' },
      ]);
    });
  });

  describe('linked accounts', () => {
    const link = (alias: string, body: unknown, as = user.id) => ask('POST', `${as}/federated-identity/${alias}`, body);

    it('are one at each provider, of one user each', async () => {
      const { name } = await realm.world.newProvider(realm.acme);
      const second = await realm.world.newProvider(realm.acme);
      const taken = [409, { errorMessage: 'User is already linked with provider' }];
      for (let time = 0; time < 2; time++) expect(await link(name, { userId: 'x1' })).toEqual(DONE);
      expect(await link(name, { userId: 'x2' })).toEqual(taken);
      const rival = await realm.world.newUser(realm.acme);
      expect(await link(name, { userId: 'x1' }, rival.id)).toEqual(taken);
      expect(await link(second.name, { userId: 'x1', userName: '' })).toEqual(DONE);
      expect((await ask('GET', `${user.id}/federated-identity`))[1]).toHaveLength(2);
      const races = await Promise.all(['y1', 'y2'].map((id) => link(name, { userId: id }, rival.id)));
      expect(races.map(([status]) => status).sort()).toEqual([204, 409]);
      expect(await ask('DELETE', `${user.id}/federated-identity/${name}`)).toEqual(DONE);
      expect(await ask('DELETE', `${user.id}/federated-identity/${name}`)).toEqual(error(404, 'Link not found'));
    });

    it('are at providers of the realm, with an id', async () => {
      const foreign = await realm.world.newProvider(realm.master);
      const { name } = await realm.world.newProvider(realm.acme);
      const none = error(404, 'HTTP 404 Not Found');
      for (const alias of ['none', foreign.name]) expect(await link(alias, { userId: 'x' })).toEqual(none);
      for (const body of [{}, { userId: 1 }, [], { userId: 'x', userName: 1 }])
        expect(await link(name, body)).toEqual(WRONG_SHAPE);
      for (const body of [{ userId: '' }, { userId: 'x'.repeat(513) }, { userId: 'x', userName: 'x'.repeat(256) }])
        expect(await link(name, body)).toEqual([400, { errorMessage: 'Could not update user!' }]);
      const strong = await realm.world.newRole(realm.acme, { permissions: ['user:delete'] });
      await realm.world.grantRole(realm.acme, { roleId: strong.id, holderKind: 'user', holderId: user.id });
      expect(await link(name, { userId: 'x' })).toEqual(FORBIDDEN);
    });
  });

  describe('groups', () => {
    it('are joined and left, twice without effect', async () => {
      const { id } = await realm.world.newGroup(realm.acme);
      for (let time = 0; time < 2; time++) expect(await ask('PUT', `${user.id}/groups/${id}`, {})).toEqual(DONE);
      expect(await ask('GET', `${user.id}/groups/count`)).toEqual([200, { count: 1 }]);
      for (let time = 0; time < 2; time++) expect(await ask('DELETE', `${user.id}/groups/${id}`, {})).toEqual(DONE);
      expect(await ask('GET', `${user.id}/groups/count`)).toEqual([200, { count: 0 }]);
    });

    it('belong to the realm', async () => {
      const group = await realm.world.newGroup(realm.master);
      for (const id of [newId(), group.id, 'none', `rol~${realm.acme.route}~x`])
        for (const method of ['PUT', 'DELETE'])
          expect([id, ...(await ask(method, `${user.id}/groups/${id}`))]).toEqual([id, ...NO_GROUP]);
    });

    it('are listed by path, without those of organisations', async () => {
      const { world, acme } = realm;
      for (const name of ['cove', 'Bay', 'alcove']) {
        const { id } = await world.newGroup(acme, { name: `${name}-${user.username}` });
        await ask('PUT', `${user.id}/groups/${id}`);
      }
      const org = await world.newGroup(acme, { profile: 'orgs', key: user.username });
      await world.services.groupMembers.add(world.system(acme), org.id, [user.id]);
      const names = async (query: string) => {
        const [status, body] = await ask('GET', `${user.id}/groups?${query}`);
        return status === 200 ? body.map(({ name }: { name: string }) => name.split('-')[0]) : [status, body];
      };
      expect(await names('')).toEqual(['Bay', 'alcove', 'cove']);
      expect(await names('search=COVE')).toEqual(['alcove', 'cove']);
      expect(await names('first=1&max=1')).toEqual(['alcove']);
      expect(await names('first=1&max=-1')).toEqual(['alcove', 'cove']);
      expect(await ask('GET', `${user.id}/groups/count?search=cove`)).toEqual([200, { count: 2 }]);
      expect(await names('max=10001')).toEqual([400, { errorMessage: 'max must not exceed 10000' }]);
      expect(await names('max=x')).toEqual([400, { error: 'HTTP 400 Bad Request' }]);
    });
  });

  describe('credentials', () => {
    it('are removed and named of their user only', async () => {
      const { world, acme } = realm;
      const { id: neighbour } = await world.newUser(acme);
      const { id } = await world.giveTotp(acme, neighbour);
      const rename = (path: string, text: string) =>
        realm.ask('PUT', `/admin/realms/acme/users/${path}/userLabel`, {
          token,
          body: text,
          headers: { 'content-type': 'text/plain' },
        });
      for (const credential of [id, newId(), 'none']) {
        expect(await ask('DELETE', `${user.id}/credentials/${credential}`)).toEqual(NO_CREDENTIAL);
        expect(await rename(`${user.id}/credentials/${credential}`, 'x')).toEqual(NO_CREDENTIAL);
      }
      for (const missing of ['none', `grp~${acme.route}~x`])
        expect(await rename(`${missing}/credentials/${id}`, 'x')).toEqual(NO_USER);
      expect(await rename(`${neighbour}/credentials/${id}`, 'x'.repeat(256))).toEqual([
        400,
        { errorMessage: 'Could not update user!' },
      ]);
      expect(await rename(`${neighbour}/credentials/${id}`, 'Watch')).toEqual(DONE);
      expect((await ask('GET', `${neighbour}/credentials`))[1]).toMatchObject([{ id, userLabel: 'Watch' }]);
      expect(await rename(`${neighbour}/credentials/${id}`, '')).toEqual(DONE);
      expect((await ask('GET', `${neighbour}/credentials`))[1][0]).not.toHaveProperty('userLabel');
      expect(await ask('DELETE', `${neighbour}/credentials/${id.toUpperCase()}`)).toEqual(DONE);
      expect(await ask('DELETE', `${neighbour}/credentials/${id}`)).toEqual(NO_CREDENTIAL);
    });

    it('get names as plain text', async () => {
      const { id } = await realm.world.giveTotp(realm.acme, user.id);
      const answer = await ask('PUT', `${user.id}/credentials/${id}/userLabel`, { label: 'x' });
      expect(answer).toEqual(error(415, 'HTTP 415 Unsupported Media Type'));
    });
  });

  it('shows where sessions began, and none that go on without the browser', async () => {
    const { world, acme } = realm;
    await world.signedIn(acme, user.id, { offline: true });
    const authority = new Authority(world.app(acme), acme, 'tenant');
    const started = { userId: user.id, amr: ['pwd'], remember: true };
    const { session } = await world.services.sessions.start(authority, started);
    const [, shown] = await ask('GET', `${user.id}/sessions`);
    expect(shown).toMatchObject([{ id: session.id, ipAddress: TEST_ORIGIN.ip, rememberMe: true }]);
  });

  it('says that a user has not given a consent', async () => {
    expect(await ask('DELETE', `${user.id}/consents/portal`)).toEqual(
      error(404, 'Consent nor offline token not found'),
    );
  });
});
