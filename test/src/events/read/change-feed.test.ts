import { describe, expect, it } from 'vitest';
import { lifetimesBy } from '../../../../src/events/index.ts';

describe('how long caches keep what events drop', () => {
  it('is five seconds without events', () => {
    expect(lifetimesBy()).toEqual({ ttlMs: 5_000 });
  });

  it('is five minutes in the generation of the log while the events of a second ago are read', () => {
    const asked: number[] = [];
    const feed = {
      isFresh: (maxAgeMs: number) => {
        asked.push(maxAgeMs);
        return true;
      },
      generation: 3,
    };
    const { ttlMs, trust } = lifetimesBy(feed);
    expect([ttlMs, trust!.ttlMs]).toEqual([5_000, 300_000]);
    expect([trust!.isFresh(), trust!.generation(), asked]).toEqual([true, 3, [1_000]]);
  });
});
