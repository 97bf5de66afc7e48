import {
  type ClientDirectory,
  type ClientRecord,
  findDefaultRedirect,
  isRegisteredRedirect,
} from '../../clients/index.ts';
import { claimedText } from '../../crypto/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { Issuer, ResponseMode } from '../issuers/issuers.ts';
import { oauthErrors } from '../oauth.errors.ts';
import { asksForFactor } from '../tokens/scopes.ts';
import { RequestParameters } from './parameters.ts';
import { AuthorizationRefused } from './refusal.ts';
import { type AuthorizationDraft, RESPONSE_TYPES } from './request.ts';

/** What a check needs beside the parameters. */
export interface CheckContext {
  readonly tenant: KnownTenant;
  readonly issuer: Issuer;
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  /** The user of an ID token of this issuer; null when it is not one. */
  readonly readHint: (token: string) => Promise<string | null>;
  /** The account of a name; where there is none, an id that no account has. */
  readonly findNamed: (name: string) => Promise<string>;
  readonly parameters: RequestParameters;
}

/** What a check has found. */
export type Found = Partial<AuthorizationDraft>;

/** The client, whose check comes before every check that calls this. */
export function clientOf({ client }: AuthorizationDraft): ClientRecord {
  if (client === null) throw new Error('The client is checked first.');
  return client;
}

/** Refuses a client that does not exist or is disabled, because an answer could go anywhere (RFC 6749 section 4.1.2.1). */
export async function checkClient({ tenant, clients, parameters }: CheckContext): Promise<Found> {
  if (parameters.isRepeated('client_id')) throw oauthErrors.AUTHORIZATION_PARAMETER_REPEATED();
  const clientId = parameters.get('client_id');
  const client = clientId === null ? null : await clients.byClientId(tenant.id, clientId);
  return { client: requireUsable(client) };
}

/** @throws AUTHORIZATION_CLIENT_INVALID */
export function requireUsable(client: ClientRecord | null): ClientRecord {
  if (client === null || !client.isUsable) throw oauthErrors.AUTHORIZATION_CLIENT_INVALID();
  return client;
}

/** Refuses an address that the client has not registered (RFC 9700 section 2.1, OpenID Connect Core section 3.1.2.1). */
export function checkRedirect({ issuer, parameters }: CheckContext, draft: AuthorizationDraft): Found {
  if (parameters.isRepeated('redirect_uri')) throw oauthErrors.AUTHORIZATION_PARAMETER_REPEATED();
  const { redirects } = clientOf(draft).client;
  const asked = parameters.get('redirect_uri');
  const isDefaulted = asked === null && issuer.kind.hasDefaultRedirect;
  const redirectUri = (isDefaulted ? findDefaultRedirect(redirects) : asked) ?? '';
  assertRegistered(clientOf(draft), redirectUri, issuer);
  return { redirectUri, state: parameters.state };
}

/** @throws AUTHORIZATION_REDIRECT_INVALID */
export function assertRegistered(
  { client, metadata }: ClientRecord,
  redirectUri: string,
  { kind }: Pick<Issuer, 'kind'>,
): void {
  if (!isRegisteredRedirect(redirectUri, client.redirects, kind.kind, metadata.rootUrl))
    throw oauthErrors.AUTHORIZATION_REDIRECT_INVALID();
}

const isModeOf = ({ kind }: Issuer, name: string): name is ResponseMode =>
  (kind.responseModes as readonly string[]).includes(name);

/**
 * OAuth 2.0 Multiple Response Type Encoding Practices sections 2.1, 3 and 5: an application that asks for a token in the answer
 * reads the fragment, also for the refusal of that type, unless it names a mode.
 */
export function checkResponseMode({ issuer, parameters }: CheckContext): Found {
  const types = parameters.get('response_type')?.split(' ') ?? [];
  const isForToken = types.includes('token') || types.includes('id_token');
  const isInFragment = isForToken && isModeOf(issuer, 'fragment');
  const responseMode = parameters.get('response_mode') ?? (isInFragment ? 'fragment' : 'query');
  if (isModeOf(issuer, responseMode)) return { responseMode };
  throw new AuthorizationRefused('invalid_request', 'response_mode is not supported.');
}

/** RFC 6749 section 3.1: no parameter more than once. Refuses values, too, that cannot be stored or are too long to be. */
export function checkDuplicates({ parameters }: Pick<CheckContext, 'parameters'>): Found {
  const repeated = parameters.findRepeated();
  if (repeated !== null) throw new AuthorizationRefused('invalid_request', `${repeated} is repeated.`);
  const unusable = parameters.findUnusable();
  if (unusable !== null)
    throw new AuthorizationRefused(
      'invalid_request',
      `${unusable} is too long, or has characters that cannot be used.`,
    );
  return { nonce: parameters.get('nonce') };
}

/**
 * Reads how a request object wants to be answered, for an application that sends `state` and `response_mode` nowhere else. The
 * object is not supported, but its refusal has to reach the application. The signature is not verified: what is read here can
 * also be sent as parameters, which anybody can write, and parameters have precedence.
 */
export function readRequestObject({ issuer, parameters }: CheckContext, draft: AuthorizationDraft): Found {
  const object = parameters.get('request');
  if (object === null) return {};
  const inside = new RequestParameters(
    (['state', 'response_mode'] as const).map((name) => ({ name, values: [claimedText(object, name) ?? ''] })),
  );
  const mode = inside.get('response_mode') ?? '';
  const isOpen = parameters.get('response_mode') === null && isModeOf(issuer, mode);
  return {
    state: parameters.get('state') !== null ? draft.state : inside.state,
    responseMode: isOpen ? mode : draft.responseMode,
  };
}

/** OpenID Connect Core section 3.1.2.6. */
const UNSUPPORTED = {
  request: 'request_not_supported',
  request_uri: 'request_uri_not_supported',
  registration: 'registration_not_supported',
} as const;

export function checkUnsupported({ parameters }: CheckContext): Found {
  for (const [name, code] of Object.entries(UNSUPPORTED) as [
    keyof typeof UNSUPPORTED,
    (typeof UNSUPPORTED)['request'],
  ][])
    if (parameters.get(name) !== null) throw new AuthorizationRefused(code, `${name} is not supported.`);
  return {};
}

/** RFC 6749 section 3.1.1. */
export function checkResponseType({ issuer, parameters }: CheckContext, draft: AuthorizationDraft): Found {
  const asked = parameters.get('response_type');
  if (asked === null) throw new AuthorizationRefused('invalid_request', 'response_type is missing.');
  if (issuer.kind.isFactorOnly === true || !(RESPONSE_TYPES as readonly string[]).includes(asked))
    throw new AuthorizationRefused('unsupported_response_type', 'response_type is not supported.');
  assertMayUseCodes(clientOf(draft));
  return {};
}

/** @throws AuthorizationRefused */
export function assertMayUseCodes({ client, metadata }: ClientRecord): void {
  if (client.grantTypes.includes('authorization_code') && metadata.responseTypes.includes('code')) return;
  throw new AuthorizationRefused('unauthorized_client', 'The client may not use this response type.');
}

/** A `code_challenge` of S256 is a SHA-256 in base64url (RFC 7636 section 4.2). */
const CHALLENGE = /^[\w-]{43}$/;

/**
 * RFC 7636 sections 4.3 and 4.4.1, RFC 9700 section 2.1.1. Where the issuer demands a challenge, only a confidential client can
 * be exempt, and none that asks for a second factor alone. `plain` is refused, which at most issuers a request without a method means.
 */
export function checkChallenge({ issuer, parameters }: CheckContext, draft: AuthorizationDraft): Found {
  const challenge = parameters.get('code_challenge');
  const sentMethod = parameters.get('code_challenge_method');
  if (challenge === null) {
    if (sentMethod !== null) throw new AuthorizationRefused('invalid_request', 'code_challenge is missing.');
    if (needsChallenge(issuer, clientOf(draft)) || asksForFactor(issuer, draft.scopes))
      throw new AuthorizationRefused('invalid_request', 'The client must send a code_challenge.');
    return {};
  }
  const method = sentMethod ?? issuer.kind.defaultChallengeMethod;
  if (method !== 'S256') throw new AuthorizationRefused('invalid_request', 'code_challenge_method must be S256.');
  if (!CHALLENGE.test(challenge))
    throw new AuthorizationRefused('invalid_request', 'code_challenge is not a SHA-256 in base64url.');
  return { challenge };
}

function needsChallenge({ kind }: Issuer, { client, metadata }: ClientRecord): boolean {
  if (kind.challenge !== 'optional' && client.type === 'public') return true;
  return (metadata.pkce ?? kind.challenge) === 'required';
}
