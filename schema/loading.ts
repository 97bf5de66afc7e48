import DataLoader from 'dataloader';
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

/** Loads the first items of lists, by `cutKey`; one statement for each requested size. */
export function cutListLoader<T>(
  batch: (
    services: Services,
    tenantId: string,
    keys: readonly string[],
    size: number,
  ) => ReturnType<Batch<readonly T[]>>,
): LoaderDefinition<readonly T[]> {
  return listLoader(async (services, tenantId, keys) => {
    const bySize = Map.groupBy(keys, (key) => Number(key.slice(0, key.indexOf(' '))));
    const found = new Map<string, readonly T[]>();
    for (const [size, group] of bySize) {
      const lists = group.map((key) => key.slice(key.indexOf(' ') + 1));
      for (const [key, rows] of await batch(services, tenantId, lists, size)) found.set(cutKey(size, key), rows);
    }
    return found;
  });
}

const OPTIONS = { cacheKeyFn: ({ tenantId, key }: TenantKey): string => `${tenantId} ${key}`, maxBatchSize: 1000 };

type Loader<T> = DataLoader<TenantKey, T, string>;

/**
 * The loaders of one operation, each created when it is first used. Keys that are loaded in the same turn become one batch,
 * with one call for each tenant among them.
 */
export class Loaders {
  readonly #services: Services;
  #loaders = new Map<LoaderDefinition<unknown>, Loader<unknown>>();

  constructor(services: Services) {
    this.#services = services;
  }

  load<T>(definition: LoaderDefinition<T>, key: TenantKey): Promise<T> {
    const known = this.#loaders.get(definition) as Loader<T> | undefined;
    return (known ?? this.#create(definition)).load(key);
  }

  /** Forgets what was loaded: a mutation may change any row. */
  renew(): void {
    this.#loaders.clear();
  }

  #create<T>(definition: LoaderDefinition<T>): Loader<T> {
    const loader = new DataLoader((keys: readonly TenantKey[]) => this.#read(definition, keys), OPTIONS);
    this.#loaders.set(definition, loader);
    return loader;
  }

  async #read<T>({ batch, missing }: LoaderDefinition<T>, keys: readonly TenantKey[]): Promise<T[]> {
    const byTenant = Map.groupBy(keys, (key) => key.tenantId);
    const results = new Map<string, ReadonlyMap<string, T>>();
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
