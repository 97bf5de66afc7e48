import { median, percentile } from './statistics.ts';

/** How long refused sign-ins of names of a kind took, in milliseconds. */
export interface NameTimes {
  readonly kind: string;
  readonly challengeMs: readonly number[];
  readonly proofMs: readonly number[];
}

const STEPS = [
  ['challenge', 'challengeMs'],
  ['proof', 'proofMs'],
] as const;

const shown = (milliseconds: number): string => (milliseconds * 1000).toFixed(0);

/** What the medians of two halves of the same times differ by: differences between kinds that are no larger say nothing. */
function noiseOf(times: readonly number[]): number {
  const [even, odd] = [0, 1].map((rest) => median(times.filter((_, at) => at % 2 === rest)));
  return Math.abs(even! - odd!);
}

/** A table of times in microseconds, and the largest difference of medians beside the largest noise. */
export function writeNameTable(times: readonly NameTimes[]): string {
  const rows = STEPS.flatMap(([step, member]) =>
    times.map(({ kind, [member]: all }) => {
      const cells = [kind, step, all.length, shown(median(all)), shown(percentile(all, 0.95)), shown(noiseOf(all))];
      return `| ${cells.join(' | ')} |`;
    }),
  );
  const remarks = STEPS.map(([step, member]) => {
    const medians = times.map(({ [member]: all }) => median(all));
    const difference = Math.max(...medians) - Math.min(...medians);
    const noise = Math.max(...times.map(({ [member]: all }) => noiseOf(all)));
    return `Medians of the ${step} differ by ${shown(difference)} us; halves of one kind by ${shown(noise)} us.`;
  });
  const head = '| name | step | times | p50 us | p95 us | halves differ by us |\n| --- | --- | --: | --: | --: | --: |';
  return [head, ...rows, '', ...remarks].join('\n');
}
