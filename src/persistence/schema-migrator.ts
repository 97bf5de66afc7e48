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

/**
 * Whether the list of migrations exists in the schema for new tables; one in another schema of the search path belongs to
 * another application.
 */
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
 * Stores the list of migrations in the first schema of the connection's `search_path`, where all tables are created. The
 * storage of the library always looks in `public`.
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

  /** Returns no schema, so that the name is not qualified. */
  override getTableName(): { tableName: string; schemaName: string; entity: EntitySchema } {
    return { tableName: 'migrations', schemaName: '', entity: MigrationRow as unknown as EntitySchema };
  }
}

/** The library's migrator, for databases whose tables are not in `public`. */
export class CurrentSchemaMigrator extends Migrator {
  /** The name of the ORM's own migrator, which it registers unless an extension has this name. */
  static override readonly name: string = 'Migrator';

  static override register(orm: MikroORM): void {
    orm.config.registerExtension('@mikro-orm/migrator', () => new CurrentSchemaMigrator(orm.em as EntityManager));
  }

  protected override createStorage(): IMigratorStorage {
    return new CurrentSchemaStorage(this.driver, this.options) as unknown as IMigratorStorage;
  }
}
