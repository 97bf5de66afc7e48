import { median, percentile } from './statistics.ts';

/** What a process did that works alone for a time, without a server around it. */
export interface LoopResult {
  readonly units: number;
  readonly seconds: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

/** Does work again and again for a time. @param atOnce So much of it is under way at the same time. */
export async function runLoop(
  seconds: number,
  atOnce: number,
  work: (count: number) => void | Promise<void>,
): Promise<LoopResult> {
  const begun = performance.now();
  const times: number[] = [];
  let count = 0;
  const repeat = async (): Promise<void> => {
    let now = performance.now();
    while (now - begun < seconds * 1000) {
      const from = now;
      await work(count++);
      now = performance.now();
      times.push(now - from);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, repeat));
  return {
    units: times.length,
    seconds: (performance.now() - begun) / 1000,
    p50Milliseconds: median(times),
    p99Milliseconds: percentile(times, 0.99),
  };
}
