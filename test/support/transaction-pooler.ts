import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Codes in place of a protocol version (PostgreSQL, "Message Formats": SSLRequest, CancelRequest, StartupMessage). */
const SSL_REQUEST = 80_877_103;
const PROTOCOL_3 = 196_608;
/** The start-up parameters that PgBouncer accepts by default. */
const KNOWN_PARAMETERS = new Set(['user', 'database', 'application_name', 'client_encoding', 'replication']);

/**
 * The parts of a pooler in transaction mode that a client may fail on: it refuses unknown session parameters, and each
 * transaction of a client runs on any free connection to the server.
 */
export class TransactionPooler {
  readonly #server: Server;
  readonly #target: number;
  readonly #size: number;
  readonly #clients = new Set<Socket>();
  readonly #backends: Backend[] = [];
  readonly #free: Backend[] = [];
  readonly #waiting: ((backend: Backend) => void)[] = [];
  /** Parameters that were refused. */
  readonly refused: string[] = [];

  private constructor(server: Server, target: number, size: number) {
    this.#server = server;
    this.#target = target;
    this.#size = size;
    server.on('connection', (socket) => this.#serve(socket));
  }

  /** @param size Connections to the server, which all clients share. */
  static async open(target: number, size: number): Promise<TransactionPooler> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TransactionPooler(server, target, size);
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#clients) socket.destroy();
    for (const backend of this.#backends) backend.socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.#clients.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#clients.delete(socket));
    let rest: Buffer = Buffer.alloc(0);
    let session: ClientSession | undefined;
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (session === undefined && rest.length >= 8 && rest.length >= rest.readInt32BE(0)) {
        const message = rest.subarray(0, rest.readInt32BE(0));
        rest = rest.subarray(message.length);
        session = this.#greet(socket, message);
      }
      if (session === undefined || rest.length === 0) return;
      session.send(rest);
      rest = Buffer.alloc(0);
    });
  }

  #greet(socket: Socket, message: Buffer): ClientSession | undefined {
    const code = message.readInt32BE(4);
    if (code === SSL_REQUEST) socket.write('N');
    if (code !== PROTOCOL_3) return undefined;
    const words = message.subarray(8).toString('latin1').split('\0');
    const parameters = new Map<string, string>();
    for (let at = 0; at + 1 < words.length && words[at] !== ''; at += 2) parameters.set(words[at]!, words[at + 1]!);
    const unknown = [...parameters.keys()].find((name) => !KNOWN_PARAMETERS.has(name));
    if (unknown !== undefined) {
      this.refused.push(unknown);
      socket.end(frame('E', `SFATAL\0C08P01\0Munsupported startup parameter: ${unknown}\0\0`));
      return undefined;
    }
    const ready = [frame('R', '\0\0\0\0'), frame('K', '\0\0\0\x01\0\0\0\x02'), frame('Z', 'I')];
    socket.write(Buffer.concat(ready));
    return new ClientSession(socket, {
      take: (use) => this.#take(parameters, use),
      giveBack: (backend) => this.#giveBack(backend),
    });
  }

  #take(parameters: ReadonlyMap<string, string>, use: (backend: Backend) => void): void {
    const free = this.#free.shift();
    if (free !== undefined) {
      use(free);
      return;
    }
    this.#waiting.push(use);
    if (this.#backends.length >= this.#size) return;
    const user = parameters.get('user')!;
    const backend = new Backend(this.#target, user, parameters.get('database') ?? user, () => this.#giveBack(backend));
    this.#backends.push(backend);
  }

  #giveBack(backend: Backend): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(backend);
    else next(backend);
  }
}

const frame = (type: string, body: string): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, Buffer.from(body, 'latin1')]);
};

/** A connection to the server. Reports what arrives, and when no transaction is open any more. */
class Backend {
  readonly socket: Socket;
  onData: (chunk: Buffer) => void = () => undefined;
  onIdle: () => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(port: number, user: string, database: string, onIdle: () => void) {
    this.onIdle = onIdle;
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => undefined);
    const parameters = `\0\x03\0\0user\0${user}\0database\0${database}\0\0`;
    const length = Buffer.alloc(4);
    length.writeInt32BE(parameters.length + 4);
    this.socket.write(Buffer.concat([length, Buffer.from(parameters, 'latin1')]));
    this.socket.on('data', (chunk) => {
      this.onData(chunk);
      this.#watch(chunk);
    });
  }

  /** Detects ReadyForQuery outside a transaction. */
  #watch(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 5 && this.#rest.length > this.#rest.readInt32BE(1)) {
      const length = this.#rest.readInt32BE(1) + 1;
      const isIdle = this.#rest.toString('latin1', 0, 1) === 'Z' && this.#rest.toString('latin1', 5, 6) === 'I';
      this.#rest = this.#rest.subarray(length);
      if (isIdle) this.onIdle();
    }
  }
}

interface Backends {
  take(use: (backend: Backend) => void): void;
  giveBack(backend: Backend): void;
}

/** A client, and the server connection of its transaction. */
class ClientSession {
  readonly #socket: Socket;
  readonly #backends: Backends;
  #backend: Backend | undefined;
  #waiting: Buffer[] | undefined;

  constructor(socket: Socket, backends: Backends) {
    this.#socket = socket;
    this.#backends = backends;
    socket.once('close', () => {
      // An open transaction ends with its client.
      if (this.#backend !== undefined) this.#backend.socket.write(frame('Q', 'rollback\0'));
    });
  }

  send(chunk: Buffer): void {
    // Terminate; the connection to the server stays open.
    if (chunk.toString('latin1', 0, 1) === 'X') {
      this.#socket.end();
      return;
    }
    if (this.#backend !== undefined) {
      this.#backend.socket.write(chunk);
      return;
    }
    if (this.#waiting !== undefined) {
      this.#waiting.push(chunk);
      return;
    }
    const waiting = [chunk];
    this.#waiting = waiting;
    this.#backends.take((backend) => this.#begin(backend, waiting));
  }

  #begin(backend: Backend, waiting: readonly Buffer[]): void {
    this.#waiting = undefined;
    this.#backend = backend;
    backend.onData = (chunk) => this.#socket.write(chunk);
    backend.onIdle = () => {
      this.#backend = undefined;
      backend.onData = () => undefined;
      backend.onIdle = () => undefined;
      this.#backends.giveBack(backend);
    };
    for (const each of waiting) backend.socket.write(each);
  }
}
