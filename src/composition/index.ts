/**
 * What a module of `src/` announces, and how the list of all modules (`src/modules.ts`) is put together. May import `kernel/`,
 * `persistence/` and `events/`.
 */
export { gatherEntities, gatherErrors, gatherEvents, gatherForeignKeys, gatherIndexes } from './gather.ts';
export type { ServiceModule } from './service-module.ts';
