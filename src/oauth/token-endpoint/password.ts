import { Authority } from '../../access/index.ts';
import type { SignInFlow } from '../../flows/index.ts';
import { addSeconds, type Clock, newId } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { Grant } from '../grants/grant.entity.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { ScopeRules } from '../tokens/scopes.ts';
import type { FamilyTokens } from './family-tokens.ts';
import type { GrantRequest, GrantType, IssuedTokens } from './grant.ts';

export interface PasswordGrantDeps {
  readonly db: Database;
  readonly grants: GrantStore;
  readonly families: FamilyTokens;
  readonly scopes: ScopeRules;
  readonly signIn: SignInFlow;
  readonly clock: Clock;
}

/** With this scope a family outlives the session it began in (OpenID Connect Core section 11). */
const OFFLINE_ACCESS = 'offline_access';

/**
 * The user's name and password, given to the client (RFC 6749 section 4.3). RFC 9700 section 2.4 forbids it; it is there for
 * clients that are flagged for it, and for the others it does not exist.
 */
export class PasswordGrant implements GrantType {
  readonly name = 'password';
  readonly allowsPublicClients = true;
  readonly isHidden = true;
  readonly #deps: PasswordGrantDeps;

  constructor(deps: PasswordGrantDeps) {
    this.#deps = deps;
  }

  /**
   * @throws TOKEN_PARAMETER_INVALID, SCOPE_INVALID
   * @throws SIGN_IN_REFUSED, SIGN_IN_FACTOR_REQUIRED and others, as the sign-in finds.
   */
  async issue(request: GrantRequest): Promise<IssuedTokens> {
    const { caller, tenant, client, parameters } = request;
    const { username, password } = parameters;
    if (username === undefined || password === undefined) throw oauthErrors.TOKEN_PARAMETER_INVALID();
    const scopes = this.#deps.scopes.forUser(client, parameters.scope);
    const signers = await this.#deps.families.signers(request);
    const authority = new Authority(caller, tenant, 'tenant');
    const { userId, session } = await this.#deps.signIn.signInWithPassword(authority, { username, password });
    const now = this.#deps.clock.now();
    return this.#deps.db.transaction(async () => {
      const grant: Grant = {
        tenantId: tenant.id,
        id: newId(),
        userId,
        clientUuid: client.client.id,
        sessionId: scopes.includes(OFFLINE_ACCESS) ? null : session.id,
        scopes: [...scopes],
        issuerKind: request.issuer.kind.kind,
        generation: 0,
        revokedAt: null,
        expiresAt: addSeconds(now, request.lifetimes.refreshSeconds),
        createdAt: now,
      };
      await this.#deps.grants.insert(grant);
      return this.#deps.families.issue(request, signers, { grantType: this.name, grant, session, scopes, now });
    });
  }
}
