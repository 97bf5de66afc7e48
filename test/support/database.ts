import { inject } from 'vitest';
import { ENTITIES } from '../../src/modules.ts';
import { Database, type StatementObserver } from '../../src/persistence/index.ts';
import { stopCacheAges } from './cache-ages.ts';
import { cloneTemplate } from './template.ts';

/**
 * A migrated, empty embedded database of the test's own. Close it when done.
 * @param observe Told of each statement. Caches do not age then, so that how many statements there are is certain.
 */
export async function openTestDatabase(observe?: StatementObserver): Promise<Database> {
  if (observe !== undefined) stopCacheAges();
  const pglite = await cloneTemplate(inject('templatePath'));
  return Database.open({
    location: { kind: 'embedded', pglite },
    entities: ENTITIES,
    ...(observe === undefined ? {} : { observe }),
  });
}
