import { storableText } from '../events/index.ts';
import type { Import } from './import.entity.ts';
import type { RowFault, WrittenRow } from './import-row.ts';

/** Most faults that an import keeps. The others are counted. */
const MAX_FAULTS = 1_000;
/** Most bytes of the faults that an import keeps: 256 KiB. Each request of an import reads and writes them. */
const MAX_FAULT_BYTES = 256 * 1024;
/** Greatest length of each text of a fault. */
const MAX_TEXT = 255;

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

const toKept = ({ kind, owner, name, reason, at }: RowFault): RowFault => ({
  kind: storableText(kind, MAX_TEXT),
  owner: storableText(owner, MAX_TEXT),
  name: storableText(name, MAX_TEXT),
  reason: storableText(reason, MAX_TEXT),
  at: storableText(at, MAX_TEXT),
});

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The first faults of an import with more of them, each text cut to 255 characters, up to 1,000 in 256 KiB. */
export function withFaults(kept: readonly RowFault[], more: readonly RowFault[]): RowFault[] {
  const next = [...kept];
  let bytes = bytesOf(kept);
  for (const fault of more) {
    if (next.length >= MAX_FAULTS) break;
    const cut = toKept(fault);
    bytes += bytesOf(cut) + 1;
    if (bytes > MAX_FAULT_BYTES) break;
    next.push(cut);
  }
  return next;
}
