import { z } from 'zod';
import { type FieldFault, type IdentityError, isStorableJson, isStorableText, jsonBytes } from '../kernel/index.ts';
import { federationErrors } from './federation.errors.ts';

/** How we authenticate at the provider's token endpoint (OIDC Core section 9). */
const TOKEN_ENDPOINT_AUTH = ['client_secret_basic', 'client_secret_post', 'none'] as const;
export type TokenEndpointAuth = (typeof TOKEN_ENDPOINT_AUTH)[number];

/** Parameters of the authorization request that the flow itself sets; an operator's extra ones may not replace them. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set(
  (
    'client_id client_secret redirect_uri response_type response_mode scope state nonce code_challenge ' +
    'code_challenge_method request request_uri'
  ).split(' '),
);

const MAX_URL = 2000;
const MAX_TEXT = 512;
/** 20 parameters of 512 characters: the address sent to the browser stays below the 16 KiB that servers read. */
const MAX_PARAMETERS = 20;
const MAX_EXTRA_BYTES = 16 * 1024;

const url = z.string().max(MAX_URL).refine(isStorableText, 'This is not a URL.');
const text = z.string().min(1).max(MAX_TEXT).refine(isStorableText, 'The text cannot be stored.');
const claim = z.string().regex(/^[!-~]{1,64}$/, 'A claim name has 1 to 64 printable characters.');

const parameters = z
  .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'This is not a parameter name.'), text)
  .refine((all) => Object.keys(all).length <= MAX_PARAMETERS, `At most ${MAX_PARAMETERS} parameters.`)
  .refine(
    (all) => !Object.keys(all).some((name) => OWN_PARAMETERS.has(name.toLowerCase())),
    'This parameter is set by the service.',
  );

const shape = z.strictObject({
  /** Issuer of an OpenID Connect provider; its metadata is discovered unless the endpoints are given. */
  issuer: url.nullable().default(null),
  authorizationEndpoint: url.nullable().default(null),
  tokenEndpoint: url.nullable().default(null),
  userinfoEndpoint: url.nullable().default(null),
  /** Where the provider's keys are; needed beside `issuer` when the endpoints are given. */
  jwksUri: url.nullable().default(null),
  /** Client id of this service at the provider. */
  clientId: text,
  tokenEndpointAuth: z.enum(TOKEN_ENDPOINT_AUTH).default('client_secret_basic'),
  /** Scopes asked for, separated by blanks. */
  scope: z
    .string()
    .max(1000)
    .regex(/^[!#-[\]-~]+( [!#-[\]-~]+)*$/, 'Scopes are separated by single blanks.')
    .default('openid'),
  /** Further parameters of the authorization request, such as `prompt` or a version. */
  authorizationParameters: parameters.default({}),
  /**
   * Claim that holds the id of the external account. Another claim than `sub` must be just as stable, because links are
   * keyed by it.
   */
  subjectClaim: claim.default('sub'),
  /** Claim shown as the name of the external account; null = none. */
  nameClaim: claim.nullable().default('preferred_username'),
  /** Use PKCE (RFC 7636, S256)? Null = when the provider's metadata says it can. */
  pkce: z.boolean().nullable().default(null),
  /** What other programs keep with the provider, and nothing here uses. */
  extra: z
    .record(z.string(), z.unknown())
    .refine((extra) => jsonBytes(extra) <= MAX_EXTRA_BYTES, `At most ${MAX_EXTRA_BYTES} bytes.`)
    .refine((extra) => isStorableJson(extra), 'The object cannot be stored.')
    .default({}),
});
/** How a provider is reached and read. */
export type ProviderConfig = z.infer<typeof shape>;
export type ProviderConfigInput = z.input<typeof shape>;

/** The hosts of one machine (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3). */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Whether the service may call this address: https always; http on this machine only where the service itself is reached
 * over plain http, in development and tests.
 */
export function isCallable(address: URL, allowLoopbackHttp: boolean): boolean {
  if (address.username !== '' || address.password !== '') return false;
  if (address.protocol === 'https:') return true;
  return allowLoopbackHttp && address.protocol === 'http:' && LOOPBACK.test(address.hostname);
}

/** What a config may hold depends on where the service runs. */
export interface ConfigRules {
  readonly allowLoopbackHttp: boolean;
}

const fault = (name: string, message: string): FieldFault => ({
  path: `input.${name}`,
  code: 'FEDERATION_PROVIDER_INVALID',
  message,
});

const ADDRESSES = ['issuer', 'authorizationEndpoint', 'tokenEndpoint', 'userinfoEndpoint', 'jwksUri'] as const;

function* addressFaults(config: ProviderConfig, rules: ConfigRules): IterableIterator<FieldFault> {
  for (const name of ADDRESSES) {
    const value = config[name];
    if (value === null) continue;
    const address = URL.canParse(value) ? new URL(value) : null;
    if (address === null || !isCallable(address, rules.allowLoopbackHttp))
      yield fault(name, 'An https:// URL is required.');
    else if (address.hash !== '' || (name === 'issuer' && address.search !== ''))
      yield fault(name, 'The URL has a part that does not belong there.');
  }
}

/** Faults of members in combination. */
function* wholeFaults(config: ProviderConfig): IterableIterator<FieldFault> {
  const { issuer, authorizationEndpoint, tokenEndpoint, userinfoEndpoint, jwksUri } = config;
  const isExplicit = authorizationEndpoint !== null || tokenEndpoint !== null;
  if (issuer === null || isExplicit) {
    if (authorizationEndpoint === null) yield fault('authorizationEndpoint', 'Give the issuer, or the endpoints.');
    if (tokenEndpoint === null) yield fault('tokenEndpoint', 'Give the issuer, or the endpoints.');
  }
  if (issuer === null && userinfoEndpoint === null)
    yield fault(
      'userinfoEndpoint',
      'Without an issuer there is no ID token: give the endpoint where the account is read.',
    );
  if (issuer !== null && isExplicit && jwksUri === null) yield fault('jwksUri', 'Give the URL of the issuer’s keys.');
  if (issuer === null && config.scope.split(' ').includes('openid'))
    yield fault(
      'scope',
      'The scope "openid" requires an issuer, because the ID token could not be verified without one.',
    );
  if (issuer !== null && !config.scope.split(' ').includes('openid'))
    yield fault('scope', 'OpenID Connect needs the scope "openid".');
}

const invalid = (fields: readonly FieldFault[]): IdentityError =>
  federationErrors.FEDERATION_PROVIDER_INVALID({ message: fields[0]!.message, fields });

/**
 * A config as it is stored, defaults filled in.
 * @throws FEDERATION_PROVIDER_INVALID Names every fault with its input path.
 */
export function checkedConfig(given: unknown, rules: ConfigRules): ProviderConfig {
  const result = shape.safeParse(given);
  if (!result.success) {
    throw invalid(
      result.error.issues.map((issue) => fault(issue.path.map(String).join('.') || 'config', issue.message)),
    );
  }
  const faults = [...addressFaults(result.data, rules), ...wholeFaults(result.data)];
  if (faults.length > 0) throw invalid(faults);
  return result.data;
}

/**
 * Reads a stored config: it was checked before it was stored, and members that were introduced later get their defaults.
 */
export function storedConfig(stored: unknown): ProviderConfig {
  return shape.parse(stored);
}

/** Refuses a secret that the authentication method does not use, and a missing one that it needs. */
export function assertSecretFits(config: ProviderConfig, hasSecret: boolean): void {
  const needsSecret = config.tokenEndpointAuth !== 'none';
  if (needsSecret === hasSecret) return;
  throw invalid([
    needsSecret
      ? fault('clientSecret', 'This way of authentication needs a client secret.')
      : fault('clientSecret', 'Without authentication at the token endpoint there is no client secret.'),
  ]);
}

/** Where the secret is sent, and how. */
const SECRET_TARGET = ['issuer', 'tokenEndpoint', 'tokenEndpointAuth'] as const;

/**
 * Refuses to keep a stored secret that would be sent to another address or in another way: a caller who may write providers,
 * and does not know the secret, could else have it sent to a server of theirs.
 * @throws FEDERATION_PROVIDER_INVALID
 */
export function assertSecretStays(before: ProviderConfig, after: ProviderConfig): void {
  if (SECRET_TARGET.every((name) => before[name] === after[name])) return;
  throw invalid([
    fault(
      'clientSecret',
      'Another issuer, token endpoint or way of authentication needs the client secret again, or null.',
    ),
  ]);
}

/**
 * Who says which external account somebody has, and the claim that holds its id: together they make ids of external accounts
 * unique (ASVS 6.8.1). They may not change while links exist: an account with the same id at another issuer, or from the
 * token endpoint, the userinfo endpoint or the keys of somebody else, would be taken for the linked one.
 */
export function identityAuthority(config: ProviderConfig): string {
  const { issuer, tokenEndpoint, userinfoEndpoint, jwksUri, subjectClaim } = config;
  return JSON.stringify([issuer, tokenEndpoint, userinfoEndpoint, jwksUri, subjectClaim]);
}
