import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { GrowingBuffer } from './growing-buffer.ts';
import { findResponse, readBody, writeRequest } from './http-message.ts';
import { answering, CHALLENGE_ID, PROOF } from './image-answers.ts';
import {
  type Answer,
  type BurstOptions,
  type BurstResult,
  COUNTER,
  HANDLE,
  type LoadCommand,
  type LoadPlan,
  type LoadReply,
  type LoadStep,
  type PlannedRequest,
} from './load-protocol.ts';
import { type Pick, type PickedTexts, pickTexts, RequestTemplate } from './request-template.ts';
import { percentile } from './statistics.ts';

/** Sends loads for `load.ts`, which starts this process: prebuilt requests over raw sockets, without pipelining. */

/** How long answers that are under way at the end of a burst may take. */
const DRAIN_MS = 30_000;
const READ_BYTES = 256 * 1024;
/** Less than any measured server keeps an idle connection. */
const MOST_IDLE_MS = 30_000;

/** The texts that a connection sends in turn. */
interface Prepared {
  readonly bytes: Buffer;
  /** Where counters stand. */
  readonly countersAt: readonly number[];
  readonly index: number;
  /** Its answer, and the steps after it. */
  readonly answer: ExpectedAnswer;
  readonly further: readonly PreparedStep[];
}

interface ExpectedAnswer {
  readonly status: number;
  readonly picks: readonly Pick[];
}

interface PreparedStep extends ExpectedAnswer {
  readonly template: RequestTemplate;
  /** Adds texts that are made of those that were picked; null: none are needed. */
  readonly addTexts: ((texts: PickedTexts) => Promise<void>) | null;
}

const readExpected = ({ status = 200, picks = [] }: LoadStep): ExpectedAnswer => ({ status, picks });

function findCounters(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(COUNTER); at !== -1; at = bytes.indexOf(COUNTER, at + COUNTER.length)) found.push(at);
  return found;
}

/** The steps after the first one, whose places are those of all picks of the cycle, and of answers to challenges. */
function prepareSteps({ further = [], ...first }: PlannedRequest, host: string): PreparedStep[] {
  const picked = [first, ...further].flatMap(({ picks = [] }) => picks.map(({ name }) => name));
  return further.map(({ prover, ...step }) => ({
    ...readExpected(step),
    template: new RequestTemplate(step, host, prover === undefined ? picked : [...picked, CHALLENGE_ID, PROOF]),
    addTexts: prover === undefined ? null : answering(prover),
  }));
}

class Connection {
  #socket: Socket | null = null;
  /** When the connection was last used, in milliseconds. */
  #usedAt = 0;
  readonly #load: Load;
  readonly #requests: readonly Prepared[];
  #next: number;
  #current: Prepared;
  /** The step whose answer is awaited; 0 is the request itself. */
  #step = 0;
  readonly #texts: PickedTexts = new Map();
  #sentAt = 0;
  /** The part of an answer that has arrived; null between answers. */
  readonly #pending = new GrowingBuffer();
  /** Text of the last answer, for a plan that follows answers. */
  #handle: string;

  constructor(load: Load, requests: readonly Prepared[], start: number, handle: string) {
    this.#load = load;
    this.#requests = requests;
    this.#next = start;
    this.#current = requests[start]!;
    this.#handle = handle;
  }

  /** Opens the connection, and replaces one that was idle for so long that the server may close it at any moment. */
  async open(): Promise<void> {
    if (this.#socket !== null && performance.now() - this.#usedAt < MOST_IDLE_MS) return;
    this.close();
    const { hostname, port } = new URL(this.#load.plan.url);
    const socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      // Read into one buffer without streams, which would cost half of the time of a request.
      onread: {
        buffer: Buffer.allocUnsafe(READ_BYTES),
        callback: (length, buffer) => {
          this.#receive((buffer as Buffer).subarray(0, length));
          return true;
        },
      },
    });
    this.#socket = socket;
    this.#usedAt = performance.now();
    await once(socket, 'connect');
    socket.on('error', (error) => this.#lose(socket, error));
    socket.on('close', () => this.#lose(socket, new Error('The server closed a connection.')));
  }

  /** A connection that was replaced or closed by us may end as it likes. */
  #lose(socket: Socket, error: Error): void {
    if (socket === this.#socket) this.#load.fail(error);
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
  }

  send(): void {
    const request = this.#requests[this.#next]!;
    this.#next = this.#next + 1 === this.#requests.length ? 0 : this.#next + 1;
    this.#current = request;
    this.#step = 0;
    this.#texts.clear();
    this.#sentAt = performance.now();
    this.#usedAt = this.#sentAt;
    this.#socket!.write(this.#bytesOf(request));
  }

  #bytesOf({ bytes, countersAt, index }: Prepared): Buffer {
    const { plan } = this.#load;
    if (plan.follows !== undefined) {
      const request = plan.requests[index]!;
      return writeRequest({ ...request, body: request.body!.replace(HANDLE, this.#handle) }, this.#load.host);
    }
    if (countersAt.length === 0) return bytes;
    // A copy: the socket may not have written the previous one.
    const copy = Buffer.from(bytes);
    for (const at of countersAt) copy.write(String(this.#load.count()).padStart(COUNTER.length, '0'), at, 'latin1');
    return copy;
  }

  #sendStep({ template, addTexts }: PreparedStep): void {
    this.#step += 1;
    const write = (): void => {
      this.#socket!.write(template.write(this.#texts));
    };
    if (addTexts === null) write();
    else
      addTexts(this.#texts)
        .then(write)
        .catch((error: Error) => this.#load.fail(error));
  }

  #receive(chunk: Buffer): void {
    const buffer = this.#pending.length === 0 ? chunk : this.#pending.append(chunk);
    try {
      const bounds = findResponse(buffer);
      if (bounds === null) {
        // The buffer of the socket is overwritten by the next read.
        if (buffer === chunk) this.#pending.append(chunk);
        return;
      }
      if (bounds.end !== buffer.length) throw new Error('More than one answer to a request.');
      if (bounds.isLast) throw new Error('The server does not keep the connection alive.');
      this.#pending.clear();
      const { follows } = this.#load.plan;
      if (follows !== undefined) this.#handle = readMember(readBody(buffer, bounds), follows.member);
      const { status } = bounds;
      const { answer, index, further } = this.#current;
      const expected = this.#step === 0 ? answer : further[this.#step - 1]!;
      if (status !== expected.status)
        throw new Error(`Answered with ${status}: ${readBody(buffer, bounds).slice(0, 400)}`);
      pickTexts(buffer, bounds, expected.picks, this.#texts);
      if (this.#step < further.length) {
        this.#sendStep(further[this.#step]!);
        return;
      }
      this.#load.record(performance.now() - this.#sentAt, () => ({
        request: index,
        status,
        body: readBody(buffer, bounds),
      }));
      this.#load.proceed(this);
    } catch (error) {
      this.#load.fail(error as Error);
    }
  }
}

/** The text of a member of an object in JSON, without parsing the whole. */
function readMember(body: string, member: string): string {
  const found = new RegExp(`"${member}":"([^"\\\\]+)"`).exec(body);
  if (found === null) throw new Error(`An answer has no ${member}: ${body.slice(0, 200)}`);
  return found[1]!;
}

class Load {
  readonly plan: LoadPlan;
  readonly host: string;
  readonly #connections: readonly Connection[];
  #counter = 0;
  #failure: Error | null = null;
  #burst: Burst | null = null;

  constructor(plan: LoadPlan) {
    this.plan = plan;
    this.host = new URL(plan.url).host;
    const prepared = plan.requests.map((request, index) => {
      const bytes = writeRequest(request, this.host);
      return {
        bytes,
        countersAt: plan.isCounted === true ? findCounters(bytes) : [],
        index,
        answer: readExpected(request),
        further: prepareSteps(request, this.host),
      };
    });
    this.#connections = Array.from({ length: plan.connections }, (_, at) => {
      const own =
        plan.isPartitioned === true ? prepared.filter((one) => one.index % plan.connections === at) : prepared;
      if (own.length === 0) throw new Error('A connection has no request to send.');
      const start = plan.isPartitioned === true ? 0 : Math.trunc((at * own.length) / plan.connections);
      return new Connection(this, own, start, plan.follows?.first[at] ?? '');
    });
  }

  async open(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.open()));
  }

  count(): number {
    this.#counter += 1;
    return this.#counter;
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#burst?.end(this.#failure);
  }

  /** Notes the right answer to a request, or to the last step of a cycle. */
  record(milliseconds: number, read: () => Answer): void {
    this.#burst?.record(milliseconds, read);
  }

  proceed(connection: Connection): void {
    this.#burst?.proceed(connection);
  }

  async run(options: BurstOptions): Promise<BurstResult> {
    if (this.#failure !== null) throw this.#failure;
    await this.open();
    const burst = new Burst(options);
    this.#burst = burst;
    const used = process.cpuUsage();
    const begun = performance.now();
    for (const connection of this.#connections) burst.start(connection);
    try {
      await burst.ended;
      const { user, system } = process.cpuUsage(used);
      return burst.result((performance.now() - begun) / 1000, (user + system) / 1_000_000);
    } finally {
      this.#burst = null;
    }
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}

class Burst {
  readonly ended: Promise<void>;
  readonly #options: BurstOptions;
  readonly #until: number;
  readonly #most: number;
  #sent = 0;
  #underWay = 0;
  #answers = 0;
  #latencies = new Float64Array(1 << 16);
  readonly #kept: Answer[] = [];
  #finish: (error: Error | null) => void = () => undefined;

  constructor(options: BurstOptions) {
    this.#options = options;
    const seconds = options.seconds ?? Number.POSITIVE_INFINITY;
    this.#until = performance.now() + seconds * 1000;
    this.#most = options.requests ?? Number.POSITIVE_INFINITY;
    this.ended = new Promise((resolve, reject) => {
      const drainMs = options.seconds === undefined ? 600_000 : seconds * 1000 + DRAIN_MS;
      const limit = setTimeout(() => this.end(new Error('Requests were not answered in time.')), drainMs);
      this.#finish = (error) => {
        clearTimeout(limit);
        if (error === null) resolve();
        else reject(error);
      };
    });
  }

  start(connection: Connection): void {
    if (this.#sent >= this.#most) return;
    this.#sent += 1;
    this.#underWay += 1;
    connection.send();
  }

  record(milliseconds: number, read: () => Answer): void {
    if (this.#answers === this.#latencies.length) {
      const longer = new Float64Array(this.#latencies.length * 2);
      longer.set(this.#latencies);
      this.#latencies = longer;
    }
    this.#latencies[this.#answers++] = milliseconds;
    if (this.#answers % this.#options.keepEvery === 0) this.#kept.push(read());
  }

  proceed(connection: Connection): void {
    this.#underWay -= 1;
    if (performance.now() < this.#until) this.start(connection);
    if (this.#underWay === 0) this.end(null);
  }

  end(error: Error | null): void {
    this.#finish(error);
  }

  result(seconds: number, generatorSeconds: number): BurstResult {
    const times = this.#latencies.subarray(0, this.#answers);
    return {
      requests: this.#answers,
      seconds,
      p50Milliseconds: percentile(times, 0.5),
      p99Milliseconds: percentile(times, 0.99),
      generatorSeconds,
      kept: this.#kept,
    };
  }
}

const loads = new Map<number, Load>();

async function obey(command: LoadCommand): Promise<BurstResult | null> {
  if (command.kind === 'open') {
    const load = new Load(command.plan);
    loads.set(command.load, load);
    await load.open();
    return null;
  }
  const load = loads.get(command.load);
  if (load === undefined) throw new Error('There is no such load.');
  if (command.kind === 'burst') return load.run(command.options);
  load.close();
  loads.delete(command.load);
  return null;
}

process.on('message', async (command: LoadCommand) => {
  const reply: LoadReply = await obey(command).then(
    (result) => ({ result }),
    (error: Error) => ({ fault: error.message }),
  );
  process.send!(reply);
});
process.on('disconnect', () => process.exit(0));
