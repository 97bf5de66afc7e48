import type { Authority } from '../access/index.ts';

/**
 * The tokens of users and sessions. `oauth/` implements it, because this module may not import `oauth/`. The methods run
 * inside the transaction that ends the session.
 */
export interface TokenFamilies {
  /** Revokes every token family of a user, including those without a session. @returns How many were alive. */
  revokeOfUser(
    authority: Authority,
    userId: string,
    options?: { readonly exceptSessionIds?: readonly string[] },
  ): Promise<number>;
  /** Revokes the token families that were made in a session. @returns How many were alive. */
  revokeOfSession(authority: Authority, sessionId: string): Promise<number>;
  /** Those of the users who have a token family that is not revoked. */
  ownersAmong(tenantId: string, userIds: readonly string[]): Promise<readonly string[]>;
}
