import DataLoader from 'dataloader';
import { authModeLoaders } from './auth-modes/auth-modes.loader.ts';
import type { Services } from './context.ts';
import { deviceLoaders } from './devices/device.loader.ts';
import { eventLoaders } from './events/event.loader.ts';
import { federationLoaders } from './federation/federation.loader.ts';
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

/** A list of rows per key, perhaps empty. */
export function listLoader<T>(batch: Batch<readonly T[]>): TenantLoader<readonly T[]> {
  return new DataLoader((keys) => spread(keys, batch, [] as readonly T[]), { cacheKeyFn, maxBatchSize: 1000 });
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

/** Every loader of an operation, each made on first use. */
export function createLoaders(services: Services) {
  return lazily({
    ...eventLoaders(services),
    ...tenantLoaders(services),
    ...userLoaders(services),
    ...sessionLoaders(services),
    ...deviceLoaders(services),
    ...federationLoaders(services),
    ...authModeLoaders(services),
  });
}
export type Loaders = ReturnType<typeof createLoaders>;

type Makers = Record<string, () => unknown>;
type Made<M extends Makers> = { readonly [K in keyof M]: ReturnType<M[K]> };

function lazily<M extends Makers>(makers: M): Made<M> {
  const made = {} as Made<M>;
  for (const [name, make] of Object.entries(makers)) {
    Object.defineProperty(made, name, {
      configurable: true,
      get() {
        const value = make();
        Object.defineProperty(made, name, { value });
        return value;
      },
    });
  }
  return made;
}
