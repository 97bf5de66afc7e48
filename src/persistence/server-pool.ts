import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { DatabaseServer } from './database-server.ts';
import { ServerConnection } from './server-connection.ts';
import { settlesWithin } from './time-limits.ts';

/** How long running statements may take when the pool closes. */
const CLOSE_PATIENCE_MS = 500;
const IDLE_MS = 30_000;
/**
 * A connection keeps the plans of named statements. One that was made while a table was empty may read that whole table; the
 * server replaces it when it gathers statistics, and the end of the connection does where it gathers none.
 */
const MAX_LIFETIME_SECONDS = 300;

type PooledConnection = ServerConnection & pg.PoolClient;

/** The connection pool of a server. It lends only connections to a server that accepts writes, and discards spent ones. */
export class ServerPool implements PostgresPool {
  readonly options: object = {};
  readonly #server: DatabaseServer;
  readonly #pool: pg.Pool;
  readonly #lent = new Set<ServerConnection>();
  #ended: Promise<void> | undefined;
  readonly #known = new WeakSet<ServerConnection>();

  constructor(server: DatabaseServer, max: number) {
    this.#server = server;
    this.#pool = new pg.Pool({
      Client: connectionClass(server),
      max,
      connectionTimeoutMillis: server.limits.connectMs,
      idleTimeoutMillis: IDLE_MS,
      maxLifetimeSeconds: MAX_LIFETIME_SECONDS,
    });
    // The pool removes a connection that breaks while idle; the listener of the connection has already handled the error.
    this.#pool.on('error', () => undefined);
  }

  /** @throws Error whose SQLSTATE or message says that the server is away, or read-only. */
  async connect(): Promise<PostgresPoolClient> {
    for (;;) {
      const connection = (await this.#pool.connect()) as PooledConnection;
      const isNew = !this.#known.has(connection);
      this.#known.add(connection);
      this.#lent.add(connection);
      // Discard older connections without a check after the server was doubted, because the check could run into the time
      // limit.
      if (!isNew && (connection.isDoubted || connection.isSpent)) {
        this.#takeBack(connection, true);
        continue;
      }
      try {
        await connection.ensureWritable();
        return this.#lease(connection);
      } catch (error) {
        this.#takeBack(connection, true);
        if (isNew) throw error;
      }
    }
  }

  #lease(connection: PooledConnection): PostgresPoolClient {
    return {
      query: (text: unknown, values?: readonly unknown[]) => connection.run(text as string, values),
      release: () => this.#takeBack(connection, connection.isSpent),
    } as unknown as PostgresPoolClient;
  }

  #takeBack(connection: PooledConnection, isSpent: boolean): void {
    this.#lent.delete(connection);
    if (isSpent) connection.cut();
    connection.release(isSpent);
  }

  /** @throws Error The server is away, or accepts no writes. */
  async check(): Promise<void> {
    const connection = await this.connect();
    connection.release();
  }

  /** Waits a moment for running statements, then closes the sockets of those that take longer. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    const ended = this.#pool.end();
    if (!(await settlesWithin(CLOSE_PATIENCE_MS, ended))) {
      for (const connection of this.#lent) connection.cut();
      await settlesWithin(CLOSE_PATIENCE_MS, ended);
    }
    await this.#server.close();
  }
}

/** The class that the pool makes its connections from. */
function connectionClass(server: DatabaseServer): new () => pg.ClientBase {
  return class extends ServerConnection {
    constructor() {
      super(server, 'idgraph');
      server.track(this);
    }
  };
}
