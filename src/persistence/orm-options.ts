import {
  type AnyEntity,
  type Constructor,
  type EntityClass,
  type EntitySchema,
  type IDatabaseDriver,
  type Options,
  UnderscoreNamingStrategy,
} from '@mikro-orm/core';
import type { Kysely } from 'kysely';
import { MIGRATIONS } from './migrations/index.ts';
import { CurrentSchemaMigrator } from './schema-migrator.ts';
import { SQL_ONLY_TABLES } from './sql-only.ts';

/** Entities of the ORM. */
export type EntityList = readonly (EntityClass<AnyEntity> | EntitySchema)[];

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

/** ORM options of both engines; the statements themselves run through the guarded Kysely dialect. */
export function ormOptions<D extends IDatabaseDriver>(
  driver: Constructor<D>,
  entities: EntityList,
  kysely: Kysely<unknown>,
  dbName = 'idgraph',
): Options<D> {
  return {
    driver,
    entities: [...entities],
    // Before migrating, the ORM creates a database of this name unless it exists, so it must be the connected one.
    dbName,
    driverOptions: kysely,
    namingStrategy: ConstraintNaming,
    forceUtcTimezone: true,
    validateRequired: true,
    allowGlobalContext: false,
    extensions: [CurrentSchemaMigrator],
    // The guarded dialect already reports statements, so the ORM's own log lines are dropped.
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
