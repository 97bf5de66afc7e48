import { LRUCache } from 'lru-cache';
import { openUnitOfWork } from './unit-of-work.ts';

export interface ReadCacheOptions<V> {
  /** Entries kept; the caller writes the arithmetic of their size beside it. */
  readonly max: number;
  /** A change made elsewhere is seen at the latest after so many milliseconds, even if no event tells of it. */
  readonly ttlMs: number;
  /** Answers "there is none" kept, apart from the others, so that guessed names cannot push known ones out. Default 1024. */
  readonly maxMissing?: number;
  /** Bounds the sum of the sizes of what is kept as well, for values that differ much in size. */
  readonly size?: { readonly max: number; readonly of: (value: V) => number };
}

type Load<V> = () => Promise<V | null>;

/** What a load gives that found nothing: the library takes `undefined` for a load that was called off. */
const NONE = Symbol('none');

/**
 * Remembers what was read by key: bounded, one load for all who wait for the same key, answers at once where it can.
 * Inside a unit of work it reads past itself, because what the transaction sees may never be committed.
 */
export class ReadCache<V extends object> {
  readonly #known: LRUCache<string, V | typeof NONE, Load<V>>;
  readonly #missing: LRUCache<string, true>;
  /** Loads under way: `keys()` of the library leaves them out, and `drop` has to find them. */
  readonly #loading = new Set<{ readonly key: string }>();

  constructor({ max, ttlMs, maxMissing = 1024, size }: ReadCacheOptions<V>) {
    this.#known = new LRUCache<string, V | typeof NONE, Load<V>>({
      max,
      ttl: ttlMs,
      ...(size === undefined
        ? {}
        : { maxSize: size.max, sizeCalculation: (value) => (value === NONE ? 1 : Math.max(1, size.of(value))) }),
      fetchMethod: (key, _, { signal, context }) => this.#load(key, context, signal),
      // Deleting a key calls its load off: those who wait get what it reads all the same, and nobody after them does.
      ignoreFetchAbort: true,
    });
    this.#missing = new LRUCache({ max: maxMissing, ttl: ttlMs });
  }

  /** The value of a key: at once when it is remembered, else what `load` finds. */
  get(key: string, load: Load<V>): V | null | Promise<V | null> {
    if (openUnitOfWork() !== undefined) return load();
    const known = this.#known.get(key);
    if (known !== undefined && known !== NONE) return known;
    if (this.#missing.has(key)) return null;
    return this.#known.fetch(key, { context: load }).then((value) => (value === NONE ? null : value!));
  }

  async #load(key: string, load: Load<V>, signal: AbortSignal): Promise<V | typeof NONE> {
    const loading = { key };
    this.#loading.add(loading);
    try {
      const value = await load();
      if (value !== null) return value;
      if (!signal.aborted) {
        this.#missing.set(key, true);
        // Otherwise the library would keep the answer among the known ones.
        this.#known.delete(key);
      }
      return NONE;
    } finally {
      this.#loading.delete(loading);
    }
  }

  /** Forgets every key that is stale; what a load under way reads is not remembered. */
  drop(isStale: (key: string) => boolean): void {
    for (const key of [...this.#known.keys(), ...Array.from(this.#loading, ({ key }) => key)])
      if (isStale(key)) this.#known.delete(key);
    for (const key of [...this.#missing.keys()]) if (isStale(key)) this.#missing.delete(key);
  }
}
