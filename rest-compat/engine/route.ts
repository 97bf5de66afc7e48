import type { z } from 'zod';
import type { UndeclaredCode } from './codes.ts';
import type { Cors } from './cors.ts';
import type { DataOf, OperationDocument, RowVariables, Variables } from './document.ts';
import type { ErrorLine, ErrorLines } from './fault.ts';
import type { FoundBy, Lookups } from './lookup.ts';
import type { RateLimit } from './rate-limit.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * The ways to authenticate at a row; any one of them suffices. Scope names are only for the API description; the schema
 * decides.
 */
export interface RouteCallers {
  /** `Authorization: Bearer`, with the scope names for users' tokens and for applications' tokens; each alone is enough. */
  readonly bearer?: {
    readonly user?: readonly string[];
    readonly app?: readonly string[];
    /** Whether the token may stand in the form of the row instead, as `access_token` (RFC 6750 section 2.2). */
    readonly inForm?: true;
  };
  /**
   * An API key of a user, with the scopes of keys of which each is enough, for the API description. Rows with `bearer` and without
   * this refuse keys with FORBIDDEN: they are meant for a session or for a browser.
   */
  readonly apiKey?: readonly string[];
  /** `Authorization: Basic` with the secret for older REST services, or with the OAuth secret. */
  readonly basic?: 'rest' | 'client';
  /**
   * Client authentication of OAuth (RFC 6749 section 2.3): Basic or in the form; public clients by `client_id`. `repeatable`:
   * the form may repeat the secret of the header; another one is refused like a wrong one.
   */
  readonly clientAuth?: true | 'repeatable';
  /** The values of `grant_type` for which, in a row with `clientAuth`, a bearer token authenticates as well as the client does. */
  readonly bearerGrants?: readonly string[];
  /** The caller is anonymous, and the operation may read and set the cookies of the browser. */
  readonly browser?: true;
  /** The operation of a caller who authenticates may read and set the cookies of the browser too. They make nobody a caller. */
  readonly cookies?: true;
  /** No credential is needed. */
  readonly public?: true;
}

/**
 * The parts of a request that a row accepts, as zod schemas without transforms, because the API description is made from them.
 */
export interface RouteInput {
  readonly params?: z.ZodObject;
  /** `raw`: the operation takes every parameter as it came, and judges them; `DescriptionOptions.rawForms` describes them. */
  readonly query?: z.ZodObject | 'raw';
  /** Names in lower case. */
  readonly headers?: z.ZodObject;
  /** JSON body. If the schema accepts `undefined`, the body may be left out. */
  readonly body?: z.ZodType;
  /**
   * Form body (`application/x-www-form-urlencoded`); parameters without a value count as absent (RFC 6749 section 3.1). `raw`:
   * the operation takes every parameter as it came, and judges them; `DescriptionOptions.rawForms` describes them. In a row
   * with `clientAuth`, those that authenticate the client are left out.
   */
  readonly form?: z.ZodObject | 'raw';
  /** Body of plain text (`text/plain`), in UTF-8. */
  readonly text?: z.ZodString;
}

/** A parameter of a raw form or query: its name, and a value for each time that it was sent. */
export interface FormParameter {
  readonly name: string;
  readonly values: readonly string[];
}

type Output<S> = S extends z.ZodType ? z.output<S> : Record<never, never>;

/** A request whose values have the declared shapes. */
export interface ParsedRequest<I extends RouteInput = RouteInput> {
  readonly params: Output<I['params']>;
  readonly query: I['query'] extends 'raw' ? readonly FormParameter[] : Output<I['query']>;
  readonly headers: Output<I['headers']>;
  readonly body: Output<I['body']>;
  readonly form: I['form'] extends 'raw' ? readonly FormParameter[] : Output<I['form']>;
  readonly text: I['text'] extends z.ZodType ? z.output<I['text']> : Record<never, never>;
  /** The public URL of this mount: `https://id.example.com/blitz`. */
  readonly baseUrl: string;
  /** The public URL of the service, without a path: `https://id.example.com`. */
  readonly publicUrl: string;
  /** Name of the tenant that the row acts on; the prefix's, where it acts on none. */
  readonly tenantName: string;
  /** The constants of this mount. */
  readonly constants: Readonly<Record<string, string>>;
}

/** A page that a build of `web/` makes. */
export type DocumentName = 'sign-in';

/** A form that a page posts by itself as soon as it is loaded. */
export interface FormPost {
  /** Address that receives the form. */
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** The answer of a browser row. */
export type BrowserAnswer =
  /** A redirect with the row's status. */
  | { readonly redirectTo: string }
  /** OAuth 2.0 Form Post Response Mode: a page that posts the fields to the action. */
  | { readonly post: FormPost }
  /**
   * A page of `web/`, with 200 unless `status` says otherwise. The engine adds the tenant and the language to its state. A request
   * that accepts no HTML gets `forPrograms` as JSON instead, if it is there.
   */
  | {
      readonly document: DocumentName;
      readonly state: object;
      readonly status?: number;
      readonly forPrograms?: object | null;
    }
  /**
   * A page of the dialect, with 200 unless `status` says otherwise. Its forms post to the sources in `formAction` (CSP,
   * `form-action`) alone; absent: nowhere. Its scripts send requests to this service if it `connects`, else none.
   */
  | {
      readonly page: string;
      readonly status?: number;
      readonly formAction?: readonly string[];
      readonly connects?: true;
    };

/** A deeply read-only version of a type. */
type Unchanged<T> = T extends readonly (infer E)[]
  ? readonly Unchanged<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Unchanged<T[K]> }
    : T;

type Found = Readonly<Record<string, unknown>>;

/**
 * How a row answers when the operation succeeded.
 * @typeParam F What the lookups of the row found, by their names.
 */
export interface Reply<D, S extends z.ZodType, I extends RouteInput = RouteInput, F = Found> {
  readonly status: number;
  /** Undeclared members are dropped. Absent: no body. */
  readonly schema?: S;
  /**
   * A pure function that makes the legacy body from the operation's data, from parameters of the request that choose its form,
   * and from what lookups found.
   */
  readonly from?: (data: D, request: ParsedRequest<I>, found: F) => Unchanged<z.input<S>> | null;
  /**
   * `browser`: `from` gives a `BrowserAnswer`. `status` is that of redirects: 303, or 302 where a manual says so; 307 would send
   * what was posted on (RFC 9700 section 4.12). `text`: `from` gives a text, which is sent as `text/plain`. Default `json`.
   */
  readonly as?: 'json' | 'browser' | 'text';
  /** For the API description: the shape of `forPrograms` of a `BrowserAnswer`. Absent: it has none. */
  readonly forPrograms?: z.ZodType;
  /** A function where a header shows the data or the request, such as the `Location` of what was made. */
  readonly headers?:
    | Readonly<Record<string, string>>
    | ((data: D, request: ParsedRequest<I>) => Readonly<Record<string, string>>);
  /** For the API description: when `from` gives null, which is answered with 204 without a body. Absent: never. */
  readonly orEmpty?: string;
}

/** A parameter, or a top-level member of the body, that names a tenant, by its name or inside a handle. */
export interface TenantPlace {
  readonly in: 'params' | 'query' | 'form' | 'body';
  readonly name: string;
  /**
   * The value is a handle, or an id, which contains the route of a tenant, or a token, whose issuer belongs to one. Any other value
   * names no tenant. Nothing is verified: the operation does that, in this tenant.
   */
  readonly as?: 'handle';
  /** A request that names no tenant there acts on the caller's, not on that of the host or the default one. */
  readonly orCaller?: true;
  /** A request that names no tenant there is refused for its shape before its credential is looked at, which would be that of some tenant. */
  readonly isNeeded?: true;
}

/**
 * How a row's requests name their tenant, in addition to the prefix; all names in a request must agree. `caller`: the caller's
 * tenant, if the prefix names none. `none`: the row acts on no tenant, and its document declares none. `mount`: only the prefix
 * or the host; what the row takes under the name of a tenant is a value that its operation judges. A request that names no
 * tenant acts on the tenant of the host, else on the default one.
 */
export type TenantSource = TenantPlace | readonly TenantPlace[] | 'caller' | 'none' | 'mount';

/** A legacy endpoint: its complete description, without business rules. */
export interface Route<I extends RouteInput = RouteInput, D = unknown, S extends z.ZodType = z.ZodType> {
  readonly method: Method;
  /**
   * Path below the mount: `/api/v3/users/{subjectId}/auth`. An endpoint may have several. A last parameter `{path*}` takes all
   * further segments, joined by slashes.
   */
  readonly path: string | readonly string[];
  /** Section of the dialect's manual, or of the standard, that describes it. */
  readonly spec: string;
  /** One line for the API description. */
  readonly summary: string;
  readonly callers: RouteCallers;
  /** Which web pages of other origins may read its answers. Absent: none. */
  readonly cors?: Cors;
  /**
   * `page`: errors that the row does not list in `errors` are answered with a page, in the status of their kind, if the request
   * accepts HTML. Default: as the dialect answers them.
   */
  readonly faults?: 'page';
  /**
   * Path, below that of the row, of a page for people: a request that accepts HTML and has no credential is led there (302).
   */
  readonly pageBelow?: `/${string}`;
  /**
   * Whether a window that another page opened keeps its link to that page: every answer then has
   * `Cross-Origin-Opener-Policy: unsafe-none`, because one redirect without it ends the link.
   */
  readonly opener?: true;
  /**
   * Whether a page of another origin is refused with FORBIDDEN: it would decide for the user of the browser (CSRF). Requests of
   * programs, which name no page, are served.
   */
  readonly ownPagesOnly?: true;
  /** Sources (CSP, `frame-ancestors`) of the pages that may frame its answers. Absent: none. */
  readonly framed?: readonly string[];
  /** How often its requests are served. Absent: always. */
  readonly rateLimit?: RateLimit;
  /** Values of the dialect about the row, which its envelopes read (`Fault.route`). */
  readonly tags?: Readonly<Record<string, string | number>>;
  /** How its requests name their tenant, if the prefix does not. */
  readonly tenant?: TenantSource;
  /**
   * The name that the prefix must have: another one is answered with FORBIDDEN, whether or not there is such a tenant. If the
   * row's tenant is named at another place, the prefix may have that name too, and the row acts on the tenant of the place.
   */
  readonly under?: string;
  /** The row has no document: callers that authenticate are refused with NOT_IMPLEMENTED. `refusedRow` makes such rows. */
  readonly refuse?: true;
  /** The row has no document: its reply is made from the request alone. `plainRow` makes such rows. */
  readonly plain?: true;
  /** The document that the row runs, from the dialect's `operations.generated.ts`. */
  readonly operation: OperationDocument<D>;
  readonly input?: I;
  /** Whether the form's parameters may also be sent in the query string. */
  readonly formInQuery?: true;
  /** Whether the form's parameters may also be sent as a JSON object, of texts, numbers and booleans. */
  readonly formAsJson?: true;
  /** What is found before the row's document runs; it is the last argument of `toVariables` and of the reply's `from`. */
  readonly lookups?: Lookups;
  /** Makes the document's variables from the request, except those that the engine fills. */
  readonly toVariables?: (request: ParsedRequest<I>, found: Found) => Variables;
  readonly reply: Reply<D, S, I>;
  /**
   * The legacy field for a GraphQL input path (`input.requiredFactor`), or for a path in a body that does not have its declared
   * shape. `a.*` matches every path below `a`; a `*` in its field stands for the rest of the path. For a GraphQL path that is
   * not listed, the field is its last part.
   */
  readonly pos?: Readonly<Record<string, string>>;
  /**
   * Inner code, by legacy field, of a value that does not have its declared shape, if it differs from the dialect's
   * `fieldError`.
   */
  readonly shapeErrors?: Readonly<Record<string, string>>;
  /**
   * Errors of this row that differ from the dialect's table: of its operation, of every field or of the engine. An id that does
   * not have the form of an id also gives `NOT_FOUND`.
   */
  readonly errors?: ErrorLines;
  /**
   * How NOT_FOUND is answered by what is missing: a root field of the row's document that is null (its response key), or what a
   * lookup did not find (its name). Others are answered like every NOT_FOUND.
   */
  readonly missing?: Readonly<Record<string, ErrorLine>>;
}

/** The documents of a row: those of its lookups, then its own one. */
export const documentsOf = ({ lookups = {}, operation, refuse, plain }: Route): OperationDocument[] => [
  ...Object.values(lookups).map((lookup) => lookup.operation),
  ...(refuse === true || plain === true ? [] : [operation]),
];

export const pathsOf = (row: Route): readonly string[] => (typeof row.path === 'string' ? [row.path] : row.path);

/** Removes positions in lists from a path: `input.rights.0.subject` becomes `input.rights.subject`. */
export const withoutPositions = (path: string): string => path.replaceAll(/\.\d+(?=\.|$)/g, '');

/** The legacy field that a row declares for a path, or for the nearest path above it; null if it declares none. */
export function fieldAt({ pos = {} }: Pick<Route, 'pos'>, path: string): string | null {
  if (Object.hasOwn(pos, path)) return pos[path]!;
  const branch = Object.keys(pos).find((key) => key.endsWith('.*') && path.startsWith(key.slice(0, -1)));
  if (branch !== undefined) return pos[branch]!.replace('*', () => path.slice(branch.length - 1));
  const flat = `${withoutPositions(path)}.`;
  const above = Object.keys(pos).filter((key) => flat.startsWith(`${key}.`));
  return above.length === 0 ? null : pos[above.reduce((a, b) => (b.length > a.length ? b : a))]!;
}

/** Codes that a row can give: those that its document declares, and those that need no declaration. */
export type ErrorsOf<O> = UndeclaredCode | (O extends OperationDocument<unknown, unknown, infer E> ? E : never);

type ErrorsOfLookups<N> = N[keyof N] extends infer One
  ? One extends { operation: infer O }
    ? ErrorsOf<O>
    : never
  : never;

/** Makes a line for a code that is never given a compile error, also in constants that several rows share. */
type NoOtherCodes<Given, Known> = {
  readonly [Code in Exclude<keyof Given, Known>]: `Neither the operation nor the engine gives ${Code & string}.`;
};

/** Makes members that a document does not declare as variables a compile error, because GraphQL would ignore them silently. */
type NoOthers<Given, Known> = Given extends unknown
  ? { readonly [Name in Exclude<keyof Given, keyof Known>]: `The document has no variable $${Name & string}.` }
  : never;

/** A row with the types of its document. */
type BoundRoute<
  I extends RouteInput,
  O extends OperationDocument,
  R extends RowVariables<O>,
  S extends z.ZodType,
  L extends ErrorLines<string>,
  N extends Lookups<ParsedRequest<I>>,
> = Omit<Route<I, DataOf<O>, S>, 'operation' | 'toVariables' | 'errors' | 'lookups' | 'reply'> & {
  readonly reply: Reply<DataOf<O>, S, I, FoundBy<N>>;
  readonly operation: O;
  readonly lookups?: N;
  readonly errors?: L & NoOtherCodes<L, ErrorsOf<O> | ErrorsOfLookups<N>>;
} & (Record<never, never> extends RowVariables<O>
    ? { readonly toVariables?: (request: ParsedRequest<I>, found: FoundBy<N>) => R & NoOthers<R, RowVariables<O>> }
    : { readonly toVariables: (request: ParsedRequest<I>, found: FoundBy<N>) => R & NoOthers<R, RowVariables<O>> });

/**
 * Checks the types of a row against each other and against its document. The result has no type parameters, so that all rows
 * fit one list. A misspelt or missing variable does not compile, nor does a member of the data that the document does not
 * request, nor a line for an error that is never given.
 */
export function route<
  const I extends RouteInput,
  O extends OperationDocument,
  R extends RowVariables<O>,
  S extends z.ZodType,
  L extends ErrorLines<string>,
  N extends Lookups<ParsedRequest<I>> = Record<never, never>,
>(row: BoundRoute<I, O, R, S, L, N>): Route {
  return row as unknown as Route;
}
