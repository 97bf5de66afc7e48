import type { ClientDirectory, ClientRecord } from '../../clients/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import { assertRegistered, checkDuplicates, requireUsable } from '../authorize/client.checks.ts';
import type { RequestParameters } from '../authorize/parameters.ts';
import { AuthorizationRefused } from '../authorize/refusal.ts';
import type { Issuer } from '../issuers/issuers.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { FactorAuthority } from './authorities.ts';
import { canBeMet, type FactorDemand, readDemand } from './factor-demand.ts';
import type { FactorFlow, FactorHint, FactorHints } from './factor-hint.ts';

/** How requests are answered, which is also what they ask for where they do not say it. */
export const FACTOR_RESPONSE = { response_type: 'id_token', response_mode: 'form_post', scope: 'openid' } as const;

/** Where an answer goes. */
export interface FactorReturn {
  readonly redirectUri: string;
  /** Sent back as it came; null: the request had none, or one that cannot be sent back. */
  readonly state: string | null;
}

/** Who asked for a second factor. */
export interface FactorCaller extends FactorReturn {
  readonly client: ClientRecord;
  readonly flow: FactorFlow;
  readonly authority: FactorAuthority;
}

/** What another service asks for. */
export interface AskedFactor {
  readonly nonce: string | null;
  readonly demand: FactorDemand;
  readonly hint: FactorHint;
  /** The account here of the user whom the other service has identified. */
  readonly user: User;
}

export interface FactorChecksDeps {
  readonly authorities: readonly FactorAuthority[];
  readonly clients: Pick<ClientDirectory, 'byClientId'>;
  readonly hints: FactorHints;
  readonly users: Pick<UserStore, 'findByIdentifier' | 'page'>;
}

/** Checks requests for a second factor: first those without which an answer could go to an attacker. */
export class FactorChecks {
  readonly #deps: FactorChecksDeps;

  constructor(deps: FactorChecksDeps) {
    this.#deps = deps;
  }

  /**
   * @throws AUTHORIZATION_PARAMETER_REPEATED
   * @throws AUTHORIZATION_CLIENT_INVALID The client is unknown or disabled, or no other service asks through it.
   * @throws AUTHORIZATION_REDIRECT_INVALID The address is not registered, or no authority takes answers there.
   */
  async callerOf(tenant: KnownTenant, issuer: Issuer, sent: RequestParameters): Promise<FactorCaller> {
    if (sent.isRepeated('client_id') || sent.isRepeated('redirect_uri'))
      throw oauthErrors.AUTHORIZATION_PARAMETER_REPEATED();
    const found = await this.recheck(tenant, issuer, {
      clientId: sent.get('client_id') ?? '',
      redirectUri: sent.get('redirect_uri') ?? '',
    });
    return { ...found, state: sent.state };
  }

  /** Checks who asked, again where it may have changed meanwhile. @throws AUTHORIZATION_CLIENT_INVALID, AUTHORIZATION_REDIRECT_INVALID */
  async recheck(
    tenant: KnownTenant,
    issuer: Issuer,
    { clientId, redirectUri }: { readonly clientId: string; readonly redirectUri: string },
  ): Promise<Omit<FactorCaller, 'state'>> {
    const { clients, authorities } = this.#deps;
    const client = requireUsable(await clients.byClientId(tenant.id, clientId));
    const { specialFlow: flow } = client.metadata;
    if (flow === null) throw oauthErrors.AUTHORIZATION_CLIENT_INVALID();
    assertRegistered(client, redirectUri, issuer);
    const authority = authorities.find(({ answerAddress }) => answerAddress === redirectUri);
    if (authority === undefined) throw oauthErrors.AUTHORIZATION_REDIRECT_INVALID();
    return { client, flow, authority, redirectUri };
  }

  /** @throws AuthorizationRefused */
  async askedBy(tenant: KnownTenant, { flow, authority }: FactorCaller, sent: RequestParameters): Promise<AskedFactor> {
    checkDuplicates({ parameters: sent });
    assertResponse(sent);
    const demand = readDemand(sent.get('claims'));
    const hint = await this.#deps.hints.read(sent.get('id_token_hint'), flow, authority, tenant.id);
    if (!canBeMet(demand))
      throw new AuthorizationRefused('access_denied', 'No method of this service is among those asked for.');
    const user = await this.#userOf(tenant, flow, hint);
    if (user?.enabled !== true)
      throw new AuthorizationRefused('access_denied', 'The user has no account here that can be used.');
    return { nonce: sent.get('nonce'), demand, hint, user };
  }

  #userOf(tenant: KnownTenant, { userClaim }: FactorFlow, { objectId, username }: FactorHint): Promise<User | null> {
    if (userClaim === 'oid') return this.#userOfObject(tenant, objectId);
    if (username === null) return Promise.resolve(null);
    return this.#deps.users.findByIdentifier(tenant.id, username, { byEmail: tenant.settings.signInByEmail });
  }

  /** The user with the id of a directory as external id, which users cannot change themselves; null where several have it. */
  async #userOfObject({ id }: KnownTenant, externalId: string | null): Promise<User | null> {
    if (externalId === null) return null;
    const { rows } = await this.#deps.users.page(id, { externalId }, 'createdAt', { first: 2 });
    return rows.length === 1 ? rows[0]! : null;
  }
}

/** @throws AuthorizationRefused The request asks for another answer than the issuer gives. */
function assertResponse(sent: RequestParameters): void {
  const { response_type: type, response_mode: mode, scope } = FACTOR_RESPONSE;
  if ((sent.get('response_type') ?? type) !== type)
    throw new AuthorizationRefused('invalid_request', `response_type must be ${type}.`);
  if ((sent.get('response_mode') ?? mode) !== mode)
    throw new AuthorizationRefused('invalid_request', `response_mode must be ${mode}.`);
  if (!(sent.get('scope') ?? scope).split(' ').includes(scope))
    throw new AuthorizationRefused('invalid_request', `scope must contain ${scope}.`);
}
