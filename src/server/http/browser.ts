import type { IncomingMessage } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import { sha256 } from '../../crypto/index.ts';
import type { BrowserCookie, BrowserPort, CookieLife, TenantRef } from '../../kernel/index.ts';

const LETTERS: Readonly<Record<BrowserCookie, string>> = { session: 's', binding: 'b', device: 'd' };

/**
 * Name of a cookie: one per tenant, so that signing in to one does not sign out of another (docs/tenancy.md). Without `__Host-`,
 * which demands `Secure`, on a plain http address.
 */
export function cookieName(cookie: BrowserCookie, { id }: Pick<TenantRef, 'id'>, isSecure: boolean): string {
  const hash = sha256(id).toString('hex').slice(0, 10);
  return `${isSecure ? '__Host-' : ''}${LETTERS[cookie]}${hash}`;
}

/** A cookie that the answer sets; with a null value, one that it deletes. */
interface WrittenCookie {
  readonly value: string | null;
  /** Null: until the browser is closed. */
  readonly maxAgeSeconds: number | null;
}

/** The cookies of one request, and those that its answer sets. */
export class RequestBrowser implements BrowserPort {
  readonly #sent: string;
  readonly #isSecure: boolean;
  readonly #written = new Map<string, WrittenCookie>();
  #values: Readonly<Record<string, string | undefined>> | undefined;

  /** @param publicUrl Public origin of the service; cookies of an https one are `Secure`. */
  constructor({ headers }: Pick<IncomingMessage, 'headers'>, publicUrl: string) {
    this.#sent = headers.cookie ?? '';
    this.#isSecure = publicUrl.startsWith('https:');
  }

  read(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>): string | null {
    const name = cookieName(cookie, tenant, this.#isSecure);
    const written = this.#written.get(name);
    if (written !== undefined) return written.value;
    this.#values ??= parseCookie(this.#sent);
    return this.#values[name] ?? null;
  }

  write(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>, value: string, life?: CookieLife): void {
    const name = cookieName(cookie, tenant, this.#isSecure);
    this.#written.set(name, { value, maxAgeSeconds: life?.maxAgeSeconds ?? null });
  }

  clear(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>): void {
    this.#written.set(cookieName(cookie, tenant, this.#isSecure), { value: null, maxAgeSeconds: 0 });
  }

  /** A value of `Set-Cookie` for each cookie that was written or cleared, as it was last. */
  get setCookies(): readonly string[] {
    return [...this.#written].map(([name, { value, maxAgeSeconds }]) =>
      stringifySetCookie({
        name,
        value: value ?? '',
        ...(maxAgeSeconds === null ? {} : { maxAge: maxAgeSeconds }),
        path: '/',
        httpOnly: true,
        sameSite: 'lax',
        secure: this.#isSecure,
      }),
    );
  }
}
