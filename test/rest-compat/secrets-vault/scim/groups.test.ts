import { beforeEach, describe, expect, it } from 'vitest';
import { GROUP_KIND } from '../../../../rest-compat/secrets-vault/scim/group-schema.ts';
import { PATCH_SCHEMA } from '../../../../rest-compat/secrets-vault/scim/patch.ts';
import { newId } from '../../../../src/kernel/index.ts';
import type { Ask } from '../../../support/rest.ts';
import { vaultOfSuite } from '../../../support/vault.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const refusal = (status: number, scimType?: string) => ({
  status,
  json: { schemas: [ERROR], status: String(status), ...(scimType === undefined ? {} : { scimType }) },
});
const SCOPES = ['read', 'create', 'write', 'delete'].flatMap((verb) => [`user:${verb}`, `group:${verb}`]);
const OF_MEMBERS = ['group-member:read', 'group-member:write'];
const BASE = 'https://id.example.com/scim/v2/acme';

describe('the groups of SCIM', () => {
  const vault = vaultOfSuite();
  let token: string;
  beforeEach(() => {
    // Another credential for each test: each may send 200 requests a minute.
    token = vault.userToken(vault.acme, newId(), ...SCOPES, ...OF_MEMBERS);
  });

  const ask = (method: string, path: string, request: Ask = {}) =>
    vault.rest.ask(method, `/scim/v2/acme${path}`, { token, ...request });
  const groupOf = (more: object = {}) => ({ schemas: [GROUP_KIND.schema], displayName: newId(), ...more });
  const make = async (more: object = {}) => {
    const answer = await ask('POST', '/Groups', { body: groupOf(more) });
    expect(answer).toMatchObject({ status: 201 });
    return answer.json;
  };
  const user = async (): Promise<string> => (await vault.world.newUser(vault.acme)).id;
  const patch = (id: string, ...operations: object[]) =>
    ask('PATCH', `/Groups/${id}`, { body: { schemas: [PATCH_SCHEMA], Operations: operations } });
  const read = async (id: string) => (await ask('GET', `/Groups/${id}`)).json;
  const membersOf = ({ members = [] }: { members?: { value: string }[] }) => members.map(({ value }) => value).sort();
  const find = async (filter: string, more = '') => {
    const answer = await ask('GET', `/Groups?filter=${encodeURIComponent(filter)}${more}`);
    expect(answer, filter).toMatchObject({ status: 200 });
    return answer.json;
  };
  const idsOf = ({ Resources }: { Resources: { id: string }[] }) => Resources.map(({ id }) => id);

  describe('SCIM-13, SCIM-17: made and read', () => {
    it('201, 200: with users and groups as members', async () => {
      const [anna, inner] = [await user(), await make()];
      const body = groupOf({
        externalId: 'x-1',
        members: [
          { value: anna, type: 'User' },
          { value: inner.id, $ref: null },
        ],
      });
      const made = await ask('POST', '/Groups', { body });
      const { id } = made.json;
      expect(made.status).toBe(201);
      expect(made.json).toEqual({
        schemas: [GROUP_KIND.schema],
        id,
        externalId: 'x-1',
        displayName: body.displayName,
        members: [
          { value: anna, $ref: `${BASE}/Users/${anna}`, type: 'User' },
          { value: inner.id, $ref: `${BASE}/Groups/${inner.id}`, type: 'Group', display: inner.displayName },
        ],
        meta: expect.objectContaining({ resourceType: 'Group', location: `${BASE}/Groups/${id}` }),
      });
      expect(made.headers.location).toBe(`${BASE}/Groups/${id}`);
      expect(await ask('GET', `/Groups/${id}`)).toMatchObject({ status: 200, json: made.json });
      const head = await ask('HEAD', `/Groups/${id}`);
      expect([head.status, head.text]).toEqual([200, '']);
      const without = await ask('GET', `/Groups/${id}?excludedAttributes=members`);
      expect(without.json).not.toHaveProperty('members');
      const { json: member } = await ask('GET', `/Users/${anna}`);
      expect(member.groups).toEqual([
        { value: id, $ref: `${BASE}/Groups/${id}`, display: body.displayName, type: 'direct' },
      ]);
    });

    it('200: a group below another one, which another API made, is named by its path', async () => {
      const top = await make();
      const below = await vault.world.newGroup(vault.acme, { name: 'below', parentId: top.id });
      expect(await read(below.id)).toMatchObject({ displayName: `${top.displayName}/below` });
    });

    it('400: no name, no schema, a member who is not there or has no id, and a name with a slash', async () => {
      for (const [more, scimType] of [
        [{ displayName: undefined }, 'invalidValue'],
        [{ schemas: [] }, 'invalidSyntax'],
        [{ members: [{ value: newId() }] }, 'invalidValue'],
        [{ members: [{ type: 'User' }] }, 'invalidValue'],
        [{ displayName: 'a/b' }, 'invalidValue'],
      ] as const)
        expect(await ask('POST', '/Groups', { body: groupOf(more) })).toMatchObject(refusal(400, scimType));
    });

    it('404: a group that is not there, and one of another profile', async () => {
      const listed = await vault.world.newGroup(vault.acme, { profile: 'orgs' });
      for (const id of [newId(), 'nothing', listed.id])
        for (const method of ['GET', 'DELETE']) expect(await ask(method, `/Groups/${id}`)).toMatchObject(refusal(404));
    });

    it('409: a name that is taken, in any case', async () => {
      const { displayName } = await make();
      const body = groupOf({ displayName: displayName.toUpperCase() });
      expect(await ask('POST', '/Groups', { body })).toMatchObject(refusal(409, 'uniqueness'));
    });
  });

  describe('SCIM-15: replaced', () => {
    it('200: name and members', async () => {
      const [anna, ben, inner] = [await user(), await user(), await make()];
      const { id } = await make({ externalId: 'x-1', members: [{ value: anna }, { value: inner.id }] });
      const body = groupOf({ members: [{ value: ben }] });
      const { status, json } = await ask('PUT', `/Groups/${id}`, { body });
      expect([status, json.displayName, membersOf(json)]).toEqual([200, body.displayName, [ben]]);
      expect(json).not.toHaveProperty('externalId');
    });

    it('200: a group below another one by its path; 400: elsewhere', async () => {
      const top = await make();
      const { id } = await vault.world.newGroup(vault.acme, { name: 'below', parentId: top.id });
      const displayName = `${top.displayName}/renamed`;
      const { json } = await ask('PUT', `/Groups/${id}`, { body: groupOf({ displayName }) });
      expect(json).toMatchObject({ displayName });
      expect(await ask('PUT', `/Groups/${id}`, { body: groupOf() })).toMatchObject(refusal(400, 'invalidValue'));
    });

    it('404: it makes none', async () => {
      expect(await ask('PUT', `/Groups/${newId()}`, { body: groupOf() })).toMatchObject(refusal(404));
    });
  });

  describe('SCIM-16: changed by operations', () => {
    it('200: members come and go, in every form', async () => {
      const [anna, ben, cleo] = [await user(), await user(), await user()];
      const { id } = await make();
      const add = (...ids: string[]) => ({
        op: 'Add',
        path: 'members',
        value: ids.map((value) => ({ $ref: null, value })),
      });
      const after = async (...operations: object[]) => membersOf((await patch(id, ...operations)).json);
      expect(await after(add(anna, ben))).toEqual([anna, ben].sort());
      expect(await after(add(anna))).toEqual([anna, ben].sort());
      expect(await after({ op: 'remove', path: `members[value eq "${anna}"]` })).toEqual([ben]);
      expect(await after({ op: 'remove', path: `members[value eq "${anna}"]` })).toEqual([ben]);
      expect(await after({ op: 'Remove', path: 'members', value: [{ value: ben }] })).toEqual([]);
      expect(await after({ op: 'add', value: { members: [{ value: cleo }] } })).toEqual([cleo]);
      expect(await after({ op: 'replace', path: 'members', value: [{ value: ben }] })).toEqual([ben]);
      expect(await after({ op: 'remove', path: `members[value eq "${ben}"]` }, add(ben, anna))).toEqual(
        [anna, ben].sort(),
      );
      expect(await after({ op: 'remove', path: 'members' })).toEqual([]);
    });

    it('200: the name and the other id; operations without effect change nothing', async () => {
      const made = await make({ externalId: 'x-1' });
      const displayName = newId();
      const renamed = await patch(made.id, { op: 'replace', value: { id: made.id, displayName } });
      expect(renamed.json).toMatchObject({ displayName, externalId: 'x-1' });
      const same = await patch(made.id, { op: 'replace', path: 'displayName', value: displayName });
      expect(same.json).toEqual(renamed.json);
      const bare = await patch(made.id, { op: 'remove', path: 'externalId' });
      expect(bare.json).not.toHaveProperty('externalId');
    });

    it('204: a group of more than 200 members', async () => {
      const ids = await Promise.all(Array.from({ length: 201 }, user));
      const value = ids.map((id) => ({ value: id }));
      const { id } = await make({ members: value.slice(1) });
      expect(await patch(id, { op: 'replace', path: 'externalId', value: 'x' })).toMatchObject({ status: 200 });
      expect(await patch(id, { op: 'add', path: 'members', value })).toMatchObject({ status: 204, text: '' });
      expect((await read(id)).members).toHaveLength(201);
    });

    it('400: all or none', async () => {
      const [anna, outer] = [await user(), await make()];
      const { id } = await make({ members: [{ value: anna }, { value: outer.id }] });
      const rename = { op: 'replace', path: 'displayName', value: newId() };
      const before = await read(id);
      for (const [target, operation, scimType] of [
        [id, { op: 'add', path: 'members', value: [{ value: newId() }] }, 'invalidValue'],
        [id, { op: 'add', path: 'members', value: [{ value: id }] }, 'invalidValue'],
        [outer.id, { op: 'add', path: 'members', value: [{ value: id }] }, 'invalidValue'],
        [id, { op: 'replace', path: `members[value eq "${anna}"]`, value: { value: 'x' } }, 'mutability'],
        [id, { op: 'remove', path: `members[value ne "${anna}"]` }, 'invalidFilter'],
        [id, { op: 'remove', path: 'displayName' }, 'mutability'],
        [id, { op: 'remove' }, 'noTarget'],
        [id, { op: 'add', path: 'nothing', value: 'x' }, 'invalidPath'],
      ] as const)
        expect(await patch(target, rename, operation), JSON.stringify(operation)).toMatchObject(refusal(400, scimType));
      expect(await read(id)).toEqual(before);
    });

    it('403: a group whose roles the caller does not hold', async () => {
      const anna = await user();
      const { id } = await make();
      const role = await vault.world.newRole(vault.acme, { permissions: ['key:rotate'] });
      await vault.world.grantRole(vault.acme, { roleId: role.id, holderKind: 'group', holderId: id });
      expect(await patch(id, { op: 'add', path: 'members', value: [{ value: anna }] })).toMatchObject(refusal(403));
    });
  });

  describe('SCIM-18: deleted', () => {
    it('204: its members stay', async () => {
      const anna = await user();
      const { id } = await make({ members: [{ value: anna }] });
      expect(await ask('DELETE', `/Groups/${id}`)).toMatchObject({ status: 204, text: '' });
      expect((await ask('GET', `/Groups/${id}`)).status).toBe(404);
      expect((await ask('GET', `/Users/${anna}`)).json).not.toHaveProperty('groups');
    });
  });

  describe('SCIM-14: listed', () => {
    it('200: pages in a stable order, without groups of other profiles', async () => {
      const ids = [(await make()).id, (await make()).id];
      await vault.world.newGroup(vault.acme, { profile: 'orgs' });
      const { json: all } = await ask('GET', '/Groups?excludedAttributes=members');
      expect(idsOf(all).slice(-2)).toEqual(ids);
      const total = all.totalResults;
      expect((await ask('GET', `/Groups?startIndex=${total}&count=1`)).json).toMatchObject({
        totalResults: total,
        startIndex: total,
        itemsPerPage: 1,
        Resources: [{ id: ids[1] }],
      });
      const { json: none } = await ask('GET', '/Groups?count=0');
      expect([none.totalResults, 'Resources' in none]).toEqual([total, false]);
    });

    it('200: those that meet a filter, with their members', async () => {
      const [anna, inner] = [await user(), await make()];
      const key = newId();
      const made = await make({ displayName: key, externalId: key, members: [{ value: anna }, { value: inner.id }] });
      for (const filter of [
        `displayName eq "${key.toUpperCase()}"`,
        `externalId eq "${key}"`,
        `id eq "${made.id}"`,
        `members eq "${anna}"`,
        `members.value eq "${inner.id}"`,
        `members[value eq "${anna}"]`,
        `id eq "${made.id}" and members[value eq "${anna}"]`,
        `displayName sw "${key.slice(0, 30)}"`,
        `externalId eq "nothing" or externalId eq "${key}"`,
        `id eq "${made.id}" and not (externalId eq "nothing")`,
      ]) {
        const found = await find(filter);
        expect([filter, found.totalResults, found.Resources]).toEqual([filter, 1, [made]]);
      }
      for (const filter of [
        `externalId eq "${key.toUpperCase()}"`,
        'id eq "nothing"',
        'displayName eq "\\u0000"',
        `id eq "${made.id}" and nothing pr`,
        `members eq "${newId()}"`,
      ])
        expect(idsOf(await find(filter)), filter).toEqual([]);
      expect(await find(`externalId eq "${key}"`, '&startIndex=2')).toMatchObject({ totalResults: 1, Resources: [] });
    });

    it('400: other questions about members', async () => {
      for (const filter of ['members pr', 'members co "a"', `not (members eq "${newId()}")`])
        expect(await ask('GET', `/Groups?filter=${encodeURIComponent(filter)}`)).toMatchObject(refusal(400, 'tooMany'));
    });
  });

  it.each([
    ['GET', '/Groups'],
    ['POST', '/Groups'],
    ['GET', '/Groups/x'],
    ['PUT', '/Groups/x'],
    ['PATCH', '/Groups/x'],
    ['DELETE', '/Groups/x'],
  ])('401, 403: %s %s without a credential, or without the permission', async (method, path) => {
    const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} };
    expect(await vault.rest.ask(method, `/scim/v2/acme${path}`, body)).toMatchObject(refusal(401));
    const weak = vault.userToken(vault.acme, newId(), 'user:read');
    expect(await ask(method, path, { ...body, token: weak })).toMatchObject(refusal(403));
  });
});
