import type { IncomingMessage } from 'node:http';

type Head = Pick<IncomingMessage, 'headers'>;

/** The origin of the page that sent a request if it is not the service's; null for programs and pages of the service. */
export function foreignOrigin({ headers: { origin, host } }: Head, publicUrl: string): string | null {
  if (origin === undefined || origin === publicUrl) return null;
  return URL.canParse(origin) && new URL(origin).host === host ? null : origin;
}

/**
 * Whether a page of this service sent a request: by `Sec-Fetch-Site` (Fetch Metadata), which scripts cannot set, or by `Origin`
 * where a browser does not send that. A request with neither comes from a program.
 */
export function isOfOwnPage(request: Head, publicUrl: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return request.headers.origin !== undefined && foreignOrigin(request, publicUrl) === null;
}

/**
 * Whether a page of another origin sent a request, told as by `isOfOwnPage`. `none` is the user, by an address that was typed or a
 * page that was loaded again. A form of a page without referrers has the origin `null` where a browser does not send
 * `Sec-Fetch-Site`.
 */
export function isOfForeignPage(request: Head, publicUrl: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  return request.headers.origin !== 'null' && foreignOrigin(request, publicUrl) !== null;
}
