import { randomBytes } from 'node:crypto';
import { type JWTPayload, type JWTVerifyResult, jwtVerify } from 'jose';
import { expect } from 'vitest';
import type { TestClient } from '../../support/oauth.ts';
import type { Answer } from '../../support/rest.ts';
import type { Visit, WebUser } from '../../support/web-user.ts';
import { CALLBACK, type Setting } from './setting.ts';

const FORM = 'application/x-www-form-urlencoded';
/** RFC 6749 appendix A.7 and A.8. */
const DESCRIBABLE = /^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/;
/** Claims that an ID token may have although nobody asked for them. */
const ID_TOKEN_CLAIMS = ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'acr', 'amr', 'azp'].concat([
  'at_hash',
  'c_hash',
  'jti',
  'sid',
]);
/** Errors of a request that would need a page (OpenID Connect Core section 3.1.2.6). */
const PAGE_NEEDED = ['interaction_required', 'login_required', 'account_selection_required', 'consent_required'];

export type Form = Readonly<Record<string, string>>;
/** Parameters that replace those of a plain request; null leaves one out. */
export type Asked = Readonly<Record<string, string | null>>;
/** How answers of the authorization endpoint come back. */
export type ResponseMode = 'default' | 'form_post';

/** How a request is sent. */
export interface Sending {
  readonly client?: TestClient;
  /** Whether a form is posted to the authorization endpoint. */
  readonly isPosted?: boolean;
}

/** A request that was sent through a browser, and where it got to. */
export interface Authorized {
  readonly client: TestClient;
  readonly request: Form;
  readonly visit: Visit;
}

/** What a code was exchanged for. */
export interface Tokens {
  readonly answer: Answer;
  readonly accessToken: string;
  readonly idToken: string;
  readonly claims: JWTPayload;
  readonly header: JWTVerifyResult['protectedHeader'];
  readonly code: string;
}

/** The requests of one module, with the checks that all modules make. */
export class ModuleRun {
  readonly setting: Setting;
  readonly responseMode: ResponseMode;

  constructor(setting: Setting, responseMode: ResponseMode = 'default') {
    this.setting = setting;
    this.responseMode = responseMode;
  }

  /** Sends an authorization request and lets the person answer the pages. */
  async authorize(
    browser: WebUser,
    asked: Asked = {},
    { client = this.setting.clients.basic, isPosted = false }: Sending = {},
  ): Promise<Authorized> {
    const request = this.#requestOf(client, asked);
    const endpoint = this.setting.metadata.json.authorization_endpoint;
    const form = new URLSearchParams(request);
    const visit = isPosted ? await browser.visit(endpoint, form) : await browser.visit(`${endpoint}?${form}`);
    return { client, request, visit };
  }

  #requestOf(client: TestClient, asked: Asked): Form {
    const all = {
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      scope: 'openid',
      state: randomBytes(8).toString('hex'),
      nonce: randomBytes(8).toString('hex'),
      response_type: 'code',
      ...(this.responseMode === 'form_post' ? { response_mode: 'form_post' } : {}),
      ...asked,
    };
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
  }

  /** What the application got, in the mode of the plan alone, beside the registered query. */
  answerTo({ request, visit: { url, form } }: Authorized): Form {
    const registered = new URL(request['redirect_uri'] ?? CALLBACK);
    expect(`${url.origin}${url.pathname}${url.hash}`).toBe(`${registered.origin}${registered.pathname}`);
    const query = Object.fromEntries(url.searchParams);
    expect(query).toMatchObject(Object.fromEntries(registered.searchParams));
    const inQuery = Object.fromEntries(Object.entries(query).filter(([name]) => !registered.searchParams.has(name)));
    if (this.responseMode === 'default') {
      expect(form).toBeNull();
      return inQuery;
    }
    expect(inQuery).toEqual({});
    return Object.fromEntries(form!);
  }

  /** The code of an answer, which has the state and the issuer beside it (RFC 6749 section 4.1.2, RFC 9207). */
  codeIn(authorized: Authorized): string {
    const { code, ...rest } = this.answerTo(authorized);
    expect(rest).toEqual({ state: authorized.request['state'], iss: this.issuer });
    expect(code).toMatch(/^[\w-]{22,}$/);
    return code!;
  }

  /** The error of an answer, which has nothing else that is not defined for errors (OpenID Connect Core section 3.1.2.6). */
  errorIn(authorized: Authorized): string {
    const { error, error_description: description, ...rest } = this.answerTo(authorized);
    expect(rest).toEqual({ state: authorized.request['state'], iss: this.issuer });
    expect(description).toMatch(DESCRIBABLE);
    return error!;
  }

  expectPageNeeded(authorized: Authorized): void {
    expect(PAGE_NEEDED).toContain(this.errorIn(authorized));
  }

  get issuer(): string {
    return this.setting.metadata.json.issuer;
  }

  /** Sends a request to the token endpoint, with the authentication that the client registered. */
  askTokens({ clientId, secret }: TestClient, form: Form): Promise<Answer> {
    const isPosted = clientId === this.setting.clients.post.clientId;
    const body = { ...form, ...(isPosted ? { client_id: clientId, client_secret: secret! } : {}) };
    const basic = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
    return this.setting.rest.ask('POST', this.setting.pathOf('token_endpoint'), {
      headers: { 'content-type': FORM, ...(isPosted ? {} : { authorization: basic }) },
      body: new URLSearchParams(body).toString(),
    });
  }

  /** The request that exchanges a code. */
  exchangeOf({ request }: Authorized, code: string): Form {
    return { grant_type: 'authorization_code', code, redirect_uri: request['redirect_uri']! };
  }

  /** Exchanges the code of an answer and checks the tokens. */
  async redeem(authorized: Authorized, more: Form = {}): Promise<Tokens> {
    const { client, request } = authorized;
    const code = this.codeIn(authorized);
    const answer = await this.askTokens(client, { ...this.exchangeOf(authorized, code), ...more });
    const tokens = await this.readTokens(client, answer);
    const { claims } = tokens;
    expect(claims['nonce']).toBe(request['nonce']);
    expect(Object.keys(claims).filter((name) => !ID_TOKEN_CLAIMS.includes(name))).toEqual([]);
    return { ...tokens, code };
  }

  /** Checks a successful answer of the token endpoint and its ID token (OpenID Connect Core sections 3.1.3.3 and 3.1.3.7). */
  async readTokens({ clientId }: TestClient, answer: Answer): Promise<Omit<Tokens, 'code'>> {
    const { status, headers, json } = answer;
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: expect.any(Number) });
    const verified = await jwtVerify(json.id_token, await this.setting.keys(), {
      issuer: this.issuer,
      audience: clientId,
      currentDate: this.setting.world.clock.now(),
      requiredClaims: ['sub', 'iat', 'exp'],
    });
    const { payload: claims, protectedHeader: header } = verified;
    expect(this.setting.metadata.json.id_token_signing_alg_values_supported).toContain(header.alg);
    return { answer, accessToken: json.access_token, idToken: json.id_token, claims, header };
  }

  userinfo(accessToken: string, method: 'GET' | 'POST' = 'GET'): Promise<Answer> {
    return this.setting.rest.ask(method, this.setting.pathOf('userinfo_endpoint'), { token: accessToken });
  }

  /** A whole sign-in: request, pages, code, tokens, and a request that the access token must open. */
  async signIn(browser: WebUser, asked: Asked = {}, options?: Sending): Promise<Authorized & Tokens> {
    const authorized = await this.authorize(browser, asked, options);
    const tokens = await this.redeem(authorized);
    const { status, json } = await this.userinfo(tokens.accessToken);
    expect([status, json.sub]).toEqual([200, tokens.claims.sub]);
    return { ...authorized, ...tokens };
  }

  /** The page on which a request ended that must not get back to the application. */
  pageOf({ visit: { url, status, state } }: Authorized | { readonly visit: Visit }) {
    expect(url.origin).toBe(new URL(this.issuer).origin);
    return { status, page: state?.page };
  }
}
