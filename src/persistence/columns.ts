import type { InferEntity } from '@mikro-orm/core';
import { type AliasedExpression, type RawBuilder, sql } from 'kysely';

interface EntityWithMeta {
  readonly meta: {
    readonly properties: Record<
      string,
      { readonly fieldName?: string; readonly fieldNames?: string[]; readonly name: string; readonly primary?: boolean }
    >;
  };
}

const propertiesOf = (entity: object) => (entity as EntityWithMeta).meta.properties;

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The columns of an entity, each named as its property, so that rows of a plain read have the entity's shape. */
export type Columns<E> = AliasedExpression<E[keyof E & string], keyof E & string>[];

/**
 * Select list of an entity for `db.read()`: `"users"."email_verified" as "emailVerified"`. The database renames the
 * columns. Build it once per store, not per query.
 * @param alias The table's name or alias in the query.
 */
export function columnsOf<S extends object>(
  entity: S,
  alias: string,
  only?: readonly (keyof InferEntity<S> & string)[],
): Columns<InferEntity<S>> {
  const properties = propertiesOf(entity);
  const names = only ?? Object.keys(properties);
  const columns = names.map((name) => sql.ref(`${alias}.${properties[name]?.fieldName ?? snake(name)}`).as(name));
  return columns as unknown as Columns<InferEntity<S>>;
}

/** The column of each property of an entity. */
export const columnNamesOf = (entity: object): ReadonlyMap<string, string> =>
  new Map(Object.entries(propertiesOf(entity)).map(([name, { fieldName }]) => [name, fieldName ?? snake(name)]));

/** Properties of rows that a reader needs, beside the keys that every row has. Made by `toColumnSet`. */
export interface ColumnSet {
  readonly names: readonly string[];
  /** Equal for equal sets. */
  readonly key: string;
}

export function toColumnSet(names: Iterable<string>): ColumnSet {
  const sorted = [...new Set(names)].toSorted();
  return { names: sorted, key: sorted.join() };
}

/** What a statement selects of a table. */
export interface SelectList {
  /** Equal for equal lists of one table; empty when all columns are selected. */
  readonly key: string;
  readonly columns: RawBuilder<unknown>;
}

/** Properties that guards of the graph read of every row: its tenant, its id and its account. */
const GUARDED = ['tenantId', 'id', 'userId'];

export interface RowColumnsOptions<E> {
  /** Properties that every row has beside its keys, such as those that order a list. */
  readonly always?: readonly (keyof E & string)[];
  /** Properties that no reader gets. */
  readonly hidden?: readonly (keyof E & string)[];
}

/** The select lists of a table: all columns, or those that a reader needs. */
export class RowColumns<E> {
  readonly all: SelectList;
  readonly #known: ReadonlyMap<string, string>;
  readonly #always: readonly string[];
  /** A list lives as long as the set of a reader, which lives as long as its document. */
  readonly #narrowed = new WeakMap<ColumnSet, SelectList>();

  /** @param alias The table's name or alias in the statements. */
  constructor(entity: object, alias: string, { always = [], hidden = [] }: RowColumnsOptions<E> = {}) {
    const properties = Object.entries(propertiesOf(entity)).filter(([name]) => !hidden.includes(name as never));
    this.#known = new Map(
      properties.map(([name, { fieldName }]) => [name, `"${alias}"."${fieldName ?? snake(name)}" as "${name}"`]),
    );
    const keys = properties.filter(([name, { primary }]) => primary === true || GUARDED.includes(name));
    this.#always = [...keys.map(([name]) => name), ...always];
    this.all = { key: '', columns: this.#select(this.#known.keys()) };
  }

  /**
   * The columns for a reader, with the keys of the row.
   * @param wanted Null or absent: all columns, and so it is when the reader needs what is no column.
   */
  narrow(wanted: ColumnSet | null | undefined): SelectList {
    if (wanted == null) return this.all;
    const known = this.#narrowed.get(wanted);
    if (known !== undefined) return known;
    const list = this.#narrow(wanted);
    this.#narrowed.set(wanted, list);
    return list;
  }

  #narrow(wanted: ColumnSet): SelectList {
    if (!wanted.names.every((name) => this.#known.has(name))) return this.all;
    const { names, key } = toColumnSet([...this.#always, ...wanted.names]);
    return names.length === this.#known.size ? this.all : { key, columns: this.#select(names) };
  }

  #select(names: Iterable<string>): RawBuilder<unknown> {
    return sql.raw([...names].map((name) => this.#known.get(name)).join(', '));
  }
}
