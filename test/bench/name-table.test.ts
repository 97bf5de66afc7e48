import { describe, expect, it } from 'vitest';
import { writeNameTable } from '../../bench/name-table.ts';

describe('table of the times of names', () => {
  it('shows medians, and how much those of two halves of the same times differ', () => {
    const table = writeNameTable([
      { kind: 'with an image', challengeMs: [1, 1, 1, 1], proofMs: [2, 2.2, 2, 2.2] },
      { kind: 'nobody', challengeMs: [1.5, 1.5, 1.5, 1.5], proofMs: [2, 2, 2, 2] },
    ]);
    expect(table).toContain('| with an image | proof | 4 | 2100 | 2200 | 200 |');
    expect(table).toContain('| nobody | challenge | 4 | 1500 | 1500 | 0 |');
    expect(table).toContain('Medians of the challenge differ by 500 us; halves of one kind by 0 us.');
    expect(table).toContain('Medians of the proof differ by 100 us; halves of one kind by 200 us.');
  });
});
