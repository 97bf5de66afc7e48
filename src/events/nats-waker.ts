import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Waker } from './waker.ts';

const SUBJECT = 'idgraph.events';
const EMPTY = new Uint8Array();

/**
 * Wake-ups over NATS, where `NATS_URL` is set: it spares the database its NOTIFY, and works where a pooler swallows LISTEN.
 * The messages are empty: which events there are is only ever read from the database.
 */
export class NatsWaker implements Waker {
  readonly #servers: readonly string[];
  readonly #listeners: (() => void)[] = [];
  #connection: NatsConnection | undefined;

  /** @param url One or several server URLs, separated by commas. */
  constructor(url: string) {
    this.#servers = url.split(',').map((server) => server.trim());
  }

  /** Goes on trying in the background when no server answers; until then followers look by themselves. */
  async start(): Promise<void> {
    this.#connection = await connect({
      servers: [...this.#servers],
      name: 'idgraph',
      maxReconnectAttempts: -1,
      waitOnFirstConnect: false,
      reconnect: true,
    });
    this.#connection.subscribe(SUBJECT, { callback: () => this.#wakeAll() });
    // What was missed while the connection was away is found by looking.
    void this.#watch(this.#connection);
  }

  async stop(): Promise<void> {
    await this.#connection?.close();
    this.#connection = undefined;
  }

  publish(): void {
    this.#wakeAll();
    const connection = this.#connection;
    if (connection !== undefined && !connection.isClosed()) connection.publish(SUBJECT, EMPTY);
  }

  subscribe(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) if (type === 'reconnect') this.#wakeAll();
  }

  #wakeAll(): void {
    for (const listener of this.#listeners) listener();
  }
}
