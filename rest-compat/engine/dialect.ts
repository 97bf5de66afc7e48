import type { ErrorKind } from '../../src/kernel/index.ts';
import type { Envelope } from './errors.ts';
import type { LegacyError, Route } from './route.ts';

/** Rows below a prefix. `{tenant}` in the prefix names the tenant; without it the host does, else the default tenant. */
export interface Mount {
  readonly prefix: string;
  readonly routes: readonly Route[];
  /** Where errors are spoken of otherwise than in the rest of the dialect. */
  readonly errors?: DialectErrors;
  /** `Origin.api`, where it is not the dialect's. */
  readonly api?: string;
}

/** Why a request is challenged: no credential, a bad one, a token without the scope, a client that failed. */
export type ChallengeReason = 'missing' | 'invalid' | 'scope' | 'client';

/** How a dialect speaks of errors. */
export interface DialectErrors {
  /** By code of the graph and of the engine. Each code has a row; null means on purpose "as its kind". */
  readonly codes: Readonly<Record<string, LegacyError | null>>;
  readonly kinds: Readonly<Record<ErrorKind, LegacyError>>;
  readonly envelopes: Readonly<Record<string, Envelope>>;
  /** Inner code of a faulty field whose own code has no row. */
  readonly fieldError: string;
  /** Value of `WWW-Authenticate`. */
  readonly challenge: (reason: ChallengeReason) => string;
}

/** An older API, told to the engine. */
export interface Dialect {
  /** Name in `/openapi/<name>.json`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The first mount of a list of rows is the one the API description shows. */
  readonly mounts: readonly Mount[];
  /** Folder of the documents. */
  readonly operations: URL;
  readonly errors: DialectErrors;
  /** `Origin.api` of its requests. */
  readonly api: string;
  /**
   * Whether an authenticated user's token may come with the address of the end user in `X-Forwarded-For`: it is recorded as
   * `ip`, while counters and blocks use the transport's. `required`: changes without it are refused, in rows that declare
   * the header, unless the tenant's setting `requireForwardedAddress` is off.
   */
  readonly endUserAddress?: 'optional' | 'required';
}
