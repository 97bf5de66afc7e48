import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import type { Database } from '../../../../src/persistence/index.ts';
import { MIGRATIONS } from '../../../../src/persistence/migrations/index.ts';
import { openDatabase } from '../../../../src/server/start/open-database.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Opens an embedded database, and gives it with what was logged meanwhile. */
async function open(dataDir: string, templateFolder?: URL): Promise<{ db: Database; logged: unknown[] }> {
  const logged: unknown[] = [];
  const log = (...values: unknown[]) => void logged.push(values.at(-1));
  const logger = { info: log, warn: log };
  const db = await openDatabase(
    { kind: 'embedded', dataDir },
    logger,
    templateFolder === undefined ? {} : { templateFolder },
  );
  cleanUps.push(() => db.close());
  return { db, logged };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'idgraph-open-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function migrationsOf(db: Database): Promise<number> {
  const { rows } = await sql<{ name: string }>`select name from migrations`.execute(db.read());
  return rows.length;
}

describe('opening the embedded database', { timeout: 120_000 }, () => {
  it('begins a new one with the template of the build, and again finds what was written to it', async () => {
    const dataDir = join(await newFolder(), 'pg');
    const first = await open(dataDir);
    expect(first.logged).toEqual([]);
    expect(await migrationsOf(first.db)).toBe(MIGRATIONS.length);
    await sql`insert into cluster_facts (name, value) values ('kept', 'yes')`.execute(first.db.read());
    await first.db.close();
    const { db, logged } = await open(dataDir);
    expect(logged).toEqual([]);
    expect((await sql`select value from cluster_facts`.execute(db.read())).rows).toEqual([{ value: 'yes' }]);
  });

  it('makes and migrates a new one where there is no template, and logs each before it', async () => {
    const { db, logged } = await open('memory://', pathToFileURL(`${await newFolder()}/`));
    expect(logged).toEqual(['Creating the database in memory://, which may take a minute', 'Migrating the database']);
    expect(await migrationsOf(db)).toBe(MIGRATIONS.length);
  });
});
