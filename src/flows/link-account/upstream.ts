import { LRUCache } from 'lru-cache';
import * as client from 'openid-client';
import type { FederationProvider, ProviderConfig, ProviderTokens } from '../../federation/index.ts';
import { storedConfig, type TokenEndpointAuth } from '../../federation/index.ts';
import { addSeconds, type Clock, isStorableText } from '../../kernel/index.ts';
import { linkAccountErrors } from './link-account.errors.ts';
import { UPSTREAM_TIMEOUT_MS, upstreamFetch } from './upstream-fetch.ts';

/** What a visit to a provider is told apart by; made at its start, needed at its end. */
export interface Visit {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
}

/** What the provider sent back with the browser. */
export interface ProviderAnswer {
  readonly code: string;
  /** RFC 9207: who answered, where the provider says so. */
  readonly issuer?: string | undefined;
}

/** An account whose owner has just signed in at the provider. */
export interface ProvenAccount {
  readonly externalId: string;
  readonly externalName: string | undefined;
  readonly tokens: ProviderTokens;
}

export interface UpstreamDeps {
  readonly clock: Clock;
  readonly clientSecret: (provider: FederationProvider) => string | null;
  readonly allowLoopbackHttp: boolean;
  /** How long each answer of a provider is waited for. Default 5 s. */
  readonly timeoutMs?: number;
}

/** Metadata and keys of some 20 KB each: 5 MB at most. */
const CAPACITY = 256;
/** Providers change their endpoints seldom; keys have a life of their own inside the library (5 minutes). */
const METADATA_MS = 600_000;

/** A provider and what is stored of how to reach it. */
interface Provider {
  readonly provider: FederationProvider;
  readonly config: ProviderConfig;
}

type Claims = Readonly<Record<string, unknown>>;

const AUTHENTICATION: Readonly<Record<TokenEndpointAuth, (secret: string) => client.ClientAuth>> = {
  client_secret_basic: (secret) => client.ClientSecretBasic(secret),
  client_secret_post: (secret) => client.ClientSecretPost(secret),
  none: () => client.None(),
};

/** Talks to providers: OpenID Connect (Core 1.0, Discovery 1.0), and OAuth 2 with a userinfo endpoint where there is no issuer. */
export class Upstream {
  readonly #deps: UpstreamDeps;
  /** By provider and time of its last change, so that a changed one is looked at anew. */
  readonly #configurations: LRUCache<string, client.Configuration, Provider>;

  constructor(deps: UpstreamDeps) {
    this.#deps = deps;
    this.#configurations = new LRUCache({
      max: CAPACITY,
      ttl: METADATA_MS,
      fetchMethod: (_key, _stale, { context }) => this.#configure(context.provider, context.config),
      // A provider that is pushed out while it is looked at still answers those who wait for it.
      ignoreFetchAbort: true,
    });
  }

  /**
   * Where the browser has to go. The parameters bind the visit to its begin: `state`, `nonce` and, where the provider can,
   * PKCE with S256 (RFC 7636, RFC 9700 section 2.1.1).
   * @throws FEDERATION_PROVIDER_UNREACHABLE
   */
  async authorizationUrl(provider: FederationProvider, visit: Visit): Promise<string> {
    const config = storedConfig(provider.config);
    const configuration = await this.#configuration(provider, config);
    const isOpenId = config.issuer !== null;
    const url = client.buildAuthorizationUrl(configuration, {
      ...config.authorizationParameters,
      scope: config.scope,
      redirect_uri: visit.redirectUri,
      state: visit.state,
      ...(isOpenId ? { nonce: visit.nonce } : {}),
      ...(usesPkce(config, configuration)
        ? {
            code_challenge: await client.calculatePKCECodeChallenge(visit.codeVerifier),
            code_challenge_method: 'S256',
          }
        : {}),
    });
    return url.href;
  }

  /**
   * Redeems the code and reads whose it is. The ID token's signature, issuer, audience, nonce and time are checked; the time
   * is the machine's, because the token carries the provider's.
   * @throws Error of the library, or one that says what is missing: the visit has failed.
   */
  async redeem(provider: FederationProvider, visit: Visit, answer: ProviderAnswer): Promise<ProvenAccount> {
    const config = storedConfig(provider.config);
    const configuration = await this.#configuration(provider, config);
    const isOpenId = config.issuer !== null;
    const response = await client.authorizationCodeGrant(configuration, answerUrl(visit, answer, isOpenId), {
      expectedState: visit.state,
      ...(isOpenId ? { expectedNonce: visit.nonce, idTokenExpected: true } : {}),
      ...(usesPkce(config, configuration) ? { pkceCodeVerifier: visit.codeVerifier } : {}),
    });
    const claims = await this.#claims(configuration, config, response);
    return {
      externalId: accountIdIn(claims, config.subjectClaim),
      externalName: accountNameIn(claims, config.nameClaim),
      tokens: this.#tokens(response),
    };
  }

  /** Claims of the ID token, completed from userinfo where they lack the id or the name. */
  async #claims(
    configuration: client.Configuration,
    config: ProviderConfig,
    response: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers,
  ): Promise<Claims> {
    if (config.issuer === null) return plainUserinfo(configuration, config.userinfoEndpoint!, response.access_token);
    const claims = response.claims()!;
    const wanted = [config.subjectClaim, ...(config.nameClaim === null ? [] : [config.nameClaim])];
    const isComplete = wanted.every((name) => claims[name] !== undefined);
    if (isComplete || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
    return { ...(await client.fetchUserInfo(configuration, response.access_token, claims.sub)), ...claims };
  }

  #tokens(response: client.TokenEndpointResponse): ProviderTokens {
    const { access_token: accessToken, token_type: type, expires_in: seconds } = response;
    return {
      accessToken,
      // The library folds the case of the type (RFC 6749 section 5.1); who presents the token writes the scheme's name.
      tokenType: type === 'bearer' ? 'Bearer' : type,
      refreshToken: response.refresh_token,
      scope: response.scope,
      expiresAt: seconds === undefined ? null : addSeconds(this.#deps.clock.now(), seconds),
    };
  }

  async #configuration(provider: FederationProvider, config: ProviderConfig): Promise<client.Configuration> {
    const key = `${provider.tenantId} ${provider.id} ${provider.updatedAt.getTime()}`;
    try {
      return (await this.#configurations.fetch(key, { context: { provider, config } }))!;
    } catch (cause) {
      throw linkAccountErrors.FEDERATION_PROVIDER_UNREACHABLE({ cause, retryAfterSeconds: 30 });
    }
  }

  async #configure(provider: FederationProvider, config: ProviderConfig): Promise<client.Configuration> {
    const { allowLoopbackHttp, clientSecret, timeoutMs = UPSTREAM_TIMEOUT_MS } = this.#deps;
    const authentication = AUTHENTICATION[config.tokenEndpointAuth](clientSecret(provider) ?? '');
    const fetch = upstreamFetch(allowLoopbackHttp, timeoutMs);
    const execute = [
      ...(allowLoopbackHttp ? [client.allowInsecureRequests] : []),
      // Checks the signature of ID tokens as well: the token endpoint's TLS alone would be enough for the specification.
      ...(config.issuer === null ? [] : [client.enableNonRepudiationChecks]),
    ];
    if (config.issuer !== null && config.tokenEndpoint === null) {
      return client.discovery(new URL(config.issuer), config.clientId, undefined, authentication, {
        [client.customFetch]: fetch,
        timeout: timeoutMs / 1000,
        execute,
      });
    }
    const configuration = new client.Configuration(metadataOf(config), config.clientId, undefined, authentication);
    configuration[client.customFetch] = fetch;
    configuration.timeout = timeoutMs / 1000;
    for (const extend of execute) extend(configuration);
    return configuration;
  }
}

/** Metadata of a provider whose endpoints are given. One without an issuer gets a name that no answer can carry. */
function metadataOf(config: ProviderConfig): client.ServerMetadata {
  return {
    issuer: config.issuer ?? config.tokenEndpoint!,
    authorization_endpoint: config.authorizationEndpoint!,
    token_endpoint: config.tokenEndpoint!,
    ...(config.userinfoEndpoint === null ? {} : { userinfo_endpoint: config.userinfoEndpoint }),
    ...(config.jwksUri === null ? {} : { jwks_uri: config.jwksUri }),
  };
}

function usesPkce(config: ProviderConfig, configuration: client.Configuration): boolean {
  return config.pkce ?? configuration.serverMetadata().supportsPKCE();
}

/** The address the browser came back to, as the library reads answers. */
function answerUrl(visit: Visit, { code, issuer }: ProviderAnswer, isOpenId: boolean): URL {
  const url = new URL(visit.redirectUri);
  url.search = '';
  url.searchParams.set('code', code);
  url.searchParams.set('state', visit.state);
  if (isOpenId && issuer !== undefined) url.searchParams.set('iss', issuer);
  return url;
}

async function plainUserinfo(
  configuration: client.Configuration,
  endpoint: string,
  accessToken: string,
): Promise<Claims> {
  const response = await client.fetchProtectedResource(configuration, accessToken, new URL(endpoint), 'GET');
  if (!response.ok) throw new Error(`The userinfo endpoint answered ${response.status}.`);
  const claims: unknown = await response.json();
  if (typeof claims !== 'object' || claims === null) throw new Error('The userinfo endpoint answered no object.');
  return claims as Claims;
}

function accountIdIn(claims: Claims, name: string): string {
  const value = claims[name];
  const id = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof id !== 'string' || id === '') throw new Error(`The claim ${name} holds no account id.`);
  return id;
}

/** A name is for people: one that cannot be stored is left out rather than refused. */
function accountNameIn(claims: Claims, name: string | null): string | undefined {
  const value = name === null ? undefined : claims[name];
  if (typeof value !== 'string' || !isStorableText(value) || /\p{Cc}/u.test(value)) return undefined;
  const short = [...value].slice(0, 255).join('');
  return short === '' ? undefined : short;
}
