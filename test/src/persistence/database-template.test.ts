import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PGlite } from '@electric-sql/pglite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENTITIES, SQL_ONLY } from '../../../src/modules.ts';
import { readDatabaseTemplate, writeDatabaseTemplate } from '../../../src/persistence/database-template.ts';
import { openEmbedded } from '../../../src/persistence/embedded.ts';
import { Database, migrate } from '../../../src/persistence/index.ts';
import { MIGRATIONS } from '../../../src/persistence/migrations/index.ts';
import { missingSqlOnly, schemaDifference } from '../../../src/persistence/schema-sql.ts';
import { DATABASE_TEMPLATE } from '../../../src/server/start/open-database.ts';

const MEMORY = 'memory://';

/** Everything that the migrations can make: relations, columns, constraints, indexes, functions, triggers, comments, settings. */
const CATALOGUE = {
  relations: `select relname, relkind, relpersistence, relispartition, reloptions, pg_get_expr(relpartbound, oid) as bound
    from pg_class where relnamespace = 'public'::regnamespace order by relname`,
  columns: `select attrelid::regclass::text as relation, attnum, attname, format_type(atttypid, atttypmod) as type,
    attnotnull, attcollation::regcollation::text as collation, attidentity, attgenerated,
    pg_get_expr(adbin, adrelid) as default
    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
    join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace order by relation, attnum`,
  constraints: `select conrelid::regclass::text as relation, conname, pg_get_constraintdef(oid) as definition
    from pg_constraint where connamespace = 'public'::regnamespace order by relation, conname`,
  indexes: `select indexname, indexdef from pg_indexes where schemaname = 'public' order by indexname`,
  functions: `select proname, prosrc, pg_get_function_arguments(oid) as arguments from pg_proc
    where pronamespace = 'public'::regnamespace order by proname, arguments`,
  triggers: `select tgname, pg_get_triggerdef(oid) as definition from pg_trigger where not tgisinternal order by tgname`,
  extensions: 'select extname, extversion from pg_extension order by extname',
  settings: 'select setrole, setconfig from pg_db_role_setting',
  migrations: 'select name from migrations order by id',
};

async function readCatalogue(pglite: PGlite): Promise<Record<string, unknown[]>> {
  const parts: Record<string, unknown[]> = {};
  for (const [name, query] of Object.entries(CATALOGUE)) parts[name] = (await pglite.query(query)).rows;
  return parts;
}

async function readIdentifier(pglite: PGlite): Promise<string> {
  const { rows } = await pglite.query<{ identifier: string }>(
    'select system_identifier::text as identifier from pg_control_system()',
  );
  return rows[0]!.identifier;
}

describe('the template of the embedded database', { timeout: 120_000 }, () => {
  let migrated: Database;
  let copy: Database;
  beforeAll(async () => {
    migrated = await Database.open({ location: { kind: 'embedded', dataDir: MEMORY }, entities: ENTITIES });
    await migrate(migrated);
    const template = await readDatabaseTemplate(DATABASE_TEMPLATE);
    expect(template).not.toBeNull();
    copy = await Database.open({ location: { kind: 'embedded', dataDir: MEMORY, template }, entities: ENTITIES });
  }, 180_000);
  afterAll(async () => {
    await migrated.close();
    await copy.close();
  });

  it('has the schema that the migrations give a new database, and their list', async () => {
    const catalogue = await readCatalogue(copy.pglite!);
    expect(catalogue['columns']!.length).toBeGreaterThan(300);
    expect(catalogue['migrations']).toEqual(MIGRATIONS.map(({ name }) => ({ name })));
    expect(catalogue).toEqual(await readCatalogue(migrated.pglite!));
    expect(await schemaDifference(copy, SQL_ONLY)).toEqual([]);
    expect(await missingSqlOnly(copy, SQL_ONLY)).toEqual([]);
  });

  it('has no row besides the list of migrations, and no used sequence besides that of the list', async () => {
    const { rows } = await copy.pglite!.query<{ name: string }>(
      "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
    );
    expect(rows.length).toBeGreaterThan(30);
    const filled: string[] = [];
    for (const { name } of rows) {
      const found = await copy.pglite!.query(`select 1 from "${name}" limit 1`);
      if (found.rows.length > 0) filled.push(name);
    }
    expect(filled).toEqual(['migrations']);
    const sequences = await copy.pglite!.query('select sequencename from pg_sequences where last_value is not null');
    expect(sequences.rows).toEqual([{ sequencename: 'migrations_id_seq' }]);
  });

  it('leaves a copy nothing to migrate', async () => {
    const announced: number[] = [];
    await migrate(copy, (migrations) => announced.push(migrations));
    expect(announced).toEqual([]);
  });
});

describe('reading the template', { timeout: 120_000 }, () => {
  let folder: string;
  const here = () => pathToFileURL(`${folder}/`);
  const changeManifest = async (change: (manifest: Record<string, unknown>) => void) => {
    const manifest = JSON.parse(await readFile(join(folder, 'template.json'), 'utf8'));
    change(manifest);
    await writeFile(join(folder, 'template.json'), JSON.stringify(manifest));
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'idgraph-template-'));
    for (const file of ['template.json', 'template.tar.br'])
      await copyFile(new URL(file, DATABASE_TEMPLATE), join(folder, file));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives each copy a system identifier that no other has, which outlives the process', async () => {
    const data = join(folder, 'pg');
    const first = await openEmbedded(data, await readDatabaseTemplate(here()));
    const identifier = await readIdentifier(first);
    await first.query("insert into cluster_facts (name, value) values ('kept', 'yes')");
    await first.close();
    const again = await openEmbedded(data, null);
    expect(await readIdentifier(again)).toBe(identifier);
    expect((await again.query('select value from cluster_facts')).rows).toEqual([{ value: 'yes' }]);
    await again.close();
    const second = await openEmbedded(MEMORY, await readDatabaseTemplate(here()));
    expect(await readIdentifier(second)).not.toBe(identifier);
    await second.close();
  });

  it('takes a template that was written from a copy', async () => {
    const pglite = await openEmbedded(MEMORY, await readDatabaseTemplate(here()));
    await rm(folder, { recursive: true });
    await writeDatabaseTemplate(pglite, here());
    await pglite.close();
    expect(await readDatabaseTemplate(here())).not.toBeNull();
  });

  it.each<[string, () => Promise<void>]>([
    ['of another PGlite', () => changeManifest((manifest) => Object.assign(manifest, { pglite: '0.0.1' }))],
    ['without the newest migration', () => changeManifest(({ migrations }) => (migrations as string[]).pop())],
    [
      'with a migration that the code lacks',
      () => changeManifest(({ migrations }) => (migrations as string[]).push('X')),
    ],
    ['whose file is damaged', () => writeFile(join(folder, 'template.tar.br'), 'x', { flag: 'a' })],
    ['without a manifest', () => rm(join(folder, 'template.json'))],
    ['whose manifest cannot be parsed', () => writeFile(join(folder, 'template.json'), '{')],
    ['without a file', () => rm(join(folder, 'template.tar.br'))],
  ])('refuses a template %s', async (_case, damage) => {
    expect(await readDatabaseTemplate(here())).not.toBeNull();
    await damage();
    expect(await readDatabaseTemplate(here())).toBeNull();
  });
});
