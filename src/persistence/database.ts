import type { PGlite } from '@electric-sql/pglite';
import { MikroORM as CoreOrm, IsolationLevel } from '@mikro-orm/core';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { CompiledQuery, Kysely, type RawBuilder } from 'kysely';
import { DatabaseServer } from './database-server.ts';
import { databaseName, GuardedDialect, type StatementObserver } from './dialect.ts';
import { openEmbedded } from './embedded.ts';
import type { NamedStatement } from './named-statements.ts';
import { type EntityList, ormOptions } from './orm-options.ts';
import { ServerPool } from './server-pool.ts';
import type { TimeLimits } from './time-limits.ts';
import { translateDatabaseError } from './unavailable.ts';
import { enterUnitOfWork, openUnitOfWork, outsideUnitOfWork, UnitOfWork } from './unit-of-work.ts';

/** Which database to use. */
export type DatabaseLocation =
  /** A PostgreSQL server, 15 to 18; `poolMax` connections at most. */
  | {
      readonly kind: 'server';
      readonly url: string;
      readonly poolMax: number;
      readonly limits?: Partial<TimeLimits>;
    }
  /** An embedded PGlite in a directory, or `memory://`. A new one begins as a copy of `template`, if there is one. */
  | { readonly kind: 'embedded'; readonly dataDir: string; readonly template?: Blob | null }
  /** A PGlite opened by the caller (tests clone one from a template); `close` closes it too. */
  | { readonly kind: 'embedded'; readonly pglite: PGlite };

export interface DatabaseOptions {
  readonly location: DatabaseLocation;
  /** Entities of all modules. `server/` passes them in, because this module may not import other modules. */
  readonly entities: EntityList;
  readonly observe?: StatementObserver;
  /** Called with a sentence for the operator, such as that a pooler makes statements slower. */
  readonly warn?: (message: string) => void;
}

/**
 * The only access to the database: a read handle, and units of work for changes. Outside a unit of work `read()` takes a
 * pooled connection per statement; inside, everything runs in its transaction.
 */
export class Database {
  readonly orm: CoreOrm;
  /** The embedded database, for what only it offers (its single connection, dumps); absent with a server. */
  readonly pglite: PGlite | undefined;
  /** The server, for connections outside the pool; absent with the embedded database. */
  readonly server: DatabaseServer | undefined;
  readonly options: DatabaseOptions;
  readonly #kysely: Kysely<unknown>;
  readonly #pool: ServerPool | undefined;

  private constructor(
    options: DatabaseOptions,
    orm: CoreOrm,
    kysely: Kysely<unknown>,
    pglite: PGlite | undefined,
    server: { server: DatabaseServer; pool: ServerPool } | undefined,
  ) {
    this.options = options;
    this.orm = orm;
    this.#kysely = kysely;
    this.pglite = pglite;
    this.server = server?.server;
    this.#pool = server?.pool;
  }

  static async open(options: DatabaseOptions): Promise<Database> {
    const { location, observe, warn } = options;
    if (location.kind === 'server') {
      const server = new DatabaseServer(location.url, location.limits, warn);
      const pool = new ServerPool(server, location.poolMax);
      const kysely = new Kysely<unknown>({ dialect: GuardedDialect.forServer(pool, server.limits, observe) });
      const orm = await CoreOrm.init(
        ormOptions(PostgreSqlDriver, options.entities, kysely, databaseName(location.url)),
      );
      return new Database(options, orm as unknown as CoreOrm, kysely, undefined, { server, pool });
    }
    const pglite =
      'pglite' in location ? location.pglite : await openEmbedded(location.dataDir, location.template ?? null);
    const kysely = new Kysely<unknown>({ dialect: GuardedDialect.forEmbedded(pglite, observe) });
    const orm = await CoreOrm.init(ormOptions(PgliteDriver, options.entities, kysely));
    return new Database(options, orm as unknown as CoreOrm, kysely, pglite, undefined);
  }

  get isEmbedded(): boolean {
    return this.pglite !== undefined;
  }

  /**
   * A query builder over the tables `T` names (`InferKyselyDB<typeof UserEntity>`): the open transaction's, else the pool's.
   * Inside a unit of work flush first (`await db.em.flush()`), or the query does not see changes made to entities.
   */
  read<T>(): Kysely<T> {
    const unit = openUnitOfWork();
    return (unit === undefined ? this.#kysely : unit.em.getKysely<T>()) as Kysely<T>;
  }

  /**
   * Runs a named statement, in the open unit of work if there is one, and returns its rows. As with `read`, flush changed
   * entities first.
   * @param values One for each parameter.
   */
  async run<R>(statement: Pick<NamedStatement<R>, 'text' | 'row'>, values: readonly unknown[]): Promise<R[]> {
    return (await this.read().executeQuery<R>(CompiledQuery.raw(statement.text, values as unknown[]))).rows;
  }

  /** Runs a statement without rows, as `run` does. @returns How many rows it inserted, updated or deleted. */
  async change(statement: RawBuilder<unknown>): Promise<number> {
    return Number((await statement.execute(this.read())).numAffectedRows);
  }

  /** The entity manager of the open unit of work. Throws outside of one, because state may change only in a transaction. */
  get em(): SqlEntityManager {
    const unit = openUnitOfWork();
    if (unit === undefined) throw new Error('No unit of work is open; changes belong inside Database.transaction().');
    return unit.em;
  }

  /**
   * Runs `work` in a transaction and flushes its entities; a call inside an open one joins it.
   * @throws SERVICE_UNAVAILABLE The database could not be reached. Nothing was changed, unless the connection broke during
   *   the commit, whose outcome is then unknown.
   */
  async transaction<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> {
    const open = openUnitOfWork();
    if (open !== undefined) return work(open);
    let unit: UnitOfWork | undefined;
    let result: T;
    try {
      const fork = this.orm.em.fork() as unknown as SqlEntityManager;
      result = await fork.transactional(
        async (em) => {
          const opened = new UnitOfWork(em as SqlEntityManager);
          unit = opened;
          return enterUnitOfWork(opened, async () => {
            const value = await work(opened);
            await em.flush();
            await opened.runBeforeCommit();
            return value;
          });
        },
        { isolationLevel: IsolationLevel.READ_COMMITTED },
      );
    } catch (error) {
      await unit?.runAfterRollback();
      throw translateDatabaseError(error);
    }
    await unit?.runAfterCommit();
    return result;
  }

  /** Runs work outside any unit of work, even if one is open. Only for background loops. */
  detached<T>(work: () => T): T {
    return outsideUnitOfWork(work);
  }

  /** Whether the database answers and accepts writes, for the readiness check. */
  async ping(): Promise<boolean> {
    try {
      if (this.pglite !== undefined) await this.pglite.query('select 1');
      else await this.#pool?.check();
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.orm.close(true);
    if (this.pglite !== undefined && !this.pglite.closed) await this.pglite.close();
    await this.#pool?.end();
  }
}
