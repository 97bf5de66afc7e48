import { beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite } from '../../support/blitz.ts';
import { NOT_FOUND, wrongValue } from '../../support/blitz-refusals.ts';

describe('Blitz 2.19: organisations', () => {
  const blitz = blitzOfSuite();
  let system: string;
  let anna: User;
  let boris: User;
  beforeAll(async () => {
    system = await blitz.appToken('blitz_groups');
    anna = await blitz.account();
    boris = await blitz.account();
    await make({ id: '114', profile: 'orgs', name: 'Example Ltd', OGRN: '1230000000001', INN: '7700000001' });
    await make({ id: '115', profile: 'orgs', name: 'Second Ltd', OGRN: '1230000000002', INN: '7700000002', size: 5 });
    await make({ id: '115', profile: 'clubs', name: 'Chess' });
    await blitz.world.newGroup(blitz.tenant, { name: 'tree' });
  });

  const ask = (method: string, path: string, body?: unknown, token = system) =>
    blitz.rest.ask(method, `/blitz/api/v2/grps${path}`, { token, ...(body === undefined ? {} : { body }) });
  const make = (body: object) => ask('POST', '', body);
  const search = (query: Record<string, string>) => ask('GET', `?${new URLSearchParams(query)}`);
  const ids = async (query: Record<string, string>) =>
    (await search(query)).json.map(({ id, profile }: { id: string; profile: string }) => `${profile}/${id}`);
  const events = async () => (await blitz.world.events(blitz.tenant)).filter(({ type }) => type.startsWith('group'));

  describe('GET /grps/{id} (49)', () => {
    it('answers the group with its attributes, as the sample does without expand', async () => {
      const answer = await ask('GET', '/114');
      expect([answer.status, answer.json]).toEqual([
        200,
        {
          instanceId: expect.stringMatching(/^Z3JwO/),
          id: '114',
          profile: 'orgs',
          name: 'Example Ltd',
          OGRN: '1230000000001',
          INN: '7700000001',
        },
      ]);
      expect((await ask('GET', '/114?profile=orgs&expand=true')).json).toEqual(answer.json);
      const { instanceId, id, profile } = answer.json;
      expect((await ask('GET', '/114?expand=false')).json).toEqual({ instanceId, id, profile });
      expect((await ask('GET', `/${instanceId}`)).json).toEqual(answer.json);
      expect((await ask('GET', `/${instanceId}?profile=clubs`)).status).toBe(404);
    });

    it('requires the profile if several profiles have the id', async () => {
      expect((await ask('GET', '/115?profile=clubs')).json.name).toBe('Chess');
      const answer = await ask('GET', '/115');
      expect([answer.status, answer.json]).toEqual([400, wrongValue('profile')]);
    });

    it('answers 404 for a group that does not exist', async () => {
      for (const path of [
        '/nothing',
        '/114?profile=clubs',
        '/%00',
        '/a%2Fb',
        `/${'x'.repeat(300)}`,
        '/Z3JwOg',
        '/114~',
      ]) {
        const answer = await ask('GET', path);
        expect([path, answer.status, answer.json]).toEqual([path, 404, NOT_FOUND]);
      }
    });

    it('refuses malformed parameters, and the profile that is a tree', async () => {
      for (const [query, pos] of [
        ['profile=a%20b', 'profile'],
        ['profile=groups', 'profile'],
        ['profile=', 'profile'],
        ['profile=a&profile=b', 'profile'],
        ['expand=1', 'expand'],
      ]) {
        const answer = await ask('GET', `/114?${query}`);
        expect([answer.status, answer.json]).toEqual([400, wrongValue(pos!)]);
      }
    });
  });

  describe('GET /grps (50)', () => {
    it('sample: finds by either attribute, with all of them', async () => {
      const rql = 'or(eq(OGRN,string:1230000000001),eq(INN,string:7700000001))';
      const answer = await ask('GET', `?profile=orgs&expand=true&rql=${rql}`);
      expect([answer.status, answer.json]).toEqual([
        200,
        [
          {
            instanceId: expect.any(String),
            id: '114',
            profile: 'orgs',
            name: 'Example Ltd',
            OGRN: '1230000000001',
            INN: '7700000001',
          },
        ],
      ]);
    });

    it('answers only ids unless `expand` is true', async () => {
      expect((await search({ profile: 'clubs' })).json).toEqual([
        { instanceId: expect.any(String), id: '115', profile: 'clubs' },
      ]);
    });

    it('finds by every operator, by id, name and profile, and no groups of the tree', async () => {
      expect(await ids({})).toEqual(['orgs/114', 'orgs/115', 'clubs/115']);
      expect(await ids({ rql: 'limit(2)' })).toEqual(['orgs/114', 'orgs/115']);
      expect(await ids({ rql: 'limit(0)' })).toEqual([]);
      expect(await ids({ rql: 'limit(5000)' })).toHaveLength(3);
      expect(await ids({ rql: 'eq(id,115)' })).toEqual(['orgs/115', 'clubs/115']);
      expect(await ids({ rql: 'and(eq(id,115),eq(profile,clubs))' })).toEqual(['clubs/115']);
      expect(await ids({ rql: 'eq(name,string:example ltd)' })).toEqual(['orgs/114']);
      expect(await ids({ rql: 'eq(name,string:Example%20Ltd)' })).toEqual(['orgs/114']);
      expect(await ids({ rql: 'and(gt(size,4),lt(size,number:5.5))' })).toEqual(['orgs/115']);
      expect(await ids({ rql: 'ne(INN,7700000001)', profile: 'orgs' })).toEqual(['orgs/115']);
      expect(await ids({ rql: 'and(or(eq(id,114),eq(id,115)),or(ge(INN,7700000002),le(name,d)))' })).toEqual([
        'orgs/115',
        'clubs/115',
      ]);
      expect(await ids({ rql: 'eq(name,nothing)' })).toEqual([]);
      expect(await ids({ rql: 'eq(profile,groups)' })).toEqual([]);
    });

    it('refuses a malformed expression', async () => {
      const product = (size: number) => `or(${Array(size).fill('eq(a,b)').join(',')})`;
      for (const rql of [
        '',
        'eq(a',
        'like(a,b)',
        'eq(a)',
        'eq(a,b,c)',
        'and(eq(a,b),not(eq(c,d)))',
        'or(eq(a,b),limit(1))',
        'eq(a,number:x)',
        'eq(a,\u0000)',
        'eq(a,\ud800)',
        `and(${product(5)},${product(5)})`,
        product(21),
        `eq(a,${'x'.repeat(2000)})`,
        `eq(a,${'x'.repeat(5000)})`,
      ]) {
        const answer = await search({ rql });
        // A lone surrogate is encoded as U+FFFD by every client.
        if (rql.includes('\ud800')) expect(answer.status).toBe(200);
        else expect([rql, answer.status, answer.json]).toEqual([rql, 400, wrongValue('rql')]);
      }
    });
  });

  describe('POST /grps (51)', () => {
    it('makes a group and answers it; the profile may be in the query', async () => {
      const answer = await ask('POST', '?profile=orgs', { id: 'A/1', name: 'A', OGRN: '9', tags: ['x'], isOpen: true });
      expect([answer.status, answer.json]).toEqual([
        200,
        {
          instanceId: expect.any(String),
          id: 'A/1',
          profile: 'orgs',
          name: 'A',
          OGRN: '9',
          tags: ['x'],
          isOpen: true,
        },
      ]);
      expect((await ask('GET', '/A%2F1')).json).toEqual(answer.json);
      expect((await events()).at(-1)).toMatchObject({ type: 'group.created', actor_id: 'portal' });
      expect(await ids({ rql: 'eq(tags,x)' })).toEqual(['orgs/A/1']);
      await ask('DELETE', '/A%2F1');
    });

    it('generates an id if none is given', async () => {
      const { json } = await make({ profile: 'orgs', name: 'No id' });
      expect(json.id).toMatch(/^[0-9a-f-]{36}$/);
      await ask('DELETE', `/${json.id}`);
    });

    it('refuses an id that is taken', async () => {
      const answer = await make({ id: '114', profile: 'orgs', name: 'Again' });
      expect([answer.status, answer.json]).toEqual([400, wrongValue('id', 'already_exists')]);
    });

    it('refuses invalid members', async () => {
      for (const [body, error, pos] of [
        [{ id: '1', name: 'x' }, 'wrong_value', 'profile'],
        [{ id: '1', name: 'x', profile: 'groups' }, 'wrong_value', 'profile'],
        [{ id: '1', name: 'x', profile: 3 }, 'wrong_value', 'profile'],
        [{ id: '1', profile: 'orgs' }, 'wrong_value', 'name'],
        [{ id: '1', profile: 'orgs', name: null }, 'wrong_value', 'name'],
        [{ id: '1', profile: 'orgs', name: 'a\u0000' }, 'wrong_value', 'name'],
        [{ id: 1, profile: 'orgs', name: 'x' }, 'wrong_value', 'id'],
        [{ id: '', profile: 'orgs', name: 'x' }, 'wrong_value', 'id'],
        [{ id: 'a\u0001', profile: 'orgs', name: 'x' }, 'wrong_value', 'id'],
        [{ id: 'Z3JwOjE', profile: 'orgs', name: 'x' }, 'wrong_value', 'id'],
        [{ profile: 'orgs', name: 'x', instanceId: 'y' }, 'unmodifiable', 'instanceId'],
        [{ profile: 'orgs', name: 'x', a: 'b\u0000' }, 'wrong_value', ''],
        [{ profile: 'orgs', name: 'x', ['a'.repeat(300)]: 'b' }, 'wrong_value', ''],
        [{ profile: 'orgs', name: 'x', a: 'b'.repeat(70_000) }, 'wrong_value', ''],
      ] as const) {
        const answer = await make(body);
        expect([answer.status, answer.json]).toEqual([400, wrongValue(pos, error)]);
      }
      for (const body of ['[]', '"x"', '{']) {
        const headers = { 'content-type': 'application/json' };
        const answer = await blitz.rest.ask('POST', '/blitz/api/v2/grps', { token: system, headers, body });
        expect([answer.status, answer.json]).toEqual([400, wrongValue('', 'wrong_json')]);
      }
    });
  });

  describe('POST /grps/{id} (52)', () => {
    it('changes the given attributes, answers the whole group, and is found only by the new values', async () => {
      await make({ id: '200', profile: 'orgs', name: 'Old', OGRN: 'o1', INN: 'i1' });
      const answer = await ask('POST', '/200?profile=orgs', { name: 'New', OGRN: 'o2', INN: null, KPP: 7 });
      expect([answer.status, answer.json]).toEqual([
        200,
        { instanceId: expect.any(String), id: '200', profile: 'orgs', name: 'New', OGRN: 'o2', KPP: 7 },
      ]);
      expect((await events()).at(-1)).toMatchObject({ type: 'group.updated' });
      expect(await ids({ rql: 'or(eq(OGRN,o1),eq(INN,i1),eq(name,old))' })).toEqual([]);
      expect(await ids({ rql: 'and(eq(OGRN,o2),eq(KPP,7),eq(name,new))' })).toEqual(['orgs/200']);
      const before = (await events()).length;
      expect((await ask('POST', '/200', {})).json).toEqual(answer.json);
      expect((await events()).length).toBe(before);
      await ask('DELETE', '/200');
    });

    it('refuses to change id, instanceId and profile', async () => {
      for (const pos of ['id', 'instanceId', 'profile']) {
        const answer = await ask('POST', '/114', { [pos]: 'x', OGRN: 'changed' });
        expect([answer.status, answer.json]).toEqual([400, wrongValue(pos, 'unmodifiable')]);
      }
      expect((await ask('GET', '/114')).json.OGRN).toBe('1230000000001');
    });

    it('answers 404 for a group that does not exist, 400 for an invalid name', async () => {
      expect((await ask('POST', '/nothing', { a: 1 })).json).toEqual(NOT_FOUND);
      expect((await ask('POST', '/114?profile=clubs', { a: 1 })).status).toBe(404);
      const answer = await ask('POST', '/114', { name: '' });
      expect([answer.status, answer.json]).toEqual([400, wrongValue('name')]);
    });
  });

  describe('DELETE /grps/{id} (53)', () => {
    it('deletes the group of the profile, once', async () => {
      await make({ id: '300', profile: 'orgs', name: 'Gone' });
      const answer = await ask('DELETE', '/300?profile=orgs');
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect((await events()).at(-1)).toMatchObject({ type: 'group.deleted' });
      expect((await ask('DELETE', '/300?profile=orgs')).json).toEqual(NOT_FOUND);
      expect((await ask('GET', '/300/members')).status).toBe(404);
      expect((await ask('DELETE', '/115')).status).toBe(400);
    });
  });

  describe('members (54-56)', () => {
    const members = async (path = '/114') => (await ask('GET', `${path}/members`)).json;
    const member = ({ id }: User) => ({
      subjectId: id,
      instanceId: Buffer.from(`usr:${id}`).toString('base64url'),
    });

    it('sample: adds and removes by objects and by texts; a repetition is no error and no event', async () => {
      const added = await ask('POST', '/114/members/add?profile=orgs', [{ subjectId: anna.id }]);
      expect([added.status, added.text]).toEqual([204, '']);
      expect((await ask('POST', '/114/members/add', [anna.id, member(boris).instanceId])).status).toBe(204);
      expect(await members()).toEqual([anna, boris].map(member).sort((a, b) => (a.subjectId < b.subjectId ? -1 : 1)));
      const before = await events();
      expect(before.slice(-2)).toMatchObject([
        { type: 'group_member.added', subject_id: anna.id },
        { type: 'group_member.added', subject_id: boris.id },
      ]);
      expect((await ask('POST', '/114/members/add', [{ subjectId: anna.id }, anna.id])).status).toBe(204);
      expect((await ask('POST', '/114/members/rm?profile=orgs', [{ subjectId: anna.id }])).status).toBe(204);
      expect((await ask('POST', '/114/members/rm', [anna.id])).status).toBe(204);
      expect((await ask('POST', '/114/members/rm', [])).status).toBe(204);
      expect((await events()).slice(before.length).map(({ type }) => type)).toEqual(['group_member.removed']);
      expect(await members('/114')).toEqual([member(boris)]);
      expect(await members((await ask('GET', '/115?profile=clubs')).json.instanceId.replace(/^/, '/'))).toEqual([]);
    });

    it('refuses an unknown user, and then changes nothing', async () => {
      const before = await members();
      for (const id of [
        'nobody',
        'd2580c98-e584-4aad-a591-97a8cf45cd2a',
        '',
        'a\u0000',
        'a b',
        'usr~x',
        'x'.repeat(200),
      ]) {
        for (const verb of ['add', 'rm']) {
          const answer = await ask('POST', `/114/members/${verb}`, [{ subjectId: anna.id }, { subjectId: id }]);
          expect([id, answer.status, answer.json]).toEqual([id, 400, wrongValue('subjectId')]);
        }
      }
      const foreign = await blitz.world.newUser(await blitz.world.tenant());
      expect((await ask('POST', '/114/members/add', [foreign.id])).status).toBe(400);
      expect(await members()).toEqual(before);
    });

    it('refuses bodies of another shape', async () => {
      for (const body of [[1], [null], [{}], [{ subjectId: 1 }], [[anna.id]], Array(1001).fill('x')]) {
        const answer = await ask('POST', '/114/members/add', body);
        expect([answer.status, answer.json]).toEqual([400, wrongValue('subjectId')]);
      }
      expect((await ask('POST', '/114/members/add', { subjectId: anna.id })).json).toEqual(
        wrongValue('', 'wrong_json'),
      );
      for (const verb of ['add', 'rm']) {
        expect((await ask('POST', `/nothing/members/${verb}`, [anna.id])).json).toEqual(NOT_FOUND);
      }
    });

    it('usr_grps adds the organisations to userinfo, with their attributes, and no groups of the tree', async () => {
      const { world, tenant } = blitz;
      await ask('POST', '/114/members/add', [anna.id]);
      const { id } = await world.newGroup(tenant, { name: 'Editors' });
      await world.services.groupMembers.add(world.system(tenant), id, [anna.id]);
      const claimsOf = (...scopes: string[]) =>
        world.services.oauth.userinfo.claims(
          { ...world.user(tenant, anna.id), scopes: ['openid', ...scopes], issuerKind: 'suite' },
          tenant,
          'suite',
        );
      expect(await claimsOf('usr_grps')).toEqual({
        sub: anna.id,
        groups: [{ id: '114', profile: 'orgs', name: 'Example Ltd', OGRN: '1230000000001', INN: '7700000001' }],
      });
      expect(await claimsOf()).toEqual({ sub: anna.id });
    });
  });

  it('T13: accepts only applications with the scope for organisations', async () => {
    const user = await blitz.userToken(anna, 'openid');
    for (const token of [user, await blitz.appToken('blitz_api_sys_users')]) {
      for (const [method, path, body] of [
        ['GET', '/114'],
        ['GET', ''],
        ['POST', '', { profile: 'orgs', name: 'x' }],
        ['POST', '/114', {}],
        ['DELETE', '/114'],
        ['GET', '/114/members'],
        ['POST', '/114/members/add', []],
        ['POST', '/114/members/rm', []],
      ] as const) {
        const answer = await ask(method, path, body, token);
        expect([method, path, answer.status, answer.json.error]).toEqual([method, path, 403, 'insufficient_scope']);
      }
    }
  });

  it('does not find groups of another tenant', async () => {
    const other = await blitz.world.tenant();
    const theirs = await blitz.world.newGroup(other, { profile: 'orgs', key: 'theirs', attributes: { OGRN: 'n1' } });
    const instanceId = Buffer.from(`grp:${theirs.id}`).toString('base64url');
    for (const path of ['/theirs', `/${instanceId}`, '/theirs/members']) {
      expect((await ask('GET', path)).status).toBe(404);
    }
    expect((await ask('DELETE', `/${instanceId}`)).status).toBe(404);
    expect(await ids({ rql: 'eq(OGRN,n1)' })).toEqual([]);
  });
});
