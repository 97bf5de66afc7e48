import type { Caller } from '../../access/index.ts';
import { type ClientDirectory, type ClientRecord, isOpenTo } from '../../clients/index.ts';
import type { EventLog } from '../../events/index.ts';
import { IdentityError } from '../../kernel/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import type { Issuer, IssuerKind } from '../issuers/issuers.ts';
import { lifetimesOf } from '../issuers/lifetimes.ts';
import { oauthErrors } from '../oauth.errors.ts';
import { oauthEvents } from '../oauth.events.ts';
import { type GrantType, isHiddenAt, type TokenAnswer } from './grant.ts';
import { GRANT_TYPE, type GrantDeps, makeOffers, type Offer } from './grants.ts';
import { type OAuthParameter, parseParameters, readLists, readParameters } from './parameters.ts';

/** A request to the token endpoint (RFC 6749 section 3.2). */
export interface TokenRequest {
  /** The authenticated client. */
  readonly caller: Caller;
  readonly tenant: KnownTenant;
  /** Kind of the issuer whose endpoint was called. */
  readonly issuerKind: string;
  /** The parameters as they were sent, including `grant_type`, without the credentials of the client. */
  readonly parameters: readonly OAuthParameter[];
}

export interface TokenServiceDeps {
  readonly issuers: IssuerDirectory;
  readonly clients: ClientDirectory;
  readonly events: EventLog;
  readonly grants: GrantDeps;
}

const ONLY_GRANT_TYPE: ReadonlySet<string> = new Set([GRANT_TYPE]);

/**
 * The accepted ways of client authentication; a bearer token does not authenticate the client (RFC 6749 section 3.2.1), but for
 * grants with `takesBearer`.
 */
const AUTHENTICATED: ReadonlySet<Caller['clientAuth']> = new Set(['Basic', 'Post', 'None'] as const);

/** The kinds of errors that are refusals and recorded; the others mean that the service cannot answer. */
const REFUSALS: ReadonlySet<string> = new Set(['invalid', 'unauthenticated', 'forbidden', 'not-found', 'refused']);
/** Refusals that another event already records. */
const RECORDED: ReadonlySet<string> = new Set([
  'CODE_REPLAYED',
  'REFRESH_TOKEN_REUSED',
  'SIGN_IN_REFUSED',
  'SIGN_IN_ACCOUNT_DISABLED',
  'SIGN_IN_ACTIONS_REQUIRED',
  'SIGN_IN_EMAIL_UNVERIFIED',
  'SIGN_IN_FACTOR_REQUIRED',
  'SIGN_IN_PASSWORD_CHANGE_REQUIRED',
]);

/**
 * The token endpoint: checks the client, then the grant, then issues tokens. Tokens and refusals have an event, which is durable
 * before the answer is sent.
 */
export class TokenService {
  readonly #deps: TokenServiceDeps;
  readonly #offers: ReadonlyMap<string, Offer>;

  constructor(deps: TokenServiceDeps) {
    this.#deps = deps;
    this.#offers = makeOffers();
  }

  /**
   * @throws CLIENT_UNAUTHENTICATED, GRANT_TYPE_REQUIRED, GRANT_TYPE_UNSUPPORTED, GRANT_TYPE_NOT_ALLOWED, PASSWORD_GRANT_NOT_ALLOWED
   * @throws SCOPE_INVALID, GRANT_INVALID, CODE_REPLAYED, REFRESH_TOKEN_REUSED, TOKEN_PARAMETER_INVALID Refusals of the grant.
   * @throws RESOURCE_SERVER_UNKNOWN, RESOURCE_UNKNOWN, RESOURCE_ACCESS_DENIED Likewise.
   */
  async issue(request: TokenRequest): Promise<TokenAnswer> {
    try {
      return await this.#issue(request);
    } catch (error) {
      if (error instanceof IdentityError && REFUSALS.has(error.kind) && !RECORDED.has(error.code)) {
        await this.#recordRefusal(request, error);
      }
      throw error;
    }
  }

  async #issue(asked: TokenRequest): Promise<TokenAnswer> {
    const { caller, tenant, issuerKind, parameters } = asked;
    const issuer = await this.#deps.issuers.of(tenant, issuerKind, caller.origin);
    const offer = this.#offers.get(issuer.kind.kind)!;
    const client = await this.#authenticated(asked, issuer, offer);
    const values = readParameters(parameters, offer.parameters);
    const grant = allowedGrant(offer, issuer.kind, values[GRANT_TYPE], client);
    const lifetimes = lifetimesOf(issuer.kind, tenant.settings, client);
    const request = { caller, tenant, issuer, client, lifetimes };
    const lists = readLists(parameters, offer.lists);
    return grant.issue(this.#deps.grants, request, parseParameters(grant.parameters, { ...values, ...lists }));
  }

  async #authenticated(request: TokenRequest, issuer: Issuer, offer: Offer): Promise<ClientRecord> {
    const { caller, tenant } = request;
    const isClient = caller.kind === 'application' && AUTHENTICATED.has(caller.clientAuth);
    const isProved = isClient || isBearerOf(request, issuer, offer);
    if (!isProved || caller.clientId === null || caller.tenant?.id !== tenant.id) {
      throw oauthErrors.CLIENT_UNAUTHENTICATED();
    }
    const client = await this.#deps.clients.byClientId(tenant.id, caller.clientId);
    if (client === null || !client.isUsable) throw oauthErrors.CLIENT_UNAUTHENTICATED();
    return client;
  }

  async #recordRefusal(request: TokenRequest, error: IdentityError): Promise<void> {
    const { caller, tenant, issuerKind } = request;
    await this.#deps.events.append(caller, tenant, {
      type: oauthEvents['token.refused'],
      outcome: 'failure',
      reason: error.code,
      params: { grantType: askedGrantType(request), issuerKind },
    });
  }
}

/** Whether the request has an access token of the issuer, for a grant that this authenticates. */
function isBearerOf(request: TokenRequest, { kind }: Issuer, { grants }: Offer): boolean {
  const { clientAuth, issuerKind } = request.caller;
  if (clientAuth !== 'Bearer' || issuerKind !== kind.kind) return false;
  return grants.get(askedGrantType(request) ?? '')?.takesBearer === true;
}

/** @throws GRANT_TYPE_REQUIRED, GRANT_TYPE_UNSUPPORTED, GRANT_TYPE_NOT_ALLOWED, PASSWORD_GRANT_NOT_ALLOWED */
function allowedGrant(
  { grants }: Offer,
  kind: IssuerKind,
  grantType: string | undefined,
  { client }: ClientRecord,
): GrantType<GrantDeps> {
  if (grantType === undefined) throw oauthErrors.GRANT_TYPE_REQUIRED();
  const grant = grants.get(grantType);
  if (grant === undefined) throw oauthErrors.GRANT_TYPE_UNSUPPORTED();
  if (grant.isOfEveryClient === true) return grant;
  if (client.grantTypes.includes(grantType) && isOpenTo(client.type, grant.name)) return grant;
  if (!grant.isHidden) throw oauthErrors.GRANT_TYPE_NOT_ALLOWED();
  throw isHiddenAt(grant, kind) ? oauthErrors.GRANT_TYPE_UNSUPPORTED() : oauthErrors.PASSWORD_GRANT_NOT_ALLOWED();
}

/** The grant type for the event of a refusal; null if there is none, more than one, or one that cannot be stored. */
function askedGrantType({ parameters }: TokenRequest): string | null {
  try {
    return readParameters(parameters, ONLY_GRANT_TYPE)[GRANT_TYPE] ?? null;
  } catch {
    return null;
  }
}
