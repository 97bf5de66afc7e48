import { inject } from 'vitest';
import { ENTITIES } from '../../src/modules.ts';
import { Database, type StatementObserver } from '../../src/persistence/index.ts';
import { stopCacheAges } from './cache-ages.ts';
import { keepDatabase } from './kept-database.ts';
import { cloneTemplate } from './template.ts';

/**
 * Opens a migrated, empty embedded database for one test. Close it when done.
 * @param observe Called with each statement. Caches then do not age, so that the number of statements is certain.
 */
export async function openTestDatabase(observe?: StatementObserver): Promise<Database> {
  if (observe !== undefined) stopCacheAges();
  const path = inject('templatePath');
  const pglite = await keepDatabase(() => cloneTemplate(path));
  return Database.open({
    location: { kind: 'embedded', pglite },
    entities: ENTITIES,
    ...(observe === undefined ? {} : { observe }),
  });
}
