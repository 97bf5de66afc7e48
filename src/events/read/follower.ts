import { Loop, type PollMs, type Round } from '../link/loop.ts';
import type { LogPosition } from '../record/cursor.ts';
import type { SecurityEvent } from '../record/event.ts';
import { indexedValues } from './event-filter.ts';
import { FilterIndex, type Wanted } from './filter-index.ts';
import { type PositionReader, READ_PAGE } from './positions.ts';

/** An event with its position, shared in memory by all subscribers that receive it. */
export interface FeedEntry extends LogPosition {
  readonly event: SecurityEvent;
}

/**
 * A subscriber, as the follower sees it. It is offered the events of its tenant that it wants, in order; it must be quick and
 * must not throw.
 */
export interface Tail {
  readonly tenantId: string;
  /** Which events it wants, by `indexedValues`. It may be offered others too. */
  readonly wanted: Wanted;
  offer(entry: FeedEntry): void;
  /**
   * Called when events were deleted before they could be offered; the subscriber then reads the log to learn whether it missed
   * any.
   */
  lapse(): void;
}

export interface FollowerOptions {
  readonly reader: PositionReader;
  readonly onError: (error: unknown) => void;
  /** Longest time between two reads of the log. */
  readonly pollMs: PollMs;
}

/**
 * Reads the log's positions once for the whole node, in order, and fans the events out in memory: to the caches, which
 * drop what another node changed, and to the subscribers.
 */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #loop: Loop;
  readonly #listeners: ((event: SecurityEvent) => void)[] = [];
  /** By tenant. */
  readonly #tails = new Map<string, FilterIndex<Tail>>();
  #position: LogPosition | undefined;
  #lastLookAt = Number.NEGATIVE_INFINITY;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#loop = new Loop({ round: () => this.#round(), pollMs: options.pollMs, onError: options.onError });
  }

  /** Begins at the log's present end. */
  async start(): Promise<void> {
    // Read the place first, so that events committed from now on are delivered.
    this.#position ??= await this.#options.reader.tail();
    this.#lastLookAt = performance.now();
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Reports that there are new positions. */
  wake(): void {
    this.#loop.wake();
  }

  /** The place up to which everything was delivered; undefined before the start. */
  get position(): LogPosition | undefined {
    return this.#position;
  }

  /**
   * Whether the log was read to its end within the last `maxAgeMs` milliseconds (of real time). A cache whose entries are
   * dropped by events may only be trusted while this holds.
   */
  isFresh(maxAgeMs: number): boolean {
    return performance.now() - this.#lastLookAt <= maxAgeMs;
  }

  /** The generation of the log that was read last; 0 before the start. */
  get generation(): number {
    return this.#position?.generation ?? 0;
  }

  /** Registers for every event of every tenant, of this node and the others. Must be quick and must not throw. */
  onEvent(listener: (event: SecurityEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Adds a subscriber: it is offered every event after the present `position`. */
  attach(tail: Tail): void {
    const tails = this.#tails.get(tail.tenantId) ?? new FilterIndex<Tail>();
    tails.add(tail.wanted, tail);
    this.#tails.set(tail.tenantId, tails);
  }

  detach(tail: Tail): void {
    const tails = this.#tails.get(tail.tenantId);
    tails?.delete(tail.wanted, tail);
    if (tails?.isEmpty === true) this.#tails.delete(tail.tenantId);
  }

  async #round(): Promise<Round> {
    const startedAt = performance.now();
    const look = await this.#options.reader.look(this.#position!);
    const { generation } = look;
    this.#position = { generation, position: look.from };
    let isWhole = true;
    for (const { position, event } of look.events) {
      const before: number = this.#position.position;
      // A sequencer commits positions in order. A gap that retention did not make means that the log was replaced meanwhile (a
      // restore): read it again.
      isWhole = position === before + 1 || (await this.#options.reader.deletedUpTo()) >= position - 1;
      if (!isWhole) break;
      if (position !== before + 1 || event === null) this.#lapse();
      // Update the position at each step, because a subscriber may be attached while `deletedUpTo` is read.
      this.#position = { generation, position };
      if (event !== null) this.#deliver({ ...this.#position, event });
    }
    const hasMore = look.events.length === READ_PAGE;
    if (isWhole && !hasMore) this.#lastLookAt = startedAt;
    return { restMs: 0, isUnfinished: hasMore };
  }

  /**
   * Tells all subscribers that events were deleted unread. Retention keeps events for at least a day, so this node was cut off
   * for longer. The caches need no notice: they keep nothing for that long.
   */
  #lapse(): void {
    for (const tails of this.#tails.values()) tails.visitAll((tail) => tail.lapse());
  }

  #deliver(entry: FeedEntry): void {
    for (const listener of this.#listeners) listener(entry.event);
    this.#tails.get(entry.event.tenantId)?.visit(indexedValues(entry.event), (tail) => tail.offer(entry));
  }
}
