import type { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  PGliteDialect,
  PostgresDialect,
  type QueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import pg from 'pg';
import { PARSERS } from './server-connection.ts';
import type { ServerPool } from './server-pool.ts';
import { currentLimits, type TimeLimits } from './time-limits.ts';
import { translateDatabaseError } from './unavailable.ts';
import { openUnitOfWork } from './unit-of-work.ts';

/**
 * Called for every statement that reaches the database, with its parameters: tests count statements with it and look at their
 * plans. Parameters hold secrets, so they must not be logged.
 */
export type StatementObserver = (sql: string, parameters: readonly unknown[]) => void;

/** The database a URL leads to, by the driver's own rules (the user's name where the URL has none). */
export function databaseName(url: string): string {
  return new pg.Client({ connectionString: url }).database ?? 'postgres';
}

/** Options for opening every PGlite. A server has the extension among its contributed modules. */
export const PGLITE_OPTIONS = { parsers: PARSERS, extensions: { pg_trgm } };

/**
 * Wraps a dialect with the guard of docs/decisions/0013-pglite.md: while a unit of work is open, a statement that requests another
 * connection is refused. On the embedded database it would deadlock with the transaction, which holds the only connection.
 */
export class GuardedDialect implements Dialect {
  readonly #inner: Dialect;
  readonly #observe: StatementObserver | undefined;
  readonly #limits: TimeLimits | undefined;

  private constructor(inner: Dialect, observe?: StatementObserver, limits?: TimeLimits) {
    this.#inner = inner;
    this.#observe = observe;
    this.#limits = limits;
  }

  static forServer(pool: ServerPool, limits: TimeLimits, observe?: StatementObserver): GuardedDialect {
    return new GuardedDialect(new PostgresDialect({ pool }), observe, limits);
  }

  static forEmbedded(pglite: PGlite, observe?: StatementObserver): GuardedDialect {
    return new GuardedDialect(new PGliteDialect({ pglite }), observe);
  }

  createAdapter(): DialectAdapter {
    const adapter = this.#inner.createAdapter();
    // Kysely would queue for a single connection before the guard could check the statement, so the queue is behind the
    // guard.
    return Object.create(adapter, { supportsMultipleConnections: { value: true } });
  }

  createDriver(): Driver {
    const isShared = this.#inner.createAdapter().supportsMultipleConnections === false;
    const connectionQueue = isShared ? new ConnectionQueue() : undefined;
    return new GuardedDriver(this.#inner.createDriver(), this.#observe, connectionQueue, this.#limits);
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return this.#inner.createIntrospector(db);
  }

  createQueryCompiler(): QueryCompiler {
    return this.#inner.createQueryCompiler();
  }
}

/** How often the connection is passed on before the event loop gets a turn: a few milliseconds of statements. */
const HANDOVERS_PER_TURN = 4;

/**
 * Queue for the one connection of the embedded database, in order of arrival. The database runs in this thread and never
 * waits for input, so a long queue of statements would run to its end before the event loop got a turn, and no request
 * would be accepted, read or answered. Therefore the queue yields to the event loop at intervals.
 */
class ConnectionQueue {
  #tail: Promise<void> = Promise.resolve();
  #leave: (() => void) | undefined;
  #handovers = 0;

  async enter(): Promise<void> {
    const before = this.#tail;
    let leave: () => void = () => undefined;
    this.#tail = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    this.#handovers += 1;
    if (this.#handovers % HANDOVERS_PER_TURN === 0) await new Promise<void>((turn) => void setImmediate(turn));
    this.#leave = leave;
  }

  leave(): void {
    const leave = this.#leave;
    this.#leave = undefined;
    leave?.();
  }
}

class GuardedDriver implements Driver {
  readonly #inner: Driver;
  readonly #observe: StatementObserver | undefined;
  readonly #connectionQueue: ConnectionQueue | undefined;
  readonly #limits: TimeLimits | undefined;

  constructor(
    inner: Driver,
    observe: StatementObserver | undefined,
    connectionQueue: ConnectionQueue | undefined,
    limits: TimeLimits | undefined,
  ) {
    this.#inner = inner;
    this.#observe = observe;
    this.#connectionQueue = connectionQueue;
    this.#limits = limits;
  }

  init(): Promise<void> {
    return this.#inner.init();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (openUnitOfWork() !== undefined) {
      throw new Error('A statement outside the open unit of work was attempted inside it; use its own entity manager.');
    }
    await this.#connectionQueue?.enter();
    try {
      return new GuardedConnection(await this.#inner.acquireConnection(), this.#observe);
    } catch (error) {
      this.#connectionQueue?.leave();
      throw translateDatabaseError(error);
    }
  }

  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    this.#observe?.('begin', []);
    return this.#begin(unwrap(connection), settings).catch((error) => this.#giveBack(connection, error));
  }

  async #begin(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    if (this.#limits === undefined) return this.#inner.beginTransaction(connection, settings);
    await connection.executeQuery(CompiledQuery.raw(beginWithin(settings, currentLimits(this.#limits))));
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    this.#observe?.('commit', []);
    return this.#inner.commitTransaction(unwrap(connection)).catch(rethrowTranslated);
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    this.#observe?.('rollback', []);
    return this.#inner.rollbackTransaction(unwrap(connection)).catch((error) => this.#giveBack(connection, error));
  }

  async savepoint(...args: Parameters<NonNullable<Driver['savepoint']>>): Promise<void> {
    await this.#inner.savepoint?.(unwrap(args[0]), args[1], args[2]);
  }

  async rollbackToSavepoint(...args: Parameters<NonNullable<Driver['rollbackToSavepoint']>>): Promise<void> {
    await this.#inner.rollbackToSavepoint?.(unwrap(args[0]), args[1], args[2]);
  }

  async releaseSavepoint(...args: Parameters<NonNullable<Driver['releaseSavepoint']>>): Promise<void> {
    await this.#inner.releaseSavepoint?.(unwrap(args[0]), args[1], args[2]);
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (connection instanceof GuardedConnection && !connection.release()) return;
    try {
      await this.#inner.releaseConnection(unwrap(connection));
    } finally {
      this.#connectionQueue?.leave();
    }
  }

  destroy(): Promise<void> {
    return this.#inner.destroy();
  }

  /**
   * Kysely does not release the connection of a transaction that it could not begin or roll back, as when the server goes
   * away. Without this, each such request would leak a connection of the pool.
   */
  async #giveBack(connection: DatabaseConnection, error: unknown): Promise<never> {
    await this.releaseConnection(connection);
    rethrowTranslated(error);
  }
}

/**
 * Begins a transaction with time limits that the server enforces, in one round trip. The settings are local to the
 * transaction, because a pooler in transaction mode would refuse settings of a session or of the connection start, or pass
 * them to other clients.
 */
function beginWithin({ isolationLevel, accessMode }: TransactionSettings, limits: TimeLimits): string {
  const { statementMs, lockMs, queryMs } = limits;
  const modes = [isolationLevel === undefined ? '' : `isolation level ${isolationLevel}`, accessMode ?? ''];
  return [
    ['start transaction', ...modes].join(' '),
    `set local statement_timeout = ${statementMs}`,
    `set local lock_timeout = ${lockMs}`,
    `set local idle_in_transaction_session_timeout = ${queryMs}`,
  ].join('; ');
}

function rethrowTranslated(error: unknown): never {
  throw translateDatabaseError(error);
}

function unwrap(connection: DatabaseConnection): DatabaseConnection {
  return connection instanceof GuardedConnection ? connection.inner : connection;
}

class GuardedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  readonly #observe: StatementObserver | undefined;
  #isReleased = false;

  constructor(inner: DatabaseConnection, observe: StatementObserver | undefined) {
    this.inner = inner;
    this.#observe = observe;
  }

  /** Marks the end of this use of the connection; false if it had ended before. */
  release(): boolean {
    const isFirst = !this.#isReleased;
    this.#isReleased = true;
    return isFirst;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    this.#observe?.(query.sql, query.parameters);
    try {
      return await this.inner.executeQuery<R>(query);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<R>> {
    this.#observe?.(query.sql, query.parameters);
    return this.inner.streamQuery<R>(query, chunkSize ?? 100);
  }
}
