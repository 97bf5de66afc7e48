import { describe, expect, it } from 'vitest';
import { narrowPageAt, pageAt, toColumnSet } from '../../../src/persistence/index.ts';
import type { PageRequest, PageResult } from '../../../src/persistence/page.ts';

const COUNT = 25_000;

/** Reads of the list 0, 1, 2 ..., whose cursors are the numbers. */
function listOf(count: number) {
  const asked: PageRequest[] = [];
  const read = async (request: PageRequest): Promise<PageResult<number>> => {
    asked.push(request);
    const from = request.after == null ? 0 : Number(request.after) + 1;
    const size = Math.min(request.first ?? 20, Math.max(count - from, 0));
    const rows = Array.from({ length: size }, (_, n) => from + n);
    return { rows, hasNextPage: from + size < count, hasPreviousPage: from > 0, cursorOf: String };
  };
  return { read, asked };
}

describe('a page at a number', () => {
  it('begins after so many rows, whose keys are read by 10,000', async () => {
    const keys = listOf(COUNT);
    const list = listOf(COUNT);
    const { rows } = await pageAt({ offset: 20_500, first: 3, descending: true }, keys.read, list.read);
    expect(rows).toEqual([20_500, 20_501, 20_502]);
    expect(keys.asked.map(({ first, largest, descending }) => [first, largest, descending])).toEqual([
      [10_000, 10_000, true],
      [10_000, 10_000, true],
      [500, 500, true],
    ]);
    expect(list.asked).toEqual([{ first: 3, after: '20499', descending: true, isCountedFar: true }]);
  });

  it('is the first one at 0', async () => {
    const keys = listOf(COUNT);
    const list = listOf(COUNT);
    expect((await pageAt({ offset: 0, first: 2 }, keys.read, list.read)).rows).toEqual([0, 1]);
    expect(keys.asked).toEqual([]);
  });

  it('is read as it was asked for where it has no number', async () => {
    const keys = listOf(COUNT);
    const list = listOf(COUNT);
    const request = { first: 2, after: '6', withTotal: true };
    expect((await pageAt(request, keys.read, list.read)).rows).toEqual([7, 8]);
    expect(list.asked).toEqual([request]);
    expect(keys.asked).toEqual([]);
  });

  it('passes the rows before it without columns, and has those that are asked for', async () => {
    const list = listOf(COUNT);
    const read: (string | undefined)[] = [];
    const columns = toColumnSet(['name']);
    const { rows } = await narrowPageAt({ offset: 10, first: 2 }, columns, (request, wanted) => {
      read.push(wanted?.key);
      return list.read(request);
    });
    expect(rows).toEqual([10, 11]);
    expect(read).toEqual(['', 'name']);
  });

  it('is empty behind the end, and is counted all the same', async () => {
    for (const [offset, reads] of [
      [25_000, 3],
      [25_001, 3],
      [60_000, 3],
    ] as const) {
      const keys = listOf(COUNT);
      const list = listOf(COUNT);
      const { rows } = await pageAt({ offset, first: 2, withTotal: true }, keys.read, list.read);
      expect(rows).toEqual([]);
      expect(keys.asked).toHaveLength(reads);
      expect(list.asked[0]).toMatchObject({ withTotal: true, isCountedFar: true });
    }
  });

  it('is empty behind 100,000 rows, of which none is read', async () => {
    const keys = listOf(200_000);
    const list = listOf(200_000);
    expect((await pageAt({ offset: 100_001, first: 2 }, keys.read, list.read)).rows).toEqual([]);
    expect(keys.asked).toEqual([]);
  });
});
