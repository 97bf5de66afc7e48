import { describe, expect, it } from 'vitest';
import { WorkQueue } from '../../../../src/crypto/passwords/work-queue.ts';

/** A task that ends when told to. */
function task() {
  let started = false;
  const end = Promise.withResolvers<string>();
  const run = () => {
    started = true;
    return end.promise;
  };
  return {
    run,
    finish: () => end.resolve('done'),
    fail: () => end.reject(new Error('failed')),
    hasStarted: () => started,
  };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('work queue', () => {
  it('runs no more tasks at once than it may, and the waiting ones in order of arrival', async () => {
    const queue = new WorkQueue(2, 5);
    const tasks = [task(), task(), task(), task()];
    const results = tasks.map(({ run }) => queue.run(run));
    await turns();
    expect(tasks.map((each) => each.hasStarted())).toEqual([true, true, false, false]);
    tasks[1]?.finish();
    await turns();
    expect(tasks.map((each) => each.hasStarted())).toEqual([true, true, true, false]);
    for (const each of tasks) {
      each.finish();
    }
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done', 'done']);
  });

  it('sheds what exceeds the waiting places, and takes new tasks once one is free', async () => {
    const queue = new WorkQueue(1, 1);
    const [running, waiting, later] = [task(), task(), task()];
    const results = [queue.run(running.run), queue.run(waiting.run)];
    await expect(queue.run(later.run)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      kind: 'unavailable',
      retryAfterSeconds: 1,
    });
    expect(later.hasStarted()).toBe(false);
    running.finish();
    await results[0];
    results.push(queue.run(later.run));
    waiting.finish();
    later.finish();
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done']);
  });

  it('admits as many as it runs and keeps waiting, from their first step to their last, and sheds the rest unbegun', async () => {
    const queue = new WorkQueue(1, 1);
    const [first, second, third] = [task(), task(), task()];
    const admitted = [queue.admit(first.run), queue.admit(second.run)];
    await expect(queue.admit(third.run)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });
    expect(third.hasStarted()).toBe(false);
    first.fail();
    await expect(admitted[0]).rejects.toThrow('failed');
    const later = queue.admit(third.run);
    second.finish();
    third.finish();
    expect(await Promise.all([admitted[1], later])).toEqual(['done', 'done']);
  });

  it('frees the place of a task that fails', async () => {
    const queue = new WorkQueue(1, 0);
    const failing = task();
    const result = queue.run(failing.run);
    failing.fail();
    await expect(result).rejects.toThrow('failed');
    await expect(queue.run(async () => 'next')).resolves.toBe('next');
  });
});
