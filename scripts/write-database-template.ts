import { ENTITIES } from '../src/modules.ts';
import { Database, migrate, writeDatabaseTemplate } from '../src/persistence/index.ts';
import { DATABASE_TEMPLATE } from '../src/server/start/open-database.ts';

/** Part of the build: migrates an embedded database in memory, and writes it as the template of new ones. */
async function main(): Promise<void> {
  const db = await Database.open({ location: { kind: 'embedded', dataDir: 'memory://' }, entities: ENTITIES });
  await migrate(db);
  await writeDatabaseTemplate(db.pglite!, DATABASE_TEMPLATE);
  await db.close();
}

await main();
