import { Socket } from 'node:net';
import pg from 'pg';
import { defineStatement } from './named-statements.ts';
import type { StatementNames } from './statement-names.ts';
import { currentLimits, type TimeLimits } from './time-limits.ts';
import { isDatabaseUnavailable, isQueryTimeout, isReadOnlyServer } from './unavailable.ts';

const OID = { int8: 20, timestamptz: 1184 };

/** Type conversions for both engines, so that rows of both have the same types. */
export const PARSERS: Record<number, (text: string) => unknown> = {
  [OID.int8]: (text) => Number(text),
  [OID.timestamptz]: (text) => new Date(text),
};

/**
 * How long a check that the server accepts writes stays valid, in milliseconds. Statements that only read would never
 * notice a read-only server.
 */
const CHECK_EVERY_MS = 1_000;
/** How long a regular end of the connection may take. */
const END_PATIENCE_MS = 500;

interface CheckRow {
  readonly readOnly: string;
  readonly pid: number;
}

const CHECK = defineStatement<CheckRow>(
  'connection-check',
  `select current_setting('transaction_read_only') as "readOnly", pg_backend_pid() as pid`,
);

export interface RunOptions {
  /** Longest wait for the answer. Default: the present limit. */
  readonly timeoutMs?: number | undefined;
  /** Whether a named statement may be sent by its name. Default true. */
  readonly mayBeNamed?: boolean;
}

/** What a connection needs to know about the server and its other connections. */
export interface ConnectionHost {
  readonly url: string;
  readonly limits: TimeLimits;
  readonly generation: number;
  readonly names: StatementNames;
  distrust(generation: number): void;
}

/** Identifies the server's process, to cancel its statement (protocol, section "Canceling Requests in Progress"). */
interface BackendKey {
  readonly processID?: number | null;
  readonly secretKey?: number | null;
}

/** A query with the longest wait for its answer, which the driver's types leave out. */
interface TimedQuery extends pg.QueryConfig {
  readonly query_timeout: number;
}

function typeOverrides(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  for (const [oid, parse] of Object.entries(PARSERS)) types.setTypeParser(Number(oid), parse);
  return types;
}

/**
 * A connection to the server with a time limit on every wait. It marks itself as spent when its server does not answer or
 * accepts no writes. It changes no session settings, because clients behind a pooler in transaction mode share sessions.
 */
export class ServerConnection extends pg.Client {
  readonly #host: ConnectionHost;
  readonly #socket: Socket;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #generation: number;
  #isSpent = false;
  #isDirect = false;

  constructor(host: ConnectionHost, name: string) {
    const socket = new Socket();
    super({
      connectionString: host.url,
      application_name: name,
      connectionTimeoutMillis: host.limits.connectMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: host.limits.keepAliveMs,
      types: typeOverrides(),
      stream: () => socket,
    });
    this.#host = host;
    this.#socket = socket;
    this.#generation = host.generation;
    // Without a listener, a connection that breaks while idle would end the process. The next statement on it gets the
    // error.
    this.on('error', () => {
      this.#isSpent = true;
    });
  }

  /** Whether the connection must not be used again. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /**
   * Whether no pooler is between this process and the server process, so that names of statements and settings of the session
   * last. Known after `ensureWritable`. A pooler has to give its clients other process ids, for cancel requests.
   */
  get isDirect(): boolean {
    return this.#isDirect;
  }

  /** Whether the connection was made or checked before the last call of `distrust`. */
  get isDoubted(): boolean {
    return this.#generation !== this.#host.generation;
  }

  /**
   * Runs a statement, or several in one text without values, within the current time limits. The text of a named statement is
   * sent by its name: on a direct connection always, behind a pooler only outside of transactions, because a pooler that does
   * not carry names makes the statement fail, and a failure inside a transaction would end that.
   */
  async run<R extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    { timeoutMs = currentLimits(this.#host.limits).queryMs, mayBeNamed = true }: RunOptions = {},
  ): Promise<pg.QueryResult<R>> {
    const isAlone = this.getTransactionStatus() === 'I';
    const { names } = this.#host;
    const name = mayBeNamed && (this.#isDirect || isAlone) ? names.find(text) : undefined;
    const query = { text, values: values as unknown[], query_timeout: timeoutMs };
    if (name === undefined) return this.#send<R>(query);
    try {
      return await this.#send<R>({ ...query, name });
    } catch (error) {
      // The server refused the name before it executed anything. Inside a transaction the refusal has ended the transaction.
      if (!names.isRefused(name, error) || !isAlone) throw error;
      return this.#send<R>(query);
    }
  }

  async #send<R extends pg.QueryResultRow>(query: TimedQuery): Promise<pg.QueryResult<R>> {
    try {
      return await this.query<R>(query);
    } catch (error) {
      this.#judge(error);
      throw error;
    }
  }

  /**
   * Checks that the server accepts writes, unless a recent check is still valid.
   * @throws Error with the SQLSTATE 25006, or with that of a lost connection.
   */
  async ensureWritable(): Promise<void> {
    const { generation, limits } = this.#host;
    if (!this.isDoubted && performance.now() - this.#checkedAt < CHECK_EVERY_MS) return;
    const { rows } = await this.run<CheckRow>(CHECK.text, [], { timeoutMs: limits.connectMs });
    this.#isDirect = rows[0]?.pid === (this as unknown as BackendKey).processID;
    if (rows[0]?.readOnly !== 'off') {
      const message = 'The database server takes no writes: it is a standby, or default_transaction_read_only is on.';
      const error = Object.assign(new Error(message), { code: '25006' });
      this.#judge(error);
      throw error;
    }
    this.#checkedAt = performance.now();
    this.#generation = generation;
  }

  /** Rolls back a failed transaction; without an open one the server only warns. The connection is spent if that fails. */
  async rollBack(): Promise<void> {
    await this.run('rollback').catch(() => {
      this.#isSpent = true;
    });
  }

  /** Closes the socket at once, because a regular end would wait for a server that may be gone. */
  cut(): void {
    this.#isSpent = true;
    this.#socket.destroy();
  }

  /** Ends the connection regularly, and closes the socket if that takes too long. */
  async leave(): Promise<void> {
    this.#isSpent = true;
    const cutOff = setTimeout(() => this.cut(), END_PATIENCE_MS);
    await this.end().catch(() => undefined);
    clearTimeout(cutOff);
  }

  /** Decides from the error of a statement whether the connection is spent. */
  #judge(error: unknown): void {
    const isSilent = isQueryTimeout(error);
    if (!isSilent && !isDatabaseUnavailable(error)) return;
    this.#isSpent = true;
    if (isSilent || isReadOnlyServer(error)) this.#host.distrust(this.#generation);
    if (!isSilent) return;
    // The statement may still run on the server: without a cancel request, the next attempt would run beside it.
    this.#cancel();
    this.cut();
  }

  /** Asks the server to cancel the running statement. The server does not answer such a request. */
  #cancel(): void {
    const { processID, secretKey } = this as unknown as BackendKey;
    if (processID == null || secretKey == null) return;
    const socket = new Socket();
    const connection = new pg.Connection({
      ssl: this.ssl,
      stream: () => socket,
    } as pg.ConnectionConfig) as CancelChannel;
    const send = (): void => {
      connection.cancel(processID, secretKey);
      socket.end();
    };
    connection.on('connect', () => (this.ssl ? connection.requestSsl() : send()));
    connection.on('sslconnect', send);
    connection.on('error', () => socket.destroy());
    setTimeout(() => socket.destroy(), this.#host.limits.connectMs).unref();
    if (this.host.startsWith('/')) connection.connect(`${this.host}/.s.PGSQL.${this.port}`);
    else connection.connect(this.port, this.host);
  }
}

/** Members of the driver's connection that its types leave out. */
interface CancelChannel extends pg.Connection {
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}
