import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { type FanOutCommand, type FanOutReply, type FanOutResult, readMonotonicClock } from './fan-out-protocol.ts';
import { findFrame, OPCODE, writeFrame } from './websocket.ts';

/** Holds many WebSockets for `fan-out.ts`, which starts this process: raw sockets that share one buffer and count messages. */

const OPEN_AT_ONCE = 100;
const PATIENCE_MS = 60_000;
const READ_BYTES = 256 * 1024;
const shared = Buffer.allocUnsafe(READ_BYTES);

type Open = Extract<FanOutCommand, { kind: 'open' }>;

const text = (message: object): Buffer => writeFrame(OPCODE.text, Buffer.from(JSON.stringify(message)));

/** Every event that the bench causes is of this type, and no message may have another one. */
const EVENT = Buffer.from('"type":"token.issued"');
const CHECKPOINT = Buffer.from('"event":null');

class Subscriber {
  readonly #socket: Socket;
  readonly #options: Open;
  readonly #onEvent: () => void;
  readonly #onFault: (fault: Error) => void;
  #isUpgraded = false;
  #pending: Buffer | null = null;
  #resolve: () => void = () => undefined;
  /** Resolves once the socket is acknowledged and, with a subscription, the first checkpoint came. */
  readonly opened = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });
  events = 0;

  constructor(options: Open, onEvent: () => void, onFault: (fault: Error) => void) {
    this.#options = options;
    this.#onEvent = onEvent;
    this.#onFault = onFault;
    const { hostname, port, host } = new URL(options.url);
    this.#socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length, buffer) => {
          this.#receive((buffer as Buffer).subarray(0, length));
          return true;
        },
      },
    });
    this.#socket.on('error', onFault);
    this.#socket.on('close', () => onFault(new Error('The server closed a WebSocket.')));
    this.#socket.write(
      [
        'GET /graphql HTTP/1.1',
        `host: ${host}`,
        'connection: upgrade',
        'upgrade: websocket',
        'sec-websocket-version: 13',
        `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
        'sec-websocket-protocol: graphql-transport-ws',
        '\r\n',
      ].join('\r\n'),
    );
  }

  close(): void {
    this.#socket.removeAllListeners('close').removeAllListeners('error');
    this.#socket.on('error', () => undefined);
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      const buffer = this.#pending === null ? chunk : Buffer.concat([this.#pending, chunk]);
      const rest = this.#isUpgraded ? this.#readFrames(buffer, 0) : this.#readUpgrade(buffer);
      // The shared buffer is overwritten by the next read of any socket.
      this.#pending = rest === buffer.length ? null : Buffer.from(buffer.subarray(rest));
    } catch (error) {
      this.#onFault(error as Error);
    }
  }

  #readUpgrade(buffer: Buffer): number {
    const end = buffer.indexOf('\r\n\r\n');
    if (end === -1) return 0;
    if (!buffer.toString('latin1', 0, 12).startsWith('HTTP/1.1 101'))
      throw new Error(`A WebSocket was refused: ${buffer.toString('latin1', 0, 200)}`);
    this.#isUpgraded = true;
    this.#socket.write(text({ type: 'connection_init', payload: { authorization: `Bearer ${this.#options.token}` } }));
    return this.#readFrames(buffer, end + 4);
  }

  /** Reads the complete frames from a place on. Returns where the rest begins. */
  #readFrames(buffer: Buffer, from: number): number {
    let at = from;
    for (let frame = findFrame(buffer, at); frame !== null; frame = findFrame(buffer, at)) {
      const payload = buffer.subarray(frame.start, frame.end);
      if (frame.opcode === OPCODE.text) this.#message(payload);
      else if (frame.opcode === OPCODE.ping) this.#socket.write(writeFrame(OPCODE.pong, payload));
      else throw new Error(`The server sent a frame of kind ${frame.opcode}: ${payload.toString('utf8', 2)}`);
      at = frame.end;
    }
    return at;
  }

  #message(payload: Buffer): void {
    if (payload.includes(EVENT)) {
      this.events += 1;
      this.#onEvent();
    } else if (payload.includes(CHECKPOINT)) this.#resolve();
    else this.#control(payload.toString());
  }

  #control(message: string): void {
    const { type } = JSON.parse(message) as { type: string };
    const { query } = this.#options;
    if (type === 'ping') this.#socket.write(text({ type: 'pong' }));
    else if (type !== 'connection_ack') throw new Error(`Not an event: ${message.slice(0, 400)}`);
    else if (query === null) this.#resolve();
    else this.#socket.write(text({ id: '1', type: 'subscribe', payload: { query } }));
  }
}

class FanOut {
  readonly #subscribers: Subscriber[] = [];
  #received = 0;
  #lastAt = 0;
  #fault: Error | null = null;
  #used = process.cpuUsage();
  #expected = Number.POSITIVE_INFINITY;
  #wake: () => void = () => undefined;

  async open(options: Open): Promise<null> {
    const onFault = (fault: Error): void => {
      this.#fault ??= fault;
      this.#wake();
    };
    while (this.#subscribers.length < options.sockets) {
      const count = Math.min(OPEN_AT_ONCE, options.sockets - this.#subscribers.length);
      const next = Array.from({ length: count }, () => new Subscriber(options, () => this.#count(), onFault));
      this.#subscribers.push(...next);
      await this.#settle(Promise.all(next.map(({ opened }) => opened)), 'Sockets did not open in time.');
    }
    return null;
  }

  #count(): void {
    this.#received += 1;
    // Only then can it have been the last one of an event.
    if (this.#received % this.#subscribers.length !== 0) return;
    this.#lastAt = readMonotonicClock();
    if (this.#received >= this.#expected) this.#wake();
  }

  /** Waits for a promise, a fault or the end of the patience. */
  async #settle(work: Promise<unknown>, late: string): Promise<void> {
    // A fault that came before would wake nobody any more.
    if (this.#fault !== null) throw this.#fault;
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    let limit: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      limit = setTimeout(() => reject(new Error(late)), PATIENCE_MS);
    });
    try {
      // A fault wakes it too; so does the last event.
      await Promise.race([work, woken, timeout]);
    } finally {
      clearTimeout(limit);
    }
    if (this.#fault !== null) throw this.#fault;
  }

  begin(): null {
    if (this.#fault !== null) throw this.#fault;
    this.#received = 0;
    this.#expected = Number.POSITIVE_INFINITY;
    for (const subscriber of this.#subscribers) subscriber.events = 0;
    this.#used = process.cpuUsage();
    return null;
  }

  async finish(events: number): Promise<FanOutResult> {
    this.#expected = events * this.#subscribers.length;
    const late = `Not every subscriber received ${events} events in time.`;
    if (this.#received < this.#expected) await this.#settle(new Promise(() => undefined), late);
    if (this.#fault !== null) throw this.#fault;
    const wrong = this.#subscribers.filter((subscriber) => subscriber.events !== events);
    if (wrong.length > 0)
      throw new Error(
        `${wrong.length} subscribers did not receive each of ${events} events once: ${wrong[0]!.events}.`,
      );
    const { user, system } = process.cpuUsage(this.#used);
    return { lastAt: this.#lastAt, generatorSeconds: (user + system) / 1_000_000 };
  }

  close(): null {
    for (const subscriber of this.#subscribers.splice(0)) subscriber.close();
    this.#fault = null;
    return null;
  }
}

const fanOut = new FanOut();

async function obey(command: FanOutCommand): Promise<FanOutResult | null> {
  if (command.kind === 'open') return fanOut.open(command);
  if (command.kind === 'begin') return fanOut.begin();
  return command.kind === 'finish' ? fanOut.finish(command.events) : fanOut.close();
}

process.on('message', async (command: FanOutCommand) => {
  const reply: FanOutReply = await obey(command).then(
    (result) => ({ result }),
    (error: Error) => ({ fault: error.message }),
  );
  process.send!(reply);
});
process.on('disconnect', () => process.exit(0));
