import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Authority } from '../../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../../src/kernel/index.ts';
import type { UserResult } from '../../../../src/users/index.ts';
import { scopeLinks, TestClient, TestUser } from '../../../support/oauth.ts';
import { ENGINES, openPostgresDatabase } from '../../../support/postgres.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { World } from '../../../support/world.ts';

/** The username of each that was deleted, the code of each that was refused. */
const shown = (results: readonly UserResult[]) => results.map(({ user, error }) => user?.username ?? error?.code);

describe.each(ENGINES)('users deleted together, on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await open((statement) => statements.push(statement)));
  });
  afterAll(() => world.close());

  const deleteMany = (ids: readonly string[], authority = world.system(tenant)) =>
    world.services.endAccess.deleteMany(authority, ids);
  const isThere = async (id: string) => (await world.stores.userStore.findById(tenant.id, id)) !== null;
  const newUsers = async (count: number, name: string) => {
    const inputs = Array.from({ length: count }, (_, at) => ({ username: `${name}${at}` }));
    const made = await world.services.users.createMany(world.system(tenant), inputs);
    return made.map(({ user }) => user!.id);
  };
  const countOf = async () => (await world.services.users.countsOf([tenant.id])).get(tenant.id);

  it('are deleted or refused one by one, in the order of the ids, with one event each', async () => {
    tenant = await world.tenant();
    const other = await world.tenant();
    const theirs = await world.newUser(other);
    const { id: uuid } = await world.newUser(tenant, { id: newId(), username: 'chosen' });
    await world.newUser(tenant, { id: 'anna', username: 'anna', givenName: 'A', attributes: { a: 1 } });
    const account = await world.services.users.insertServiceAccount(world.system(tenant), newId(), 'service-account-x');
    await world.newUser(tenant, { username: 'stays' });
    const before = (await world.events(tenant)).length;
    const ids = ['nobody', uuid.toUpperCase(), 'anna', theirs.id, 'anna', account.id, 'no/id', '\0', '\ud800'];
    expect(shown(await deleteMany(ids))).toEqual([
      'USER_NOT_FOUND',
      'chosen',
      'anna',
      'USER_NOT_FOUND',
      'USER_NOT_FOUND',
      'FORBIDDEN',
      'USER_NOT_FOUND',
      'USER_NOT_FOUND',
      'USER_NOT_FOUND',
    ]);
    const events = (await world.events(tenant)).slice(before);
    expect(events.map(({ type, subject_id, params }) => [type, subject_id, params]).sort()).toEqual(
      [
        ['user.deleted', uuid, { username: 'chosen' }],
        ['user.deleted', 'anna', { username: 'anna' }],
      ].sort(),
    );
    expect(await countOf()).toBe(1);
    expect(await world.stores.userStore.findByIdentifier(tenant.id, 'anna')).toBeNull();
    expect((await world.services.users.find(world.system(other), theirs.id))?.id).toBe(theirs.id);
  });

  it('end what they have: roles, sessions, tokens and apps', async () => {
    tenant = await world.tenant();
    const client = await TestClient.create(world, tenant, {
      grantTypes: ['password'],
      scopes: scopeLinks(['openid']),
    });
    const withTokens = await TestUser.create(world, client);
    const { username, password } = withTokens;
    await client.request('password', { username, password, scope: 'openid' });
    const [signedIn, owner, holder] = [
      await world.newUser(tenant),
      await world.newUser(tenant),
      await world.newUser(tenant),
    ];
    const { session } = await world.signedIn(tenant, signedIn.id);
    const { client: app } = await world.newLinkedApp(tenant, owner.id);
    const role = await world.newRole(tenant, { permissions: ['user:read'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: holder.id });
    const before = (await world.events(tenant)).length;
    const ids = [withTokens.id, signedIn.id, owner.id, holder.id];
    expect((await deleteMany(ids)).map(({ user }) => user?.id)).toEqual(ids);
    const types = (await world.events(tenant)).slice(before).map(({ type, subject_id }) => `${type} ${subject_id}`);
    expect(types.sort()).toEqual(
      [
        ...ids.map((id) => `user.deleted ${id}`),
        `linked_app.removed ${owner.id}`,
        `session.revoked ${signedIn.id}`,
        `session.revoked ${withTokens.id}`,
        `user.sessions_reset ${signedIn.id}`,
        `user.sessions_reset ${withTokens.id}`,
      ].sort(),
    );
    expect(await world.stores.clientStore.findById(tenant.id, app.id)).toBeNull();
    expect(await world.services.sessions.findIn(tenant.id, session.id)).toBeNull();
    const held = await world.services.rolePermissions.heldByMany(tenant.id, 'user', [holder.id]);
    expect(held.get(holder.id)?.roles).toEqual([]);
  });

  it('are not those who may do more than the caller, nor the last administrator', async () => {
    tenant = await world.tenant({ settings: { protectLastAdmin: true } });
    const [bundle] = await world.stores.roleStore.findBuiltin(tenant.id, ['tenant-administrator']);
    const administrators = await newUsers(2, 'administrator');
    for (const holderId of administrators)
      await world.grantRole(tenant, { roleId: bundle!.id, holderKind: 'user', holderId });
    const role = await world.newRole(tenant, { permissions: ['session:revoke'] });
    const [strong, plain] = await newUsers(2, 'user');
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: strong! });
    const weak = new Authority(world.app(tenant, 'user:delete'), tenant, 'tenant');
    expect(shown(await deleteMany([administrators[0]!, strong!, plain!], weak))).toEqual([
      'FORBIDDEN',
      'FORBIDDEN',
      'user1',
    ]);
    expect(shown(await deleteMany([...administrators, strong!]))).toEqual([
      'administrator0',
      'ADMINISTRATOR_LAST',
      'user0',
    ]);
    expect(await isThere(administrators[1]!)).toBe(true);
  });

  it('are guarded in master as at a single deletion: an account of all tenants takes a caller of all tenants', async () => {
    const master = await world.tenant({ name: 'master' });
    tenant = master;
    const role = await world.newRole(master, { permissions: ['user:read:all'] });
    const { id } = await world.newUser(master);
    await world.grantRole(master, { roleId: role.id, holderKind: 'user', holderId: id });
    const caller = new Authority(world.app(master, 'user:delete', 'user:read'), master, 'tenant');
    expect(shown(await deleteMany([id], caller))).toEqual(['ACCOUNT_GUARDED']);
    expect(await isThere(id)).toBe(true);
  });

  it('are not the caller: then nothing is deleted', async () => {
    tenant = await world.tenant();
    const [own, other] = await newUsers(2, 'caller');
    const caller = new Authority(world.user(tenant, own!, 'user:delete'), tenant, 'tenant');
    expect(await refusalOf(deleteMany([other!, own!.toUpperCase()], caller))).toBe('INVALID_INPUT');
    expect(await isThere(other!)).toBe(true);
    const reach = new Authority(world.user(tenant, own!, 'user:delete:self'), tenant, 'self');
    expect(shown(await deleteMany([other!], reach))).toEqual(['FORBIDDEN']);
  });

  it.each([0, 1001])('are 1 to 1,000: %i are refused', async (count) => {
    tenant = await world.tenant();
    expect(await refusalOf(deleteMany(Array.from({ length: count }, () => 'x')))).toBe('INVALID_INPUT');
  });

  it('cost as many statements as one, and are committed 200 at a time', async () => {
    tenant = await world.tenant();
    const ids = await newUsers(403, 'many');
    const statementsOf = async (some: readonly string[]) => {
      await world.services.directory.byId(tenant.id);
      statements.length = 0;
      const results = await deleteMany(some);
      expect(results.every(({ error }) => error === null)).toBe(true);
      return statements.length;
    };
    await statementsOf(ids.splice(0, 1));
    const one = await statementsOf(ids.splice(0, 1));
    expect(await statementsOf(ids.splice(0, 200))).toBe(one);
    expect(await statementsOf(ids)).toBe(2 * one);
    expect(await countOf()).toBe(0);
  });

  it('leave an error that is no refusal to the caller', async () => {
    tenant = await world.tenant();
    const broken = vi.spyOn(world.services.directory, 'holdSettings').mockRejectedValueOnce(new Error('broken'));
    await expect(deleteMany(['x'])).rejects.toThrow('broken');
    broken.mockRestore();
  });
});

describe('users deleted together at the same moment (PostgreSQL)', { timeout: 120_000 }, () => {
  it('are deleted once, in whatever order they are named', async () => {
    const world = await World.open(await openPostgresDatabase(undefined, 8));
    const tenant = await world.tenant();
    const system = world.system(tenant);
    const inputs = Array.from({ length: 60 }, (_, at) => ({ id: `u${at}`, username: `u${at}` }));
    await world.services.users.createMany(system, inputs);
    const ids = inputs.map(({ id }) => id);
    const tries = await Promise.all(
      [ids, ids.toReversed(), ids].map((some) => world.services.endAccess.deleteMany(system, some)),
    );
    const all = tries.flatMap(shown);
    expect(all.filter((one) => one !== 'USER_NOT_FOUND').sort()).toEqual(ids.toSorted());
    expect((await world.events(tenant)).filter(({ type }) => type === 'user.deleted')).toHaveLength(60);
    expect((await world.services.users.countsOf([tenant.id])).get(tenant.id)).toBe(0);
    await world.close();
  });
});
