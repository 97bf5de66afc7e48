import { compare, type Figures } from './figures.ts';
import type { RowResult } from './row.ts';
import { formatRatio } from './statistics.ts';

/** The columns of the table, in the order in which they are printed; docs/performance.md explains them. */
const COLUMNS: readonly (readonly [string, (figures: Figures) => string])[] = [
  ['server, signatures', ({ serverSignatures }) => formatNumber(serverSignatures)],
  ['range', ({ serverRange }) => serverRange.map(formatNumber).join(' to ')],
  ['main us', ({ mainMicroseconds }) => formatNumber(mainMicroseconds)],
  ['workers us', ({ workerMicroseconds }) => formatNumber(workerMicroseconds)],
  ['PostgreSQL us', ({ databaseMicroseconds }) => formatNumber(databaseMicroseconds)],
  ['generator us', ({ generatorMicroseconds }) => formatNumber(generatorMicroseconds)],
  ['per second', ({ unitsPerSecond }) => formatNumber(unitsPerSecond)],
  ['p50 ms', ({ p50Milliseconds }) => formatNumber(p50Milliseconds)],
  ['p99 ms', ({ p99Milliseconds }) => formatNumber(p99Milliseconds)],
  ['RSS peak MB', ({ peakMb }) => formatNumber(peakMb)],
];

/** Three digits that count, without an exponent; a hyphen for what was not measured. */
export function formatNumber(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '-';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The results as a table in Markdown. The first contender of a row is ours; the others show how much more they take. */
export function writeTable(results: readonly RowResult[]): string {
  const header = ['operation', 'unit', 'server', ...COLUMNS.map(([name]) => name), 'processor time, of idgraph'];
  const lines = results.flatMap(({ title, unit, contenders }) =>
    contenders.map(({ name, figures }, at) => [
      at === 0 ? title : '',
      at === 0 ? unit : '',
      name,
      ...COLUMNS.map(([, format]) => format(figures)),
      at === 0 ? '1' : formatRatio(compare(contenders[0]!.figures, figures)),
    ]),
  );
  const toRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [toRow(header), toRow(header.map((_, at) => (at < 3 ? '---' : '--:'))), ...lines.map(toRow)].join('\n');
}

/** Facts beside the figures of each row, as a list in Markdown. */
export function writeRemarks(results: readonly RowResult[]): string {
  const lines = results.flatMap(({ title, contenders }) =>
    contenders.flatMap(({ name, remarks }) =>
      remarks.length === 0 ? [] : [`- ${title}, ${name}: ${remarks.join('; ')}.`],
    ),
  );
  return lines.join('\n');
}
