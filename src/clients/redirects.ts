import { type IdentityError, invalidField } from '../kernel/index.ts';
import type { RedirectEntry } from './client.entity.ts';
import { clientErrors } from './client.errors.ts';

/** A redirect address as a caller gives it; without `match`, an existing entry keeps its kind and a new one is exact. */
export interface RedirectInput {
  readonly uri: string;
  readonly match?: RedirectEntry['match'] | null;
}

/** Kinds of applications (OpenID Connect Dynamic Client Registration section 2). */
export const APPLICATION_TYPES = ['web', 'native'] as const;
export type ApplicationType = (typeof APPLICATION_TYPES)[number];

const MAX_ENTRIES = 100;
export const MAX_URI_LENGTH = 2000;
/** ASCII without blanks and without `\`, which browsers read as `/`. An international name is written in its ASCII form. */
export const URI_CHARACTERS = /^[\x21-\x5b\x5d-\x7e]+$/;
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
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/** Scheme, host and at least `/` as typed: a prefix that ends inside the host would match `app.example.evil.example`. */
const REACHES_PATH = /^https?:\/\/[^/?*]+\//i;
const WEB_SCHEME = /^https?:$/;
/** A path at the root address of its client. `//host` and `/\host` would be addresses at another host. */
const PATH = /^\/(?![/\\])/;
/** A web address with its host as typed; browsers also read `https:host` and `https:///host`. */
export const WEB_ADDRESS = /^https?:\/\/[^/]/i;

/**
 * A host as names of hosts and addresses of networks are written. URLs allow more, such as `;` and `,`, which the content security policy
 * of a page that posts there cannot name, and no such host exists in the DNS.
 */
const HOST = /^(?:[a-z\d._-]+|\[[a-f\d:.]+\])$/;
const hasHost = ({ protocol, hostname }: URL): boolean => !WEB_SCHEME.test(protocol) || HOST.test(hostname);

/** Whether it is a path that continues the root address of its client, without fragment. */
export const isPath = (uri: string): boolean =>
  PATH.test(uri) && uri.length <= MAX_URI_LENGTH && URI_CHARACTERS.test(uri) && !uri.includes('#');

/** Why an address may not be a plain `http` one, or null (RFC 9700 section 2.6). */
export const faultOfHttp = ({ protocol, hostname }: URL): string | null =>
  protocol === 'http:' && !LOOPBACK.test(hostname) ? '"http" is only allowed for loopback addresses.' : null;

/** Parses an address; null unless it is absolute, in ASCII, without fragment and credentials, and has the name of a host. */
function parseAddress(uri: unknown): URL | null {
  if (typeof uri !== 'string' || uri.length > MAX_URI_LENGTH || !URI_CHARACTERS.test(uri)) return null;
  if (uri.includes('#') || !URL.canParse(uri)) return null;
  const url = new URL(uri);
  if (url.username !== '' || url.password !== '') return null;
  if (WEB_SCHEME.test(url.protocol) && !WEB_ADDRESS.test(uri)) return null;
  return hasHost(url) ? url : null;
}

function faultOfMatch(uri: string, match: RedirectEntry['match']): string | null {
  const isWildcard = match === 'wildcard';
  if (isWildcard ? uri.indexOf('*') !== uri.length - 1 : uri.includes('*'))
    return 'A "*" stands only at the end, and only in a wildcard.';
  if (isPath(uri)) return match === 'prefix' ? 'A path is compared exactly, or as a wildcard.' : null;
  if (match !== 'exact' && !REACHES_PATH.test(uri)) return 'A prefix must reach beyond the host of a web address.';
  return match === 'prefix' && uri.includes('?') ? 'A prefix has no query.' : null;
}

function faultOf(uri: string, match: RedirectEntry['match']): string | null {
  if (typeof uri !== 'string' || uri.length > MAX_URI_LENGTH || !URI_CHARACTERS.test(uri)) return 'Not an address.';
  if (uri.includes('#')) return 'A fragment is not allowed (RFC 6749 section 3.1.2).';
  const unmatched = faultOfMatch(uri, match);
  if (unmatched !== null) return unmatched;
  if (isPath(uri)) return null;
  const url = parseAddress(uri);
  if (url === null) return 'Not an absolute address of a host, without user name and password.';
  if (REFUSED_SCHEMES.has(url.protocol)) return 'This scheme is not allowed.';
  return faultOfHttp(url);
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

/**
 * As `checkedRedirects`, for addresses after sign-out: they are absolute, and those that are added are exact, because OpenID
 * Connect RP-Initiated Logout section 3 compares them exactly.
 */
export function checkedSignOutRedirects(
  path: string,
  input: readonly RedirectInput[],
  before: readonly RedirectEntry[] = [],
): RedirectEntry[] {
  const entries = checkedRedirects(path, input, before);
  for (const entry of entries) {
    const index = input.findIndex(({ uri }) => uri === entry.uri);
    if (isPath(entry.uri)) throw refused(`${path}.${index}.uri`, 'An address after sign-out is absolute.');
    if (entry.match === 'exact' || isIn(before, entry)) continue;
    throw refused(`${path}.${index}.match`, 'An address after sign-out is compared exactly.');
  }
  return entries;
}

const isIn = (entries: readonly RedirectEntry[], { uri, match }: RedirectEntry): boolean =>
  entries.some((entry) => entry.uri === uri && entry.match === match);

/**
 * Why an application of this type cannot have the address, or null. Schemes of applications have the reversed name of a domain,
 * so that no other developer has a reason to register them (RFC 8252 section 7.1). Web addresses are open to native
 * applications too, which claim them (RFC 8252 section 7.2).
 */
function faultOfApplication(uri: string, type: ApplicationType): string | null {
  if (isPath(uri)) return null;
  const { protocol } = new URL(uri);
  if (WEB_SCHEME.test(protocol)) return null;
  if (type === 'web') return 'Only applications of the type "native" have addresses with a scheme of the application.';
  return protocol.includes('.') ? null : 'The scheme must be a reversed domain name, such as "com.example.app".';
}

/**
 * @param path GraphQL input path of each entry.
 * @throws CLIENT_REDIRECT_INVALID An entry has a scheme that applications of this type cannot have.
 */
export function assertFitApplication(
  entries: readonly RedirectEntry[],
  type: ApplicationType,
  path: (entry: RedirectEntry) => string,
): void {
  for (const entry of entries) {
    const fault = faultOfApplication(entry.uri, type);
    if (fault !== null) throw refused(path(entry), fault);
  }
}

const refused = (path: string, message: string): IdentityError =>
  clientErrors.CLIENT_REDIRECT_INVALID({ fields: [{ path, code: 'CLIENT_REDIRECT_INVALID', message }] });

/** The kinds of entries that kinds of issuers compare with in addition to the exact ones; for the others there are none. */
const OPEN_MATCHES: ReadonlyMap<string, RedirectEntry['match']> = new Map([
  ['suite', 'prefix'],
  ['realm', 'wildcard'],
]);

/** The one group is the host; what follows the port is the other. Digits of a port have no leading zero. */
const LOOPBACK_ADDRESS = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?::([1-9]\d{0,4}))?((?:[/?].*)?)$/;
const MAX_PORT = 65_535;

/** Whether two loopback addresses differ in the port at most: a native application gets a free one at each start. */
function differsInPort(uri: string, entry: string): boolean {
  const [asked, listed] = [LOOPBACK_ADDRESS.exec(uri), LOOPBACK_ADDRESS.exec(entry)];
  if (asked === null || listed === null || Number(asked[2] ?? 80) > MAX_PORT) return false;
  return asked[1] === listed[1] && asked[3] === listed[3];
}

/** Characters that applications may decode to `/` or `\`, so that `..` behind them leaves the registered path. */
const ENCODED_SEPARATOR = /%(?:2f|5c)/i;

/** Whether the address equals the entry or is below it: the same origin, and a path that continues after a whole segment. */
function isBelow(url: URL, entry: URL): boolean {
  // Addresses without an origin (`com.example.app:/cb`) have no hierarchy, so nothing is below them.
  if (entry.origin === 'null' || url.origin !== entry.origin || entry.search !== '') return false;
  const base = entry.pathname;
  if (!url.pathname.startsWith(base)) return false;
  return base.endsWith('/') || url.pathname.length === base.length || url.pathname[base.length] === '/';
}

function isInOpenEntry(url: URL, { uri, match }: RedirectEntry): boolean {
  const text = match === 'wildcard' ? uri.slice(0, -1) : uri;
  if (!REACHES_PATH.test(text) || !URL.canParse(text) || ENCODED_SEPARATOR.test(url.pathname)) return false;
  // Both are normalised, so `..` and `%2e%2e` cannot leave the registered path.
  return match === 'wildcard' ? url.href.startsWith(new URL(text).href) : isBelow(url, new URL(text));
}

/**
 * The entries with the root address before their paths. Without a root address, or with one that has a query, a path leads
 * nowhere and is left out.
 */
export function atRoot<E extends { readonly uri: string }>(entries: readonly E[], rootUrl: string | null): E[] {
  const root = rootUrl?.includes('?') === false ? rootUrl.replace(/\/$/, '') : null;
  return entries.flatMap((entry) => {
    if (!isPath(entry.uri)) return [entry];
    return root === null ? [] : [{ ...entry, uri: `${root}${entry.uri}` }];
  });
}

/**
 * Whether a client may have browsers sent to this address (RFC 9700 sections 2.1 and 4.11). It equals an `exact` entry
 * character by character, or differs from a loopback one in the port alone (RFC 8252 section 7.3). Issuers of the kind
 * `suite` also compare with `prefix` entries, those of the kind `realm` with `wildcard` ones and with paths at the root
 * address.
 * @param rootUrl Root address of the client (`root_url` of its metadata); without it, paths match nothing.
 */
export function isRegisteredRedirect(
  uri: string,
  entries: readonly RedirectEntry[],
  issuerKind: string,
  rootUrl: string | null = null,
): boolean {
  const url = parseAddress(uri);
  if (url === null) return false;
  const open = OPEN_MATCHES.get(issuerKind);
  return atRoot(entries, open === 'wildcard' ? rootUrl : null).some((entry) => {
    if (entry.match === 'exact') return entry.uri === uri || differsInPort(uri, entry.uri);
    return entry.match === open && isInOpenEntry(url, entry);
  });
}

/**
 * Whether a client may have browsers sent to this address after sign-out: it equals an `exact` entry character by character,
 * the port included (OpenID Connect RP-Initiated Logout section 3).
 */
export function isRegisteredSignOutRedirect(uri: string, entries: readonly RedirectEntry[]): boolean {
  return parseAddress(uri) !== null && entries.some((entry) => entry.match === 'exact' && entry.uri === uri);
}

/** The address of a client for requests that name none, where an issuer allows that; null if it has none. */
export const findDefaultRedirect = (redirects: readonly RedirectEntry[]): string | null =>
  redirects.find(({ uri, match }) => match === 'exact' && !isPath(uri))?.uri ?? null;
