import type { IncomingMessage } from 'node:http';
import { anonymousCaller, type Caller, type UserRef, userBehind } from '../../src/access/index.ts';
import { kernelErrors, type Origin, type TenantRef } from '../../src/kernel/index.ts';
import type { Parameters } from './body.ts';
import type { Dialect } from './dialect.ts';
import { problems } from './problems.ts';
import type { RouteCallers } from './route.ts';

/** The credentials of a client. A public client has no secret. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly secret: string | null;
  readonly method: 'Basic' | 'Post' | 'None';
}

/**
 * Authenticates credentials. `tenant` is the one that the request names, null when it does not exist: a bearer token may still
 * be valid, and is then answered with 403. Each method throws an error of kind `unauthenticated` for a wrong credential.
 */
export interface CallerAuthenticator {
  /** Authenticates an API key, with the same error. */
  apiKey(secret: string, origin: Origin): Promise<Caller> | Caller;
  bearer(token: string, tenant: TenantRef | null, origin: Origin): Promise<Caller> | Caller;
  /**
   * @param readings The possible readings of the credential; the first that authenticates is used.
   * @param kind `rest`: the secret for older REST services, else the OAuth secret; `oauth`: only that.
   */
  client(
    readings: readonly ClientCredentials[],
    kind: 'rest' | 'oauth',
    tenant: TenantRef,
    origin: Origin,
  ): Promise<Caller> | Caller;
}

/** What a caller is authenticated from. */
export interface CredentialSource {
  readonly request: IncomingMessage;
  readonly callers: RouteCallers;
  readonly tenant: TenantRef | null;
  /** `Dialect.apiKeys` and `Dialect.hidesTenants`. */
  readonly dialect: Pick<Dialect, 'apiKeys' | 'hidesTenants'>;
  /** Whether the row acts on a tenant. */
  readonly actsOnTenant: boolean;
  readonly origin: Origin;
  /** The form of a row that reads credentials in it. */
  readonly form: Parameters | null;
}

const SCHEME = /^(\S+) +(\S.*)$/;

/** The scheme in lower case and the rest of `Authorization`; empty when there is none. */
function authorizationOf(request: IncomingMessage): { readonly scheme: string; readonly value: string } {
  const [, scheme = '', value = ''] = SCHEME.exec(request.headers.authorization ?? '') ?? [];
  return { scheme: scheme.toLowerCase(), value };
}

/**
 * Authenticates the caller. The result is anonymous only for public rows and for browsers, whose cookies make nobody a caller.
 * @throws CREDENTIALS_MISSING The request has no credential that the row accepts.
 * @throws CREDENTIALS_AMBIGUOUS It has more than one.
 * @throws FORBIDDEN It has an API key, and the row does not take one.
 * @throws TENANT_UNKNOWN There is no bearer token, and the tenant does not exist.
 */
export async function callerOf(source: CredentialSource, authenticator: CallerAuthenticator): Promise<Caller> {
  const { callers, tenant, origin, request } = source;
  const { scheme, value } = authorizationOf(request);
  const token = callers.bearer === undefined ? null : bearerToken(source);
  const key = callers.bearer === undefined ? null : apiKeyOf(source);
  if (key !== null) return callerByKey(source, authenticator, key, token);
  if (token !== null) return authenticator.bearer(token, tenant, origin);
  if (tenant === null && callers.public === true && !source.actsOnTenant) return anonymousCaller(origin);
  if (tenant === null) throw isHidden(source) ? problems.CREDENTIALS_MISSING() : problems.TENANT_UNKNOWN();
  if (isBearerGrant(source)) return authenticator.bearer(value, tenant, origin);
  if (callers.clientAuth !== undefined) return authenticator.client(clientReadings(source), 'oauth', tenant, origin);
  if (callers.basic !== undefined && scheme === 'basic')
    return authenticator.client(basicReadings(value), callers.basic === 'rest' ? 'rest' : 'oauth', tenant, origin);
  if (callers.browser === true || callers.public === true) return anonymousCaller(origin);
  throw problems.CREDENTIALS_MISSING();
}

/** Whether a request without a credential must not learn that its tenant does not exist. */
const isHidden = ({ dialect, callers }: CredentialSource): boolean =>
  dialect.hidesTenants === true && callers.public !== true && callers.browser !== true;

/** The API key of a request, in the header of its dialect or else as its bearer token; null if there is none. */
function apiKeyOf({ dialect: { apiKeys }, request }: CredentialSource): string | null {
  if (apiKeys === undefined) return null;
  const inHeader = request.headers[apiKeys.header];
  if (typeof inHeader === 'string') return inHeader;
  const { scheme, value } = authorizationOf(request);
  return scheme === 'bearer' && value.startsWith(apiKeys.prefix) ? value : null;
}

/**
 * The caller behind an API key. A bearer token beside it must be of the same user, and then counts in its place.
 * @param token The bearer token of the request, which may be the key.
 */
async function callerByKey(
  { callers, tenant, origin, dialect }: CredentialSource,
  authenticator: CallerAuthenticator,
  key: string,
  token: string | null,
): Promise<Caller> {
  const caller = await authenticator.apiKey(key, origin);
  const isToken = token !== null && !token.startsWith(dialect.apiKeys!.prefix);
  if (isToken) {
    const other = await authenticator.bearer(token, tenant, origin);
    if (!isSameUser(userBehind(caller), userBehind(other))) throw problems.CREDENTIALS_AMBIGUOUS();
    return other;
  }
  if (token !== null && token !== key) throw problems.CREDENTIALS_AMBIGUOUS();
  if (callers.apiKey === undefined) throw kernelErrors.FORBIDDEN();
  return caller;
}

const isSameUser = (one: UserRef | null, other: UserRef | null): boolean =>
  one !== null && one.tenantId === other?.tenantId && one.userId === other.userId;

/** Whether a request for tokens is authenticated by a bearer token. */
function isBearerGrant({ request, callers, form }: CredentialSource): boolean {
  const grantType = form?.['grant_type'];
  const isTaken = typeof grantType === 'string' && callers.bearerGrants?.includes(grantType) === true;
  return isTaken && authorizationOf(request).scheme === 'bearer';
}

/**
 * Reads the access token of a row with `bearer`; null if there is none. A request sends it in one way, once (RFC 6750 section 2).
 * @throws CREDENTIALS_AMBIGUOUS
 */
function bearerToken({ request, callers, form }: CredentialSource): string | null {
  const { scheme, value } = authorizationOf(request);
  const token = callers.bearer?.inForm === true ? form?.['access_token'] : undefined;
  if (token === undefined) return scheme === 'bearer' ? value : null;
  if (typeof token !== 'string' || scheme !== '') throw problems.CREDENTIALS_AMBIGUOUS();
  return token;
}

/** Reads the client's credentials; a request may authenticate in only one way (RFC 6749 section 2.3). */
function clientReadings({ request, callers, form }: CredentialSource): readonly ClientCredentials[] {
  const { scheme, value } = authorizationOf(request);
  const { client_id: clientId, client_secret: secret } = form ?? {};
  if (scheme !== '') {
    if (scheme !== 'basic') throw problems.CLIENT_REFUSED();
    const readings = basicReadings(value);
    const isOther = clientId !== undefined && readings.every((reading) => reading.clientId !== clientId);
    if (secret === undefined && !isOther) return readings;
    if (callers.clientAuth !== 'repeatable') throw problems.CREDENTIALS_AMBIGUOUS();
    return repeatedReadings(readings, clientId, secret);
  }
  if (clientId === undefined) throw problems.CREDENTIALS_MISSING();
  // A parameter that is repeated (RFC 6749 sections 3.2 and 5.2).
  if (typeof clientId !== 'string' || Array.isArray(secret)) throw problems.CREDENTIALS_AMBIGUOUS();
  if (secret === undefined) return [{ clientId, secret: null, method: 'None' }];
  return [{ clientId, secret: secret as string, method: 'Post' }];
}

/**
 * The readings of the header that the form repeats. The caller sent both sides, so comparing them reveals nothing.
 * @throws CLIENT_REFUSED The form has another client or another secret.
 */
function repeatedReadings(
  readings: readonly ClientCredentials[],
  clientId: Parameters[string] | undefined,
  secret: Parameters[string] | undefined,
): readonly ClientCredentials[] {
  const repeated = readings.filter(
    (reading) =>
      (clientId === undefined || reading.clientId === clientId) && (secret === undefined || reading.secret === secret),
  );
  if (repeated.length === 0) throw problems.CLIENT_REFUSED();
  return repeated;
}

/**
 * Reads an HTTP Basic credential. RFC 6749 section 2.3.1 form-encodes id and secret before they are joined, RFC 7617 does not,
 * and clients follow either: where the two readings differ, both are tried.
 */
function basicReadings(value: string): readonly ClientCredentials[] {
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 1) throw problems.CLIENT_REFUSED();
  const plain: ClientCredentials = { clientId: pair.slice(0, colon), secret: pair.slice(colon + 1), method: 'Basic' };
  if (!/[%+]/.test(pair)) return [plain];
  try {
    const [clientId = '', secret = ''] = [plain.clientId, plain.secret ?? ''].map((text) =>
      decodeURIComponent(text.replaceAll('+', ' ')),
    );
    return [plain, { clientId, secret, method: 'Basic' }];
  } catch {
    return [plain];
  }
}

/** The first entry of `X-Forwarded-For`, if it is an address. */
export function forwardedAddress(request: IncomingMessage, normalise: (text: string) => string | null): string | null {
  const header = request.headers['x-forwarded-for'];
  const first = (typeof header === 'string' ? header : header?.[0])?.split(',', 1)[0];
  return first === undefined ? null : normalise(first);
}
