import { z } from 'zod';
import type { Clock } from '../../kernel/index.ts';
import type { ServiceAccountDirectory, User } from '../../users/index.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { AccessTokens } from '../tokens/access-token.ts';
import { roleClaims } from '../tokens/role-claims.ts';
import { type ScopeRules, withDefaults } from '../tokens/scopes.ts';
import type { TokenFactsReader } from '../tokens/token-facts.ts';
import { latestOf } from './family-tokens.ts';
import { defineGrant, type GrantRequest, type IssuedTokens, SCOPE } from './grant.ts';
import { type RecordTokenDeps, recordToken } from './record-token.ts';

export interface ClientCredentialsDeps extends RecordTokenDeps {
  readonly accessTokens: AccessTokens;
  readonly scopes: ScopeRules;
  /** Whether the tenant has one of the objects to which a scope restricts a permission. */
  readonly hasObject: (tenantId: string, objects: readonly string[]) => Promise<boolean>;
  readonly facts: TokenFactsReader;
  readonly serviceAccountStates: Pick<ServiceAccountDirectory, 'stateOf'>;
  readonly clock: Clock;
}

/**
 * The client credentials grant: a token of the client itself (RFC 6749 section 4.4). It has no family, so only the client,
 * `not_before` and the list of revoked tokens decide whether it is valid. With everything cached, the only statement writes the
 * event, and is shared with other requests.
 */
export const CLIENT_CREDENTIALS_GRANT = defineGrant({
  name: 'client_credentials',
  isHidden: false,
  parameters: z.object({ scope: SCOPE }),
  issue: issueToClient,
});

/**
 * @throws SCOPE_INVALID
 * @throws SERVICE_ACCOUNT_DISABLED The account of the client is disabled, or blocked for inactivity.
 */
async function issueToClient(
  deps: ClientCredentialsDeps,
  request: GrantRequest,
  { scope: requested }: { readonly scope?: string | undefined },
): Promise<IssuedTokens> {
  const { tenant, issuer, client, lifetimes } = request;
  const scope = deps.scopes.forApplication(client, requested);
  await assertObjects(deps, request, requested);
  const lifetimeSeconds = lifetimes.accessTokenSeconds;
  const now = deps.clock.now();
  const signer = await deps.accessTokens.signer(request);
  const account = await usableAccount(deps, request);
  const more = issuer.kind.isRoleBased ? await accountClaims(deps, request, scope, account) : {};
  const made = await deps.accessTokens.make({ tenant, issuer, client, scope, lifetimeSeconds, now, more }, signer);
  await recordToken(deps, request, CLIENT_CREDENTIALS_GRANT.name, made, now);
  return {
    accessToken: made.token,
    tokenType: 'Bearer',
    expiresInSeconds: lifetimeSeconds,
    scope,
    refreshToken: null,
    refreshExpiresInSeconds: null,
    idToken: null,
    sessionId: null,
    notBefore: latestOf([tenant.notBefore, client.client.notBefore]),
  };
}

/**
 * At issuers of every kind: a client whose account is disabled gets no more tokens. Those that it has are valid until they expire.
 * @throws SERVICE_ACCOUNT_DISABLED
 */
async function usableAccount({ serviceAccountStates }: ClientCredentialsDeps, { tenant, client }: GrantRequest) {
  const { blocked, account } = await serviceAccountStates.stateOf(tenant.id, client.client.id);
  if (blocked !== null) throw oauthErrors.SERVICE_ACCOUNT_DISABLED({ extensions: { username: blocked } });
  return account;
}

/**
 * The claims of a token of a role-based issuer: the roles of the client and of its account, which is then the subject. What the
 * client may do in this service, its own roles and permissions decide.
 */
async function accountClaims(deps: ClientCredentialsDeps, request: GrantRequest, scope: string, account: User | null) {
  const { caller, tenant, issuer, client } = request;
  const scopes = withDefaults(issuer.kind, client, scope.split(' '));
  const subject = { tenantId: tenant.id, client, scopes, target: 'accessToken' } as const;
  const facts = await deps.facts.ofApplication(subject, { account, address: caller.origin.ip });
  return {
    ...(account === null ? {} : { sub: account.id }),
    ...roleClaims({ issuer, client, scopes, facts, sessionId: null }),
  };
}

/** Refuses scope names that are made from an object, such as a provider, that does not exist. @throws SCOPE_INVALID */
async function assertObjects(
  { hasObject, scopes }: ClientCredentialsDeps,
  { tenant, client }: GrantRequest,
  requested: string | undefined,
): Promise<void> {
  for (const objects of scopes.narrowed(client, requested))
    if (!(await hasObject(tenant.id, objects))) throw oauthErrors.SCOPE_INVALID();
}
