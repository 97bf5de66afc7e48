import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP address in front of a server, like a DNS name, a virtual address or a load balancer. It can be switched to another
 * server, and it can silently lose what is sent, as a broken network does.
 */
export class Forwarder {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #target: number;
  #isLosing = false;

  private constructor(server: Server, target: number) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (socket) => this.#forward(socket));
  }

  /** @param target Port of this machine to forward to. */
  static async open(target: number): Promise<Forwarder> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Forwarder(server, target);
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Forwards new connections to another port; open ones are not changed. */
  leadTo(target: number): void {
    this.#target = target;
  }

  /** Loses everything that is sent on open and on new connections, and closes none. */
  lose(): void {
    this.#isLosing = true;
    for (const pair of this.#pairs) pair.lose();
  }

  /** Forwards new connections again; connections that lost something stay silent. */
  heal(): void {
    this.#isLosing = false;
  }

  /** How many connections of clients are open. */
  get size(): number {
    return this.#pairs.size;
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) pair.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #forward(client: Socket): void {
    const pair = new Pair(client, this.#isLosing ? undefined : connect(this.#target, '127.0.0.1'));
    this.#pairs.add(pair);
    client.once('close', () => this.#pairs.delete(pair));
  }
}

/** The two ends of one forwarded connection. */
class Pair {
  readonly #client: Socket;
  readonly #server: Socket | undefined;

  constructor(client: Socket, server: Socket | undefined) {
    this.#client = client;
    this.#server = server;
    client.on('error', () => undefined);
    if (server === undefined) {
      client.resume();
      return;
    }
    server.on('error', () => client.destroy());
    client.pipe(server);
    server.pipe(client);
    client.once('close', () => server.destroy());
  }

  /** Drops the data of both directions without closing the connection. */
  lose(): void {
    this.#client.unpipe();
    this.#client.resume();
    this.#server?.unpipe();
    this.#server?.resume();
  }

  destroy(): void {
    this.#client.destroy();
    this.#server?.destroy();
  }
}
