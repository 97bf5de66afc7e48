import { describe, expect, it } from 'vitest';
import { renumber } from '../../bench/renumber.ts';

const KEPT = '0192a0b1-7c2d-7e3f-8a4b-000000000001';
const ID = '0192a0b1-7c2d-7e3f-8a4b-0000000f0001';

describe('statements that insert other rows again', () => {
  it('have other numbers of the same length, and other ids but for those that stay', () => {
    const text = `{"bench-00000000007","bench-00000000008@example.com",${ID},${KEPT},12345678901}`;
    const other = '0192a0b1-7c2d-7e3f-8a4b-0000000d0001';
    expect(renumber(text, 2, new Set([KEPT]))).toBe(
      `{"bench-00000200007","bench-00000200008@example.com",${other},${KEPT},12345678901}`,
    );
  });

  it('have none in common with another run', () => {
    const runs = [1, 2, 3].map((run) => renumber(`bench-00000099999 ${ID}`, run, new Set()));
    expect(new Set(runs.flatMap((text) => text.split(' '))).size).toBe(6);
  });
});
