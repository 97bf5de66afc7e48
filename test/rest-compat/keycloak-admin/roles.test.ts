import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const error = (status: number, text: string) => [status, { error: text }];
const NO_ROLE = error(404, 'Could not find role');
const FORBIDDEN = error(403, 'HTTP 403 Forbidden');
const BAD_REQUEST = error(400, 'HTTP 400 Bad Request');
const WRONG_SHAPE = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];
const DONE = [204, undefined];
const taken = (name: string) => [409, { errorMessage: `Role with name ${name} already exists` }];
const SCOPES = ['user:read', 'role-grant:read', 'client:read', 'credential:read'];
const ROLE_SCOPES = ['role:create', 'role:write', 'role:delete'];

describe('the administration of roles', () => {
  const realm = kobilOfSuite();
  let token: string;
  beforeAll(() => {
    token = realm.token(realm.acme, ...SCOPES, ...ROLE_SCOPES);
  });
  const ask = (method: string, path: string, body?: unknown, as = token) =>
    realm.ask(method, `/admin/realms/acme/${path}`, { token: as, ...(body === undefined ? {} : { body }) });
  const make = async (name: string, more: object = {}) => {
    expect(await ask('POST', 'roles', { name, ...more })).toEqual([201, undefined]);
    return (await ask('GET', `roles/${encodeURIComponent(name)}`))[1];
  };

  it.each([
    ['GET', 'roles/{id}'],
    ['PUT', 'roles/{id}', {}],
    ['DELETE', 'roles/{id}'],
    ['GET', 'roles/{id}/users'],
    ['GET', 'roles-by-id/{id}'],
    ['PUT', 'roles-by-id/{id}', {}],
    ['DELETE', 'roles-by-id/{id}'],
    ['GET', 'roles-by-id/{id}/composites'],
    ['POST', 'roles-by-id/{id}/composites', []],
    ['DELETE', 'roles-by-id/{id}/composites', []],
    ['GET', 'roles-by-id/{id}/composites/realm'],
  ])('is about a role of the realm: %s %s', async (method, path, body?: unknown) => {
    const foreign = await realm.world.newRole(realm.master);
    for (const id of [newId(), foreign.id, foreign.name, 'none', `grp~${realm.acme.route}~x`, '%00', 'x'.repeat(300)])
      expect([id, ...(await ask(method, path.replace('{id}', id), body))]).toEqual([id, ...NO_ROLE]);
  });

  it('lists the roles of the realm alone, by name, in pages', async () => {
    const { world, acme } = realm;
    const { client } = await world.newClient(acme);
    await world.services.roles.create(world.system(acme), { name: 'rope-client', clientUuid: client.id });
    for (const name of ['rope-b', 'rope-a', 'rope-c']) await world.newRole(acme, { name });
    const names = async (query: string) => {
      const [status, body] = await ask('GET', `roles?${query}`);
      return status === 200 ? body.map(({ name }: { name: string }) => name) : [status, body];
    };
    expect(await names('search=ROPE')).toEqual(['rope-a', 'rope-b', 'rope-c']);
    expect(await names('search=rope&first=1&max=1')).toEqual(['rope-b']);
    expect(await names('search=rope&first=2&max=-1')).toEqual(['rope-c']);
    expect(await names('')).toContain('tenant-administrator');
    expect(await names('max=10001')).toEqual([400, { errorMessage: 'max must not exceed 10000' }]);
    expect(await names('max=x')).toEqual(BAD_REQUEST);
    expect(await names(`search=${'x'.repeat(2000)}`)).toEqual([]);
  });

  it('has names that are unique in the realm', async () => {
    const first = await make('anchor');
    const { id } = await make('chain', { description: 'Holds.' });
    expect(await ask('POST', 'roles', { name: 'anchor' })).toEqual(taken('anchor'));
    expect(await ask('PUT', 'roles/chain', { name: 'anchor' })).toEqual(taken('anchor'));
    expect(await ask('PUT', `roles-by-id/${id}`, { name: 'anchor' })).toEqual(taken('anchor'));
    expect(await ask('PUT', 'roles/chain', {})).toEqual(DONE);
    expect(await ask('GET', 'roles/chain')).toMatchObject([200, { name: 'chain', description: 'Holds.' }]);
    expect(first).toEqual({
      id: expect.any(String),
      name: 'anchor',
      composite: false,
      clientRole: false,
      attributes: {},
    });
  });

  it.each([{}, { name: '' }, { name: null }])('has a name: %j', async (body) => {
    expect(await ask('POST', 'roles', body)).toEqual([400, { error: 'role has no name' }]);
  });

  it.each([
    { name: 'x'.repeat(256) },
    { name: 'a\u0000b' },
    { name: 'n1', description: 'x'.repeat(1001) },
    { name: 'n2', attributes: { ['x'.repeat(256)]: ['1'] } },
    { name: 'n3', attributes: Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`a${at}`, ['1']])) },
  ])('refuses values that cannot be stored', async (body) => {
    expect(await ask('POST', 'roles', body)).toEqual([400, { errorMessage: 'Could not create role' }]);
    const role = await realm.world.newRole(realm.acme);
    const { name: _, ...others } = body;
    const change = body.name.startsWith('n') ? others : { name: body.name };
    expect(await ask('PUT', `roles/${role.name}`, change)).toEqual([400, { errorMessage: 'Could not update role' }]);
  });

  it.each([
    [{ name: 1 }],
    [{ name: 'x', attributes: { a: 'b' } }],
    [{ name: 'x', composites: [] }],
    [[]],
    ['"x"'],
    [null],
  ])('is sent as an object of texts: %j is not', async (body: unknown) => {
    const type = { headers: { 'content-type': 'application/json' }, token, body: JSON.stringify(body) };
    expect(await realm.ask('POST', '/admin/realms/acme/roles', type)).toEqual(WRONG_SHAPE);
    const { name } = await realm.world.newRole(realm.acme);
    const isIgnored = body !== null && typeof body === 'object' && 'composites' in body;
    const change = isIgnored ? { ...type, body: JSON.stringify({ composites: [] }) } : type;
    expect(await realm.ask('PUT', `/admin/realms/acme/roles/${name}`, change)).toEqual(isIgnored ? DONE : WRONG_SHAPE);
  });

  it('keeps what another API stored in attributes, and shows it as texts', async () => {
    const { world, acme } = realm;
    const { id } = await world.newRole(acme, { name: 'lamp', attributes: { size: 3, tags: ['a', null, true] } });
    expect((await ask('GET', `roles-by-id/${id}`))[1].attributes).toEqual({ size: ['3'], tags: ['a', 'true'] });
    expect(await ask('PUT', `roles-by-id/${id}`, { description: 'Lights.' })).toEqual(DONE);
    expect((await world.services.roles.findIn(acme.id, id))?.attributes).toEqual({ size: 3, tags: ['a', null, true] });
    expect(await ask('PUT', `roles-by-id/${id}`, { attributes: { oil: ['9'] } })).toEqual(DONE);
    expect((await world.services.roles.findIn(acme.id, id))?.attributes).toEqual({ oil: ['9'] });
  });

  it('neither changes nor deletes the roles that the service made', async () => {
    const { world, acme } = realm;
    const { id } = (await world.services.roles.findByName(acme.id, 'tenant-administrator'))!;
    const inner = await world.newRole(acme);
    for (const path of ['roles/tenant-administrator', `roles-by-id/${id}`]) {
      expect(await ask('PUT', path, { description: 'Mine.' })).toEqual(FORBIDDEN);
      expect(await ask('DELETE', path)).toEqual(FORBIDDEN);
    }
    for (const method of ['POST', 'DELETE'])
      expect(await ask(method, `roles-by-id/${id}/composites`, [{ id: inner.id }])).toEqual(FORBIDDEN);
  });

  describe('what they contain', () => {
    it('is changed all or none, twice without effect', async () => {
      const { world, acme, master } = realm;
      const [outer, one, two] = [await world.newRole(acme), await world.newRole(acme), await world.newRole(acme)];
      const foreign = await world.newRole(master);
      const path = `roles-by-id/${outer.id}/composites`;
      const inside = async () => (await ask('GET', path))[1].map(({ id }: { id: string }) => id).sort();
      for (const method of ['POST', 'DELETE'])
        for (const id of [newId(), foreign.id, 'none']) {
          expect(await ask(method, path, [{ id: one.id }, { id }])).toEqual(NO_ROLE);
          expect(await inside()).toEqual([]);
        }
      const both = [{ id: one.id }, { id: two.id, name: 'ignored' }];
      for (let time = 0; time < 2; time++) expect(await ask('POST', path, both)).toEqual(DONE);
      expect(await inside()).toEqual([one.id, two.id].sort());
      expect((await ask('GET', `${path}?search=${one.name}&max=1`))[1]).toHaveLength(1);
      expect(await ask('GET', `${path}?max=10001`)).toEqual([400, { errorMessage: 'max must not exceed 10000' }]);
      for (let time = 0; time < 2; time++) expect(await ask('DELETE', path, [{ id: one.id }])).toEqual(DONE);
      expect(await inside()).toEqual([two.id]);
      const many = Array.from({ length: 201 }, () => ({ id: one.id }));
      expect(await ask('POST', path, many)).toEqual([400, { errorMessage: 'Could not update role' }]);
      for (const body of [{}, [{}], [{ id: 1 }], [null]])
        for (const method of ['POST', 'DELETE']) expect(await ask(method, path, body)).toEqual(WRONG_SHAPE);
    });

    it('is no circle', async () => {
      const { world, acme } = realm;
      const inner = await world.newRole(acme);
      const outer = await world.newRole(acme, { childIds: [inner.id] });
      const circle = [400, { errorMessage: 'A role cannot contain itself' }];
      expect(await ask('POST', `roles-by-id/${inner.id}/composites`, [{ id: outer.id }])).toEqual(circle);
      expect(await ask('POST', `roles-by-id/${inner.id}/composites`, [{ id: inner.id }])).toEqual(circle);
    });

    it('is not more than the caller has, neither in a new role nor in another', async () => {
      const { world, acme } = realm;
      const strong = await world.newRole(acme, { name: 'strong', permissions: ['user:delete'] });
      const weak = await world.newRole(acme);
      expect(await ask('POST', `roles-by-id/${weak.id}/composites`, [{ id: strong.id }])).toEqual(FORBIDDEN);
      const body = { name: 'hidden', composite: true, composites: { realm: ['strong'] } };
      expect(await ask('POST', 'roles', body)).toEqual(FORBIDDEN);
      expect(await ask('GET', 'roles/hidden')).toEqual(NO_ROLE);
      const mighty = realm.token(acme, ...SCOPES, ...ROLE_SCOPES, 'user:delete');
      expect(await ask('POST', 'roles', body, mighty)).toEqual([201, undefined]);
    });

    it('is found by names in a new role, which is not made where one is missing', async () => {
      const one = await make('oar');
      const composites = { realm: ['oar'], client: null };
      expect((await make('boat', { composite: true, composites })).composite).toBe(true);
      expect((await make('raft', { composites })).composite).toBe(false);
      for (const wrong of [{ realm: ['none'] }, { client: { 'no-client': ['oar'] } }]) {
        const [status] = await ask('POST', 'roles', { name: 'wreck', composite: true, composites: wrong });
        expect(status).toBe(404);
      }
      expect(await ask('GET', 'roles/wreck')).toEqual(NO_ROLE);
      const client = `roles-by-id/${one.id}/composites/clients`;
      expect(await ask('GET', `${client}/${newId()}`)).toEqual(error(404, 'Could not find client'));
    });
  });

  it('shows who has a role itself, in pages, briefly where asked', async () => {
    const { world, acme } = realm;
    const role = await world.newRole(acme, { name: 'pilot' });
    for (const username of ['pilot-b', 'pilot-a']) {
      const { id } = await world.newUser(acme, { username });
      await world.grantRole(acme, { roleId: role.id, holderKind: 'user', holderId: id });
    }
    const [, all] = await ask('GET', 'roles/pilot/users');
    expect(all.map(({ username, totp }: { username: string; totp: boolean }) => [username, totp])).toEqual([
      ['pilot-a', false],
      ['pilot-b', false],
    ]);
    const [, brief] = await ask('GET', 'roles/pilot/users?briefRepresentation=true&first=1&max=1');
    expect(brief).toEqual([expect.not.objectContaining({ totp: false })]);
    expect(brief[0].username).toBe('pilot-b');
  });
});
