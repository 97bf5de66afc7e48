import { compare } from './figures.ts';
import type { RowResult } from './row.ts';

/** How far a figure may be beyond the worst run of its budget. */
const TOLERANCE = 0.15;
/** The runs that a budget remembers; a later one drops the oldest. */
const MOST_RUNS = 6;

/**
 * What one row cost in the runs that its budget was written from, the oldest first; the contents of `bench/budget.json` by row. One run is not
 * enough: memory and caches of a shared machine slow a row down by other factors than they do a signature.
 */
export interface RowBudget {
  /** Processor time of the server for each unit, in Ed25519 signatures. */
  readonly server: readonly number[];
  /** Of PostgreSQL, likewise; empty where the row has none. */
  readonly database: readonly number[];
  /** Peak of resident memory, in MB. */
  readonly peakMb: readonly number[];
  /** By the name of a peer: its processor time as a multiple of ours. */
  readonly ratios: Readonly<Record<string, readonly number[]>>;
}

export type Budget = Readonly<Record<string, RowBudget>>;

/** A figure that is beyond its budget. */
export interface Overrun {
  /** Names the figure within its row. */
  readonly figure: string;
  /** A sentence for people. */
  readonly text: string;
}

const EMPTY: RowBudget = { server: [], database: [], peakMb: [], ratios: {} };

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

const append = (runs: readonly number[], value: number): number[] => [...runs, value].slice(-MOST_RUNS);

/** The budget of a row after one more run. */
export function addRun({ contenders: [ours, ...others] }: RowResult, known: RowBudget = EMPTY): RowBudget {
  const { serverSignatures, databaseSignatures, peakMb } = ours!.figures;
  const ratioOf = (name: string, ratio: number) => [name, append(known.ratios[name] ?? [], round(ratio, 3))] as const;
  return {
    server: append(known.server, round(serverSignatures, 3)),
    database: databaseSignatures === null ? [] : append(known.database, round(databaseSignatures, 3)),
    peakMb: append(known.peakMb, Math.ceil(peakMb)),
    ratios: Object.fromEntries(others.map(({ name, figures }) => ratioOf(name, compare(ours!.figures, figures)))),
  };
}

/** A budget as the formatter of the repository wants it: the runs of a figure stand on one line. */
export const formatBudget = (budget: Budget): string =>
  `${JSON.stringify(budget, null, 2).replace(/\[\s+([^\]]+?)\s+\]/g, (_, runs: string) => `[${runs.replace(/\s+/g, ' ')}]`)}\n`;

/** The overruns of a second measurement whose figures were beyond the budget in the first one too. */
export function findBoth(first: readonly Overrun[], second: readonly Overrun[]): Overrun[] {
  const figures = new Set(first.map(({ figure }) => figure));
  return second.filter(({ figure }) => figures.has(figure));
}

/** Every way in which a row is beyond the worst run of its budget by more than the tolerance. */
export function findOverruns({ key, contenders: [ours, ...others] }: RowResult, budget: RowBudget): Overrun[] {
  const { serverSignatures, databaseSignatures, peakMb } = ours!.figures;
  const over = (figure: string, measured: number | null, runs: readonly number[], unit: string): Overrun[] => {
    const most = Math.max(...runs);
    if (measured === null || runs.length === 0 || !(measured > most * (1 + TOLERANCE))) return [];
    const share = Math.round((measured / most - 1) * 100);
    const text = `${key}: ${figure} is ${measured.toFixed(2)} ${unit}, ${share} % over the most of its budget, ${most}.`;
    return [{ figure, text }];
  };
  const ratios = others.flatMap(({ name, figures }) => {
    const runs = budget.ratios[name] ?? [];
    const least = Math.min(...runs);
    const measured = compare(ours!.figures, figures);
    if (runs.length === 0 || !(measured < least / (1 + TOLERANCE))) return [];
    const figure = `the ratio to ${name}`;
    return [{ figure, text: `${key}: ${figure} is ${measured.toFixed(2)}, below the least of its budget, ${least}.` }];
  });
  return [
    ...over('processor time of the server', serverSignatures, budget.server, 'signatures'),
    ...over('processor time of PostgreSQL', databaseSignatures, budget.database, 'signatures'),
    ...over('resident memory', peakMb, budget.peakMb, 'MB'),
    ...ratios,
  ];
}
