import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NatsWaker } from '../../../../src/events/link/nats-waker.ts';
import { until } from '../../../support/events.ts';

/**
 * The parts of a NATS server that two wakers need: it delivers a published message to every other connection that subscribed.
 */
class SmallNats {
  readonly #server: Server;
  readonly #subscriptions = new Map<Socket, string>();
  /** The messages with which clients connected. */
  readonly greetings: Record<string, unknown>[] = [];
  /** Whether it answers nothing, like a server behind a broken network. */
  isSilent = false;

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as { port: number }).port;
  }

  get subscribers(): number {
    return this.#subscriptions.size;
  }

  async close(): Promise<void> {
    for (const socket of this.#subscriptions.keys()) socket.destroy();
    this.#subscriptions.clear();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    socket.on('error', () => undefined);
    socket.on('close', () => this.#subscriptions.delete(socket));
    socket.write('INFO {"server_id":"small","version":"2.10.0","proto":1,"max_payload":1048576,"headers":true}\r\n');
    socket.on('data', (chunk) => {
      if (this.isSilent) return;
      for (const line of chunk.toString().split('\r\n')) this.#obey(socket, line);
    });
  }

  #obey(socket: Socket, line: string): void {
    const [verb, subject, id] = line.split(' ');
    if (verb === 'CONNECT') this.greetings.push(JSON.parse(line.slice(8)) as Record<string, unknown>);
    if (verb === 'PING') socket.write('PONG\r\n');
    if (verb === 'SUB') this.#subscriptions.set(socket, `${subject} ${id}`);
    if (verb !== 'PUB') return;
    for (const [other, subscription] of this.#subscriptions) {
      if (other !== socket) other.write(`MSG ${subscription} 0\r\n\r\n`);
    }
  }
}

describe('wake-ups over NATS', () => {
  let nats: SmallNats;
  const wakers: NatsWaker[] = [];
  beforeEach(() => {
    nats = new SmallNats();
  });
  afterEach(async () => {
    await Promise.all(wakers.splice(0).map((waker) => waker.stop()));
    await nats.close();
  });

  const startWaker = async (port: number, credentials = '', timeoutMs = 5_000) => {
    const faults: unknown[] = [];
    const waker = new NatsWaker(`nats://${credentials}127.0.0.1:${port}`, (error) => faults.push(error), timeoutMs);
    wakers.push(waker);
    const heard = { count: 0 };
    waker.subscribe(() => {
      heard.count++;
    });
    await waker.start();
    return { waker, heard, faults };
  };

  it('reach the other nodes and the one that publishes', async () => {
    const port = await nats.listen();
    const [a, b] = await Promise.all([startWaker(port), startWaker(port)]);
    await until(() => nats.subscribers === 2);
    a.waker.publish();
    await until(() => b.heard.count === 1);
    expect(a.heard.count).toBe(1);
  });

  it('stay within the node while no server answers, and the node starts nevertheless', async () => {
    const port = await nats.listen();
    await nats.close();
    nats = new SmallNats();
    const { waker, heard, faults } = await startWaker(port);
    await until(() => faults.length === 1);
    waker.publish();
    expect(heard.count).toBe(1);
    await nats.listen(port);
    await until(() => nats.subscribers === 1);
  });

  it('tell whether those of other nodes arrive, and wake the node when they no longer do', async () => {
    const port = await nats.listen();
    const { waker, heard } = await startWaker(port);
    expect(waker.isUp).toBe(false);
    await until(() => waker.isUp);
    await nats.close();
    await until(() => heard.count > 0);
    expect(waker.isUp).toBe(false);
    await nats.listen(port);
    await until(() => waker.isUp);
  });

  it('notice a server that stops answering, and connect again', async () => {
    const port = await nats.listen();
    await startWaker(port, '', 100);
    await until(() => nats.subscribers === 1);
    nats.isSilent = true;
    await until(() => nats.subscribers === 0);
    nats.isSilent = false;
    await until(() => nats.subscribers === 1);
    expect(nats.greetings.length).toBeGreaterThan(1);
  });

  it.each([
    ['user:pass%40word@', { user: 'user', pass: 'pass@word' }],
    ['secret@', { auth_token: 'secret' }],
  ])('sends the credentials of the URL (%s)', async (credentials, expected) => {
    const port = await nats.listen();
    await startWaker(port, credentials);
    await until(() => nats.subscribers === 1);
    expect(nats.greetings[0]).toMatchObject(expected);
  });
});
