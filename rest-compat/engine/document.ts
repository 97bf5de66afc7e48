/**
 * A GraphQL document as a value, with the types of its variables and data; `npm run operations:emit` writes them.
 * @typeParam D Data of a run that succeeded. Root fields are never null in it: the engine throws the first error, and NOT_FOUND
 *   where a root field is null.
 * @typeParam V Variables that the document declares.
 * @typeParam E Codes that its fields declare with `@errors`, beyond those that every field can give.
 */
export interface OperationDocument<D = unknown, V = unknown, E extends string = string> {
  /** Name of the operation in the document. */
  readonly name: string;
  /** The document, without ignored tokens such as comments. */
  readonly text: string;
  /** SHA-256 of the text in hexadecimal digits, by which persisted documents are requested. */
  readonly hash: string;
  /** The codes of `E`. */
  readonly errors: readonly E[];
  /** Only for the compiler; absent at run time. */
  readonly types?: { readonly data: D; readonly variables: V };
}

/** Values of a document's variables. */
export type Variables = Readonly<Record<string, unknown>>;

/** Variables that only the engine fills: the tenant of the request, and the kind of issuer of the mount. */
export type EngineVariables = 'tenant' | 'issuerKind';

/** The variables of a document that a row has to supply. */
export type RowVariables<O> = O extends OperationDocument<unknown, infer V> ? Omit<V, EngineVariables> : never;

/** The data of a document, from which a reply is made. */
export type DataOf<O> = O extends OperationDocument<infer D> ? D : never;
