import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { ENGINES, openPostgresDatabase } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

describe.each(ENGINES)('the number of users of a tenant on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await open((statement) => statements.push(statement)));
    tenant = await world.tenant();
  });
  afterAll(() => world.close());
  const count = async (of: TenantRef) => (await world.services.users.countsOf([of.id])).get(of.id) ?? 0;

  it('follows those that are made and deleted, and those of other tenants do not count', async () => {
    const other = await world.tenant();
    const first = await world.newUser(tenant);
    await world.newUser(tenant);
    await world.newUser(other);
    expect([await count(tenant), await count(other)]).toEqual([2, 1]);
    await world.services.users.delete(world.system(tenant), first.id);
    expect([await count(tenant), await count(other)]).toEqual([1, 1]);
  });

  it('stays when one is refused, and when a unit of work is rolled back', async () => {
    const before = await count(tenant);
    const user = await world.newUser(tenant);
    await expect(world.newUser(tenant, { username: user.username })).rejects.toThrow();
    await expect(
      world.db.transaction(async () => {
        await world.newUser(tenant);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await count(tenant)).toBe(before + 1);
  });

  it('is written once by a unit of work, for all its tenants, behind its events', async () => {
    const other = await world.tenant();
    const gone = await world.newUser(other);
    const before = await count(tenant);
    statements.length = 0;
    await world.db.transaction(async () => {
      await world.services.users.delete(world.system(other), gone.id);
      await world.newUser(other);
      await world.newUser(tenant);
    });
    const written = statements.filter((statement) => statement.includes('user_counts'));
    expect(written).toHaveLength(1);
    const place = statements.indexOf(written[0]!);
    expect(place).toBeGreaterThan(statements.findLastIndex((statement) => statement.includes('security_events')));
    expect(statements[place + 1]).toBe('commit');
    expect([await count(tenant), await count(other)]).toEqual([before + 1, 1]);
  });
});

describe('the number of users of a tenant, while a unit of work is long (PostgreSQL)', () => {
  it('is not locked by it, so that others make and delete users', async () => {
    const world = await World.open(await openPostgresDatabase());
    const tenant = await world.tenant();
    const other = await world.newUser(tenant);
    await sql`insert into user_counts (tenant_id, part, count)
      select ${tenant.id}::uuid, part, 0 from generate_series(0, 15) part on conflict do nothing`.execute(
      world.db.read(),
    );
    const beside = <T>(work: () => Promise<T>) => world.db.detached(work);
    await world.db.transaction(async () => {
      await world.newUser(tenant);
      const free = await beside(() =>
        world.db.transaction(async () => {
          const rows = sql`select part from user_counts where tenant_id = ${tenant.id}::uuid for update nowait`;
          return (await rows.execute(world.db.read())).rows.length;
        }),
      );
      expect(free).toBe(16);
      await beside(() => world.newUser(tenant));
      await beside(() => world.services.users.delete(world.system(tenant), other.id));
    });
    expect((await world.services.users.countsOf([tenant.id])).get(tenant.id)).toBe(2);
    await world.close();
  });
});
