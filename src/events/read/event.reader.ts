import type { PageRequest, PageResult } from '../../persistence/index.ts';
import type { SecurityEvent } from '../record/event.ts';
import type { EventStore } from './event.store.ts';
import type { EventFilter } from './event-filter.ts';

/** Reads what the log holds. The caller of each method must check the permission to read the tenant's events. */
export class EventReader {
  readonly #store: EventStore;

  constructor(store: EventStore) {
    this.#store = store;
  }

  /**
   * A page of a tenant's events, newest first by default.
   * @throws INVALID_INPUT A cursor that is not of this list, or a page size out of range.
   */
  page(tenantId: string, filter: EventFilter, request: PageRequest): Promise<PageResult<SecurityEvent>> {
    return this.#store.page(tenantId, filter, request);
  }

  /** The event with this id, or null. */
  findIn(tenantId: string, id: string): Promise<SecurityEvent | null> {
    return this.#store.findById(tenantId, id);
  }

  /** The feed cursors of events, by id. An event has none until the sequencer has seen it, which takes a few milliseconds. */
  feedCursors(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#store.feedCursors(tenantId, ids);
  }
}
