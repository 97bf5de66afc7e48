import { z } from 'zod';
import type { EventLog } from '../../events/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import { isUsable, type UserStore } from '../../users/index.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { AccessTokens, MadeToken } from '../tokens/access-token.ts';
import type { HeldRoles } from '../tokens/held-roles.ts';
import { roleClaims } from '../tokens/role-claims.ts';
import { type ScopeRules, withDefaults } from '../tokens/scopes.ts';
import type { TokenStore } from '../tokens/token.store.ts';
import { latestOf } from './family-tokens.ts';
import { defineGrant, type GrantRequest, type IssuedTokens, SCOPE } from './grant.ts';
import { tokenIssued } from './issued-event.ts';

export interface ClientCredentialsDeps {
  readonly db: Database;
  readonly accessTokens: AccessTokens;
  readonly tokens: TokenStore;
  readonly scopes: ScopeRules;
  /** Whether the tenant has one of the objects to which a scope restricts a permission. */
  readonly hasObject: (tenantId: string, objects: readonly string[]) => Promise<boolean>;
  readonly users: Pick<UserStore, 'findById'>;
  readonly heldRoles: HeldRoles;
  readonly events: EventLog;
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
  const more = issuer.kind.isRoleBased ? await accountClaims(deps, request, scope) : {};
  const made = await deps.accessTokens.make({ tenant, issuer, client, scope, lifetimeSeconds, now, more }, signer);
  await record(deps, request, made, now);
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
 * The claims of a token of a role-based issuer: the roles of the client and of its account, which is then the subject. What the
 * client may do in this service, its own roles and permissions decide.
 * @throws SERVICE_ACCOUNT_DISABLED
 */
async function accountClaims({ users, heldRoles }: ClientCredentialsDeps, request: GrantRequest, scope: string) {
  const { tenant, issuer, client } = request;
  const { id } = client.client;
  // A service account has the id of its client.
  const found = await users.findById(tenant.id, id);
  const account = found?.serviceClientId === id ? found : null;
  if (account !== null && !isUsable(account))
    throw oauthErrors.SERVICE_ACCOUNT_DISABLED({ extensions: { username: account.username } });
  const kinds = account === null ? (['client'] as const) : (['client', 'user'] as const);
  const roles = await heldRoles.of(
    tenant.id,
    kinds.map((kind) => ({ kind, id })),
  );
  const scopes = withDefaults(issuer.kind, client, scope.split(' '));
  return {
    ...(account === null ? {} : { sub: account.id }),
    ...roleClaims({ issuer, client, scopes, person: account, roles, sessionId: null }),
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

async function record(
  { events, db, tokens }: ClientCredentialsDeps,
  request: GrantRequest,
  made: MadeToken,
  now: Date,
): Promise<void> {
  const { caller, tenant } = request;
  const event = tokenIssued(request, CLIENT_CREDENTIALS_GRANT.name, made);
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
