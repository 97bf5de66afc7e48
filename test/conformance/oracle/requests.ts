import type { CookieJar } from '../../support/cookie-jar.ts';
import type { Answer } from '../../support/rest.ts';
import { type Party, pathOf } from './party.ts';

/** Parameters of a request, in their order, as they are sent. */
export type Pairs = readonly (readonly [string, string])[];

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
export const FORM = 'application/x-www-form-urlencoded';
/** Longer requests are posted: servers of Node take 16 KB of headers. */
const MAX_QUERY = 8_000;

/** Sends a request of an application through a browser, which keeps the cookies of the answer. */
export async function sendBrowser(
  party: Party,
  jar: CookieJar,
  endpoint: string,
  pairs: Pairs,
  method: 'GET' | 'POST' = 'GET',
): Promise<Answer> {
  const form = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString();
  const path = pathOf(party, endpoint);
  const answer =
    method === 'POST' || form.length > MAX_QUERY
      ? await visit(party, jar, 'POST', path, form)
      : await visit(party, jar, 'GET', `${path}?${form}`);
  const kept = ownPath(party, answer);
  // Our service keeps what is posted, and the browser goes on with a GET.
  return kept?.startsWith(`${path}?posted_request=`) === true ? visit(party, jar, 'GET', kept) : answer;
}

async function visit(party: Party, jar: CookieJar, method: string, path: string, form?: string): Promise<Answer> {
  const headers = { accept: HTML, cookie: jar.header, ...(form === undefined ? {} : { 'content-type': FORM }) };
  const answer = await party.ask(method, path, { headers, body: form });
  jar.keep(answer.headers['set-cookie'] ?? []);
  return answer;
}

/** The path of a redirect that stays at the service. */
export function ownPath({ issuer }: Party, { headers: { location } }: Answer): string | null {
  if (location === undefined) return null;
  const { origin, pathname, search } = new URL(location, issuer);
  return origin === new URL(issuer).origin ? `${pathname}${search}` : null;
}
