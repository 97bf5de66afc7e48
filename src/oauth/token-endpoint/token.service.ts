import type { Caller } from '../../access/index.ts';
import type { ClientDirectory, ClientRecord } from '../../clients/index.ts';
import type { EventLog } from '../../events/index.ts';
import { IdentityError } from '../../kernel/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { Issuer, Issuers } from '../issuers/issuers.ts';
import { lifetimesOf } from '../issuers/lifetimes.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { GrantType, IssuedTokens, TokenParameters } from './grant.ts';

/** A request to the token endpoint (RFC 6749 section 3.2). */
export interface TokenRequest {
  /** The client, as it proved who it is. */
  readonly caller: Caller;
  readonly tenant: KnownTenant;
  /** Kind of issuer whose endpoint is asked. */
  readonly issuerKind: string;
  readonly grantType: string | null;
  readonly parameters: Readonly<Record<string, string | null | undefined>>;
}

export interface TokenServiceDeps {
  readonly issuers: Issuers;
  readonly clients: ClientDirectory;
  readonly events: EventLog;
  readonly grants: readonly GrantType[];
}

/** Longer parameters are no scopes, names or tokens of ours: a refresh token has 43 characters, 250 scope names 16,000. */
const MAX_CHARACTERS = 16_384;

/** A bearer token is not the client itself (RFC 6749 section 3.2.1). */
const AUTHENTICATED: ReadonlySet<Caller['clientAuth']> = new Set(['Basic', 'Post', 'None'] as const);

/** Kinds of errors that say no to the caller; the others say that we cannot answer, which is no refusal to record. */
const REFUSALS: ReadonlySet<string> = new Set(['invalid', 'unauthenticated', 'forbidden', 'not-found', 'refused']);
/** Refusals that have an event of their own. */
const RECORDED: ReadonlySet<string> = new Set(['REFRESH_TOKEN_REUSED', 'SIGN_IN_REFUSED']);

/** The token endpoint: client, grant, tokens, in this order. Every answer has its event, durable before it is given. */
export class TokenService {
  readonly #deps: TokenServiceDeps;
  readonly #grants: ReadonlyMap<string, GrantType>;

  constructor(deps: TokenServiceDeps) {
    this.#deps = deps;
    this.#grants = new Map(deps.grants.map((grant) => [grant.name, grant]));
  }

  /**
   * @throws CLIENT_UNAUTHENTICATED, GRANT_TYPE_REQUIRED, GRANT_TYPE_UNSUPPORTED, GRANT_TYPE_NOT_ALLOWED
   * @throws SCOPE_INVALID, GRANT_INVALID, REFRESH_TOKEN_REUSED, TOKEN_PARAMETER_INVALID As the grant finds.
   */
  async issue(request: TokenRequest): Promise<IssuedTokens> {
    try {
      return await this.#issue(request);
    } catch (error) {
      if (error instanceof IdentityError && REFUSALS.has(error.kind) && !RECORDED.has(error.code)) {
        await this.#recordRefusal(request, error);
      }
      throw error;
    }
  }

  async #issue({ caller, tenant, issuerKind, grantType, parameters }: TokenRequest): Promise<IssuedTokens> {
    const issuer = this.#deps.issuers.of(tenant, issuerKind);
    const client = await this.#authenticated(caller, tenant);
    if (grantType === null || grantType === '') throw oauthErrors.GRANT_TYPE_REQUIRED();
    const grant = this.#allowed(grantType, issuer, client);
    return grant.issue({
      caller,
      tenant,
      issuer,
      client,
      lifetimes: lifetimesOf(issuer.kind, tenant.settings, client),
      parameters: checkedParameters(parameters),
    });
  }

  async #authenticated(caller: Caller, tenant: KnownTenant): Promise<ClientRecord> {
    const isClient = caller.kind === 'application' && AUTHENTICATED.has(caller.clientAuth);
    if (!isClient || caller.clientId === null || caller.tenant?.id !== tenant.id) {
      throw oauthErrors.CLIENT_UNAUTHENTICATED();
    }
    const client = await this.#deps.clients.byClientId(tenant.id, caller.clientId);
    if (client === null || !client.isUsable) throw oauthErrors.CLIENT_UNAUTHENTICATED();
    return client;
  }

  #allowed(grantType: string, { kind }: Issuer, { client }: ClientRecord): GrantType {
    const grant = kind.grantTypes.includes(grantType) ? this.#grants.get(grantType) : undefined;
    if (grant === undefined) throw oauthErrors.GRANT_TYPE_UNSUPPORTED();
    const isAllowed =
      client.grants.includes(grantType) && (client.type === 'confidential' || grant.allowsPublicClients);
    if (isAllowed) return grant;
    throw grant.isHidden ? oauthErrors.GRANT_TYPE_UNSUPPORTED() : oauthErrors.GRANT_TYPE_NOT_ALLOWED();
  }

  async #recordRefusal({ caller, tenant, issuerKind, grantType }: TokenRequest, error: IdentityError): Promise<void> {
    await this.#deps.events.append(caller, tenant, {
      type: 'token.refused',
      outcome: 'failure',
      reason: error.code,
      params: { grantType, issuerKind },
    });
  }
}

function checkedParameters(parameters: TokenRequest['parameters']): TokenParameters {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === undefined) continue;
    if (value.length > MAX_CHARACTERS) throw oauthErrors.TOKEN_PARAMETER_INVALID();
    checked[name] = value;
  }
  return checked;
}
