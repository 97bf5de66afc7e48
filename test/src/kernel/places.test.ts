import { describe, expect, it } from 'vitest';
import { Places } from '../../../src/kernel/index.ts';

describe('places for tasks', () => {
  it('are as many for each key as the limit, and given back when a task ends, however it does', async () => {
    const places = new Places(2);
    const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const running = [places.run('acme', () => first.promise), places.run('acme', () => second.promise)];
    const next = (key: string) => places.run(key, async () => 'done');
    await expect(next('acme')).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    expect(await next('other')).toBe('done');
    first.reject(new Error('lost'));
    await expect(running[0]).rejects.toThrow('lost');
    expect(await next('acme')).toBe('done');
    second.resolve('done');
    expect(await running[1]).toBe('done');
  });
});
