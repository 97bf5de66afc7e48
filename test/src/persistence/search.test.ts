import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { type AnyOf, anyOfFaults, anyOfSql, type Comparison, type Searched } from '../../../src/persistence/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

const eq = (attribute: string, value: string): Comparison => ({ attribute, operator: 'eq', value });
const SEARCHED: Searched = {
  table: 'users',
  keys: { table: 'user_attribute_keys', owner: 'user_id', ownerType: 'text' },
  fields: {},
};

describe.each(ENGINES)('search by attributes on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    world = await World.open(await open());
    tenant = await world.tenant();
    const db = world.db.read();
    await sql`insert into users (tenant_id, id, username, created_at, updated_at)
      select ${tenant.id}::uuid, 'u' || n, 'u' || n, now(), now() from generate_series(1, 20000) n`.execute(db);
    await sql`insert into user_attribute_keys (tenant_id, user_id, name, value_key)
      select ${tenant.id}::uuid, 'u' || n, pair.name, pair.key from generate_series(1, 20000) n,
      lateral (values ('serial', n::text), ('city', 'c' || n % 3)) as pair (name, key)`.execute(db);
    await sql`analyze users`.execute(db);
    await sql`analyze user_attribute_keys`.execute(db);
  });
  afterAll(() => world.close());

  const plan = async (anyOf: AnyOf): Promise<string> => {
    const query = sql<Record<string, string>>`explain (analyze, buffers, timing off) select id from users
      where tenant_id = ${tenant.id}::uuid and ${anyOfSql(SEARCHED, tenant.id, anyOf)} order by created_at, id limit 20`;
    const { rows } = await query.execute(world.db.read());
    return rows.map((row) => Object.values(row)[0]).join('\n');
  };

  it('reads search rows by index and no table whole, also for alternatives', async () => {
    for (const anyOf of [
      [{ allOf: [eq('serial', '17')] }],
      [{ allOf: [eq('city', 'c1'), eq('serial', '17')] }],
      [{ allOf: [eq('serial', '17')] }, { allOf: [eq('serial', '18'), eq('city', 'c0')] }],
    ]) {
      const text = await plan(anyOf);
      expect(text).not.toContain('Seq Scan');
      expect(text).toContain('user_attribute_keys__pkey');
      expect(Number(/Buffers: shared hit=(\d+)/.exec(text)?.[1])).toBeLessThan(100);
    }
  });

  const found = async (...allOf: Comparison[]): Promise<string[]> => {
    const query = sql<{ id: string }>`select id from users where tenant_id = ${tenant.id}::uuid
      and ${anyOfSql(SEARCHED, tenant.id, [{ allOf }])} order by length(id), id limit 3`;
    return (await query.execute(world.db.read())).rows.map(({ id }) => id);
  };

  it('compares numbers as numbers, texts by code point, and counts a missing value as unequal', async () => {
    const serial = (operator: Comparison['operator'], value: string, type?: 'number'): Comparison => ({
      attribute: 'serial',
      operator,
      value,
      ...(type === undefined ? {} : { type }),
    });
    expect(await found(serial('gt', '19998', 'number'))).toEqual(['u19999', 'u20000']);
    expect(await found(serial('lt', '2', 'number'))).toEqual(['u1']);
    expect(await found(serial('eq', '+7.0', 'number'))).toEqual(['u7']);
    expect(await found(serial('ge', '9998'))).toEqual(['u9998', 'u9999']);
    expect(await found(serial('le', '3'), serial('gt', '1'), serial('ne', '2'))).toEqual(['u3', 'u10', 'u11']);
    expect(await found({ attribute: 'city', operator: 'gt', value: '1', type: 'number' })).toEqual([]);
    expect(await found({ attribute: 'nothing', operator: 'ne', value: 'x' })).toEqual(['u1', 'u2', 'u3']);
  });
});

describe('conditions that are refused', () => {
  it.each<[string, AnyOf]>([
    ['no alternative', []],
    ['an alternative without comparisons', [{ allOf: [] }]],
    ['too many alternatives', Array(21).fill({ allOf: [eq('a', 'b')] })],
    ['too many comparisons', [{ allOf: Array(101).fill(eq('a', 'b')) }]],
    ['neither attribute nor field', [{ allOf: [{ operator: 'eq', value: 'x' }] }]],
    ['both', [{ allOf: [{ attribute: 'a', field: 'b', operator: 'eq', value: 'x' }] }]],
    ['a long value', [{ allOf: [eq('a', 'x'.repeat(1025))] }]],
    ['NUL', [{ allOf: [eq('a', '\0')] }]],
    ['a lone surrogate', [{ allOf: [eq('\ud800', 'x')] }]],
    ['a number that is none', [{ allOf: [{ ...eq('a', '1e9'), type: 'number' }] }]],
  ])('%s', (_title, anyOf) => {
    expect(anyOfFaults(anyOf, 'filter.anyOf').map(({ path }) => path)).toEqual(['filter.anyOf']);
  });
});
