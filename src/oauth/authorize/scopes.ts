import type { ClientRecord } from '../../clients/index.ts';
import { IdentityError } from '../../kernel/index.ts';
import type { IssuerKind } from '../issuers/issuers.ts';
import { allowsScope, parseScopeParameter, type ScopeKind, withDefaults } from '../tokens/scopes.ts';
import { AuthorizationRefused } from './refusal.ts';
import type { AuthorizationRequest } from './request.ts';

/** The scope whose tokens outlive the session (OpenID Connect Core section 11). */
export const OFFLINE_ACCESS = 'offline_access';
/** The scope that makes a request one of OpenID Connect (OpenID Connect Core section 3.1.2.1). */
const OPENID = 'openid';

/** What decides how an issuer gives scopes to a request. */
type AuthorizationKind = ScopeKind & Pick<IssuerKind, 'hasAccessType' | 'hasStrictScopes'>;

/** How a request asks for scopes. */
export interface AskedScopes {
  readonly scope: string | null;
  readonly accessType: string | null;
}

/**
 * The scopes that a request can get: those asked for that the client may have, or its default ones. Others are left out (RFC
 * 6749 section 3.3, OpenID Connect Core section 3.1.2.1), and so is lasting access of a client that cannot refresh tokens (OpenID
 * Connect Core section 11). Where the issuer knows `access_type`, that parameter asks for lasting access instead of a scope.
 * @throws AuthorizationRefused Nothing is left; or, where scopes are strict, one of them is not allowed or `openid` is missing.
 */
export function grantedScopes(
  client: ClientRecord,
  kind: AuthorizationKind,
  { scope, accessType }: AskedScopes,
): Pick<AuthorizationRequest, 'scopes' | 'isOffline'> {
  const { hasAccessType } = kind;
  if (kind.hasStrictScopes) return strictScopes(client, parseNames(scope));
  const asked = withDefaults(kind, client, parseNames(scope));
  const wantsOffline = hasAccessType ? accessType === 'offline' : asked.includes(OFFLINE_ACCESS);
  const scopes = hasAccessType ? asked.filter((name) => name !== OFFLINE_ACCESS) : asked;
  return keptScopes(client, kind, { scopes, isOffline: wantsOffline });
}

/**
 * The scopes that were asked for, if the client may have each. There is no lasting access beyond that of every refresh token.
 * @throws AuthorizationRefused
 */
function strictScopes(
  { allowedScopes }: ClientRecord,
  asked: readonly string[],
): Pick<AuthorizationRequest, 'scopes' | 'isOffline'> {
  const scopes = asked.length === 0 ? [OPENID] : asked;
  if (!scopes.includes(OPENID)) throw new AuthorizationRefused('invalid_scope', 'scope must have openid.');
  if (!scopes.every((name) => name !== OFFLINE_ACCESS && allowedScopes.has(name)))
    throw new AuthorizationRefused('invalid_scope', 'A scope of the request is not allowed to the client.');
  return { scopes, isOffline: false };
}

/** The scopes that a client may have now. @throws AuthorizationRefused Nothing is left. */
export function keptScopes(
  record: ClientRecord,
  kind: ScopeKind,
  { scopes, isOffline }: Pick<AuthorizationRequest, 'scopes' | 'isOffline'>,
): Pick<AuthorizationRequest, 'scopes' | 'isOffline'> {
  const mayRefresh = record.client.grantTypes.includes('refresh_token');
  const kept = scopes.filter((name) => allowsScope(kind, record, name) && (mayRefresh || name !== OFFLINE_ACCESS));
  if (kept.length === 0)
    throw new AuthorizationRefused('invalid_scope', 'No scope of the request is allowed to the client.');
  return { scopes: kept, isOffline: isOffline && mayRefresh };
}

function parseNames(scope: string | null): readonly string[] {
  try {
    return parseScopeParameter(scope);
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    throw new AuthorizationRefused('invalid_scope', 'scope is malformed.');
  }
}
