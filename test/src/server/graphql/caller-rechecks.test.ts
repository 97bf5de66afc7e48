import { describe, expect, it, vi } from 'vitest';
import { CallerRechecks } from '../../../../src/server/graphql/caller-rechecks.ts';

describe('checking callers again', () => {
  /** Checks that end when the test resolves them. */
  function controlled() {
    const begun: [string, string[]][] = [];
    const ends: (() => void)[] = [];
    const rechecks = new CallerRechecks<string>((authorization, sockets) => {
      begun.push([authorization, [...sockets]]);
      return new Promise((resolve) => ends.push(resolve));
    });
    return { begun, ends, rechecks };
  }

  it('checks the sockets of one token together, and checks again for requests that come during a check', async () => {
    const { begun, ends, rechecks } = controlled();
    rechecks.ask('busy', 'first');
    for (let i = 0; i < 10; i++) for (const socket of ['a', 'b', 'a']) rechecks.ask(`token-${i}`, socket);
    await vi.waitFor(() => expect(begun).toHaveLength(8));
    rechecks.ask('busy', 'second');
    rechecks.ask('token-9', 'c');
    for (let looks = 0; looks < 12; looks++) {
      await vi.waitFor(() => expect(ends.length).toBeGreaterThan(0));
      ends.shift()!();
    }
    expect(begun).toHaveLength(12);
    expect(begun.filter(([authorization]) => authorization === 'busy')).toEqual([
      ['busy', ['first']],
      ['busy', ['second']],
    ]);
    expect(begun.filter(([authorization]) => authorization === 'token-9')).toEqual([['token-9', ['a', 'b', 'c']]]);
    expect(begun.find(([authorization]) => authorization === 'token-3')).toEqual(['token-3', ['a', 'b']]);
  });

  it('runs a bounded number of checks at the same time', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    const rechecks = new CallerRechecks<number>(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done += 1;
    });
    for (let i = 0; i < 100; i++) rechecks.ask(`token-${i}`, i);
    await vi.waitFor(() => expect(done).toBe(100));
    expect(most).toBe(8);
  });
});
