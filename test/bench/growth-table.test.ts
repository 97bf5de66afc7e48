import { describe, expect, it } from 'vitest';
import { isLevel, writeGrowthTable, writePlans } from '../../bench/growth-table.ts';

describe('table of growth', () => {
  it.each([
    ['is as fast', { small: 2, big: 2 }, true],
    ['takes a little more than 1.3 times as much, but not a millisecond', { small: 1, big: 1.9 }, true],
    ['takes 1.3 times as much', { small: 10, big: 13 }, true],
    ['takes more than 1.3 times as much', { small: 10, big: 13.1 }, false],
    ['takes more than 50 ms in both databases', { small: 50.5, big: 50.5 }, false],
    ['takes 50 ms', { small: 50, big: 50 }, true],
  ])('says of a read that %s whether it is level', (_, times, expected) => {
    expect(isLevel(times)).toBe(expected);
  });

  it('shows both times, the growth and the reads that grew', () => {
    const lines = writeGrowthTable([
      { title: 'flat', small: 2, big: 2.5 },
      { title: 'grown', small: 4, big: 400, plan: 'Seq Scan on users' },
    ]).split('\n');
    expect(lines.slice(2)).toEqual(['| flat | 2.00 | 2.50 | none | yes |', '| grown | 4.00 | 400 | 100.00x | NO |']);
  });

  it('shows the plans of the reads that grew', () => {
    const plans = writePlans([
      { title: 'flat', small: 2, big: 2.5 },
      { title: 'grown', small: 4, big: 400, plan: 'Seq Scan on users' },
    ]);
    expect(plans).toBe('grown:\n\n```\nSeq Scan on users\n```');
  });
});
