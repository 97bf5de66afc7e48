import type { CommittedListener } from '../events/index.ts';
import type { AllServices } from './in-order.ts';
import type { Created, ServiceModule, Sweep } from './service-module.ts';

/** The modules of a list, created. */
export interface Composition<L extends readonly ServiceModule[]> {
  readonly services: AllServices<L>;
  /** Deletions of expired rows, which the server runs at intervals. */
  readonly sweeps: readonly Sweep[];
}

/**
 * Creates the modules in the order of the list: each gets the base and what the modules before it made.
 * @param base Members that the modules need and no module makes. `InOrder` checks them against the list.
 * @param listen Registers a cache for the committed events of all nodes.
 * @throws Error Two modules make something of the same name, or one makes what the base has.
 */
export function composeModules<const L extends readonly ServiceModule[]>(
  modules: L,
  base: object,
  listen: (cache: CommittedListener) => void,
): Composition<L> {
  const given = new Map<string, unknown>(Object.entries(base));
  const services: Record<string, unknown> = {};
  const sweeps: Sweep[] = [];
  for (const module of modules) {
    const created = create(module, Object.fromEntries(given));
    for (const [name, value] of [
      ...Object.entries(created.services ?? {}),
      ...Object.entries(created.internals ?? {}),
    ]) {
      if (given.has(name)) throw new Error(`The module ${module.name} makes ${name}, which is made before it.`);
      given.set(name, value);
    }
    Object.assign(services, created.services);
    for (const cache of created.caches ?? []) listen(cache);
    sweeps.push(...(created.sweeps ?? []));
  }
  return { services: services as AllServices<L>, sweeps };
}

/** The list checks the needs of each module (`InOrder`), which the type of one module alone cannot say. */
const create = (module: ServiceModule, given: object): Created =>
  (module.create as ((needs: object) => Created) | undefined)?.(given) ?? {};
