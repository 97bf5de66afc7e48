import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const error = (status: number, text: string) => [status, { error: text }];
const NO_GROUP = error(404, 'Could not find group by id');
const NO_DEFAULT = error(404, 'Group not found');
const NO_PATH = error(404, 'Group path does not exist');
const FORBIDDEN = error(403, 'HTTP 403 Forbidden');
const NO_NAME = [400, { errorMessage: 'Group name is missing' }];
const NOT_CREATED = [400, { errorMessage: 'Could not create group' }];
const WRONG_SHAPE = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];
const DONE = [204, undefined];
const SCOPES = [
  'user:create',
  'user:read',
  'credential:read',
  'role:read',
  'role-grant:write',
  'role-grant:read',
  'client:read',
  'group:create',
  'group:write',
  'group:delete',
  'group-member:read',
  'setting:write',
];

interface Shown {
  readonly name: string;
  readonly subGroups: readonly Shown[];
}
/** The names of a hierarchy: `a(b(c) d)`. */
const namesOf = (groups: readonly Shown[]): string =>
  groups.map(({ name, subGroups }) => (subGroups.length === 0 ? name : `${name}(${namesOf(subGroups)})`)).join(' ');

describe('the administration of groups', () => {
  const realm = kobilOfSuite();
  let token: string;
  beforeAll(() => {
    token = realm.token(realm.acme, ...SCOPES);
  });
  const ask = (method: string, path: string, body?: unknown, as = token) =>
    realm.ask(method, `/admin/realms/acme/${path}`, { token: as, ...(body === undefined ? {} : { body }) });
  const list = async (query: string) => {
    const [status, body] = await ask('GET', `groups?${query}`);
    return status === 200 ? namesOf(body) : [status, body];
  };

  it.each([
    ['GET', ''],
    ['PUT', '', { name: 'x' }],
    ['DELETE', ''],
    ['GET', '/children'],
    ['GET', '/members'],
    ['GET', '/role-mappings'],
    ['GET', '/role-mappings/realm'],
    ['GET', '/role-mappings/realm/available'],
    ['GET', '/role-mappings/realm/composite'],
    ['POST', '/role-mappings/realm', []],
    ['DELETE', '/role-mappings/realm', []],
  ])('is about a group of the tree of the realm: %s groups/{id}%s', async (method, path, body?: unknown) => {
    const { world, acme, master } = realm;
    const foreign = await world.newGroup(master);
    for (const id of [newId(), foreign.id, 'none', `rol~${acme.route}~x`, '%00', 'x'.repeat(300)])
      expect([id, ...(await ask(method, `groups/${id}${path}`, body))]).toEqual([id, ...NO_GROUP]);
  });

  it('shows no directory of an organisation', async () => {
    const { id } = await realm.world.newGroup(realm.acme, { profile: 'orgs', key: '7', name: 'guild' });
    for (const path of ['', '/children', '/members', '/role-mappings'])
      expect(await ask('GET', `groups/${id}${path}`)).toEqual(NO_GROUP);
    expect(await ask('PUT', `groups/${id}`, { name: 'x' })).toEqual(NO_GROUP);
    expect(await ask('DELETE', `groups/${id}`)).toEqual(NO_GROUP);
    expect(await ask('PUT', `default-groups/${id}`)).toEqual(NO_DEFAULT);
    expect(await list('search=guild')).toBe('');
  });

  it('finds groups at the top, or wherever they are, inside those above them', async () => {
    const { world, acme } = realm;
    const port = await world.newGroup(acme, { name: 'Port', attributes: { side: ['left', 'red'] } });
    const quay = await world.newGroup(acme, { name: 'Quay', parentId: port.id });
    await world.newGroup(acme, { name: 'Quay crane', parentId: quay.id });
    await world.newGroup(acme, { name: 'Quay lamp', parentId: quay.id, attributes: { side: 'left' } });
    await world.newGroup(acme, { name: 'Harbour', parentId: null });
    expect(await list('')).toMatch(/^Harbour .*Port/);
    expect(await list('')).not.toMatch(/Quay/);
    expect(await list('search=quay')).toBe('Port(Quay(Quay crane Quay lamp))');
    expect(await list('search=quay&populateHierarchy=false')).toBe('Quay Quay crane Quay lamp');
    expect(await list('search=quay&exact=true')).toBe('Port(Quay)');
    expect(await list('search=LAMP&exact=false')).toBe('Port(Quay(Quay lamp))');
    expect(await list('q=side:left')).toBe('Port(Quay(Quay lamp))');
    expect(await list('q=side:left&search=lamp')).toBe('Port(Quay(Quay lamp))');
    expect(await list('q=side:green')).toBe('');
    expect(await list('search=quay&first=1&max=1')).toBe('Port(Quay(Quay crane))');
    expect(await list('max=10001')).toEqual([400, { errorMessage: 'max must not exceed 10000' }]);
    for (const query of ['max=x', 'exact=yes', `q=${'x'.repeat(1001)}`, `search=${'x'.repeat(2000)}`])
      expect(await list(query)).toEqual(error(400, 'HTTP 400 Bad Request'));
    const count = async (query: string) => (await ask('GET', `groups/count?${query}`))[1].count;
    expect(await count('search=quay')).toBe(3);
    expect((await count('')) - (await count('top=true'))).toBe(3);
    expect(await count('top=true&search=quay')).toBe(3);
    const children = async (query: string) => namesOf((await ask('GET', `groups/${quay.id}/children?${query}`))[1]);
    expect(await children('')).toBe('Quay crane Quay lamp');
    expect(await children('search=CRANE')).toBe('Quay crane');
    expect(await children('search=crane&exact=true')).toBe('');
    expect(await children('first=1')).toBe('Quay lamp');
    const [, full] = await ask('GET', `groups/${quay.id}/children?briefRepresentation=false&max=1`);
    expect(full[0]).toMatchObject({ attributes: {}, realmRoles: [], clientRoles: {}, parentId: quay.id });
  });

  it('is found by its path', async () => {
    const { world, acme } = realm;
    const { id } = await world.newGroup(acme, {
      name: 'Isle of Ö',
      parentId: (await world.newGroup(acme, { name: 'Sea' })).id,
    });
    expect(await ask('GET', 'group-by-path/sea/isle%20of%20%C3%B6')).toMatchObject([
      200,
      { id, path: '/Sea/Isle of Ö', attributes: {}, realmRoles: [] },
    ]);
    for (const path of ['none', 'Sea/none', 'Sea//x', '%00', `${'x/'.repeat(40)}x`])
      expect([path, ...(await ask('GET', `group-by-path/${path}`))]).toEqual([path, ...NO_PATH]);
  });

  it('has a name that no sibling has', async () => {
    const { world, acme } = realm;
    const top = await world.newGroup(acme, { name: 'Fleet' });
    const other = await world.newGroup(acme, { name: 'Convoy' });
    const child = await world.newGroup(acme, { name: 'Van', parentId: top.id });
    const rear = await world.newGroup(acme, { name: 'Rear', parentId: top.id });
    const taken = (kin: string, name: string) => [
      409,
      { errorMessage: `${kin} group named '${name}' already exists.` },
    ];
    expect(await ask('POST', 'groups', { name: 'fleet' })).toEqual(taken('Top level', 'fleet'));
    expect(await ask('POST', `groups/${top.id}/children`, { name: 'VAN' })).toEqual(taken('Sibling', 'VAN'));
    expect(await ask('PUT', `groups/${other.id}`, { name: 'Fleet' })).toEqual(taken('Sibling', 'Fleet'));
    expect(await ask('PUT', `groups/${rear.id}`, { name: 'Van' })).toEqual(taken('Sibling', 'Van'));
    expect(await ask('PUT', `groups/${child.id}`, { name: 'van', attributes: { a: ['b'] } })).toEqual(DONE);
    expect(await ask('GET', `groups/${child.id}`)).toMatchObject([
      200,
      { path: '/Fleet/van', attributes: { a: ['b'] } },
    ]);
    expect(await ask('PUT', `groups/${child.id}`, { name: 'van' })).toEqual(DONE);
    expect((await ask('GET', `groups/${child.id}`))[1].attributes).toEqual({ a: ['b'] });
    for (const body of [{}, { name: '' }, { name: '  ' }, { name: null }]) {
      expect(await ask('POST', 'groups', body)).toEqual(NO_NAME);
      expect(await ask('POST', `groups/${top.id}/children`, body)).toEqual(NO_NAME);
      expect(await ask('PUT', `groups/${top.id}`, body)).toEqual(NO_NAME);
    }
    for (const name of ['a/b', 'x'.repeat(256), 'a\u0000b']) {
      expect(await ask('POST', 'groups', { name })).toEqual(NOT_CREATED);
      expect(await ask('PUT', `groups/${top.id}`, { name })).toEqual([400, { errorMessage: 'Could not update group' }]);
    }
    for (const body of [[], { name: 1 }, { name: 'x', attributes: { a: 1 } }, { name: 'x', id: 1 }])
      expect(await ask('POST', 'groups', body)).toEqual(WRONG_SHAPE);
  });

  it('is moved below another, but not below itself', async () => {
    const { world, acme, master } = realm;
    const top = await world.newGroup(acme);
    const child = await world.newGroup(acme, { parentId: top.id });
    const other = await world.newGroup(acme);
    const foreign = await world.newGroup(master);
    const move = (id: string, to: string, as = token) => ask('POST', `groups/${to}/children`, { id, name: 'x' }, as);
    expect(await move(child.id, other.id)).toEqual(DONE);
    expect((await ask('GET', `groups/${child.id}`))[1].parentId).toBe(other.id);
    expect(await move(other.id, child.id)).toEqual(NOT_CREATED);
    const noChild = error(404, 'Could not find child by id');
    for (const id of [newId(), foreign.id, 'none', '']) expect(await move(id, other.id)).toEqual(noChild);
    const noParent = error(404, 'Could not find parent by id');
    for (const id of [newId(), foreign.id]) expect(await move(child.id, id)).toEqual(noParent);
    expect(await ask('POST', `groups/${newId()}/children`, { name: 'x' })).toEqual(noParent);
    expect(await ask('POST', 'groups', { id: child.id, name: 'x' })).toEqual(DONE);
    expect((await ask('GET', `groups/${child.id}`))[1].parentId).toBeUndefined();
    expect(await move(child.id, other.id, realm.token(acme, 'group:create', 'group:read'))).toEqual(FORBIDDEN);
    const strong = await world.newRole(acme, { permissions: ['user:delete'] });
    await world.grantRole(acme, { roleId: strong.id, holderKind: 'group', holderId: other.id });
    expect(await move(child.id, other.id)).toEqual(FORBIDDEN);
  });

  it('nests at most 32 deep', async () => {
    const { world, acme } = realm;
    let parentId = (await world.newGroup(acme)).id;
    for (let depth = 1; depth < 32; depth++) parentId = (await world.newGroup(acme, { parentId })).id;
    expect(await ask('POST', `groups/${parentId}/children`, { name: 'x' })).toEqual(NOT_CREATED);
  });

  it('shows its members by username, in pages', async () => {
    const { world, acme } = realm;
    const { id } = await world.newGroup(acme);
    for (const username of ['crew-b', 'crew-a']) {
      const user = await world.newUser(acme, { username });
      await world.services.groupMembers.add(world.system(acme), id, [user.id]);
    }
    const names = async (query: string) =>
      (await ask('GET', `groups/${id}/members?${query}`))[1].map(({ username }: { username: string }) => username);
    expect(await names('')).toEqual(['crew-a', 'crew-b']);
    expect(await names('first=1&max=5')).toEqual(['crew-b']);
    const [, brief] = await ask('GET', `groups/${id}/members?briefRepresentation=true`);
    expect(brief[0].requiredActions).toBeUndefined();
    expect(await ask('GET', `groups/${id}/members?max=10001`)).toEqual([
      400,
      { errorMessage: 'max must not exceed 10000' },
    ]);
  });

  it('says what the caller may do', async () => {
    const { id } = await realm.world.newGroup(realm.acme);
    const reader = realm.token(realm.acme, 'group:read', 'role-grant:read');
    expect((await ask('GET', `groups/${id}`, undefined, reader))[1].access).toEqual({
      view: true,
      viewMembers: false,
      manageMembers: false,
      manage: false,
      manageMembership: false,
    });
  });

  describe('its roles', () => {
    it('are granted all or none, and not by those who have less than they give', async () => {
      const { world, acme } = realm;
      const { id } = await world.newGroup(acme);
      const [role, strong] = [await world.newRole(acme), await world.newRole(acme, { permissions: ['user:delete'] })];
      const { client } = await world.newClient(acme);
      const path = `groups/${id}/role-mappings`;
      const noRole = error(404, 'Could not find role');
      expect(await ask('POST', `${path}/realm`, [{ name: role.name }, { name: 'none' }])).toEqual(noRole);
      expect(await ask('POST', `${path}/realm`, [{ name: role.name }, { name: strong.name }])).toEqual(FORBIDDEN);
      expect((await ask('GET', path))[1]).toEqual({ realmMappings: [], clientMappings: {} });
      expect(await ask('POST', `${path}/clients/${client.id}`, [{ name: role.name }])).toEqual(noRole);
      expect(await ask('GET', `${path}/clients/${newId()}`)).toEqual(error(404, 'Could not find client'));
      for (let time = 0; time < 2; time++)
        expect(await ask('POST', `${path}/realm`, [{ name: role.name }])).toEqual(DONE);
      for (let time = 0; time < 2; time++)
        expect(await ask('DELETE', `${path}/realm`, [{ name: role.name }])).toEqual(DONE);
    });
  });

  describe('default groups', () => {
    const groupsOf = async (username: string) => {
      const user = (await realm.world.services.users.findByUsername(realm.world.system(realm.acme), username))!;
      const { groups } = realm.world.services;
      const found = await groups.ofUsers(realm.acme.id, [user.id], null);
      return (found.get(user.id) ?? []).map(({ id }) => id);
    };

    it('are of the realm, added and removed, twice without effect', async () => {
      const { world, acme, master } = realm;
      const { id } = await world.newGroup(acme, { name: 'Newcomers' });
      const foreign = await world.newGroup(master);
      for (const method of ['PUT', 'DELETE'])
        for (const other of [newId(), foreign.id, 'none', `rol~${acme.route}~x`])
          expect([other, ...(await ask(method, `default-groups/${other}`))]).toEqual([other, ...NO_DEFAULT]);
      for (let time = 0; time < 2; time++) expect(await ask('PUT', `default-groups/${id}`, {})).toEqual(DONE);
      expect(await ask('GET', 'default-groups')).toMatchObject([200, [{ id, name: 'Newcomers', subGroups: [] }]]);
      await ask('POST', 'users', { username: 'greenhorn' });
      expect(await groupsOf('greenhorn')).toEqual([id]);
      for (let time = 0; time < 2; time++) expect(await ask('DELETE', `default-groups/${id}`, {})).toEqual(DONE);
      await ask('POST', 'users', { username: 'old-hand' });
      expect(await groupsOf('old-hand')).toEqual([]);
      expect(await groupsOf('greenhorn')).toEqual([id]);
    });

    it('are at most 50', async () => {
      const { world, acme } = realm;
      const made = [];
      for (let at = 0; at < 51; at++) made.push(await world.newGroup(acme));
      for (const { id } of made.slice(0, 50)) await world.services.defaultGroups.add(world.system(acme), id);
      expect(await ask('PUT', `default-groups/${made[50]!.id}`)).toEqual([
        400,
        { errorMessage: 'A realm has at most 50 default groups' },
      ]);
      for (const { id } of made) await world.services.groups.delete(world.system(acme), id);
      expect(await ask('GET', 'default-groups')).toEqual([200, []]);
    });

    it('give no more than the caller has, neither who adds one nor who then makes users', async () => {
      const { world, acme } = realm;
      const { id } = await world.newGroup(acme);
      const strong = await world.newRole(acme, { permissions: ['user:delete'] });
      await world.grantRole(acme, { roleId: strong.id, holderKind: 'group', holderId: id });
      expect(await ask('PUT', `default-groups/${id}`)).toEqual(FORBIDDEN);
      const mighty = realm.token(acme, ...SCOPES, 'user:delete');
      expect(await ask('PUT', `default-groups/${id}`, {}, mighty)).toEqual(DONE);
      expect(await ask('POST', 'users', { username: 'sneak' })).toEqual(FORBIDDEN);
      expect((await ask('POST', 'users', { username: 'sneak' }, mighty))[0]).toBe(201);
      expect(await ask('DELETE', `default-groups/${id}`)).toEqual(DONE);
    });
  });
});
