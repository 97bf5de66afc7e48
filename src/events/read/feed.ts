import { kernelErrors } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { EventCatalogue } from '../record/catalogue.ts';
import { type CursorCodec, isAfter, type LogPosition } from '../record/cursor.ts';
import { eventErrors } from '../record/event.errors.ts';
import type { SecurityEvent } from '../record/event.ts';
import { type CompiledFilter, compileFilter, type EventFilter } from './event-filter.ts';
import type { FeedEntry, Follower } from './follower.ts';
import { MemoryTail } from './memory-tail.ts';
import { type Kept, type PositionReader, readKept, readTenantPage } from './positions.ts';

interface ItemPlace {
  /** Place of the feed after the item. */
  readonly at: LogPosition;
  /** The same place for clients: sealed. */
  readonly cursor: string;
}

/** One item of a feed: an event, or a checkpoint, whose cursor moves the place to resume from although no event matched. */
export type FeedItem = ItemPlace &
  ({ readonly kind: 'event'; readonly event: SecurityEvent } | { readonly kind: 'checkpoint'; readonly event: null });

export interface FollowRequest {
  readonly tenantId: string;
  readonly filter?: EventFilter;
  /** Cursor of the last item seen; without it the feed begins with the next event. */
  readonly after?: string | null | undefined;
  /** Ends the feed. */
  readonly signal?: AbortSignal;
}

export interface FeedOptions {
  readonly db: Database;
  readonly follower: Follower;
  readonly reader: PositionReader;
  readonly cursors: CursorCodec;
  readonly catalogue: EventCatalogue;
}

/** Delivers the events of one tenant to subscriptions, live, each once and in order. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #open = new Set<MemoryTail>();

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /**
   * Follows a tenant's events. The first item is a checkpoint; further ones come with `checkpoint()`. Ending the iteration or
   * aborting `signal` releases everything. For a slow consumer at most 256 events are buffered; after that the feed reads the
   * log until the consumer has caught up.
   * @throws EVENT_CURSOR_INVALID `after` was not issued for this tenant. On the first step.
   * @throws EVENT_CURSOR_EXPIRED Events after `after` were deleted by the tenant's retention; on the first step, or later when
   *   they are deleted before a slow consumer gets to them.
   * @throws SERVICE_UNAVAILABLE The log cannot be read at the moment; follow again with the last cursor.
   */
  follow(request: FollowRequest): AsyncIterableIterator<FeedItem, undefined> {
    const ended = new AbortController();
    const signal = request.signal === undefined ? ended.signal : AbortSignal.any([request.signal, ended.signal]);
    const items = this.#items(request, signal);
    return {
      next: () => items.next(),
      // return() has no effect on a generator while it awaits; aborting ends the wait first.
      return: () => {
        ended.abort();
        return items.return(undefined);
      },
      throw: (error) => {
        ended.abort();
        return items.throw(error);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /**
   * The first item of a feed of the tenant that begins now.
   * @throws SERVICE_UNAVAILABLE The follower has not begun.
   */
  checkpointNow(tenantId: string): FeedItem {
    return this.#checkpointAt(tenantId, this.#requirePosition());
  }

  /** Whether the place of an item lies behind that of another item of the same tenant. */
  isAfter(item: FeedItem, other: FeedItem): boolean {
    return isAfter(item.at, other.at);
  }

  /** Sends a checkpoint to each subscriber whose place moved without an event; the engine calls this every 30 seconds. */
  checkpoint(): void {
    for (const tail of this.#open) tail.requestCheckpoint();
  }

  /** How many subscribers follow at the moment. */
  get size(): number {
    return this.#open.size;
  }

  async *#items(request: FollowRequest, signal: AbortSignal): AsyncGenerator<FeedItem, undefined> {
    const { follower } = this.#options;
    const filter = compileFilter(request.filter ?? {}, this.#options.catalogue);
    const { tenantId } = request;
    const start = await this.#startOf(request);
    const tail = new MemoryTail(tenantId, filter, signal);
    follower.attach(tail);
    this.#open.add(tail);
    try {
      // Without a cursor the feed begins at the follower's position when it is attached, so that no event is missed.
      let at = start ?? follower.position!;
      let mustRead = start !== null;
      yield this.#checkpointAt(tenantId, at);
      while (!signal.aborted) {
        if (mustRead || tail.hasOverflowed) {
          mustRead = false;
          tail.restart();
          for await (const entry of this.#logged(tenantId, filter, at, signal)) {
            at = entry;
            if (entry.event !== null) yield this.#item(entry as FeedEntry);
          }
          continue;
        }
        const entry = tail.take();
        if (entry !== undefined) {
          if (!isAfter(entry, at)) continue;
          at = entry;
          yield this.#item(entry);
          continue;
        }
        const here = follower.position!;
        if (tail.takeCheckpointRequest() && isAfter(here, at)) {
          at = here;
          yield this.#checkpointAt(tenantId, at);
          continue;
        }
        await tail.changed();
      }
      return undefined;
    } finally {
      follower.detach(tail);
      this.#open.delete(tail);
    }
  }

  /** The place of the cursor, or null to begin with the next event. */
  async #startOf({ tenantId, after }: FollowRequest): Promise<LogPosition | null> {
    const { cursors, db, reader } = this.#options;
    const start = after === null || after === undefined ? null : cursors.decode(tenantId, after);
    const here = this.#requirePosition();
    if (start === null) return null;
    // Another node may know a generation that this follower has not seen yet. A generation unknown to the database belongs to
    // another log.
    if (start.generation > here.generation && start.generation > (await reader.tail()).generation)
      throw eventErrors.EVENT_CURSOR_INVALID();
    this.#requireWhole(tenantId, await readKept(db, tenantId, start));
    return start;
  }

  #requirePosition(): LogPosition {
    const { position } = this.#options.follower;
    if (position === undefined) throw kernelErrors.SERVICE_UNAVAILABLE({ retryAfterSeconds: 1 });
    return position;
  }

  /** Refuses to go on when events after the place were deleted. */
  #requireWhole(tenantId: string, { isWhole, from }: Kept): void {
    if (isWhole) return;
    throw eventErrors.EVENT_CURSOR_EXPIRED({
      extensions: { oldestCursor: this.#options.cursors.encode(tenantId, from) },
    });
  }

  /** Reads the log up to the follower's present position; the last item is that position, without an event. */
  async *#logged(
    tenantId: string,
    filter: CompiledFilter,
    from: LogPosition,
    signal: AbortSignal,
  ): AsyncGenerator<LogPosition & { event: SecurityEvent | null }> {
    const end = this.#options.follower.position!;
    let at = from;
    while (!signal.aborted) {
      const page = await readTenantPage(this.#options.db, tenantId, filter, at, end.position);
      // Retention may have deleted events since the last page.
      this.#requireWhole(tenantId, page.kept);
      for (const { position, event } of page.matching) yield { generation: end.generation, position, event };
      if (page.lastPosition === null) break;
      at = { generation: end.generation, position: page.lastPosition };
    }
    if (!signal.aborted && isAfter(end, from)) yield { ...end, event: null };
  }

  #checkpointAt(tenantId: string, at: LogPosition): FeedItem {
    return { kind: 'checkpoint', at, cursor: this.#options.cursors.encode(tenantId, at), event: null };
  }

  readonly #shared = new WeakMap<SecurityEvent, FeedItem>();

  /** Subscribers of one event share its item, so that its cursor is sealed only once. */
  #item(entry: FeedEntry): FeedItem {
    let item = this.#shared.get(entry.event);
    if (item === undefined) {
      const { event } = entry;
      item = { kind: 'event', at: entry, cursor: this.#options.cursors.encode(event.tenantId, entry), event };
      this.#shared.set(entry.event, item);
    }
    return item;
  }
}
