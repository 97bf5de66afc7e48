import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymousCaller, PermissionSet, type ScopeString } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const USER =
  'query ($id: ID, $username: String) { user(userId: $id, username: $username) { id subject username email } }';
const CREATE =
  'mutation ($input: CreateUserInput!) { createUser(input: $input) { subject user { username email emailVerified isEnabled attributes requiredActions givenName } } }';
const UPDATE =
  'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { username email emailVerified attributes givenName requiredActions } } }';

describe('users over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  let jane: User;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    jane = await world.newUser(acme, { id: 'jane', username: 'Jane', email: 'jane@example.com', givenName: 'Jane' });
  });
  afterAll(() => world.close());

  it('shows a user by bare id, by global id and by username in any case', async () => {
    const caller = world.app(acme, 'user:read');
    const global = `usr~${acme.route}~jane`;
    for (const variables of [{ id: 'jane' }, { id: global }, { username: 'JANE' }]) {
      const { data, errors } = await world.graphql(caller, USER, variables);
      expect(errors).toEqual([]);
      expect(data.user).toEqual({ id: global, subject: 'jane', username: 'Jane', email: 'jane@example.com' });
    }
  });

  it('answers null for a user that does not exist, whatever the id looks like', async () => {
    const caller = world.app(acme, 'user:read');
    for (const id of ['nobody', 'x'.repeat(200), '%', `usr~${acme.route}~nobody`]) {
      const { data, errors } = await world.graphql(caller, USER, { id });
      expect({ data: data.user, errors }).toEqual({ data: null, errors: [] });
    }
  });

  it('refuses an id that the database cannot store, and names its argument', async () => {
    for (const [id, code] of [
      ['a\0b', 'TEXT_NOT_STORABLE'],
      ['\ud800', 'TEXT_NOT_STORABLE'],
      ['x'.repeat(16_385), 'TEXT_LENGTH'],
    ]) {
      const { data, errors } = await world.graphql(world.app(acme, 'user:read'), USER, { id });
      expect(data.user).toBeNull();
      expect(errors[0]!.extensions).toMatchObject({ code: 'INVALID_INPUT', fields: [{ path: 'userId', code }] });
    }
  });

  it('names at most 20 of the texts that are refused', async () => {
    const document =
      'mutation ($input: UpdateUserPropertiesInput!) { updateUserProperties(input: $input) { properties } }';
    const input = { userId: 'jane', remove: Array.from({ length: 1000 }, () => '\0') };
    const { errors } = await world.graphql(world.app(acme, 'user-property:write'), document, { input });
    expect(errors[0]!.extensions['fields']).toHaveLength(20);
    expect(errors[0]!.extensions['fields']).toMatchObject({ 19: { path: 'input.remove.19' } });
  });

  it('requires either an id or a username', async () => {
    const caller = world.app(acme, 'user:read');
    expect((await world.graphql(caller, USER)).code).toBe('INVALID_INPUT');
    expect((await world.graphql(caller, USER, { id: 'jane', username: 'jane' })).code).toBe('INVALID_INPUT');
    expect((await world.graphql(caller, USER, { id: `ses~${acme.route}~jane` })).code).toBe('INVALID_INPUT');
  });

  it('keeps members of a profile, by which lists are filtered', async () => {
    const MAKE = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { subject user { profile } } }';
    const emails = [{ value: 'second@example.com', type: 'home' }];
    const as = world.app(acme, 'user:create', 'user:read', 'user:write');
    const made = await world.graphql(as, MAKE, { input: { username: 'profiled', profile: { emails, title: 'Boss' } } });
    expect(made.data.createUser.user).toEqual({ profile: { emails, title: 'Boss' } });
    const SET = 'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { profile } } }';
    const input = { userId: made.data.createUser.subject, profile: { title: null } };
    expect((await world.graphql(as, SET, { input })).data.updateUser.user).toEqual({ profile: { emails } });
    const LIST = 'query ($filter: UserFilterInput) { users(filter: $filter) { nodes { username } } }';
    const filter = { profile: { name: 'emails', value: 'SECOND@example.com' } };
    const list = async (wanted: object) => (await world.graphql(as, LIST, { filter: wanted })).data.users.nodes;
    expect(await list(filter)).toEqual([{ username: 'profiled' }]);
    expect(await list({ and: [filter, { not: filter }] })).toEqual([]);
  });

  it('makes an account, moves attributes that mean a field, and shows it to callers who may read it', async () => {
    const caller = world.app(acme, 'user:create', 'user:read');
    const input = { username: 'Max', email: 'max@example.com', attributes: { firstName: ['Max'], dept: ['a', 'b'] } };
    const { data, errors } = await world.graphql(caller, CREATE, { input });
    expect(errors).toEqual([]);
    expect(data.createUser.user).toEqual({
      username: 'Max',
      email: 'max@example.com',
      emailVerified: false,
      isEnabled: true,
      attributes: { dept: ['a', 'b'] },
      requiredActions: [],
      givenName: 'Max',
    });
  });

  it('takes null for no actions', async () => {
    const caller = world.app(acme, 'user:create', 'user:read', 'user:write', 'auth-mode:write');
    const made = await world.graphql(caller, CREATE, { input: { username: 'mona', requiredActions: null } });
    expect(made.data.createUser.user.requiredActions).toEqual([]);
  });

  it('gives the new id even to a caller who may not read the account', async () => {
    const { data, code } = await world.graphql(world.app(acme, 'user:create'), CREATE, {
      input: { subject: 'unread' },
    });
    expect(data.createUser).toEqual({ subject: 'unread', user: null });
    expect(code).toBe('FORBIDDEN');
  });

  it('names the field of a refused value', async () => {
    const caller = world.app(acme, 'user:create', 'user:write');
    const faults = async (input: object) => {
      const { errors } = await world.graphql(caller, CREATE, { input });
      const { code, fields } = errors[0]!.extensions as { code: string; fields: { path: string }[] };
      return [code, fields[0]?.path];
    };
    expect(await faults({ username: 'a/b' })).toEqual(['USER_USERNAME_INVALID', 'input.username']);
    expect(await faults({ username: 'JANE' })).toEqual(['USER_USERNAME_TAKEN', 'input.username']);
    expect(await faults({ username: 'jane@example.com' })).toEqual(['USER_EMAIL_TAKEN', 'input.username']);
    expect(await faults({ email: 'JANE@example.com' })).toEqual(['USER_EMAIL_TAKEN', 'input.email']);
    expect(await faults({ email: 'nope' })).toEqual(['USER_EMAIL_INVALID', 'input.email']);
    expect(await faults({ subject: 'me' })).toEqual(['USER_ID_INVALID', 'input.subject']);
    expect(await faults({ subject: 'jane' })).toEqual(['USER_ID_TAKEN', 'input.subject']);
    expect(await faults({ givenName: 'a\u0007' })).toEqual(['INVALID_INPUT', 'input.givenName']);
    expect(await faults({ attributes: { x: 'a\0b' } })).toEqual(['USER_ATTRIBUTE_INVALID', 'input.attributes.x']);
    expect(await faults({ attributes: { x: [2 ** 53] } })).toEqual(['USER_ATTRIBUTE_INVALID', 'input.attributes.x']);
  });

  it('lets users change names of their own account, but nothing that only administrators may change', async () => {
    const user = await world.newUser(acme, { requiredActions: ['UPDATE_PASSWORD'], email: 'own@example.com' });
    const own = world.user(acme, user.id, 'user:read:self', 'user:write:self');
    const change = async (caller: typeof own, input: object) =>
      world.graphql(caller, UPDATE, { input: { userId: user.id, ...input } });
    expect((await change(own, { givenName: 'Me', attributes: { color: 'red' } })).data.updateUser.user).toMatchObject({
      givenName: 'Me',
      attributes: { color: 'red' },
    });
    for (const input of [
      { username: 'other-name' },
      { emailVerified: true },
      { requiredActions: [] },
      { externalId: 'x' },
      { notBefore: '2026-01-02T03:04:05Z' },
      { attributes: { username: 'sneaky' } },
      { profile: { title: 'Boss' } },
      { email: 'new@example.com' },
    ]) {
      expect((await change(own, input)).code).toBe('FORBIDDEN');
    }
    const mailer = world.user(acme, user.id, 'user:read:self', 'user:write:self', 'email:change:self');
    expect((await change(mailer, { email: 'new@example.com' })).data.updateUser.user.email).toBe('new@example.com');
    expect((await world.graphql(own, UPDATE, { input: { userId: 'jane', givenName: 'X' } })).code).toBe('FORBIDDEN');
    expect((await world.stores.userStore.findById(acme.id, user.id))?.username).toBe(user.username);
  });

  it('lets nobody write that they have accepted the terms, and keeps what the service wrote of that', async () => {
    const accepted = { terms_and_conditions: '1700000000' };
    const user = await world.newUser(acme, { attributes: { ...accepted, color: 'red' } });
    const own = world.user(acme, user.id, 'user:read:self', 'user:write:self');
    const change = async (attributes: object, more: object = {}) =>
      world.graphql(own, UPDATE, { input: { userId: user.id, attributes, ...more } });
    for (const terms_and_conditions of ['1800000000', null, 1700000000])
      expect((await change({ terms_and_conditions })).code).toBe('FORBIDDEN');
    expect((await change({ terms_and_conditions: null }, { replaceAttributes: true })).code).toBe('FORBIDDEN');
    const replaced = await change({ color: 'blue' }, { replaceAttributes: true });
    expect(replaced.data.updateUser.user.attributes).toEqual({ ...accepted, color: 'blue' });
    expect((await change({ ...accepted, color: 'green' })).data.updateUser.user.attributes.color).toBe('green');
    const newcomer = await world.newUser(acme);
    const first = world.user(acme, newcomer.id, 'user:read:self', 'user:write:self');
    const input = { userId: newcomer.id, attributes: accepted };
    expect((await world.graphql(first, UPDATE, { input })).code).toBe('FORBIDDEN');
  });

  it('requires a recent sign-in before users change their own e-mail address (ASVS 7.5.1) (check 54)', async () => {
    const user = await world.newUser(acme);
    const own = world.user(acme, user.id, 'user:write:self', 'email:change:self');
    const stale = { ...own, authTime: new Date(world.clock.now().getTime() - 301_000) };
    const input = { userId: user.id, email: 'late@example.com' };
    expect((await world.graphql(stale, UPDATE, { input })).code).toBe('REAUTHENTICATION_REQUIRED');
    expect((await world.stores.userStore.findById(acme.id, user.id))?.email).toBeNull();
  });

  it('requires auth-mode:write to set what a user has to do at sign-in', async () => {
    const user = await world.newUser(acme, { requiredActions: ['UPDATE_PASSWORD'] });
    const input = { userId: user.id, requiredActions: [] };
    expect((await world.graphql(world.app(acme, 'user:write'), UPDATE, { input })).code).toBe('FORBIDDEN');
    const { data } = await world.graphql(world.app(acme, 'user:write', 'auth-mode:write'), UPDATE, { input });
    expect(data.updateUser.user.requiredActions).toEqual([]);
  });

  it('requires session:revoke to take back that older tokens are refused', async () => {
    const [earlier, later] = ['2026-01-02T03:04:05.000Z', '2026-01-02T04:04:05.000Z'];
    const { id: userId } = await world.newUser(acme);
    const change = (notBefore: string | null, ...more: ScopeString[]) =>
      world.graphql(world.app(acme, 'user:write', ...more), UPDATE, { input: { userId, notBefore } });
    const stored = async () => (await world.stores.userStore.findById(acme.id, userId))?.notBefore?.toISOString();
    for (const notBefore of [earlier, later, later]) expect((await change(notBefore)).errors).toEqual([]);
    for (const notBefore of [earlier, null]) expect((await change(notBefore)).code).toBe('FORBIDDEN');
    expect(await stored()).toBe(later);
    expect((await change(earlier, 'session:revoke')).errors).toEqual([]);
    expect(await stored()).toBe(earlier);
    expect((await change(null, 'session:revoke')).errors).toEqual([]);
    expect(await stored()).toBeUndefined();
    expect((await change(null)).errors).toEqual([]);
  });

  it('shows an account that is blocked for inactivity as disabled, until it is enabled again', async () => {
    const tenant = await world.tenant();
    const user = await world.newUser(tenant);
    await world.db.transaction(async ({ em }) => {
      await em.execute('update users set inactive_since = now() where tenant_id = ? and id = ?', [tenant.id, user.id]);
    });
    const caller = world.app(tenant, 'user:read', 'user:write');
    const LIST = 'query ($enabled: Boolean) { users(filter: { isEnabled: $enabled }) { nodes { subject isEnabled } } }';
    const idle = { subject: user.id, isEnabled: false };
    expect((await world.graphql(caller, LIST, { enabled: false })).data.users.nodes).toEqual([idle]);
    expect((await world.graphql(caller, LIST, { enabled: true })).data.users.nodes).toEqual([]);
    const ENABLE =
      'mutation ($id: ID!) { setUserEnabled(input: { userId: $id, isEnabled: true }) { user { isEnabled } } }';
    expect((await world.graphql(caller, ENABLE, { id: user.id })).data.setUserEnabled.user).toEqual({
      isEnabled: true,
    });
  });

  it('refuses to change or delete an account that does not exist', async () => {
    const caller = world.app(acme, 'user:write', 'user:delete');
    expect((await world.graphql(caller, UPDATE, { input: { userId: 'nobody', givenName: 'X' } })).code).toBe(
      'USER_NOT_FOUND',
    );
    const DELETE = 'mutation { deleteUser(input: { userId: "nobody" }) { deletedUserId } }';
    expect((await world.graphql(caller, DELETE)).code).toBe('USER_NOT_FOUND');
    const ENABLE = 'mutation { setUserEnabled(input: { userId: "nobody", isEnabled: true }) { user { id } } }';
    expect((await world.graphql(caller, ENABLE)).code).toBe('USER_NOT_FOUND');
  });

  it('shows callers their own account', async () => {
    const VIEWER = '{ viewer { kind tenant subject clientId permissions user { username } } }';
    const own = await world.graphql(world.user(acme, jane.id, 'user:read:self'), VIEWER);
    expect(own.data.viewer).toEqual({
      kind: 'USER',
      tenant: acme.name,
      subject: 'jane',
      clientId: 'test-app',
      permissions: ['user:read:self'],
      user: { username: 'Jane' },
    });
    const app = await world.graphql(world.app(acme, 'role:read'), VIEWER);
    expect(app.data.viewer).toMatchObject({ kind: 'APPLICATION', subject: null, user: null });
    const nobody = await world.graphql(anonymousCaller(world.app(acme).origin), VIEWER);
    expect(nobody.data.viewer).toMatchObject({ kind: 'ANONYMOUS', tenant: null, user: null });
    const blind = await world.graphql(world.user(acme, jane.id, 'session:read:self'), VIEWER);
    expect([blind.data.viewer.user, blind.code]).toEqual([null, 'FORBIDDEN']);
  });
});

describe('lists of users', () => {
  let world: World;
  let tenant: TenantRef;
  const LIST =
    'query ($first: Int, $after: String, $filter: UserFilterInput, $orderBy: UserOrderInput) { users(first: $first, after: $after, filter: $filter, orderBy: $orderBy) { totalCount nodes { subject } pageInfo { hasNextPage endCursor } } }';
  const subjects = (result: Awaited<ReturnType<World['graphql']>>) =>
    result.data.users.nodes.map((node: { subject: string }) => node.subject);
  /** A caller who may ask about roles and accounts elsewhere too. */
  const reader = () => world.app(tenant, 'user:read', 'group-member:read', 'role-grant:read', 'federation-link:read');
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    await world.newUser(tenant, { id: 'a1', username: 'zoe', email: 'Zoe@Example.com', familyName: 'Östlund' });
    world.clock.advance(60);
    await world.newUser(tenant, { id: 'a2', username: 'adam', attributes: { dept: ['Sales', 'IT'], level: 7 } });
    world.clock.advance(60);
    await world.newUser(tenant, {
      id: 'a3',
      username: 'mia_100',
      displayName: '100% Mia',
      externalId: 'X-1',
      enabled: false,
      locale: 'de',
    });
  });
  afterAll(() => world.close());

  it('are ordered by creation or by username, forwards and backwards, page by page', async () => {
    const caller = world.app(tenant, 'user:read');
    expect(subjects(await world.graphql(caller, LIST))).toEqual(['a1', 'a2', 'a3']);
    const orderBy = { field: 'USERNAME', direction: 'DESC' };
    const first = await world.graphql(caller, LIST, { first: 2, orderBy });
    expect(subjects(first)).toEqual(['a1', 'a3']);
    const { endCursor: after, hasNextPage } = first.data.users.pageInfo;
    expect(hasNextPage).toBe(true);
    const rest = await world.graphql(caller, LIST, { first: 2, after, orderBy });
    expect(subjects(rest)).toEqual(['a2']);
    expect(rest.data.users.totalCount).toBe(3);
    expect((await world.graphql(caller, LIST, { after })).code).toBe('INVALID_INPUT');
  });

  it.each([
    [{ search: 'ZO' }, ['a1']],
    [{ search: 'öst' }, ['a1']],
    [{ search: 'mia_100' }, ['a3']],
    [{ search: '100% m' }, ['a3']],
    [{ search: 'm%' }, []],
    [{ search: 'miax' }, []],
    [{ search: 'mi_' }, []],
    [{ search: 'stlund' }, []],
    [{ contains: { username: 'DA' } }, ['a2']],
    [{ contains: { username: '_1' } }, ['a3']],
    [{ contains: { username: '%' } }, []],
    [{ contains: { username: '\\\\' } }, []],
    [{ contains: { familyName: 'STLUN' } }, ['a1']],
    [{ contains: { anywhere: 'ample.c' } }, ['a1']],
    [{ contains: { anywhere: 'zoe', givenName: 'zoe' } }, []],
    [{ contains: { email: 'ZOE@', username: 'oe', familyName: '' } }, ['a1']],
    [{ contains: { anywhere: null } }, ['a1', 'a2', 'a3']],
    [{ matches: [] }, ['a1', 'a2', 'a3']],
    [{ matches: ['ADAM'] }, ['a2']],
    [{ matches: ['ada'] }, []],
    [{ matches: ['ada*'] }, ['a2']],
    [{ matches: ['*dam'] }, ['a2']],
    [{ matches: ['a***m'] }, ['a2']],
    [{ matches: [`${'*'.repeat(2000)}dam`] }, ['a2']],
    [{ matches: ['z*e', 'ÖST*'] }, ['a1']],
    [{ matches: ['z*e', 'adam'] }, []],
    [{ matches: ['*a*_1*'] }, ['a3']],
    [{ matches: ['%'] }, []],
    [{ matches: ['*\\*'] }, []],
    [{ matches: ['a3'] }, ['a3']],
    [{ matches: ['100% mia'] }, []],
    [{ matches: [`${'x'.repeat(256)}*`] }, []],
    [{ matches: [`*${'x'.repeat(256)}`] }, []],
    [{ attribute: { name: 'dept', value: 'IT', isExact: true } }, ['a2']],
    [{ attribute: { name: 'dept', value: 'it', isExact: true } }, []],
    [{ attribute: { name: 'level', value: '7', isExact: true } }, ['a2']],
    [{ attribute: { name: 'lastName', value: 'Östlund', isExact: true } }, ['a1']],
    [{ attribute: { name: 'lastName', value: 'östlund', isExact: true } }, []],
    [{ username: 'ADAM' }, ['a2']],
    [{ email: 'zoe@EXAMPLE.com' }, ['a1']],
    [{ isEnabled: false }, ['a3']],
    [{ emailVerified: true }, []],
    [{ externalId: 'X-1' }, ['a3']],
    [{ externalId: 'x-1' }, []],
    [{ userIds: ['a3', 'A2', 'a1', 'a3', 'nobody', 'no id', ''] }, ['a1', 'a3']],
    [{ userIds: ['a3', 'a1'], isEnabled: true }, ['a1']],
    [{ userIds: [] }, []],
    [{ userIds: null, externalId: 'X-1' }, ['a3']],
    [{ not: { userIds: ['a2'] } }, ['a1', 'a3']],
    [{ or: [{ userIds: [] }, { userIds: ['a2'] }] }, ['a2']],
    [{ attribute: { name: 'dept', value: 'it' } }, ['a2']],
    [{ attribute: { name: 'level', value: '7' } }, ['a2']],
    [{ attribute: { name: 'lastName', value: 'östlund' } }, ['a1']],
    [{ attribute: { name: 'locale', value: 'DE' } }, ['a3']],
    [{ attribute: { name: ' username', value: 'adam' } }, []],
    [{ createdFrom: '2026-11-22T12:01:00Z', createdBefore: '2026-11-22T12:02:00Z' }, ['a2']],
    [{ isEnabled: true, search: 'adam' }, ['a2']],
    [{ groupId: '00000000-0000-0000-0000-000000000001' }, []],
    [{ roleId: '00000000-0000-0000-0000-000000000001' }, []],
    [{ providerId: '00000000-0000-0000-0000-000000000001' }, []],
    [{ not: { username: 'ADAM' } }, ['a1', 'a3']],
    // Users without a value do not meet a comparison with it.
    [{ not: { email: 'zoe@example.com' } }, ['a2', 'a3']],
    [{ not: { externalId: 'X-1' } }, ['a1', 'a2']],
    [{ not: { attribute: { name: 'dept', value: 'it' } } }, ['a1', 'a3']],
    [{ not: { attribute: { name: 'dept', value: 'IT', isExact: true } } }, ['a1', 'a3']],
    [{ not: { not: { attribute: { name: 'dept', value: 'IT', isExact: true } } } }, ['a2']],
    [
      {
        not: {
          anyOf: [
            {
              allOf: [
                { attribute: 'dept', value: 'it' },
                { attribute: 'level', value: '7' },
              ],
            },
          ],
        },
      },
      ['a1', 'a3'],
    ],
    [{ not: { anyOf: [{ allOf: [{ attribute: 'dept', operator: 'NE', value: 'it' }] }] } }, ['a2']],
    [{ not: { isEnabled: true } }, ['a3']],
    [{ not: { contains: { username: 'DA' } } }, ['a1', 'a3']],
    [{ not: { matches: ['a*', '*m'] } }, ['a1', 'a3']],
    [{ not: { groupId: '00000000-0000-0000-0000-000000000001' } }, ['a1', 'a2', 'a3']],
    [{ not: { roleId: '00000000-0000-0000-0000-000000000001' } }, ['a1', 'a2', 'a3']],
    [{ not: { externalAccount: {} } }, ['a1', 'a2', 'a3']],
    [{ not: { createdFrom: '2026-11-22T12:01:00Z' } }, ['a1']],
    [{ not: {} }, []],
    [{ or: [{}, { username: 'adam' }] }, ['a1', 'a2', 'a3']],
    [{ or: [{ username: 'adam' }, { externalId: 'X-1' }] }, ['a2', 'a3']],
    [{ or: [{ username: 'adam' }, { externalId: 'X-1' }], isEnabled: true }, ['a2']],
    [{ and: [{ createdFrom: '2026-11-22T12:01:00Z' }, { not: { search: 'adam' } }] }, ['a3']],
    [
      { or: [{ and: [{ not: { isEnabled: true } }, { externalId: 'X-1' }] }, { email: 'ZOE@example.com' }] },
      ['a1', 'a3'],
    ],
    [{ and: null, or: null, not: null, externalAccount: null }, ['a1', 'a2', 'a3']],
  ])('narrow to %j', async (filter, expected) => {
    const result = await world.graphql(reader(), LIST, { filter });
    expect(result.errors).toEqual([]);
    expect(subjects(result)).toEqual(expected);
  });

  it.each([
    ['USERNAME', ['a2', 'a3', 'a1']],
    ['EMAIL', ['a2', 'a3', 'a1']],
    ['FAMILY_NAME', ['a2', 'a3', 'a1']],
    ['GIVEN_NAME', ['a1', 'a2', 'a3']],
    ['ENABLED', ['a3', 'a1', 'a2']],
  ])('are ordered by %s, both ways, page by page, whole and narrowed', async (field, expected) => {
    const caller = reader();
    for (const direction of ['ASC', 'DESC'])
      for (const filter of [{}, { createdFrom: '2020-01-01T00:00:00Z' }]) {
        const seen: string[] = [];
        let after: string | null = null;
        do {
          const orderBy = { field, direction };
          const result = await world.graphql(caller, LIST.replace('totalCount', ''), {
            first: 1,
            after,
            filter,
            orderBy,
          });
          seen.push(...subjects(result));
          const { hasNextPage, endCursor } = result.data.users.pageInfo;
          after = hasNextPage ? endCursor : null;
        } while (after !== null);
        expect(seen).toEqual(direction === 'ASC' ? expected : expected.toReversed());
      }
  });

  it('narrow to the users of an identity provider, each once, also with its global id', async () => {
    const provider = await world.newProvider(tenant, { name: 'harbour' });
    const other = await world.newProvider(tenant, { name: 'dock' });
    const link = async (userId: string, { id }: { id: string }, externalId: string) => {
      await sql`insert into federation_links (tenant_id, provider_id, external_id, user_id, created_at, updated_at)
        values (${tenant.id}::uuid, ${id}::uuid, ${externalId}, ${userId}, now(), now())`.execute(world.db.read());
    };
    await link('a2', provider, 'x1');
    await link('a2', provider, 'x2');
    await link('a3', provider, 'x3');
    await link('a1', other, 'x4');
    const of = async (providerId: string, filter = {}) =>
      subjects(await world.graphql(reader(), LIST, { filter: { providerId, ...filter } }));
    expect(await of(provider.id)).toEqual(['a2', 'a3']);
    expect(await of(provider.id, { isEnabled: false })).toEqual(['a3']);
    expect(await of(`idp~${tenant.route}~${other.id}`)).toEqual(['a1']);
    const narrowed = async (filter: object) => subjects(await world.graphql(reader(), LIST, { filter }));
    const linked = (providerName: string | null, externalId: string | null = null) =>
      narrowed({ externalAccount: { providerName, externalId } });
    expect(await linked('harbour')).toEqual(['a2', 'a3']);
    expect(await linked('Harbour')).toEqual([]);
    expect(await linked(null, 'x4')).toEqual(['a1']);
    expect(await linked('harbour', 'x2')).toEqual(['a2']);
    expect(await linked('harbour', 'x4')).toEqual([]);
    // Both of one account, not of two.
    await link('a3', other, 'x5');
    expect(await linked('harbour', 'x5')).toEqual([]);
    expect(await narrowed({ externalAccount: { externalId: 'x5' }, isEnabled: false })).toEqual(['a3']);
    expect(await narrowed({ not: { externalAccount: { providerName: 'harbour' } } })).toEqual(['a1']);
    expect(await narrowed({ not: { providerId: `idp~${tenant.route}~${other.id}` } })).toEqual(['a2']);
  });

  it('refuse filters in filters that are too deep, too many, empty, or of another tenant', async () => {
    const caller = reader();
    const refusal = async (filter: object) => (await world.graphql(caller, LIST, { filter })).code;
    const deep = (levels: number): object => (levels === 0 ? { search: 'a' } : { not: deep(levels - 1) });
    expect(await refusal(deep(3))).toBeUndefined();
    expect(await refusal({ not: { or: [{ and: [{ search: 'a' }] }] } })).toBeUndefined();
    const many = (count: number) => ({ or: Array.from({ length: count }, () => ({})) });
    expect(await refusal(many(20))).toBeUndefined();
    for (const filter of [
      deep(4),
      deep(100),
      many(151),
      { not: many(151) },
      {
        and: [
          { anyOf: [{ allOf: Array(100).fill({ attribute: 'a', value: 'b' }) }] },
          { matches: Array(20).fill('a*') },
          many(31),
        ],
      },
      { or: [] },
      { userIds: Array(201).fill('a1') },
      { not: { userIds: Array(201).fill('a1') } },
      { userIds: [`grp~${tenant.route}~00000000-0000-0000-0000-000000000001`] },
      { not: { and: [] } },
      { not: { matches: Array(21).fill('a') } },
      { or: [{ search: 'a' }, { email: 'a\0' }] },
      { and: [{ externalAccount: { providerName: 'a\0' } }] },
      { externalAccount: { externalId: '\ud800' } },
      { not: { groupId: 'no-uuid' } },
      { not: { roleId: `grp~${tenant.route}~x` } },
      { not: { or: [{ anyOf: [] }] } },
    ])
      expect(await refusal(filter)).toBe('INVALID_INPUT');
    const foreign = await world.tenant();
    const elsewhere = { roleId: `rol~${foreign.route}~00000000-0000-0000-0000-000000000001` };
    expect(
      await refusal({
        and: [
          { or: [{ and: [{ ...elsewhere }] }] },
          { groupId: `grp~${tenant.route}~00000000-0000-0000-0000-000000000001` },
        ],
      }),
    ).toBe('TENANT_AMBIGUOUS');
    // Callers without a token are refused before the ids of their filter are looked for.
    const own = { groupId: `grp~${tenant.route}~00000000-0000-0000-0000-000000000001` };
    const anonymous = await world.graphql(anonymousCaller(TEST_ORIGIN), LIST, { filter: { and: [elsewhere, own] } });
    expect(anonymous.code).toBe('UNAUTHENTICATED');
  });

  it('tell who has a role, a group or an account elsewhere to callers who may read these, at any depth', async () => {
    const id = '00000000-0000-0000-0000-000000000001';
    const LINKS = 'federation-link:read';
    const cases = [
      [{ groupId: id }, 'group-member:read', LINKS],
      [{ roleId: id }, 'role-grant:read', LINKS],
      [{ providerId: id }, LINKS, 'role-grant:read'],
      [{ externalAccount: {} }, LINKS, 'role-grant:read'],
    ] as const;
    for (const [filter, needed, other] of cases)
      for (const each of [filter, { not: filter }, { or: [{ search: 'x' }, { and: [{ not: filter }] }] }]) {
        const code = async (...scopes: string[]) =>
          (await world.graphql(world.app(tenant, 'user:read', ...scopes), LIST, { filter: each })).code;
        expect(await code(other)).toBe('FORBIDDEN');
        expect(await code(`${needed}:self`)).toBe('FORBIDDEN');
        expect(await code(needed)).toBeUndefined();
      }
    const narrow = world.app(tenant, 'user:read');
    const permissions = new PermissionSet([
      ...narrow.permissions.grants(),
      { permission: LINKS, reach: 'tenant', only: 'harbour' },
    ]);
    const about = (filter: object) => world.graphql({ ...narrow, permissions }, LIST, { filter });
    expect((await about({ externalAccount: { providerName: 'harbour' } })).code).toBe('FORBIDDEN');
    const role = await world.newRole(tenant);
    const holders = `query ($role: RoleReferenceInput!, $filter: UserFilterInput) {
      usersOfRole(role: $role, filter: $filter) { totalCount } }`;
    const of = async (...scopes: string[]) => {
      const caller = world.app(tenant, 'user:read', 'role-grant:read', ...scopes);
      return (await world.graphql(caller, holders, { role: { roleId: role.id }, filter: { externalAccount: {} } }))
        .code;
    };
    expect([await of(), await of(LINKS)]).toEqual(['FORBIDDEN', undefined]);
  });

  it('narrow to users by their ids, page by page, and not to those of other tenants', async () => {
    const foreign = await world.tenant();
    const stranger = await world.newUser(foreign);
    const userIds = ['a3', `usr~${tenant.route}~a1`, stranger.id, ...Array(197).fill('a2')];
    const first = await world.graphql(reader(), LIST, { first: 2, filter: { userIds } });
    expect([subjects(first), first.data.users.totalCount]).toEqual([['a1', 'a2'], 3]);
    const { endCursor: after } = first.data.users.pageInfo;
    expect(subjects(await world.graphql(reader(), LIST, { first: 2, after, filter: { userIds } }))).toEqual(['a3']);
    const createdBefore = '2100-01-01T00:00:00Z';
    const narrowed = await world.graphql(reader(), LIST, { first: 2, filter: { userIds, createdBefore } });
    expect([subjects(narrowed), narrowed.data.users.totalCount]).toEqual([['a1', 'a2'], 3]);
    for (const [field, direction, expected] of [
      ['CREATED_AT', 'DESC', ['a3', 'a2', 'a1']],
      ['USERNAME', 'ASC', ['a2', 'a3', 'a1']],
    ] as const) {
      const ordered = await world.graphql(reader(), LIST, { filter: { userIds }, orderBy: { field, direction } });
      expect(subjects(ordered)).toEqual(expected);
    }
    const nobody = await world.graphql(reader(), LIST, { after, filter: { userIds: [] } });
    expect([subjects(nobody), nobody.data.users.totalCount]).toEqual([[], 0]);
    const elsewhere = [`usr~${foreign.route}~${stranger.id}`];
    expect((await world.graphql(reader(), LIST, { filter: { userIds: elsewhere } })).code).toBe('FORBIDDEN');
    const both = [...elsewhere, `usr~${tenant.route}~a1`];
    expect((await world.graphql(reader(), LIST, { filter: { userIds: both } })).code).toBe('TENANT_AMBIGUOUS');
  });

  it('begin at a number for documents inside the process alone', async () => {
    expect((await world.graphql(reader(), LIST, { after: 'at:1' })).code).toBe('INVALID_INPUT');
  });

  it('refuse a filter that the database would refuse', async () => {
    const caller = reader();
    for (const filter of [
      { search: 'a\0' },
      { externalId: '\ud800' },
      { contains: { email: 'a\0' } },
      { matches: ['a', 'b\0'] },
      { matches: Array(21).fill('a') },
      { attribute: { name: 'x', value: '\u0001' } },
      { groupId: 'no-uuid' },
      { providerId: 'no-uuid' },
      { roleId: `grp~${tenant.route}~x` },
    ]) {
      expect((await world.graphql(caller, LIST, { filter })).code).toBe('INVALID_INPUT');
    }
  });

  it('are refused to callers with reach `self`', async () => {
    expect((await world.graphql(world.user(tenant, 'a1', 'user:read:self'), LIST)).code).toBe('FORBIDDEN');
  });
});
