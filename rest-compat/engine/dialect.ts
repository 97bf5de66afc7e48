import type { IssuerKindName } from '../../schema/oauth/oauth.type.ts';
import type { DialectErrors } from './fault.ts';
import type { Components } from './json-schema.ts';
import type { Route } from './route.ts';

/** A value of the enum `IssuerKind` of the graph, as a document takes it. */
export type IssuerKind = keyof typeof IssuerKindName;

/**
 * Rows below a prefix. `{tenant}` in the prefix names the tenant; without it the tenant is that of the host, else the default
 * one.
 */
export interface Mount {
  readonly prefix: string;
  /**
   * `host-label`: the leftmost label of `Host` names the tenant, where the rest is the host of the service's public URL; below
   * every other host the mount does not exist. The prefix then has no parameter.
   */
  readonly tenantIn?: 'host-label';
  /**
   * The mount has only the paths of its rows; every other one is that of another mount, or of none. A prefix that begins with a
   * parameter needs this, and its rows are looked for last.
   */
  readonly exact?: true;
  readonly routes: readonly Route[];
  /** The errors of this mount, if they differ from the rest of the dialect. */
  readonly errors?: DialectErrors;
  /**
   * The media type of its JSON bodies beside `application/json`: both are accepted, and answers have this one, without parameters,
   * unless the request accepts `application/json` alone.
   */
  readonly jsonType?: `application/${string}+json`;
  /** `Origin.api`, if it differs from the dialect's. */
  readonly api?: string;
  /** Value of `$issuerKind` in the documents of its rows; required if one of them declares it. */
  readonly issuerKind?: IssuerKind;
  /** `Origin.basePath` of its requests, for issuers that have several spellings. Default: none. */
  readonly basePath?: string;
  /** What the rows of this mount read as `request.constants`: where mounts of one row differ. */
  readonly constants?: Readonly<Record<string, string>>;
}

/** A part of the dialect's manual: a tag of the API description. */
export interface Chapter {
  readonly name: string;
  readonly description: string;
  readonly routes: readonly Route[];
}

/** Samples for the API description; a test checks them against the declared shapes. */
export interface Samples {
  /** Values by name of the parameter; each is valid in every row that has the parameter. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** By name of the row's operation. */
  readonly operations: Readonly<Record<string, OperationSamples>>;
}

export interface OperationSamples {
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** A JSON body or a form. */
  readonly body?: unknown;
  readonly reply?: unknown;
}

/** A cookie of an older product that shows which session a browser has. */
export interface SessionMirror {
  readonly name: string;
  /** Whether scripts of the service may read it. */
  readonly isReadable: boolean;
}

/** An older API, as the engine serves it. */
export interface Dialect {
  /** Name in `/openapi/<name>.json`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The API description shows the first mount of each list of rows. */
  readonly mounts: readonly Mount[];
  /** Each row belongs to one chapter. */
  readonly chapters: readonly Chapter[];
  readonly samples: Samples;
  /** Shapes that the API description names, wherever rows use the same one. Default: none but those of errors. */
  readonly components?: Components;
  readonly errors: DialectErrors;
  /** `Origin.api` of its requests. */
  readonly api: string;
  /**
   * Name of a cookie of the older product that holds the session of a browser. In rows for browsers it counts once, where the
   * browser has no living session here, and is then replaced by the cookie of this service.
   */
  readonly sessionCookieAlias?: string;
  /**
   * Cookies of the older product that programs may look for. Rows for browsers set them to the id of the session that the browser
   * has, for the path of the tenant, and delete them where it has none. They prove nothing, and nothing here reads them.
   */
  readonly sessionMirrors?: readonly SessionMirror[];
  /**
   * Whether a request with a user's token may name the address of the end user in `X-Forwarded-For`. That address is recorded
   * as `ip`, while counters and blocks use the address of the connection. `required`: in rows that declare the header, changes
   * without it are refused, unless the tenant's setting `requireForwardedAddress` is off.
   */
  readonly endUserAddress?: 'optional' | 'required';
  /**
   * How a caller sends an API key: in a header, whose name is in lower case, or as a bearer token with this beginning. Absent:
   * not at all.
   */
  readonly apiKeys?: { readonly header: string; readonly prefix: string };
  /** A request without the credential that its row needs is refused for that, whether or not its tenant exists. */
  readonly hidesTenants?: true;
  /**
   * A body that cannot be read is refused after the caller is known and may do what the row does, unless its form can hold the
   * credential. Default: before the caller is authenticated.
   */
  readonly refusesBodiesLast?: true;
  /** `/users/` is then the same path as `/users`. Only one slash is ignored. */
  readonly ignoresTrailingSlash?: true;
  /** The status of CORS preflights: default 204; 200 as some proxies and older clients expect. Either lets a browser go on. */
  readonly preflightStatus?: 200;
}
