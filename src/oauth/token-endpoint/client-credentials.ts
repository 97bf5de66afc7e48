import type { EventLog } from '../../events/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { AccessTokens, MadeToken } from '../tokens/access-token.ts';
import type { ScopeRules } from '../tokens/scopes.ts';
import type { TokenStore } from '../tokens/token.store.ts';
import type { GrantRequest, GrantType, IssuedTokens } from './grant.ts';
import { tokenIssued } from './issued-event.ts';

export interface ClientCredentialsDeps {
  readonly db: Database;
  readonly accessTokens: AccessTokens;
  readonly tokens: TokenStore;
  readonly scopes: ScopeRules;
  /** Whether the tenant has one of the objects that a scope narrows a permission to. */
  readonly hasObject: (tenantId: string, objects: readonly string[]) => Promise<boolean>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/**
 * A token of the client itself (RFC 6749 section 4.4). It has no family: it lives while the client, `not_before` and the
 * list of revoked tokens allow. With everything cached the only statement is the event's, shared with other requests.
 */
export class ClientCredentialsGrant implements GrantType {
  readonly name = 'client_credentials';
  readonly allowsPublicClients = false;
  readonly isHidden = false;
  readonly #deps: ClientCredentialsDeps;

  constructor(deps: ClientCredentialsDeps) {
    this.#deps = deps;
  }

  /** @throws SCOPE_INVALID */
  async issue(request: GrantRequest): Promise<IssuedTokens> {
    const { tenant, issuer, client, lifetimes, parameters } = request;
    const scope = this.#deps.scopes.forApplication(client, parameters.scope);
    await this.#assertObjects(request);
    const lifetimeSeconds = lifetimes.accessTokenSeconds;
    const now = this.#deps.clock.now();
    const signer = await this.#deps.accessTokens.signer(request);
    const made = await this.#deps.accessTokens.make({ tenant, issuer, client, scope, lifetimeSeconds, now }, signer);
    await this.#record(request, made, now);
    return {
      accessToken: made.token,
      tokenType: 'Bearer',
      expiresInSeconds: lifetimeSeconds,
      scope,
      refreshToken: null,
      idToken: null,
    };
  }

  /** A name built from data means nothing where the data is not there. @throws SCOPE_INVALID */
  async #assertObjects({ tenant, client, parameters }: GrantRequest): Promise<void> {
    const { hasObject, scopes } = this.#deps;
    for (const objects of scopes.narrowed(client, parameters.scope))
      if (!(await hasObject(tenant.id, objects))) throw oauthErrors.SCOPE_INVALID();
  }

  async #record(request: GrantRequest, made: MadeToken, now: Date): Promise<void> {
    const { events, db, tokens } = this.#deps;
    const { caller, tenant } = request;
    const event = tokenIssued(request, this.name, made);
    if (made.row === null) {
      await events.append(caller, tenant, event);
      return;
    }
    const { row } = made;
    await db.transaction(async () => {
      await tokens.insertOpaque(tenant.id, row, now);
      events.record(caller, tenant, event);
    });
  }
}
