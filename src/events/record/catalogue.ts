import { type EndedAccess, readEndedAccess } from './ended-access.ts';
import type { SecurityEvent } from './event.ts';
import type { EventTable, EventType } from './event-type.ts';

/** Every type of event that the modules announce. */
export class EventCatalogue {
  /** In the order in which they are announced. */
  readonly types: readonly EventType[];
  readonly categories: ReadonlySet<string>;
  readonly #byName: ReadonlyMap<string, EventType>;

  constructor(tables: readonly EventTable[]) {
    this.types = tables.flatMap((table) => Object.values(table));
    this.categories = new Set(this.types.map(({ category }) => category));
    this.#byName = new Map(this.types.map((type) => [type.name, type]));
  }

  /** The type of a name; nothing for one that this version does not know, written by a newer node. */
  find(name: string): EventType | undefined {
    return this.#byName.get(name);
  }

  /** The names of the types of some categories. */
  namesIn(categories: readonly string[]): string[] {
    return this.types.filter(({ category }) => categories.includes(category)).map(({ name }) => name);
  }

  /**
   * Reads the column `ends` of the catalogue for one event: whose tokens, sockets and cached permissions have to be checked
   * again. Null for an event that ends no access, which most events are. A type that this version does not know, written by a
   * newer node, counts for the whole tenant.
   */
  readEndedAccess(event: SecurityEvent): EndedAccess | null {
    return readEndedAccess(event, this.#byName.get(event.type)?.ends ?? 'tenant');
  }
}
