import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { RightStore } from '../../../src/rights/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

describe.each(ENGINES)('the store of rights on $name', ({ open }) => {
  let world: World;
  let store: RightStore;
  let own: TenantRef;
  let neighbour: TenantRef;
  const pair = { subject: { kind: 'user', id: 'anna' }, object: { kind: 'user', id: 'ben' } };
  const now = () => world.clock.now();
  beforeAll(async () => {
    world = await World.open(await open());
    store = new RightStore(world.db);
    own = await world.tenant();
    neighbour = await world.tenant();
    for (const tenant of [own, neighbour]) for (const id of ['anna', 'ben']) await world.newUser(tenant, { id });
    await store.insertMissing(neighbour.id, pair, ['change_password'], ['parent'], now());
  });
  afterAll(() => world.close());

  it('finds, counts and locks nothing of another tenant by the same ids', async () => {
    expect(await store.ofSubjects(own.id, 'user', ['anna'])).toEqual(new Map());
    expect(await store.onObjects(own.id, 'user', ['ben'])).toEqual(new Map());
    expect(await store.ofPair(own.id, pair)).toEqual([]);
    expect(await store.has(own.id, pair, 'change_password')).toBe(false);
    expect(await store.counts(own.id, pair)).toEqual({ ofSubject: 0, onObject: 0 });
    await world.db.transaction(async () => {
      expect(await store.lock(own.id, pair, ['change_password'])).toEqual([]);
    });
  });

  it('neither changes nor deletes a right of another tenant', async () => {
    await store.setTags(own.id, pair, 'change_password', ['thief'], now());
    await store.delete(own.id, pair, ['change_password']);
    expect(await store.ofPair(neighbour.id, pair)).toMatchObject([{ name: 'change_password', tags: ['parent'] }]);
    expect(await store.counts(neighbour.id, pair)).toEqual({ ofSubject: 1, onObject: 1 });
  });

  it('adds what is missing, and says what that was', async () => {
    const object = { kind: 'user', id: 'anna' };
    const other = { subject: pair.subject, object };
    expect(await store.insertMissing(own.id, other, ['a', 'b'], ['x'], now())).toEqual(['a', 'b']);
    expect(await store.insertMissing(own.id, other, ['b', 'c'], ['y'], now())).toEqual(['c']);
    expect((await store.ofPair(own.id, other)).map(({ name, tags }) => [name, tags])).toEqual([
      ['a', ['x']],
      ['b', ['x']],
      ['c', ['y']],
    ]);
    await store.delete(own.id, other, ['a', 'b', 'c']);
  });

  it('loses a right with the user, group or client on either side', async () => {
    const tenant = await world.tenant();
    const { services } = world;
    const system = world.system(tenant);
    const user = await world.newUser(tenant, { id: 'holder' });
    const { client } = await world.newClient(tenant, { clientId: 'portal' });
    const group = await world.newGroup(tenant);
    const holder = { kind: 'user', id: user.id };
    const sides = [
      { subject: holder, object: { kind: 'group', id: group.id } },
      { subject: holder, object: { kind: 'application', id: client.id } },
      { subject: { kind: 'application', id: client.id }, object: holder },
    ];
    for (const each of sides) await store.insertMissing(tenant.id, each, ['r'], ['t'], now());
    const left = async () => Promise.all(sides.map(async (each) => (await store.ofPair(tenant.id, each)).length));
    expect(await left()).toEqual([1, 1, 1]);
    await services.groups.delete(system, group.id);
    expect(await left()).toEqual([0, 1, 1]);
    await services.clients.delete(system, client.id);
    expect(await left()).toEqual([0, 0, 0]);
    const itself = { subject: holder, object: holder };
    await store.insertMissing(tenant.id, itself, ['r'], ['t'], now());
    await services.users.delete(system, user.id);
    expect(await store.ofPair(tenant.id, itself)).toEqual([]);
  });

  it('stores no right of a subject that does not exist', async () => {
    const ghost = { kind: 'user', id: 'ghost' };
    const insert = (subject: typeof ghost, object: typeof ghost) =>
      store.insertMissing(own.id, { subject, object }, ['r'], ['t'], now());
    await expect(insert(ghost, pair.object)).rejects.toThrow();
    await expect(insert(pair.subject, ghost)).rejects.toThrow();
  });
});
