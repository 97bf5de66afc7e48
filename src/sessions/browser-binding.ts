import { randomBytes } from 'node:crypto';
import { constantTimeEqual, sha256Base64Url } from '../crypto/index.ts';
import type { BrowserPort, TenantRef } from '../kernel/index.ts';
import { sessionErrors } from './session.errors.ts';

/** 256 random bits in base64url. */
const BINDING = /^[\w-]{43}$/;

/**
 * Marks a browser, so that what it begins can be continued there alone. The mark is a cookie that one browser keeps for
 * everything that it begins in the tenant, so that tabs do not disturb each other.
 * @returns The hash of the mark, to be stored with what was begun.
 */
export function bindBrowser(browser: BrowserPort, tenant: Pick<TenantRef, 'id'>): string {
  const sent = browser.read('binding', tenant) ?? '';
  if (BINDING.test(sent)) return sha256Base64Url(sent);
  const made = randomBytes(32).toString('base64url');
  browser.write('binding', tenant, made);
  return sha256Base64Url(made);
}

/** Whether this is the browser that `bindBrowser` gave the hash for. @param hash Its result. */
export function isBoundBrowser(browser: BrowserPort, tenant: Pick<TenantRef, 'id'>, hash: string): boolean {
  const mark = browser.read('binding', tenant);
  return mark !== null && constantTimeEqual(sha256Base64Url(mark), hash);
}

/** The browser of a request. @throws BROWSER_REQUIRED The request comes from no page of this service. */
export function requireBrowser(browser: BrowserPort | null): BrowserPort {
  if (browser === null) throw sessionErrors.BROWSER_REQUIRED();
  return browser;
}
