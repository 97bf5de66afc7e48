import { compare } from './figures.ts';
import type { RowResult } from './row.ts';

/** How far a figure may be over its budget: what two runs of the same code differ by. */
const TOLERANCE = 0.15;

/** What one row may cost; the contents of `bench/budget.json` by row. */
export interface RowBudget {
  /** Processor time of the server for each unit, in Ed25519 signatures. */
  readonly server: number;
  /** Of PostgreSQL, likewise; null where the row has none. */
  readonly database: number | null;
  /** Peak of resident memory, in MB. */
  readonly peakMb: number;
  /** By the name of a peer: its processor time as a multiple of ours. */
  readonly ratios: Readonly<Record<string, number>>;
}

export type Budget = Readonly<Record<string, RowBudget>>;

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** The budget that a measured row would just meet. */
export function toRowBudget({ contenders: [ours, ...others] }: RowResult): RowBudget {
  const { serverSignatures, databaseSignatures, peakMb } = ours!.figures;
  return {
    server: round(serverSignatures, 3),
    database: databaseSignatures === null ? null : round(databaseSignatures, 3),
    peakMb: Math.ceil(peakMb),
    ratios: Object.fromEntries(others.map(({ name, figures }) => [name, round(compare(ours!.figures, figures), 3)])),
  };
}

/** Every way in which a row is over its budget, as sentences that name the row. */
export function findOverruns({ key, contenders: [ours, ...others] }: RowResult, budget: RowBudget): string[] {
  const { serverSignatures, databaseSignatures, peakMb } = ours!.figures;
  const over = (what: string, measured: number | null, allowed: number | null, unit: string): string[] => {
    if (measured === null || allowed === null || !(measured > allowed * (1 + TOLERANCE))) return [];
    const share = Math.round((measured / allowed - 1) * 100);
    return [`${key}: ${what} is ${measured.toFixed(2)} ${unit}, ${share} % over its budget of ${allowed}.`];
  };
  const ratios = others.flatMap(({ name, figures }) => {
    const allowed = budget.ratios[name];
    const measured = compare(ours!.figures, figures);
    if (allowed === undefined || !(measured < allowed / (1 + TOLERANCE))) return [];
    return [`${key}: the ratio to ${name} is ${measured.toFixed(2)}, below its budget of ${allowed}.`];
  });
  return [
    ...over('processor time of the server', serverSignatures, budget.server, 'signatures'),
    ...over('processor time of PostgreSQL', databaseSignatures, budget.database, 'signatures'),
    ...over('resident memory', peakMb, budget.peakMb, 'MB'),
    ...ratios,
  ];
}
