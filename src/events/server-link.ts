import { Socket } from 'node:net';
import pg from 'pg';
import { IdentityError, kernelErrors } from '../kernel/index.ts';
import { isDatabaseUnavailable } from '../persistence/index.ts';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 2_000;
/** Longest a statement may take before its connection is given up: what waits for it must not wait for ever. */
const STATEMENT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;

export interface ServerLinkHooks {
  /** Runs on each new connection before it is used; a failure counts as a failed connection. */
  readonly onConnect?: (client: pg.Client) => Promise<void>;
  readonly onNotification?: (channel: string) => void;
}

/**
 * A connection of our own to the server, outside the pool, that comes back by itself when it is lost. The event log's
 * loops use these: a pool that is full of requests which wait for the loop that waits for the pool would never end.
 */
export class ServerLink {
  readonly #url: string;
  readonly #name: string;
  readonly #hooks: ServerLinkHooks;
  #client: pg.Client | undefined;
  #socket: Socket | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #isStopped = true;

  /** @param name Shown as `application_name`, so that the operator knows the connection. */
  constructor(url: string, name: string, hooks: ServerLinkHooks = {}) {
    this.#url = url;
    this.#name = name;
    this.#hooks = hooks;
  }

  get isUp(): boolean {
    return this.#client !== undefined;
  }

  /** Tries to connect; when that fails, goes on trying in the background. */
  async start(): Promise<void> {
    this.#isStopped = false;
    await this.#connect();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
    this.#socket?.destroy();
  }

  /**
   * Runs a statement, or several in one text without values; those are one transaction.
   * @throws SERVICE_UNAVAILABLE The connection is down or was lost; in the latter case the statement's fate is unknown.
   */
  async query(query: pg.QueryConfig): Promise<pg.QueryResult | pg.QueryResult[]> {
    const client = this.#client;
    if (client === undefined) throw kernelErrors.SERVICE_UNAVAILABLE({ retryAfterSeconds: 1 });
    try {
      return (await client.query(query)) as pg.QueryResult | pg.QueryResult[];
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      this.#lose(client);
      throw error instanceof IdentityError
        ? error
        : kernelErrors.SERVICE_UNAVAILABLE({ cause: error, retryAfterSeconds: 1 });
    }
  }

  async #connect(): Promise<void> {
    const socket = new Socket();
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: this.#name,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
      stream: () => socket,
    });
    client.on('error', () => this.#lose(client));
    client.on('end', () => this.#lose(client));
    client.on('notification', ({ channel }) => this.#hooks.onNotification?.(channel));
    try {
      await client.connect();
      await this.#hooks.onConnect?.(client);
    } catch {
      socket.destroy();
      this.#tryLater();
      return;
    }
    if (this.#isStopped) {
      socket.destroy();
      return;
    }
    this.#client = client;
    this.#socket = socket;
    this.#retryMs = FIRST_RETRY_MS;
  }

  /** Gives a connection up. Its socket is cut, because a polite end would wait for a server that may be gone. */
  #lose(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#socket?.destroy();
    this.#tryLater();
  }

  #tryLater(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), this.#retryMs);
    this.#retry.unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }
}
