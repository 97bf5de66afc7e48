import { setTimeout as pause } from 'node:timers/promises';
import { kernelErrors } from '../kernel/index.ts';
import { openUnitOfWork } from '../persistence/index.ts';
import { type Mail, type Message, PermanentDeliveryError, type Sms, type Transport } from './message.ts';

/** How a message ended. */
export type DeliveryOutcome =
  | { readonly sent: true }
  /** `refused`: the other side said no for good. `unreachable`: every attempt failed. `queue_full`: none was made. */
  | { readonly sent: false; readonly reason: 'refused' | 'unreachable' | 'queue_full' };

export interface DeliveryQueueOptions<M extends Message> {
  readonly transport: Transport<M>;
  /** Told how each message ended: the place to record it. What it throws goes to `onError`. */
  readonly report: (message: M, outcome: DeliveryOutcome) => Promise<unknown>;
  /** Runs work outside the unit of work that happens to be open. */
  readonly detached: (work: () => void) => void;
  /** Told of each failed attempt. */
  readonly onError?: (error: unknown) => void;
  /** Messages that may wait at once. Default 1000: of at most 64 KB each, 64 MB. */
  readonly capacity?: number;
  /** Milliseconds before each further attempt. Default 1 s, 5 s, 30 s, 2 min, 10 min. */
  readonly retryDelaysMs?: readonly number[];
}

const CAPACITY = 1000;
const RETRY_DELAYS_MS = [1_000, 5_000, 30_000, 120_000, 600_000];
/** Within what a node may take to stop (design.md section 9). */
const STOP_PATIENCE_MS = 5_000;

/**
 * Messages on their way out. Nobody waits for them: `send` returns at once, and inside a unit of work the message leaves
 * after the commit, or never. They wait in memory: one that a crash catches is lost, as a mail may be anywhere on its way,
 * so whatever a message carries must be possible to ask for again.
 */
export class DeliveryQueue<M extends Message> {
  readonly #options: DeliveryQueueOptions<M>;
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #waiting = 0;

  constructor(options: DeliveryQueueOptions<M>) {
    this.#options = options;
  }

  /**
   * Takes a message to be sent.
   * @throws SERVICE_UNAVAILABLE Too many wait already. Inside a unit of work that undoes the change as well.
   */
  send(message: M): void {
    if (this.#isFull) throw kernelErrors.SERVICE_UNAVAILABLE({ detail: 'the outgoing queue is full' });
    this.#enter(() => this.#attempts(message), message);
  }

  /** As `send`, for what nobody depends on: when too many wait, it is reported as failed and nothing is thrown. */
  offer(message: M): void {
    const isFull = this.#isFull;
    this.#enter(async () => (isFull ? { sent: false, reason: 'queue_full' } : this.#attempts(message)), message);
  }

  get #isFull(): boolean {
    return this.#waiting >= (this.#options.capacity ?? CAPACITY);
  }

  #enter(attempts: () => Promise<DeliveryOutcome>, message: M): void {
    this.#waiting++;
    const unit = openUnitOfWork();
    const begin = () => this.#begin(attempts, message);
    if (unit === undefined) {
      begin();
      return;
    }
    unit.afterCommit(begin);
    unit.afterRollback(() => {
      this.#waiting--;
    });
  }

  /** Returns when nothing is on its way any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Tries what waits for another attempt once more, within 5 s, and lets go of the transport. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const patience = new AbortController();
    const enough = pause(STOP_PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([this.idle(), enough]);
    patience.abort();
    this.#options.transport.close();
  }

  #begin(attempts: () => Promise<DeliveryOutcome>, message: M): void {
    this.#options.detached(() => {
      const run = this.#deliver(attempts, message).finally(() => {
        this.#waiting--;
        this.#running.delete(run);
      });
      this.#running.add(run);
    });
  }

  async #deliver(attempts: () => Promise<DeliveryOutcome>, message: M): Promise<void> {
    const { report, onError = () => {} } = this.#options;
    try {
      await report(message, await attempts());
    } catch (error) {
      onError(error);
    }
  }

  async #attempts(message: M): Promise<DeliveryOutcome> {
    const { transport, retryDelaysMs = RETRY_DELAYS_MS, onError = () => {} } = this.#options;
    for (let attempt = 0; ; attempt++) {
      const isLast = this.#stopping.signal.aborted || attempt >= retryDelaysMs.length;
      try {
        await transport.deliver(message);
        return { sent: true };
      } catch (error) {
        onError(error);
        if (error instanceof PermanentDeliveryError) return { sent: false, reason: 'refused' };
        if (isLast) return { sent: false, reason: 'unreachable' };
        // Woken early by a stop, for the last attempt; it keeps no process alive.
        const options = { signal: this.#stopping.signal, ref: false };
        await pause(retryDelaysMs[attempt], undefined, options).catch(() => {});
      }
    }
  }
}

/** Sends mails. */
export type Mailer = Pick<DeliveryQueue<Mail>, 'send' | 'offer'>;
/** Sends text messages to phones. */
export type SmsSender = Pick<DeliveryQueue<Sms>, 'send' | 'offer'>;
