import { LRUCache } from 'lru-cache';
import * as client from 'openid-client';
import type { FederationProvider, ProviderConfig, ProviderTokens } from '../../federation/index.ts';
import { storedConfig, type TokenEndpointAuth } from '../../federation/index.ts';
import { addSeconds, type Clock, epochSeconds, isStorableText, systemClock } from '../../kernel/index.ts';
import { linkAccountErrors } from './link-account.errors.ts';
import { UPSTREAM_TIMEOUT_MS, type UpstreamAccess, upstreamFetch } from './upstream-fetch.ts';

/** Random values of one linking, made by `begin` and checked by `complete`. */
export interface Visit {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
}

/** Parameters with which the provider sent the browser back. */
export interface ProviderAnswer {
  readonly code: string;
  /** The issuer that answered, if the provider sends it (RFC 9207). */
  readonly issuer?: string | undefined;
}

/** An account whose owner has just signed in at the provider. */
export interface ProvenAccount {
  readonly externalId: string;
  readonly externalName: string | undefined;
  readonly tokens: ProviderTokens;
}

export interface UpstreamDeps extends UpstreamAccess {
  readonly clock: Clock;
  readonly clientSecret: (provider: FederationProvider) => string | null;
}

/** Most cached providers: metadata and keys are about 20 KB each, so 5 MB at most. */
const CAPACITY = 256;
/**
 * Lifetime of cached metadata, because providers rarely change their endpoints. The library caches keys separately, for 5
 * minutes.
 */
const METADATA_MS = 600_000;

/** A provider and its stored config. */
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

/**
 * Client of the providers: OpenID Connect (Core 1.0, Discovery 1.0), and OAuth 2 with a userinfo endpoint if there is no
 * issuer.
 */
export class Upstream {
  readonly #deps: UpstreamDeps;
  readonly #configurations: LRUCache<string, client.Configuration, Provider>;

  constructor(deps: UpstreamDeps) {
    this.#deps = deps;
    this.#configurations = new LRUCache({
      max: CAPACITY,
      ttl: METADATA_MS,
      fetchMethod: (_key, _stale, { context }) => this.#configure(context.provider, context.config),
      // A load whose entry is evicted still answers the requests that wait for it.
      ignoreFetchAbort: true,
    });
  }

  /**
   * The address to send the browser to. Its parameters bind the answer to this linking: `state`, `nonce` and, if the
   * provider supports it, PKCE with S256 (RFC 7636, RFC 9700 section 2.1.1).
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
   * Redeems the code and reads the account. Checks the signature, issuer, audience, nonce and time of the ID token, against
   * the system clock, because the token has the time of the provider's clock.
   * @throws Error of the library, or one that names what is missing. The linking has failed.
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

  /** Claims of the ID token, completed from userinfo if they lack the id or the name. */
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
      // The library returns the type in lower case (RFC 6749 section 5.1), but clients use the name of the scheme.
      tokenType: type === 'bearer' ? 'Bearer' : type,
      refreshToken: response.refresh_token,
      scope: response.scope,
      expiresAt: seconds === undefined ? null : addSeconds(this.#deps.clock.now(), seconds),
    };
  }

  /** Reads the metadata and the keys of a provider again. @returns Whether it has an issuer, which answered; else what was read before stays. */
  async reload(provider: FederationProvider): Promise<boolean> {
    const config = storedConfig(provider.config);
    if (config.issuer === null) return false;
    try {
      const configuration = await this.#configure(provider, config);
      await this.#readKeys(provider, configuration);
      this.#configurations.set(keyOf(provider), configuration);
      return true;
    } catch {
      return false;
    }
  }

  /** @throws Error The keys cannot be read. */
  async #readKeys({ tenantId }: FederationProvider, configuration: client.Configuration): Promise<void> {
    const { jwks_uri: address } = configuration.serverMetadata();
    if (address === undefined) return;
    const response = await upstreamFetch(this.#deps, tenantId)(address, {
      method: 'GET',
      headers: { accept: 'application/json, application/jwk-set+json' },
      body: undefined,
      redirect: 'manual',
    });
    if (response.status !== 200) throw new Error(`The address of the keys answered ${response.status}.`);
    const jwks = (await response.json()) as client.ExportedJWKSCache['jwks'];
    if (!Array.isArray(jwks.keys)) throw new Error('The address of the keys answered no key set.');
    // By the clock of the library, which keeps keys for 5 minutes.
    client.setJwksCache(configuration, { jwks, uat: epochSeconds(systemClock.now()) });
  }

  /**
   * What an issuer says about itself.
   * @param tenantId The tenant that named it.
   * @throws FEDERATION_PROVIDER_UNREACHABLE
   */
  async discover(issuer: URL, tenantId: string): Promise<client.ServerMetadata> {
    const { allowLoopbackHttp, timeoutMs = UPSTREAM_TIMEOUT_MS } = this.#deps;
    try {
      const configuration = await client.discovery(issuer, 'none', undefined, client.None(), {
        [client.customFetch]: upstreamFetch(this.#deps, tenantId),
        timeout: timeoutMs / 1000,
        execute: allowLoopbackHttp ? [client.allowInsecureRequests] : [],
      });
      return configuration.serverMetadata();
    } catch (cause) {
      throw linkAccountErrors.FEDERATION_PROVIDER_UNREACHABLE({ cause, retryAfterSeconds: 30 });
    }
  }

  async #configuration(provider: FederationProvider, config: ProviderConfig): Promise<client.Configuration> {
    try {
      return (await this.#configurations.fetch(keyOf(provider), { context: { provider, config } }))!;
    } catch (cause) {
      throw linkAccountErrors.FEDERATION_PROVIDER_UNREACHABLE({ cause, retryAfterSeconds: 30 });
    }
  }

  async #configure(provider: FederationProvider, config: ProviderConfig): Promise<client.Configuration> {
    const { allowLoopbackHttp, clientSecret, timeoutMs = UPSTREAM_TIMEOUT_MS } = this.#deps;
    const authentication = AUTHENTICATION[config.tokenEndpointAuth](clientSecret(provider) ?? '');
    const fetch = upstreamFetch(this.#deps, provider.tenantId);
    const execute = [
      ...(allowLoopbackHttp ? [client.allowInsecureRequests] : []),
      // Also check the signature of ID tokens, although the specification accepts the TLS of the token endpoint instead.
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

/** The time of the last change is a part of it, so that a changed provider is loaded again. */
const keyOf = ({ tenantId, id, updatedAt }: FederationProvider): string => `${tenantId} ${id} ${updatedAt.getTime()}`;

/**
 * Metadata of a provider with configured endpoints. Without an issuer it gets an issuer name that no answer can contain.
 */
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

/** The address to which the browser returned, in the form the library expects. */
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

/** The display name of the account. A name that cannot be stored is omitted and not refused. */
function accountNameIn(claims: Claims, name: string | null): string | undefined {
  const value = name === null ? undefined : claims[name];
  if (typeof value !== 'string' || !isStorableText(value) || /\p{Cc}/u.test(value)) return undefined;
  const short = [...value].slice(0, 255).join('');
  return short === '' ? undefined : short;
}
