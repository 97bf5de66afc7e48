import type { EventTable } from '../events/index.ts';
import type { ErrorRow } from '../kernel/index.ts';
import type { EntityList, ForeignKey } from '../persistence/index.ts';

/** An error table as `defineErrors` makes it. */
export interface AnnouncedErrors {
  readonly rows: Readonly<Record<string, ErrorRow>>;
}

/**
 * What a module adds to the service. Its `module.ts` exports one of these, `src/modules.ts` lists them, and nothing else names
 * all of them. Each member that a module has nothing for is absent.
 */
export interface ServiceModule {
  /** Name in messages about the list. */
  readonly name: string;
  /** Tables. */
  readonly entities?: EntityList;
  /** Foreign keys of these tables. They are composite, so they are created by SQL and not by the ORM. */
  readonly foreignKeys?: readonly ForeignKey[];
  /** Indexes over expressions or with conditions, by name, each with the statement that creates it. */
  readonly indexes?: Readonly<Record<string, string>>;
  /** Error tables. */
  readonly errors?: readonly AnnouncedErrors[];
  /** Types of events. */
  readonly events?: readonly EventTable[];
}
