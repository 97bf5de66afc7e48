import { describe, expect, it } from 'vitest';
import { Pace } from '../../../../src/events/link/pace.ts';
import { TestClock } from '../../../support/clock.ts';

const RESTS = { busyMs: 100, idleMs: 1_000 };

describe('the pace of looks at the log', () => {
  it('is slow once no event came for ten seconds, and fast with the next one', () => {
    const clock = new TestClock();
    const pace = new Pace(clock, () => true);
    clock.advance(9.9);
    expect(pace.choose(RESTS)).toBe(100);
    clock.advance(0.1);
    expect(pace.choose(RESTS)).toBe(1_000);
    pace.noteEvent();
    expect(pace.choose(RESTS)).toBe(100);
  });

  it('stays fast while other nodes cannot wake this one', () => {
    const clock = new TestClock();
    let canBeWoken = false;
    const pace = new Pace(clock, () => canBeWoken);
    clock.advance(60);
    expect(pace.choose(RESTS)).toBe(100);
    canBeWoken = true;
    expect(pace.choose(RESTS)).toBe(1_000);
  });
});
