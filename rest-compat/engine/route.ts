import type { z } from 'zod';
import type { Cors } from './cors.ts';
import type { OperationDocument, Variables } from './document.ts';
import type { LegacyError } from './fault.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who may call a row, in any of the ways it lists. Scope names feed the API description only; the schema decides. */
export interface RouteCallers {
  /** `Authorization: Bearer`: scope names of which each alone is enough, for a user's token and for an application's. */
  readonly bearer?: { readonly user?: readonly string[]; readonly app?: readonly string[] };
  /** `Authorization: Basic` with the secret for older REST services, or with the OAuth secret. */
  readonly basic?: 'rest' | 'client';
  /** Client authentication of OAuth (RFC 6749 section 2.3): Basic or in the form; public clients by `client_id`. */
  readonly clientAuth?: true;
  /** The browser session's cookie; a request without one is anonymous. */
  readonly browser?: true;
  /** No credential is needed. */
  readonly public?: true;
}

/** What a row takes, as zod schemas without transforms: they are the API description too. */
export interface RouteInput {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Names in lower case. */
  readonly headers?: z.ZodObject;
  /** JSON body. One that may be `undefined` may be left out. */
  readonly body?: z.ZodType;
  /** Form body (`application/x-www-form-urlencoded`); parameters without a value count as absent (RFC 6749 section 3.1). */
  readonly form?: z.ZodObject;
}

type Output<S> = S extends z.ZodType ? z.output<S> : Record<never, never>;

/** A request whose values have the declared shapes. */
export interface ParsedRequest<I extends RouteInput = RouteInput> {
  readonly params: Output<I['params']>;
  readonly query: Output<I['query']>;
  readonly headers: Output<I['headers']>;
  readonly body: Output<I['body']>;
  readonly form: Output<I['form']>;
  /** Where the rows of this mount are for the outside: `https://id.example.com/blitz`. */
  readonly baseUrl: string;
}

/** What a browser row answers with. */
export type BrowserAnswer = { readonly redirectTo: string } | { readonly page: string };

/** A value that nobody changes, whatever lists it holds. */
type Unchanged<T> = T extends readonly (infer E)[]
  ? readonly Unchanged<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Unchanged<T[K]> }
    : T;

/** How a row answers when the operation succeeded. */
export interface Reply<D, S extends z.ZodType, I extends RouteInput = RouteInput> {
  readonly status: number;
  /** Undeclared members are dropped. Absent: no body. */
  readonly schema?: S;
  /** Pure: from the operation's data, and what the request says of the answer's form, to the legacy body. */
  readonly from?: (data: D, request: ParsedRequest<I>) => Unchanged<z.input<S>> | null;
  /** `browser`: `from` gives a `BrowserAnswer`, a redirect with `status` or a page with 200. Default `json`. */
  readonly as?: 'json' | 'browser';
  readonly headers?: Readonly<Record<string, string>>;
  /** When `from` gives null and the answer is 204 without a body, for the API description. Absent: never. */
  readonly orEmpty?: string;
}

/** A parameter, or a member at the top of the body, that names a tenant: by its name, or inside a handle. */
export interface TenantPlace {
  readonly in: 'params' | 'query' | 'form' | 'body';
  readonly name: string;
  /** The value is a handle, which carries the tenant; one that carries none does not name a tenant. */
  readonly as?: 'handle';
}

/**
 * Whose tenant a row acts on, beside what its prefix names; all that a request names must agree. `caller`: the caller's own
 * where the prefix names none. `none`: none; its document takes no tenant. What names no tenant is the host's, or the default.
 */
export type TenantSource = TenantPlace | readonly TenantPlace[] | 'caller' | 'none';

/** Variables that the engine alone fills: the tenant of the request, and the kind of issuer of the mount. */
export type EngineVariables = 'tenant' | 'issuerKind';

/** A legacy endpoint: everything about it, and nothing that decides. */
export interface Route<I extends RouteInput = RouteInput, D = unknown, S extends z.ZodType = z.ZodType> {
  readonly method: Method;
  /** Below the mount: `/api/v3/users/{subjectId}/auth`. Several paths may be one endpoint. */
  readonly path: string | readonly string[];
  /** Where the guest's manual describes it. */
  readonly spec: string;
  /** One line for the API description. */
  readonly summary: string;
  readonly callers: RouteCallers;
  /** Which pages of other origins may read its answers. Absent: none. */
  readonly cors?: Cors;
  /** Whose tenant it acts on, where that does not stand in the prefix. */
  readonly tenant?: TenantSource;
  /** The document that it runs, from the dialect's `operations.generated.ts`. */
  readonly operation: OperationDocument<D>;
  readonly input?: I;
  /** Also take the form's parameters from the query string. */
  readonly formInQuery?: true;
  /** From the request to the document's variables, but for those of the engine. */
  readonly toVariables?: (request: ParsedRequest<I>) => Variables;
  readonly reply: Reply<D, S, I>;
  /**
   * GraphQL input path (`input.requiredFactor`), or path in the body where it has another shape than declared, to the legacy
   * field. `a.*` is every path below `a`, and a `*` in its field the rest of the path. A GraphQL path that is not listed shows
   * its last part.
   */
  readonly pos?: Readonly<Record<string, string>>;
  /** Inner code of a value that has not its declared shape, by legacy field, where it is not the dialect's `fieldError`. */
  readonly shapeErrors?: Readonly<Record<string, string>>;
  /** Where this row differs from the dialect's table of errors. `NOT_FOUND` is also what an id of impossible shape gives. */
  readonly errors?: Readonly<Record<string, LegacyError>>;
}

/** A path without the positions in lists: `input.rights.0.subject` as `input.rights.subject`. */
export const withoutPositions = (path: string): string => path.replaceAll(/\.\d+(?=\.|$)/g, '');

/** The legacy field that a row has for a path, or for the nearest one above it; null when it has none. */
export function fieldAt({ pos = {} }: Pick<Route, 'pos'>, path: string): string | null {
  if (Object.hasOwn(pos, path)) return pos[path]!;
  const branch = Object.keys(pos).find((key) => key.endsWith('.*') && path.startsWith(key.slice(0, -1)));
  if (branch !== undefined) return pos[branch]!.replace('*', () => path.slice(branch.length - 1));
  const flat = `${withoutPositions(path)}.`;
  const above = Object.keys(pos).filter((key) => flat.startsWith(`${key}.`));
  return above.length === 0 ? null : pos[above.reduce((a, b) => (b.length > a.length ? b : a))]!;
}

/** What a row gives of the variables that its document declares. */
export type RowVariables<O> = O extends OperationDocument<unknown, infer V> ? Omit<V, EngineVariables> : never;

/** The data of a document: what a reply is made from. */
export type DataOf<O> = O extends OperationDocument<infer D> ? D : never;

/** Refuses the members that a document does not declare as variables: GraphQL would ignore them without a word. */
type NoOthers<Given, Known> = Given extends unknown
  ? { readonly [Name in Exclude<keyof Given, keyof Known>]: `The document has no variable $${Name & string}.` }
  : never;

/** A row that is bound to its document. */
type BoundRoute<
  I extends RouteInput,
  O extends OperationDocument,
  R extends RowVariables<O>,
  S extends z.ZodType,
> = Omit<Route<I, DataOf<O>, S>, 'operation' | 'toVariables'> & { readonly operation: O } & (Record<
    never,
    never
  > extends RowVariables<O>
    ? { readonly toVariables?: (request: ParsedRequest<I>) => R & NoOthers<R, RowVariables<O>> }
    : { readonly toVariables: (request: ParsedRequest<I>) => R & NoOthers<R, RowVariables<O>> });

/**
 * Checks a row's types against each other and against its document, and forgets them, so that rows fit one list. A variable
 * that is misspelt or missing does not compile, nor does a member of the data that the document does not ask for.
 */
export function route<
  const I extends RouteInput,
  O extends OperationDocument,
  R extends RowVariables<O>,
  S extends z.ZodType,
>(row: BoundRoute<I, O, R, S>): Route {
  return row as unknown as Route;
}
