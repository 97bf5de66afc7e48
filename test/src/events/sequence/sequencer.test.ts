import { describe, expect, it } from 'vitest';
import { Sequencer } from '../../../../src/events/sequence/sequencer.ts';
import type { SequencerPass, Sequencing } from '../../../../src/events/sequence/sequencing.ts';
import { until } from '../../../support/events.ts';

const PASSED: SequencerPass = { hadTurn: true, isCurrent: true, count: 0 };

/** A sequencer that rests a millisecond, and what it asked of its log. */
function start(answers: { hasWork?: () => boolean; pass?: () => SequencerPass }) {
  const asked: string[] = [];
  const sequencing: Sequencing = {
    hasWork: async () => {
      asked.push('look');
      return answers.hasWork?.() ?? false;
    },
    pass: async () => {
      asked.push('pass');
      return answers.pass?.() ?? PASSED;
    },
    openGeneration: async () => {
      asked.push('generation');
    },
  };
  const sequencer = new Sequencer({ sequencing, onSequenced: () => undefined, onError: () => undefined, pollMs: 1 });
  sequencer.start();
  return { sequencer, asked };
}

describe('the sequencer', () => {
  it('begins with a pass, then only looks while nothing happens', async () => {
    const { sequencer, asked } = start({});
    await until(() => asked.length >= 5);
    await sequencer.stop();
    expect(asked[0]).toBe('pass');
    expect(new Set(asked.slice(1))).toEqual(new Set(['look']));
  });

  it('makes a pass without a look when its node committed events', async () => {
    const { sequencer, asked } = start({});
    await until(() => asked.at(-1) === 'look');
    const before = asked.length;
    sequencer.wake();
    await until(() => asked.slice(before).includes('pass'));
    await sequencer.stop();
    // A look may have been under way.
    expect(asked.slice(before).indexOf('pass')).toBeLessThanOrEqual(1);
  });

  it('makes a pass when a look finds the events of a node that ended', async () => {
    let hasWork = false;
    const { sequencer, asked } = start({ hasWork: () => hasWork });
    await until(() => asked.length >= 3);
    hasWork = true;
    await until(() => asked.slice(1).includes('pass'));
    await sequencer.stop();
    expect(asked[asked.indexOf('pass', 1) - 1]).toBe('look');
  });

  it.each<[string, () => SequencerPass]>([
    ['another node had the turn', () => ({ ...PASSED, hadTurn: false })],
    [
      'it failed',
      () => {
        throw new Error('away');
      },
    ],
  ])('repeats a pass without a look when %s', async (_, fail) => {
    let passes = 0;
    const { sequencer, asked } = start({ pass: () => (++passes < 3 ? fail() : PASSED) });
    await until(() => asked.includes('look'));
    await sequencer.stop();
    expect(asked.slice(0, 4)).toEqual(['pass', 'pass', 'pass', 'look']);
  });

  it('makes a pass after it opened a generation', async () => {
    let passes = 0;
    const { sequencer, asked } = start({ pass: () => ({ ...PASSED, isCurrent: ++passes > 1 }) });
    await until(() => asked.includes('look'));
    await sequencer.stop();
    expect(asked.slice(0, 4)).toEqual(['pass', 'generation', 'pass', 'look']);
  });
});
