import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client, ClientScope } from '../../../src/clients/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import type { Role } from '../../../src/roles/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';
import { TEST_URL } from '../../support/rest.ts';

const error = (status: number, text: string) => [status, { error: text }];
const message = (status: number, text: string) => [status, { errorMessage: text }];
const conflict = (text: string) => [409, { error: 'conflict', error_description: text }];
const NO_CLIENT = error(404, 'Could not find client');
const NO_SCOPE = error(404, 'Could not find client scope');
const NO_LINKED_SCOPE = error(404, 'Client scope not found');
const NO_MODEL = error(404, 'Model not found');
const NO_ROLE = error(404, 'Could not find role');
const NO_TYPE = error(404, 'ProtocolMapper provider not found');
const FORBIDDEN = error(403, 'HTTP 403 Forbidden');
const WRONG_SHAPE = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];
const NO_PROTOCOL = message(400, 'Unexpected protocol');
const DONE = [204, undefined];
const MANAGER = ['client:read', 'client:write', 'client:delete', 'role:read'];
const BERTH = {
  name: 'berth',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-usermodel-attribute-mapper',
  config: { 'user.attribute': 'berth', 'claim.name': 'berth', 'access.token.claim': 'true' },
};
const FULL_NAME = { name: 'full name', protocolMapper: 'oidc-full-name-mapper' };

/** Bodies with the answers to them, under titles that are not too long. */
const titled = (cases: readonly (readonly [body: unknown, answer: unknown])[]) =>
  cases.map(([body, answer]) => [JSON.stringify(body).slice(0, 200), body, answer] as const);

describe('the administration of client scopes, mappers and scope mappings', () => {
  const realm = kobilOfSuite();
  let token: string;
  let harbour: TenantRef;
  beforeAll(async () => {
    token = realm.token(realm.acme, ...MANAGER);
    harbour = await realm.world.tenant({ name: 'harbour', template: 'realm' });
  });
  const askAt = (tenant: TenantRef, method: string, path: string, body?: unknown, as = token) =>
    realm.ask(method, `/admin/realms/${tenant.name}/${path}`, { token: as, ...(body === undefined ? {} : { body }) });
  const ask = (method: string, path: string, body?: unknown, as?: string) => askAt(realm.acme, method, path, body, as);
  const system = () => realm.world.system(realm.acme);
  const newScope = (name = `s${newId()}`): Promise<ClientScope> =>
    realm.world.services.clientScopes.create(system(), { name });
  let made = 0;
  const newClient = async (tenant = realm.acme): Promise<Client> =>
    (await realm.world.newClient(tenant, { clientId: `client-${made++}` })).client;
  const changesOf = async () =>
    (await realm.world.events(realm.acme)).map(({ type, params }) => [type, params['changed']]);

  describe('a client scope', () => {
    const SENT = {
      name: 'quays',
      description: 'Where ships lie',
      protocol: 'openid-connect',
      attributes: { 'include.in.token.scope': 'false', 'gui.order': 7, 'display.on.consent.screen': true, none: null },
    };

    it('is made with its mappers, shown, listed by name, changed and deleted', async () => {
      const { status, headers } = await realm.rest.ask('POST', '/auth/admin/realms/acme/client-scopes', {
        token,
        body: { ...SENT, protocolMappers: [BERTH], id: 'chosen' },
      });
      expect(status).toBe(201);
      const [, id] = headers.location!.split(`${TEST_URL}/auth/admin/realms/acme/client-scopes/`) as [string, string];
      const shown = {
        id,
        name: 'quays',
        description: 'Where ships lie',
        protocol: 'openid-connect',
        attributes: { 'gui.order': '7', 'display.on.consent.screen': 'true', 'include.in.token.scope': 'false' },
        protocolMappers: [{ ...BERTH, id: expect.any(String), consentRequired: false }],
      };
      expect(await ask('GET', `client-scopes/${id}`)).toEqual([200, shown]);
      expect(await ask('GET', `client-scopes/${id.toUpperCase()}`)).toEqual([200, shown]);
      const [, listed] = await ask('GET', 'client-scopes');
      expect(listed).toContainEqual(shown);
      const names = listed.map(({ name }: { name: string }) => name);
      expect(names).toEqual([...names].sort());
      expect(await ask('PUT', `client-scopes/${id}`, { description: '', attributes: { 'gui.order': '8' } })).toEqual(
        DONE,
      );
      const { description: _, ...rest } = shown;
      expect(await ask('GET', `client-scopes/${id}`)).toEqual([
        200,
        { ...rest, attributes: { 'gui.order': '8', 'include.in.token.scope': 'false' } },
      ]);
      const renamed = { name: 'piers', protocol: 'openid-connect', attributes: { 'include.in.token.scope': true } };
      expect(await ask('PUT', `client-scopes/${id}`, renamed)).toEqual(DONE);
      expect((await ask('GET', `client-scopes/${id}`))[1]).toMatchObject({
        name: 'piers',
        attributes: { 'include.in.token.scope': 'true' },
        protocolMappers: [{ name: 'berth' }],
      });
      expect(await ask('PUT', `client-scopes/${id}`, {})).toEqual(DONE);
      expect(await ask('DELETE', `client-scopes/${id}`)).toEqual(DONE);
      expect(await ask('DELETE', `client-scopes/${id}`)).toEqual(NO_SCOPE);
      expect(await ask('GET', `client-scopes/${id}`)).toEqual(NO_SCOPE);
    });

    it('without mappers, description and attributes has none of them', async () => {
      const { id, name } = await newScope();
      expect(await ask('GET', `client-scopes/${id}`)).toEqual([
        200,
        { id, name, protocol: 'openid-connect', attributes: { 'include.in.token.scope': 'true' } },
      ]);
    });

    it.each(
      titled([
        [{ ...SENT, name: 'a b' }, message(400, 'Unexpected name "a b" for ClientScope')],
        [{ protocol: 'openid-connect' }, message(400, 'Unexpected name "" for ClientScope')],
        [{ name: 'tides' }, NO_PROTOCOL],
        [{ name: 'tides', protocol: 'saml' }, NO_PROTOCOL],
        [{ ...SENT, description: 'x'.repeat(1001) }, message(400, 'Could not change the client scope')],
        [{ ...SENT, attributes: { a: 'x'.repeat(4001) } }, message(400, 'Could not change the client scope')],
        [{ ...SENT, attributes: { a: [] } }, WRONG_SHAPE],
        [{ ...SENT, name: 7 }, WRONG_SHAPE],
        [[SENT], WRONG_SHAPE],
        [{ ...SENT, protocolMappers: [{ ...BERTH, name: '' }] }, message(400, 'Could not change the client scope')],
        [{ ...SENT, protocolMappers: [{ ...BERTH, protocolMapper: 'x' }] }, NO_TYPE],
        [{ ...SENT, protocolMappers: [BERTH, BERTH] }, message(409, 'Protocol mapper exists with same name')],
        [
          { ...SENT, protocolMappers: Array.from({ length: 101 }, () => FULL_NAME) },
          message(400, 'Could not change the client scope'),
        ],
      ]),
    )('is refused as %s', async (_, body, answer) => {
      expect(await ask('POST', 'client-scopes', body)).toEqual(answer);
      expect((await ask('GET', 'client-scopes'))[1]).not.toContainEqual(expect.objectContaining({ name: 'quays' }));
    });

    it('has a name that no other one has', async () => {
      const { name } = await newScope();
      const other = await newScope();
      const taken = message(409, `Client Scope ${name} already exists`);
      expect(await ask('POST', 'client-scopes', { name, protocol: 'openid-connect' })).toEqual(taken);
      expect(await ask('PUT', `client-scopes/${other.id}`, { name })).toEqual(taken);
      expect(await ask('PUT', `client-scopes/${other.id}`, { protocol: 'saml' })).toEqual(NO_PROTOCOL);
    });

    it('whose name gives permissions is left to callers who hold them', async () => {
      const sent = { name: 'group:read', protocol: 'openid-connect' };
      expect(await ask('POST', 'client-scopes', sent)).toEqual(FORBIDDEN);
      const holder = realm.token(realm.acme, ...MANAGER, 'group:read');
      expect((await ask('POST', 'client-scopes', sent, holder))[0]).toBe(201);
      const { id } = (await realm.world.services.clientScopes.find(system(), { name: 'group:read' }))!;
      expect(await ask('PUT', `client-scopes/${id}`, { name: 'meek' })).toEqual(FORBIDDEN);
      expect(await ask('DELETE', `client-scopes/${id}`)).toEqual(FORBIDDEN);
      expect(await ask('PUT', `default-default-client-scopes/${id}`, {}, holder)).toEqual(FORBIDDEN);
      const client = await newClient();
      expect(await ask('PUT', `clients/${client.id}/default-client-scopes/${id}`)).toEqual(FORBIDDEN);
      expect(await ask('DELETE', `client-scopes/${id}`, undefined, holder)).toEqual(DONE);
    });

    it('is one of 200 at most', async () => {
      const full = await realm.world.tenant();
      const authority = realm.world.system(full);
      for (let n = 0; n < 200; n++) await realm.world.services.clientScopes.create(authority, { name: `s${n}` });
      const sent = { name: 'more', protocol: 'openid-connect' };
      const as = realm.token(full, ...MANAGER);
      expect(await askAt(full, 'POST', 'client-scopes', sent, as)).toEqual(error(400, 'HTTP 400 Bad Request'));
      expect((await askAt(full, 'GET', 'client-scopes', undefined, as))[1]).toHaveLength(200);
    });
  });

  describe('what new clients get', () => {
    it.each([
      ['default', 'default-default-client-scopes', 'default-optional-client-scopes'],
      ['optional', 'default-optional-client-scopes', 'default-default-client-scopes'],
    ])('as %s ones is one list of two, and given to them', async (way, path, other) => {
      const scope = await newScope();
      const shown = { id: scope.id, name: scope.name, protocol: 'openid-connect' };
      expect(await ask('PUT', `${path}/${scope.id}`)).toEqual(DONE);
      expect(await ask('GET', path)).toEqual([200, [shown]]);
      for (const list of [path, other])
        expect(await ask('PUT', `${list}/${scope.id}`)).toEqual(conflict('Duplicate resource error'));
      expect(await ask('GET', other)).toEqual([200, []]);
      const client = await newClient();
      expect(await ask('GET', `clients/${client.id}/${way}-client-scopes`)).toEqual([
        200,
        [{ id: scope.id, name: scope.name }],
      ]);
      for (let time = 0; time < 2; time++) expect(await ask('DELETE', `${other}/${scope.id}`)).toEqual(DONE);
      expect(await ask('GET', path)).toEqual([200, []]);
    });

    it('are scopes of the realm', async () => {
      const theirs = await realm.world.services.clientScopes.create(realm.world.system(realm.master), { name: 'moor' });
      for (const id of [newId(), theirs.id, 'none', '%00', `scp~${realm.acme.route}~x`])
        for (const method of ['PUT', 'DELETE'])
          for (const path of ['default-default-client-scopes', 'default-optional-client-scopes'])
            expect([id, (await ask(method, `${path}/${id}`))[1]]).toEqual([id, NO_LINKED_SCOPE[1]]);
    });
  });

  describe('scopes of a client', () => {
    it('are given in one way, stay in it, and are taken in either', async () => {
      const client = await newClient();
      const scope = await newScope();
      const path = `clients/${client.id}`;
      const lists = async () => [
        (await ask('GET', `${path}/default-client-scopes`))[1],
        (await ask('GET', `${path}/optional-client-scopes`))[1],
      ];
      const shown = { id: scope.id, name: scope.name };
      for (const way of ['optional', 'default'])
        expect(await ask('PUT', `${path}/${way}-client-scopes/${scope.id}`)).toEqual(DONE);
      expect(await lists()).toEqual([[], [shown]]);
      for (let time = 0; time < 2; time++)
        expect(await ask('DELETE', `${path}/default-client-scopes/${scope.id}`)).toEqual(DONE);
      expect(await lists()).toEqual([[], []]);
      expect(await ask('PUT', `${path}/default-client-scopes/${scope.id}`)).toEqual(DONE);
      expect(await lists()).toEqual([[shown], []]);
      expect((await changesOf()).filter(([type]) => type === 'client.updated').slice(-3)).toEqual(
        Array.from({ length: 3 }, () => ['client.updated', ['scopes']]),
      );
    });

    it('are scopes of the realm, of a client of it that the service did not make', async () => {
      const client = await newClient();
      const theirs = await newClient(realm.master);
      const scope = await newScope();
      const theirScope = await realm.world.services.clientScopes.create(realm.world.system(realm.master), {
        name: 'lee',
      });
      for (const way of ['default', 'optional']) {
        const of = (id: string) => `clients/${id}/${way}-client-scopes`;
        for (const id of [newId(), theirs.id, client.clientId, 'none', `cli~${realm.acme.route}~${client.id}`]) {
          expect(await ask('GET', of(id))).toEqual(NO_CLIENT);
          for (const method of ['PUT', 'DELETE']) expect(await ask(method, `${of(id)}/${scope.id}`)).toEqual(NO_CLIENT);
        }
        for (const id of [newId(), theirScope.id, scope.name])
          for (const method of ['PUT', 'DELETE'])
            expect(await ask(method, `${of(client.id)}/${id}`)).toEqual(NO_LINKED_SCOPE);
      }
      const builtin = (await realm.world.services.clients.find(realm.world.system(harbour), { clientId: 'account' }))!;
      const [{ id }] = (
        await askAt(harbour, 'GET', 'default-default-client-scopes', undefined, realm.token(harbour, ...MANAGER))
      )[1];
      for (const method of ['PUT', 'DELETE'])
        expect(
          await askAt(
            harbour,
            method,
            `clients/${builtin.id}/default-client-scopes/${id}`,
            undefined,
            realm.token(harbour, ...MANAGER),
          ),
        ).toEqual(FORBIDDEN);
    });

    it('are not given by callers who hold less than their roles give', async () => {
      const client = await newClient();
      const scope = await newScope();
      const { id: roleId } = await realm.world.newRole(realm.acme, { permissions: ['user:write'] });
      await realm.world.services.scopeRoles.add(system(), { clientScopeId: scope.id }, [{ id: roleId }]);
      const path = `clients/${client.id}/optional-client-scopes`;
      expect(await ask('PUT', `${path}/${scope.id}`)).toEqual(FORBIDDEN);
      expect((await ask('GET', path))[1]).toEqual([]);
      const holder = realm.token(realm.acme, ...MANAGER, 'user:write');
      expect(await ask('PUT', `${path}/${scope.id}`, undefined, holder)).toEqual(DONE);
      // From now on its tokens may have the role, so callers who hold less do not change it.
      expect(await ask('DELETE', `${path}/${scope.id}`)).toEqual(FORBIDDEN);
      expect(await ask('POST', `clients/${client.id}/protocol-mappers/models`, FULL_NAME)).toEqual(FORBIDDEN);
    });
  });

  describe.each([
    ['clients', NO_CLIENT],
    ['client-scopes', NO_SCOPE],
  ] as const)('below %s', (collection, NO_OWNER) => {
    let path: string;
    let id: string;
    const newOwner = async (): Promise<string> =>
      collection === 'clients' ? (await newClient()).id : (await newScope()).id;
    beforeEach(async () => {
      id = await newOwner();
      path = `${collection}/${id}`;
    });
    const models = async () => (await ask('GET', `${path}/protocol-mappers/models`))[1];

    it.each([
      ['GET', 'protocol-mappers/models'],
      ['GET', `protocol-mappers/models/${newId()}`],
      ['GET', 'protocol-mappers/protocol/openid-connect'],
      ['GET', 'protocol-mappers/protocol/saml'],
      ['POST', 'protocol-mappers/models', FULL_NAME],
      ['POST', 'protocol-mappers/add-models', [FULL_NAME]],
      ['PUT', `protocol-mappers/models/${newId()}`, FULL_NAME],
      ['DELETE', `protocol-mappers/models/${newId()}`],
      ['GET', 'scope-mappings'],
      ['GET', 'scope-mappings/realm'],
      ['GET', 'scope-mappings/realm/available'],
      ['GET', 'scope-mappings/realm/composite'],
      ['POST', 'scope-mappings/realm', []],
      ['DELETE', 'scope-mappings/realm', []],
    ])('belongs to an owner of the realm: %s %s', async (method, rest, body?: unknown) => {
      const { world, master } = realm;
      const theirs =
        collection === 'clients'
          ? await newClient(master)
          : await world.services.clientScopes.create(world.system(master), { name: `s${newId()}` });
      const named = collection === 'clients' ? (await newClient()).clientId : (await newScope()).name;
      for (const other of [newId(), theirs.id, named, 'none', `grp~${realm.acme.route}~x`])
        expect([other, ...(await ask(method, `${collection}/${other}/${rest}`, body))]).toEqual([other, ...NO_OWNER]);
      expect((await ask(method, `${collection}/%00/${rest}`, body))[0]).toBe(404);
    });

    describe('mappers', () => {
      it('are added, shown, changed and deleted', async () => {
        const { status, headers } = await realm.rest.ask('POST', `/admin/realms/acme/${path}/protocol-mappers/models`, {
          token,
          body: { ...BERTH, consentRequired: true, config: { ...BERTH.config, multivalued: false, none: null } },
        });
        expect(status).toBe(201);
        const [{ id: mapperId }] = await models();
        expect(headers.location).toBe(`${TEST_URL}/admin/realms/acme/${path}/protocol-mappers/models/${mapperId}`);
        const shown = {
          ...BERTH,
          id: mapperId,
          consentRequired: false,
          config: { ...BERTH.config, multivalued: 'false' },
        };
        expect(await models()).toEqual([shown]);
        const one = `${path}/protocol-mappers/models/${mapperId}`;
        expect(await ask('GET', one)).toEqual([200, shown]);
        expect(await ask('GET', one.replace(mapperId, mapperId.toUpperCase()))).toEqual([200, shown]);
        const ofProtocol = (name: string) => ask('GET', `${path}/protocol-mappers/protocol/${name}`);
        expect(await ofProtocol('openid-connect')).toEqual([200, [shown]]);
        expect(await ofProtocol('saml')).toEqual([200, []]);
        expect(await ask('PUT', one, { ...shown, id: newId(), name: 'place' })).toEqual(DONE);
        expect(await ask('PUT', one, { protocolMapper: 'oidc-usermodel-property-mapper', config: { a: 'b' } })).toEqual(
          DONE,
        );
        const changed = {
          ...shown,
          name: 'place',
          protocolMapper: 'oidc-usermodel-property-mapper',
          config: { a: 'b' },
        };
        expect(await models()).toEqual([changed]);
        const type = collection === 'clients' ? 'client.updated' : 'client_scope.updated';
        expect((await changesOf()).slice(-3)).toEqual(Array.from({ length: 3 }, () => [type, ['mappers']]));
        expect(await ask('DELETE', one)).toEqual(DONE);
        for (const [method, body] of [['GET'], ['PUT', FULL_NAME], ['DELETE']] as const)
          expect(await ask(method, one, body)).toEqual(NO_MODEL);
        expect(await models()).toEqual([]);
      });

      it('are added all or none', async () => {
        const add = (...mappers: object[]) => ask('POST', `${path}/protocol-mappers/add-models`, mappers);
        expect(await add()).toEqual(DONE);
        expect(await add(BERTH, { ...FULL_NAME, protocolMapper: 'oidc-unheard-mapper' })).toEqual(NO_TYPE);
        expect(await add(BERTH, { ...FULL_NAME, protocol: 'saml' })).toEqual(NO_PROTOCOL);
        expect(await add(BERTH, BERTH)).toEqual(conflict('Protocol mapper name must be unique per protocol'));
        expect(await models()).toEqual([]);
        expect(await add(BERTH, FULL_NAME)).toEqual(DONE);
        expect((await models()).map(({ name }: { name: string }) => name)).toEqual(['berth', 'full name']);
      });

      it.each(
        titled([
          [{ ...FULL_NAME, name: '' }, message(400, 'Could not change the mappers')],
          [{ ...FULL_NAME, name: 'x'.repeat(256) }, message(400, 'Could not change the mappers')],
          [{ ...FULL_NAME, config: { a: 'x'.repeat(4001) } }, message(400, 'Could not change the mappers')],
          [{ name: 'typeless' }, NO_TYPE],
          [{ ...FULL_NAME, protocolMapper: 'saml-role-list-mapper' }, NO_TYPE],
          [{ ...FULL_NAME, protocolMapper: '__proto__' }, NO_TYPE],
          [{ ...FULL_NAME, protocol: 'docker-v2' }, NO_PROTOCOL],
          [{ ...FULL_NAME, name: 'berth' }, message(409, 'Protocol mapper exists with same name')],
          [{ protocolMapper: 'oidc-full-name-mapper' }, WRONG_SHAPE],
          [{ ...FULL_NAME, config: { a: {} } }, WRONG_SHAPE],
          [[FULL_NAME], WRONG_SHAPE],
        ]),
      )('are refused as %s', async (_, body, answer) => {
        await ask('POST', `${path}/protocol-mappers/models`, BERTH);
        expect(await ask('POST', `${path}/protocol-mappers/models`, body)).toEqual(answer);
        expect(await models()).toHaveLength(1);
      });

      it('do not take the name of another one, and are 100 at most', async () => {
        const many = Array.from({ length: 100 }, (_, n) => ({ ...FULL_NAME, name: `m${n}` }));
        expect(await ask('POST', `${path}/protocol-mappers/add-models`, many)).toEqual(DONE);
        const [{ id: first }] = await models();
        const one = `${path}/protocol-mappers/models/${first}`;
        expect(await ask('PUT', one, { name: 'm1' })).toEqual(message(409, 'Protocol mapper exists with same name'));
        expect(await ask('PUT', one, { protocolMapper: 'x' })).toEqual(NO_TYPE);
        expect(await ask('PUT', one, { protocol: 'saml' })).toEqual(NO_PROTOCOL);
        expect(await ask('POST', `${path}/protocol-mappers/models`, BERTH)).toEqual(error(400, 'HTTP 400 Bad Request'));
      });
    });

    describe('scope mappings', () => {
      let inner: Role;
      let outer: Role;
      let own: Role;
      let other: Client;
      beforeEach(async () => {
        const { world, acme } = realm;
        inner = await world.newRole(acme);
        outer = await world.newRole(acme, { childIds: [inner.id], description: 'Commands.' });
        other = await newClient();
        own = await world.newRole(acme, { name: 'keeper', clientUuid: other.id });
      });
      const sent = (...roles: Role[]) => roles.map(({ id: roleId, name }) => ({ id: roleId, name }));
      const names = ([, roles]: [number, { name: string }[]]) => roles.map(({ name }) => name);
      const shown = (role: Role, composite = false) => ({
        id: role.id,
        name: role.name,
        ...(role.description == null ? {} : { description: role.description }),
        composite,
        clientRole: role === own,
        ...(role === own ? { containerId: other.id } : {}),
      });

      it('are added, shown in every way and taken away', async () => {
        const ofRealm = `${path}/scope-mappings/realm`;
        const ofOther = `${path}/scope-mappings/clients/${other.id}`;
        expect(await ask('GET', `${path}/scope-mappings`)).toEqual([200, { realmMappings: [], clientMappings: {} }]);
        expect(names(await ask('GET', `${ofRealm}/available`))).toEqual(
          expect.arrayContaining([inner.name, outer.name]),
        );
        expect(await ask('GET', `${ofOther}/available`)).toEqual([200, [shown(own)]]);
        for (let time = 0; time < 2; time++) {
          expect(await ask('POST', ofRealm, sent(outer))).toEqual(DONE);
          expect(await ask('POST', ofOther, sent(own))).toEqual(DONE);
        }
        expect(await ask('GET', `${path}/scope-mappings`)).toEqual([
          200,
          {
            realmMappings: [shown(outer, true)],
            clientMappings: { [other.clientId]: { id: other.id, client: other.clientId, mappings: [shown(own)] } },
          },
        ]);
        expect(await ask('GET', ofRealm)).toEqual([200, [shown(outer, true)]]);
        expect(await ask('GET', ofOther)).toEqual([200, [shown(own)]]);
        const left = names(await ask('GET', `${ofRealm}/available`));
        expect([left.includes(inner.name), left.includes(outer.name)]).toEqual([true, false]);
        expect(await ask('GET', `${ofOther}/available`)).toEqual([200, []]);
        expect(names(await ask('GET', `${ofRealm}/composite`)).sort()).toEqual([inner.name, outer.name].sort());
        expect(await ask('GET', `${ofOther}/composite`)).toEqual([200, [shown(own)]]);
        for (let time = 0; time < 2; time++) {
          expect(await ask('DELETE', ofRealm, sent(outer))).toEqual(DONE);
          expect(await ask('DELETE', ofOther, sent(own))).toEqual(DONE);
        }
        expect(await ask('GET', `${path}/scope-mappings`)).toEqual([200, { realmMappings: [], clientMappings: {} }]);
      });

      it('are changed all or none', async () => {
        const ofRealm = `${path}/scope-mappings/realm`;
        const ofOther = `${path}/scope-mappings/clients/${other.id}`;
        expect(await ask('POST', ofRealm, [...sent(outer), { name: 'none' }])).toEqual(NO_ROLE);
        expect(await ask('POST', ofRealm, sent(outer, own))).toEqual(NO_ROLE);
        expect(await ask('POST', ofOther, sent(own, inner))).toEqual(NO_ROLE);
        expect(await ask('GET', ofRealm)).toEqual([200, []]);
        await ask('POST', ofRealm, sent(outer));
        expect(await ask('DELETE', ofRealm, [...sent(outer), { name: 'none' }])).toEqual(NO_ROLE);
        expect(await ask('GET', ofRealm)).toEqual([200, [shown(outer, true)]]);
        for (const body of [{}, [7], [null], [{}], [{ name: 7 }]])
          expect(await ask('POST', ofRealm, body)).toEqual(WRONG_SHAPE);
        const many = Array.from({ length: 201 }, () => ({ name: 'x' }));
        expect(await ask('POST', ofRealm, many)).toEqual(message(400, 'Could not change the roles'));
      });

      it('are of clients of the realm', async () => {
        const theirs = await newClient(realm.master);
        for (const client of [newId(), theirs.id, other.clientId, 'none'])
          for (const [method, rest, body] of [
            ['GET', ''],
            ['GET', '/available'],
            ['GET', '/composite'],
            ['POST', '', []],
            ['DELETE', '', []],
          ] as const) {
            const of = (owner: string) => `${collection}/${owner}/scope-mappings/clients/${client}${rest}`;
            expect(await ask(method, of(id), body)).toEqual(NO_CLIENT);
          }
        for (const [method, rest, body] of [
          ['GET', ''],
          ['GET', '/available'],
          ['GET', '/composite'],
          ['POST', '', []],
          ['DELETE', '', []],
        ] as const)
          expect(await ask(method, `${collection}/${newId()}/scope-mappings/clients/${other.id}${rest}`, body)).toEqual(
            NO_OWNER,
          );
      });

      it('give nothing that the caller does not hold, and are 200 at most', async () => {
        const ofRealm = `${path}/scope-mappings/realm`;
        const strong = await realm.world.newRole(realm.acme, { permissions: ['user:write'] });
        const around = await realm.world.newRole(realm.acme, { childIds: [strong.id] });
        for (const role of [strong, around]) expect(await ask('POST', ofRealm, sent(role))).toEqual(FORBIDDEN);
        expect(await ask('GET', ofRealm)).toEqual([200, []]);
        const holder = realm.token(realm.acme, ...MANAGER, 'user:write');
        expect(await ask('POST', ofRealm, sent(around), holder)).toEqual(DONE);
        const owner = collection === 'clients' ? { clientUuid: await newOwner() } : { clientScopeId: await newOwner() };
        const roles: Role[] = [];
        for (let n = 0; n < 200; n++) roles.push(await realm.world.newRole(realm.acme));
        await realm.world.services.scopeRoles.add(
          system(),
          owner,
          roles.map(({ id: roleId }) => ({ id: roleId })),
        );
        const full = 'clientUuid' in owner ? owner.clientUuid : owner.clientScopeId;
        expect(await ask('POST', `${collection}/${full}/scope-mappings/realm`, sent(inner))).toEqual(
          error(400, 'HTTP 400 Bad Request'),
        );
      });
    });
  });

  describe('a client', () => {
    it('with the full role scope may have all roles, and any client its own ones', async () => {
      const { world, acme } = realm;
      const { client: full } = await world.newClient(acme, { fullRoleScope: true });
      const plain = await newClient();
      const role = await world.newRole(acme);
      const own = await world.newRole(acme, { name: 'pilot', clientUuid: plain.id });
      const composite = async (client: Client, rest: string) =>
        (await ask('GET', `clients/${client.id}/scope-mappings/${rest}/composite`))[1].map(
          ({ name }: { name: string }) => name,
        );
      expect(await composite(full, 'realm')).toContain(role.name);
      expect(await composite(full, `clients/${plain.id}`)).toEqual([own.name]);
      expect(await composite(plain, 'realm')).toEqual([]);
      expect(await composite(plain, `clients/${plain.id}`)).toEqual([own.name]);
    });

    it.each([
      ['POST', 'protocol-mappers/models', FULL_NAME],
      ['POST', 'protocol-mappers/add-models', [FULL_NAME]],
      ['PUT', `protocol-mappers/models/${newId()}`, FULL_NAME],
      ['DELETE', `protocol-mappers/models/${newId()}`],
      ['POST', 'scope-mappings/realm', []],
      ['DELETE', 'scope-mappings/realm', []],
    ])(
      'of the service, and one that may do more than the caller, stay as they are: %s %s',
      async (method, rest, body?: unknown) => {
        const { world, acme } = realm;
        const builtin = (await world.services.clients.find(world.system(harbour), { clientId: 'account' }))!;
        const as = realm.token(harbour, ...MANAGER);
        expect(await askAt(harbour, method, `clients/${builtin.id}/${rest}`, body, as)).toEqual(FORBIDDEN);
        const { client: strong } = await world.newClient(acme, { permissions: ['user:write'] });
        const { client: sharing } = await world.newClient(acme, { fullRoleScope: true });
        for (const { id } of [strong, sharing])
          expect(await ask(method, `clients/${id}/${rest}`, body)).toEqual(FORBIDDEN);
        const { client: everywhere } = await world.newClient(realm.master, { permissions: ['user:read:all'] });
        expect(
          await askAt(
            realm.master,
            method,
            `clients/${everywhere.id}/${rest}`,
            body,
            realm.token(realm.master, ...MANAGER),
          ),
        ).toEqual(FORBIDDEN);
      },
    );

    it('is read without the right to change it, and not changed', async () => {
      const reader = realm.token(realm.acme, 'client:read', 'role:read');
      const { id } = await newClient();
      const scope = await newScope();
      for (const path of [`clients/${id}`, `client-scopes/${scope.id}`]) {
        for (const rest of ['protocol-mappers/models', 'scope-mappings', 'scope-mappings/realm/available'])
          expect((await ask('GET', `${path}/${rest}`, undefined, reader))[0]).toBe(200);
        expect(await ask('POST', `${path}/protocol-mappers/models`, FULL_NAME, reader)).toEqual(FORBIDDEN);
        expect(await ask('POST', `${path}/scope-mappings/realm`, [], reader)).toEqual(FORBIDDEN);
      }
      expect(await ask('PUT', `client-scopes/${scope.id}`, {}, reader)).toEqual(FORBIDDEN);
      expect(await ask('PUT', `default-default-client-scopes/${scope.id}`, {}, reader)).toEqual(FORBIDDEN);
      expect(await ask('PUT', `clients/${id}/default-client-scopes/${scope.id}`, {}, reader)).toEqual(FORBIDDEN);
    });
  });
});
