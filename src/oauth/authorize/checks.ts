import type { KnownTenant } from '../../tenants/index.ts';
import type { Issuer } from '../issuers/issuers.ts';
import {
  assertMayUseCodes,
  assertRegistered,
  type CheckContext,
  checkChallenge,
  checkClient,
  checkDuplicates,
  checkRedirect,
  checkResponseMode,
  checkResponseType,
  checkUnsupported,
  type Found,
  readRequestObject,
  requireUsable,
} from './client.checks.ts';
import { AuthorizationRefused } from './refusal.ts';
import { type AuthorizationDraft, type AuthorizationRequest, BLANK_REQUEST, type ReturnAddress } from './request.ts';
import { keptScopes } from './scopes.ts';
import { checkFactor, recheckFactorScopes } from './second-factor.ts';
import {
  checkClaims,
  checkIdTokenHint,
  checkMaxAge,
  checkPrompt,
  checkScope,
  readAcr,
  readLocales,
  readLoginHint,
} from './user.checks.ts';

/** Endpoints that take authorization requests, or a part of one. */
export type RequestEndpoint = 'authorize' | 'par' | 'device' | 'ciba';

/** A check of a request. */
export interface Check {
  /** The parameter that it is about. */
  readonly name: string;
  /** The clause of a standard that it implements. */
  readonly clause: string;
  /** The endpoints whose requests it concerns. */
  readonly endpoints: readonly RequestEndpoint[];
  /**
   * @throws IdentityError A refusal that must not be sent to a redirect address.
   * @throws AuthorizationRefused A refusal for the application.
   */
  readonly run: (context: CheckContext, draft: AuthorizationDraft) => Found | Promise<Found>;
}

const PUSHED: readonly RequestEndpoint[] = ['authorize', 'par'];
const HINTED: readonly RequestEndpoint[] = ['authorize', 'par', 'ciba'];
const EVERYWHERE: readonly RequestEndpoint[] = ['authorize', 'par', 'device', 'ciba'];

/** The checks of requests in their order: first those without which an answer could go to an attacker. */
export const CHECKS: readonly Check[] = [
  { name: 'client_id', clause: 'RFC 6749 4.1.2.1', endpoints: ['authorize'], run: checkClient },
  { name: 'redirect_uri', clause: 'RFC 9700 2.1', endpoints: PUSHED, run: checkRedirect },
  { name: 'response_mode', clause: 'OAuth.Responses 2.1', endpoints: PUSHED, run: checkResponseMode },
  { name: 'duplicates', clause: 'RFC 6749 3.1', endpoints: EVERYWHERE, run: checkDuplicates },
  { name: 'request object', clause: 'OIDC Core 6.1', endpoints: PUSHED, run: readRequestObject },
  { name: 'request', clause: 'OIDC Core 3.1.2.6', endpoints: PUSHED, run: checkUnsupported },
  { name: 'response_type', clause: 'RFC 6749 3.1.1', endpoints: PUSHED, run: checkResponseType },
  { name: 'scope', clause: 'RFC 6749 3.3', endpoints: EVERYWHERE, run: checkScope },
  { name: 'prompt', clause: 'OIDC Core 3.1.2.1', endpoints: PUSHED, run: checkPrompt },
  { name: 'code_challenge', clause: 'RFC 7636 4.3', endpoints: PUSHED, run: checkChallenge },
  { name: 'max_age', clause: 'OIDC Core 3.1.2.1', endpoints: PUSHED, run: checkMaxAge },
  { name: 'claims', clause: 'OIDC Core 5.5', endpoints: PUSHED, run: checkClaims },
  { name: 'id_token_hint', clause: 'OIDC Core 3.1.2.1', endpoints: HINTED, run: checkIdTokenHint },
  { name: 'login_hint', clause: 'OIDC Core 3.1.2.1', endpoints: HINTED, run: readLoginHint },
  { name: 'second factor', clause: 'OIDC Core 3.1.2.1', endpoints: PUSHED, run: checkFactor },
  { name: 'acr_values', clause: 'OIDC Core 5.5.1.1', endpoints: EVERYWHERE, run: readAcr },
  { name: 'ui_locales', clause: 'OIDC Core 3.1.2.1', endpoints: PUSHED, run: readLocales },
];

/** The checks of one endpoint, in their order. */
export const checksOf = (endpoint: RequestEndpoint): readonly Check[] =>
  CHECKS.filter(({ endpoints }) => endpoints.includes(endpoint));

const AUTHORIZE_CHECKS = checksOf('authorize');

/** A request that passed every check, or a refusal with the address that it goes to. */
export type CheckedRequest =
  | { readonly request: AuthorizationRequest }
  | {
      readonly refused: AuthorizationRefused;
      readonly client: AuthorizationRequest['client'];
      readonly to: ReturnAddress;
    };

/**
 * Checks a request to the authorization endpoint.
 * @throws AUTHORIZATION_CLIENT_INVALID, AUTHORIZATION_REDIRECT_INVALID, AUTHORIZATION_PARAMETER_REPEATED
 */
export async function checkAuthorization(context: CheckContext): Promise<CheckedRequest> {
  let draft = BLANK_REQUEST;
  try {
    for (const { run } of AUTHORIZE_CHECKS) draft = { ...draft, ...(await run(context, draft)) };
  } catch (error) {
    if (!(error instanceof AuthorizationRefused)) throw error;
    const to = completed(draft);
    return { refused: error, client: to.client, to };
  }
  return { request: completed(draft) };
}

/**
 * Checks what may have changed while the user was on the pages: the client, its address, its response types and scopes.
 * @throws AUTHORIZATION_CLIENT_INVALID, AUTHORIZATION_REDIRECT_INVALID
 */
export function recheckAuthorization(
  request: AuthorizationRequest,
  issuer: Pick<Issuer, 'kind' | 'factorScopes'>,
  tenant: Pick<KnownTenant, 'settings'>,
): CheckedRequest {
  const { client, redirectUri, scopes, isOffline } = request;
  requireUsable(client);
  assertRegistered(client, redirectUri, issuer);
  try {
    assertMayUseCodes(client);
    const kept = keptScopes(client, issuer.kind, { scopes, isOffline });
    recheckFactorScopes(issuer, tenant, request, kept.scopes);
    return { request: { ...request, ...kept } };
  } catch (error) {
    if (!(error instanceof AuthorizationRefused)) throw error;
    return { refused: error, client, to: request };
  }
}

/** The draft once client and redirect address are known, without which no refusal goes to the application. */
function completed(draft: AuthorizationDraft): AuthorizationRequest {
  const { client, redirectUri } = draft;
  if (client === null || redirectUri === null) throw new Error('Client and redirect address are checked first.');
  return { ...draft, client, redirectUri };
}
