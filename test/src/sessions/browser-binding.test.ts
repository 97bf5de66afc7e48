import { describe, expect, it } from 'vitest';
import type { TenantId } from '../../../src/kernel/index.ts';
import { RequestBrowser } from '../../../src/server/http/browser.ts';
import { bindBrowser, isBoundBrowser, requireBrowser } from '../../../src/sessions/index.ts';
import { refusalOf } from '../../support/refusal.ts';

const ACME = { id: 'acme-id' as TenantId };
const OTHER = { id: 'other-id' as TenantId };

const browserWith = (cookie = '') => new RequestBrowser({ headers: { cookie } }, 'https://id.example.com');
/** The same browser in its next request. */
const next = ({ setCookies }: RequestBrowser) => browserWith(setCookies.map((one) => one.split(';')[0]).join('; '));

describe('the mark of a browser', () => {
  it('is a cookie of 256 random bits, of which only the hash is given', () => {
    const browser = browserWith();
    const hash = bindBrowser(browser, ACME);
    const mark = browser.read('binding', ACME)!;
    expect(mark).toMatch(/^[\w-]{43}$/);
    expect(hash).not.toContain(mark);
    expect(bindBrowser(browserWith(), ACME)).not.toBe(hash);
  });

  it('is kept by the browser for everything that it begins', () => {
    const browser = browserWith();
    const hash = bindBrowser(browser, ACME);
    const again = next(browser);
    expect(bindBrowser(again, ACME)).toBe(hash);
    expect(again.setCookies).toEqual([]);
  });

  it('recognises that browser alone, in that tenant alone', () => {
    const browser = browserWith();
    const hash = bindBrowser(browser, ACME);
    bindBrowser(browser, OTHER);
    expect(isBoundBrowser(next(browser), ACME, hash)).toBe(true);
    expect(isBoundBrowser(next(browser), OTHER, hash)).toBe(false);
    expect(isBoundBrowser(browserWith(), ACME, hash)).toBe(false);
    const other = browserWith();
    bindBrowser(other, ACME);
    expect(isBoundBrowser(next(other), ACME, hash)).toBe(false);
  });

  it('is made anew in place of one that is too short to be secret', () => {
    const browser = browserWith();
    browser.write('binding', ACME, 'short');
    bindBrowser(browser, ACME);
    expect(browser.read('binding', ACME)).toMatch(/^[\w-]{43}$/);
  });

  it('needs a browser', async () => {
    const browser = browserWith();
    expect(requireBrowser(browser)).toBe(browser);
    expect(await refusalOf((async () => requireBrowser(null))())).toBe('BROWSER_REQUIRED');
  });
});
