import { describe, expect, it } from 'vitest';
import { halves, MAX_EVENTS, MAX_ROWS, toBatches, toRuns } from '../../../src/imports/batches.ts';

const sizesOf = (events: readonly number[]): number[] => toBatches(events, (more) => more).map(({ length }) => length);

describe('units of work of an import', () => {
  it('have at most 1,000 rows', () => {
    expect(sizesOf(Array<number>(MAX_ROWS * 2 + 1).fill(1))).toEqual([MAX_ROWS, MAX_ROWS, 1]);
  });

  it('cause at most 5,000 events', () => {
    expect(sizesOf([MAX_EVENTS - 1, 1, 1])).toEqual([2, 1]);
    expect(sizesOf(Array<number>(11).fill(1_000))).toEqual([5, 5, 1]);
  });

  it('are one for a row that causes more', () => {
    expect(sizesOf([1, MAX_EVENTS + 1, 1])).toEqual([1, 1, 1]);
  });

  it('keep the order of the rows, and are none without rows', () => {
    const rows = Array.from({ length: 2_500 }, (_, place) => place);
    expect(toBatches(rows, () => 7).flat()).toEqual(rows);
    expect(toBatches([], () => 1)).toEqual([]);
  });

  it('are halved so that no row is lost', () => {
    expect(halves([1, 2, 3])).toEqual([[1, 2], [3]]);
    expect(halves([1, 2])).toEqual([[1], [2]]);
  });

  it('have runs of neighbours alike, in their order', () => {
    expect(toRuns([1, 3, 2, 4, 5], (one) => one % 2)).toEqual([[1, 3], [2, 4], [5]]);
    expect(toRuns([], () => 1)).toEqual([]);
  });
});
