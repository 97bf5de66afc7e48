import { describe, expect, it } from 'vitest';
import { Loop } from '../../../../src/events/link/loop.ts';
import { until } from '../../../support/events.ts';

describe('a loop at rest', () => {
  it('asks for the length of each rest, and is woken at once however long it is', async () => {
    let rounds = 0;
    const asked: number[] = [];
    const loop = new Loop({
      round: async () => {
        rounds += 1;
        return { restMs: 0, isUnfinished: false };
      },
      pollMs: () => {
        asked.push(rounds);
        return rounds === 1 ? 1 : 3_600_000;
      },
      onError: (error) => {
        throw error;
      },
    });
    loop.start();
    await until(() => asked.length === 2);
    loop.wake();
    await until(() => asked.length === 3);
    await loop.stop();
    expect(asked).toEqual([1, 2, 3]);
  });
});

describe('a loop that is stopped during a round', () => {
  it('does not report that the round fails, because what it used was closed', async () => {
    const closed = Promise.withResolvers<never>();
    const errors: unknown[] = [];
    const loop = new Loop({ round: () => closed.promise, pollMs: 1, onError: (error) => errors.push(error) });
    loop.start();
    const stopped = loop.stop();
    closed.reject(new Error('The database is closed'));
    await stopped;
    expect(errors).toEqual([]);
    loop.start();
    await until(() => errors.length === 1);
    await loop.stop();
  });
});
