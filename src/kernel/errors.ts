/**
 * What went wrong, as a closed set. Edges map the kind to a status: HTTP, OAuth and the dialects each hold one table.
 * `invalid` 400 · `unauthenticated` 401 · `forbidden` 403 · `not-found` 404 · `conflict` 409 · `refused` a rule does not
 * allow it · `throttled` 429 · `too-large` 413 · `unavailable` 503 · `internal` 500
 */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'refused'
  | 'throttled'
  | 'too-large'
  | 'unavailable'
  | 'internal';

/** HTTP status of each kind of error (RFC 9110 section 15), where an API has no other table. */
export const STATUS_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  refused: 422,
  throttled: 429,
  'too-large': 413,
  unavailable: 503,
  internal: 500,
};

/** One faulty value: `path` is its GraphQL input path (`input.email`), `code` a reason from the module's error table. */
export interface FieldFault {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** What the code is about, such as the bounds of a length, where a rule of a tenant says so. */
  readonly parameters?: readonly (string | number | null)[];
}

/** What the code that throws an error may add to its row of the error table. */
export interface ErrorExtras {
  /** Replaces the row's message; must be safe to show to the caller. */
  readonly message?: string;
  readonly fields?: readonly FieldFault[];
  /** Further members of the error's `extensions` in GraphQL; must be safe to show to the caller. */
  readonly extensions?: Readonly<Record<string, string>>;
  /** For logs only. */
  readonly detail?: unknown;
  /** For logs only. */
  readonly cause?: unknown;
  /** Seconds until trying again makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/** The one error class of the service. `code` is stable public API; `message` is safe to show. */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly fields: readonly FieldFault[] | undefined;
  readonly extensions: Readonly<Record<string, string>> | undefined;
  readonly detail: unknown;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: string, kind: ErrorKind, message: string, extras: ErrorExtras = {}) {
    super(extras.message ?? message, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.code = code;
    this.kind = kind;
    this.fields = extras.fields;
    this.extensions = extras.extensions;
    this.detail = extras.detail;
    this.retryAfterSeconds = extras.retryAfterSeconds;
  }

  /** The same error about one value of the input. @param path GraphQL input path of the value. */
  at(path: string): IdentityError {
    const { code, kind, message } = this;
    return new IdentityError(code, kind, message, { fields: [{ path, code, message }] });
  }
}

/**
 * A row of a module's error table. `description` is the SDL description of the code; `message` is what the caller reads.
 */
export interface ErrorRow {
  readonly kind: ErrorKind;
  readonly message: string;
}

/** An error table: codes as keys, each a function that makes the error. `rows` is what the SDL and the edges read. */
export type ErrorTable<R extends Record<string, ErrorRow>> = {
  readonly [C in keyof R]: (extras?: ErrorExtras) => IdentityError;
} & { readonly rows: R };

/**
 * Declares a module's errors. The `module.ts` of the module announces the table, and the SDL enum gets its codes.
 * @example throw userErrors.USER_NOT_FOUND();
 */
export function defineErrors<const R extends Record<string, ErrorRow>>(rows: R): ErrorTable<R> {
  const table: Record<string, unknown> = { rows };
  for (const [code, row] of Object.entries(rows)) {
    table[code] = (extras?: ErrorExtras) => new IdentityError(code, row.kind, row.message, extras);
  }
  return table as ErrorTable<R>;
}

/** Errors that belong to no module. */
export const kernelErrors = defineErrors({
  INVALID_INPUT: { kind: 'invalid', message: 'One or more values are not valid.' },
  UNAUTHENTICATED: { kind: 'unauthenticated', message: 'A valid access token is required.' },
  FORBIDDEN: { kind: 'forbidden', message: 'The caller may not do this.' },
  NOT_FOUND: { kind: 'not-found', message: 'There is nothing with this id.' },
  CONFLICT: { kind: 'conflict', message: 'The change collides with another one.' },
  REQUEST_TOO_LARGE: { kind: 'too-large', message: 'The request is too large.' },
  TOO_MANY_REQUESTS: { kind: 'throttled', message: 'Too many requests. Try again later.' },
  SERVICE_UNAVAILABLE: { kind: 'unavailable', message: 'The service is temporarily unavailable. Try again.' },
  INTERNAL_ERROR: { kind: 'internal', message: 'An internal error occurred.' },
});

/** A single faulty value as an `INVALID_INPUT` error. */
export function invalidField(path: string, code: string, message: string): IdentityError {
  return kernelErrors.INVALID_INPUT({ message, fields: [{ path, code, message }] });
}
