import type { BrowserPort, CookieLife, TenantRef } from '../kernel/index.ts';
import type { Session } from './session.entity.ts';

type OfTenant = Pick<TenantRef, 'id'>;

/** Gives a browser its session, and shows scripts of the service which one it is. @param value Value of the session's cookie. */
export function keepSession(
  browser: BrowserPort,
  tenant: OfTenant,
  { id }: Pick<Session, 'id'>,
  value: string,
  life?: CookieLife,
): void {
  browser.write('session', tenant, value, life);
  browser.write('sessionId', tenant, id, life);
}

/** Takes the session away from a browser. */
export function dropSession(browser: BrowserPort, tenant: OfTenant): void {
  browser.clear('session', tenant);
  browser.clear('sessionId', tenant);
}

/** Shows scripts of the service which session the browser has by now: it may have ended, or be older than that cookie. */
export function showSession(browser: BrowserPort, tenant: OfTenant, session: Pick<Session, 'id'> | null): void {
  const shown = browser.read('sessionId', tenant);
  if (shown === (session?.id ?? null)) return;
  if (session === null) browser.clear('sessionId', tenant);
  else browser.write('sessionId', tenant, session.id);
}
