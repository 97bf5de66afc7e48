import { connect, type NatsConnection } from '@nats-io/transport-node';
import { settlesWithin } from '../../persistence/index.ts';
import type { Waker } from './waker.ts';

const SUBJECT = 'idgraph.events';
const EMPTY = new Uint8Array();
const TIMEOUT_MS = 5_000;
const RETRY_MS = 1_000;
const STOP_PATIENCE_MS = 500;

/**
 * Wake-ups over NATS, where `NATS_URL` is set: they replace NOTIFY, and work behind a pooler that does not support LISTEN. The
 * messages are empty: events are only ever read from the database.
 */
export class NatsWaker implements Waker {
  readonly #servers: readonly URL[];
  readonly #onError: (error: unknown) => void;
  readonly #listeners: (() => void)[] = [];
  #connection: NatsConnection | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isStopped = true;
  #isUp = false;
  readonly #timeoutMs: number;

  /**
   * @param url One or several server URLs, separated by commas; the first may carry `user:password@` or `token@`.
   * @param onError Called once when no server answers at the start.
   * @param timeoutMs For connecting. A connection that is silent for twice as long is replaced.
   */
  constructor(url: string, onError: (error: unknown) => void = () => undefined, timeoutMs = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
    this.#servers = url.split(',').map((server) => new URL(server.trim()));
    this.#onError = onError;
  }

  /** Connects in the background: a node works without NATS too, because its follower also polls. */
  async start(): Promise<void> {
    this.#isStopped = false;
    void this.#connect(true);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    const connection = this.#connection;
    this.#connection = undefined;
    // Do not wait long: a server that has vanished never answers the close.
    if (connection !== undefined) await settlesWithin(STOP_PATIENCE_MS, connection.close());
  }

  get isUp(): boolean {
    return this.#isUp;
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
        // The library's default is to check every two minutes whether the server answers.
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
    this.#isUp = true;
    connection.subscribe(SUBJECT, { callback: () => this.#wakeAll() });
    void this.#watch(connection);
  }

  /**
   * Wakes the listeners after a reconnection, because messages sent in the meantime are lost, and when the connection is lost,
   * because they have to look more often then.
   */
  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type !== 'reconnect' && type !== 'disconnect') continue;
      this.#isUp = type === 'reconnect';
      this.#wakeAll();
    }
    this.#isUp = false;
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
