import { LRUCache } from 'lru-cache';
import { openUnitOfWork } from './unit-of-work.ts';

export interface ReadCacheOptions<V> {
  /** Most entries; callers document the memory this needs. */
  readonly max: number;
  /**
   * Lifetime of an entry in milliseconds: the longest time until a change on another node takes effect if its event does
   * not arrive.
   */
  readonly ttlMs: number;
  /**
   * Most cached answers "there is none". They are kept separately, so that guessed names cannot evict known ones. Default
   * 1024.
   */
  readonly maxMissing?: number;
  /** Also bounds the total size of the entries, for values that differ much in size. */
  readonly size?: { readonly max: number; readonly of: (value: V) => number };
}

type Load<V> = () => Promise<V | null>;

/** Result of a load that found nothing; the library treats `undefined` as an aborted load. */
const NONE = Symbol('none');

/**
 * A bounded cache of values by key. Concurrent reads of a key share one load, and hits are returned without a promise.
 * Inside a unit of work the cache is bypassed, because the transaction may see rows that are never committed.
 */
export class ReadCache<V extends object> {
  readonly #known: LRUCache<string, V | typeof NONE, Load<V>>;
  readonly #missing: LRUCache<string, true>;
  /** Running loads, which `drop` must find; `keys()` of the library omits them. */
  readonly #loading = new Set<{ readonly key: string }>();

  constructor({ max, ttlMs, maxMissing = 1024, size }: ReadCacheOptions<V>) {
    this.#known = new LRUCache<string, V | typeof NONE, Load<V>>({
      max,
      ttl: ttlMs,
      ...(size === undefined
        ? {}
        : { maxSize: size.max, sizeCalculation: (value) => (value === NONE ? 1 : Math.max(1, size.of(value))) }),
      fetchMethod: (key, _, { signal, context }) => this.#load(key, context, signal),
      // Deleting a key aborts its load: the readers that already wait still get its result, but it is not cached.
      ignoreFetchAbort: true,
    });
    this.#missing = new LRUCache({ max: maxMissing, ttl: ttlMs });
  }

  /** The value of a key, from the cache or else from `load`. */
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
        // Otherwise the library would cache the answer "there is none" among the known values.
        this.#known.delete(key);
      }
      return NONE;
    } finally {
      this.#loading.delete(loading);
    }
  }

  /** Drops every stale key. The results of running loads of these keys are not cached. */
  drop(isStale: (key: string) => boolean): void {
    for (const key of [...this.#known.keys(), ...Array.from(this.#loading, ({ key }) => key)])
      if (isStale(key)) this.#known.delete(key);
    for (const key of [...this.#missing.keys()]) if (isStale(key)) this.#missing.delete(key);
  }
}
