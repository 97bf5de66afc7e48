import type { ClientRecord } from '../../clients/index.ts';
import { IdentityError } from '../../kernel/index.ts';
import type { IssuerKind } from '../issuers/issuers.ts';
import { parseScopeParameter } from '../tokens/scopes.ts';
import { AuthorizationRefused } from './refusal.ts';
import type { AuthorizationRequest } from './request.ts';

/** The scope whose tokens outlive the session (OpenID Connect Core section 11). */
const OFFLINE_ACCESS = 'offline_access';

/** How a request asks for scopes. */
export interface AskedScopes {
  readonly scope: string | null;
  readonly accessType: string | null;
}

/**
 * The scopes that a request can get: those asked for that the client may have, or its default ones. Others are left out (RFC
 * 6749 section 3.3, OpenID Connect Core section 3.1.2.1), and so is lasting access of a client that cannot refresh tokens (OpenID
 * Connect Core section 11). Where the issuer knows `access_type`, that parameter asks for lasting access instead of a scope.
 * @throws AuthorizationRefused Nothing is left.
 */
export function grantedScopes(
  client: ClientRecord,
  { hasAccessType }: Pick<IssuerKind, 'hasAccessType'>,
  { scope, accessType }: AskedScopes,
): Pick<AuthorizationRequest, 'scopes' | 'isOffline'> {
  const names = parseNames(scope);
  const asked = names.length === 0 ? client.defaultScopes : names.filter((name) => client.allowedScopes.has(name));
  const mayRefresh = client.client.grantTypes.includes('refresh_token');
  const keepsOffline = mayRefresh && !hasAccessType;
  const scopes = keepsOffline ? asked : asked.filter((name) => name !== OFFLINE_ACCESS);
  if (scopes.length === 0)
    throw new AuthorizationRefused('invalid_scope', 'No scope of the request is allowed to the client.');
  const isOffline = hasAccessType ? mayRefresh && accessType === 'offline' : scopes.includes(OFFLINE_ACCESS);
  return { scopes, isOffline };
}

function parseNames(scope: string | null): readonly string[] {
  try {
    return parseScopeParameter(scope);
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    throw new AuthorizationRefused('invalid_scope', 'scope is malformed.');
  }
}
