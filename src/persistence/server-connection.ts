import { Socket } from 'node:net';
import pg from 'pg';
import { currentLimits, type TimeLimits } from './time-limits.ts';
import { isDatabaseUnavailable, isQueryTimeout, isReadOnlyServer } from './unavailable.ts';

const OID = { int8: 20, timestamptz: 1184 };

/** One set of conversions for both engines, so that a row looks the same whichever made it. */
export const PARSERS: Record<number, (text: string) => unknown> = {
  [OID.int8]: (text) => Number(text),
  [OID.timestamptz]: (text) => new Date(text),
};

/** How long it is believed that a server takes writes, in milliseconds; what only reads would never notice that it does not. */
const CHECK_EVERY_MS = 1_000;
/** What a polite end may take. */
const END_PATIENCE_MS = 500;

/** What a connection has to know of the server and its other connections. */
export interface ConnectionHost {
  readonly url: string;
  readonly limits: TimeLimits;
  readonly generation: number;
  distrust(generation: number): void;
}

/** What the driver keeps of the server's process, to cancel its statement (protocol, section "Canceling Requests in Progress"). */
interface BackendKey {
  readonly processID?: number | null;
  readonly secretKey?: number | null;
}

function typeOverrides(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  for (const [oid, parse] of Object.entries(PARSERS)) types.setTypeParser(Number(oid), parse);
  return types;
}

/**
 * A connection to the server on which nothing waits for ever, and which knows when it is good for nothing any more: its
 * server does not answer, or takes no writes. It sets nothing for its session, because behind a pooler in transaction mode
 * sessions are shared.
 */
export class ServerConnection extends pg.Client {
  readonly #host: ConnectionHost;
  readonly #socket: Socket;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #generation: number;
  #isSpent = false;

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
    // Without a listener a connection that breaks while nobody waits for it would end the process; its next user gets the error.
    this.on('error', () => {
      this.#isSpent = true;
    });
  }

  /** Whether it must not be used again. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Whether it was made or checked before the server was last doubted. */
  get isDoubted(): boolean {
    return this.#generation !== this.#host.generation;
  }

  /** Runs a statement, or several in one text without values, within the limits that hold here. */
  async run<R extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    timeoutMs = currentLimits(this.#host.limits).queryMs,
  ): Promise<pg.QueryResult<R>> {
    const query = { text, values: values as unknown[], query_timeout: timeoutMs };
    try {
      return await this.query<R>(query);
    } catch (error) {
      this.#judge(error);
      throw error;
    }
  }

  /**
   * Makes sure that the server takes writes, unless that is known well enough.
   * @throws Error with the SQLSTATE 25006, or that of a connection that is lost.
   */
  async ensureWritable(): Promise<void> {
    const { generation, limits } = this.#host;
    if (!this.isDoubted && performance.now() - this.#checkedAt < CHECK_EVERY_MS) return;
    const { rows } = await this.run<{ transaction_read_only: string }>(
      'show transaction_read_only',
      [],
      limits.connectMs,
    );
    if (rows[0]?.transaction_read_only !== 'off') {
      const message = 'The database server takes no writes: it is a standby, or default_transaction_read_only is on.';
      const error = Object.assign(new Error(message), { code: '25006' });
      this.#judge(error);
      throw error;
    }
    this.#checkedAt = performance.now();
    this.#generation = generation;
  }

  /** Ends a transaction that failed; where there is none, the server only says so. Is spent when that fails. */
  async rollBack(): Promise<void> {
    await this.run('rollback').catch(() => {
      this.#isSpent = true;
    });
  }

  /** Closes the socket at once: a polite end would wait for a server that may be gone. */
  cut(): void {
    this.#isSpent = true;
    this.#socket.destroy();
  }

  /** Ends politely, but soon. */
  async leave(): Promise<void> {
    this.#isSpent = true;
    const cutOff = setTimeout(() => this.cut(), END_PATIENCE_MS);
    await this.end().catch(() => undefined);
    clearTimeout(cutOff);
  }

  /** What a failed statement says about the connection. */
  #judge(error: unknown): void {
    const isSilent = isQueryTimeout(error);
    if (!isSilent && !isDatabaseUnavailable(error)) return;
    this.#isSpent = true;
    if (isSilent || isReadOnlyServer(error)) this.#host.distrust(this.#generation);
    if (!isSilent) return;
    // The statement may be at work all the same: nobody would end it, and the next try would run beside it.
    this.#cancel();
    this.cut();
  }

  /** Asks the server to end the statement under way. It never answers such a request. */
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
