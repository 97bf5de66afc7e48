import { formatNumber } from './table.ts';

/** What a read took in both databases, in milliseconds. */
export interface GrowthResult {
  readonly title: string;
  readonly small: number;
  readonly big: number;
  /** The plan of its slowest statement, for a read that grew. */
  readonly plan?: string;
}

const MOST_RATIO = 1.3;
const MOST_MILLISECONDS = 50;
/** A difference below this is none: it is that of two readings of the same database. */
const LEAST_MILLISECONDS = 1;

/** Whether a read takes at most 50 ms in the large database, and at most 1.3 times as much as in the small one. */
export function isLevel({ small, big }: Pick<GrowthResult, 'small' | 'big'>): boolean {
  if (big > MOST_MILLISECONDS) return false;
  return big - small < LEAST_MILLISECONDS || big <= small * MOST_RATIO;
}

export function writeGrowthTable(results: readonly GrowthResult[]): string {
  const lines = results.map((result) => {
    const { title, small, big } = result;
    const ratio = big - small < LEAST_MILLISECONDS ? 'none' : `${(big / small).toFixed(2)}x`;
    return `| ${title} | ${formatNumber(small)} | ${formatNumber(big)} | ${ratio} | ${isLevel(result) ? 'yes' : 'NO'} |`;
  });
  return [
    '| read | small ms | big ms | growth | within 1.3x and 50 ms |',
    '| --- | --: | --: | --: | --- |',
    ...lines,
  ].join('\n');
}

/** The plans of the reads that grew. */
export const writePlans = (results: readonly GrowthResult[]): string =>
  results
    .flatMap(({ title, plan }) => (plan === undefined ? [] : [`${title}:\n\n\`\`\`\n${plan}\n\`\`\``]))
    .join('\n\n');
