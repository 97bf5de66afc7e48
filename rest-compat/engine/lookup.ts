import type { DataOf, OperationDocument, RowVariables, Variables } from './document.ts';

/** Data in which root fields may be null: there is nothing to show. */
type WithNulls<D> = { readonly [Field in keyof D]: D[Field] | null };

/**
 * Finds what a request names, such as the id of a user by its username: a document that runs before the row's own one, for the
 * same caller. Its permissions are checked together with those of the row.
 * @typeParam V What it finds.
 * @typeParam R The part of the request that it reads.
 */
export interface Lookup<V = unknown, R = never> {
  readonly operation: OperationDocument;
  /** @param found What the lookups before it found, by their names. */
  readonly toVariables: (request: R, found: Readonly<Record<string, unknown>>) => Variables;
  /** Null: nothing is found, and the row is answered with NOT_FOUND, or by the line of its `missing`. */
  readonly from: (data: never, request: R) => V | null;
}

/** The lookups of a row by name; they run in this order. */
export type Lookups<R = never> = Readonly<Record<string, Lookup<unknown, R>>>;

/** What the lookups of a row found, by their names. */
export type FoundBy<N> = { readonly [Name in keyof N]: N[Name] extends Lookup<infer V, never> ? V : never };

/** Checks the types of a lookup against its document. */
export function lookup<O extends OperationDocument, R, V>(made: {
  readonly operation: O;
  readonly toVariables: (request: R, found: Readonly<Record<string, unknown>>) => RowVariables<O>;
  readonly from: (data: WithNulls<DataOf<O>>, request: R) => V | null;
}): Lookup<V, R> {
  return made as unknown as Lookup<V, R>;
}
