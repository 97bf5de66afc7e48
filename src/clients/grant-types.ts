/** Every grant type that a client can be allowed, by its OAuth name: those that the token endpoint serves, and no others. */
export const GRANT_TYPES = ['client_credentials', 'password', 'refresh_token'] as const;
export type GrantTypeName = (typeof GRANT_TYPES)[number];

/** Grant types that depend on the client's own credential (RFC 6749 section 4.4: confidential clients only). */
const CONFIDENTIAL: ReadonlySet<string> = new Set<GrantTypeName>(['client_credentials']);

/** Whether a client of this type may use the grant type. */
export const isOpenTo = (type: string, grantType: GrantTypeName): boolean =>
  type === 'confidential' || !CONFIDENTIAL.has(grantType);

const isServed = (name: string): name is GrantTypeName => (GRANT_TYPES as readonly string[]).includes(name);

/** Whether a client of this type can be allowed a grant type of this name. */
export const mayBeAllowed = (type: string, name: string): boolean => isServed(name) && isOpenTo(type, name);

/**
 * The grant types of stored clients. Skips those that this version does not serve, which a database may still hold from
 * another version.
 */
export function servedGrantTypes(stored: readonly string[]): readonly GrantTypeName[] {
  return GRANT_TYPES.filter((name) => stored.includes(name));
}
