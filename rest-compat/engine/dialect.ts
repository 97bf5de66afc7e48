import type { IssuerKindName } from '../../schema/oauth/oauth.type.ts';
import type { DialectErrors } from './fault.ts';
import type { Route } from './route.ts';

/** A value of the enum `IssuerKind` of the graph, as a document takes it. */
export type IssuerKind = keyof typeof IssuerKindName;

/** Rows below a prefix. `{tenant}` in the prefix names the tenant; without it the host does, else the default tenant. */
export interface Mount {
  readonly prefix: string;
  readonly routes: readonly Route[];
  /** Where errors are spoken of otherwise than in the rest of the dialect. */
  readonly errors?: DialectErrors;
  /** `Origin.api`, where it is not the dialect's. */
  readonly api?: string;
  /** Value of `$issuerKind` in the documents of its rows; demanded where one of them declares it. */
  readonly issuerKind?: IssuerKind;
}

/** A part of the dialect's manual: a tag of the API description. */
export interface Chapter {
  readonly name: string;
  readonly description: string;
  readonly routes: readonly Route[];
}

/** Samples for the API description, which a test holds against the declared shapes. */
export interface Samples {
  /** Values by the name of the parameter, where they fit every row that has it. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** By the name of the row's operation. */
  readonly operations: Readonly<Record<string, OperationSamples>>;
}

export interface OperationSamples {
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Of JSON or of a form. */
  readonly body?: unknown;
  readonly reply?: unknown;
}

/** An older API, told to the engine. */
export interface Dialect {
  /** Name in `/openapi/<name>.json`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The first mount of a list of rows is the one the API description shows. */
  readonly mounts: readonly Mount[];
  /** Each row stands in one. */
  readonly chapters: readonly Chapter[];
  readonly samples: Samples;
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
