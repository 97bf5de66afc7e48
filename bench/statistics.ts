/** Differences below this share are noise on a machine whose clock drifts, and are reported as none. */
export const LEAST_DIFFERENCE = 0.15;

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** The median; NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The smallest value that at least this share of the values does not exceed; NaN for no values. */
export function percentile(values: readonly number[] | Float64Array, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

/** The half of the rounds with the lowest cost, the middle one included: disturbances only ever make a round dearer. */
export function betterHalf<T>(rounds: readonly T[], costOf: (round: T) => number): T[] {
  return [...rounds].sort((a, b) => costOf(a) - costOf(b)).slice(0, Math.ceil(rounds.length / 2));
}

/** A ratio as text; one that does not differ from 1 by more than the noise is written as none. */
export function formatRatio(ratio: number): string {
  if (Number.isNaN(ratio)) return '-';
  const isLevel = ratio < 1 + LEAST_DIFFERENCE && ratio > 1 / (1 + LEAST_DIFFERENCE);
  return isLevel ? 'none' : `${ratio.toFixed(2)}x`;
}

/** How much the largest of the later values is above the first, as a share of it. */
export function findGrowth([first, ...later]: readonly number[]): number {
  if (first === undefined || later.length === 0) return 0;
  return Math.max(...later) / first - 1;
}
