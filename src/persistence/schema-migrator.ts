import {
  defineEntity,
  type EntitySchema,
  type IMigratorStorage,
  type MikroORM,
  p,
  type Transaction,
} from '@mikro-orm/core';
import { MigrationStorage, Migrator } from '@mikro-orm/migrations';
import type { EntityManager } from '@mikro-orm/sql';

/** The list of migrations in the schema that new tables go to; another one of the search path is another application's. */
const IS_THERE = `select to_regclass(quote_ident(current_schema()) || '.migrations') is not null as "isThere"`;
const CREATE = `create table "migrations" ("id" serial primary key, "name" varchar(255) not null,
  "executed_at" timestamptz not null default current_timestamp)`;

const MigrationRow = defineEntity({
  name: 'Migration',
  tableName: 'migrations',
  properties: {
    id: p.integer().primary().fieldNames('id'),
    name: p.string().fieldNames('name'),
    executedAt: p.datetime().defaultRaw('current_timestamp').fieldNames('executed_at'),
  },
}).init();
MigrationRow.meta.sync();

/**
 * Keeps the list of migrations in the first schema of the connection's `search_path`, where all our tables are made. The
 * library's own looks for it in `public`, whatever the search path says.
 */
class CurrentSchemaStorage extends MigrationStorage {
  #isThere = false;
  #transaction: Transaction | undefined;

  override setMasterMigration(transaction: Transaction): void {
    super.setMasterMigration(transaction);
    this.#transaction = transaction;
  }

  override unsetMasterMigration(): void {
    super.unsetMasterMigration();
    this.#transaction = undefined;
  }

  override async ensureTable(): Promise<void> {
    if (this.#isThere) return;
    const [row] = await this.driver.execute<{ isThere: boolean }[]>(IS_THERE, [], 'all', this.#transaction);
    if (row?.isThere !== true) await this.driver.execute(CREATE, [], 'run', this.#transaction);
    this.#isThere = true;
  }

  /** Without a schema, the name is not qualified. */
  override getTableName(): { tableName: string; schemaName: string; entity: EntitySchema } {
    return { tableName: 'migrations', schemaName: '', entity: MigrationRow as unknown as EntitySchema };
  }
}

/** The library's migrator for a database whose tables need not be in `public`. */
export class CurrentSchemaMigrator extends Migrator {
  /** The ORM registers its own migrator after the given extensions, unless one of them has its name. */
  static override readonly name: string = 'Migrator';

  static override register(orm: MikroORM): void {
    orm.config.registerExtension('@mikro-orm/migrator', () => new CurrentSchemaMigrator(orm.em as EntityManager));
  }

  protected override createStorage(): IMigratorStorage {
    return new CurrentSchemaStorage(this.driver, this.options) as unknown as IMigratorStorage;
  }
}
