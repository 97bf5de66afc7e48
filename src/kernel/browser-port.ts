import type { TenantRef } from './tenant.ts';

/**
 * Cookies of this service: the session of the browser; a random value by which a browser is recognised that goes on with what
 * it began; the device, by which a browser is recognised that signed in before; the id of the session, by which scripts of the
 * service see which one the browser has. It opens nothing.
 */
export type BrowserCookie = 'session' | 'binding' | 'device' | 'sessionId';

/** How long a browser keeps a cookie after it is closed. */
export interface CookieLife {
  /** Seconds from the answer, more than 0. Browsers keep no cookie longer than 400 days. */
  readonly maxAgeSeconds: number;
}

/**
 * The browser that sent a request, as far as its cookies show it. Each tenant has separate cookies. What is written leaves in a
 * header of the answer, never in its body, where scripts could read it.
 */
export interface BrowserPort {
  /** The value of a cookie, as this request left it or else as the browser sent it; null when there is none. */
  read(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>): string | null;
  /** Sets a cookie. @param life How long the browser keeps it. Default: until it is closed. */
  write(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>, value: string, life?: CookieLife): void;
  /** The name of a cookie in the browser, for a script that reads it. */
  nameOf(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>): string;
  /** Deletes a cookie from the browser. */
  clear(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>): void;
}
