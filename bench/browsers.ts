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

/** A browser that is led to the page for signing in. */
class Visit {
  readonly cookies = new Cookies();
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @returns Where the answer leads to, else its text. */
  async send({ method, path, headers, body }: LoadRequest): Promise<string> {
    const answer = await fetch(`${this.#url}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...headers },
      body: body ?? null,
    });
    this.cookies.keep(answer);
    return answer.headers.get('location') ?? answer.text();
  }

  /** Begins a sign-in to the application. @returns Its handle. */
  async begin(clientId: string): Promise<string> {
    const path = authorizePath(OWN_AUTHORIZE, clientId, { scope: SCOPE });
    const location = await this.send({ method: 'GET', path });
    if (!location.startsWith(this.#url))
      throw new Error(`Not the way to the page for signing in: ${location.slice(0, 400)}`);
    const headers = { cookie: this.cookies.header() };
    const page = await this.send({ method: 'GET', path: location.slice(this.#url.length), headers });
    const handle = /"handle":"([^"]+)"/.exec(page)?.[1];
    if (handle === undefined) throw new Error(`Not a page for signing in: ${page.slice(0, 400)}`);
    return handle;
  }
}

/** Begins a sign-in in a new browser. @returns Its handle. */
export const beginSignIn = (url: string, clientId: string): Promise<string> => new Visit(url).begin(clientId);

async function visit(
  url: string,
  clientId: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<Cookies> {
  const browser = new Visit(url);
  const handle = await browser.begin(clientId);
  const { cookies } = browser;
  const submitted = (field: string, input: object) =>
    browser.send(submit(url, cookies.header(), field, { handle, ...input }));
  let answer = await submitted('submitPassword', { identifier: username, password });
  if (answer.includes('ConsentStep')) answer = await submitted('submitConsent', { isGranted: true });
  if (!answer.includes('continueAt')) throw new Error(`A user could not sign in: ${answer.slice(0, 400)}`);
  return cookies;
}
