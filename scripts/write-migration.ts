import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { ENTITIES, SQL_ONLY } from '../src/modules.ts';
import { Database } from '../src/persistence/index.ts';
import { migrate } from '../src/persistence/migrate.ts';
import { freshSchemaStatements, missingSqlOnly, schemaDifference } from '../src/persistence/schema-sql.ts';

/** The statements that bring a database on the newest migration to the schema of the code. */
async function missingStatements(): Promise<readonly string[]> {
  const db = await Database.open({ location: { kind: 'embedded', dataDir: 'memory://' }, entities: ENTITIES });
  try {
    await migrate(db);
    const relations = await missingSqlOnly(db, SQL_ONLY);
    const isFirst = relations.some((statement) => statement.includes('"security_events"'));
    if (isFirst) return await freshSchemaStatements(db, SQL_ONLY);
    const difference = await schemaDifference(db, SQL_ONLY);
    return [...difference.filter((statement) => !/"migrations"/.test(statement)), ...relations];
  } finally {
    await db.close();
  }
}

async function writeMigration(name: string, statements: readonly string[]): Promise<string> {
  const stamp = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const className = `Migration${stamp}${name.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase())}`;
  const folder = new URL('../src/persistence/migrations/', import.meta.url.replace('/dist/', '/'));
  await mkdir(folder, { recursive: true });
  const body = statements.map((statement) => `    this.addSql(${JSON.stringify(statement)});`).join('\n');
  await writeFile(
    new URL(`${stamp}-${name}.ts`, folder),
    `import { Migration } from '@mikro-orm/migrations';\n\nexport class ${className} extends Migration {\n  override up(): void {\n${body}\n  }\n}\n`,
  );
  const index = await readFile(new URL('index.ts', folder), 'utf8');
  await writeFile(
    new URL('index.ts', folder),
    index
      .replace(/^/, `import { ${className} } from './${stamp}-${name}.ts';\n`)
      .replace(/\] as const/, `  { name: '${className}', class: ${className} },\n] as const`),
  );
  return `${stamp}-${name}.ts`;
}

/**
 * Developer's command (`npm run migration:create -- <name>`): writes the migration that brings a database on the newest
 * migration to the entities of the code, and lists it in `migrations/index.ts`. Read what it wrote before committing it.
 * With `--check` it writes nothing, and fails when there is something to write.
 */
async function main(): Promise<void> {
  const name = process.argv[2];
  const isCheck = name === '--check';
  if (!isCheck && (name === undefined || !/^[a-z0-9-]+$/.test(name)))
    throw new Error('Give the migration a name: letters, digits, "-".');
  const statements = await missingStatements();
  if (statements.length === 0) {
    process.stdout.write('The migrations equal the entities.\n');
  } else if (isCheck) {
    process.stderr.write(`The migrations lack:\n${statements.join('\n')}\n`);
    process.exitCode = 1;
  } else {
    const file = await writeMigration(name!, statements);
    process.stdout.write(`Wrote ${statements.length} statements to ${file}\n`);
  }
}

await main();
