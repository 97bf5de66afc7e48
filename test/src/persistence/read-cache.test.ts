import { describe, expect, it, vi } from 'vitest';
import { ReadCache } from '../../../src/persistence/read-cache.ts';
import { openTestDatabase } from '../../support/database.ts';

interface Value {
  readonly text: string;
}

/** A load that ends when a test says so. */
class Held {
  began = 0;
  readonly #end = Promise.withResolvers<Value | null>();
  readonly resolve = this.#end.resolve;
  readonly reject = this.#end.reject;
  readonly start = () => {
    this.began += 1;
    return this.#end.promise;
  };
}

const never = () => Promise.reject(new Error('Nothing had to be loaded.'));

describe('a cache of what was read', () => {
  const newCache = (over = {}) => new ReadCache<Value>({ max: 3, ttlMs: 60_000, maxMissing: 2, ...over });

  it('loads once for all who wait for the same key, and answers at once afterwards', async () => {
    const cache = newCache();
    const load = new Held();
    const waiting = [cache.get('a', load.start), cache.get('a', load.start), cache.get('a', load.start)];
    load.resolve({ text: 'one' });
    expect(await Promise.all(waiting)).toEqual([{ text: 'one' }, { text: 'one' }, { text: 'one' }]);
    expect(load.began).toBe(1);
    expect(cache.get('a', never)).toEqual({ text: 'one' });
  });

  it('remembers that there is none, and pushes nothing known out for it', async () => {
    const cache = newCache();
    await cache.get('known', async () => ({ text: 'known' }));
    for (const key of ['x', 'y', 'z', 'u', 'v', 'w']) expect(await cache.get(key, async () => null)).toBeNull();
    expect(cache.get('w', never)).toBeNull();
    expect(cache.get('known', never)).toEqual({ text: 'known' });
  });

  it.each([
    ['a value', { text: 'old' }],
    ['nothing', null],
  ])('does not remember %s that was read before its key was dropped', async (_, old) => {
    const cache = newCache();
    const [before, after] = [new Held(), new Held()];
    const first = cache.get('tenant key', before.start);
    cache.drop((key) => key.startsWith('tenant '));
    const second = cache.get('tenant key', after.start);
    before.resolve(old);
    // Readers that waited before the drop get the result of their load.
    expect(await first).toEqual(old);
    after.resolve({ text: 'new' });
    expect(await second).toEqual({ text: 'new' });
    expect([before.began, after.began]).toEqual([1, 1]);
    expect(cache.get('tenant key', never)).toEqual({ text: 'new' });
  });

  it('drops a running load even when it ends before the next read', async () => {
    const cache = newCache();
    for (const old of [{ text: 'old' }, null]) {
      const load = new Held();
      const first = cache.get('key', load.start);
      cache.drop((key) => key === 'key');
      load.resolve(old);
      await first;
      expect(await cache.get('key', async () => ({ text: 'new' }))).toEqual({ text: 'new' });
      cache.drop(() => true);
    }
  });

  it('drops only stale entries', async () => {
    const cache = newCache();
    await cache.get('a', async () => ({ text: 'a' }));
    await cache.get('b', async () => ({ text: 'b' }));
    await cache.get('none', async () => null);
    cache.drop((key) => key !== 'b');
    expect(cache.get('b', never)).toEqual({ text: 'b' });
    expect(await cache.get('a', async () => ({ text: 'a2' }))).toEqual({ text: 'a2' });
    expect(await cache.get('none', async () => ({ text: 'now' }))).toEqual({ text: 'now' });
  });

  it('shows the value of each entry to the one who drops, and null for what is missing or being read', async () => {
    const cache = newCache();
    await cache.get('a', async () => ({ text: 'old' }));
    await cache.get('b', async () => ({ text: 'new' }));
    await cache.get('none', async () => null);
    const load = new Held();
    const reading = cache.get('c', load.start);
    const seen: [string, string | null][] = [];
    cache.drop((key, value) => {
      seen.push([key, value?.text ?? null]);
      return value?.text === 'old';
    });
    expect(Object.fromEntries(seen)).toEqual({ a: 'old', b: 'new', none: null, c: null });
    load.resolve({ text: 'read' });
    await reading;
    expect(cache.get('b', never)).toEqual({ text: 'new' });
    expect(cache.get('c', never)).toEqual({ text: 'read' });
    expect(await cache.get('a', async () => ({ text: 'again' }))).toEqual({ text: 'again' });
  });

  it('deletes one key, whether it is known, missing or being read', async () => {
    const cache = newCache();
    await cache.get('known', async () => ({ text: 'old' }));
    await cache.get('other', async () => ({ text: 'other' }));
    await cache.get('missing', async () => null);
    const load = new Held();
    const reading = cache.get('read', load.start);
    for (const key of ['known', 'missing', 'read']) cache.delete(key);
    load.resolve({ text: 'old' });
    expect(await reading).toEqual({ text: 'old' });
    expect(cache.get('other', never)).toEqual({ text: 'other' });
    for (const key of ['known', 'missing', 'read'])
      expect(await cache.get(key, async () => ({ text: 'new' }))).toEqual({ text: 'new' });
  });

  describe('of changes that events report', () => {
    it('keeps an entry for longer while they arrive, and not for ever', async () => {
      let isFresh = true;
      const now = vi.spyOn(performance, 'now');
      /** The library reads the time again after a millisecond. */
      const setTime = async (ms: number) => {
        now.mockReturnValue(ms);
        await new Promise((passed) => setTimeout(passed, 5));
      };
      await setTime(1_000);
      const cache = newCache({ ttlMs: 100, trust: { isFresh: () => isFresh, generation: () => 1, ttlMs: 1_000 } });
      const get = (text: string) => cache.get('a', async () => ({ text }));
      expect(await get('first')).toEqual({ text: 'first' });
      await setTime(1_500);
      expect(cache.get('a', never)).toEqual({ text: 'first' });
      isFresh = false;
      expect(await get('second')).toEqual({ text: 'second' });
      await setTime(1_550);
      expect(cache.get('a', never)).toEqual({ text: 'second' });
      isFresh = true;
      await setTime(2_600);
      expect(await get('third')).toEqual({ text: 'third' });
      now.mockRestore();
    });

    it('drops everything when the log has another generation, also what is not there or being read', async () => {
      let generation = 1;
      const cache = newCache({ trust: { isFresh: () => true, generation: () => generation, ttlMs: 1_000 } });
      await cache.get('known', async () => ({ text: 'lost' }));
      await cache.get('none', async () => null);
      const load = new Held();
      const reading = cache.get('read', load.start);
      generation = 2;
      for (const key of ['known', 'none', 'read'])
        expect(await cache.get(key, async () => ({ text: 'present' }))).toEqual({ text: 'present' });
      load.resolve({ text: 'lost' });
      expect(await reading).toEqual({ text: 'lost' });
      for (const key of ['known', 'none', 'read']) expect(cache.get(key, never)).toEqual({ text: 'present' });
    });

    it('shows a load the value before that has outlived its time, and none that was dropped', async () => {
      const now = vi.spyOn(performance, 'now');
      const setTime = async (ms: number) => {
        now.mockReturnValue(ms);
        await new Promise((passed) => setTimeout(passed, 5));
      };
      await setTime(1_000);
      const cache = newCache({ ttlMs: 100, groupOf: () => 'group' });
      const formers: (string | undefined)[] = [];
      const get = (text: string) =>
        cache.get('a', async (_, former) => {
          formers.push(former?.text);
          return { text };
        });
      await get('first');
      await setTime(2_000);
      expect(await get('second')).toEqual({ text: 'second' });
      cache.dropGroup('group');
      expect(await get('third')).toEqual({ text: 'third' });
      await setTime(3_000);
      cache.dropGroup('group');
      expect(await get('fourth')).toEqual({ text: 'fourth' });
      expect(formers).toEqual([undefined, 'first', undefined, undefined]);
      now.mockRestore();
    });

    it('drops the entries of one group, and what may belong to it', async () => {
      const groupOf = (_: string, value: Value | null) => value?.text.slice(0, 1) ?? null;
      const cache = newCache({ max: 5, groupOf });
      for (const text of ['a1', 'a2', 'b1']) await cache.get(text, async () => ({ text }));
      await cache.get('none', async () => null);
      const load = new Held();
      const reading = cache.get('read', load.start);
      cache.dropGroup('a');
      load.resolve({ text: 'old' });
      await reading;
      expect(cache.get('b1', never)).toEqual({ text: 'b1' });
      for (const key of ['a1', 'a2', 'none', 'read'])
        expect(await cache.get(key, async () => ({ text: 'new' }))).toEqual({ text: 'new' });
    });

    it('drops an entry from the group of its newest value', async () => {
      const groupOf = (_: string, value: Value | null) => value?.text ?? null;
      const cache = newCache({ groupOf });
      await cache.get('name', async () => ({ text: 'former' }));
      cache.delete('name');
      await cache.get('name', async () => ({ text: 'present' }));
      cache.dropGroup('former');
      expect(cache.get('name', never)).toEqual({ text: 'present' });
      cache.dropGroup('present');
      expect(await cache.get('name', async () => ({ text: 'read' }))).toEqual({ text: 'read' });
    });

    it('leaves the entries of other groups when one is pushed out', async () => {
      const groupOf = (key: string) => key.slice(0, 1);
      const cache = newCache({ max: 2, groupOf });
      for (const key of ['a1', 'a2', 'b1']) await cache.get(key, async () => ({ text: key }));
      cache.dropGroup('a');
      expect(cache.get('b1', never)).toEqual({ text: 'b1' });
    });
  });

  describe('inside a unit of work', () => {
    const inUnit = async <T>(work: () => Promise<T>): Promise<T> => {
      const db = await openTestDatabase();
      try {
        return await db.transaction(work);
      } finally {
        await db.close();
      }
    };

    it('is neither used nor filled', async () => {
      const cache = newCache();
      await cache.get('a', async () => ({ text: 'cached' }));
      await inUnit(async () => {
        expect(await cache.get('a', async () => ({ text: 'read' }))).toEqual({ text: 'read' });
        expect(await cache.get('b', async () => ({ text: 'never committed' }))).toEqual({ text: 'never committed' });
      });
      expect(cache.get('a', never)).toEqual({ text: 'cached' });
      expect(await cache.get('b', async () => null)).toBeNull();
    });

    it('answers from what is cached where its owner allows that, and joins no load of another request', async () => {
      const cache = newCache({ hitsInUnitOfWork: true });
      await cache.get('a', async () => ({ text: 'cached' }));
      const load = new Held();
      const outside = cache.get('b', load.start);
      await inUnit(async () => {
        expect(cache.get('a', never)).toEqual({ text: 'cached' });
        expect(await cache.get('b', async () => ({ text: 'read' }))).toEqual({ text: 'read' });
        expect(await cache.get('c', async () => ({ text: 'never committed' }))).toEqual({ text: 'never committed' });
      });
      load.resolve({ text: 'loaded' });
      expect(await outside).toEqual({ text: 'loaded' });
      expect(await cache.get('c', async () => null)).toBeNull();
    });
  });

  it('fails for all waiting readers, and loads again for the next', async () => {
    const cache = newCache();
    const load = new Held();
    const waiting = [cache.get('a', load.start), cache.get('a', load.start)];
    load.reject(new Error('away'));
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await cache.get('a', async () => ({ text: 'back' }))).toEqual({ text: 'back' });
  });

  it('keeps no more than its sizes allow', async () => {
    const cache = newCache({ size: { max: 10, of: ({ text }: Value) => text.length } });
    await cache.get('a', async () => ({ text: 'aaaaaa' }));
    await cache.get('b', async () => ({ text: 'bbbbbb' }));
    expect(cache.get('b', never)).toEqual({ text: 'bbbbbb' });
    expect(await cache.get('a', async () => ({ text: 'again' }))).toEqual({ text: 'again' });
  });
});
