import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import {
  type AnyOf,
  allOf,
  anyOfFaults,
  anyOfNarrowing,
  bySearchRow,
  type Comparison,
  keyContains,
  type Narrowing,
  narrowedPage,
  notMeeting,
  oneOf,
  type PageRequest,
  type PageResult,
  type Searched,
  testing,
} from '../../../src/persistence/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

const eq = (attribute: string, value: string): Comparison => ({ attribute, operator: 'eq', value });
const SEARCHED: Searched = {
  table: 'users',
  keys: { table: 'user_attribute_keys', owner: 'user_id', ownerType: 'text' },
  fields: { subject: { column: 'id', isIndexed: true } },
};
const USERS = 20_000;

interface Row {
  readonly id: string;
  readonly createdAt: Date;
}

describe.each(ENGINES)('a list that is searched by attributes on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    world = await World.open(await open());
    tenant = await world.tenant();
    const db = world.db.read();
    await sql`insert into users (tenant_id, id, username, created_at, updated_at)
      select ${tenant.id}::uuid, 'u' || n, 'u' || n, timestamptz '2026-01-01' + n * interval '1 second', now()
      from generate_series(1, ${USERS}::int) n`.execute(db);
    await sql`insert into user_attribute_keys (tenant_id, user_id, name, value_key)
      select ${tenant.id}::uuid, 'u' || n, pair.name, pair.key from generate_series(1, ${USERS}::int) n,
      lateral (values ('serial', n::text), ('city', 'c' || n % 3), ('half', case when n > 15000 then 'late' else 'early' end))
        as pair (name, key)`.execute(db);
  });
  afterAll(() => world.close());

  const page = (anyOf: AnyOf, request: PageRequest) => pageOf(anyOfNarrowing(SEARCHED, tenant.id, anyOf), request);
  const pageOf = (narrowing: Narrowing, request: PageRequest): Promise<PageResult<Row>> => {
    const query = world.db
      .read<{ users: { tenant_id: string; id: string; created_at: Date } }>()
      .selectFrom('users')
      .select(['users.id', 'users.created_at as createdAt'])
      .where('users.tenant_id', '=', tenant.id);
    const columns = [sql.ref('users.id').as('id'), sql.ref('users.created_at').as('createdAt')];
    return narrowedPage<Row>(
      world.db,
      { query, table: 'users', columns, id: 'users.id' },
      narrowing,
      [
        { column: 'users.created_at', property: 'createdAt', type: 'timestamptz' },
        { column: 'users.id', property: 'id', type: 'text' },
      ],
      request,
    );
  };
  const idsOf = ({ rows }: PageResult<Row>) => rows.map(({ id }) => id);
  const found = async (...allOf: Comparison[]) => idsOf(await page([{ allOf }], { first: 3 }));

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

  it('has the same items whether its conditions hold for few or for many', async () => {
    expect(await found(eq('serial', '17'))).toEqual(['u17']);
    expect(await found(eq('city', 'c1'))).toEqual(['u1', 'u4', 'u7']);
    expect(await found(eq('city', 'c1'), eq('serial', '19'))).toEqual(['u19']);
    expect(await found(eq('city', 'c1'), eq('half', 'early'))).toEqual(['u1', 'u4', 'u7']);
    expect(await found(eq('city', 'c1'), eq('serial', '20'))).toEqual([]);
  });

  it('has each item that an alternative allows once', async () => {
    const ids = async (...anyOf: AnyOf) => idsOf(await page(anyOf, { first: 3 }));
    expect(
      await ids({ allOf: [eq('serial', '18')] }, { allOf: [eq('serial', '17')] }, { allOf: [eq('serial', '18')] }),
    ).toEqual(['u17', 'u18']);
    expect(await ids({ allOf: [eq('serial', '2')] }, { allOf: [eq('city', 'c1')] })).toEqual(['u1', 'u2', 'u4']);
    expect(
      await ids(
        { allOf: [eq('serial', '18'), eq('city', 'c0')] },
        { allOf: [{ field: 'subject', operator: 'eq', value: 'u5' }] },
      ),
    ).toEqual(['u5', 'u18']);
  });

  it('ends a page early after 10,000 items, and goes on after the last of these', async () => {
    const late: AnyOf = [{ allOf: [eq('half', 'late')] }];
    const first = await page(late, { first: 2, mayEndEarly: true });
    expect([idsOf(first), first.hasNextPage]).toEqual([[], true]);
    const second = await page(late, { first: 2, mayEndEarly: true, after: first.walkedTo! });
    expect([idsOf(second), second.hasNextPage, second.walkedTo]).toEqual([['u15001', 'u15002'], true, undefined]);
    const third = await page(late, { first: 200, mayEndEarly: true, after: second.cursorOf(second.rows[1]!) });
    expect([idsOf(third)[0], third.rows.length]).toEqual(['u15003', 200]);
  });

  it('ends no page early for a caller who cannot go on', async () => {
    expect(await found(eq('half', 'late'))).toEqual(['u15001', 'u15002', 'u15003']);
    const none = await page([{ allOf: [eq('half', 'late'), eq('half', 'early')] }], { first: 2 });
    expect([idsOf(none), none.hasNextPage, none.walkedTo]).toEqual([[], false, undefined]);
  });

  it('looks at a million conditions of rows at most for every caller, and says that the list goes on', async () => {
    const repeated = (condition: ReturnType<typeof sql<boolean>>, times: number) =>
      allOf(Array.from({ length: times }, () => testing(condition)))!;
    const nobody = repeated(sql<boolean>`users.id = 'nobody'`, 60);
    const first = await pageOf(nobody, { first: 2 });
    expect([idsOf(first), first.hasNextPage]).toEqual([[], true]);
    const rest = await pageOf(nobody, { first: 2, after: first.walkedTo! });
    expect([idsOf(rest), rest.hasNextPage, rest.walkedTo]).toEqual([[], false, undefined]);
    // The last one behind the rows that are looked at first.
    expect(idsOf(await pageOf(repeated(sql<boolean>`users.id = 'u16000'`, 60), { first: 2 }))).toEqual(['u16000']);
    const early = await pageOf(repeated(sql<boolean>`users.id = 'u1'`, 150), { first: 2, mayEndEarly: true });
    const next = await pageOf(repeated(sql<boolean>`users.id = 'u667'`, 150), { first: 1, after: early.walkedTo! });
    expect([idsOf(early), idsOf(next)]).toEqual([['u1'], ['u667']]);
    const negated = notMeeting(
      oneOf([repeated(sql<boolean>`users.id = 'u1'`, 100), repeated(sql<boolean>`users.id = 'u2'`, 100)]),
    );
    const counted = await pageOf(negated, { first: 1, withTotal: true });
    expect([idsOf(counted), counted.totalCount, counted.isTotalCountExact]).toEqual([['u3'], 4_999, false]);
  });

  it('goes backwards as well', async () => {
    const early: AnyOf = [{ allOf: [eq('half', 'early')] }];
    const before = await page([{ allOf: [eq('serial', '20000')] }], { first: 1 });
    const last = await page(early, { last: 2, mayEndEarly: true, before: before.cursorOf(before.rows[0]!) });
    expect([idsOf(last), last.hasPreviousPage]).toEqual([['u14999', 'u15000'], true]);
    const late = await page([{ allOf: [eq('serial', '17'), eq('half', 'early')] }], { last: 2 });
    expect([idsOf(late), late.hasNextPage, late.hasPreviousPage]).toEqual([['u17'], false, false]);
    const descending = await page(early, { first: 2, descending: true, mayEndEarly: true });
    expect(idsOf(descending)).toEqual(['u15000', 'u14999']);
  });

  describe('for texts inside of values', () => {
    const containing = async (name: string, text: string, request: PageRequest = { mayEndEarly: true }) => {
      const found = await pageOf(bySearchRow(SEARCHED, tenant.id, [name], keyContains(text)), { first: 2, ...request });
      return { ids: idsOf(found), isWalked: found.walkedTo !== undefined };
    };

    it.each([['19999'], ['999']])('finds the items with %j, which has a whole trigram', async (text) => {
      const { ids, isWalked } = await containing('serial', text);
      expect(ids.every((id) => id.includes(text))).toBe(true);
      expect([ids.length > 0, isWalked]).toEqual([true, false]);
    });

    it.each([['--'], ['---'], ['9.9'], ['-.-.-.-'], ["%_'"]])(
      'looks at 10,000 items in their order for %j, which has none',
      async (text) => {
        expect(await containing('serial', text)).toEqual({ ids: [], isWalked: true });
        expect(await containing('serial', text, {})).toEqual({ ids: [], isWalked: false });
      },
    );

    it('finds short texts behind the 10,000th item', async () => {
      expect(await containing('half', 'LA', {})).toEqual({ ids: ['u15001', 'u15002'], isWalked: false });
    });

    it('finds letters of all scripts, whether or not the locale of the database has them', async () => {
      await sql`insert into user_attribute_keys (tenant_id, user_id, name, value_key)
        values (${tenant.id}::uuid, 'u7', 'note', 'жан-поль'), (${tenant.id}::uuid, 'u8', 'note', '山田太郎')`.execute(
        world.db.read(),
      );
      for (const text of ['жан', 'Н-П', 'поль', 'н-']) expect((await containing('note', text, {})).ids).toEqual(['u7']);
      for (const text of ['山田太', '太郎']) expect((await containing('note', text, {})).ids).toEqual(['u8']);
    });

    it.each([['c'.repeat(256)], ['ﬃ'.repeat(86)], ['-'.repeat(16_000)]])(
      'looks at nothing for a text that is longer than what is stored',
      async (text) => {
        expect(await containing('city', text)).toEqual({ ids: [], isWalked: false });
      },
    );
  });

  it('counts its items as far as it looks', async () => {
    const total = async (...allOf: Comparison[]) => {
      const { totalCount, isTotalCountExact } = await page([{ allOf }], { first: 1, withTotal: true });
      return [totalCount, isTotalCountExact];
    };
    expect(await total(eq('serial', '17'))).toEqual([1, true]);
    expect(await total(eq('serial', '17'), eq('city', 'c0'))).toEqual([0, true]);
    expect((await total(eq('city', 'c1')))[1]).toBe(false);
    expect((await total(eq('city', 'c1')))[0]).toBeGreaterThan(3_000);
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
