import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { TenantUsersStore } from '../../../src/users/tenant-users.store.ts';
import { UserRecount } from '../../../src/users/user-recount.ts';
import { TestClock } from '../../support/clock.ts';
import { ENGINES, openPostgresDatabase } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

const AT_ONCE = 8;

const countOf = async (world: World, tenant: TenantRef) =>
  (await world.services.users.countsOf([tenant.id])).get(tenant.id) ?? 0;

/** Makes users past the service, which does not count them. */
async function insertUsers(world: World, tenant: TenantRef, count: number): Promise<void> {
  await sql`insert into users (tenant_id, id, username, created_at, updated_at)
    select ${tenant.id}::uuid, ${newId()}::text || n, 'u' || n, now(), now() from generate_series(1, ${count}::int) n`.execute(
    world.db.read(),
  );
}

describe.each(ENGINES)('counting the users of all tenants again on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  let other: TenantRef;
  let recount: UserRecount;
  beforeAll(async () => {
    world = await World.open(await open());
    tenant = await world.tenant();
    other = await world.tenant();
    await world.newUser(other);
  });
  beforeEach(() => {
    recount = new UserRecount({ store: new TenantUsersStore(world.db), clock: world.clock });
  });
  afterAll(() => world.close());

  it('adds users that were made past the service, and takes off those that were deleted so', async () => {
    await world.newUser(tenant);
    await insertUsers(world, tenant, 3);
    expect(await countOf(world, tenant)).toBe(1);
    expect(await recount.step(100)).toBe(1);
    expect([await countOf(world, tenant), await countOf(world, other)]).toEqual([4, 1]);
    await sql`delete from users where tenant_id = ${tenant.id}::uuid`.execute(world.db.read());
    world.clock.advance(3_600);
    expect(await recount.step(100)).toBe(1);
    expect(await countOf(world, tenant)).toBe(0);
  });

  it('counts no service accounts of clients', async () => {
    const before = await countOf(world, tenant);
    await world.services.users.insertServiceAccount(world.system(tenant), newId(), `service-${newId()}`);
    expect(await recount.step(100)).toBe(0);
    expect(await countOf(world, tenant)).toBe(before);
  });

  it('corrects a count that is missing altogether', async () => {
    await sql`delete from user_counts`.execute(world.db.read());
    await recount.step(100);
    expect(await countOf(world, other)).toBe(1);
  });

  it('leaves deleted tenants alone', async () => {
    const gone = await world.tenant();
    await insertUsers(world, gone, 2);
    await world.services.tenants.delete(world.system(gone));
    await recount.step(100);
    expect(await countOf(world, gone)).toBe(0);
  });

  it('walks once an hour, so many tenants a step, and begins again at the first', async () => {
    await recount.step(100);
    await insertUsers(world, tenant, 1);
    world.clock.advance(3_599);
    expect(await recount.step(100)).toBe(0);
    world.clock.advance(1);
    await insertUsers(world, other, 1);
    const steps: number[] = [];
    for (let at = 0; at < 4; at++) steps.push(await recount.step(1));
    expect(steps.filter((corrected) => corrected === 1)).toHaveLength(2);
    await insertUsers(world, tenant, 1);
    expect(await recount.step(100)).toBe(0);
    world.clock.advance(3_600);
    expect(await recount.step(100)).toBe(1);
  });

  it('is one of the sweeps of the service', async () => {
    const before = await countOf(world, tenant);
    await insertUsers(world, tenant, 2);
    world.clock.advance(3_600);
    await world.sweep(100);
    expect(await countOf(world, tenant)).toBe(before + 2);
  });
});

describe('a step of counting users again', () => {
  const TENANTS = ['a', 'b', 'c', 'd'];
  const storeOf = (users: number) => {
    const counted: string[] = [];
    const corrected: string[] = [];
    const store = {
      tenantsAfter: async (after: string, limit: number) => TENANTS.filter((id) => id > after).slice(0, limit),
      recount: async (id: string) => {
        counted.push(id);
        if (id === 'b') throw new Error('canceling statement due to statement timeout');
        return { users, missing: 1 };
      },
      correct: async (id: string) => void corrected.push(id),
    };
    return { store, counted, corrected };
  };

  it('ends after the tenant with which 100,000 users were counted, and the next one goes on', async () => {
    const { store, counted } = storeOf(100_000);
    const recount = new UserRecount({ store, clock: new TestClock() });
    expect(await recount.step(10)).toBe(1);
    expect(counted).toEqual(['a']);
    await expect(recount.step(10)).rejects.toThrow('timeout');
    expect(await recount.step(10)).toBe(1);
    expect(counted).toEqual(['a', 'b', 'c']);
  });

  it('that fails at a tenant does not keep the walk from those behind it', async () => {
    const { store, corrected } = storeOf(1);
    const recount = new UserRecount({ store, clock: new TestClock() });
    await expect(recount.step(10)).rejects.toThrow('timeout');
    expect(await recount.step(10)).toBe(2);
    expect(corrected).toEqual(['a', 'c', 'd']);
    expect(await recount.step(10)).toBe(0);
  });

  it('that found no database begins the walk as soon as there is one', async () => {
    const { store, counted } = storeOf(1);
    let isAway = true;
    const away = async (after: string, limit: number) => {
      if (isAway) throw new Error('away');
      return store.tenantsAfter(after, limit);
    };
    const recount = new UserRecount({ store: { ...store, tenantsAfter: away }, clock: new TestClock() });
    await expect(recount.step(1)).rejects.toThrow('away');
    isAway = false;
    await recount.step(1);
    expect(counted).toEqual(['a']);
  });
});

describe('counts that are corrected while users are made and deleted (PostgreSQL)', () => {
  it('are exact in the end, also when several nodes correct them at the same moment', async () => {
    const world = await World.open(await openPostgresDatabase(undefined, AT_ONCE));
    const tenant = await world.tenant();
    const { users } = world.services;
    const store = new TenantUsersStore(world.db);
    const nodes = Array.from({ length: 3 }, () => new UserRecount({ store, clock: world.clock }));
    for (let round = 0; round < 3; round++) {
      const gone = await Promise.all(Array.from({ length: AT_ONCE }, () => world.newUser(tenant)));
      await insertUsers(world, tenant, 5);
      await Promise.all([
        ...gone.map(({ id }) => users.delete(world.system(tenant), id)),
        ...nodes.map((node) => node.step(100)),
        ...Array.from({ length: AT_ONCE }, () => world.newUser(tenant)),
        ...nodes.map(() => store.correct(tenant.id)),
      ]);
      world.clock.advance(3_600);
      const { users: there, missing } = await store.recount(tenant.id);
      expect([await countOf(world, tenant), missing]).toEqual([there, 0]);
    }
    await world.close();
  });
});
