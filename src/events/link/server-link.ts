import type pg from 'pg';
import { kernelErrors } from '../../kernel/index.ts';
import {
  type DatabaseServer,
  isPreparationLost,
  type NamedStatement,
  type ServerConnection,
  translateDatabaseError,
} from '../../persistence/index.ts';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;

/**
 * Settings of the session of a direct connection. A plan is kept that was made while its table was empty or had no statistics,
 * when scanning and hashing whole tables seemed cheap; without these ways the planner takes the indexes, by which every
 * statement of the links finds its rows. A scan that has no other way would then look so expensive that it was compiled (`jit`).
 */
const DIRECT_SETTINGS = ['enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', 'enable_mergejoin', 'jit']
  .map((name) => `set ${name} = off`)
  .join('; ');

export interface ServerLinkHooks {
  /** Statements that a direct connection keeps prepared, for `LinkQuery.prepared`. */
  readonly statements?: readonly NamedStatement<unknown>[];
  /** Runs on each new connection before it is used; a failure counts as a failed connection. */
  readonly onConnect?: (connection: ServerConnection) => Promise<void>;
  readonly onNotification?: (channel: string) => void;
  /** Called when the connection is lost. */
  readonly onLost?: () => void;
}

/** A statement, or several in one text without values; those are one transaction. */
export interface LinkQuery {
  readonly text: string;
  readonly values?: readonly unknown[];
  /** Text to send instead where the connection is direct: it executes `ServerLinkHooks.statements` by their names. */
  readonly prepared?: string;
  /** Whether the text fails on a server that takes no writes, so that no check is needed before it. */
  readonly isWriting?: boolean;
  /** Longest it may take. Default: the limit configured for the database. */
  readonly timeoutMs?: number;
}

/**
 * A connection to the server outside the pool. It reconnects when it is lost, or when its server accepts no more writes. The
 * loops of the event log use these connections, because with pooled ones they could deadlock: requests that hold the whole pool
 * would wait for a loop that waits for the pool.
 */
export class ServerLink {
  readonly #server: DatabaseServer;
  readonly #name: string;
  readonly #hooks: ServerLinkHooks;
  #connection: ServerConnection | undefined;
  /** The connection being made. */
  #next: ServerConnection | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #isStopped = true;

  /** @param name Shown as `application_name`, so that an operator can identify the connection. */
  constructor(server: DatabaseServer, name: string, hooks: ServerLinkHooks = {}) {
    this.#server = server;
    this.#name = name;
    this.#hooks = hooks;
  }

  get isUp(): boolean {
    return this.#connection !== undefined;
  }

  /** Whether it is up without a pooler in between. */
  get isDirect(): boolean {
    return this.#connection?.isDirect === true;
  }

  /** Tries to connect once; when that fails, retries in the background. */
  async start(): Promise<void> {
    this.#isStopped = false;
    await this.#connect();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    const connection = this.#connection;
    this.#connection = undefined;
    this.#next?.cut();
    await connection?.leave();
  }

  /**
   * Runs a statement.
   * @throws SERVICE_UNAVAILABLE The connection is down or was lost; in the latter case the statement may have been executed.
   */
  async query({ text, values, prepared, isWriting, timeoutMs }: LinkQuery): Promise<pg.QueryResult | pg.QueryResult[]> {
    const connection = this.#connection;
    if (connection === undefined) throw kernelErrors.SERVICE_UNAVAILABLE({ retryAfterSeconds: 1 });
    try {
      // Without this check, a reader would stay connected to a former primary that receives no more writes.
      if (isWriting !== true || connection.isDoubted) await connection.ensureWritable();
      const { isDirect } = connection;
      // Behind a pooler the session has no settings, so a plan that is kept could be a bad one.
      return await connection.run(isDirect ? (prepared ?? text) : text, values, { timeoutMs, mayBeNamed: isDirect });
    } catch (error) {
      // When a statement fails in a text that begins a transaction, the transaction stays open and refuses all later
      // statements.
      if (values === undefined && !connection.isSpent) await connection.rollBack();
      if (connection.isSpent || (prepared !== undefined && isPreparationLost(error))) this.#lose(connection);
      throw translateDatabaseError(error);
    }
  }

  async #connect(): Promise<void> {
    const connection = this.#server.connection(this.#name);
    this.#next = connection;
    connection.on('error', () => this.#lose(connection));
    connection.on('end', () => this.#lose(connection));
    connection.on('notification', ({ channel }) => this.#hooks.onNotification?.(channel));
    try {
      await connection.connect();
      await connection.ensureWritable();
      if (connection.isDirect) await this.#prepare(connection);
      await this.#hooks.onConnect?.(connection);
    } catch {
      connection.cut();
      this.#tryLater();
      return;
    }
    if (this.#isStopped) {
      connection.cut();
      return;
    }
    this.#connection = connection;
    this.#retryMs = FIRST_RETRY_MS;
  }

  async #prepare(connection: ServerConnection): Promise<void> {
    await connection.run(DIRECT_SETTINGS);
    for (const { name, text } of this.#hooks.statements ?? []) await connection.run(`prepare "${name}" as ${text}`);
  }

  #lose(connection: ServerConnection): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    connection.cut();
    this.#tryLater();
    this.#hooks.onLost?.();
  }

  #tryLater(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), this.#retryMs);
    this.#retry.unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }
}
