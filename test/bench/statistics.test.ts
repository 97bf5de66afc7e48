import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betterHalf, findGrowth, formatRatio, LEAST_DIFFERENCE, median, percentile } from '../../bench/statistics.ts';

describe('statistics of the bench', () => {
  it('finds the median of an odd and of an even number of values, in any order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('finds the smallest value that a share of the values does not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('keeps the half of the rounds that cost least, the middle one included', () => {
    expect(betterHalf([5, 1, 4, 2, 3], (cost) => cost)).toEqual([1, 2, 3]);
    expect(betterHalf([4, 1, 3, 2], (cost) => cost)).toEqual([1, 2]);
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (costs) => {
        const kept = betterHalf(costs, (cost) => cost);
        const most = Math.max(...kept);
        return kept.length === Math.ceil(costs.length / 2) && costs.filter((cost) => cost < most).length < kept.length;
      }),
    );
  });

  it('writes a ratio within the noise as none, above and below', () => {
    expect(formatRatio(1)).toBe('none');
    expect(formatRatio(1 + LEAST_DIFFERENCE - 0.01)).toBe('none');
    expect(formatRatio(1 / (1 + LEAST_DIFFERENCE) + 0.01)).toBe('none');
    expect(formatRatio(1.16)).toBe('1.16x');
    expect(formatRatio(0.15)).toBe('0.15x');
    expect(formatRatio(Number.NaN)).toBe('-');
  });

  it('measures the growth of a heap by the largest value after the first', () => {
    expect(findGrowth([60, 61, 66, 62])).toBeCloseTo(0.1);
    expect(findGrowth([60, 58, 59])).toBeLessThan(0);
    expect(findGrowth([60])).toBe(0);
  });
});
