import { describe, expect, it } from 'vitest';
import { addRun, findBoth, findOverruns, formatBudget } from '../../bench/budget.ts';
import { type Figures, type RoundCost, summarise } from '../../bench/figures.ts';
import type { RowResult } from '../../bench/row.ts';

const round = (change: Partial<RoundCost>): RoundCost => ({
  units: 1_000,
  seconds: 2,
  p50Milliseconds: 5,
  p99Milliseconds: 9,
  mainSeconds: 0.2,
  workerSeconds: 0.05,
  databaseSeconds: new Map([
    ['pool', 0.08],
    ['events', 0.02],
  ]),
  generatorSeconds: 0.02,
  signatureMicroseconds: 50,
  ...change,
});

describe('the figures of a contender', () => {
  it('are for one unit, in microseconds and in signatures of the same round', () => {
    expect(summarise([round({})], 200)).toEqual({
      serverSignatures: 5,
      serverRange: [5, 5],
      databaseSignatures: 2,
      mainMicroseconds: 200,
      workerMicroseconds: 50,
      databaseMicroseconds: 100,
      databaseParts: { events: 20, pool: 80 },
      generatorMicroseconds: 20,
      unitsPerSecond: 500,
      p50Milliseconds: 5,
      p99Milliseconds: 9,
      peakMb: 200,
    });
  });

  it('leave out the dearer half of the rounds', () => {
    const costs = [round({}), round({ mainSeconds: 2, units: 10 }), round({}), round({ mainSeconds: 1 })];
    expect(summarise(costs, 200).mainMicroseconds).toBeCloseTo(200);
  });

  it('have the range of all rounds', () => {
    const costs = [round({}), round({ mainSeconds: 0.2, workerSeconds: 0.1 }), round({ mainSeconds: 0.45 })];
    const { serverSignatures, serverRange } = summarise(costs, 200);
    expect(serverSignatures).toBeCloseTo(5.5);
    expect(serverRange).toEqual([expect.closeTo(5), expect.closeTo(10)]);
  });

  it('stay the same in signatures when the clock of the machine slows down', () => {
    const slow = round({
      mainSeconds: 0.36,
      workerSeconds: 0.09,
      databaseSeconds: new Map([['pool', 0.18]]),
      signatureMicroseconds: 90,
    });
    const { serverSignatures, databaseSignatures } = summarise([slow], 200);
    expect(serverSignatures).toBeCloseTo(5);
    expect(databaseSignatures).toBeCloseTo(2);
  });

  it('have no time of PostgreSQL where the database is embedded', () => {
    const { databaseSignatures, databaseMicroseconds } = summarise([round({ databaseSeconds: null })], 200);
    expect([databaseSignatures, databaseMicroseconds]).toEqual([null, null]);
  });
});

describe('the budget of a row', () => {
  const figures = (serverSignatures: number, change: Partial<Figures> = {}): Figures => ({
    ...summarise([round({})], 200),
    serverSignatures,
    ...change,
  });
  const result = (ours: Figures, peer: Figures): RowResult => ({
    key: 'token',
    title: 'a token',
    unit: 'request',
    contenders: [
      { name: 'idgraph', figures: ours, remarks: [] },
      { name: 'peer', figures: peer, remarks: [] },
    ],
  });
  const budget = addRun(result(figures(5), figures(8)));
  const textsOf = (measured: RowResult, allowed = budget) => findOverruns(measured, allowed).map(({ text }) => text);

  it('is what was measured: signatures, memory and the ratio to each peer', () => {
    expect(budget).toEqual({ server: [5], database: [2], peakMb: [200], ratios: { peer: [1.6] } });
  });

  it('remembers the last six runs', () => {
    const two = addRun(result(figures(6, { peakMb: 210.2 }), figures(8)), budget);
    expect(two).toEqual({ server: [5, 6], database: [2, 2], peakMb: [200, 211], ratios: { peer: [1.6, 1.333] } });
    const seven = [7, 8, 9, 10, 11].reduce((known, cost) => addRun(result(figures(cost), figures(8)), known), two);
    expect(seven.server).toEqual([6, 7, 8, 9, 10, 11]);
    expect(seven.ratios.peer).toHaveLength(6);
  });

  it('is kept by the same figures, and by those within the tolerance of its worst run', () => {
    expect(textsOf(result(figures(5), figures(8)))).toEqual([]);
    const more = figures(5.7, { databaseSignatures: 2.29, peakMb: 229 });
    expect(textsOf(result(more, figures(8)))).toEqual([]);
    const wider = addRun(result(figures(6), figures(8)), budget);
    expect(textsOf(result(figures(6.8), figures(8)), wider)).toEqual([]);
    expect(textsOf(result(figures(7), figures(9)), wider)).toEqual([
      'token: processor time of the server is 7.00 signatures, 17 % over the most of its budget, 6.',
    ]);
  });

  it('names the row and the figure that is more than 15 % over', () => {
    const over = (change: Partial<Figures>) => textsOf(result(figures(5, change), figures(8)));
    expect(over({ databaseSignatures: 2.4 })).toEqual([
      'token: processor time of PostgreSQL is 2.40 signatures, 20 % over the most of its budget, 2.',
    ]);
    expect(over({ peakMb: 240 })).toEqual([
      'token: resident memory is 240.00 MB, 20 % over the most of its budget, 200.',
    ]);
  });

  it('fails on processor time even when the ratio to the peer is kept, and on the ratio alone', () => {
    expect(textsOf(result(figures(6), figures(9.6)))).toEqual([
      'token: processor time of the server is 6.00 signatures, 20 % over the most of its budget, 5.',
    ]);
    expect(findOverruns(result(figures(5), figures(6.5)), budget)).toEqual([
      {
        figure: 'the ratio to peer',
        text: 'token: the ratio to peer is 1.30, below the least of its budget, 1.6.',
      },
    ]);
  });

  it('is written with the runs of a figure on one line', () => {
    const two = addRun(result(figures(6), figures(8)), budget);
    expect(formatBudget({ token: two, start: { ...two, database: [] } })).toBe(
      `{
  "token": {
    "server": [5, 6],
    "database": [2, 2],
    "peakMb": [200, 200],
    "ratios": {
      "peer": [1.6, 1.333]
    }
  },
  "start": {
    "server": [5, 6],
    "database": [],
    "peakMb": [200, 200],
    "ratios": {
      "peer": [1.6, 1.333]
    }
  }
}
`,
    );
  });

  it('fails when the same figure is beyond it twice', () => {
    const slow = findOverruns(result(figures(6), figures(9.6)), budget);
    const big = findOverruns(result(figures(5, { peakMb: 240 }), figures(8)), budget);
    const both = findOverruns(result(figures(7, { peakMb: 240 }), figures(12)), budget);
    expect(findBoth(slow, big)).toEqual([]);
    expect(findBoth(slow, both)).toEqual([both[0]]);
    expect(findBoth(both, big)).toEqual(big);
  });

  it('does not compare what was not measured', () => {
    const embedded = figures(5, { databaseSignatures: null });
    expect(textsOf(result(embedded, figures(8)))).toEqual([]);
    expect(textsOf(result(figures(5), figures(1)), { ...budget, ratios: {} })).toEqual([]);
    expect(addRun(result(embedded, figures(8))).database).toEqual([]);
  });
});
