import { Migration20261122Initial } from './20261122-initial.ts';
/** In the order they run. */
export const MIGRATIONS = [{ name: 'Migration20261122Initial', class: Migration20261122Initial }] as const;
