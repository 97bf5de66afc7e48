import { Migration20261122GroupSearch } from './20261122-group-search.ts';
import { Migration20261122Initial } from './20261122-initial.ts';
/** In the order they run. What has landed is never changed: databases remember names, not texts. */
export const MIGRATIONS = [
  { name: 'Migration20261122Initial', class: Migration20261122Initial },
  { name: 'Migration20261122GroupSearch', class: Migration20261122GroupSearch },
] as const;
