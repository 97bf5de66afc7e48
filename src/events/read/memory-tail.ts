import type { CompiledFilter } from './event-filter.ts';
import type { Wanted } from './filter-index.ts';
import type { FeedEntry, Tail } from './follower.ts';

/**
 * Events buffered for a consumer that is slower than the log; the events are shared, so a full buffer is 2 KB of references.
 */
const MAX_BUFFERED = 256;

/**
 * A subscriber's buffer between the follower and its consumer. A full buffer is emptied, because the log has the same events.
 */
export class MemoryTail implements Tail {
  readonly tenantId: string;
  readonly wanted: Wanted;
  readonly #filter: CompiledFilter;
  #buffered: FeedEntry[] = [];
  #next = 0;
  #hasOverflowed = false;
  #isCheckpointDue = false;
  #wake: (() => void) | undefined;
  readonly #signal: AbortSignal;

  constructor(tenantId: string, filter: CompiledFilter, signal: AbortSignal) {
    this.tenantId = tenantId;
    this.wanted = filter.wanted;
    this.#filter = filter;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  offer(entry: FeedEntry): void {
    if (this.#hasOverflowed || !this.#filter.matches(entry.event)) return;
    if (this.#buffered.length - this.#next >= MAX_BUFFERED) {
      this.lapse();
      return;
    }
    this.#buffered.push(entry);
    this.#wake?.();
  }

  lapse(): void {
    this.restart();
    this.#hasOverflowed = true;
    this.#wake?.();
  }

  /** Whether events were dropped; the consumer has to read them from the log. */
  get hasOverflowed(): boolean {
    return this.#hasOverflowed;
  }

  /** Empties the buffer; events offered from now on are kept. */
  restart(): void {
    this.#hasOverflowed = false;
    this.#buffered = [];
    this.#next = 0;
  }

  take(): FeedEntry | undefined {
    const entry = this.#buffered[this.#next];
    if (entry !== undefined) this.#next++;
    // Release the events taken, even when the consumer never empties the buffer.
    if (this.#next === this.#buffered.length || this.#next === MAX_BUFFERED) {
      this.#buffered = this.#buffered.slice(this.#next);
      this.#next = 0;
    }
    return entry;
  }

  requestCheckpoint(): void {
    this.#isCheckpointDue = true;
    this.#wake?.();
  }

  takeCheckpointRequest(): boolean {
    const isDue = this.#isCheckpointDue;
    this.#isCheckpointDue = false;
    return isDue;
  }

  /** Resolves with the next offer, checkpoint request or the end. */
  changed(): Promise<void> {
    if (this.#signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
