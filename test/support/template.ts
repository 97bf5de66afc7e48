import { readFile, writeFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { ENTITIES } from '../../src/modules.ts';
import { PGLITE_OPTIONS } from '../../src/persistence/dialect.ts';
import { Database, migrate } from '../../src/persistence/index.ts';

/** Migrates a fresh embedded database and keeps its data directory as a file that tests clone. */
export async function writeTemplate(path: string): Promise<void> {
  const db = await Database.open({ location: { kind: 'embedded', dataDir: 'memory://' }, entities: ENTITIES });
  await migrate(db);
  const dump = await db.pglite!.dumpDataDir('none');
  await writeFile(path, Buffer.from(await dump.arrayBuffer()));
  await db.close();
}

/** A PGlite that holds the migrated, empty schema. */
export async function cloneTemplate(path: string): Promise<PGlite> {
  const bytes = await readFile(path);
  return PGlite.create({ ...PGLITE_OPTIONS, loadDataDir: new Blob([bytes]) });
}
