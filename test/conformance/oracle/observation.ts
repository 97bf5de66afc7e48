import type { CookieJar } from '../../support/cookie-jar.ts';
import type { Answer } from '../../support/rest.ts';
import { CALLBACK, claimsIn, type Party, SIGNED_OUT } from './party.ts';
import { ownPath } from './requests.ts';

/** What is compared of an answer: members by names, which are the same for both services. */
export type Observation = Readonly<Record<string, string>>;
/** Answers change in what is said in words, and where more is to be read. */
const isWorded = (name: string): boolean => name !== 'error_description' && name !== 'error_uri';

/** What comes back from the authorization endpoint. */
export async function observeAuthorization(
  party: Party,
  jar: CookieJar,
  answer: Answer,
  state: string | null,
): Promise<Observation> {
  const status = `${Math.floor(answer.status / 100)}xx`;
  const page = ownPath(party, answer);
  if (page !== null) return { to: `page of the prompt ${await party.promptAt(page, jar)}`, status };
  const sent = readSent(answer);
  if (sent === null) return { to: 'page', status };
  const { mode, parameters } = sent;
  const own = parameters.get('iss');
  const echoed = parameters.get('state');
  return {
    to: `application by ${mode}`,
    status,
    error: parameters.get('error') ?? 'none',
    state: echoed === null ? 'none' : echoed === state ? 'as sent' : 'another',
    iss: own === null ? 'none' : own === party.issuer ? 'own' : 'another',
    members: [...parameters.keys()].filter(isWorded).sort().join(' '),
  };
}

/** The members of an answer that goes to the application, and how it gets there. */
function readSent({ headers: { location }, text }: Answer): { mode: string; parameters: URLSearchParams } | null {
  if (location?.startsWith(CALLBACK) === true) {
    const { searchParams, hash } = new URL(location);
    return hash === ''
      ? { mode: 'query', parameters: searchParams }
      : { mode: 'fragment', parameters: new URLSearchParams(hash.slice(1)) };
  }
  if (!text.includes(`action="${CALLBACK}"`)) return null;
  const fields = [...text.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]): [string, string] => [
    name!,
    value!,
  ]);
  return { mode: 'form_post', parameters: new URLSearchParams(fields) };
}

/** What a program gets as JSON or as nothing. */
export function observeJson({ status, headers, text, json }: Answer): Observation {
  const type = headers['content-type']?.split(';')[0];
  const challenge = headers['www-authenticate'];
  return {
    to: text === '' ? 'nothing' : (type ?? 'no type'),
    status: String(status),
    error: typeof json?.error === 'string' ? json.error : 'none',
    challenge: challenge === undefined ? 'none' : readChallenge(challenge),
    cache: headers['cache-control'] ?? 'not said',
    members: Object.keys(json ?? {})
      .filter(isWorded)
      .sort()
      .join(' '),
  };
}

/** The schemes of a challenge, and the code in it. */
function readChallenge(challenge: string): string {
  const error = /error="(\w+)"/.exec(challenge)?.[1];
  return [/^\w+/.exec(challenge)?.[0], error].filter((one) => one !== undefined).join(' ');
}

/** What the token endpoint gives: the members of its answer, and the scope. */
export function observeTokens(answer: Answer): Observation {
  const { json } = answer;
  return {
    ...observeJson(answer),
    ...(typeof json?.scope === 'string' ? { scope: json.scope.split(' ').sort().join(' ') } : {}),
    ...(typeof json?.token_type === 'string' ? { type: json.token_type } : {}),
  };
}

/** What an ID token tells. */
export function observeIdToken({ status, json }: Answer): Observation {
  const claims = json?.id_token === undefined ? [] : Object.keys(claimsIn(json.id_token));
  return { status: String(status), ...Object.fromEntries(claims.map((name) => [name, 'there'])) };
}

/** Where a sign-out leads in the end, and whether a page asked before. */
export async function observeSignOut(party: Party, jar: CookieJar, answer: Answer): Promise<Observation> {
  if (answer.status >= 400) return { to: 'page', status: `${Math.floor(answer.status / 100)}xx` };
  const { isAsked, location } = await party.endSignOut(answer, jar);
  if (location === null) return { to: 'page', status: '2xx', asked: String(isAsked) };
  const { searchParams, origin, pathname } = new URL(location);
  return {
    to: `${origin}${pathname}` === SIGNED_OUT ? 'application' : location,
    status: '3xx',
    asked: String(isAsked),
    members: [...searchParams].map(([name, value]) => `${name}=${value.slice(0, 20)}`).join(' '),
  };
}
