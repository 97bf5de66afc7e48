import type { TenantRef } from './tenant.ts';

/**
 * Cookies of this service: the session of the browser, and a random value by which a browser is recognised that goes on with
 * what it began.
 */
export type BrowserCookie = 'session' | 'binding';

/**
 * The browser that sent a request, as far as its cookies show it. Each tenant has separate cookies. What is written leaves in a
 * header of the answer, never in its body, where scripts could read it.
 */
export interface BrowserPort {
  /** The value of a cookie, as this request wrote it or else as the browser sent it; null when there is none. */
  read(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>): string | null;
  /** Sets a cookie that lives until the browser is closed. */
  write(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>, value: string): void;
}
