import { setTimeout as pause } from 'node:timers/promises';
import { kernelErrors, Tally } from '../kernel/index.ts';
import { openUnitOfWork } from '../persistence/index.ts';
import { deliveryErrors } from './delivery.errors.ts';
import {
  type Mail,
  type Message,
  PermanentDeliveryError,
  SilentServerError,
  type Sms,
  type Transport,
} from './message.ts';

/** How a message ended. */
export type DeliveryOutcome =
  | { readonly sent: true }
  /**
   * `refused`: the receiving server refused for good. `unreachable`: every attempt failed. `queue_full`: no attempt was
   * made.
   */
  | { readonly sent: false; readonly reason: 'refused' | 'unreachable' | 'queue_full' };

export interface DeliveryQueueOptions<M extends Message> {
  readonly transport: Transport<M>;
  /** Called with the outcome of each message, to record it. Its errors go to `onError`. */
  readonly report: (message: M, outcome: DeliveryOutcome) => Promise<unknown>;
  /** Runs work outside the current unit of work, if one is open. */
  readonly detached: (work: () => void) => void;
  /** Called after each failed attempt. */
  readonly onError?: (error: unknown) => void;
  /** Messages that may wait at once. Default 1000: of at most 64 KB each, 64 MB. */
  readonly capacity?: number;
  /** Of these, messages of one tenant, whose server may be slow. Default 250. */
  readonly tenantCapacity?: number;
  /** Of these, messages of one tenant whose own server was silent. Default 25: forty such tenants leave no place. */
  readonly silentCapacity?: number;
  /** Milliseconds before each further attempt. Default 1 s, 5 s, 30 s, 2 min, 10 min. */
  readonly retryDelaysMs?: readonly number[];
  /** How long the caller of `sendNow` waits. Default 10 s. */
  readonly patienceMs?: number;
}

const CAPACITY = 1000;
const TENANT_CAPACITY = 250;
const SILENT_CAPACITY = 25;
const RETRY_DELAYS_MS = [1_000, 5_000, 30_000, 120_000, 600_000];
const PATIENCE_MS = 10_000;
const UNREACHABLE = { sent: false, reason: 'unreachable' } as const;
/** Less than the time a node may take to stop (README.md). */
const STOP_PATIENCE_MS = 5_000;

/** Whether a message goes to a server that is only tried, which says nothing about the one that its tenant has set. */
const isTrial = (message: Message): boolean => (message as Partial<Mail>).server !== undefined;

/**
 * Outgoing messages. `send` returns at once; inside a unit of work the message is sent after the commit, and never after a
 * rollback. Messages wait in memory, so a crash loses them, as mail servers may lose a mail: users must be able to request
 * again whatever a message contains.
 */
export class DeliveryQueue<M extends Message> {
  readonly #options: DeliveryQueueOptions<M>;
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  /** How many messages of each tenant wait. */
  readonly #waiting = new Tally();
  /** How many messages may wait of each tenant whose own server was silent; none that may have all places of a tenant. */
  readonly #shares = new Map<string, number>();

  constructor(options: DeliveryQueueOptions<M>) {
    this.#options = options;
  }

  /**
   * Takes a message to be sent.
   * @throws SERVICE_UNAVAILABLE Too many wait already. Inside a unit of work the error also rolls the change back.
   */
  send(message: M): void {
    if (this.#isFullFor(message)) throw kernelErrors.SERVICE_UNAVAILABLE({ detail: 'the outgoing queue is full' });
    this.#enter((leave) => this.#attempts(message, leave), message);
  }

  /**
   * As `send`, for messages that no step depends on: when too many wait, reports the message as failed and throws nothing.
   */
  offer(message: M): void {
    const isFull = this.#isFullFor(message);
    const outcome = { sent: false, reason: 'queue_full' } as const;
    this.#enter(async (leave) => (isFull ? outcome : this.#attempts(message, leave)), message);
  }

  /**
   * Makes one attempt while the caller waits, outside of units of work, and records its outcome.
   * @throws MAIL_NOT_SENT The server refused the message, cannot be reached, or was silent for 10 s.
   * @throws SERVICE_UNAVAILABLE Too many wait already.
   */
  async sendNow(message: M): Promise<void> {
    if (this.#isFullFor(message)) throw kernelErrors.SERVICE_UNAVAILABLE({ detail: 'the outgoing queue is full' });
    const { report, patienceMs = PATIENCE_MS } = this.#options;
    const isOver = new AbortController();
    const isLate = new AbortController();
    const silence = pause(patienceMs, UNREACHABLE, { signal: isOver.signal }).catch(() => UNREACHABLE);
    const outcome = await Promise.race([this.#attemptOnce(message, isLate.signal), silence]);
    isOver.abort();
    // What is reported as not sent does not go out later.
    isLate.abort();
    await report(message, outcome);
    if (!outcome.sent) throw deliveryErrors.MAIL_NOT_SENT();
  }

  /** Counts as waiting until the attempt has ended, also when nobody waits for it any more. */
  #attemptOnce(message: M, signal: AbortSignal): Promise<DeliveryOutcome> {
    const leave = this.#take(message);
    const attempt = this.#attempt(message, signal);
    const run: Promise<void> = attempt.then(() => {
      leave();
      this.#running.delete(run);
    });
    this.#running.add(run);
    return attempt;
  }

  #isFullFor({ behalf }: M): boolean {
    const { capacity = CAPACITY } = this.#options;
    const { id } = behalf.tenant;
    return this.#waiting.total >= capacity || this.#waiting.of(id) >= this.#shareOf(id);
  }

  #shareOf(tenantId: string): number {
    const { tenantCapacity = TENANT_CAPACITY } = this.#options;
    return this.#shares.get(tenantId) ?? tenantCapacity;
  }

  /** Whether more messages wait than may since the server of the tenant was silent. */
  #isOverShare({ behalf }: M): boolean {
    const { id } = behalf.tenant;
    return this.#waiting.of(id) > this.#shareOf(id);
  }

  /** Each message that a server takes after its silence gives its tenant another place, until it has all of them. */
  #grow({ behalf }: M): void {
    const { tenantCapacity = TENANT_CAPACITY } = this.#options;
    const { id } = behalf.tenant;
    const share = this.#shareOf(id) + 1;
    if (share >= tenantCapacity) this.#shares.delete(id);
    else this.#shares.set(id, share);
  }

  #shrink({ behalf }: M): void {
    const { silentCapacity = SILENT_CAPACITY } = this.#options;
    const { id } = behalf.tenant;
    this.#shares.set(id, Math.min(silentCapacity, this.#shareOf(id)));
  }

  /** Takes a place for a message. @returns What gives it back, once. */
  #take({ behalf }: M): () => void {
    const { id } = behalf.tenant;
    let isHeld = true;
    this.#waiting.count(id, 1);
    return () => {
      if (isHeld) this.#waiting.count(id, -1);
      isHeld = false;
    };
  }

  #enter(attempts: (leave: () => void) => Promise<DeliveryOutcome>, message: M): void {
    const leave = this.#take(message);
    const unit = openUnitOfWork();
    const begin = () => this.#begin(() => attempts(leave), message, leave);
    if (unit === undefined) {
      begin();
      return;
    }
    unit.afterCommit(begin);
    unit.afterRollback(leave);
  }

  /** Resolves when no message is waiting or being sent. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Makes a last attempt for the messages that wait for one, within 5 s, then closes the transport. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const patience = new AbortController();
    const enough = pause(STOP_PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([this.idle(), enough]);
    patience.abort();
    this.#options.transport.close();
  }

  #begin(attempts: () => Promise<DeliveryOutcome>, message: M, leave: () => void): void {
    this.#options.detached(() => {
      const run = this.#deliver(attempts, message).finally(() => {
        leave();
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

  /** @param leave Gives the place of the message back, so that others know of it before the outcome is recorded. */
  async #attempts(message: M, leave: () => void): Promise<DeliveryOutcome> {
    const { retryDelaysMs = RETRY_DELAYS_MS } = this.#options;
    for (let attempt = 0; ; attempt++) {
      const isLast = this.#stopping.signal.aborted || attempt >= retryDelaysMs.length;
      const outcome = await this.#attempt(message);
      if (isLast || outcome.sent || outcome.reason === 'refused') return outcome;
      if (this.#isOverShare(message)) {
        leave();
        return outcome;
      }
      // `stop` ends the wait early, for the last attempt. The timer does not keep the process alive.
      const options = { signal: this.#stopping.signal, ref: false };
      await pause(retryDelaysMs[attempt], undefined, options).catch(() => {});
    }
  }

  async #attempt(message: M, signal?: AbortSignal): Promise<DeliveryOutcome> {
    const { transport, onError = () => {} } = this.#options;
    try {
      await transport.deliver(message, signal);
      if (!isTrial(message)) this.#grow(message);
      return { sent: true };
    } catch (error) {
      onError(error);
      if (error instanceof SilentServerError && !isTrial(message)) this.#shrink(message);
      return error instanceof PermanentDeliveryError ? { sent: false, reason: 'refused' } : UNREACHABLE;
    }
  }
}

/** Sends mails. */
export type Mailer = Pick<DeliveryQueue<Mail>, 'send' | 'offer'>;
/** Sends text messages to phones. */
export type SmsSender = Pick<DeliveryQueue<Sms>, 'send' | 'offer'>;
