import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Database,
  firstPage,
  keysetPage,
  MAX_INSIDE_PAGE_SIZE,
  type PageKey,
  type PageRequest,
} from '../../../src/persistence/index.ts';
import { ENGINES } from '../../support/postgres.ts';

const KEYS: readonly PageKey[] = [{ column: 'n', property: 'n', type: 'bigint' }];

describe.each(ENGINES)('a page of no items on $name', ({ open }) => {
  let db: Database;
  beforeAll(async () => {
    db = await open();
  });
  afterAll(() => db.close());

  /** A page of the list 1, 2, 3. */
  const page = (request: PageRequest, count = 3) =>
    keysetPage<{ n: number }>(
      db,
      db.read().selectFrom(sql<{ n: number }>`generate_series(1, ${count}::int)`.as<'list'>(sql`list(n)`)).select('n'),
      KEYS,
      request,
    );

  it('says whether there are items after it', async () => {
    expect(await page({ first: 0 })).toMatchObject({ rows: [], hasNextPage: true, hasPreviousPage: false });
    expect(await page({ first: 0 }, 0)).toMatchObject({ rows: [], hasNextPage: false, hasPreviousPage: false });
    const { rows, cursorOf } = await page({ first: 3 });
    expect(await page({ first: 0, after: cursorOf(rows[1]!) })).toMatchObject({ rows: [], hasNextPage: true });
    expect(await page({ first: 0, after: cursorOf(rows[2]!) })).toMatchObject({ rows: [], hasNextPage: false });
  });

  it('says whether there are items before it', async () => {
    expect(await page({ last: 0 })).toMatchObject({ rows: [], hasNextPage: false, hasPreviousPage: true });
    expect(await page({ last: 0 }, 0)).toMatchObject({ rows: [], hasNextPage: false, hasPreviousPage: false });
  });
});

describe('the size of a page', () => {
  let db: Database;
  beforeAll(async () => {
    db = await ENGINES[0]!.open();
  });
  afterAll(() => db.close());
  const sizeOf = async (request: PageRequest) => {
    const list = db
      .read()
      .selectFrom(sql<{ n: number }>`generate_series(1, 20000)`.as<'list'>(sql`list(n)`))
      .select('n');
    return (await keysetPage<{ n: number }>(db, list, KEYS, request)).rows.length;
  };

  it('is at most 200, unless the request comes from inside the process', async () => {
    expect(await sizeOf({ first: 200 })).toBe(200);
    await expect(sizeOf({ first: 201 })).rejects.toMatchObject({ fields: [{ path: 'first', code: 'PAGE_SIZE' }] });
    const inside = { largest: MAX_INSIDE_PAGE_SIZE };
    expect(await sizeOf({ first: 10_000, ...inside })).toBe(10_000);
    expect(await sizeOf({ last: 10_000, ...inside })).toBe(10_000);
    await expect(sizeOf({ first: 10_001, ...inside })).rejects.toMatchObject({
      message: 'A page has 0 to 10000 items.',
    });
    expect(await sizeOf(inside)).toBe(20);
  });
});

describe('the total of a list', () => {
  let db: Database;
  beforeAll(async () => {
    db = await ENGINES[0]!.open();
  });
  afterAll(() => db.close());

  it.each([
    [0, { totalCount: 0, isTotalCountExact: true }],
    [10_000, { totalCount: 10_000, isTotalCountExact: true }],
    [10_001, { totalCount: 10_000, isTotalCountExact: false }],
  ])('of %i items says whether all of them were counted', async (count, expected) => {
    const list = db
      .read()
      .selectFrom(sql<{ n: number }>`generate_series(1, ${count}::int)`.as<'list'>(sql`list(n)`))
      .select('n');
    expect(await keysetPage<{ n: number }>(db, list, KEYS, { first: 1, withTotal: true })).toMatchObject(expected);
  });
});

describe('the first page of a list that is read elsewhere', () => {
  it('tells whether there are later items when its size is 0', async () => {
    const of = (rows: readonly { n: number }[]) => firstPage({ first: 0 }, KEYS, async (limit) => rows.slice(0, limit));
    expect(await of([{ n: 1 }, { n: 2 }])).toMatchObject({ rows: [], hasNextPage: true });
    expect(await of([])).toMatchObject({ rows: [], hasNextPage: false });
  });
});
