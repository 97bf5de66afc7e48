import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import { PGLITE_OPTIONS } from './dialect.ts';

/** The embedded database that keeps nothing. */
const MEMORY = 'memory://';

/**
 * The optimizing compiler of V8 takes 600 MB and seconds of processor time for a single function of PostgreSQL, soon after every
 * start. Without it, statements cost up to a fifth more. V8 goes on when it does not know a flag.
 */
function compileDatabaseOnce(): void {
  for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
}

/** Exists while a database is being made. A database that was killed meanwhile lacks files, and would never open. */
const unfinishedMark = (dataDir: string): string => `${dataDir}.unfinished`;

/** Whether opening the embedded database would make it. */
export async function isNewDatabase(dataDir: string): Promise<boolean> {
  if (dataDir === MEMORY || !existsSync(dataDir) || existsSync(unfinishedMark(dataDir))) return true;
  return (await readdir(dataDir)).length === 0;
}

/**
 * Opens the embedded database of a directory.
 * @param template What a new database begins with; null makes an empty one, without tables. An existing one is left as it is.
 */
export async function openEmbedded(dataDir: string, template: Blob | null): Promise<PGlite> {
  compileDatabaseOnce();
  if (!(await isNewDatabase(dataDir))) return PGlite.create(dataDir, PGLITE_OPTIONS);
  const options = template === null ? PGLITE_OPTIONS : { ...PGLITE_OPTIONS, loadDataDir: template };
  if (dataDir === MEMORY) return PGlite.create(dataDir, options);
  const mark = unfinishedMark(dataDir);
  if (existsSync(mark)) await rm(dataDir, { recursive: true, force: true });
  await writeFile(mark, '');
  const pglite = await PGlite.create(dataDir, options);
  await rm(mark);
  return pglite;
}
