import { type IdentityError, invalidField } from '../kernel/index.ts';
import type { RedirectEntry } from './client.entity.ts';
import { clientErrors } from './client.errors.ts';

/** A redirect address as a caller gives it; without `match`, an existing entry keeps its kind and a new one is exact. */
export interface RedirectInput {
  readonly uri: string;
  readonly match?: RedirectEntry['match'] | null;
}

const MAX_ENTRIES = 100;
const MAX_LENGTH = 2000;
/** ASCII without blanks and without `\`, which browsers read as `/`. An international name is written in its ASCII form. */
const URI_CHARACTERS = /^[\x21-\x5b\x5d-\x7e]+$/;
/**
 * Schemes whose addresses contain code or content that the browser runs or shows, or that do not lead back to an
 * application (RFC 8252 section 7.1).
 */
export const REFUSED_SCHEMES: ReadonlySet<string> = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'file:',
  'blob:',
  'about:',
  'mailto:',
  'ws:',
  'wss:',
]);
export const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/** Scheme, host and at least `/` as typed: a prefix that ends inside the host would match `app.example.evil.example`. */
const REACHES_PATH = /^[a-z][a-z0-9+.-]*:\/\/[^/?*]+\//i;

function faultOf(uri: string, match: RedirectEntry['match']): string | null {
  if (typeof uri !== 'string' || uri.length > MAX_LENGTH || !URI_CHARACTERS.test(uri)) return 'Not an address.';
  if (uri.includes('#')) return 'A fragment is not allowed (RFC 6749 section 3.1.2).';
  const isWildcard = match === 'wildcard';
  if (isWildcard ? uri.indexOf('*') !== uri.length - 1 : uri.includes('*'))
    return 'A "*" stands only at the end, and only in a wildcard.';
  if (match !== 'exact' && !REACHES_PATH.test(uri)) return 'A prefix must reach beyond the host.';
  if (!URL.canParse(uri)) return 'Not an absolute address.';
  const url = new URL(uri);
  if (REFUSED_SCHEMES.has(url.protocol)) return 'This scheme is not allowed.';
  if (url.username !== '' || url.password !== '') return 'A user name or password is not allowed.';
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) return '"http" is only allowed for loopback addresses.';
  return null;
}

/**
 * Redirect addresses in the form they are stored in, each once. Implements RFC 9700 section 2.6 (no `http` but loopback),
 * RFC 6749 section 3.1.2 and RFC 8252 section 7.
 * @param path GraphQL input path of the list.
 * @param before The present entries: those that stay keep their kind of match (docs/data-model.md).
 * @throws CLIENT_REDIRECT_INVALID
 */
export function checkedRedirects(
  path: string,
  input: readonly RedirectInput[],
  before: readonly RedirectEntry[] = [],
): RedirectEntry[] {
  if (input.length > MAX_ENTRIES) throw invalidField(path, 'LIST_TOO_LONG', `At most ${MAX_ENTRIES} addresses.`);
  const entries = new Map<string, RedirectEntry>();
  input.forEach(({ uri, match: asked }, index) => {
    const match = asked ?? before.find((entry) => entry.uri === uri)?.match ?? 'exact';
    const fault = faultOf(uri, match);
    if (fault !== null) throw refused(`${path}.${index}.uri`, fault);
    entries.set(`${match} ${uri}`, { uri, match });
  });
  return [...entries.values()];
}

const refused = (path: string, message: string): IdentityError =>
  clientErrors.CLIENT_REDIRECT_INVALID({ fields: [{ path, code: 'CLIENT_REDIRECT_INVALID', message }] });
