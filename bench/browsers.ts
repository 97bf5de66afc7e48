import { createHash } from 'node:crypto';
import { makeApp, oncePerWorld, REDIRECT_URI } from './fixtures.ts';
import type { LoadRequest } from './http-message.ts';

/** Browsers of users who sign in to the app of the bench at our service. */

export const SCOPE = 'openid profile email';
/** PKCE (RFC 7636): one pair serves every request, because the server computes the same whatever the verifier is. */
export const VERIFIER = 'the-code-verifier-of-every-request-of-the-bench';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

/** Path and query of an authorization request with PKCE. */
export const authorizePath = (path: string, clientId: string, more: Readonly<Record<string, string>>): string =>
  `${path}?${new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    state: 'bench-state',
    nonce: 'bench-nonce',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...more,
  })}`;

export const OWN_AUTHORIZE = '/t/demo/oauth/authorize';
/** What stands before the handle of the sign-in in the state of our page. */
export const BEFORE_HANDLE = '"handle":"';

/** A mutation as our sign-in page sends it. */
export function submit(url: string, cookie: string, field: string, input: object): LoadRequest {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { step { __typename ... on Finished { continueAt } } } }`;
  return {
    method: 'POST',
    path: '/graphql',
    headers: { accept: 'application/json', 'content-type': 'application/json', origin: url, cookie },
    body: JSON.stringify({ query, variables: { input: { tenant: 'demo', ...input } } }),
  };
}

/** A browser in which a user has signed in and has allowed the app what it asks for. */
export interface SignedInBrowser {
  readonly username: string;
  readonly password: string;
  /** Name of the cookie of the session. */
  readonly sessionName: string;
  /** The header `Cookie` of the browser. */
  readonly cookie: string;
  /** The same without the session, after it was signed out. */
  readonly cookieWithoutSession: string;
}

class Cookies {
  readonly #values = new Map<string, string>();

  keep(answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0]!.split('=');
      this.#values.set(name!, value!);
    }
  }

  /** Names of our cookies begin with a letter for their use. */
  header(isWanted: (name: string) => boolean = () => true): string {
    return [...this.#values].flatMap(([name, value]) => (isWanted(name) ? [`${name}=${value}`] : [])).join('; ');
  }

  get sessionName(): string {
    const name = [...this.#values.keys()].find(isSession);
    if (name === undefined) throw new Error('The service set no cookie of a session.');
    return name;
  }
}

const isSession = (name: string): boolean => name.startsWith('s');

/** One browser for each user of the app. */
export const signInWithBrowsers = oncePerWorld(async (world): Promise<readonly SignedInBrowser[]> => {
  const { url } = await world.server('idgraph');
  const app = await makeApp(world);
  const browsers: SignedInBrowser[] = [];
  for (const person of app.people) {
    const cookies = await visit(url, app.clientId, person);
    browsers.push({
      ...person,
      sessionName: cookies.sessionName,
      cookie: cookies.header(),
      cookieWithoutSession: cookies.header((name) => !isSession(name)),
    });
  }
  return browsers;
});

async function visit(
  url: string,
  clientId: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<Cookies> {
  const cookies = new Cookies();
  const send = async ({ method, path, headers, body }: LoadRequest): Promise<string> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...headers },
      body: body ?? null,
    });
    cookies.keep(answer);
    return answer.headers.get('location') ?? answer.text();
  };
  const location = await send({ method: 'GET', path: authorizePath(OWN_AUTHORIZE, clientId, { scope: SCOPE }) });
  if (!location.startsWith(url)) throw new Error(`Not the way to the page for signing in: ${location.slice(0, 400)}`);
  const page = await send({ method: 'GET', path: location.slice(url.length), headers: { cookie: cookies.header() } });
  const handle = /"handle":"([^"]+)"/.exec(page)?.[1];
  if (handle === undefined) throw new Error(`Not a page for signing in: ${page.slice(0, 400)}`);
  let answer = await send(submit(url, cookies.header(), 'submitPassword', { handle, identifier: username, password }));
  if (answer.includes('ConsentStep'))
    answer = await send(submit(url, cookies.header(), 'submitConsent', { handle, isGranted: true }));
  if (!answer.includes('continueAt')) throw new Error(`A user could not sign in: ${answer.slice(0, 400)}`);
  return cookies;
}
