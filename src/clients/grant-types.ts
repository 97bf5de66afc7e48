/** Every grant type that a client can be allowed, by its OAuth name: those that the token endpoint serves, and no others. */
export const GRANT_TYPES = ['client_credentials', 'password', 'refresh_token'] as const;
export type GrantTypeName = (typeof GRANT_TYPES)[number];

/** Grant types that depend on the client's own credential (RFC 6749 section 4.4: confidential clients only). */
export const CONFIDENTIAL_GRANT_TYPES: ReadonlySet<string> = new Set<GrantTypeName>(['client_credentials']);

/**
 * The grant types of stored clients. Skips those that this version does not serve, which a database may still hold from
 * another version.
 */
export function servedGrantTypes(stored: readonly string[]): readonly GrantTypeName[] {
  return GRANT_TYPES.filter((name) => stored.includes(name));
}
