import type { BrowserCookie, TenantRef } from '../../src/kernel/index.ts';
import { RequestBrowser } from '../../src/server/http/browser.ts';

const PUBLIC_URL = 'https://id.example.com';

/** The cookies of one browser, kept from request to request. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  /** The header `Cookie` of its next request. */
  get header(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Keeps what an answer sets, and drops what it deletes. */
  keep(setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (/; (?:Max-Age=0|expires=Thu, 01 Jan 1970 00:00:00 GMT)(?:;|$)/i.test(line))
        this.#cookies.delete(pair.slice(0, at));
      else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }

  /** Runs one request of this browser. */
  async use<T>(request: (browser: RequestBrowser) => Promise<T>): Promise<T> {
    const browser = new RequestBrowser({ headers: { cookie: this.header } }, PUBLIC_URL);
    try {
      return await request(browser);
    } finally {
      this.keep(browser.setCookies);
    }
  }

  /** Sets a cookie of this service. */
  async set(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>, value: string): Promise<void> {
    await this.use(async (browser) => browser.write(cookie, tenant, value));
  }

  /** A cookie of this service; null: the browser has none. */
  get(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>): Promise<string | null> {
    return this.use(async (browser) => browser.read(cookie, tenant));
  }
}
