import type { IncomingMessage } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Context } from 'koa';
import type { Caller } from '../../src/access/index.ts';
import type { BrowserPort, IdentityError, Origin, TenantRef } from '../../src/kernel/index.ts';
import type { CallerAuthenticator } from './caller.ts';
import type { WebOrigins } from './cors.ts';
import type { SessionMirror } from './dialect.ts';
import type { DocumentName } from './route.ts';

/** The part of a tenant that the engine reads. */
export interface HostTenant extends TenantRef {
  /** Name for people; null: `name`. */
  readonly displayName: string | null;
  readonly settings: {
    /** False: changes in user mode need no `X-Forwarded-For`. */
    readonly requireForwardedAddress: boolean;
    readonly browserHeaders?: PageHeaders;
    /** Languages of its pages as BCP 47 tags; none = all of the service. */
    readonly locales?: readonly string[];
  };
}

/** Headers that a tenant adds to its pages; null and an empty text: none. */
export interface PageHeaders {
  readonly contentSecurityPolicy: string | null;
  readonly contentSecurityPolicyReportOnly: string | null;
  readonly robotsTag: string | null;
}

type Found = Promise<HostTenant | null> | HostTenant | null;

/** The browser of a request, and the values of `Set-Cookie` for what the operation wrote. */
export interface HostBrowser extends BrowserPort {
  readonly setCookies: readonly string[];
  /**
   * The value of a cookie that another product set, which is deleted from the browser; null if there is none.
   * @param path Path below which the cookie was sent; it was set for this path or for one above it.
   */
  take(name: string, path: string): string | null;
  /** Sets the cookies of another product to the id of the session, or deletes them, where the browser has other ones. */
  mirrorSession(tenant: TenantRef, mirrors: readonly SessionMirror[], path: string): void;
}

/** A page with its content security policy. */
export interface RenderedPage {
  readonly html: string;
  readonly policy: string;
  /** Further headers by name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Pages of `web/`. */
export interface PageDocuments {
  /** @param state What the page shows, as JSON. */
  render(name: DocumentName, state: object): RenderedPage;
}

/** Everything the engine needs from the service; `src/server` supplies it. */
export interface EngineHost {
  /** The graph, with its directives enforced. The engine compiles its documents against it once, and runs them itself. */
  readonly schema: GraphQLSchema;
  /** Makes the context in which the schema's resolvers run one operation. The engine does not read it. */
  readonly contextFor: (caller: Caller, signal: AbortSignal, browser: HostBrowser | null) => object;
  /** The browser that sent a request to a row that may use its cookies. */
  readonly browserOf: (request: IncomingMessage) => HostBrowser;
  /** Whether a page of another origin sent a request. */
  readonly isOfForeignPage: (request: IncomingMessage) => boolean;
  /** Makes a value of a session's cookie that of the browser, if it is alive and the browser has no living session yet. */
  readonly adoptSession: (browser: HostBrowser, tenant: HostTenant, value: string) => Promise<void>;
  /** Makes the pages of rows for browsers. */
  readonly documents: PageDocuments;
  /** The tenant of this name, in exact case. */
  readonly tenantByName: (name: string) => Found;
  /** The tenant that owns this host name, given in lower case and without its port. */
  readonly tenantByHost: (host: string) => Found;
  /** The tenant whose route a handle or an id contains, or to which the issuer of a token belongs; null when there is none. */
  readonly tenantByHandle: (handle: string) => Found;
  /** Authenticates the credentials of requests. */
  readonly callers: CallerAuthenticator;
  /** Origins whose pages may read answers. */
  readonly webOrigins: WebOrigins;
  /** The origin of a request, for its events. @param api `Origin.api`. */
  readonly originOf: (request: IncomingMessage, api: string) => Origin;
  /** The address of a request as limits count it: of IPv6 its /64; null if it has none. */
  readonly addressGroup: (request: IncomingMessage) => string | null;
  /** Normalises an address; null when the text is not an address. */
  readonly normaliseAddress: (text: string) => string | null;
  /** The error to show for one that is not an `IdentityError`, such as a lost database. */
  readonly explain: (error: unknown) => IdentityError;
  /** Logs, with its cause, an error that is shown as unavailable or internal. */
  readonly report: (error: unknown, ctx: Context) => void;
}
