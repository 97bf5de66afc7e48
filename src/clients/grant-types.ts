/** Every grant type that a client can be allowed, by its OAuth name. Which of them an issuer serves, its kind says. */
export const GRANT_TYPES = ['authorization_code', 'client_credentials', 'password', 'refresh_token'] as const;
export type GrantTypeName = (typeof GRANT_TYPES)[number];

/** Grant types that depend on the client's own credential (RFC 6749 section 4.4: confidential clients only). */
const CONFIDENTIAL: ReadonlySet<string> = new Set<GrantTypeName>(['client_credentials']);

/** Grant types whose answers go to a redirect address, so that a client without one cannot use them. */
const REDIRECTED: ReadonlySet<string> = new Set<GrantTypeName>(['authorization_code']);

/** Whether a client of this type may use the grant type. */
export const isOpenTo = (type: string, grantType: string): boolean =>
  type === 'confidential' || !CONFIDENTIAL.has(grantType);

/** The first of the grant types that needs a redirect address; null when none does. */
export const findRedirected = (grantTypes: readonly string[]): string | null =>
  grantTypes.find((name) => REDIRECTED.has(name)) ?? null;

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
