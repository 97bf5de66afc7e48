import DataLoader from 'dataloader';
import type { ColumnSet } from '../src/persistence/index.ts';
import type { Services } from './services.ts';

/** A key of rows, in one tenant. */
export interface TenantKey {
  readonly tenantId: string;
  readonly key: string;
}

/** Reads what some keys of one tenant name; a key that names nothing is absent from the answer. */
type Batch<T> = (services: Services, tenantId: string, keys: readonly string[]) => Promise<ReadonlyMap<string, T>>;

/**
 * What a loader reads. A module exports one for each kind of key, and resolvers that load by that key pass it to
 * `Loaders.load`.
 */
export interface LoaderDefinition<T> {
  readonly batch: Batch<T>;
  /** The value of a key that names nothing. */
  readonly missing: T;
}

/** Reads what some keys of one tenant name, with the columns of a set, or all where it is null. */
type NarrowBatch<T> = (
  services: Services,
  tenantId: string,
  keys: readonly string[],
  columns: ColumnSet | null,
) => ReturnType<Batch<T>>;

/**
 * What a loader reads whose reader chooses the columns. The type of a row names only what every row has: what else was read
 * is known to the fields that declared it (`schema/kit/reads.ts`).
 */
export interface NarrowLoaderDefinition<T> {
  readonly narrowBatch: NarrowBatch<T>;
  readonly missing: T;
}

/** Loads the chosen columns of one row per key, or null. */
export function narrowRowLoader<T>(narrowBatch: NarrowBatch<T>): NarrowLoaderDefinition<T | null> {
  return { narrowBatch, missing: null };
}

/** Loads the chosen columns of a list of rows per key, which may be empty. */
export function narrowListLoader<T>(narrowBatch: NarrowBatch<readonly T[]>): NarrowLoaderDefinition<readonly T[]> {
  return { narrowBatch, missing: [] };
}

/** Loads one row per key, or null. */
export function rowLoader<T>(batch: Batch<T>): LoaderDefinition<T | null> {
  return { batch, missing: null };
}

/** Loads a list of rows per key, which may be empty. */
export function listLoader<T>(batch: Batch<readonly T[]>): LoaderDefinition<readonly T[]> {
  return { batch, missing: [] };
}

/** The key of the first items of a list: `20 jane`. Keys of such lists contain no blank. */
export const cutKey = (size: number, key: string): string => `${size} ${key}`;

type CutLists<T> = Promise<ReadonlyMap<string, readonly T[]>>;

/** Reads lists by their `cutKey`, with one statement for each requested size. */
async function readCutLists<T>(
  keys: readonly string[],
  read: (lists: readonly string[], size: number) => CutLists<T>,
): CutLists<T> {
  const bySize = Map.groupBy(keys, (key) => Number(key.slice(0, key.indexOf(' '))));
  const found = new Map<string, readonly T[]>();
  for (const [size, group] of bySize) {
    const lists = group.map((key) => key.slice(key.indexOf(' ') + 1));
    for (const [key, rows] of await read(lists, size)) found.set(cutKey(size, key), rows);
  }
  return found;
}

/** Loads the first items of lists, by `cutKey`. */
export function cutListLoader<T>(
  batch: (services: Services, tenantId: string, keys: readonly string[], size: number) => CutLists<T>,
): LoaderDefinition<readonly T[]> {
  return listLoader((services, tenantId, keys) =>
    readCutLists(keys, (lists, size) => batch(services, tenantId, lists, size)),
  );
}

/** Loads the chosen columns of the first items of lists, by `cutKey`. */
export function narrowCutListLoader<T>(
  batch: (
    services: Services,
    tenantId: string,
    keys: readonly string[],
    size: number,
    columns: ColumnSet | null,
  ) => CutLists<T>,
): NarrowLoaderDefinition<readonly T[]> {
  return narrowListLoader((services, tenantId, keys, columns) =>
    readCutLists(keys, (lists, size) => batch(services, tenantId, lists, size, columns)),
  );
}

const OPTIONS = { cacheKeyFn: ({ tenantId, key }: TenantKey): string => `${tenantId} ${key}`, maxBatchSize: 1000 };

type Loader<T> = DataLoader<TenantKey, T, string>;

/**
 * The loaders of one operation, each created when it is first used. Keys that are loaded in the same turn become one batch,
 * with one call for each tenant among them. Rows of different sets of columns are read and kept apart.
 */
export class Loaders {
  readonly #services: Services;
  readonly #loaders = new Map<LoaderDefinition<unknown>, Loader<unknown>>();
  readonly #narrow = new Map<NarrowLoaderDefinition<unknown>, Map<string, Loader<unknown>>>();

  constructor(services: Services) {
    this.#services = services;
  }

  load<T>(definition: LoaderDefinition<T>, key: TenantKey): Promise<T> {
    let loader = this.#loaders.get(definition);
    if (loader === undefined) {
      loader = this.#create(definition.batch, definition.missing);
      this.#loaders.set(definition, loader);
    }
    return loader.load(key) as Promise<T>;
  }

  /** Loads rows with the columns of a set, or with all where it is null. */
  loadColumns<T>(definition: NarrowLoaderDefinition<T>, key: TenantKey, columns: ColumnSet | null): Promise<T> {
    let byColumns = this.#narrow.get(definition);
    if (byColumns === undefined) {
      byColumns = new Map();
      this.#narrow.set(definition, byColumns);
    }
    // No set has this name, because names of properties have no blanks.
    const name = columns === null ? ' ' : columns.key;
    let loader = byColumns.get(name);
    if (loader === undefined) {
      const { narrowBatch, missing } = definition;
      loader = this.#create((services, tenantId, keys) => narrowBatch(services, tenantId, keys, columns), missing);
      byColumns.set(name, loader);
    }
    return loader.load(key) as Promise<T>;
  }

  /** Forgets what was loaded: a mutation may change any row. */
  renew(): void {
    this.#loaders.clear();
    this.#narrow.clear();
  }

  #create(batch: Batch<unknown>, missing: unknown): Loader<unknown> {
    return new DataLoader((keys: readonly TenantKey[]) => this.#read(batch, missing, keys), OPTIONS);
  }

  async #read(batch: Batch<unknown>, missing: unknown, keys: readonly TenantKey[]): Promise<unknown[]> {
    const byTenant = Map.groupBy(keys, (key) => key.tenantId);
    const results = new Map<string, ReadonlyMap<string, unknown>>();
    for (const [tenantId, group] of byTenant) {
      const found = await batch(
        this.#services,
        tenantId,
        group.map(({ key }) => key),
      );
      results.set(tenantId, found);
    }
    return keys.map(({ tenantId, key }) => results.get(tenantId)?.get(key) ?? missing);
  }
}
