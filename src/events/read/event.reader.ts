import type { ColumnSet, PageRequest, PageResult } from '../../persistence/index.ts';
import type { SecurityEvent } from '../record/event.ts';
import type { EventKeys } from '../record/event-columns.ts';
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
  page(tenantId: string, filter: EventFilter, request: PageRequest): Promise<PageResult<SecurityEvent>>;
  /** @param columns What is read of each event beside its keys; null: all. */
  page(
    tenantId: string,
    filter: EventFilter,
    request: PageRequest,
    columns: ColumnSet | null,
  ): Promise<PageResult<EventKeys>>;
  page(
    tenantId: string,
    filter: EventFilter,
    request: PageRequest,
    columns: ColumnSet | null = null,
  ): Promise<PageResult<EventKeys>> {
    return this.#store.page(tenantId, filter, request, columns);
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
