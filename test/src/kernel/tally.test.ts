import { expect, it } from 'vitest';
import { Tally } from '../../../src/kernel/tally.ts';

it('counts by key and in all, and forgets what has ended', () => {
  const tally = new Tally();
  tally.count('acme', 1);
  tally.count('acme', 1);
  tally.count('other', 1);
  expect([tally.of('acme'), tally.of('other'), tally.of('unknown'), tally.total]).toEqual([2, 1, 0, 3]);
  tally.count('acme', -1);
  tally.count('other', -1);
  expect([tally.of('acme'), tally.of('other'), tally.total]).toEqual([1, 0, 1]);
});
