import { describe, expect, it } from 'vitest';
import { type Figures, summarise } from '../../bench/figures.ts';
import type { RowResult } from '../../bench/row.ts';
import { formatNumber, writeRemarks, writeTable } from '../../bench/table.ts';

const figures: Figures = summarise(
  [
    {
      units: 1_000,
      seconds: 0.5,
      p50Milliseconds: 5,
      p99Milliseconds: Number.NaN,
      mainSeconds: 0.2,
      workerSeconds: 0.05,
      databaseSeconds: null,
      generatorSeconds: 0.02,
      signatureMicroseconds: 50,
    },
  ],
  200,
);

const results: readonly RowResult[] = [
  {
    key: 'token',
    title: 'a token',
    unit: 'request',
    contenders: [
      { name: 'idgraph', figures, remarks: ['first', 'second'] },
      { name: 'slow', figures: { ...figures, serverSignatures: 8 }, remarks: ['third'] },
      { name: 'level', figures: { ...figures, serverSignatures: 5.5 }, remarks: [] },
    ],
  },
];

describe('the table', () => {
  it('has a line for each server, with its processor time as a multiple of ours', () => {
    const lines = writeTable(results).split('\n');
    expect(lines).toHaveLength(5);
    expect(new Set(lines.map((line) => line.split('|').length)).size).toBe(1);
    expect(lines[2]).toBe(
      '| a token | request | idgraph | 5.00 | 5.00 to 5.00 | 200 | 50.0 | - | 20.0 | 2,000 | 5.00 | - | 200 | 1 |',
    );
    expect(lines[3]).toMatch(/^\| {2}\| {2}\| slow \| 8\.00 .* 1\.60x \|$/);
    expect(lines[4]).toMatch(/ none \|$/);
  });

  it('writes three digits that count', () => {
    expect([0.123, 1.2345, 12.345, 123.45, 12_345.6, null].map(formatNumber)).toEqual([
      '0.12',
      '1.23',
      '12.3',
      '123',
      '12,346',
      '-',
    ]);
  });

  it('lists the facts beside the figures, and no server without facts', () => {
    expect(writeRemarks(results).split('\n')).toEqual([
      '- a token, idgraph: first; second.',
      '- a token, slow: third.',
    ]);
  });
});
