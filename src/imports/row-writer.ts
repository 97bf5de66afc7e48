import type { Authority, PermissionGrant } from '../access/index.ts';
import type { RowFault, RowKind, RowName, RowOf } from './import-row.ts';

/** What a row writes to, where it is there already. */
export interface Existing {
  readonly id: string;
  /** Whether the service made it, so that an import leaves it as it is. */
  readonly isBuiltin: boolean;
}

/** Writes one kind of rows by the service of its noun, inside a unit of work. */
export interface RowWriter<K extends RowKind> {
  /** What the caller must hold beside the permission to import. */
  readonly needs: readonly PermissionGrant['permission'][];
  /** Most events that a row causes. */
  readonly events: (row: RowOf<K>) => number;
  /** What cannot be read of a row; the rest of it is written. */
  readonly faults?: (row: RowOf<K>) => readonly RowFault[];
  /** What takes time or asks others, before the unit of work. What it throws refuses the row. */
  readonly prepare?: (authority: Authority, row: RowOf<K>) => Promise<void>;
  /** The thing that rows of a name are about; null: there is none. */
  readonly find: (authority: Authority, name: RowName) => Promise<Existing | null>;
  /** Whether another thing has what only one can have. Which one is not told, because the row does not name it. */
  readonly hasRival?: (authority: Authority, row: RowOf<K>) => Promise<boolean>;
  /** Those of rows whose things are there, where that takes fewer statements than `find` for each. */
  readonly there?: (authority: Authority, rows: readonly RowOf<K>[]) => Promise<ReadonlySet<RowOf<K>>>;
  /**
   * Makes many things at once, where that takes fewer statements than `add` for each.
   * @returns The ids of those that were made. The others, such as those that are there already, have to be written alone.
   */
  readonly addMany?: (authority: Authority, rows: readonly RowOf<K>[]) => Promise<ReadonlyMap<RowOf<K>, string>>;
  /** @returns The id of what was made. */
  readonly add: (authority: Authority, row: RowOf<K>) => Promise<string>;
  readonly change: (authority: Authority, id: string, row: RowOf<K>) => Promise<void>;
}

/** A writer of every kind. */
export type RowWriters = { readonly [K in RowKind]: RowWriter<K> };

/** The writer of a kind that is known only at run time. */
export const writerOf = (writers: RowWriters, kind: RowKind): RowWriter<RowKind> =>
  writers[kind] as unknown as RowWriter<RowKind>;
