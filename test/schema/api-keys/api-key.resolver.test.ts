import { hash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, NEVER_SIGNED_IN } from '../../../src/access/index.ts';
import { routeOfId } from '../../../src/crypto/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

const FIELDS = 'id apiKeyId ownerUserId ownerTenant name scopes ownScopes hash isActive createdAt lastUsedAt';
const CREATE = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { ${FIELDS} } secret } }`;
const REGENERATE = `mutation ($input: RegenerateApiKeyInput!) {
  regenerateApiKey(input: $input) { apiKey { ${FIELDS} } secret } }`;
const DELETE = 'mutation ($input: DeleteApiKeyInput!) { deleteApiKey(input: $input) { deletedApiKeyId } }';
const LIST = `query ($tenant: String, $filter: ApiKeyFilterInput, $first: Int) {
  apiKeys(tenant: $tenant, filter: $filter, first: $first) { nodes { ${FIELDS} user { subject } } totalCount } }`;
const SCOPES = 'query ($tenant: String) { apiKeyScopes(tenant: $tenant) { name description permissions } }';
const NODE = 'query ($id: ID!) { node(id: $id) { ... on ApiKey { name } } }';
const OF_USERS =
  'query ($first: Int) { users(first: $first) { nodes { subject apiKeys { name isActive ownerTenant } } } }';

const OWN = ['read', 'create', 'delete', 'rotate'].map((verb) => `api-key:${verb}:self`);
/** What a user without roles holds. */
const PERSON = [...OWN, 'user:read:self', 'user:delete:self', 'session:read:self'];

describe('API keys', () => {
  let world: World;
  let master: TenantRef;
  let tenant: TenantRef;
  let anna: User;
  let statements = 0;
  beforeAll(async () => {
    world = await World.open(await openTestDatabase(() => (statements += 1)));
    master = await world.tenant({ name: 'master' });
    tenant = await world.tenant();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    anna = await world.newUser(tenant);
  });

  const person = ({ id }: User, ...more: string[]) => world.user(tenant, id, ...PERSON, ...more);
  const create = (caller: Caller, input: object = {}) =>
    world.graphql(caller, CREATE, { input: { name: 'Backup', scopes: ['USER:READ'], ...input } });
  const made = async (caller: Caller, input: object = {}) => (await create(caller, input)).data.createApiKey;
  const regenerate = (caller: Caller, apiKeyId: string, more = {}) =>
    world.graphql(caller, REGENERATE, { input: { apiKeyId, ...more } });
  const remove = (caller: Caller, apiKeyId: string, more = {}) =>
    world.graphql(caller, DELETE, { input: { apiKeyId, ...more } });
  const namesOf = async (caller: Caller, variables = {}) => {
    const { data, errors } = await world.graphql(caller, LIST, variables);
    expect(errors).toEqual([]);
    return data.apiKeys.nodes.map(({ name }: { name: string }) => name);
  };
  const grantRole = async (where: TenantRef, userId: string, ...permissions: string[]) => {
    const { id: roleId } = await world.newRole(where, { permissions });
    await world.grantRole(where, { roleId, holderKind: 'user', holderId: userId });
  };
  const keyEventsOf = async (where: TenantRef) =>
    (await world.events(where)).filter(({ type }) => type.startsWith('api_key.'));

  it('are made with a secret that is shown once, and stored as its hash', async () => {
    const { data, errors } = await create(person(anna), { scopes: ['USER:READ', 'USER', 'USER:READ'] });
    expect(errors).toEqual([]);
    const { secret, apiKey } = data.createApiKey;
    expect(secret).toMatch(/^svk_[A-Za-z0-9_-]{43}$/);
    expect(apiKey).toEqual({
      id: `apk~${tenant.route}~${apiKey.apiKeyId}`,
      apiKeyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      ownerUserId: anna.id,
      ownerTenant: tenant.name,
      name: 'Backup',
      scopes: ['USER:READ', 'USER'],
      ownScopes: ['USER:READ', 'USER'],
      hash: hash('sha256', secret),
      isActive: true,
      createdAt: world.clock.now().toISOString(),
      lastUsedAt: null,
    });
    expect(routeOfId(apiKey.apiKeyId)).toBe(tenant.route);
    const rows = await world.db.orm.em.fork().getConnection().execute('select * from api_keys');
    const events = await keyEventsOf(tenant);
    for (const kept of [rows, events]) expect(JSON.stringify(kept)).not.toContain(secret.slice(4));
    expect(events.at(-1)).toMatchObject({
      type: 'api_key.created',
      actor_id: anna.id,
      subject_id: anna.id,
      params: { apiKeyId: apiKey.apiKeyId, name: 'Backup', scopes: ['USER:READ', 'USER'] },
    });
  });

  it('reach the tenant by scopes whose permissions the caller holds there, also when it is shown later', async () => {
    await grantRole(tenant, anna.id, 'user:read');
    const { secret, apiKey } = await made(person(anna, 'user:read'), { scopes: ['USER:READ', 'USER'] });
    expect(apiKey.ownScopes).toEqual(['USER']);
    const key = (await world.keyCaller(secret))!;
    const boris = await world.newUser(tenant);
    const see = await world.graphql(key, 'query ($id: ID!) { user(userId: $id) { subject } }', { id: boris.id });
    expect(see.data.user).toEqual({ subject: boris.id });
    const change = 'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { subject } } }';
    expect((await world.graphql(key, change, { input: { userId: boris.id, givenName: 'B' } })).code).toBe('FORBIDDEN');
    // A token that reaches the account of its user alone gives no more to a key, also when the user has roles.
    const narrow = await made(person(anna));
    const own = (await world.keyCaller(narrow.secret))!;
    expect(
      (await world.graphql(own, 'query ($id: ID!) { user(userId: $id) { subject } }', { id: boris.id })).code,
    ).toBe('FORBIDDEN');
  });

  it.each([
    ['a scope that the caller does not hold', { scopes: ['CLIENT'] }, 'PERMISSION_ESCALATION'],
    ['a part of a scope', { scopes: ['SCIM2'] }, 'PERMISSION_ESCALATION'],
    ['an unknown scope', { scopes: ['USER:READ', 'user:read'] }, 'API_KEY_SCOPE_UNKNOWN'],
    ['hostile text as a scope', { scopes: ['__proto__'] }, 'API_KEY_SCOPE_UNKNOWN'],
    ['no scope', { scopes: [] }, 'INVALID_INPUT'],
    ['too many scopes', { scopes: Array.from({ length: 51 }, () => 'USER:READ') }, 'INVALID_INPUT'],
    ['a name that is too long', { name: 'x'.repeat(256) }, 'INVALID_INPUT'],
    ['a name that cannot be stored', { name: 'a\0b' }, 'INVALID_INPUT'],
  ])('are not made with %s', async (_, input, code) => {
    expect((await create(person(anna), input)).code).toBe(code);
    expect(await namesOf(person(anna))).toEqual([]);
  });

  it('name the scope that is unknown', async () => {
    const { errors } = await create(person(anna), { scopes: ['USER:READ', 'NOBODY'] });
    expect(errors[0]?.extensions['fields']).toMatchObject([{ path: 'input.scopes.1', code: 'API_KEY_SCOPE_UNKNOWN' }]);
  });

  it('may have an empty name, and the longest', async () => {
    expect((await made(person(anna), { name: '' })).apiKey.name).toBe('');
    expect((await made(person(anna), { name: 'x'.repeat(255) })).apiKey.name).toHaveLength(255);
  });

  it('are made by users alone, who signed in a short time ago themselves (check 54)', async () => {
    expect((await create(world.app(tenant, 'api-key:create', 'user:read'))).code).toBe('API_KEY_OWNER_MISSING');
    expect((await create(world.user(tenant, anna.id, 'user:read:self'))).code).toBe('FORBIDDEN');
    expect((await create(world.user(tenant, 'nobody', ...PERSON))).code).toBe('USER_NOT_FOUND');
    const early = { ...person(anna), authTime: new Date(world.clock.now().getTime() - 301_000) };
    expect((await create(early)).code).toBe('REAUTHENTICATION_REQUIRED');
    const { apiKey } = await made(person(anna));
    for (const caller of [early, { ...person(anna), authTime: NEVER_SIGNED_IN }])
      expect((await regenerate(caller, apiKey.apiKeyId)).code).toBe('REAUTHENTICATION_REQUIRED');
  });

  it('are 100 of a user at most, also when two are made at the same moment', async () => {
    for (let i = 0; i < 99; i++) await world.newApiKey(tenant, anna.id, 'USER:READ');
    const both = await Promise.all([create(person(anna)), create(person(anna))]);
    expect(both.map(({ code }) => code).sort()).toEqual(['API_KEY_LIMIT_REACHED', undefined]);
    expect((await create(person(await world.newUser(tenant)))).code).toBeUndefined();
  });

  describe('that make keys', () => {
    it('make those of their owner, with no more scopes than they have', async () => {
      await grantRole(tenant, anna.id, 'user:read', 'user:write', 'user:create', 'user:delete', 'client:read');
      const all = ['user:read', 'user:write', 'user:create', 'user:delete', 'client:read'];
      const { secret } = await made(person(anna, ...all), { scopes: ['API_KEY', 'USER:READ'] });
      const key = (await world.keyCaller(secret))!;
      expect(await made(key)).toMatchObject({ apiKey: { ownerUserId: anna.id, ownScopes: [] } });
      for (const scope of ['USER', 'CLIENT:READ'])
        expect((await create(key, { scopes: [scope] })).code).toBe('PERMISSION_ESCALATION');
    });

    it('do not get the secrets of those that may do more, but may delete them', async () => {
      await grantRole(tenant, anna.id, 'client:read');
      const strong = await made(person(anna, 'client:read'), { scopes: ['CLIENT:READ'] });
      const { secret } = await made(person(anna), { scopes: ['API_KEY'] });
      const key = (await world.keyCaller(secret))!;
      expect((await regenerate(key, strong.apiKey.apiKeyId)).code).toBe('PERMISSION_ESCALATION');
      expect(await world.keyCaller(strong.secret)).not.toBeNull();
      const weak = await made(person(anna), { scopes: ['API_KEY:READ'] });
      expect((await regenerate(key, weak.apiKey.apiKeyId)).errors).toEqual([]);
      expect((await remove(key, strong.apiKey.apiKeyId)).errors).toEqual([]);
      expect(await world.keyCaller(strong.secret)).toBeNull();
    });
  });

  it('are no way to take over the account of their owner (docs/tenancy.md)', async () => {
    await grantRole(tenant, anna.id, 'user:read', 'user:write', 'user:create', 'user:delete', 'client:read');
    const all = ['user:read', 'user:write', 'user:create', 'user:delete'];
    const { secret } = await made(person(anna, ...all), { scopes: ['USER'] });
    const key = (await world.keyCaller(secret))!;
    const change = 'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { subject } } }';
    const input = { email: 'mallory@example.com' };
    expect((await world.graphql(key, change, { input: { ...input, userId: anna.id } })).code).toBe('FORBIDDEN');
    const boris = await world.newUser(tenant);
    expect((await world.graphql(key, change, { input: { ...input, userId: boris.id } })).errors).toEqual([]);
  });

  it('change neither names nor credentials of their owner, also when they may do all that the owner may', async () => {
    const all = ['user:read', 'user:write', 'user:create', 'user:delete'];
    await grantRole(tenant, anna.id, ...all);
    const { secret } = await made(person(anna, ...all), { scopes: ['USER'] });
    const key = (await world.keyCaller(secret))!;
    const boris = await world.newUser(tenant);
    const codeOf = async (document: string, input: object, caller = key) =>
      (await world.graphql(caller, document, { input })).code;
    const UPDATE = 'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { subject } } }';
    for (const [at, input] of [
      { email: 'eve@example.com' },
      { username: 'eve' },
      { phone: '+41 31 123 45 67' },
    ].entries()) {
      expect([at, await codeOf(UPDATE, { userId: anna.id, ...input })]).toEqual([at, 'FORBIDDEN']);
      expect([at, await codeOf(UPDATE, { userId: boris.id, ...input })]).toEqual([at, undefined]);
    }
    expect(await codeOf(UPDATE, { userId: anna.id, givenName: 'Anna' })).toBeUndefined();
    const SET = 'mutation ($input: SetPasswordInput!) { setPassword(input: $input) { userId } }';
    const { permissions } = world.app(tenant, 'password:set', ...all);
    const password = 'three-wombats-at-dawn';
    expect(await codeOf(SET, { userId: anna.id, password }, { ...key, permissions })).toBe('FORBIDDEN');
    expect(await codeOf(SET, { userId: boris.id, password }, { ...key, permissions })).toBeUndefined();
    const REMOVE = 'mutation ($input: DeleteUserInput!) { deleteUser(input: $input) { __typename } }';
    expect(await codeOf(REMOVE, { userId: anna.id })).toBeUndefined();
  });

  describe('get another secret', () => {
    it('which ends the one before at once, and keep the rest', async () => {
      const before = await made(person(anna));
      await world.keyCaller(before.secret);
      await world.services.apiKeyAuthenticator.idle();
      const { data, errors } = await regenerate(person(anna), before.apiKey.id);
      expect(errors).toEqual([]);
      const { secret, apiKey } = data.regenerateApiKey;
      expect(secret).not.toBe(before.secret);
      expect(apiKey).toEqual({ ...before.apiKey, hash: hash('sha256', secret), lastUsedAt: null });
      expect([await world.keyCaller(before.secret), (await world.keyCaller(secret))?.userId]).toEqual([null, anna.id]);
      expect((await keyEventsOf(tenant)).at(-1)).toMatchObject({
        type: 'api_key.regenerated',
        subject_id: anna.id,
        params: { apiKeyId: apiKey.apiKeyId },
      });
    });

    it('once of two calls at the same moment', async () => {
      const { apiKey } = await made(person(anna));
      const both = await Promise.all([1, 2].map(() => regenerate(person(anna), apiKey.apiKeyId)));
      const callers = await Promise.all(both.map(({ data }) => world.keyCaller(data.regenerateApiKey.secret)));
      expect(callers.filter((caller) => caller !== null)).toHaveLength(1);
    });

    it('from administrators who hold all that the owner holds', async () => {
      await grantRole(tenant, anna.id, 'user:read', 'client:read');
      const { apiKey } = await made(person(anna, 'user:read'));
      const admin = (...held: string[]) => world.app(tenant, 'api-key:rotate', 'api-key:read', ...held);
      expect((await regenerate(admin('user:read'), apiKey.apiKeyId)).code).toBe('FORBIDDEN');
      const { data } = await regenerate(admin('user:read', 'client:read'), apiKey.apiKeyId);
      expect(data.regenerateApiKey.apiKey.ownerUserId).toBe(anna.id);
    });

    it('from callers alone who hold all that the scopes mean, though the owner does not hold it now', async () => {
      const { apiKey, secret } = await made(person(anna, 'client:read'), { scopes: ['CLIENT:READ', 'USER:READ'] });
      const { secret: other } = await made(person(anna), { scopes: ['API_KEY', 'USER:READ'] });
      const admin = (...held: string[]) => world.app(tenant, 'api-key:rotate', 'api-key:read', ...held);
      for (const caller of [admin('user:read'), person(anna), (await world.keyCaller(other))!])
        expect((await regenerate(caller, apiKey.apiKeyId)).code).toBe('PERMISSION_ESCALATION');
      expect(await world.keyCaller(secret)).not.toBeNull();
      expect((await regenerate(admin('client:read'), apiKey.apiKeyId)).errors).toEqual([]);
    });
  });

  it('are deleted, once', async () => {
    const { apiKey, secret } = await made(person(anna));
    const { data } = await remove(person(anna), apiKey.apiKeyId.toUpperCase());
    expect(data.deleteApiKey.deletedApiKeyId).toBe(apiKey.id);
    expect(await world.keyCaller(secret)).toBeNull();
    expect((await remove(person(anna), apiKey.apiKeyId)).code).toBe('API_KEY_NOT_FOUND');
    expect((await keyEventsOf(tenant)).at(-1)).toMatchObject({ type: 'api_key.deleted', subject_id: anna.id });
    const { apiKey: other } = await made(person(anna));
    expect((await remove(world.app(tenant, 'api-key:delete'), other.id)).errors).toEqual([]);
  });

  it('of others do not exist for users without the permission, and those of other tenants for nobody', async () => {
    const { apiKey } = await made(person(anna));
    const boris = person(await world.newUser(tenant));
    const other = await world.tenant();
    const foreign = world.app(other, 'api-key:rotate', 'api-key:delete', 'user:read');
    for (const act of [regenerate, remove]) {
      expect((await act(boris, apiKey.apiKeyId)).code).toBe('API_KEY_NOT_FOUND');
      expect((await act(boris, '00000000-0000-8000-8000-000000000000')).code).toBe('API_KEY_NOT_FOUND');
      expect((await act(boris, 'nonsense')).code).toBe('API_KEY_NOT_FOUND');
      expect((await act(foreign, apiKey.apiKeyId)).code).toBe('API_KEY_NOT_FOUND');
      expect((await act(foreign, apiKey.id)).code).toBe('FORBIDDEN');
      expect((await act(world.user(tenant, anna.id, 'api-key:read:self'), apiKey.id)).code).toBe('FORBIDDEN');
    }
    expect(await namesOf(person(anna))).toEqual(['Backup']);
  });

  describe('are listed', () => {
    it('to their owner, and to callers who see those of the tenant', async () => {
      const boris = await world.newUser(tenant);
      world.clock.advance(1);
      await made(person(anna), { name: 'old' });
      world.clock.advance(1);
      await made(person(anna), { name: 'new' });
      await made(person(boris), { name: 'of boris' });
      expect(await namesOf(person(anna))).toEqual(['new', 'old']);
      expect(await namesOf(person(anna), { filter: { userId: anna.id } })).toEqual(['new', 'old']);
      const reader = world.app(tenant, 'api-key:read', 'user:read');
      expect((await namesOf(reader)).slice(0, 3).sort()).toEqual(['new', 'of boris', 'old']);
      const { data } = await world.graphql(reader, LIST, { filter: { userId: boris.id } });
      expect(data.apiKeys).toMatchObject({ nodes: [{ name: 'of boris', user: { subject: boris.id } }], totalCount: 1 });
      expect((await world.graphql(person(anna), LIST, { filter: { userId: boris.id } })).code).toBe('FORBIDDEN');
      expect(await namesOf(reader, { filter: { userId: 'nobody' } })).toEqual([]);
      expect((await world.graphql(reader, LIST, { filter: { userId: 'a\u0001b' } })).code).toBe('INVALID_INPUT');
    });

    it('as not active while the owner is disabled', async () => {
      const { apiKey } = await made(person(anna));
      await world.services.users.setEnabled(world.system(tenant), anna.id, false);
      const { data } = await world.graphql(world.app(tenant, 'api-key:read'), LIST, { filter: { userId: anna.id } });
      expect(data.apiKeys.nodes).toMatchObject([{ apiKeyId: apiKey.apiKeyId, isActive: false }]);
    });

    it('by global id, to those who may see them', async () => {
      const { apiKey } = await made(person(anna));
      const see = async (caller: Caller, id = apiKey.id) => {
        const { code, data } = await world.graphql(caller, NODE, { id });
        return code ?? data.node;
      };
      expect(await see(person(anna))).toEqual({ name: 'Backup' });
      expect(await see(world.app(tenant, 'api-key:read'))).toEqual({ name: 'Backup' });
      expect(await see(person(await world.newUser(tenant)))).toBe('FORBIDDEN');
      expect(await see(world.app(tenant, 'user:read'))).toBe('FORBIDDEN');
      expect(await see(world.app(tenant, 'api-key:read'), `apk~${tenant.route}~nonsense`)).toBeNull();
    });

    it('with users, at the same cost for 5 users as for 20', async () => {
      const place = await world.tenant();
      for (let i = 0; i < 20; i++) await world.newApiKey(place, (await world.newUser(place)).id, 'USER:READ');
      const caller = world.app(place, 'user:read', 'api-key:read');
      const costOf = async (first: number) => {
        statements = 0;
        const { data, errors } = await world.graphql(caller, OF_USERS, { first });
        expect(errors).toEqual([]);
        expect(data.users.nodes).toHaveLength(first);
        for (const { apiKeys } of data.users.nodes)
          expect(apiKeys).toEqual([{ name: '', isActive: true, ownerTenant: place.name }]);
        return statements;
      };
      await costOf(5);
      expect(await costOf(5)).toBe(await costOf(20));
    });
  });

  describe('of users who administer all tenants', () => {
    let root: Caller;
    beforeEach(async () => {
      const { id } = await world.newUser(master);
      const held = [
        'user:read:all',
        'session:read:all',
        'api-key:read:all',
        'api-key:create:all',
        'api-key:rotate:all',
        'api-key:delete:all',
      ];
      await grantRole(master, id, ...held);
      root = world.user(master, id, ...held);
    });

    it('act in the tenant for which they were made', async () => {
      world.clock.advance(1);
      const { apiKey, secret } = await made(root, { tenant: tenant.name });
      expect(apiKey).toMatchObject({ ownerTenant: 'master', ownerUserId: root.userId, isActive: true, ownScopes: [] });
      expect((await world.keyCaller(secret))?.tenant?.id).toBe(tenant.id);
      expect((await keyEventsOf(tenant)).at(-1)).toMatchObject({
        subject_id: null,
        params: { ownerTenantId: master.id, ownerUserId: root.userId },
      });
      const { data } = await world.graphql(root, LIST, { tenant: tenant.name, first: 1 });
      expect(data.apiKeys.nodes).toMatchObject([{ apiKeyId: apiKey.apiKeyId, ownerTenant: 'master', user: null }]);
      const { data: again } = await regenerate(root, apiKey.id);
      expect(await world.keyCaller(again.regenerateApiKey.secret)).not.toBeNull();
      expect((await remove(root, apiKey.id)).errors).toEqual([]);
    });

    it('record what they do under the id of the key, because their owner is no user of the tenant', async () => {
      const { apiKey, secret } = await made(root, { tenant: tenant.name, scopes: ['API_KEY'] });
      const key = (await world.keyCaller(secret))!;
      const { apiKey: theirs } = await made(person(anna));
      expect((await remove(key, theirs.id)).errors).toEqual([]);
      expect((await keyEventsOf(tenant)).at(-1)).toMatchObject({ type: 'api_key.deleted', actor_id: apiKey.apiKeyId });
    });

    it('are not touched by administrators of the tenant', async () => {
      const { apiKey } = await made(root, { tenant: tenant.name });
      const admin = world.app(tenant, 'api-key:rotate', 'api-key:delete', 'user:read');
      for (const act of [regenerate, remove]) expect((await act(admin, apiKey.apiKeyId)).code).toBe('ACCOUNT_GUARDED');
      // In master the account is guarded as well.
      const { apiKey: own } = await made({ ...root, tenant: master });
      const clerk = world.app(master, 'api-key:rotate', 'api-key:delete', 'user:read');
      for (const act of [regenerate, remove]) expect((await act(clerk, own.apiKeyId)).code).toBe('ACCOUNT_GUARDED');
    });

    it('are not made in a tenant by users who hold less there, nor in one that is not there', async () => {
      const narrow = world.user(master, root.userId!, 'api-key:create:all', 'user:read');
      expect((await create(narrow, { tenant: tenant.name })).code).toBe('PERMISSION_ESCALATION');
      expect((await create(person(anna), { tenant: 'master' })).code).toBe('FORBIDDEN');
      expect((await create(root, { tenant: 'nowhere' })).code).toBe('NOT_FOUND');
    });
  });

  it('are listed to their owner alone when asked so, whatever else the caller sees', async () => {
    await made(person(anna), { name: 'mine' });
    await made(person(await world.newUser(tenant)), { name: 'theirs' });
    const admin = person(anna, 'api-key:read');
    expect(await namesOf(admin, { filter: { isOwn: true } })).toEqual(['mine']);
    expect(await namesOf(admin, { filter: { isOwn: true, userId: anna.id } })).toEqual(['mine']);
    const other = await world.newUser(tenant);
    expect((await world.graphql(admin, LIST, { filter: { isOwn: true, userId: other.id } })).code).toBe('FORBIDDEN');
    const root = world.user(master, anna.id, 'api-key:read:all');
    for (const [caller, more] of [
      [world.app(tenant, 'api-key:read'), {}],
      [root, { tenant: tenant.name }],
    ] as const)
      expect((await world.graphql(caller, LIST, { ...more, filter: { isOwn: true } })).code).toBe(
        'API_KEY_OWNER_MISSING',
      );
  });

  it('can be made in the tenant of the caller, or in all', async () => {
    const tenantsOf = async (caller: Caller) => {
      const { code, data } = await world.graphql(caller, '{ apiKeyTenants }');
      return code ?? data.apiKeyTenants;
    };
    expect(await tenantsOf(person(anna))).toEqual([tenant.name]);
    expect(await tenantsOf(world.user(tenant, anna.id, 'api-key:read:self'))).toEqual([]);
    const root = world.user(master, anna.id, 'api-key:read:all', 'api-key:create:all');
    expect(await tenantsOf(root)).toEqual(expect.arrayContaining([tenant.name, 'master']));
    for (const query of ['{ apiKeyTenants }', '{ apiKeyScopes { name } }'])
      expect((await world.graphql(world.app(tenant, 'api-key:read'), query)).code).toBe('API_KEY_OWNER_MISSING');
  });

  it('have scopes, of which each caller sees those that it can give', async () => {
    const scopesOf = async (caller: Caller, variables = {}) =>
      (await world.graphql(caller, SCOPES, variables)).data.apiKeyScopes.map(({ name }: { name: string }) => name);
    expect(await scopesOf(person(anna))).toEqual(['USER', 'USER:READ', 'API_KEY', 'API_KEY:READ']);
    expect(await scopesOf(person(anna, 'client:write', 'block:read'))).toEqual([
      'USER',
      'USER:READ',
      'CLIENT:READ',
      'API_KEY',
      'API_KEY:READ',
      'BLOCKER:READ',
    ]);
    const { secret } = await made(person(anna), { scopes: ['API_KEY:READ'] });
    expect(await scopesOf((await world.keyCaller(secret))!)).toEqual(['API_KEY:READ']);
    const root = world.user(master, anna.id, 'api-key:read:all', 'user:read:all', 'session:read:all');
    expect(await scopesOf(root, { tenant: tenant.name })).toEqual(['USER:READ', 'API_KEY:READ']);
    expect((await world.graphql(world.app(tenant, 'user:read'), SCOPES)).code).toBe('FORBIDDEN');
    const [first] = (await world.graphql(person(anna), SCOPES)).data.apiKeyScopes;
    expect(first).toMatchObject({
      description: expect.stringMatching(/users/),
      permissions: expect.arrayContaining(['user:read:self']),
    });
  });
});
