import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import { kernelErrors, newId, type TenantRef } from '../../../src/kernel/index.ts';
import type { CreateUser, UserResult } from '../../../src/users/index.ts';
import { ENGINES, openPostgresDatabase } from '../../support/postgres.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

/** The username of each that was made, the code of each that was refused. */
const told = (results: readonly UserResult[]) => results.map(({ user, error }) => user?.username ?? error?.code);
const placeOf = ({ error }: UserResult) => error?.fields?.map(({ path }) => path);
const numbered = (count: number, name: string): CreateUser[] =>
  Array.from({ length: count }, (_, at) => ({ username: `${name}${at}`, email: `${name}${at}@example.com` }));

describe.each(ENGINES)('users made together, on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await open((statement) => statements.push(statement)));
    tenant = await world.tenant();
  });
  afterAll(() => world.close());

  const createMany = (inputs: readonly CreateUser[], of = tenant) =>
    world.services.users.createMany(world.system(of), inputs);
  const countOf = async ({ id }: TenantRef) => (await world.services.users.countsOf([id])).get(id) ?? 0;

  it('are refused because of their username where their id is taken as well', async () => {
    tenant = await world.tenant();
    const uuid = newId();
    await world.newUser(tenant, { id: 'a', username: 'There' });
    const results = await createMany([
      { id: 'a', username: 'THERE' },
      { id: uuid, username: 'twin' },
      { id: uuid, username: 'TWIN' },
    ]);
    expect(told(results)).toEqual(['USER_USERNAME_TAKEN', 'twin', 'USER_USERNAME_TAKEN']);
  });

  it('are refused with all of their unit of work where what follows refuses it', async () => {
    tenant = await world.tenant();
    const { users } = world.services;
    const made: string[] = [];
    const results = await users.createMany(
      world.system(tenant),
      Array.from({ length: 201 }, (_, at) => ({ username: at === 7 ? 'no/name' : `u${at}` })),
      async (all) => {
        made.push(...all.map(({ input, user }) => (input.username === user.username ? user.username : '')));
        if (all.length > 1) throw kernelErrors.CONFLICT();
      },
    );
    expect(made).toHaveLength(200);
    expect(made).not.toContain('');
    expect([0, 7, 199, 200].map((at) => results[at]!.error?.code ?? null)).toEqual([
      'CONFLICT',
      'USER_USERNAME_INVALID',
      'CONFLICT',
      null,
    ]);
    expect((await users.countsOf([tenant.id])).get(tenant.id)).toBe(1);
  });

  it('are made or refused one by one, in the order of the input: the first of those that want a name gets it', async () => {
    tenant = await world.tenant();
    const there = await world.newUser(tenant, { id: 'held', username: 'There', email: 'there@example.com' });
    const uuid = newId();
    const before = (await world.events(tenant)).length;
    const results = await createMany([
      { username: 'anna', email: 'anna@example.com' },
      { username: 'THERE' },
      { username: 'ｔｈｅｒｅ2', email: 'There@Example.com' },
      { username: 'ANNA' },
      { username: 'anna@example.com' },
      { username: 'no/name' },
      { username: 'x', attributes: { badge: '\0' } },
      { username: 'x', email: 'x@example.com', givenName: 'X', attributes: { badge: ['1', '2'] } },
      { id: 'HELD', username: 'other' },
      { id: 'held', username: 'another' },
      { id: uuid.toUpperCase(), username: 'chosen' },
      { id: uuid, username: 'late' },
      { id: 'anna', username: 'named-like' },
      { id: '..' },
      {},
    ]);
    expect(told(results)).toEqual([
      'anna',
      'USER_USERNAME_TAKEN',
      'USER_EMAIL_TAKEN',
      'USER_USERNAME_TAKEN',
      'USER_EMAIL_TAKEN',
      'USER_USERNAME_INVALID',
      'USER_ATTRIBUTE_INVALID',
      'x',
      'USER_ID_TAKEN',
      'USER_ID_TAKEN',
      'chosen',
      'USER_ID_TAKEN',
      'USER_USERNAME_TAKEN',
      'USER_ID_INVALID',
      results.at(-1)!.user?.id,
    ]);
    expect([2, 3, 4, 9, 11, 12].map((at) => placeOf(results[at]!))).toEqual([
      ['input.email'],
      ['input.username'],
      ['input.username'],
      ['input.subject'],
      ['input.subject'],
      ['input.subject'],
    ]);
    const made = results.flatMap(({ user }) => user ?? []);
    for (const user of made) {
      expect(await world.stores.userStore.findById(tenant.id, user.id)).toEqual(user);
      expect(await world.stores.userStore.findByIdentifier(tenant.id, user.username)).toMatchObject({ id: user.id });
    }
    const created = (await world.events(tenant)).slice(before);
    expect(created.map(({ type, subject_id, params }) => [type, subject_id, params])).toEqual(
      made.map(({ id, username }) => ['user.created', id, { username }]),
    );
    expect(await countOf(tenant)).toBe(made.length + 1);
    expect((await world.services.users.find(world.system(tenant), there.id))?.username).toBe('There');
    const found = { attribute: { name: 'badge', value: '2' } };
    const page = await world.services.users.page(world.system(tenant), found, 'createdAt', { first: 9 });
    expect(page.rows.map(({ username }) => username)).toEqual(['x']);
  });

  it('that are given no username get the first name that neither a user nor one before them has', async () => {
    tenant = await world.tenant({ settings: { uniqueEmail: false, signInByEmail: false } });
    await world.newUser(tenant, { username: '+1 555' });
    const email = 'shared@example.com';
    const results = await createMany([{ email }, { email, phone: '+1 556' }, { phone: '+1 555' }, { email }]);
    const ids = results.map(({ user }) => user!.id);
    expect(told(results)).toEqual([email, '+1 556', ids[2], ids[3]]);
  });

  it('meet the settings and the profile of the tenant each for itself, and get what each new user gets', async () => {
    const validators = [{ code: 'BADGE_SHORT', message: 'Too short.', min: 3 }];
    const badge = { name: 'badge', isList: false, isUnmodifiable: false, type: 'text' as const, validators };
    const action = { alias: 'UPDATE_PASSWORD', name: 'Update', providerId: 'UPDATE_PASSWORD', priority: 1, config: {} };
    const requiredActions = [{ ...action, isEnabled: true, isDefault: true }];
    const required = { roles: ['admin'], scopes: [] };
    const edit = { view: ['admin'], edit: ['admin'] };
    const userProfile = {
      attributes: [{ name: 'username' }, { name: 'firstName', required, permissions: edit }],
      groups: [],
      unmanagedAttributePolicy: 'ENABLED' as const,
    };
    tenant = await world.tenant({ settings: { attributes: [badge], requiredActions, userProfile } });
    const group = await world.newGroup(tenant);
    await world.services.defaultGroups.add(world.system(tenant), group.id);
    const results = await createMany([
      { username: 'short', givenName: 'S', attributes: { badge: 'ab' } },
      { username: 'long', givenName: 'L', attributes: { badge: 'abc' } },
      { username: 'service-account-x', givenName: 'X' },
      { username: 'without', givenName: 'W' },
      { username: 'nameless' },
    ]);
    expect(told(results)).toEqual([
      'USER_ATTRIBUTE_REFUSED',
      'long',
      'USER_USERNAME_INVALID',
      'without',
      'USER_ATTRIBUTE_REFUSED',
    ]);
    const made = results.flatMap(({ user }) => user ?? []);
    expect(made.map((user) => user.requiredActions)).toEqual([['UPDATE_PASSWORD'], ['UPDATE_PASSWORD']]);
    const joined = await world.services.groups.ofUsers(
      tenant.id,
      made.map(({ id }) => id),
      null,
    );
    expect(made.map(({ id }) => joined.get(id)?.map((one) => one.id))).toEqual([[group.id], [group.id]]);
    const added = (await world.events(tenant)).filter(({ type }) => type === 'group_member.added');
    expect(added.map(({ subject_id }) => subject_id).sort()).toEqual(made.map(({ id }) => id).sort());
  });

  it('cost as many statements as one', async () => {
    tenant = await world.tenant();
    const group = await world.newGroup(tenant);
    await world.services.defaultGroups.add(world.system(tenant), group.id);
    const statementsOf = async (inputs: readonly CreateUser[]) => {
      await world.services.directory.byId(tenant.id);
      statements.length = 0;
      const results = await createMany(inputs);
      expect(results.every(({ user }) => user !== null)).toBe(true);
      return statements.length;
    };
    await statementsOf(numbered(1, 'warm'));
    const one = await statementsOf(numbered(1, 'one'));
    // Whether names are free is looked up for many; the insert alone tells it for one.
    expect(await statementsOf(numbered(2, 'two'))).toBe(one + 1);
    expect(await statementsOf(numbered(200, 'many'))).toBe(one + 1);
    expect(await statementsOf(numbered(201, 'more'))).toBe(one + 1 + one);
  });

  it('with the same roles cost as many statements as two', async () => {
    tenant = await world.tenant();
    const role = await world.newRole(tenant);
    const statementsOf = async (inputs: readonly CreateUser[]) => {
      await world.services.directory.byId(tenant.id);
      statements.length = 0;
      const listed = inputs.map((input) => ({ ...input, findRoles: async () => [{ id: role.id }] }));
      const results = await world.services.provisionUser.provisionMany(world.system(tenant), listed);
      expect(results.every(({ user }) => user !== null)).toBe(true);
      return statements.length;
    };
    await statementsOf(numbered(2, 'warm-up'));
    const two = await statementsOf(numbered(2, 'pair'));
    expect(await statementsOf(numbered(200, 'crowd'))).toBe(two);
  });

  it('get at most 5,000 roles together', async () => {
    tenant = await world.tenant();
    const role = await world.newRole(tenant);
    const listed = (count: number) =>
      numbered(count, 'grant').map((input) => ({ ...input, findRoles: async () => Array(50).fill({ id: role.id }) }));
    const make = (count: number) => world.services.provisionUser.provisionMany(world.system(tenant), listed(count));
    expect(await refusalOf(make(101))).toBe('INVALID_INPUT');
    expect(await countOf(tenant)).toBe(0);
    expect(told(await make(100))).toHaveLength(100);
  });

  it('are committed 200 at a time', async () => {
    tenant = await world.tenant();
    statements.length = 0;
    const results = await createMany([...numbered(401, 'unit'), { username: 'unit0' }]);
    expect(told(results).slice(399)).toEqual(['unit399', 'unit400', 'USER_USERNAME_TAKEN']);
    expect(statements.filter((statement) => statement === 'commit')).toHaveLength(3);
    expect(await countOf(tenant)).toBe(401);
  });

  it.each([0, 1001])('are 1 to 1,000: %i are refused', async (count) => {
    expect(await refusalOf(createMany(numbered(count, 'none')))).toBe('INVALID_INPUT');
  });

  it('are refused, all of a unit of work, where new users get more than the caller holds', async () => {
    tenant = await world.tenant();
    const role = await world.newRole(tenant, { permissions: ['session:revoke'] });
    const group = await world.newGroup(tenant);
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'group', holderId: group.id });
    await world.services.defaultGroups.add(world.system(tenant), group.id);
    const authority = new Authority(world.app(tenant, 'user:create'), tenant, 'tenant');
    const { users } = world.services;
    expect(told(await users.createMany(authority, [...numbered(2, 'poor'), { username: '/' }]))).toEqual([
      'FORBIDDEN',
      'FORBIDDEN',
      'USER_USERNAME_INVALID',
    ]);
    expect(await users.findByUsername(world.system(tenant), 'poor0')).toBeNull();
  });

  it('join an open unit of work, with moments of another service, at most now', async () => {
    tenant = await world.tenant();
    const { users } = world.services;
    const system = world.system(tenant);
    const createdAt = new Date('2019-05-04T03:02:01.000Z');
    const future = new Date(world.clock.now().getTime() + 1000);
    const prepared = [
      await users.prepare(system, { id: 'old', username: 'old', createdAt, notBefore: createdAt }),
      await users.prepare(system, { username: 'future', createdAt: future, notBefore: future }),
    ];
    const results = await world.db.transaction(async () => {
      const made = await users.insertMany(system, [...prepared, prepared[0]!]);
      await users.update(system, 'old', { givenName: 'Old' });
      return made;
    });
    expect(told(results)).toEqual(['old', 'future', 'USER_USERNAME_TAKEN']);
    expect(await users.find(system, 'old')).toMatchObject({ createdAt, notBefore: createdAt, givenName: 'Old' });
    const now = world.clock.now();
    expect(results[1]!.user).toMatchObject({ createdAt: now, notBefore: now });
    const undone = world.db.transaction(async () => {
      await users.insertMany(system, [await users.prepare(system, { username: 'undone' })]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await users.findByUsername(system, 'undone')).toBeNull();
    expect(await countOf(tenant)).toBe(2);
  });

  it('leave an error that is no refusal to the caller', async () => {
    tenant = await world.tenant();
    const listener = vi.spyOn(world.services.directory, 'holdSettings').mockRejectedValueOnce(new Error('broken'));
    await expect(createMany(numbered(1, 'broken'))).rejects.toThrow('broken');
    listener.mockRestore();
  });
});

describe('users made together at the same moment (PostgreSQL)', { timeout: 120_000 }, () => {
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    world = await World.open(await openPostgresDatabase(undefined, 8));
  });
  afterAll(() => world.close());
  const createMany = (inputs: readonly CreateUser[]) => world.services.users.createMany(world.system(tenant), inputs);

  it('get each name once, and those that come late are refused', async () => {
    tenant = await world.tenant();
    const inputs = numbered(60, 'rival');
    const tries = await Promise.all([createMany(inputs), createMany(inputs.toReversed()), createMany(inputs)]);
    const all = tries.flatMap(told);
    expect(all.filter((one) => one !== 'USER_USERNAME_TAKEN' && one !== 'USER_EMAIL_TAKEN').sort()).toEqual(
      inputs.map(({ username }) => username!).sort(),
    );
    const { id } = tenant;
    expect((await world.services.users.countsOf([id])).get(id)).toBe(60);
    expect((await world.events(tenant)).filter(({ type }) => type === 'user.created')).toHaveLength(60);
  });

  it('free the names of those that lose another of theirs, for those behind them', async () => {
    tenant = await world.tenant();
    const system = world.system(tenant);
    const { users } = world.services;
    const uuid = newId();
    const inputs = [
      { username: 'wanted', email: 'lost@example.com' },
      { username: 'second', email: 'second@example.com' },
      { username: 'WANTED' },
      { username: 'Wanted' },
      { id: uuid, username: 'third' },
    ];
    const isWaiting = async () => {
      const { rows } = await sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(world.db.read());
      expect(rows).toHaveLength(1);
    };
    let together: Promise<UserResult[]> | undefined;
    await world.db.transaction(async () => {
      await users.create(system, { username: 'early', email: 'lost@example.com' });
      await users.create(system, { id: uuid, username: 'earlier' });
      together = world.db.detached(() => createMany(inputs));
      await world.db.detached(() => vi.waitFor(isWaiting, { timeout: 60_000, interval: 20 }));
    });
    expect(told(await together!)).toEqual([
      'USER_EMAIL_TAKEN',
      'second',
      'WANTED',
      'USER_USERNAME_TAKEN',
      'USER_ID_TAKEN',
    ]);
    expect((await world.stores.userStore.findByIdentifier(tenant.id, 'wanted'))?.username).toBe('WANTED');
    expect((await world.services.users.countsOf([tenant.id])).get(tenant.id)).toBe(4);
  });
});
