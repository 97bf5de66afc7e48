/** Every grant type a client can be allowed, by its OAuth name. */
export const CLIENT_GRANTS = [
  'authorization_code',
  'implicit',
  'client_credentials',
  'password',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:openid:params:grant-type:ciba',
] as const;
export type ClientGrant = (typeof CLIENT_GRANTS)[number];

/** Grants that depend on the client's own credential (RFC 6749 section 4.4: confidential clients only). */
export const CONFIDENTIAL_GRANTS: ReadonlySet<string> = new Set<ClientGrant>([
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:openid:params:grant-type:ciba',
]);

/**
 * Scopes that exist in every tenant. They decide which claims a token has, not what it may do (OpenID Connect Core sections
 * 5.4 and 11).
 */
export const STANDARD_SCOPES: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'phone',
  'address',
  'offline_access',
]);
