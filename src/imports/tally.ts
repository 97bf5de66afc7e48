import type { Import } from './import.entity.ts';
import type { RowFault, WrittenRow } from './import-row.ts';

/** Most faults that an import keeps: 1 MB at most. The others are counted. */
const MAX_FAULTS = 1_000;

type Tallies = Import['tallies'];

/** The tallies with rows added. */
export function withRows(tallies: Tallies, rows: readonly WrittenRow[]): Tallies {
  const next: Record<string, Record<string, number>> = Object.fromEntries(
    Object.entries(tallies ?? {}).map(([kind, tally]) => [kind, { ...tally }]),
  );
  for (const { kind, outcome } of rows) {
    const tally = next[kind] ?? {};
    next[kind] = { ...tally, [outcome]: (tally[outcome] ?? 0) + 1 };
  }
  return next;
}

/** Whether an import has changed anything. */
export const hasChanged = (tallies: Tallies): boolean =>
  Object.values(tallies ?? {}).some(({ added = 0, changed = 0 }) => added + changed > 0);

/** The first faults of an import, with more of them up to this bound. */
export const withFaults = (kept: readonly RowFault[], more: readonly RowFault[]): RowFault[] => [
  ...kept,
  ...more.slice(0, Math.max(0, MAX_FAULTS - kept.length)),
];
