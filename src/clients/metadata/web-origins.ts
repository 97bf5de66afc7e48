import { z } from 'zod';
import { atRoot, faultOfHttp, REFUSED_SCHEMES } from '../redirects.ts';
import { listOf } from './list.ts';
import { MANAGER, type MetadataMember } from './member.ts';

/** Origins one client may list; a product with a site per country has a few dozen. */
const MAX_ORIGINS = 100;
/** Enough for a scheme, a host of 253 characters and a port. */
const MAX_LENGTH = 280;
/** Stands for the origins of the client's redirect addresses. */
const OF_REDIRECTS = '+';
/** Pages of web views and browser extensions have origins with other schemes: `capacitor://localhost`. */
const OTHER_SCHEME = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9][a-z0-9._-]*(?::\d{1,5})?$/;

function faultOf(entry: string): string | null {
  if (entry === OF_REDIRECTS) return null;
  if (entry.includes('*')) return 'Many origins at once are not allowed; list them.';
  if (entry.length > MAX_LENGTH || !URL.canParse(entry)) return 'Not an origin, such as "https://app.example.com".';
  const url = new URL(entry);
  const plain = faultOfHttp(url);
  if (plain !== null) return plain;
  const { protocol, origin } = url;
  if (protocol === 'https:' || protocol === 'http:')
    return origin === entry ? null : `Write the origin as browsers send it: "${origin}".`;
  return OTHER_SCHEME.test(entry) && !REFUSED_SCHEMES.has(protocol) ? null : 'URLs with this scheme have no origin.';
}

/**
 * Origins (RFC 6454) of the pages that may call the service with this client's tokens. Wildcards are not supported, because
 * they would make the origin check of WebSocket upgrades useless.
 */
export const WEB_ORIGINS = {
  wire: 'web_origins',
  check: listOf(
    z.string().superRefine((entry, context) => {
      const message = faultOf(entry);
      if (message !== null) context.addIssue({ code: 'custom', message });
    }),
    MAX_ORIGINS,
    'origins',
  ),
  default: ({ type }) => (type === 'public' ? [OF_REDIRECTS] : []),
  setBy: MANAGER,
} as const satisfies MetadataMember<string[]>;

function originOfRedirect(uri: string): string[] {
  if (!URL.canParse(uri)) return [];
  const { protocol, origin } = new URL(uri);
  return protocol === 'https:' || protocol === 'http:' ? [origin] : [];
}

/**
 * The origins of the entries, each once: `+` is replaced by those of the redirect addresses.
 * @param rootUrl Root address of the client, whose origin the redirect addresses without one have.
 */
export function webOriginsOf(
  entries: readonly string[],
  redirects: readonly { readonly uri: string }[],
  rootUrl: string | null = null,
): string[] {
  const named = entries.flatMap((entry) =>
    entry === OF_REDIRECTS ? atRoot(redirects, rootUrl).flatMap(({ uri }) => originOfRedirect(uri)) : [entry],
  );
  return [...new Set(named)];
}
