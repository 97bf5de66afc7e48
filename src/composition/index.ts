/**
 * What a module of `src/` announces, and how the list of all modules (`src/modules.ts`) is put together. May import `kernel/`,
 * `crypto/`, `persistence/` and `events/`.
 */
export { type Composition, composeModules } from './compose.ts';
export { gatherEntities, gatherErrors, gatherEvents, gatherForeignKeys, gatherIndexes } from './gather.ts';
export type { AllServices, InOrder } from './in-order.ts';
export type { Created, ModuleBase, ServiceModule, Sweep } from './service-module.ts';
