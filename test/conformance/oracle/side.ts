import { CookieJar } from '../../support/cookie-jar.ts';
import { TEST_VERIFIER } from '../../support/oauth.ts';
import type { Answer } from '../../support/rest.ts';
import { pairsOf, type Values } from './authorize.request.ts';
import type { Observation } from './observation.ts';
import { CALLBACK, type ClientId, type Party, pathOf, type Users } from './party.ts';
import { FORM, sendBrowser } from './requests.ts';

/** How a client authenticates in a request. */
export type Authentication = 'basic' | 'post' | 'none' | { readonly authorization: string };

const METHODS: Readonly<Record<ClientId, Authentication>> = {
  web: 'basic',
  relaxed: 'basic',
  app: 'none',
  posting: 'post',
  machine: 'basic',
};

/** Tokens that a client got. */
export interface SideTokens {
  readonly code: string;
  readonly answer: Answer;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
}

/** One of the two services, with what its clients do. */
export class Side {
  readonly party: Party;
  readonly #browsers = new Map<keyof Users, Promise<CookieJar>>();
  readonly #idTokens = new Map<keyof Users, Promise<string>>();

  constructor(party: Party) {
    this.party = party;
  }

  /** The browser in which a user stays signed in; null: a browser of nobody. */
  async browserOf(user: keyof Users | null): Promise<CookieJar> {
    if (user === null) return new CookieJar();
    const known = this.#browsers.get(user) ?? this.party.signIn(user);
    this.#browsers.set(user, known);
    return known;
  }

  /** An ID token of `web` about a user who is still signed in. */
  idTokenOf(user: keyof Users): Promise<string> {
    const known = this.#idTokens.get(user) ?? this.tokens({}, 'web', user).then(({ idToken }) => idToken);
    this.#idTokens.set(user, known);
    return known;
  }

  /** A code that the authorization endpoint gives a client. */
  async code(asked: Values = {}, client: ClientId = 'web', user: keyof Users = 'anna'): Promise<string> {
    const jar = await this.browserOf(user);
    return this.codeIn(jar, asked, client);
  }

  async codeIn(jar: CookieJar, asked: Values = {}, client: ClientId = 'web'): Promise<string> {
    const pairs = pairsOf({ client_id: client, ...asked });
    const { status, text, headers } = await sendBrowser(this.party, jar, 'authorization_endpoint', pairs);
    const code = new URL(headers.location ?? '', this.party.issuer).searchParams.get('code');
    if (code === null) throw new Error(`There is no code: ${status} ${headers.location} ${text}`);
    return code;
  }

  /** The tokens of a new code. */
  async tokens(asked: Values = {}, client: ClientId = 'web', user: keyof Users = 'anna'): Promise<SideTokens> {
    const code = await this.code(asked, client, user);
    const answer = await this.exchange(code, {}, client);
    if (answer.status !== 200) throw new Error(`There are no tokens: ${answer.text}`);
    const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = answer.json;
    return { code, answer, accessToken, refreshToken, idToken };
  }

  /** Sends a code to the token endpoint. @param values Replace those of a right request. */
  exchange(code: string, values: Values = {}, client: ClientId = 'web', as?: Authentication): Promise<Answer> {
    const request = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: TEST_VERIFIER };
    return this.post('token_endpoint', { ...request, ...values }, client, as);
  }

  /** Sends a refresh token to the token endpoint. @param values Replace those of a right request. */
  refresh(refreshToken: string, values: Values = {}, client: ClientId = 'web'): Promise<Answer> {
    return this.post('token_endpoint', { grant_type: 'refresh_token', refresh_token: refreshToken, ...values }, client);
  }

  /** Posts a form as a client. */
  post(endpoint: string, values: Values, client: ClientId, as: Authentication = METHODS[client]): Promise<Answer> {
    const secret = this.party.secrets[client] ?? '';
    const authorization = typeof as === 'object' ? as.authorization : basic(client, secret);
    const isInHeader = as === 'basic' || typeof as === 'object';
    const inForm = {
      ...(as === 'none' || as === 'post' ? { client_id: client } : {}),
      ...(as === 'post' ? { client_secret: secret } : {}),
    };
    const headers = { 'content-type': FORM, ...(isInHeader ? { authorization } : {}) };
    return this.party.ask('POST', this.pathOf(endpoint), { headers, body: formOf({ ...inForm, ...values }) });
  }

  pathOf(endpoint: string): string {
    return pathOf(this.party, endpoint);
  }
}

export const basic = (clientId: string, secret: string): string =>
  `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;

/** Parameters in the form of a request; several values are sent several times, none leaves a parameter out. */
export function formOf(values: Values): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
  return new URLSearchParams(pairs).toString();
}

/** A request that is sent to both services. */
export interface OracleCase {
  readonly name: string;
  readonly run: (side: Side) => Promise<Observation>;
}
