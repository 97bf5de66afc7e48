import type { Sealer } from '../crypto/index.ts';
import type { CommittedListener, EventCatalogue, EventLog, EventTable } from '../events/index.ts';
import type { Clock, ErrorRow } from '../kernel/index.ts';
import type { Database, EntityList, ForeignKey } from '../persistence/index.ts';

/** An error table as `defineErrors` makes it. */
export interface AnnouncedErrors {
  readonly rows: Readonly<Record<string, ErrorRow>>;
}

/** What every module can be created from. What else a module needs, its `create` declares. */
export interface ModuleBase {
  /** The dependencies of nearly every service. */
  readonly base: { readonly db: Database; readonly events: EventLog; readonly clock: Clock };
  /** The types of events of all modules. */
  readonly catalogue: EventCatalogue;
  /** Makes a sealer, which encrypts secrets at rest; it cannot decrypt what was sealed for another purpose. */
  readonly sealer: (purpose: string) => Sealer;
}

/**
 * Deletes expired rows, up to `limit` of each table, or corrects as many rows that are kept beside others. The server calls it once a
 * minute, and again at once while it returns `limit` or more: 100 on the embedded database, 1000 on a server.
 * @returns How many rows were deleted or corrected.
 */
export type Sweep = (limit: number) => Promise<number>;

/** What `create` of a module makes. Each member that a module has nothing for is absent. */
export interface Created {
  /** What resolvers and the server may call, by name. Later modules may need them too. */
  readonly services?: object;
  /** What only later modules may need, such as stores. */
  readonly internals?: object;
  /** Caches: each is called with every committed event, of this node at once and of other nodes as soon as it is read. */
  readonly caches?: readonly CommittedListener[];
  readonly sweeps?: readonly Sweep[];
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
  /**
   * Creates what the module serves. Its parameter names what it needs of the base and of the modules before it in the list;
   * a need that they do not fill is an error of the compiler at the list (`InOrder`).
   */
  readonly create?: (needs: never) => Created;
}
