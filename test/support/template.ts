import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { readDatabaseTemplate } from '../../src/persistence/database-template.ts';
import { openEmbedded } from '../../src/persistence/embedded.ts';
import { DATABASE_TEMPLATE } from '../../src/server/start/open-database.ts';

const BUILD = join(resolve(import.meta.dirname, '../..'), 'scripts/build.mjs');

/** Builds the template of new embedded databases, unless it is current, and keeps it unpacked as a file that tests clone. */
export async function writeTemplate(path: string): Promise<void> {
  execFileSync(process.execPath, [BUILD, 'database'], { stdio: 'pipe' });
  const template = await readDatabaseTemplate(DATABASE_TEMPLATE);
  if (template === null) throw new Error('The build made no template of the database that fits the code.');
  await writeFile(path, Buffer.from(await template.arrayBuffer()));
}

/** A PGlite that holds the migrated, empty schema. */
export async function cloneTemplate(path: string): Promise<PGlite> {
  return openEmbedded('memory://', new Blob([await readFile(path)]));
}
