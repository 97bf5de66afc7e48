import type { IncomingMessage } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Context } from 'koa';
import type { Caller } from '../../src/access/index.ts';
import type { IdentityError, Origin, TenantRef } from '../../src/kernel/index.ts';
import type { CallerAuthenticator } from './caller.ts';
import type { WebOrigins } from './cors.ts';

/** A tenant, as far as the engine looks at it. */
export interface HostTenant extends TenantRef {
  readonly settings: {
    /** False: changes in user mode need no `X-Forwarded-For`. */
    readonly requireForwardedAddress: boolean;
  };
}

type Found = Promise<HostTenant | null> | HostTenant | null;

/** All that the engine needs of the service that it runs in; `src/server` supplies it. */
export interface EngineHost {
  /** The graph, with its directives enforced. The engine compiles its documents against it once, and runs them itself. */
  readonly schema: GraphQLSchema;
  /** The context in which the schema's resolvers run one operation. The engine passes it on and reads nothing of it. */
  readonly contextFor: (caller: Caller, signal: AbortSignal) => object;
  /** The tenant of this name, in exact case. */
  readonly tenantByName: (name: string) => Found;
  /** The tenant that owns this host name, given without its port. */
  readonly tenantByHost: (host: string) => Found;
  /** The tenant whose route a handle carries; null when the text is no handle, or carries the route of no tenant. */
  readonly tenantByHandle: (handle: string) => Found;
  /** Turns the credentials of requests into callers. */
  readonly callers: CallerAuthenticator;
  /** Origins whose pages may read answers. */
  readonly webOrigins: WebOrigins;
  /** Where a request comes from, for its events. @param api `Origin.api`. */
  readonly originOf: (request: IncomingMessage, api: string) => Origin;
  /** An address in its one spelling; null when the text is no address. */
  readonly normaliseAddress: (text: string) => string | null;
  /** What callers see of an error that is no `IdentityError`: a lost database, or a fault. */
  readonly explain: (error: unknown) => IdentityError;
  /** Logs an error that callers see as unavailable or internal, with its cause. */
  readonly report: (error: unknown, ctx: Context) => void;
}
