import { type Constructor, type IDatabaseDriver, type Options, UnderscoreNamingStrategy } from '@mikro-orm/core';
import type { Kysely } from 'kysely';
import type { EntityList } from './database.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { CurrentSchemaMigrator } from './schema-migrator.ts';
import { SQL_ONLY_TABLES } from './sql-only.ts';

/** Primary keys, indexes and unique constraints are named `table__column`, so that a violation names its error. */
class ConstraintNaming extends UnderscoreNamingStrategy {
  override indexName(
    table: string,
    columns: string[],
    type: 'primary' | 'foreign' | 'unique' | 'index' | 'sequence' | 'check' | 'default',
  ): string {
    const named = columns.filter((column) => column !== 'tenant_id');
    return type === 'primary' ? `${table}__pkey` : [table, ...named].join('__');
  }
}

/** What both engines are configured with; the statements themselves run through our own query layer (`kysely`). */
export function ormOptions<D extends IDatabaseDriver>(
  driver: Constructor<D>,
  entities: EntityList,
  kysely: Kysely<unknown>,
  dbName = 'idgraph',
): Options<D> {
  return {
    driver,
    entities: [...entities],
    // Before migrating, the ORM creates a database of this name unless it exists: it must be the one we are connected to.
    dbName,
    driverOptions: kysely,
    namingStrategy: ConstraintNaming,
    forceUtcTimezone: true,
    validateRequired: true,
    allowGlobalContext: false,
    extensions: [CurrentSchemaMigrator],
    // Statements are observed by our own dialect; the ORM's console lines would be noise.
    logger: () => undefined,
    // Foreign keys are composite and written in SQL (sql-only.ts); the ORM would add single-column ones.
    schemaGenerator: {
      createForeignKeyConstraints: false,
      disableForeignKeys: false,
      skipTables: SQL_ONLY_TABLES.map((table) => new RegExp(`^${table}`)),
    },
    migrations: {
      tableName: 'migrations',
      migrationsList: [...MIGRATIONS],
      transactional: true,
      allOrNothing: true,
      snapshot: false,
    },
  } as unknown as Options<D>;
}
