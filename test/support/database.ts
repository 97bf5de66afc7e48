import { inject } from 'vitest';
import { Database, type StatementObserver } from '../../src/persistence/index.ts';
import { ENTITIES } from '../../src/server/entities.ts';
import { cloneTemplate } from './template.ts';

/** A migrated, empty embedded database of the test's own. Close it when done. */
export async function openTestDatabase(observe?: StatementObserver): Promise<Database> {
  const pglite = await cloneTemplate(inject('templatePath'));
  return Database.open({
    location: { kind: 'embedded', pglite },
    entities: ENTITIES,
    ...(observe === undefined ? {} : { observe }),
  });
}
