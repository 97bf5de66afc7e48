import { beforeEach, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import { newId } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { vaultOfSuite } from '../../support/vault.ts';

const UNAUTHENTICATED = [401, { detail: 'Not authenticated' }];
const FORBIDDEN = [403, { detail: 'Not enough permissions' }];
const UNKNOWN = [404, { detail: 'User not found' }];
const TENANT_UNKNOWN = [404, { detail: 'Tenant not found' }];

const VERBS = ['user:read', 'user:create', 'user:write', 'user:delete'];
const GRANTS = ['role-grant:read', 'role-grant:write'];
const EVERYTHING = everyPermission('tenant').map(formatScope);
const DEFAULTS = { is_disabled: false, is_verified: false, updated_at: null, locale: null, external_id: null };
const ALL = { is_disabled: true, is_verified: true, locale: 'en-GB', external_id: 'E-7' };

describe('users of Secrets Vault', () => {
  const vault = vaultOfSuite();
  let count = 0;
  let id: string;
  let token: string;
  let admin: string;
  beforeEach(() => {
    id = `mate-${++count}`;
    token = vault.token(vault.acme, ...VERBS);
    admin = vault.token(vault.acme, ...VERBS, ...GRANTS);
  });

  const ask = (method: string, path: string, body?: unknown, as = token) =>
    vault.ask(method, `/api/users/acme${path}`, { token: as, ...(body === undefined ? {} : { body }) });
  const user = (members: object = {}) => ({
    user_id: id,
    username: `Name-${id}`,
    email: `${id}@acme.example`,
    tenant_id: 'acme',
    ...members,
  });
  const create = (members: object = {}, as = token) => ask('POST', '', user(members), as);
  const update = (members: object = {}, as = token, of = id) => ask('PUT', `/${of}`, user(members), as);
  const read = (of = id, as = token) => ask('GET', `/${of}`, undefined, as);
  const rolesOf = async (of = id) => (await read(of, admin))[1].roles;
  const person = ({ id: userId }: Pick<User, 'id'>, ...more: string[]) =>
    vault.userToken(vault.acme, userId, 'user:read:self', 'user:delete:self', ...more);
  const grant = async (holderId: string, roleId: string, tenant = vault.acme) =>
    vault.world.grantRole(tenant, { roleId, holderKind: 'user', holderId });
  const builtin = async (tenant: typeof vault.acme, name: string) =>
    (await vault.world.stores.roleStore.findBuiltin(tenant.id, [name]))[0]!.id;
  const key = async (...scopes: string[]) => {
    const { id: owner } = await vault.world.newUser(vault.acme);
    const permissions = [...VERBS, ...GRANTS];
    const { id: roleId } = await vault.world.newRole(vault.acme, { permissions });
    await grant(owner, roleId);
    return (await vault.world.newApiKey(vault.acme, owner, ...scopes)).secret;
  };
  /** Members that are refused with 422. */
  const refused = async (answer: Promise<[number, { detail: { loc: unknown[]; type: string }[] }]>) => {
    const [status, { detail }] = await answer;
    expect(status).toBe(422);
    return detail.map(({ loc, type }) => `${loc.join('.')} ${type}`);
  };

  describe('USER-4', () => {
    it('200: shows a user, also to itself and to keys', async () => {
      const made = await vault.world.newUser(vault.acme, { id, email: 'Mate@acme.example' });
      const shown = {
        ...DEFAULTS,
        user_id: id,
        username: made.username,
        email: 'Mate@acme.example',
        tenant_id: 'acme',
        created_at: made.createdAt.toISOString(),
        roles: null,
      };
      expect(await read()).toEqual([200, shown]);
      expect(await read(id, person({ id }))).toEqual([200, shown]);
      expect(await read(id, person({ id }, 'role-grant:read:self'))).toEqual([200, { ...shown, roles: [] }]);
      expect(await read(id, await key('USER:READ'))).toEqual([200, shown]);
      expect(await read(id, await key('USER'))).toEqual([200, shown]);
      expect(await read(id, vault.token(vault.master, 'user:read:all', 'role-grant:read:all'))).toEqual([
        200,
        { ...shown, roles: [] },
      ]);
    });

    it('200: shows a user whom another API made without an address', async () => {
      await vault.world.newUser(vault.acme, { id });
      expect((await read())[1]).toMatchObject({ user_id: id, email: null });
    });

    it('401, 403, 404: for nobody, for others, of other tenants, for what is no user', async () => {
      await vault.world.newUser(vault.acme, { id });
      expect(await vault.ask('GET', `/api/users/acme/${id}`)).toEqual(UNAUTHENTICATED);
      const other = person(await vault.world.newUser(vault.acme));
      for (const of of [id, 'nobody']) expect(await read(of, other)).toEqual(FORBIDDEN);
      for (const tenant of ['master', 'nowhere'])
        expect(await vault.ask('GET', `/api/users/${tenant}/${id}`, { token })).toEqual(FORBIDDEN);
      expect(await read(id, await key('API_KEY'))).toEqual(FORBIDDEN);
      const root = vault.token(vault.master, 'user:read:all');
      expect(await vault.ask('GET', '/api/users/nowhere/x', { token: root })).toEqual(TENANT_UNKNOWN);
      for (const of of ['nobody', newId(), 'x'.repeat(129), '%00', '%2F', 'a~b', `usr~${vault.acme.route}~${id}`])
        expect([of, await read(of)]).toEqual([of, UNKNOWN]);
    });
  });

  describe('USER-3', () => {
    const byName = (name: string, as = token) => ask('GET', `/by-name/${encodeURIComponent(name)}`, undefined, as);

    it('200: finds a user by its name in any case, also one that only other APIs make', async () => {
      await vault.world.newUser(vault.acme, { id, username: `O'Hara + ${id}` });
      const [status, shown] = await byName(`o'hara + ${id}`, admin);
      expect([status, shown.user_id, shown.roles]).toEqual([200, id, []]);
      expect((await byName(`O'Hara + ${id}`))[1].roles).toBeNull();
      expect((await byName(`O'Hara + ${id}`, await key('USER:READ')))[0]).toBe(200);
    });

    it('401, 403, 404, 422: for nobody, for others, for unknown and for long names', async () => {
      expect(await vault.ask('GET', '/api/users/acme/by-name/x')).toEqual(UNAUTHENTICATED);
      expect(await byName('x', person(await vault.world.newUser(vault.acme)))).toEqual(FORBIDDEN);
      for (const name of ['nobody', '/', "x' or true --", '%', 'me']) expect(await byName(name)).toEqual(UNKNOWN);
      expect(await byName('x'.repeat(128))).toEqual(UNKNOWN);
      expect(await refused(byName('x'.repeat(129)))).toEqual(['path.username string_too_long']);
    });
  });

  describe('USER-2', () => {
    let tenant: typeof vault.acme;
    let reader: string;
    const ids = ['c', 'a', 'e', 'b', 'd'];
    beforeEach(async () => {
      tenant = await vault.world.tenant({ template: 'image' });
      for (const each of ids) {
        const email = `${each}%_@Fleet.example`;
        await vault.world.newUser(tenant, { id: each, username: `Sailor.${each}`, email });
      }
      reader = vault.token(tenant, 'user:read', 'role-grant:read');
    });
    const list = (query = '', as = reader) => vault.ask('GET', `/api/users/${tenant.name}${query}`, { token: as });
    const page = async (query = '') => {
      const [status, { data, has_next, total_count }] = await list(query);
      expect(status).toBe(200);
      return [data.map(({ user_id }: { user_id: string }) => user_id).join(''), has_next, total_count];
    };

    it('200: shows pages in each order', async () => {
      expect((await list())[1].data[0]).toEqual({
        ...DEFAULTS,
        user_id: expect.stringMatching(/^[a-e]$/),
        username: expect.stringMatching(/^Sailor\.[a-e]$/),
        email: expect.any(String),
        tenant_id: tenant.name,
        created_at: expect.any(String),
        roles: [],
      });
      const ascending = '?sort_direction=1&sort_by=username';
      expect(await page(ascending)).toEqual(['abcde', false, 5]);
      expect(await page('?sort_by=username')).toEqual(['edcba', false, 5]);
      expect(await page('?sort_by=email&sort_direction=0')).toEqual(['edcba', false, 5]);
      expect(await page(`${ascending}&limit=2`)).toEqual(['ab', true, 5]);
      expect(await page(`${ascending}&limit=2&offset=3`)).toEqual(['de', false, 5]);
      expect(await page(`${ascending}&limit=500&offset=4`)).toEqual(['e', false, 5]);
      for (const offset of [5, 999_999_999]) expect(await page(`?offset=${offset}`)).toEqual(['', false, 5]);
    });

    it('200: keeps a stable order of users who were made at once', async () => {
      const whole = (await page('?limit=5'))[0];
      const parts = [0, 1, 2, 3, 4].map(async (offset) => (await page(`?limit=1&offset=${offset}`))[0]);
      expect((await Promise.all(parts)).join('')).toBe(whole);
    });

    it('200: filters by what the name and the address contain, literally', async () => {
      expect(await page('?username=LOR.B')).toEqual(['b', false, 1]);
      expect(await page('?email=%25_%40fleet&username=d')).toEqual(['d', false, 1]);
      expect(await page('?username=&email=')).toEqual(await page());
      for (const text of ['%25%25', 'sailor_', '*', 'a.c'])
        expect(await page(`?username=${text}`)).toEqual(['', false, 0]);
      expect(await page(`?username=${'x'.repeat(128)}`)).toEqual(['', false, 0]);
    });

    it('401, 403: for nobody, without the permission, of other tenants', async () => {
      expect(await vault.ask('GET', `/api/users/${tenant.name}`)).toEqual(UNAUTHENTICATED);
      expect(await list('', token)).toEqual(FORBIDDEN);
      expect(await list('', vault.userToken(tenant, 'a', 'user:read:self'))).toEqual(FORBIDDEN);
      expect(await vault.ask('GET', '/api/users/nowhere', { token: reader })).toEqual(FORBIDDEN);
      expect((await list('', vault.token(tenant, 'user:read')))[1].data[0].roles).toBeNull();
    });

    it.each([
      ['limit=0', 'limit greater_than_equal'],
      ['limit=501', 'limit less_than_equal'],
      ['limit=1.5', 'limit int_parsing'],
      ['limit=ten', 'limit int_parsing'],
      ['limit=', 'limit int_parsing'],
      ['offset=-1', 'offset greater_than_equal'],
      ['sort_direction=2', 'sort_direction less_than_equal'],
      ['sort_direction=-2', 'sort_direction greater_than_equal'],
      ['sort_by=phone', 'sort_by enum'],
      [`username=${'x'.repeat(129)}`, 'username string_too_long'],
      [`email=${'x'.repeat(129)}`, 'email string_too_long'],
    ])('422: for %s', async (query, fault) => {
      expect(await refused(list(`?${query}`))).toEqual([`query.${fault}`]);
    });
  });

  describe('USER-1', () => {
    const me = (as?: string) => vault.ask('GET', '/api/user/me', as === undefined ? {} : { token: as });

    it('200: shows the account of the caller, also to its key', async () => {
      const made = await vault.world.newUser(vault.acme, { id });
      expect(await me(person(made))).toEqual(await read());
      expect((await me(person(made, 'role-grant:read:self')))[1].roles).toEqual([]);
      const { secret } = await vault.world.newApiKey(vault.acme, id, 'USER:READ');
      expect((await me(secret))[1].user_id).toBe(id);
    });

    it('401, 403: for nobody, for applications, for keys without the scope', async () => {
      expect(await me()).toEqual(UNAUTHENTICATED);
      expect(await me(token)).toEqual(FORBIDDEN);
      expect(await me(await key('API_KEY'))).toEqual(FORBIDDEN);
      expect(await me(person({ id: 'gone' }))).toEqual(FORBIDDEN);
    });
  });

  describe('USER-6', () => {
    const remove = (of = id, as = token) => ask('DELETE', `/${of}`, undefined, as);

    it('204: deletes a user, once', async () => {
      await vault.world.newUser(vault.acme, { id });
      expect(await remove()).toEqual([204, undefined]);
      expect(await read()).toEqual(UNKNOWN);
      expect(await remove()).toEqual(UNKNOWN);
      await vault.world.newUser(vault.acme, { id });
      expect((await remove(id, person({ id })))[0]).toBe(204);
      await vault.world.newUser(vault.acme, { id });
      expect((await remove(id, await key('USER')))[0]).toBe(204);
    });

    it('401, 403, 404: for nobody, for others, of those who may do more, for what is no user', async () => {
      await vault.world.newUser(vault.acme, { id });
      expect(await vault.ask('DELETE', `/api/users/acme/${id}`)).toEqual(UNAUTHENTICATED);
      expect(await remove(id, person(await vault.world.newUser(vault.acme)))).toEqual(FORBIDDEN);
      expect(await remove(id, await key('USER:READ'))).toEqual(FORBIDDEN);
      await grant(id, (await vault.world.newRole(vault.acme, { permissions: ['client:read'] })).id);
      expect(await remove()).toEqual(FORBIDDEN);
      for (const of of ['nobody', 'a~b', '%00']) expect(await remove(of)).toEqual(UNKNOWN);
    });

    it('409: of the last administrator', async () => {
      await vault.world.newUser(vault.acme, { id });
      await grant(id, await builtin(vault.acme, 'tenant-administrator'));
      const { secret } = await vault.world.newApiKey(vault.acme, id, 'USER');
      expect((await remove(id, vault.token(vault.acme, ...EVERYTHING)))[0]).toBe(409);
      expect(await remove(id, secret)).toEqual(FORBIDDEN);
      expect((await read())[0]).toBe(200);
    });
  });

  describe('USER-7', () => {
    it('201: makes a user with defaults, or with all that is sent', async () => {
      const made = { ...DEFAULTS, ...user(), created_at: expect.any(String), roles: null };
      expect(await create({ unknown: 1 })).toEqual([201, made]);
      expect(await read()).toEqual([200, made]);
      id = `${id}.other`;
      const all = { ...user(), ...ALL, updated_at: null, created_at: expect.any(String), roles: [] };
      expect(await create({ ...ALL, created_at: '2001-01-01T00:00:00Z', updated_at: 'x', roles: [] }, admin)).toEqual([
        201,
        all,
      ]);
      expect((await read(id, admin))[1].created_at).toBe(vault.world.clock.now().toISOString());
    });

    it('201: by a key with the scope', async () => {
      expect((await create({}, await key('USER')))[0]).toBe(201);
    });

    it("201: makes a tenant's first administrator, and gives roles of the tenant", async () => {
      const { name } = await vault.world.newRole(vault.acme);
      const root = vault.token(vault.acme, ...EVERYTHING);
      const [status, { roles }] = await create({ roles: ['TENANT_ADMIN', name, name] }, root);
      expect([status, roles.toSorted()]).toEqual([201, ['TENANT_ADMIN', name].toSorted()]);
      expect(await vault.world.services.rolePermissions.administratorsOf(vault.acme.id)).toContain(id);
    });

    it('201: makes administrators of all tenants in `master` alone', async () => {
      const root = vault.token(vault.master, ...everyPermission('all').map(formatScope));
      const path = '/api/users/master';
      const body = user({ tenant_id: 'master', roles: ['GLOBAL_ADMIN'] });
      const [status, made] = await vault.ask('POST', path, { token: root, body });
      expect([status, made.roles]).toEqual([201, ['GLOBAL_ADMIN']]);
      expect(await create({ roles: ['GLOBAL_ADMIN'] }, root)).toEqual([400, { detail: 'Unknown role' }]);
    });

    it.each(['nobody', '', 'tenant-administrator', 'administrator'])(
      '400: for the role %j, which nobody can have here',
      async (role) => {
        const root = vault.token(vault.acme, ...EVERYTHING);
        expect(await create({ roles: [role] }, root)).toEqual([400, { detail: 'Unknown role' }]);
        expect(await read()).toEqual(UNKNOWN);
      },
    );

    it('400: when the tenants differ, and for names that only others can have', async () => {
      expect(await create({ tenant_id: 'master' })).toEqual([400, { detail: 'Tenant mismatch' }]);
      expect((await create({ username: 'service-account-x' }))[0]).toBe(400);
      expect((await create({ username: newId() }))[0]).toBe(400);
      const tenant = await vault.world.tenant({ template: 'image', settings: { emailIsUsername: true } });
      const body = user({ tenant_id: tenant.name });
      const path = `/api/users/${tenant.name}`;
      const own = vault.token(tenant, ...VERBS);
      expect((await vault.ask('POST', path, { token: own, body }))[0]).toBe(400);
      expect((await vault.ask('POST', path, { token: own, body: { ...body, username: body.email } }))[0]).toBe(201);
    });

    it('401, 403: for nobody, without permissions, for roles that the caller may not grant', async () => {
      expect(await vault.ask('POST', '/api/users/acme', { body: {} })).toEqual(UNAUTHENTICATED);
      for (const as of [
        vault.token(vault.acme, 'user:create'),
        vault.token(vault.acme, 'user:read'),
        person(await vault.world.newUser(vault.acme)),
        await key('USER:READ'),
      ])
        expect(await create({}, as)).toEqual(FORBIDDEN);
      const { name } = await vault.world.newRole(vault.acme, { permissions: ['client:read'] });
      for (const as of [token, admin, await key('USER')])
        expect(await create({ roles: [name] }, as)).toEqual(FORBIDDEN);
      expect(await create({ roles: ['TENANT_ADMIN'] }, admin)).toEqual(FORBIDDEN);
      expect(await read()).toEqual(UNKNOWN);
    });

    it('409: for a taken id, name, or address where these are unique', async () => {
      await create();
      expect(await create({ username: 'other' })).toEqual([409, { detail: 'User already exists' }]);
      const other = { user_id: `${id}.2` };
      expect(await create({ ...other, username: `NAME-${id}` })).toEqual([409, { detail: 'Username already exists' }]);
      expect((await create({ ...other, username: `${id}.3` }))[0]).toBe(201);
      const tenant = await vault.world.tenant({ template: 'image', settings: { uniqueEmail: true } });
      const send = (members: object) =>
        vault.ask('POST', `/api/users/${tenant.name}`, {
          token: vault.token(tenant, ...VERBS),
          body: user({ tenant_id: tenant.name, ...members }),
        });
      expect((await send({}))[0]).toBe(201);
      expect(await send({ user_id: 'b', username: 'b' })).toEqual([409, { detail: 'Email already exists' }]);
    });

    it('409: for one of two who ask for the same name at once', async () => {
      const both = await Promise.all(['a', 'b'].map((end) => create({ user_id: `${id}.${end}` })));
      expect(both.map(([status]) => status).sort()).toEqual([201, 409]);
    });

    it.each<[object, string]>([
      [{ user_id: undefined }, 'user_id missing'],
      [{ user_id: '' }, 'user_id string_too_short'],
      [{ user_id: 'x'.repeat(129) }, 'user_id string_too_long'],
      [{ user_id: 'a b' }, 'user_id string_pattern_mismatch'],
      [{ user_id: 'Me' }, 'user_id value_error'],
      [{ user_id: 'batch-delete' }, 'user_id value_error'],
      [{ user_id: 'profile' }, 'user_id value_error'],
      [{ user_id: 7 }, 'user_id string_type'],
      [{ username: undefined }, 'username missing'],
      [{ username: 'a+b' }, 'username string_pattern_mismatch'],
      [{ username: 'x'.repeat(129) }, 'username string_too_long'],
      [{ email: 'nobody' }, 'email value_error'],
      [{ email: 'a@b..example' }, 'email value_error'],
      [{ email: null }, 'email string_type'],
      [{ tenant_id: undefined }, 'tenant_id missing'],
      [{ is_disabled: 'yes' }, 'is_disabled bool_type'],
      [{ is_verified: null }, 'is_verified bool_type'],
      [{ created_at: 'today' }, 'created_at value_error'],
      [{ locale: 'english language' }, 'locale string_pattern_mismatch'],
      [{ roles: 'TENANT_ADMIN' }, 'roles list_type'],
      [{ roles: [7] }, 'roles.0 string_type'],
      [{ roles: Array.from({ length: 201 }, () => 'x') }, 'roles value_error'],
      [{ external_id: 'x'.repeat(256) }, 'external_id string_too_long'],
      [{ external_id: 'a\u0007' }, 'external_id value_error'],
    ])('422: for %j', async (members, fault) => {
      expect(await refused(create(members))).toEqual([`body.${fault}`]);
      expect((await ask('GET', `/by-name/name-${id}`))[0]).toBe(404);
    });
  });

  describe('USER-5', () => {
    it('200: replaces all that is shown, and leaves the rest', async () => {
      await vault.world.newUser(vault.acme, { id, givenName: 'Ada', attributes: { deck: 'upper' } });
      vault.world.clock.advance(1);
      const shown = { ...user(), ...ALL, created_at: expect.any(String), updated_at: expect.any(String), roles: null };
      expect(await update({ ...ALL, created_at: '2001-01-01T00:00:00Z', roles: null })).toEqual([200, shown]);
      expect(await read()).toEqual([200, shown]);
      expect(await update()).toEqual([200, { ...shown, ...DEFAULTS, updated_at: expect.any(String) }]);
      expect(await vault.world.services.users.findIn(vault.acme.id, id)).toMatchObject({
        givenName: 'Ada',
        attributes: { deck: 'upper' },
      });
      expect((await update({}, await key('USER')))[0]).toBe(200);
    });

    it('200: a new address is unverified unless the body says otherwise', async () => {
      await create({ is_verified: true });
      expect((await update({ email: 'new@acme.example' }))[1].is_verified).toBe(false);
      expect((await update({ email: 'newer@acme.example', is_verified: true }))[1].is_verified).toBe(true);
    });

    it('200: roles that are shown are replaced, kept for null and cleared for none; others stay', async () => {
      await create();
      const [one, two] = [await vault.world.newRole(vault.acme), await vault.world.newRole(vault.acme)];
      const { client } = await vault.world.newClient(vault.acme);
      const hidden = await vault.world.newRole(vault.acme, { clientUuid: client.id });
      const fake = await vault.world.newRole(vault.acme, { name: 'GLOBAL_ADMIN' });
      const administrator = await builtin(vault.acme, 'tenant-administrator');
      for (const roleId of [one.id, hidden.id, fake.id, administrator]) await grant(id, roleId);
      const first = await vault.world.newUser(vault.acme);
      await grant(first.id, administrator);
      const root = vault.token(vault.acme, ...EVERYTHING);
      expect((await rolesOf()).toSorted()).toEqual(['TENANT_ADMIN', one.name].toSorted());
      expect((await update({ roles: null }, root))[1].roles.toSorted()).toEqual(['TENANT_ADMIN', one.name].toSorted());
      expect((await update({ roles: ['TENANT_ADMIN', two.name] }, root))[1].roles.toSorted()).toEqual(
        ['TENANT_ADMIN', two.name].toSorted(),
      );
      expect((await update({ roles: [] }, root))[1].roles).toEqual([]);
      const held = await vault.world.stores.roleStore.grantedTo(vault.acme.id, 'user', [id], null);
      expect(
        held
          .get(id)!
          .map((role) => role.id)
          .toSorted(),
      ).toEqual([hidden.id, fake.id].toSorted());
    });

    it('200: the same roles need no permission to grant them', async () => {
      await create();
      const { id: roleId, name } = await vault.world.newRole(vault.acme);
      await grant(id, roleId);
      const reader = vault.token(vault.acme, ...VERBS, 'role-grant:read');
      expect((await update({ roles: [name] }, reader))[1].roles).toEqual([name]);
      expect(await update({ roles: [] }, reader)).toEqual(FORBIDDEN);
      expect(await update({ roles: [] })).toEqual(FORBIDDEN);
      expect(await rolesOf()).toEqual([name]);
    });

    it('200: disabling ends sessions', async () => {
      await create();
      const { session } = await vault.world.signedIn(vault.acme, id);
      expect((await update({ is_disabled: true }))[1].is_disabled).toBe(true);
      expect(await vault.world.stores.sessionStore.findById(vault.acme.id, session.id)).toBeNull();
    });

    it('400: when ids or tenants differ, and for an unknown role; nothing changes', async () => {
      await create();
      const before = await read();
      expect(await update({ user_id: 'other', email: 'new@acme.example' }, token, id)).toEqual([
        400,
        { detail: 'User mismatch' },
      ]);
      expect(await update({ tenant_id: 'master' })).toEqual([400, { detail: 'Tenant mismatch' }]);
      const root = vault.token(vault.acme, ...EVERYTHING);
      expect(await update({ roles: ['nobody'], email: 'new@acme.example' }, root)).toEqual([
        400,
        { detail: 'Unknown role' },
      ]);
      expect(await read()).toEqual(before);
    });

    it('401, 403, 404: for nobody, for people, of those who may do more, for what is no user', async () => {
      await create();
      expect(await vault.ask('PUT', `/api/users/acme/${id}`, { body: {} })).toEqual(UNAUTHENTICATED);
      for (const as of [
        person({ id }, 'user:write:self'),
        vault.token(vault.acme, 'user:read'),
        await key('USER:READ'),
      ])
        expect(await update({}, as)).toEqual(FORBIDDEN);
      await grant(id, (await vault.world.newRole(vault.acme, { permissions: ['client:read'] })).id);
      expect(await update()).toEqual(FORBIDDEN);
      for (const of of ['nobody', 'a~b', '%00']) expect(await update({}, token, of)).toEqual(UNKNOWN);
    });

    it('403: of an administrator of all tenants, by others', async () => {
      const { id: root } = await vault.world.newUser(vault.master);
      await grant(root, await builtin(vault.master, 'administrator'), vault.master);
      const as = vault.token(vault.master, ...EVERYTHING);
      const body = user({ user_id: root, tenant_id: 'master' });
      expect(await vault.ask('PUT', `/api/users/master/${root}`, { token: as, body })).toEqual(FORBIDDEN);
      expect(await vault.ask('DELETE', `/api/users/master/${root}`, { token: as })).toEqual(FORBIDDEN);
    });

    it('409: for a taken name, and of the last administrator', async () => {
      await create();
      const other = await vault.world.newUser(vault.acme);
      expect((await update({ username: other.username }))[0]).toBe(409);
      const tenant = await vault.world.tenant({ template: 'image' });
      const { id: only } = await vault.world.newUser(tenant);
      await grant(only, await builtin(tenant, 'tenant-administrator'), tenant);
      const as = vault.token(tenant, ...EVERYTHING);
      for (const members of [{ roles: [] }, { is_disabled: true }]) {
        const body = user({ user_id: only, tenant_id: tenant.name, ...members });
        expect((await vault.ask('PUT', `/api/users/${tenant.name}/${only}`, { token: as, body }))[0]).toBe(409);
      }
    });

    it('422: for members that are wrong, all at once', async () => {
      await create();
      expect(await refused(update({ username: '', email: 'x', locale: 7 }))).toEqual([
        'body.username string_too_short',
        'body.email value_error',
        'body.locale string_type',
      ]);
    });
  });

  describe('USER-8', () => {
    const createMany = (users: unknown, as = token) => ask('POST', '/batch', { users }, as);
    const named = (end: string, members: object = {}) =>
      user({ user_id: `${id}.${end}`, username: `${id}.${end}`, ...members });

    it('200: makes those who can be made, and names the others', async () => {
      await create();
      const { name } = await vault.world.newRole(vault.acme);
      const { name: strong } = await vault.world.newRole(vault.acme, { permissions: ['client:read'] });
      const users = [
        named('1', { ...ALL, roles: [name] }),
        named('2', { username: `NAME-${id}` }),
        named('3', { username: `${id}.1`.toUpperCase() }),
        named('4', { user_id: id }),
        named('5', { tenant_id: 'master' }),
        named('6', { roles: ['nobody'] }),
        named('7', { roles: [strong] }),
        named('8', { username: 'service-account-x' }),
        named('9', { roles: [] }),
        user(),
        named('a', { user_id: `NAME-${id}` }),
      ];
      expect(await createMany(users, admin)).toEqual([
        200,
        {
          success_created_count: 2,
          fail_create_usernames: [`${id}.4`, `${id}.5`, `${id}.6`, `${id}.7`, 'service-account-x', `${id}.a`],
          duplicate_usernames: [`NAME-${id}`, `${id}.1`.toUpperCase(), `Name-${id}`],
        },
      ]);
      expect((await read(`${id}.1`, admin))[1]).toMatchObject({ ...ALL, roles: [name] });
      for (const end of ['2', '3', '5', '6', '7', '8']) expect(await read(`${id}.${end}`)).toEqual(UNKNOWN);
      const again = users.filter((_, at) => at === 0 || at === 8);
      expect(await createMany(again, admin)).toEqual([
        200,
        { success_created_count: 0, fail_create_usernames: [], duplicate_usernames: [`${id}.1`, `${id}.9`] },
      ]);
    });

    it('200: makes nobody for another tenant', async () => {
      expect(await createMany([named('1', { tenant_id: 'master' })])).toEqual([
        200,
        { success_created_count: 0, fail_create_usernames: [`${id}.1`], duplicate_usernames: [] },
      ]);
    });

    it('200: by a key, which may give no roles', async () => {
      expect((await createMany([named('1'), named('2', { roles: ['x'] })], await key('USER')))[1]).toEqual({
        success_created_count: 1,
        fail_create_usernames: [`${id}.2`],
        duplicate_usernames: [],
      });
    });

    it('401, 403: for nobody, without the permission, of other tenants', async () => {
      expect(await vault.ask('POST', '/api/users/acme/batch', { body: {} })).toEqual(UNAUTHENTICATED);
      for (const as of [vault.token(vault.acme, 'user:read'), vault.token(vault.master, 'user:create')])
        expect(await createMany([named('1')], as)).toEqual(FORBIDDEN);
      expect(await createMany([named('1')], await key('USER:READ'))).toEqual(FORBIDDEN);
    });

    it('422: for one wrong value, all values and the length of the list; nobody is made', async () => {
      expect(await refused(createMany([named('1'), named('2', { email: 'nobody', locale: 1 })]))).toEqual([
        'body.users.1.email value_error',
        'body.users.1.locale string_type',
      ]);
      expect(await read(`${id}.1`)).toEqual(UNKNOWN);
      expect(await refused(createMany([]))).toEqual(['body.users value_error']);
      expect(await refused(createMany(undefined))).toEqual(['body.users missing']);
      expect(await refused(createMany(Array.from({ length: 1001 }, (_, at) => named(`${at}`))))).toEqual([
        'body.users value_error',
      ]);
    });
  });

  describe('USER-9', () => {
    const removeMany = (ids: unknown, as = token) => ask('POST', '/batch-delete', { users_ids: ids }, as);
    const make = async (...ids: string[]) => {
      for (const each of ids) await vault.world.newUser(vault.acme, { id: each });
    };

    it('200: deletes users and ignores what is none, also of other tenants', async () => {
      const { id: foreign } = await vault.world.newUser(vault.master);
      const ids = [`${id}.1`, `${id}.2`];
      await make(...ids);
      const noUsers = ['nobody', '', 'a~b', `usr~${vault.acme.route}~${id}`, '\u0000', newId(), foreign];
      expect(await removeMany([...ids, ids[0], ...noUsers])).toEqual([200, null]);
      for (const each of ids) expect(await read(each)).toEqual(UNKNOWN);
      expect(await vault.world.services.users.findIn(vault.master.id, foreign)).not.toBeNull();
      expect(await removeMany(ids)).toEqual([200, null]);
      expect(await removeMany([])).toEqual([200, null]);
      expect(await removeMany(['a~b'])).toEqual([200, null]);
      expect(await removeMany(['nobody'], await key('USER'))).toEqual([200, null]);
    });

    it('400: when the caller is among them, and nothing is deleted', async () => {
      await make(id, `${id}.own`);
      const own = vault.userToken(vault.acme, `${id}.own`, ...VERBS);
      expect(await removeMany([id, `${id}.own`], own)).toEqual([400, { detail: 'Own account' }]);
      expect((await read())[0]).toBe(200);
    });

    it('401, 403: for nobody, without the permission, of those who may do more', async () => {
      expect(await vault.ask('POST', '/api/users/acme/batch-delete', { body: {} })).toEqual(UNAUTHENTICATED);
      for (const as of [person({ id }), await key('USER:READ')]) expect(await removeMany(['x'], as)).toEqual(FORBIDDEN);
      await make(id, `${id}.2`);
      await grant(id, (await vault.world.newRole(vault.acme, { permissions: ['client:read'] })).id);
      expect(await removeMany([id, `${id}.2`])).toEqual(FORBIDDEN);
      expect([(await read())[0], (await read(`${id}.2`))[0]]).toEqual([200, 404]);
    });

    it('409: of the last administrator', async () => {
      const tenant = await vault.world.tenant({ template: 'image' });
      const { id: only } = await vault.world.newUser(tenant);
      await grant(only, await builtin(tenant, 'tenant-administrator'), tenant);
      const path = `/api/users/${tenant.name}/batch-delete`;
      const as = vault.token(tenant, ...EVERYTHING);
      expect((await vault.ask('POST', path, { token: as, body: { users_ids: [only] } }))[0]).toBe(409);
    });

    it.each<[unknown, string]>([
      [undefined, 'users_ids missing'],
      ['x', 'users_ids list_type'],
      [['x', 7], 'users_ids.1 string_type'],
      [Array.from({ length: 1001 }, () => 'x'), 'users_ids value_error'],
    ])('422: for %j', async (ids, fault) => {
      expect(await refused(removeMany(ids))).toEqual([`body.${fault}`]);
    });
  });
});
