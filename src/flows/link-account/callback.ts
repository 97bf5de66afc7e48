import type { RedirectEntry } from '../../clients/index.ts';

const MAX_LENGTH = 2000;
/** Printable ASCII without `\`, which browsers read as `/`. */
const URI_CHARACTERS = /^[\x21-\x5b\x5d-\x7e]+$/;

/** Parses the callback; null unless it is an absolute URL without fragment and credentials. */
function parsed(callback: string): URL | null {
  if (callback.length > MAX_LENGTH || !URI_CHARACTERS.test(callback) || !URL.canParse(callback)) return null;
  const url = new URL(callback);
  return callback.includes('#') || url.username !== '' || url.password !== '' ? null : url;
}

/** Whether a URL equals an address or is below it: the same origin, and a path that continues after a whole segment. */
function isUnder(url: URL, address: URL): boolean {
  // Addresses without an origin (`com.example.app:/cb`) have no hierarchy, so nothing is below them.
  if (address.origin === 'null' || url.origin !== address.origin) return false;
  const base = address.pathname;
  if (!url.pathname.startsWith(base)) return false;
  return base.endsWith('/') || url.pathname.length === base.length || url.pathname[base.length] === '/';
}

/**
 * Whether a client may have browsers sent to this address (RFC 9700 section 4.11): it equals an `exact` entry, or is below
 * a `prefix` entry. Both are normalised first, so `..` cannot leave the prefix.
 */
export function isRegisteredCallback(callback: string, entries: readonly RedirectEntry[]): boolean {
  const url = parsed(callback);
  if (url === null) return false;
  return entries.some(({ uri, match }) => {
    if (match === 'exact') return uri === callback;
    return match === 'prefix' && URL.canParse(uri) && isUnder(url, new URL(uri));
  });
}

/** The callback with an error in its query, in the form of RFC 6749 section 4.1.2.1. */
export function withError(callback: string, error: string, description: string): string {
  const url = new URL(callback);
  url.searchParams.set('error', error);
  url.searchParams.set('error_description', description);
  return url.href;
}
