import { anonymousCaller, type Caller } from '../../access/index.ts';
import { kernelErrors, type Origin } from '../../kernel/index.ts';

/**
 * Finds the caller behind an access token.
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
