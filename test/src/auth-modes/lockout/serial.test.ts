import { describe, expect, it } from 'vitest';
import { Serial } from '../../../../src/auth-modes/lockout/serial.ts';

/** A task that ends when `end` is called. */
function newTask<T>(result: T) {
  const { promise, resolve } = Promise.withResolvers<T>();
  let hasBegun = false;
  const task = () => {
    hasBegun = true;
    return promise;
  };
  return { task, end: () => resolve(result), hasBegun: () => hasBegun };
}
const pause = () => new Promise((resolve) => setImmediate(resolve));

describe('tasks of the same key', () => {
  it('run one after the other, in the order in which they came', async () => {
    const serial = new Serial();
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((n) => serial.run('a', async () => void order.push(n))));
    expect(order).toEqual([1, 2, 3]);
    const [one, two] = [newTask('one'), newTask('two')];
    const results = [serial.run('a', one.task), serial.run('a', two.task)];
    await pause();
    expect([one.hasBegun(), two.hasBegun()]).toEqual([true, false]);
    one.end();
    await pause();
    expect(two.hasBegun()).toBe(true);
    two.end();
    expect(await Promise.all(results)).toEqual(['one', 'two']);
  });

  it('do not wait for those of another key', async () => {
    const serial = new Serial();
    const held = newTask('held');
    const first = serial.run('a', held.task);
    expect(await serial.run('b', async () => 'free')).toBe('free');
    held.end();
    expect(await first).toBe('held');
  });

  it('run after one that failed', async () => {
    const serial = new Serial();
    const failed = serial.run('a', () => Promise.reject(new Error('no')));
    const next = serial.run('a', async () => 'next');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('next');
  });

  it('are refused when 32 wait, and taken again when one has ended', async () => {
    const serial = new Serial();
    const held = newTask('held');
    const running = serial.run('a', held.task);
    const waiting = Array.from({ length: 32 }, (_, n) => serial.run('a', async () => n));
    await expect(serial.run('a', async () => 'late')).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      retryAfterSeconds: 1,
    });
    expect(await serial.run('b', async () => 'other')).toBe('other');
    held.end();
    expect(await running).toBe('held');
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 32 }, (_, n) => n));
    expect(await serial.run('a', async () => 'again')).toBe('again');
  });
});
