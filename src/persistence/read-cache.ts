import { LRUCache } from 'lru-cache';
import { openUnitOfWork } from './unit-of-work.ts';

export interface ReadCacheOptions {
  /** Entries kept; the caller writes the arithmetic of their size beside it. */
  readonly max: number;
  /** A change made elsewhere is seen at the latest after so many milliseconds, even if no event tells of it. */
  readonly ttlMs: number;
  /** Answers "there is none" kept, apart from the others, so that guessed names cannot push known ones out. Default 1024. */
  readonly maxMissing?: number;
}

/**
 * Remembers what was read by key: bounded, one load for all who wait for the same key, answers at once where it can.
 * Inside a unit of work it reads past itself, because what the transaction sees may never be committed.
 */
export class ReadCache<V extends object> {
  readonly #known: LRUCache<string, V>;
  readonly #missing: LRUCache<string, true>;
  readonly #loading = new Map<string, Promise<V | null>>();

  constructor({ max, ttlMs, maxMissing = 1024 }: ReadCacheOptions) {
    this.#known = new LRUCache({ max, ttl: ttlMs });
    this.#missing = new LRUCache({ max: maxMissing, ttl: ttlMs });
  }

  /** The value of a key: at once when it is remembered, else what `load` finds. */
  get(key: string, load: () => Promise<V | null>): V | null | Promise<V | null> {
    if (openUnitOfWork() !== undefined) return load();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#missing.has(key)) return null;
    return this.#loading.get(key) ?? this.#load(key, load);
  }

  #load(key: string, load: () => Promise<V | null>): Promise<V | null> {
    const loading: Promise<V | null> = load().then(
      (value) => {
        // What was read before the key was dropped must not be kept after it.
        if (this.#loading.get(key) === loading) this.#keep(key, value);
        return value;
      },
      (error) => {
        if (this.#loading.get(key) === loading) this.#loading.delete(key);
        throw error;
      },
    );
    this.#loading.set(key, loading);
    return loading;
  }

  #keep(key: string, value: V | null): void {
    this.#loading.delete(key);
    if (value === null) this.#missing.set(key, true);
    else this.#known.set(key, value);
  }

  /** Forgets every key that is stale. */
  drop(isStale: (key: string) => boolean): void {
    for (const keys of [this.#known, this.#missing, this.#loading]) {
      for (const key of [...keys.keys()]) if (isStale(key)) keys.delete(key);
    }
  }
}
