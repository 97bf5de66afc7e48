import type { IncomingMessage } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { SessionMirror } from '../../../rest-compat/index.ts';
import { sha256 } from '../../crypto/index.ts';
import {
  type BrowserCookie,
  type BrowserPort,
  type CookieLife,
  hostNameOf,
  type TenantRef,
} from '../../kernel/index.ts';

const LETTERS: Readonly<Record<BrowserCookie, string>> = { session: 's', binding: 'b', device: 'd', sessionId: 'i' };

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
  readonly cookie: BrowserCookie;
  readonly value: string | null;
  /** Null: until the browser is closed. */
  readonly maxAgeSeconds: number | null;
}

/** The cookies of one request, and those that its answer sets. */
export class RequestBrowser implements BrowserPort {
  readonly #sent: string;
  readonly #isSecure: boolean;
  readonly #host: string | null;
  readonly #written = new Map<string, WrittenCookie>();
  /** Those that delete or set cookies of other products. */
  readonly #others: string[] = [];
  #values: Readonly<Record<string, string | undefined>> | undefined;

  /** @param publicUrl Public origin of the service; cookies of an https one are `Secure`. */
  constructor({ headers }: Pick<IncomingMessage, 'headers'>, publicUrl: string) {
    this.#sent = headers.cookie ?? '';
    this.#host = hostNameOf(headers.host ?? '');
    this.#isSecure = publicUrl.startsWith('https:');
  }

  read(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>): string | null {
    const name = this.nameOf(cookie, tenant);
    const written = this.#written.get(name);
    if (written !== undefined) return written.value;
    return this.#valueOf(name);
  }

  #valueOf(name: string): string | null {
    this.#values ??= parseCookie(this.#sent);
    return this.#values[name] ?? null;
  }

  take(name: string, path: string): string | null {
    const value = this.#valueOf(name);
    if (value === null) return null;
    // A cookie is deleted by the domain and path that it was set with, and browsers do not tell them.
    for (const domain of [undefined, ...domainsOf(this.#host)])
      for (const at of pathsAbove(path))
        this.#others.push(
          stringifySetCookie({
            name,
            value: '',
            maxAge: 0,
            ...(domain === undefined ? {} : { domain }),
            path: at,
            httpOnly: true,
            sameSite: 'lax',
            secure: this.#isSecure,
          }),
        );
    return value;
  }

  write(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>, value: string, life?: CookieLife): void {
    this.#written.set(this.nameOf(cookie, tenant), { cookie, value, maxAgeSeconds: life?.maxAgeSeconds ?? null });
  }

  clear(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>): void {
    this.#written.set(this.nameOf(cookie, tenant), { cookie, value: null, maxAgeSeconds: 0 });
  }

  nameOf(cookie: BrowserCookie, tenant: Pick<TenantRef, 'id'>): string {
    return cookieName(cookie, tenant, this.#isSecure);
  }

  mirrorSession(tenant: Pick<TenantRef, 'id'>, mirrors: readonly SessionMirror[], path: string): void {
    const value = this.read('sessionId', tenant);
    for (const { name, isReadable } of mirrors.filter(({ name }) => this.#valueOf(name) !== value))
      this.#others.push(
        stringifySetCookie({
          name,
          value: value ?? '',
          ...(value === null ? { maxAge: 0 } : {}),
          path,
          httpOnly: !isReadable,
          ...this.#forFrames,
        }),
      );
  }

  /** Scripts of the service read the id of the session also in frames of other sites, to which browsers show only such cookies. */
  get #forFrames() {
    return { sameSite: this.#isSecure ? 'none' : 'lax', secure: this.#isSecure } as const;
  }

  /** A value of `Set-Cookie` for each cookie that was written or cleared, as it was last, and those that delete taken ones. */
  get setCookies(): readonly string[] {
    const written = [...this.#written].map(([name, { cookie, value, maxAgeSeconds }]) =>
      stringifySetCookie({
        name,
        value: value ?? '',
        ...(maxAgeSeconds === null ? {} : { maxAge: maxAgeSeconds }),
        path: '/',
        ...(cookie === 'sessionId'
          ? this.#forFrames
          : { httpOnly: true, sameSite: 'lax' as const, secure: this.#isSecure }),
      }),
    );
    return [...written, ...this.#others];
  }
}

/** Most labels of a host whose parents are tried as domains of a cookie. */
const MAX_LABELS = 6;

/** The domains for which a cookie that a host gets can be set: itself and its parents; browsers ignore public suffixes. */
function domainsOf(host: string | null): readonly string[] {
  const labels = host === null ? [] : host.split('.');
  if (labels.length > MAX_LABELS) return [];
  return labels.slice(0, -1).map((_, at) => labels.slice(at).join('.'));
}

/** `/`, and each path from there to this one: `/`, `/t`, `/t/acme`. */
function pathsAbove(path: string): readonly string[] {
  const segments = path.split('/').slice(1);
  return ['/', ...segments.map((_, at) => `/${segments.slice(0, at + 1).join('/')}`)];
}
