import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import type { PGlite } from '@electric-sql/pglite';
import { MIGRATIONS } from './migrations/index.ts';
import { renewSystemIdentifier } from './system-identifier.ts';

/**
 * The template of the embedded database: the data directory of a PGlite that all migrations have run on, and that holds nothing
 * else. The build writes it, and a new database begins as a copy of it, because making a database and migrating it takes four
 * times as long and twice as much memory.
 */
const TEMPLATE = 'template.tar.br';
const MANIFEST = 'template.json';

/** The data directory contains three similar databases of 8 MB each, so the window spans them: 1.9 MB, against 5 MB as gzip. */
const COMPRESSION = { [constants.BROTLI_PARAM_QUALITY]: 6, [constants.BROTLI_PARAM_LGWIN]: 24 };

/** What a template is made of: its file, the format of the files in it, and what ran on it. */
async function describe(bytes: Buffer): Promise<Record<string, unknown>> {
  // The package does not export its package.json.
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const file = join(dirname(entry), '../package.json');
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { pglite: version, migrations: MIGRATIONS.map(({ name }) => name), sha256 };
}

/** Writes a database that has been migrated, and not used yet, as the template. */
export async function writeDatabaseTemplate(pglite: PGlite, folder: URL): Promise<void> {
  // Without a checkpoint, each copy would repeat all migrations from the write-ahead log when it is opened.
  await pglite.query('checkpoint');
  const tar = await (await pglite.dumpDataDir('none')).arrayBuffer();
  const bytes = await promisify(brotliCompress)(tar, { params: COMPRESSION });
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(TEMPLATE, folder), bytes);
  await writeFile(new URL(MANIFEST, folder), `${JSON.stringify(await describe(bytes), null, 2)}\n`);
}

/**
 * Reads the template, as `loadDataDir` of PGlite takes it. Each call gives another database to the event log.
 * @returns null if there is none, or if it cannot be read, is damaged, or was made by another PGlite or other migrations.
 */
export async function readDatabaseTemplate(folder: URL): Promise<Blob | null> {
  try {
    const bytes = await readFile(new URL(TEMPLATE, folder));
    const manifest: unknown = JSON.parse(await readFile(new URL(MANIFEST, folder), 'utf8'));
    if (!isDeepStrictEqual(manifest, await describe(bytes))) return null;
    const tar = await promisify(brotliDecompress)(bytes);
    return renewSystemIdentifier(tar) ? new Blob([new Uint8Array(tar)]) : null;
  } catch {
    return null;
  }
}
