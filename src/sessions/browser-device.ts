import { randomBytes } from 'node:crypto';
import { sha256Base64Url } from '../crypto/index.ts';
import type { BrowserPort, CookieLife, TenantRef } from '../kernel/index.ts';

/** 256 random bits in base64url. */
const DEVICE = /^[\w-]{43}$/;
/** 400 days, the longest that browsers keep a cookie. Every sign-in counts them anew. */
const LIFE: CookieLife = { maxAgeSeconds: 400 * 86_400 };

/** The cookie by which a browser is recognised in which somebody signed in before. It opens nothing. */
export interface BrowserDevice {
  /** Id of the device: a hash, so that who reads it cannot pass as the device. */
  readonly id: string;
  /** Whether the browser had the cookie before. */
  readonly isKnown: boolean;
  /** Sets the cookie, or prolongs it. */
  readonly keep: () => void;
}

/** The device of a browser; a new one if it has none yet, which lives when `keep` is called. */
export function deviceOf(browser: BrowserPort, tenant: Pick<TenantRef, 'id'>): BrowserDevice {
  const sent = browser.read('device', tenant) ?? '';
  const isKnown = DEVICE.test(sent);
  const value = isKnown ? sent : randomBytes(32).toString('base64url');
  return {
    id: `SHA256_${sha256Base64Url(value)}`,
    isKnown,
    keep: () => browser.write('device', tenant, value, LIFE),
  };
}
