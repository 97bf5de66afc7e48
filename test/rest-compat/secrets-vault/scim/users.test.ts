import { beforeEach, describe, expect, it } from 'vitest';
import { PATCH_SCHEMA } from '../../../../rest-compat/secrets-vault/scim/patch.ts';
import { ENTERPRISE_SCHEMA, USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';
import { newId } from '../../../../src/kernel/index.ts';
import type { Ask } from '../../../support/rest.ts';
import { vaultOfSuite } from '../../../support/vault.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const refusal = (status: number, scimType?: string) => ({
  status,
  json: { schemas: [ERROR], status: String(status), ...(scimType === undefined ? {} : { scimType }) },
});
const SCOPES = ['read', 'create', 'write', 'delete'].flatMap((verb) => [`user:${verb}`, `group:${verb}`]);

describe('the users of SCIM', () => {
  const vault = vaultOfSuite();
  let token: string;
  beforeEach(() => {
    // Another credential for each test: each may send 200 requests a minute.
    token = vault.userToken(vault.acme, newId(), ...SCOPES, 'group-member:read', 'group-member:write');
  });

  const ask = (method: string, path: string, request: Ask = {}) =>
    vault.rest.ask(method, `/scim/v2/acme${path}`, { token, ...request });
  const newName = (): string => `user.${newId()}@example.org`;
  const userOf = (more: object = {}) => ({ schemas: [USER_KIND.schema], userName: newName(), ...more });
  const make = async (more: object = {}) => {
    const answer = await ask('POST', '/Users', { body: userOf(more) });
    expect(answer).toMatchObject({ status: 201 });
    return answer.json;
  };
  const patch = (id: string, ...operations: object[]) =>
    ask('PATCH', `/Users/${id}`, { body: { schemas: [PATCH_SCHEMA], Operations: operations } });
  const find = async (filter: string, more = '') => {
    const answer = await ask('GET', `/Users?filter=${encodeURIComponent(filter)}${more}`);
    expect(answer).toMatchObject({ status: 200 });
    return answer.json;
  };
  const idsOf = ({ Resources }: { Resources: { id: string }[] }) => Resources.map(({ id }) => id);

  const WHOLE = {
    externalId: 'ext-1',
    name: {
      formatted: 'Dr. Ada King Lovelace',
      familyName: 'Lovelace',
      givenName: 'Ada',
      middleName: 'King',
      honorificPrefix: 'Dr.',
      honorificSuffix: 'III',
    },
    displayName: 'Ada',
    nickName: 'Addie',
    profileUrl: 'https://example.org/ada',
    title: 'Analyst',
    userType: 'Employee',
    preferredLanguage: 'en-GB',
    locale: 'en-GB',
    timezone: 'Europe/London',
    active: true,
    emails: [
      { value: 'ada.home@example.org', type: 'home' },
      { value: 'ada.work@example.org', type: 'work', primary: true, display: 'Work' },
    ],
    phoneNumbers: [{ value: '+44 20 7946 0000', type: 'work' }],
    addresses: [{ type: 'work', locality: 'London', country: 'GB', primary: true }],
    [ENTERPRISE_SCHEMA]: { employeeNumber: '7', department: 'Engines', manager: { value: 'boss' } },
  };

  describe('SCIM-6, SCIM-9: made and read', () => {
    it('201, 200: all attributes come back as they were sent', async () => {
      const body = userOf({
        ...WHOLE,
        schemas: [USER_KIND.schema, ENTERPRISE_SCHEMA],
        id: 'x',
        password: 'p',
        roles: [],
      });
      const made = await ask('POST', '/Users', { body });
      const { id, meta, ...shown } = made.json;
      expect(made.status).toBe(201);
      expect(shown).toEqual({
        schemas: [USER_KIND.schema, ENTERPRISE_SCHEMA],
        userName: body.userName,
        ...WHOLE,
      });
      const location = `https://id.example.com/scim/v2/acme/Users/${id}`;
      expect(meta).toMatchObject({ resourceType: 'User', location });
      expect([made.headers.location, made.headers['content-type']]).toEqual([location, 'application/scim+json']);
      expect(await ask('GET', `/Users/${id}`)).toMatchObject({ status: 200, json: made.json });
      const head = await ask('HEAD', `/Users/${id}`);
      expect([head.status, head.text, head.headers['content-type']]).toEqual([200, '', 'application/scim+json']);
    });

    it('201: what has columns is there for every other API', async () => {
      const { id } = await make(WHOLE);
      const user = await vault.world.services.users.findIn(vault.acme.id, id);
      expect(user).toMatchObject({
        email: 'ada.work@example.org',
        phone: '+44 20 7946 0000',
        givenName: 'Ada',
        middleName: 'King',
        familyName: 'Lovelace',
        displayName: 'Ada',
        locale: 'en-GB',
        externalId: 'ext-1',
        enabled: true,
      });
    });

    it('201: without addresses the name serves, if it is an e-mail address', async () => {
      const { emails, userName } = await make();
      expect(emails).toEqual([{ value: userName, primary: true }]);
      expect(await ask('POST', '/Users', { body: userOf({ userName: 'nobody' }) })).toMatchObject(
        refusal(400, 'invalidValue'),
      );
    });

    it('200: shows what another API changed', async () => {
      const { id } = await make({ emails: WHOLE.emails });
      const admin = vault.world.system(vault.acme);
      await vault.world.services.users.update(admin, id, { email: 'new@example.org', profile: { title: 7 } });
      const { json } = await ask('GET', `/Users/${id}`);
      expect(json.emails).toEqual([WHOLE.emails[0], { ...WHOLE.emails[1], value: 'new@example.org' }]);
      expect(json).not.toHaveProperty('title');
    });

    it('answers what attributes and excludedAttributes ask for', async () => {
      const { id, userName } = await make(WHOLE);
      const only = await ask('GET', `/Users/${id}?attributes=USERNAME,name.givenName`);
      expect(only.json).toEqual({ schemas: expect.anything(), id, userName, name: { givenName: 'Ada' } });
      const without = await ask('GET', `/Users/${id}?excludedAttributes=emails,id`);
      expect(without.json).toMatchObject({ id, userName });
      expect(without.json).not.toHaveProperty('emails');
      expect(await ask('GET', `/Users/${id}?attributes=id&excludedAttributes=name`)).toMatchObject(
        refusal(400, 'invalidValue'),
      );
    });

    it.each([
      ['no schemas', { schemas: undefined }, 'invalidSyntax'],
      ['another schema alone', { schemas: [ENTERPRISE_SCHEMA] }, 'invalidSyntax'],
      ['no name', { userName: undefined }, 'invalidValue'],
      ['a name of another type', { userName: 1 }, 'invalidValue'],
      ['a name that the service refuses', { userName: 'a#b' }, 'invalidValue'],
      ['an address that is none', { emails: [{ value: 'nothing' }] }, 'invalidValue'],
      [
        'two primary addresses',
        { emails: [1, 2].map((n) => ({ value: `${n}@b.example`, primary: true })) },
        'invalidValue',
      ],
      ['nine addresses', { emails: [...Array(9).keys()].map((n) => ({ value: `${n}@b.example` })) }, 'invalidValue'],
      ['a phone number that is none', { phoneNumbers: [{ value: 'call me' }] }, 'invalidValue'],
      ['a language that is none', { locale: 'English, please' }, 'invalidValue'],
    ])('400: %s', async (_, more, scimType) => {
      expect(await ask('POST', '/Users', { body: userOf(more) })).toMatchObject(refusal(400, scimType));
    });

    it.each(['', '[]', '{', '"text"', 'null'])('400: the body %j is no resource', async (body) => {
      const headers = { 'content-type': 'application/scim+json' };
      expect(await ask('POST', '/Users', { body, headers })).toMatchObject(refusal(400, 'invalidSyntax'));
    });

    it('403: roles are not granted', async () => {
      const body = userOf({ roles: [{ value: 'TENANT_ADMIN' }] });
      expect(await ask('POST', '/Users', { body })).toMatchObject(refusal(403));
    });

    it('409: a name that is taken, in any case', async () => {
      const { userName } = await make();
      const body = userOf({ userName: userName.toUpperCase() });
      expect(await ask('POST', '/Users', { body })).toMatchObject(refusal(409, 'uniqueness'));
    });

    it('413, 415: a body that is too large, or of another type', async () => {
      const headers = { 'content-type': 'text/plain' };
      expect(await ask('POST', '/Users', { body: '{}', headers })).toMatchObject(refusal(415));
      const body = userOf({ title: 'x'.repeat(1_048_576) });
      expect(await ask('POST', '/Users', { body })).toMatchObject(refusal(413));
    });
  });

  describe('SCIM-8: replaced', () => {
    it('200: what the request lacks is cleared, what SCIM does not show stays', async () => {
      const { id, userName, meta } = await make(WHOLE);
      await vault.world.services.users.update(vault.world.system(vault.acme), id, { attributes: { color: 'red' } });
      const body = { ...userOf(), userName, id: 'another', meta: { location: 'x' } };
      const { status, json } = await ask('PUT', `/Users/${id}`, { body });
      expect([status, json]).toEqual([
        200,
        {
          schemas: [USER_KIND.schema],
          id,
          userName,
          active: true,
          emails: [{ value: userName, primary: true }],
          meta: { ...meta, lastModified: expect.any(String) },
        },
      ]);
      const user = await vault.world.services.users.findIn(vault.acme.id, id);
      expect(user).toMatchObject({ givenName: null, attributes: { color: 'red' } });
    });

    it('404: it makes nobody; 409: a name of another user', async () => {
      expect(await ask('PUT', `/Users/${newId()}`, { body: userOf() })).toMatchObject(refusal(404));
      const [one, other] = [await make(), await make()];
      const body = userOf({ userName: other.userName });
      expect(await ask('PUT', `/Users/${one.id}`, { body })).toMatchObject(refusal(409, 'uniqueness'));
    });
  });

  describe('SCIM-11: changed by operations', () => {
    it('200: all operations, and nothing else', async () => {
      const { id, ...before } = await make(WHOLE);
      const { status, json } = await patch(
        id,
        { op: 'Replace', path: 'displayName', value: 'Countess' },
        { op: 'replace', path: 'emails[type eq "work"].value', value: 'countess@example.org' },
        { op: 'add', value: { title: 'Boss', [`${ENTERPRISE_SCHEMA}:division`]: 'North' } },
        { op: 'remove', path: 'nickName' },
      );
      const { nickName: _gone, meta: _meta, ...rest } = before;
      expect(status).toBe(200);
      expect(json).toMatchObject({
        ...rest,
        displayName: 'Countess',
        title: 'Boss',
        emails: [WHOLE.emails[0], { ...WHOLE.emails[1], value: 'countess@example.org' }],
        [ENTERPRISE_SCHEMA]: { ...WHOLE[ENTERPRISE_SCHEMA], division: 'North' },
      });
      expect(json).not.toHaveProperty('nickName');
    });

    it('200: disables the user, also by a text, and enables again', async () => {
      const { id } = await make();
      for (const [value, active] of [
        ['False', false],
        [true, true],
      ] as const)
        expect((await patch(id, { op: 'Replace', path: 'active', value })).json).toMatchObject({ active });
    });

    it('200: operations that change nothing leave lastModified', async () => {
      const { id, meta } = await make(WHOLE);
      const { json } = await patch(id, { op: 'replace', value: { displayName: 'Ada', id } });
      expect(json.meta).toEqual(meta);
    });

    it('400: none where one is refused', async () => {
      const { id } = await make(WHOLE);
      const first = { op: 'replace', path: 'displayName', value: 'Other' };
      for (const [operation, scimType] of [
        [{ op: 'replace', path: 'nothing', value: 'x' }, 'invalidPath'],
        [{ op: 'replace', path: 'emails[type eq "other"].value', value: 'a@b.example' }, 'noTarget'],
        [{ op: 'replace', path: 'id', value: 'x' }, 'mutability'],
        [{ op: 'add', path: 'groups', value: [{ value: 'x' }] }, 'mutability'],
        [{ op: 'remove', path: 'userName' }, 'mutability'],
        [{ op: 'replace', path: 'active', value: 'maybe' }, 'invalidValue'],
        [{ op: 'replace', path: 'emails[type eq].value', value: 'a@b.example' }, 'invalidFilter'],
        [{ op: 'move', path: 'title', value: 'x' }, 'invalidSyntax'],
      ] as const)
        expect(await patch(id, first, operation), JSON.stringify(operation)).toMatchObject(refusal(400, scimType));
      expect((await ask('GET', `/Users/${id}`)).json).toMatchObject({ displayName: 'Ada' });
    });

    it('404: a user who is not there; 409: a name that is taken', async () => {
      const [one, other] = [await make(), await make()];
      const rename = { op: 'replace', path: 'userName', value: other.userName };
      expect(await patch(newId(), rename)).toMatchObject(refusal(404));
      expect(await patch(one.id, rename)).toMatchObject(refusal(409, 'uniqueness'));
    });
  });

  describe('SCIM-10: deleted', () => {
    it('204: then it is gone for all, and the name is free', async () => {
      const { id, userName } = await make();
      expect(await ask('DELETE', `/Users/${id}`)).toMatchObject({ status: 204, text: '' });
      for (const method of ['GET', 'HEAD', 'DELETE']) expect((await ask(method, `/Users/${id}`)).status).toBe(404);
      await make({ userName });
    });
  });

  describe('SCIM-7: listed', () => {
    it('200: pages of all users, in a stable order', async () => {
      const ids = [(await make()).id, (await make()).id, (await make()).id];
      const { json: all } = await ask('GET', '/Users');
      expect(idsOf(all).slice(-3)).toEqual(ids);
      expect(all).toMatchObject({ totalResults: all.Resources.length, startIndex: 1 });
      const total = all.totalResults;
      const { json: page } = await ask('GET', `/Users?startIndex=${total - 1}&count=1`);
      expect([idsOf(page), page.totalResults, page.startIndex, page.itemsPerPage]).toEqual([
        [ids[1]],
        total,
        total - 1,
        1,
      ]);
      const { json: none } = await ask('GET', '/Users?count=0');
      expect([none.totalResults, none.itemsPerPage, 'Resources' in none]).toEqual([total, 0, false]);
      expect((await ask('GET', `/Users?startIndex=${total + 1}`)).json).toMatchObject({
        Resources: [],
        itemsPerPage: 0,
      });
      expect((await ask('GET', '/Users?startIndex=-5&count=-1')).json).toMatchObject({
        startIndex: 1,
        itemsPerPage: 0,
      });
    });

    it.each(['startIndex=x', 'count=1.5', 'count=1&count=2'])('400: %s', async (query) => {
      expect(await ask('GET', `/Users?${query}`)).toMatchObject(refusal(400, 'invalidValue'));
    });

    it('200: those who meet a filter, however it is asked', async () => {
      const key = newId();
      const mail = (name: string) => `${name}.${key}@example.org`;
      const emails = [
        { value: mail('main'), type: 'work', primary: true },
        { value: mail('more'), type: 'home' },
      ];
      const { id, userName, meta } = await make({ ...WHOLE, externalId: key, title: key, displayName: key, emails });
      const other = await make({ externalId: key.toUpperCase(), active: false });
      for (const filter of [
        `userName eq "${userName.toUpperCase()}"`,
        `USERNAME Eq "${userName}"`,
        `id eq "${id}"`,
        `externalId eq "${key}"`,
        `emails eq "${mail('more')}"`,
        `emails.value eq "${mail('MAIN')}"`,
        `emails[type eq "work"].value eq "${mail('main')}"`,
        `emails[type eq "home" and value co "more.${key}"]`,
        `displayName eq "${key}"`,
        `displayName sw "${key.slice(0, 30)}"`,
        `title eq "${key}"`,
        `userName ew "${userName.slice(4)}"`,
        `id eq "${id}" and not (active eq false)`,
        `externalId eq "nothing" or externalId eq "${key}"`,
        `id eq "${id}" and ${ENTERPRISE_SCHEMA}:department co "engine"`,
        `id eq "${id}" and meta.created ge "${meta.created}" and meta.created le "${meta.created}"`,
        `id eq "${id}" and nothing eq null`,
        `id eq "${id}" and name.givenName pr`,
      ])
        expect(idsOf(await find(filter)), filter).toEqual([id]);
      for (const filter of [
        `emails[type eq "home"].value eq "${mail('main')}"`,
        `externalId eq "${key.toUpperCase()}" and active eq true`,
        `id eq "${id}" and title ne "${key}"`,
        'userName eq ""',
        'userName eq "\\u0000"',
        'groups.value eq "nobody"',
      ])
        expect(idsOf(await find(filter)), filter).toEqual([]);
      expect(idsOf(await find(`id eq "${other.id}" and active ne true`))).toEqual([other.id]);
    });

    it('200: pages of those, with the number of all', async () => {
      const key = newId();
      for (let made = 0; made < 3; made++) await make({ title: key });
      const page = await find(`title eq "${key}"`, '&startIndex=2&count=1&attributes=userName');
      expect(page).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1 });
      expect(Object.keys(page.Resources[0])).toEqual(['schemas', 'id', 'userName']);
      expect(await find(`title eq "${key}"`, '&count=0')).not.toHaveProperty('Resources');
    });

    it.each([
      ['userName eq', 400, 'invalidFilter'],
      ['active gt true', 400, 'invalidFilter'],
      ['userName eq 1', 400, 'invalidFilter'],
      ['password eq "x"', 403, 'sensitive'],
      [`userName eq "${'x'.repeat(2048)}"`, 400, 'invalidFilter'],
    ])('the filter %s is refused', async (filter, status, scimType) => {
      expect(await ask('GET', `/Users?filter=${encodeURIComponent(filter)}`)).toMatchObject(refusal(status, scimType));
    });
  });

  describe('callers', () => {
    const REQUESTS = [
      ['GET', '/Users'],
      ['POST', '/Users'],
      ['GET', '/Users/x'],
      ['PUT', '/Users/x'],
      ['PATCH', '/Users/x'],
      ['DELETE', '/Users/x'],
    ] as const;

    it.each(REQUESTS)(
      '401, 403: %s %s without a credential, without the permission, of another tenant',
      async (...row) => {
        const [method, path] = row;
        const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} };
        const anonymous = await vault.rest.ask(method, `/scim/v2/acme${path}`, body);
        expect(anonymous).toMatchObject(refusal(401));
        expect(await vault.rest.ask(method, `/scim/v2/nobody${path}`, body)).toMatchObject(refusal(401));
        const weak = vault.userToken(vault.acme, newId(), 'group:read');
        expect(await ask(method, path, { ...body, token: weak })).toMatchObject(refusal(403));
        const foreign = vault.userToken(vault.master, newId(), ...SCOPES);
        expect(await ask(method, path, { ...body, token: foreign })).toMatchObject(refusal(403));
      },
    );

    it('groups take the permission to read them, where they are not excluded', async () => {
      const { id } = await make();
      const group = await vault.world.newGroup(vault.acme);
      await vault.world.services.groupMembers.add(vault.world.system(vault.acme), group.id, [id]);
      expect((await ask('GET', `/Users/${id}`)).json.groups).toMatchObject([{ value: group.id }]);
      const weak = vault.userToken(vault.acme, newId(), 'user:read');
      expect(await ask('GET', `/Users/${id}`, { token: weak })).toMatchObject(refusal(403));
      const without = await ask('GET', `/Users/${id}?excludedAttributes=groups`, { token: weak });
      expect([without.status, without.json.id, 'groups' in without.json]).toEqual([200, id, false]);
    });

    it('a key with SCIM2 acts as far as its owner may, and one without does not', async () => {
      const owner = await vault.world.newUser(vault.acme);
      const { id: roleId } = await vault.world.newRole(vault.acme, { permissions: [...SCOPES] });
      const key = await vault.world.newApiKey(vault.acme, owner.id, 'SCIM2');
      expect(await ask('GET', '/Users', { token: key.secret })).toMatchObject(refusal(403));
      await vault.world.grantRole(vault.acme, { roleId, holderKind: 'user', holderId: owner.id });
      expect((await ask('GET', '/Users', { token: key.secret })).status).toBe(200);
      expect((await ask('POST', '/Users', { token: key.secret, body: userOf() })).status).toBe(201);
      const clients = await vault.world.newApiKey(vault.acme, owner.id, 'CLIENT:READ');
      expect(await ask('GET', '/Users', { token: clients.secret })).toMatchObject(refusal(403));
    });
  });
});
