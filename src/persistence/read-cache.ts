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
  /** Lets entries live for longer. Default: none does. */
  readonly trust?: CacheTrust;
  /**
   * The group of an entry, all of whose entries `dropGroup` drops without a look at the others. Null when the key alone does
   * not tell it, and there is no value. Default: entries have no groups.
   */
  readonly groupOf?: (key: string, value: V | null) => string | null;
  /**
   * Most cached answers "there is none". They are kept separately, so that guessed names cannot evict known ones. Default
   * 1024.
   */
  readonly maxMissing?: number;
  /** Also bounds the total size of the entries, for values that differ much in size. */
  readonly size?: { readonly max: number; readonly of: (value: V) => number };
  /**
   * Whether a cached value may be used inside a unit of work. Default false: its transaction may have changed the rows, or
   * may see rows that are never committed. True for values that no transaction relies on.
   */
  readonly hitsInUnitOfWork?: boolean;
}

/** When entries may be used that are older than `ttlMs`. */
export interface CacheTrust {
  /** Whether every event was delivered that would drop an entry. */
  readonly isFresh: () => boolean;
  /** Changes when the database may have lost changes, which no event reports; then everything is dropped. */
  readonly generation: () => number;
  /** Lifetime of an entry while that holds, in milliseconds. */
  readonly ttlMs: number;
}

/**
 * Reads the value of a key; null when there is none.
 * @param former The value before, which has outlived its time. It may be outdated, and serves only to take over what took long to make.
 */
type Load<Found, V> = (key: string, former: V | undefined) => Promise<Found>;

/**
 * Whether an entry must go.
 * @param value Null when there was none, or when it is being read.
 */
type IsStale<V> = (key: string, value: V | null) => boolean;

/** Result of a load that found nothing; the library treats `undefined` as an aborted load. */
const NONE = Symbol('none');

/**
 * A bounded cache of values by key: the only one that shares loads. Concurrent reads of a key share one load, and hits are
 * returned without a promise. A read inside a unit of work never joins a load of another request, which may wait for the
 * connection that the transaction holds; nor does it fill the cache.
 */
export class ReadCache<V extends object> {
  readonly #known: LRUCache<string, V | typeof NONE, Load<V | null, V>>;
  readonly #missing: LRUCache<string, true>;
  /** Running loads, which `drop` must find; `keys()` of the library omits them. */
  readonly #loading = new Set<{ readonly key: string }>();
  readonly #hitsInUnitOfWork: boolean;
  readonly #ttlMs: number;
  readonly #trust: CacheTrust | undefined;
  #generation: number | undefined;
  readonly #groupOf: (key: string, value: V | null) => string | null;
  /** Keys of known entries by their group. */
  readonly #groups = new Map<string, Set<string>>();

  constructor(options: ReadCacheOptions<V>) {
    const { max, ttlMs, trust, groupOf, maxMissing = 1024, size, hitsInUnitOfWork = false } = options;
    this.#hitsInUnitOfWork = hitsInUnitOfWork;
    this.#ttlMs = ttlMs;
    this.#trust = trust;
    this.#generation = trust?.generation();
    this.#groupOf = groupOf ?? (() => null);
    const isGrouped = groupOf !== undefined;
    this.#known = new LRUCache<string, V | typeof NONE, Load<V | null, V>>({
      max,
      ttl: trust?.ttlMs ?? ttlMs,
      ...(isGrouped
        ? { onInsert: (value, key) => this.#group(key, value), dispose: (value, key) => this.#ungroup(key, value) }
        : {}),
      ...(size === undefined
        ? {}
        : { maxSize: size.max, sizeCalculation: (value) => (value === NONE ? 1 : Math.max(1, size.of(value))) }),
      // The value before is shown to the load; `NONE` is never kept.
      noDeleteOnStaleGet: true,
      fetchMethod: (key, former, { signal, context }) =>
        this.#load(key, (one) => context(one, former as V | undefined), signal),
      // Deleting a key aborts its load: the readers that already wait still get its result, but it is not cached.
      ignoreFetchAbort: true,
    });
    this.#missing = new LRUCache({ max: maxMissing, ttl: ttlMs });
  }

  /**
   * The value of a key, from the cache or else from `load`. Every read of a key must pass a `load` that means the same; one
   * that always finds a value makes the result free of null.
   */
  get<Found extends V | null>(key: string, load: Load<Found, V>): Found | Promise<Found> {
    return this.#get(key, load) as Found | Promise<Found>;
  }

  #get(key: string, load: Load<V | null, V>): V | null | Promise<V | null> {
    if (!this.#hitsInUnitOfWork && openUnitOfWork() !== undefined) return load(key, undefined);
    this.#followGeneration();
    const known = this.#known.get(key);
    const isOld = known !== undefined && this.#isOld(key);
    if (known !== undefined && known !== NONE && !isOld) return known;
    if (this.#missing.has(key)) return null;
    if (openUnitOfWork() !== undefined) return load(key, undefined);
    const found = this.#known.fetch(key, { context: load, forceRefresh: isOld });
    return found.then((value) => (value === NONE ? null : value!));
  }

  #followGeneration(): void {
    const generation = this.#trust?.generation();
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.drop(() => true);
  }

  /** Whether an entry is older than it may be while events may be late. */
  #isOld(key: string): boolean {
    if (this.#trust === undefined || this.#trust.isFresh()) return false;
    return this.#trust.ttlMs - this.#known.getRemainingTTL(key) >= this.#ttlMs;
  }

  #group(key: string, value: V | typeof NONE): void {
    const group = value === NONE ? null : this.#groupOf(key, value);
    if (group === null) return;
    const keys = this.#groups.get(group);
    if (keys === undefined) this.#groups.set(group, new Set([key]));
    else keys.add(key);
  }

  #ungroup(key: string, value: V | typeof NONE): void {
    const group = value === NONE ? null : this.#groupOf(key, value);
    if (group === null) return;
    const keys = this.#groups.get(group);
    keys?.delete(key);
    if (keys?.size === 0) this.#groups.delete(group);
  }

  async #load(key: string, load: (key: string) => Promise<V | null>, signal: AbortSignal): Promise<V | typeof NONE> {
    const loading = { key };
    this.#loading.add(loading);
    try {
      const value = await load(key);
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

  /** Drops every stale entry. The results of running loads of stale keys are not cached. */
  drop(isStale: IsStale<V>): void {
    for (const [key, value] of [...this.#known.entries()])
      if (isStale(key, value === NONE ? null : value)) this.#known.delete(key);
    for (const { key } of [...this.#loading]) if (isStale(key, null)) this.#known.delete(key);
    for (const key of [...this.#missing.keys()]) if (isStale(key, null)) this.#missing.delete(key);
  }

  /**
   * Drops the entries of a group, and of what was not there or is being read all that may belong to it. The cost does not grow
   * with the number of entries of other groups.
   */
  dropGroup(group: string): void {
    for (const key of [...(this.#groups.get(group) ?? [])]) this.#known.delete(key);
    const mayBelong = (key: string) => [null, group].includes(this.#groupOf(key, null));
    for (const { key } of [...this.#loading]) if (mayBelong(key)) this.#known.delete(key);
    for (const key of [...this.#missing.keys()]) if (mayBelong(key)) this.#missing.delete(key);
  }

  /** Drops one key without a look at the others. The result of a running load of it is not cached. */
  delete(key: string): void {
    this.#known.delete(key);
    this.#missing.delete(key);
  }
}
