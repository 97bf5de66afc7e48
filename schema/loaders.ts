import DataLoader from 'dataloader';
import { authModeLoaders } from './auth-modes/auth-modes.loader.ts';
import { clientLoaders } from './clients/client.loader.ts';
import { consentLoaders } from './consents/consent.loader.ts';
import type { Services } from './context.ts';
import { deviceLoaders } from './devices/device.loader.ts';
import { eventLoaders } from './events/event.loader.ts';
import { federationLoaders } from './federation/federation.loader.ts';
import { groupLoaders } from './groups/group.loader.ts';
import { rightLoaders } from './rights/right.loader.ts';
import { roleLoaders } from './roles/role.loader.ts';
import { sessionLoaders } from './sessions/session.loader.ts';
import { tenantLoaders } from './tenants/tenant.loader.ts';
import { userLoaders } from './users/user.loader.ts';

/** A loader of rows by tenant and key; keys of one batch are grouped so that each tenant costs one statement. */
export type TenantLoader<T> = DataLoader<TenantKey, T, string>;
export interface TenantKey {
  readonly tenantId: string;
  readonly key: string;
}

type Batch<T> = (tenantId: string, keys: readonly string[]) => Promise<ReadonlyMap<string, T>>;

/** One row per key, or null. */
export function rowLoader<T>(batch: Batch<T>): TenantLoader<T | null> {
  return new DataLoader((keys) => spread(keys, batch, null as T | null), { cacheKeyFn, maxBatchSize: 1000 });
}

/** A list of rows per key, which may be empty. */
export function listLoader<T>(batch: Batch<readonly T[]>): TenantLoader<readonly T[]> {
  return new DataLoader((keys) => spread(keys, batch, [] as readonly T[]), { cacheKeyFn, maxBatchSize: 1000 });
}

/** The key of the first items of a list: `20 jane`. Keys of such lists contain no blank. */
export const cutKey = (size: number, key: string): string => `${size} ${key}`;

/** The first items of lists, by `cutKey`; one statement for each requested size. */
export function cutListLoader<T>(
  batch: (tenantId: string, keys: readonly string[], size: number) => ReturnType<Batch<readonly T[]>>,
): TenantLoader<readonly T[]> {
  return listLoader(async (tenantId, keys) => {
    const bySize = Map.groupBy(keys, (key) => Number(key.slice(0, key.indexOf(' '))));
    const found = new Map<string, readonly T[]>();
    for (const [size, group] of bySize) {
      const lists = group.map((key) => key.slice(key.indexOf(' ') + 1));
      for (const [key, rows] of await batch(tenantId, lists, size)) found.set(cutKey(size, key), rows);
    }
    return found;
  });
}

const cacheKeyFn = ({ tenantId, key }: TenantKey): string => `${tenantId} ${key}`;

async function spread<T>(keys: readonly TenantKey[], batch: Batch<T>, missing: T): Promise<T[]> {
  const byTenant = Map.groupBy(keys, (key) => key.tenantId);
  const results = new Map<string, ReadonlyMap<string, T>>();
  for (const [tenantId, group] of byTenant)
    results.set(
      tenantId,
      await batch(
        tenantId,
        group.map(({ key }) => key),
      ),
    );
  return keys.map(({ tenantId, key }) => results.get(tenantId)?.get(key) ?? missing);
}

/** The functions that create each loader, by its name. */
function makersOf(services: Services) {
  return {
    ...eventLoaders(services),
    ...tenantLoaders(services),
    ...clientLoaders(services),
    ...roleLoaders(services),
    ...groupLoaders(services),
    ...userLoaders(services),
    ...sessionLoaders(services),
    ...deviceLoaders(services),
    ...consentLoaders(services),
    ...federationLoaders(services),
    ...rightLoaders(services),
    ...authModeLoaders(services),
  };
}

type Makers = Record<string, () => unknown>;
type Made<M extends Makers> = { readonly [K in keyof M]: ReturnType<M[K]> };
export type Loaders = Made<ReturnType<typeof makersOf>>;

/** Prototype of the loaders of every operation: defining a dozen properties per operation would cost more than the loads. */
const prototypes = new WeakMap<Services, Loaders>();

/** Every loader of an operation, each created on first use. */
export function createLoaders(services: Services): Loaders {
  let prototype = prototypes.get(services);
  if (prototype === undefined) {
    prototype = lazily(makersOf(services));
    prototypes.set(services, prototype);
  }
  return Object.create(prototype) as Loaders;
}

/** Clears all loaders: a mutation may change any row that they loaded. */
export function renewLoaders(loaders: Loaders): void {
  for (const name of Object.getOwnPropertyNames(loaders)) Reflect.deleteProperty(loaders, name);
}

/** A prototype whose objects compute each value when it is first read, and keep it. */
function lazily<M extends Makers>(makers: M): Made<M> {
  const prototype = {} as Made<M>;
  for (const [name, make] of Object.entries(makers)) {
    Object.defineProperty(prototype, name, {
      get(this: object) {
        const value = make();
        Object.defineProperty(this, name, { value, configurable: true });
        return value;
      },
    });
  }
  return prototype;
}
