import { connect, type NatsConnection } from '@nats-io/transport-node';
import { settlesWithin } from '../../persistence/index.ts';
import type { Waker } from './waker.ts';

const SUBJECT = 'idgraph.events';
const EMPTY = new Uint8Array();
const TIMEOUT_MS = 5_000;
const RETRY_MS = 1_000;
const STOP_PATIENCE_MS = 500;

/**
 * Wake-ups over NATS, where `NATS_URL` is set: it spares the database its NOTIFY, and works where a pooler swallows LISTEN.
 * The messages are empty: which events there are is only ever read from the database.
 */
export class NatsWaker implements Waker {
  readonly #servers: readonly URL[];
  readonly #onError: (error: unknown) => void;
  readonly #listeners: (() => void)[] = [];
  #connection: NatsConnection | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isStopped = true;
  readonly #timeoutMs: number;

  /**
   * @param url One or several server URLs, separated by commas; the first may carry `user:password@` or `token@`.
   * @param onError Told once when no server answers at the start.
   * @param timeoutMs For a connection; one that is silent for twice as long is given up for another.
   */
  constructor(url: string, onError: (error: unknown) => void = () => undefined, timeoutMs = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
    this.#servers = url.split(',').map((server) => new URL(server.trim()));
    this.#onError = onError;
  }

  /** Connects in the background: a node works without NATS too, its follower then looks by itself. */
  async start(): Promise<void> {
    this.#isStopped = false;
    void this.#connect(true);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    const connection = this.#connection;
    this.#connection = undefined;
    // A server that is gone without a word says no goodbye.
    if (connection !== undefined) await settlesWithin(STOP_PATIENCE_MS, connection.close());
  }

  publish(): void {
    this.#wakeAll();
    const connection = this.#connection;
    if (connection !== undefined && !connection.isClosed()) connection.publish(SUBJECT, EMPTY);
  }

  subscribe(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async #connect(isFirst: boolean): Promise<void> {
    let connection: NatsConnection;
    try {
      connection = await connect({
        servers: this.#servers.map(({ protocol, host }) => `${protocol}//${host}`),
        name: 'idgraph',
        timeout: this.#timeoutMs,
        // Left alone, the library asks every two minutes whether the server is there.
        pingInterval: this.#timeoutMs,
        maxPingOut: 1,
        maxReconnectAttempts: -1,
        ...credentialsOf(this.#servers[0]!),
      });
    } catch (error) {
      if (isFirst) this.#onError(error);
      if (this.#isStopped) return;
      this.#retry = setTimeout(() => void this.#connect(false), RETRY_MS);
      this.#retry.unref();
      return;
    }
    if (this.#isStopped) {
      await connection.close();
      return;
    }
    this.#connection = connection;
    connection.subscribe(SUBJECT, { callback: () => this.#wakeAll() });
    void this.#watch(connection);
  }

  /** What was said while the connection was away is found by looking. */
  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) if (type === 'reconnect') this.#wakeAll();
  }

  #wakeAll(): void {
    for (const listener of this.#listeners) listener();
  }
}

function credentialsOf({ username, password }: URL): { user?: string; pass?: string; token?: string } {
  if (username === '') return {};
  return password === ''
    ? { token: decodeURIComponent(username) }
    : { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}
