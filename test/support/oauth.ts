import type { Caller } from '../../src/access/index.ts';
import type { CreateClient, LinkedScope } from '../../src/clients/index.ts';
import { sha256Base64Url } from '../../src/crypto/index.ts';
import { addSeconds, type TenantRef } from '../../src/kernel/index.ts';
import { type CodePayload, mintCode } from '../../src/oauth/grants/authorization-code.ts';
import type { Authentication, IssuedTokens, OAuthParameter, TokenAnswer } from '../../src/oauth/index.ts';
import type { SessionRow } from '../../src/sessions/index.ts';
import type { CreateUser, User } from '../../src/users/index.ts';
import { TEST_ORIGIN, type World } from './world.ts';

/** Parameters of a request, each sent once. */
export const asParameters = (parameters: Readonly<Record<string, string>>): OAuthParameter[] =>
  Object.entries(parameters).map(([name, value]) => ({ name, values: [value] }));

/** Tokens with an access token. */
export type BearerTokens = IssuedTokens & { readonly accessToken: string };

/** The tokens of an answer. @throws Error It has permissions or an ID token alone instead. */
export function asTokens(answer: TokenAnswer): BearerTokens {
  if ('permissions' in answer || answer.accessToken === null) throw new Error('The answer has no access token.');
  return { ...answer, accessToken: answer.accessToken };
}

/** A client of a tenant, with its requests to the token endpoint. */
export class TestClient {
  readonly #world: World;
  readonly tenant: TenantRef;
  readonly clientId: string;
  readonly uuid: string;
  readonly secret: string | null;

  private constructor(
    world: World,
    tenant: TenantRef,
    client: { id: string; clientId: string },
    secret: string | null,
  ) {
    this.#world = world;
    this.tenant = tenant;
    this.clientId = client.clientId;
    this.uuid = client.id;
    this.secret = secret;
  }

  static async create(world: World, tenant: TenantRef, input: CreateClient = {}): Promise<TestClient> {
    const { client, secret } = await world.newClient(tenant, { grantTypes: ['client_credentials'], ...input });
    return new TestClient(world, tenant, client, secret);
  }

  /** The caller of a request with the client's credentials. */
  async caller(secret = this.secret): Promise<Caller> {
    const method = secret === null ? 'None' : 'Basic';
    const readings = [{ clientId: this.clientId, secret, method } as const];
    const authentication = await this.#world.services.oauth.authenticator.authenticateClient(
      this.tenant,
      readings,
      TEST_ORIGIN,
    );
    if ('refused' in authentication) throw new Error(authentication.refused);
    return authentication.caller;
  }

  /** A request to the token endpoint. */
  async request(
    grantType: string | null,
    parameters: Record<string, string> = {},
    issuerKind = 'native',
  ): Promise<BearerTokens> {
    const tenant = (await this.#world.services.directory.byId(this.tenant.id))!;
    const caller = await this.caller();
    const all = { ...(grantType === null ? {} : { grant_type: grantType }), ...parameters };
    const request = { caller, tenant, issuerKind, parameters: asParameters(all) };
    return asTokens(await this.#world.services.oauth.tokens.issue(request));
  }

  /** An access token of the client itself. */
  async token(scope?: string, issuerKind = 'native'): Promise<string> {
    const parameters: Record<string, string> = scope === undefined ? {} : { scope };
    return (await this.request('client_credentials', parameters, issuerKind)).accessToken;
  }
}

/** The redirect address of codes in tests. */
export const TEST_REDIRECT = 'https://app.example.com/cb';
/** A verifier of the least length (RFC 7636 section 4.1); its challenge is in codes made with `hasChallenge`. */
export const TEST_VERIFIER = 'v'.repeat(43);

/** What a code of a test stands for, where it differs from the usual: see `TestBrowserUser.code`. */
export interface TestCodeInput extends Partial<CodePayload> {
  readonly hasChallenge?: boolean;
}

/** A user who is signed in in a browser, and codes that the authorization endpoint would give a client for it. */
export class TestBrowserUser {
  readonly #world: World;
  readonly client: TestClient;
  readonly user: User;
  readonly session: SessionRow;

  private constructor(world: World, client: TestClient, user: User, session: SessionRow) {
    this.#world = world;
    this.client = client;
    this.user = user;
    this.session = session;
  }

  static async create(world: World, client: TestClient, input: CreateUser = {}): Promise<TestBrowserUser> {
    const user = await world.newUser(client.tenant, input);
    const { session } = await world.signedIn(client.tenant, user.id, { inBrowser: true, acr: '1fa' });
    return new TestBrowserUser(world, client, user, session);
  }

  /** A code of the native issuer with the scope `openid`, without a challenge. */
  code({ hasChallenge = false, ...input }: TestCodeInput = {}): Promise<string> {
    const { session } = this;
    const payload: CodePayload = {
      clientUuid: this.client.uuid,
      redirectUri: TEST_REDIRECT,
      issuerKind: 'native',
      issuerHost: null,
      challenge: hasChallenge ? sha256Base64Url(TEST_VERIFIER) : null,
      sessionId: session.id,
      scopes: ['openid'],
      isOffline: false,
      nonce: null,
      authTime: session.authTime.toISOString(),
      acr: session.acr,
      amr: session.amr,
      claims: null,
      ...input,
    };
    const { clock, stores } = this.#world;
    const expiresAt = addSeconds(clock.now(), 60);
    return mintCode(stores.oneTimeCodes, this.client.tenant, { userId: this.user.id, payload, expiresAt });
  }

  /** Sends a code to the token endpoint, as the client that it was made for would. */
  redeem(code: string, input: Record<string, string> = {}, issuerKind = 'native'): Promise<BearerTokens> {
    const parameters = { code, redirect_uri: TEST_REDIRECT, ...input };
    return this.client.request('authorization_code', parameters, issuerKind);
  }

  /** Gets a code and redeems it. */
  async tokens(input: TestCodeInput = {}): Promise<BearerTokens> {
    return this.redeem(await this.code(input), {}, input.issuerKind ?? 'native');
  }
}

/** Gives a client scopes by name; those in `defaults` also without a request. */
export function scopeLinks(names: readonly string[], defaults: readonly string[] = []): LinkedScope[] {
  return names.map((name) => ({ name, isDefault: defaults.includes(name) }));
}

/** A user with a password, and a client that may use the password grant. */
export class TestUser {
  readonly client: TestClient;
  readonly id: string;
  readonly username: string;
  readonly password: string;

  private constructor(client: TestClient, user: User, password: string) {
    this.client = client;
    this.id = user.id;
    this.username = user.username;
    this.password = password;
  }

  static async create(world: World, client: TestClient, input: CreateUser = {}): Promise<TestUser> {
    const user = await world.newUser(client.tenant, input);
    return new TestUser(client, user, await world.givePassword(client.tenant, user.id));
  }

  /** Uses the password grant at the native issuer. */
  signIn(scope?: string, password = this.password): Promise<BearerTokens> {
    const asked: Record<string, string> = scope === undefined ? {} : { scope };
    return this.client.request('password', { username: this.username, password, ...asked });
  }
}

/** The caller of a token. Throws when the token is refused. */
export async function callerOf(world: World, token: string): Promise<Caller> {
  const authentication: Authentication = await world.services.oauth.authenticator.authenticate(token, TEST_ORIGIN);
  if ('refused' in authentication) throw new Error(authentication.refused);
  return authentication.caller;
}

/** Why a token is refused; null when it is accepted. */
export async function refusalOf(world: World, token: string): Promise<string | null> {
  const authentication = await world.services.oauth.authenticator.authenticate(token, TEST_ORIGIN);
  return 'refused' in authentication ? authentication.refused : null;
}
