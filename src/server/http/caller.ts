import type { IncomingHttpHeaders } from 'node:http';
import { anonymousCaller, type Caller, userBehind } from '../../access/index.ts';
import { isApiKey } from '../../api-keys/index.ts';
import { kernelErrors, type Origin } from '../../kernel/index.ts';

/**
 * Finds the caller behind an access token or an API key.
 * @throws UNAUTHENTICATED The token is malformed, expired, revoked, or not an access token.
 */
export type AuthenticateToken = (token: string, origin: Origin) => Promise<Caller>;

/** The token of an `Authorization` value (RFC 6750 section 2.1), or null for another scheme. */
function bearerToken(authorization: string): string | null {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization.trim())?.[1] ?? null;
}

/**
 * Finds the caller of the graph: the owner of the bearer token; without `Authorization` an anonymous caller.
 * @throws UNAUTHENTICATED Another scheme, or an invalid token: a request with a wrong credential must not be served as
 *   anonymous.
 */
export async function authenticateCaller(
  authorization: string | undefined,
  origin: Origin,
  authenticateToken: AuthenticateToken,
): Promise<Caller> {
  if (authorization === undefined || authorization.trim() === '') return anonymousCaller(origin);
  const token = bearerToken(authorization);
  if (token === null) throw kernelErrors.UNAUTHENTICATED({ message: 'Authorization must be "Bearer <access token>".' });
  return authenticateToken(token, origin);
}

/**
 * Finds the caller of a request to the graph, which may send an API key in `X-API-Key` as well.
 * @throws UNAUTHENTICATED As `authenticateCaller`, or the two headers have credentials of different users.
 */
export async function authenticateRequest(
  { authorization, 'x-api-key': key }: IncomingHttpHeaders,
  origin: Origin,
  authenticateToken: AuthenticateToken,
): Promise<Caller> {
  if (key === undefined) return authenticateCaller(authorization, origin, authenticateToken);
  if (typeof key !== 'string' || !isApiKey(key)) throw kernelErrors.UNAUTHENTICATED({ message: 'This is no API key.' });
  const caller = await authenticateToken(key, origin);
  const other = await authenticateCaller(authorization, origin, authenticateToken);
  if (other.kind !== 'anonymous' && !isSameUser(caller, other))
    throw kernelErrors.UNAUTHENTICATED({ message: 'The request has credentials of different users.' });
  return caller;
}

function isSameUser(one: Caller, other: Caller): boolean {
  const [a, b] = [userBehind(one), userBehind(other)];
  return a?.tenantId === b?.tenantId && a?.userId === b?.userId;
}
