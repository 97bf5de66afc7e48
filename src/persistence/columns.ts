import type { InferEntity } from '@mikro-orm/core';
import { type AliasedExpression, sql } from 'kysely';

interface EntityWithMeta {
  readonly meta: {
    readonly properties: Record<
      string,
      { readonly fieldName?: string; readonly fieldNames?: string[]; readonly name: string }
    >;
  };
}

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
  const properties = (entity as unknown as EntityWithMeta).meta.properties;
  const names = only ?? Object.keys(properties);
  const columns = names.map((name) => sql.ref(`${alias}.${properties[name]?.fieldName ?? snake(name)}`).as(name));
  return columns as unknown as Columns<InferEntity<S>>;
}
