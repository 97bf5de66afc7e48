import type { Authority, Caller } from '../src/access/index.ts';
import type { BrowserPort } from '../src/kernel/index.ts';
import type { KnownTenant } from '../src/tenants/index.ts';
import { Loaders } from './loading.ts';
import type { Services } from './services.ts';

export type { Services } from './services.ts';

/** The context of every resolver. `src/server` builds one per operation, and so does the translation layer for its documents. */
export interface GraphContext {
  readonly caller: Caller;
  readonly services: Services;
  /** Each operation has separate loaders. */
  readonly loaders: Loaders;
  /** Aborts when the caller disconnects. */
  readonly signal: AbortSignal;
  /**
   * The browser whose page of this service sent the request; null for other callers, for requests of other origins, for
   * batches and for WebSockets.
   */
  readonly browser: BrowserPort | null;
  /** Most items of a page, where it is not the 200 of callers from outside. */
  readonly largestPage?: number | undefined;
  /** Tenants that this operation has used, by id: their routes are part of global ids. */
  readonly tenants: Map<string, KnownTenant>;
  /** Permissions of the caller in the tenant, set by the directives. Only root fields and guarded fields see it. */
  readonly authority: Authority;
}

/**
 * A context for one operation.
 * @param largestPage Most items of a page. Default 200.
 */
export function createContext(
  services: Services,
  caller: Caller,
  signal: AbortSignal,
  browser: BrowserPort | null = null,
  largestPage?: number,
): GraphContext {
  return {
    caller,
    services,
    loaders: new Loaders(services),
    signal,
    browser,
    largestPage,
    tenants: new Map(),
    // Replaced by the directives before any resolver of a root field runs.
    authority: undefined as unknown as Authority,
  };
}
