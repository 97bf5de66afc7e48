import { z } from 'zod';
import { Authority } from '../../access/index.ts';
import type { SignInFlow } from '../../flows/index.ts';
import { type Clock, newId } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { Family } from '../grants/grant.entity.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import { familyEndOf } from '../issuers/lifetimes.ts';
import type { ScopeRules } from '../tokens/scopes.ts';
import type { FamilyTokens } from './family-tokens.ts';
import { defineGrant, type IssuedTokens, SCOPE } from './grant.ts';
import { optionalParameter, parameter } from './parameters.ts';

export interface PasswordGrantDeps {
  readonly db: Database;
  readonly grants: GrantStore;
  readonly families: FamilyTokens;
  readonly scopes: ScopeRules;
  readonly signIn: SignInFlow;
  readonly clock: Clock;
}

/** With this scope a family does not end with its session (OpenID Connect Core section 11). */
const OFFLINE_ACCESS = 'offline_access';

/**
 * The password grant: the client sends the user's name and password (RFC 6749 section 4.3). RFC 9700 section 2.4 forbids it, so
 * it is available only to clients that are allowed it; other clients get the answer for a grant that does not exist.
 */
export const PASSWORD_GRANT = defineGrant({
  name: 'password',
  isHidden: true,
  parameters: z.object({
    scope: SCOPE,
    username: parameter('The name with which the user signs in.'),
    password: parameter('The password of the user.'),
    totp: optionalParameter("A code of the user's second factor, where one is demanded."),
  }),
  /**
   * @throws SCOPE_INVALID
   * @throws SIGN_IN_REFUSED, SIGN_IN_FACTOR_REQUIRED and other refusals of the sign-in.
   */
  async issue(deps: PasswordGrantDeps, request, { username, password, totp, scope }): Promise<IssuedTokens> {
    const { caller, tenant, client, issuer } = request;
    const scopes = deps.scopes.forUser(issuer.kind, client, scope);
    const signers = await deps.families.signers(request);
    const authority = new Authority(caller, tenant, 'tenant');
    const tellsAccount = issuer.kind.isRoleBased;
    const typed = { username, password, code: totp ?? null, tellsAccount };
    const { user, session } = await deps.signIn.signInWithPassword(authority, typed);
    const isOffline = scopes.includes(OFFLINE_ACCESS);
    const now = deps.clock.now();
    return deps.db.transaction(async () => {
      const grant: Family = {
        tenantId: tenant.id,
        id: newId(),
        userId: user.id,
        clientUuid: client.client.id,
        sessionId: isOffline ? null : session.id,
        scopes: [...scopes],
        issuerKind: issuer.kind.kind,
        issuerHost: issuer.host,
        claims: null,
        authTime: session.authTime,
        acr: session.acr,
        amr: session.amr,
        revokedAt: null,
        expiresAt: familyEndOf(request.lifetimes, isOffline, now),
        createdAt: now,
      };
      await deps.grants.insert(grant);
      return deps.families.issue(request, signers, {
        grantType: 'password',
        grant,
        person: user,
        userNotBefore: user.notBefore,
        first: { nonce: null, sessionId: session.id, deviceId: null },
        scopes,
        now,
      });
    });
  },
});
