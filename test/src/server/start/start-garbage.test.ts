import { setImmediate } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { collectStartGarbage } from '../../../../src/server/start/start-garbage.ts';

describe('the garbage of the start', () => {
  afterEach(() => vi.useRealTimers());

  it('is collected a second after it, and no context can call the collector then', async () => {
    const garbage = new WeakRef({ of: 'the start' });
    // A reference keeps its object until the turn ends.
    await setImmediate();
    vi.useFakeTimers();
    collectStartGarbage();
    vi.advanceTimersByTime(1_000);
    expect(garbage.deref()).toBeUndefined();
    expect(runInNewContext('typeof gc')).toBe('undefined');
  });
});
